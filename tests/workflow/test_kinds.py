"""A review of one's own says nothing of reruns, in any output; a published one still does."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.helpers.command import copy_project, reviewkit

CASES = PROJECT / "tests" / "data" / "cases"
# What only the rerun of a published review may say.
FOREIGN = re.compile(
    r"not reported|\bre-?runs?\b|\breadings?\b|published (list|review|selection|query|one)|"
    r"the review (reports|included)|as published|the article|reproduc|\breported\b",
    re.IGNORECASE,
)
TEXT_FORMATS = ("text", "svg", "html", "csv", "json", "mermaid")
REPORTS = ("html", "md", "json")
OUTPUTS: tuple[tuple[str, ...], ...] = (
    ("status",),
    ("status", "--json"),
    ("check",),
    ("check", "--json"),
    ("log",),
    ("dedupe",),
    ("agreement",),
    ("amend", "--list"),
    *(("prisma", "--per-version", "--format", name) for name in ("text", "csv", "json")),
    *(("prisma", "--format", name) for name in TEXT_FORMATS),
    *(("prisma", "--format", "text", "--lang", language) for language in ("pt", "es")),
    *(("report", "--format", name) for name in REPORTS),
    *(("export", "-f", name) for name in ("csv", "ris", "csl-json", "bibtex")),
)


def foreign(text: str) -> list[str]:
    return [text[max(0, m.start() - 40) : m.end() + 40] for m in FOREIGN.finditer(text)]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One's own review: five sources, of which only citation searching has brought records."""
    home = tmp_path_factory.mktemp("own")
    (home / "protocols").mkdir()
    shutil.copy(CASES / "prisma" / "own_other_arm.toml", home / "protocols" / "own.toml")
    for part in ("part1.ris", "part2.ris"):
        file = CASES / "own" / part
        assert reviewkit("import", file, "--source", "cites", cwd=home).returncode == 0
    assert reviewkit("dedupe", cwd=home).returncode == 0
    return home


@pytest.mark.slow
@pytest.mark.parametrize("arguments", OUTPUTS, ids=" ".join)
def test_no_output_of_ones_own_review_speaks_of_a_rerun(
    own: Path, arguments: tuple[str, ...]
) -> None:
    done = reviewkit(*arguments, cwd=own)
    assert done.returncode == 0, done.stderr
    assert foreign(done.stdout + done.stderr) == []


@pytest.mark.slow
def test_the_flow_of_ones_own_review_has_a_count_in_every_box(own: Path) -> None:
    counts = json.loads(reviewkit("prisma", "--format", "json", cwd=own).stdout)["counts"]
    assert [tally["label"] for tally in counts["other_sources"]] == [
        "Citation searching",
        "Contact with authors",
    ]
    assert (counts["records_screened"], counts["new_studies"]) == (0, 0)
    drawn = reviewkit("prisma", cwd=own).stdout
    assert "Databases (not searched yet)" in drawn
    assert "not known" not in drawn


def test_a_register_that_the_protocol_does_not_name_is_not_drawn(own: Path, tmp_path: Path) -> None:
    protocol = tmp_path / "own.toml"
    text = (own / "protocols" / "own.toml").read_text()
    register = '[[sources]]\nid = "ctgov"\nname = "ClinicalTrials.gov"\nrole = "register"\n'
    assert register in text
    protocol.write_text(text.replace(register, ""))
    database = next((own / "reviews").rglob("*.db"))
    drawn = reviewkit("prisma", "-p", protocol, "--db", database, cwd=own).stdout
    assert "Databases" in drawn
    assert "Registers" not in drawn


@pytest.mark.slow
def test_what_only_a_published_review_has_is_refused(own: Path) -> None:
    for arguments in (
        ("reproduce",),
        ("prisma", "--compare", "reported"),
        ("export", "-f", "csv", "--selection", "published"),
    ):
        done = reviewkit(*arguments, cwd=own)
        assert done.returncode == 2
        assert "one's own" in done.stderr


@pytest.mark.slow
def test_a_published_review_still_says_all_of_it(tmp_path: Path) -> None:
    protocol = copy_project(tmp_path)
    shown = reviewkit("reproduce", protocol, "--offline").stdout
    shown += reviewkit("prisma", "-p", protocol).stdout
    report = reviewkit("report", "-p", protocol, "--format", "md").stdout
    for words in ("Works that the review includes", "is not reported"):
        assert words in re.sub(r"[\s│]+", " ", shown), words
    for words in ("not reported", "rerun", "the article states it", "reading of the method"):
        assert words in report, words
    document = json.loads(reviewkit("report", "-p", protocol, "--format", "json").stdout)
    assert {"reported", "rerun"} == document["flow"].keys()


@pytest.mark.parametrize(
    ("kind", "reported", "wanted"),
    [
        ("own", True, 'must be "published" where there is [reported]'),
        ("published", False, "needs [reported]"),
        ("mine", False, "kind"),
    ],
)
def test_a_kind_that_contradicts_the_protocol_is_named(
    own: Path, tmp_path: Path, kind: str, reported: bool, wanted: str
) -> None:
    protocol = tmp_path / "own.toml"
    text = (own / "protocols" / "own.toml").read_text()
    text = text.replace("format = 1\n", f'format = 1\nkind = "{kind}"\n', 1)
    protocol.write_text(text + ("\n[reported.flow]\nnew_studies = 1\n" if reported else ""))
    done = reviewkit("check", protocol)
    assert done.returncode == 2
    assert wanted in done.stderr
