"""The public Python API: what docs/api.md shows runs, and means what it says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import reviewkit
from reviewkit.model.errors import ReviewkitError
from tests.conftest import PROJECT
from tests.helpers.command import copy_project
from tests.helpers.command import reviewkit as run_command

RIS = """TY  - JOUR
AU  - Silva, Ana
PY  - 2023
TI  - Gut dysbiosis and survival in amyotrophic lateral sclerosis
DO  - 10.1000/one
ER  -

TY  - JOUR
AU  - Silva, A.
PY  - 2023
TI  - Gut dysbiosis and survival in amyotrophic lateral sclerosis.
DO  - https://doi.org/10.1000/ONE
ER  -

TY  - JOUR
AU  - Souza, Bia
PY  - 2021
TI  - Walking after stroke
DO  - 10.1000/two
ER  -
"""
_SNIPPET = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an export and a rerun review, where the snippets run."""
    protocol = copy_project(tmp_path)
    assert run_command("reproduce", protocol, "--offline", cwd=tmp_path).returncode == 0
    (tmp_path / "export.ris").write_text(RIS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_every_snippet_of_the_document_runs(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    snippets = _SNIPPET.findall((PROJECT / "docs" / "api.md").read_text(encoding="utf-8"))
    assert len(snippets) == 3
    for snippet in snippets:
        exec(compile(snippet, "docs/api.md", "exec"), {})  # noqa: S102  the document's own code

    printed = capsys.readouterr().out
    assert "3 records" in printed
    assert "84 records" in printed
    assert "5 included works" in printed
    assert b"<svg" in (folder / "flow.svg").read_bytes()


def test_the_document_names_every_public_name() -> None:
    text = (PROJECT / "docs" / "api.md").read_text(encoding="utf-8")
    assert [name for name in reviewkit.__all__ if f"`{name}" not in text] == []
    assert set(reviewkit.__all__) <= set(dir(reviewkit))


@pytest.mark.slow
def test_a_review_opens_by_its_protocol_and_by_its_database(folder: Path) -> None:
    with reviewkit.open_review("protocols/als_dysbiosis.toml") as by_protocol:
        flow, decisions = by_protocol.flow, by_protocol.decisions
    with reviewkit.open_review("reviews/als_dysbiosis/review.db") as by_database:
        assert by_database.flow == flow
        assert by_database.decisions == decisions
        assert by_database.protocol == by_protocol.protocol
        assert {decision.record for decision in decisions} <= {
            record.key for record in by_database.records
        }
    assert sum(works.n or 0 for works in flow.included_works) == 5


@pytest.mark.slow
@pytest.mark.parametrize("name", ["missing.toml", "missing.db", "export.ris"])
def test_what_is_no_review_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(ReviewkitError):
        reviewkit.open_review(name)


@pytest.mark.slow
def test_duplicates_and_flow_checks_come_as_values(folder: Path) -> None:
    content = reviewkit.read_file("export.ris", source="scopus")
    clusters = reviewkit.find_duplicates(content.records).clusters
    assert [len(cluster.members) for cluster in clusters] == [2]

    flow = reviewkit.Flow(records_screened=10, records_excluded=4, dbr_sought_reports=7)
    assert [broken.identity for broken in reviewkit.check_flow(flow)] == ["I3"]
    assert reviewkit.draw_flow(flow, "json") == reviewkit.draw_flow(flow, "json")


def test_a_name_that_is_not_public_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'open_file'"):
        reviewkit.open_file  # noqa: B018  the look-up itself is what is tested


@pytest.mark.slow
def test_the_import_alone_loads_nothing_heavy() -> None:
    script = "import sys, reviewkit; print([n for n in ('numpy', 'pydantic', 'typer') if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
