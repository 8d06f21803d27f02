"""`reviewkit import`: files in as a search of their source, counted once, kept whole, and refused
in one sentence.
"""

import gzip
import json
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

from reviewkit.cache import Cache, FaultKind, verify
from reviewkit.exports.write import ExportFormat, write_records
from reviewkit.model.records import Record
from tests.cli.test_main import told_once
from tests.conftest import PROJECT, SHARED
from tests.helpers.command import copy_project, environment, outputs, reviewkit, rows_of
from tests.importers.test_small import TABLES

RIS = """TY  - JOUR
ID  - biblio-1
DB  - LILACS
DP  - http://bvsalud.org/
AU  - Pessoa, Inventada
TI  - Disbiose inventada
PY  - 2023
LA  - pt
ER  -

TY  - JOUR
ID  - biblio-2
DB  - LILACS
TI  - Outra obra inventada
PY  - 2024
ER  -
"""
BROKEN = RIS + "TY  - JOUR\nID  - biblio-3\nTI  - Sem fim\n"


@pytest.fixture
def protocol(tmp_path: Path) -> Path:
    return copy_project(tmp_path)


def written(tmp_path: Path, text: str = RIS, name: str = "export.ris") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def run(
    protocol: Path, *arguments: str | Path, **settings: str
) -> subprocess.CompletedProcess[str]:
    return reviewkit("import", *arguments, "--protocol", protocol, settings=settings)


def files_of(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    document: list[dict[str, Any]] = json.loads(done.stdout)["files"]
    return document


def query(tmp_path: Path, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(outputs(tmp_path) / "review.db") as db:
        rows = db.execute(sql).fetchall()
    db.close()
    return rows


def test_a_file_comes_in_as_a_search_of_its_source(tmp_path: Path, protocol: Path) -> None:
    file = written(tmp_path)
    done = run(
        protocol, file, "--source", "lilacs", "--date", "2026-04-10", "--query", 'mh:("Disbiose")'
    )
    assert done.returncode == 0, done.stderr
    assert "2 records for lilacs: 2 new." in done.stdout
    columns = (
        "source, role, strategy, counts_in_flow, query, searched_at, status, count, received, "
        "warnings"
    )
    assert query(tmp_path, f"SELECT {columns} FROM runs") == [
        (
            "lilacs",
            "database",
            "headings",
            1,
            'mh:("Disbiose")',
            "2026-04-10",
            "complete",
            2,
            2,
            "[]",
        )
    ]
    assert query(
        tmp_path, "SELECT record, source, role, state FROM record_states ORDER BY record"
    ) == [
        ("lilacs:biblio-1", "lilacs", "database", "awaiting_screening"),
        ("lilacs:biblio-2", "lilacs", "database", "awaiting_screening"),
    ]


@pytest.mark.slow
def test_it_counts_in_the_flow_of_the_review(tmp_path: Path, protocol: Path) -> None:
    run(protocol, written(tmp_path), "--date", "2026-04-10")
    done = reviewkit("reproduce", protocol, "--offline", "--json")
    document = json.loads(done.stdout)
    assert [(s["source"], s["rerun"]) for s in document["sources"]] == [
        ("pubmed", None),
        ("lilacs", 2),
    ]
    flow = document["flow"]["rerun"]
    assert (flow["database_results"], flow["stand_ins"]) == (2, [])


def test_the_file_itself_is_kept_by_its_hash(tmp_path: Path, protocol: Path) -> None:
    file = written(tmp_path)
    (document,) = files_of(run(protocol, file, "--json"))
    cache = Cache(tmp_path / "cache" / "als_dysbiosis")
    assert cache.pages.get(document["sha256"]) == file.read_bytes()
    assert verify(cache) == ()
    assert query(tmp_path, "SELECT request, sha256 FROM run_pages") == [
        ("import export.ris", document["sha256"])
    ]


@pytest.mark.slow
def test_the_same_file_twice_changes_no_row(tmp_path: Path, protocol: Path) -> None:
    file = written(tmp_path)
    run(protocol, file, "--date", "2026-04-10")
    before = rows_of(outputs(tmp_path) / "review.db")
    again = run(protocol, file, "--date", "2026-04-10")
    without_date = run(protocol, shutil.copy(file, tmp_path / "copy.ris"))
    assert again.returncode == without_date.returncode == 0
    assert "was imported before, nothing changed" in again.stdout
    assert rows_of(outputs(tmp_path) / "review.db") == before


def test_another_date_of_the_same_file_is_a_run_of_its_own(tmp_path: Path, protocol: Path) -> None:
    file = written(tmp_path)
    run(protocol, file, "--date", "2026-04-10")
    (document,) = files_of(run(protocol, file, "--date", "2026-04-11", "--json"))
    assert (document["imported_before"], document["new"], document["already_there"]) == (
        False,
        0,
        2,
    )
    assert query(tmp_path, "SELECT searched_at FROM runs ORDER BY run") == [
        ("2026-04-10",),
        ("2026-04-11",),
    ]
    assert query(tmp_path, "SELECT count(*) FROM records") == [(2,)]


@pytest.mark.slow
def test_a_file_read_wrong_is_corrected_by_saying_how_to_read_it(
    tmp_path: Path, protocol: Path
) -> None:
    file = tmp_path / "export.ris"
    file.write_bytes(RIS.replace("Disbiose inventada", "Disbiose inventada é").encode("cp1252"))
    run(protocol, file, "--encoding", "cp437")
    assert query(tmp_path, "SELECT title FROM records WHERE record = 'lilacs:biblio-1'") != [
        ("Disbiose inventada é",)
    ]
    (document,) = files_of(run(protocol, file, "--encoding", "cp1252", "--json"))
    assert (document["new"], document["already_there"]) == (0, 1)
    assert document["updated_records"] == {"lilacs:biblio-1": ["title"]}
    assert query(tmp_path, "SELECT title FROM records WHERE record = 'lilacs:biblio-1'") == [
        ("Disbiose inventada é",)
    ]
    (again,) = files_of(run(protocol, file, "--encoding", "cp1252", "--json"))
    assert again["imported_before"] is True


def test_a_date_that_was_not_told_is_said(tmp_path: Path, protocol: Path) -> None:
    said = run(protocol, written(tmp_path), SOURCE_DATE_EPOCH="1790000000").stderr
    assert "today stands for the day of the search" in said
    assert "import again with --date: it takes the place of this import" in said
    assert "No --date" not in run(protocol, written(tmp_path)).stderr
    ((at, warnings),) = query(tmp_path, "SELECT searched_at, warnings FROM runs")
    assert at.startswith("2026-09-21")
    assert "was not told" in warnings


@pytest.mark.slow
def test_an_export_keeps_the_order_of_the_files(tmp_path: Path, protocol: Path) -> None:
    work = "TY  - JOUR\nAU  - Silva, A\nAN  - {0}\nTI  - Work {0}\nPY  - 2020\nER  - \n\n"
    for name, numbers in (("b.ris", (9, 2, 7)), ("a.ris", (5, 2, 1))):
        file = written(tmp_path, "".join(map(work.format, numbers)), name)
        assert run(protocol, file, "--source", "lilacs").returncode == 0

    def titles(*options: str) -> str:
        done = reviewkit("export", "--protocol", protocol, "--format", "ris", *options)
        assert done.returncode == 0, done.stderr
        return "".join(line[-1] for line in done.stdout.splitlines() if line.startswith("TI"))

    assert (titles(), titles("--order", "key")) == ("92751", "12579")


@pytest.mark.slow
def test_a_large_file_says_how_far_it_is(tmp_path: Path, protocol: Path) -> None:
    title, abstract = "TY  - JOUR\nTI  - Work {}\n", f"AB  - {'word ' * 2_000}\nER  -\n\n"
    file = written(tmp_path, "".join(title.format(n) + abstract for n in range(600)))
    done = run(protocol, file, "--source", "lilacs", "--force")

    steps = [line for line in done.stderr.splitlines() if line.startswith("export.ris (MB): ")]
    assert len(steps) == 2
    assert all(line.endswith(" of 6") for line in steps)
    assert "(MB)" not in run(protocol, written(tmp_path), "--source", "lilacs").stderr


@pytest.mark.slow
def test_standard_input(tmp_path: Path, protocol: Path) -> None:
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "reviewkit", "import", "-", "--protocol", str(protocol), "--json"],
        input=RIS.encode(), capture_output=True, env=environment({}), cwd=PROJECT, check=True,
    )  # fmt: skip
    (document,) = json.loads(done.stdout)["files"]
    assert (document["file"], document["records"], document["source"]) == (
        "standard input",
        2,
        "lilacs",
    )
    assert query(tmp_path, "SELECT count(*) FROM records") == [(2,)]


@pytest.mark.slow
def test_several_files_of_one_source_are_one_run(tmp_path: Path, protocol: Path) -> None:
    second = written(tmp_path, RIS.replace("biblio-1", "biblio-9"), "second.ris")
    first, other = files_of(
        run(protocol, written(tmp_path), second, "--source", "lilacs", "--json")
    )
    assert (first["records"], other["records"], other["already_there"]) == (2, 2, 1)
    assert query(tmp_path, "SELECT count, received FROM runs") == [(3, 3)]


def test_a_dry_run_shows_the_records_and_leaves_nothing(tmp_path: Path, protocol: Path) -> None:
    done = run(protocol, written(tmp_path), "--dry-run")
    assert "lilacs:biblio-1  Disbiose inventada" in done.stdout
    assert "Pessoa, Inventada (2023)" in done.stdout
    assert not (outputs(tmp_path)).exists()
    assert not (tmp_path / "cache" / "als_dysbiosis" / "pages").exists()


def test_problems_come_with_their_line_and_the_rest_comes_in(
    tmp_path: Path, protocol: Path
) -> None:
    done = run(protocol, written(tmp_path, BROKEN))
    assert done.returncode == 0
    assert "3 records for lilacs: 3 new; 1 problem" in done.stdout
    assert "line 19: the file ends inside the record of line 17" in done.stdout


@pytest.mark.slow
def test_strict_refuses_the_whole_and_leaves_the_database_as_it_was(
    tmp_path: Path, protocol: Path
) -> None:
    run(protocol, written(tmp_path))
    before = rows_of(outputs(tmp_path) / "review.db")
    good = written(tmp_path, RIS.replace("biblio", "lil"), "good.ris")
    bad = written(tmp_path, BROKEN, "bad.ris")
    told_once(
        run(protocol, good, bad, "--source", "lilacs", "--strict"),
        2,
        "1 mistake",
        "line 19",
        "--strict",
    )
    assert rows_of(outputs(tmp_path) / "review.db") == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (b"<!DOCTYPE html><html><body>Log in</body></html>", 1, "HTML page"),
        (b"", 1, "empty"),
        (b"%PDF-1.7", 1, "a PDF"),
        (b"just a sentence", 2, "no format that reviewkit reads"),
        (b"alpha,beta\n1,2\n", 2, "no known layout"),
        (b"Title,Year\nA work,2021\n", 2, "add it to the command: --map 'title=Title,year=Year'"),
        (gzip.compress(b"<html><body>x</body></html>", mtime=0), 1, "HTML page"),
    ],
)
def test_what_is_no_export_is_refused_and_nothing_changes(
    tmp_path: Path, protocol: Path, content: bytes, code: int, message: str
) -> None:
    file = tmp_path / "export"
    file.write_bytes(content)
    told_once(run(protocol, file, "--source", "lilacs"), code, message)
    assert not (outputs(tmp_path) / "review.db").exists() or query(
        tmp_path, "SELECT count(*) FROM runs"
    ) == [(0,)]


def test_a_table_of_one_s_own_with_its_columns_named(tmp_path: Path, protocol: Path) -> None:
    file = written(
        tmp_path, 'Titel,Jahr,"Namen, alle"\nEin Werk,2021,"Muster, A; Probe, B"\n', "own.csv"
    )
    named = "title=Titel,year=Jahr,authors=Namen, alle"
    (document,) = files_of(run(protocol, file, "--source", "lilacs", "--map", named, "--json"))
    assert (document["dialect"], document["mapping"]["authors"]) == ("mapped", "Namen, alle")
    assert query(tmp_path, "SELECT title, year, authors FROM records") == [
        ("Ein Werk", 2021, '["Muster, A","Probe, B"]')
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--source", "embase"), "no source 'embase' in this protocol"),
        (("--date", "yesterday"), "no such day"),
        (("--map", "title"), "is not field=column"),
        (("--format", "word"), "no such format"),
        (("--encoding", "klingon"), "no such encoding"),
    ],
)
def test_wrong_use_is_one_clear_error(
    tmp_path: Path, protocol: Path, arguments: tuple[str, ...], message: str
) -> None:
    told_once(run(protocol, written(tmp_path), *arguments), 2, message)


@pytest.mark.slow
def test_a_source_that_the_protocol_lacks_is_answered_with_what_to_add(
    tmp_path: Path, protocol: Path
) -> None:
    done = run(protocol, written(tmp_path), "--source", "embase")
    assert '[[sources]]\nid = "embase"\n' in done.stderr
    assert "pubmed, lilacs" in done.stderr


def test_a_file_that_names_no_source_is_asked_about(tmp_path: Path, protocol: Path) -> None:
    plain = written(tmp_path, "TY  - JOUR\nTI  - Work\nER  - \n", "plain.ris")
    told_once(run(protocol, plain), 2, "which source is it from?", "--source")


def test_a_missing_file(protocol: Path) -> None:
    told_once(run(protocol, "nowhere.ris"), 2, "nowhere.ris")


IN_VOLUME_12 = """TY  - JOUR
ID  - X1
TI  - Gut microbiota and motor neurons in a small cohort
AU  - Silva, A
JO  - Journal of A
VL  - 12
PY  - 2021
ER  -
"""
IN_VOLUME_13 = IN_VOLUME_12.replace("VL  - 12", "VL  - 13\nSP  - 551\nEP  - 560")


@pytest.mark.slow
def test_two_places_of_one_record_are_shown_and_never_mixed(tmp_path: Path, protocol: Path) -> None:
    first = written(tmp_path, IN_VOLUME_12.replace("ER  -", "AN  - X1\nER  -"), "first.ris")
    second = written(tmp_path, IN_VOLUME_13.replace("ER  -", "AN  - X1\nER  -"), "second.ris")
    run(protocol, first, "--source", "lilacs")
    done = run(protocol, second, "--source", "lilacs")
    difference = "lilacs:X1 keeps 2021, volume 12; this file has 2021, volume 13, pages 551-560"
    assert f"  warning: {difference}\n" in done.stdout
    places = "SELECT year, volume, issue, pages FROM records"
    assert query(tmp_path, places) == [(2021, "12", None, None)]

    (again,) = files_of(
        run(protocol, second, "--source", "lilacs", "--date", "2026-04-10", "--json")
    )
    assert again["differences"] == [difference]


@pytest.mark.slow
def test_works_come_in_once_whatever_the_format_of_the_next_file(
    tmp_path: Path, protocol: Path
) -> None:
    words = ("Alpha", "Beta", "Gamma")
    works = [
        Record(
            source="lilacs", source_id=str(number), title=f"{word} trial of sleep", year=2020,
            authors=("Silva, Ana", "Souza, Rui"), journal="Sleep", doi=f"10.1000/{number}",
            volume="3", pages="5-9",
        )
        for number, word in enumerate(words, 101)
    ]  # fmt: skip
    new = []
    for place, kind in enumerate(ExportFormat):
        ending = kind.value if kind is ExportFormat.XLSX else "txt"
        file = tmp_path / f"{place}.{ending}"
        file.write_bytes(b"".join(write_records(kind, works)))
        (part,) = files_of(run(protocol, file, "--source", "lilacs", "--json"))
        assert part["records"] == part["new"] + part["already_there"] + part["updated"] == 3, kind
        new.append(part["new"])

    assert new == [3] + [0] * (len(ExportFormat) - 1)


def test_the_same_place_told_more_fully_completes_the_record(
    tmp_path: Path, protocol: Path
) -> None:
    fuller = IN_VOLUME_13.replace("VL  - 13", "VL  - 12\nIS  - 3")
    run(protocol, written(tmp_path, IN_VOLUME_12, "first.ris"), "--source", "lilacs")
    done = run(protocol, written(tmp_path, fuller, "second.ris"), "--source", "lilacs")
    assert "warning" not in done.stdout
    places = "SELECT year, volume, issue, pages FROM records"
    assert query(tmp_path, places) == [(2021, "12", "3", "551-560")]


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the folder of real exports is not at hand")
def test_every_real_export_comes_in_or_is_refused_in_one_sentence(
    tmp_path: Path, protocol: Path
) -> None:
    """In one process, because forty commands take half a minute."""
    import datetime

    from reviewkit.importers import read_file
    from reviewkit.model.errors import ReviewkitError
    from reviewkit.workflow.project import open_project
    from reviewkit.workflow.searching.import_files import import_files
    from reviewkit.workflow.searching.input_files import ImportOptions, InputFile

    project = open_project(protocol)
    refused = []
    for file in sorted((SHARED / "formats").iterdir()):
        if file.suffix == ".tsv":
            continue
        given, telling = [InputFile(name=file.name, content=file)], ImportOptions(source="pubmed")
        try:
            (part,) = import_files(
                project, given, telling, now=lambda: datetime.datetime.now(datetime.UTC)
            )
        except ReviewkitError as error:
            refused.append((file.name, str(error)))
            continue
        assert part.records == len(read_file(file, source="pubmed").all()) > 0
        (again,) = import_files(
            project, given, telling, now=lambda: datetime.datetime.now(datetime.UTC)
        )
        assert (again.imported_before, again.records) == (True, part.records)
    assert refused == []
    assert verify(Cache(project.cache)) == tuple(
        fault for fault in verify(Cache(project.cache)) if fault.kind is FaultKind.UNREFERENCED
    )


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["rayyan", "asreview", "covidence"])
def test_decisions_made_elsewhere_are_said_not_to_come_along(
    protocol: Path, tmp_path: Path, tool: str
) -> None:
    export = written(tmp_path, "\n".join(TABLES[tool]) + "\n", f"{tool}.csv")
    (document,) = files_of(run(protocol, export, "--source", "lilacs", "--dry-run", "--json"))
    assert list(document["decisions_not_taken_over"]) == [tool]
    done = run(protocol, export, "--source", "lilacs")
    assert f"have decisions made in {tool}; decisions are not imported" in done.stdout
    assert rows_of(outputs(tmp_path) / "review.db")["decisions"] == []
