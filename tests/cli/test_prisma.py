"""`reviewkit prisma` and `prisma check` as users run them: every format, broken published flows,
bad use.
"""

import csv
import io
import json
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from reviewkit.model.flow import Flow
from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.writers.template_csv import write_csv
from reviewkit.workflow.reporting.prisma import WRITERS
from tests.cli.test_main import told_once
from tests.conftest import PROJECT
from tests.helpers.command import copy_project, reviewkit
from tests.helpers.flows import NASTY, NEW, UPDATED_OTHER, tally
from tests.helpers.screening_review import make_review

# How each format begins.
BEGINS: Mapping[str, bytes] = {
    "svg": b"<?xml",
    "pdf": b"%PDF-",
    "png": b"\x89PNG",
    "html": b"<!DOCTYPE html>",
    "pptx": b"PK",
    "docx": b"PK",
    "tiff": b"II*\x00",
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0",
    "emf": b"\x01\x00\x00\x00",
    "drawio": b"<mxfile",
    "tikz": b"% PRISMA 2020 flow diagram",
    "csv": b"data,node,box",
    "json": b"{",
    "mermaid": b"---\nconfig:",
    "text": "╶".encode(),
}


@pytest.fixture(scope="module")
def protocol(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_review(tmp_path_factory.mktemp("review"), count=7).protocol_path


def csv_of(flow: Flow, folder: Path) -> Path:
    """A published flow as its template CSV."""
    path = folder / "flow.csv"
    path.write_text(write_csv(flow, lay_out(flow)), encoding="utf-8")
    return path


def test_every_format_has_a_test() -> None:
    assert set(BEGINS) == set(WRITERS)


@pytest.mark.slow
@pytest.mark.parametrize("name", BEGINS)
def test_a_file_says_its_format_by_its_ending(protocol: Path, tmp_path: Path, name: str) -> None:
    extras = {"pptx": "pptx", "docx": "docx", "tiff": "PIL"}
    if name in extras:
        pytest.importorskip(extras[name], reason="this format's package is an extra")
    endings = {"text": "txt", "mermaid": "mmd"}
    out = tmp_path / f"flow.{endings.get(name, name)}"
    asked = ("--format", name) if name in endings else ()
    done = reviewkit("prisma", "-p", protocol, "--out", out, *asked)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert out.read_bytes().startswith(BEGINS[name])
    assert str(out) in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", ["svg", "json", "text", "csv"])
def test_without_a_file_it_goes_to_stdout_and_nothing_else_does(protocol: Path, name: str) -> None:
    done = reviewkit("prisma", "-p", protocol, "--format", name)
    assert done.stdout.encode().startswith(BEGINS[name])
    assert done.stderr == ""
    if name == "svg":
        assert ET.fromstring(done.stdout).tag.endswith("svg")
    if name == "json":
        assert json.loads(done.stdout)["counts"]["awaiting_screening"] == 7


@pytest.mark.slow
def test_the_same_review_gives_the_same_bytes(protocol: Path, tmp_path: Path) -> None:
    for name in ("svg", "pdf", "png", "html"):
        made = []
        for turn in ("a", "b"):
            out = tmp_path / f"{turn}.{name}"
            reviewkit(
                "prisma", "-p", protocol, "--out", out, settings={"SOURCE_DATE_EPOCH": "1790000000"}
            )
            made.append(out.read_bytes())
        assert made[0] == made[1], name


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("--format", "gif"), ("'gif'", "svg, html")),
        (("--out", "flow.bmp"), ("'bmp'", "one of")),
        (("--out", "no_such_file"), ("no ending", "--out no_such_file.svg")),
        (("--template", "old"), ("'old'", "updated-other")),
        (("--lang", "de"), ("'de'", "en, es, pt")),
        (("--theme", "loud"), ("'loud'", "official, quiet, mono")),
        (("--compare", "mine"), ("'mine'", "one of reported")),
        (("--compare", "reported"), ("nothing to compare with", "one's own", "[reported]")),
        (("--release", "v1", "--per-version"), ("do not go together", "give one of them")),
        (("--from-csv", "flow.csv", "--compare", "reported"), ("do not go together",)),
    ],
)
def test_wrong_use_is_one_clear_error(
    protocol: Path, arguments: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    told_once(reviewkit("prisma", "-p", protocol, *arguments), 2, *parts)


@pytest.mark.slow
def test_a_path_that_cannot_be_written_is_one_clear_error(protocol: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    out = tmp_path / "file" / "flow.svg"
    told_once(
        reviewkit("prisma", "-p", protocol, "--out", out), 2, str(out), "is a file, not a folder"
    )


def test_a_review_without_a_database_says_what_to_run(protocol: Path, tmp_path: Path) -> None:
    done = reviewkit("prisma", "-p", protocol, "--db", tmp_path / "none.db")
    told_once(done, 2, "no database yet", "reviewkit import FILE --source pubmed")


def check(flow: Flow, folder: Path) -> subprocess.CompletedProcess[str]:
    return reviewkit("prisma", "check", csv_of(flow, folder))


def test_a_sound_published_flow_passes(tmp_path: Path) -> None:
    for flow in (NEW, UPDATED_OTHER):
        done = check(flow, tmp_path)
        assert done.returncode == 0, done.stdout
        assert "error" not in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"records_screened": 15}, "I2"),
        ({"dbr_assessed": 9}, "I4"),
        ({"new_reports": 4, "new_studies": 4}, "I5"),
        ({"total_studies_ma": 6}, "M1"),
        ({"database_results": 21}, "I1"),
    ],
)
def test_an_arithmetic_error_is_caught_with_its_sentence(
    tmp_path: Path, changes: dict[str, Any], sentence: str
) -> None:
    done = check(replace(NEW, **changes), tmp_path)
    told_once(done, 3, "does not add up")
    assert any(line.startswith(f"{sentence}, error:") for line in done.stdout.splitlines()), (
        done.stdout
    )
    for n in changes.values():
        assert str(n) in done.stdout


CASES = PROJECT.parent / "shared" / "cases" / "prisma"
# File, exit code, what stdout says, what stderr says.
RIGHT = [
    ("p05_eurpsychiatry_2026", 3, "I2, error: There can be at most 3", "does not add up"),
    ("a_screened_gt_identified", 3, "should be 90 (databases 100 - duplicates 10)", ""),
    ("b_excluded_gt_screened", 3, "I3, error: There can be at most 50", ""),
    ("p02_nowpub_JTF_2022_0023", 0, "I6, warning: At most 41 reports are left for 47 studies", ""),
    ("q02_JTF_zero", 0, "I6, warning: At most 41 reports are left for 47 studies", ""),
    ("d_prev_gt_total", 0, "U1, warning: Total studies 20 are fewer", ""),
    ("c_studies_only", 0, "I6, warning: At most 8 reports are left for 12 studies", ""),
    ("s12b_NBK116712_in_screen", 0, "I6, warning: Studies included (121) outnumber", ""),
    ("r_DR-epTB-review", 3, "I3, error: Reports sought for retrieval should be 33", ""),
    ("dup_row", 0, "every identity that can be checked holds", "line 36, database_results"),
    ("unknown_row", 0, "every identity that can be checked holds", "line 36, snowball_results"),
    *((name, 0, "every identity", "") for name in ("i56_hide", "ma", "tip", "utf16", "cjk")),
    ("tiab_reasons", 0, "every identity that can be checked holds", ""),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "code", "out", "talk"), RIGHT, ids=[case[0] for case in RIGHT])
def test_published_flows_are_judged_rightly(name: str, code: int, out: str, talk: str) -> None:
    path = CASES / f"{name}.csv"
    if not path.exists():
        pytest.skip("the published flows are not part of the project")
    done = reviewkit("prisma", "check", path)
    assert (done.returncode, out in done.stdout, talk in done.stderr) == (code, True, True), done
    drawn = reviewkit("prisma", "--from-csv", path, "--format", "svg", "--force")
    assert drawn.returncode == 0, drawn.stderr
    found = json.loads(reviewkit("prisma", "check", path, "--json").stdout)
    assert found["adds_up"] is (code == 0)


def test_the_reported_flow_of_a_protocol_is_checked_too(tmp_path: Path) -> None:
    protocol = copy_project(tmp_path)
    done = reviewkit("prisma", "check", protocol)
    assert done.returncode == 0
    assert "I2, not decided; not known: registers" in done.stdout
    text = protocol.read_text(encoding="utf-8")
    more = "new_studies = 5\nrecords_screened = 50\nrecords_excluded = 90"
    text = text.replace("new_studies = 5", more)
    protocol.write_text(text)
    told_once(reviewkit("prisma", "check", protocol), 3, "does not add up")


def test_the_check_lists_what_is_missing_as_json_too(tmp_path: Path) -> None:
    path = csv_of(replace(NEW, duplicates=None), tmp_path)
    assert "I2, not decided; not known: duplicates." in reviewkit("prisma", "check", path).stdout
    found = json.loads(reviewkit("prisma", "check", path, "--json").stdout)
    assert found["undecided"][0]["missing"] == ["duplicates"]
    assert found["broken"] == []


def test_a_broken_flow_is_drawn_only_with_force_and_says_so(tmp_path: Path) -> None:
    path = csv_of(replace(NEW, records_screened=15), tmp_path)
    refused = reviewkit("prisma", "--from-csv", path, "--format", "svg")
    assert refused.returncode == 3
    assert "Traceback" not in refused.stderr
    assert "Records screened should be 17" in refused.stderr
    assert "--force" in refused.stderr
    assert refused.stdout == ""
    forced = reviewkit("prisma", "--from-csv", path, "--format", "svg", "--force")
    assert forced.returncode == 0
    drawn = " ".join("".join(ET.fromstring(forced.stdout).itertext()).split())
    assert "Records screened (n = 15)" in drawn
    assert "17" in drawn.split("Included")[-1]


@pytest.mark.slow
def test_hostile_reasons_survive_the_round_trip_and_start_no_formula(tmp_path: Path) -> None:
    reasons = tuple(tally(text, 1) for text in NASTY)
    counts: dict[str, Any] = {"dbr_assessed": 5 + len(NASTY), "dbr_sought_reports": 6 + len(NASTY)}
    identified = NEW.records_excluded or 0
    screened = counts["dbr_sought_reports"] + identified
    flow = replace(
        NEW,
        **counts,
        records_screened=screened,
        database_results=screened + 2,
        databases=(),
        dbr_excluded=reasons,
    )
    path = csv_of(flow, tmp_path)
    done = reviewkit("prisma", "--from-csv", path, "--format", "csv")
    assert done.returncode == 0, done.stderr
    cells = [cell for row in csv.reader(io.StringIO(done.stdout)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+", "\t"))]
    for name in ("svg", "html", "pdf", "json", "mermaid", "text"):
        out = tmp_path / f"flow.{name}"
        made = reviewkit("prisma", "--from-csv", path, "--format", name, "--out", out)
        if name == "pdf" and made.returncode == 2:
            told_once(made, 2, "no font on this machine has a glyph for")
            continue
        assert made.returncode == 0, made.stderr
        assert b"<script>alert" not in out.read_bytes() or name in {"json", "text"}


@pytest.mark.slow
def test_a_csv_that_is_none_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "flow.csv").write_bytes(b"\x00\x01 not a table")
    assert reviewkit("prisma", "check", tmp_path / "flow.csv").returncode in {1, 2}
    told_once(reviewkit("prisma", "check", tmp_path / "none.csv"), 2, "none.csv", "cannot be read")


DIAGRAM = """
[diagram]
language = "pt"
theme = "mono"
[diagram.labels]
records_screened = "Registros lidos"
box4 = "Lidos por duas pessoas."
"""


@pytest.mark.slow
def test_prisma_and_reproduce_draw_as_it_says_and_flags_override(tmp_path: Path) -> None:
    protocol = copy_project(tmp_path)
    with protocol.open("a", encoding="utf-8") as file:
        file.write(DIAGRAM)
    done = reviewkit("reproduce", protocol, "--offline", "--json")
    assert done.returncode == 0, done.stderr
    drawn = (tmp_path / "reviews" / "als_dysbiosis" / "flow_rerun.svg").read_text(encoding="utf-8")
    assert "Registros lidos" in drawn
    assert 'lang="pt"' in drawn
    shown = reviewkit("prisma", "-p", protocol, "--format", "svg").stdout
    assert "Registros lidos" in shown
    assert 'fill="#ffffff" stroke="#000000"' in shown
    shown = reviewkit(
        "prisma", "-p", protocol, "--format", "svg", "--lang", "en", "--theme", "quiet"
    ).stdout
    assert "Records screened" in shown
    assert "Registros lidos" not in shown
    assert 'stroke="#475569"' in shown
