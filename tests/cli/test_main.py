"""The command line as a newcomer meets it: help, mistakes, exit codes, never a traceback."""

import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from reviewkit.cli import app
from reviewkit.store import Store
from tests.conftest import PROJECT
from tests.helpers.command import copy_project, outputs, reviewkit, reviewkit_process, rows_of
from tests.helpers.screening_review import PROTOCOL
from tests.helpers.stores import NOW
from tests.protocol.test_parse import TEN_MISTAKES


def told_once(done: subprocess.CompletedProcess[str], code: int, *parts: str) -> None:
    """One error, with what and where, what to do next, and the right exit code."""
    assert done.returncode == code, done.stderr
    assert done.stderr.count("error:") == 1
    assert done.stderr.count("next:") == 1
    assert "Traceback" not in done.stderr
    for part in parts:
        assert part in done.stderr


@pytest.mark.slow
def test_version_is_the_package_s() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    assert (
        project["tool"]["setuptools"]["dynamic"]["version"]["attr"]
        == "reviewkit.model.version.__version__"
    )
    assert re.fullmatch(r"reviewkit \d+\.\d+\.\d+\n", reviewkit_process("--version").stdout)


_TITLES = (
    *("Start", "Search and import", "Duplicates", "Screening", "PRISMA and reports"),
    *("Living reviews", "Reruns", "Tools"),
)
_LINE = re.compile(r"^  ([a-z]+) +(\S.*)$", re.MULTILINE)


def shown_verbs() -> dict[str, str]:
    """Every verb of the help, with its line, at 80 columns."""
    shown = reviewkit("--help", settings={"COLUMNS": "80"}).stdout
    return dict(_LINE.findall(shown.split("\nStart:")[1].split("Exit codes")[0]))


@pytest.mark.slow
def test_every_verb_has_help_with_an_example() -> None:
    verbs = shown_verbs()
    assert {"check", "search", "reproduce"} <= set(verbs)
    for verb in verbs:
        done = reviewkit(verb, "--help", settings={"COLUMNS": "200"})
        assert done.returncode == 0
        assert "xample" in done.stdout, verb


def test_the_help_leads_through_the_work() -> None:
    shown = reviewkit("--help", settings={"COLUMNS": "80"}).stdout
    titles = re.findall(r"^(\w[\w ]+):$", shown, re.MULTILINE)
    assert titles == ["Options", *_TITLES]
    verbs = list(shown_verbs())
    way = ["init", "search", "import", "dedupe", "screen", "prisma", "update", "reproduce"]
    assert sorted(way, key=verbs.index) == way


def test_every_line_of_the_help_is_whole() -> None:
    """A line that is cut ends in dots; one that is wrapped has no full stop."""
    lines = shown_verbs()
    assert [line for line in lines.values() if not line.endswith(".") or "..." in line] == []


def test_every_line_of_a_group_s_help_is_whole() -> None:
    groups = [words for words, verb in every_verb() if getattr(verb, "commands", {}) and words]
    assert {"undo", "dedupe", "prisma"} <= set(groups)
    for group in groups:
        shown = reviewkit(*group.split(), "--help", settings={"COLUMNS": "80"}).stdout
        lines = dict(_LINE.findall(shown.split("\nCommands:")[1]))
        cut = [line for line in lines.values() if not line.endswith(".") or "..." in line]
        assert cut == [], group


def every_verb() -> Iterator[tuple[str, Any]]:
    """Yield each command and group of commands, with its words: "dedupe link"."""
    waiting: list[tuple[str, Any]] = [("", typer.main.get_command(app))]
    while waiting:
        words, command = waiting.pop()
        verbs = getattr(command, "commands", {})
        waiting += [(f"{words} {name}".strip(), verb) for name, verb in verbs.items()]
        yield words, command


def every_command() -> Iterator[tuple[str, Any]]:
    """Yield each command that does something, with its words."""
    for words, command in every_verb():
        if not getattr(command, "commands", {}):
            yield words, command


@pytest.mark.slow
def test_the_help_of_every_command_is_whole_at_80_columns_and_has_an_example() -> None:
    found = {}
    for words, command in every_command():
        shown = reviewkit(*words.split(), "--help", settings={"COLUMNS": "80"}).stdout
        wide = [line for line in shown.splitlines() if len(line) > 80]
        if wide or "xample" not in (command.help or ""):
            found[words] = wide
    assert found == {}


# They write a file or records in a format of their own, ask a person, or take something back.
_WITHOUT_JSON = frozenset(
    {
        "init", "demo", "export", "report", "checklist", "appendix", "schedule", "decisions export",
        "dedupe review",
    }
)  # fmt: skip


def test_every_command_that_reports_has_json() -> None:
    lacking = {
        words
        for words, command in every_command()
        if not any("--json" in param.opts for param in command.params)
    }
    assert lacking == _WITHOUT_JSON


@pytest.mark.slow
def test_values_have_names_that_people_know() -> None:
    for words in (["convert"], ["import"], ["dedupe", "run"], ["prisma"], ["source", "rename"]):
        shown = reviewkit(*words, "--help", settings={"COLUMNS": "200"}).stdout
        assert not re.search(r"<(list|path|str|int|float)", shown), words
    assert "--out FILE" in reviewkit("prisma", "--help", settings={"COLUMNS": "200"}).stdout


def test_alone_it_says_how_to_begin(tmp_path: Path) -> None:
    done = reviewkit(cwd=tmp_path)
    assert done.returncode == 0
    assert "no review in this folder" in done.stdout
    matches = re.findall(r"^  reviewkit (\w+)", done.stdout, re.MULTILINE)
    assert matches[0] == "init"
    assert set(matches) <= set(shown_verbs())


def test_alone_before_the_first_records_it_says_how_to_bring_them_in(tmp_path: Path) -> None:
    begun = reviewkit(
        "init", "--title", "Sleep", "--source", "pubmed", "--topic", "sleep", "--no-lookup",
        cwd=tmp_path,
    )  # fmt: skip
    assert begun.returncode == 0
    done = reviewkit(cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.splitlines()[:2] == ["Sleep", "No records yet."]
    assert "reviewkit import" in done.stdout
    assert "reproduce" not in done.stdout

    database = tmp_path / "reviews" / "sleep" / "review.db"
    database.parent.mkdir(parents=True)
    Store(database, now=NOW).close()
    empty = reviewkit(cwd=tmp_path)
    assert (empty.returncode, empty.stdout) == (0, done.stdout)


@pytest.mark.slow
def test_alone_in_a_review_s_folder_it_shows_the_status(tmp_path: Path) -> None:
    protocol = copy_project(tmp_path)
    assert reviewkit("reproduce", protocol, "--offline").returncode == 0
    shown = reviewkit(cwd=tmp_path).stdout
    assert shown == reviewkit("status", cwd=tmp_path).stdout
    # 19 were found by the review: nobody saw it decide on 64.
    assert "64 records by its list of included works; which of them it saw is not known" in shown
    assert "64 done" not in shown
    settings = {"REVIEWKIT_PROTOCOL": str(protocol)}
    assert reviewkit(cwd=tmp_path.parent, settings=settings).stdout == shown


def test_a_mistyped_verb_is_answered_with_the_right_one() -> None:
    done = reviewkit("chek")
    assert done.returncode == 2
    assert "check" in done.stderr


def test_check_prints_what_will_be_sent() -> None:
    done = reviewkit("check", PROJECT / "protocols" / "als_dysbiosis.toml", "--json")
    queries = {
        (query["source"], query["strategy"]): query for query in json.loads(done.stdout)["queries"]
    }
    assert len(queries) == 6
    assert queries["pubmed", "headings"]["primary"]
    assert queries["pubmed", "headings"]["text"].startswith('"Dysbiosis"[mh] AND ')


def test_check_prints_the_schema_that_ships() -> None:
    shipped = (PROJECT / "docs" / "protocol.schema.json").read_text(encoding="utf-8")
    assert reviewkit("check", "--schema").stdout == shipped


def test_ten_mistakes_get_ten_messages_and_exit_2(tmp_path: Path) -> None:
    wrong = tmp_path / "p.toml"
    wrong.write_text(TEN_MISTAKES, encoding="utf-8")
    for verb in ("check", "search", "reproduce"):
        done = reviewkit(verb, wrong)
        told_once(done, 2, "13 mistakes", str(wrong))
        assert len(re.findall(r"^  - ", done.stderr, re.MULTILINE)) == 13


@pytest.mark.slow
def test_a_mistake_shows_its_line_and_what_to_write(tmp_path: Path) -> None:
    wrong = tmp_path / "p.toml"
    wrong.write_text(PROTOCOL + "\n[screening]\nreviewers = 2\n", encoding="utf-8")
    line = wrong.read_text(encoding="utf-8").count("\n")
    for verb in ("check", "status", "prisma", "screen"):
        done = reviewkit(verb, "--protocol", wrong)
        told_once(done, 2, f"  - line {line}: screening.reviewers: must be a table (found 2)")
        assert "\n      reviewers = 2\n" in done.stderr
        assert "\n      write: reviewers = { title_abstract = 2, full_text = 2 }\n" in done.stderr


@pytest.mark.slow
def test_check_says_what_a_language_is_read_as(tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text(PROTOCOL + '\n[limits]\nlanguages = ["english", "por"]\n', encoding="utf-8")
    assert "Language 'english' is read as 'eng' (ISO 639-2)." in reviewkit("check", file).stdout
    shown = json.loads(reviewkit("check", file, "--json").stdout)
    assert shown["languages"] == {"english": "eng"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"", "format: is required"),
        (b"format = ", "TOML"),
    ],
)
def test_a_file_that_is_no_protocol(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "p.toml"
    if content is not None:
        path.write_bytes(content)
    told_once(reviewkit("check", path), 2, message)


def test_a_folder_is_no_protocol(tmp_path: Path) -> None:
    told_once(reviewkit("check", tmp_path), 2, "is a directory")


@pytest.mark.slow
def test_without_a_protocol_it_takes_the_only_one_or_says_why_not(tmp_path: Path) -> None:
    told_once(
        reviewkit("check", cwd=tmp_path),
        2,
        "no protocol in protocols/",
        "go to the folder of your review",
        "reviewkit init",
        "--protocol",
    )
    protocol = copy_project(tmp_path)
    assert reviewkit("check", cwd=tmp_path).returncode == 0
    (protocol.parent / "second.toml").write_text("", encoding="utf-8")
    told_once(reviewkit("check", cwd=tmp_path), 2, "2 protocols")
    assert (
        reviewkit("check", cwd=tmp_path, settings={"REVIEWKIT_PROTOCOL": str(protocol)}).returncode
        == 0
    )


def test_a_text_file_named_db_is_refused_and_left_alone(tmp_path: Path) -> None:
    notes = tmp_path / "review.db"
    notes.write_text("my notes on the review, kept for years", encoding="utf-8")
    told_once(
        reviewkit("reproduce", copy_project(tmp_path), "--offline", "--db", notes),
        1,
        "not a SQLite database",
    )
    assert notes.read_text(encoding="utf-8") == "my notes on the review, kept for years"


def test_a_place_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    told_once(
        reviewkit(
            "reproduce", copy_project(tmp_path), "--offline", "--out", tmp_path / "file" / "x"
        ),
        2,
        "is a file, not a folder",
    )


@pytest.mark.slow
def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    import sqlite3

    protocol = copy_project(tmp_path)
    reviewkit("reproduce", protocol, "--offline")
    database = outputs(tmp_path) / "review.db"
    with sqlite3.connect(database) as newer:
        newer.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
            "VALUES ('reviewkit','m999','')"
        )
    newer.close()
    before = rows_of(database)
    told_once(
        reviewkit("reproduce", protocol, "--offline"), 1, "newer reviewkit", "update reviewkit"
    )
    assert rows_of(database) == before


@pytest.mark.slow
@pytest.mark.parametrize("name", ["compiled.ris", "manifest.json"])
def test_a_changed_or_missing_list_is_one_clear_error(tmp_path: Path, name: str) -> None:
    protocol = copy_project(tmp_path)
    file = tmp_path / "cache" / "als_dysbiosis" / name
    file.write_bytes(file.read_bytes().replace(b"2024", b"2025"))
    if name == "compiled.ris":
        told_once(
            reviewkit("reproduce", protocol, "--offline"),
            1,
            "is not the file that manifest.json describes",
        )
    file.write_bytes(b"{")
    told_once(reviewkit("reproduce", protocol, "--offline"), 1, name)
    file.unlink()
    told_once(reviewkit("reproduce", protocol, "--offline"), 1, name)
    assert not (outputs(tmp_path) / "review.db").exists()


def test_an_unknown_source_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    told_once(
        reviewkit("search", copy_project(tmp_path), "--source", "embase"), 2, "pubmed, lilacs"
    )


def test_search_offline_without_a_stored_search_names_the_request(tmp_path: Path) -> None:
    told_once(
        reviewkit("search", copy_project(tmp_path), "--offline", "--source", "pubmed"), 1, "pubmed"
    )


@pytest.mark.slow
def test_a_hostile_title_steers_no_terminal(tmp_path: Path) -> None:
    protocol = copy_project(tmp_path)
    text = protocol.read_text(encoding="utf-8")
    protocol.write_text(
        text.replace('title = "Intestinal', 'title = "\\u001b[31mIntestinal', 1), encoding="utf-8"
    )
    assert "\x1b" not in reviewkit("reproduce", protocol, "--offline").stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "what", "example"),
    [
        ("import", "missing argument 'FILE...'", "reviewkit import lilacs.ris --source lilacs"),
        ("export", "missing option '--format' / '-f'", "reviewkit export --status included"),
        ("undo import x", "invalid value for 'RUN': not a whole number", "reviewkit undo import 3"),
    ],
)
def test_a_wrong_or_missing_argument_is_answered_with_an_example(
    line: str, what: str, example: str
) -> None:
    told_once(reviewkit(*line.split()), 2, what, f"for example: {example}")


@pytest.mark.parametrize(
    ("line", "what", "next_step"),
    [
        ("scren", "no such command: scren", "did you mean reviewkit screen?"),
        ("record shw", "no such command: shw", "did you mean reviewkit record show?"),
        ("dedupe explan a b", "no such command: explan", "did you mean reviewkit dedupe explain?"),
        ("frobnicate", "no such command: frobnicate", "--help lists every command"),
        ("screen --reviewr x", "no such option: --reviewr", "did you mean --reviewer?"),
        ("diagram", "no such command: diagram", "did you mean reviewkit prisma?"),
        ("dedupe --reviewer ana", "no such option: --reviewer", "dedupe run --help"),
        ("screen -help", "no such option: -help", "screen --help lists every option"),
        ("screen ana", "not expected here: ana", "options begin with --"),
        ("--vrsion", "no such option: --vrsion", "did you mean --version?"),
        ("prisma --bogus", "no such option: --bogus", "prisma --help lists every option"),
        ("prisma --out", "--out needs a value", "for example: reviewkit prisma"),
        ("screen --stage fulltext", "'fulltext' is not one of", "did you mean full_text?"),
        ("screen --stage both", "'title_abstract', 'full_text'", "screen --help shows"),
        ("init --reviewers many", "'--reviewers': not a whole number", "init --help shows"),
        ("init --title my review", "not expected here: review", "need quotes"),
    ],
)
def test_a_slip_on_the_command_line_is_one_error_with_what_is_right(
    line: str, what: str, next_step: str
) -> None:
    done = reviewkit(*line.split())
    told_once(done, 2, what)
    printed = done.stderr.split("next:")[1].replace("python -m reviewkit", "reviewkit")
    assert next_step in printed
    assert "Usage" not in done.stderr
