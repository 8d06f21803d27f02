"""An installation without extras: README's commands run, and what needs an extra names it."""

import shlex
import sys
from pathlib import Path

import pytest

from reviewkit.model.extras import PACKAGES, install_hint
from tests.conftest import PROJECT
from tests.docs.test_docs import commands
from tests.docs.test_first_review import done
from tests.helpers.command import reviewkit

# What the packages of all extras are imported as.
_MODULES = frozenset({"docx", "openpyxl", "PIL", "pptx", "scipy", "typst", "xlrd", "xlsxwriter"})


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every extra away, and forget the writers that imported one already."""
    for name in list(sys.modules):
        if name.startswith(("reviewkit.prisma.diagram.writers.", "reviewkit.report.writers.")):
            monkeypatch.delitem(sys.modules, name)
    for name in _MODULES:
        monkeypatch.setitem(sys.modules, name, None)


def test_every_package_of_the_extras_is_taken_away() -> None:
    assert len(_MODULES) == len({name for names in PACKAGES.values() for name in names})


@pytest.mark.slow
def test_the_tutorial_runs_without_extras(tmp_path: Path) -> None:
    for line in commands("docs/first-review.md", runnable=True):
        done(line, tmp_path)
    assert (tmp_path / "flow.svg").read_bytes() == (PROJECT / "docs" / "flow_own.svg").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "what", "extras"),
    [
        ("prisma --out flow.pdf", "PDF and PNG need Typst", ("pdf",)),
        ("prisma --out flow.png", "PDF and PNG need Typst", ("pdf",)),
        ("prisma --out flow.tiff", "tiff needs a package of its own", ("figures",)),
        ("prisma --out flow.docx", "docx needs a package of its own", ("docx", "pdf")),
        ("prisma --out flow.pptx", "pptx needs a package of its own", ("pptx",)),
        ("report --out report.pdf", "PDF and PNG need Typst", ("pdf",)),
        ("checklist --out list.pdf", "PDF and PNG need Typst", ("pdf",)),
        ("appendix --out appendix.docx", "docx needs a package of its own", ("docx",)),
        ("export --format xlsx --out records.xlsx", "writing .xlsx needs XlsxWriter", ("xlsx",)),
    ],
)
def test_what_needs_an_extra_names_the_line_that_installs_it(
    imported: Path, line: str, what: str, extras: tuple[str, ...]
) -> None:
    refused = reviewkit(*shlex.split(line), cwd=imported)
    assert refused.returncode == 2
    assert what in refused.stderr
    assert install_hint(*extras) in refused.stderr
    assert not (imported / shlex.split(line)[-1]).exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    [
        "checklist --out list.md", "checklist --out list.html", "appendix --out appendix.md",
        "appendix --out appendix.html", "report --out report.md", "prisma --out flow.tex",
        "prisma --out flow.html", "export --format csv --out all.csv",
        "package review.zip --licence CC0", "stopping --svg curve.svg",
    ],
)  # fmt: skip
def test_every_other_format_is_written_without_extras(imported: Path, line: str) -> None:
    made = reviewkit(*shlex.split(line), cwd=imported)
    assert made.returncode == 0, made.stderr


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A review with imported records."""
    folder = tmp_path_factory.mktemp("bare")
    for line in commands("docs/first-review.md", runnable=True)[:5]:
        done(line, folder)
    return folder
