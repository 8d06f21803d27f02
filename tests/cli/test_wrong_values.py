"""A value that is none of those allowed: the error names it, the allowed ones, and a near one."""

import json
from pathlib import Path

import pytest

from reviewkit.model.choices import nearest, not_among
from tests.helpers.command_tree import commands
from tests.helpers.own_review import OwnReview, own_review, protocol_text, ris

WRONG: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("update", "--every", "wek"), "wek", "week"),
    (("schedule", "--every", "wek"), "wek", "week"),
    (("schedule", "--every", "week", "--format", "systemdd"), "systemdd", "systemd"),
    (("export", "--format", "bibtx"), "bibtx", "bibtex"),
    (("export", "--format", "ris", "--status", "include"), "include", "included"),
    (("export", "--format", "ris", "--duplicates", "lists"), "lists", "list"),
    (("export", "--format", "ris", "--order", "fil"), "fil", "file"),
    (("export", "--format", "ris", "--selection", "taem"), "taem", "team"),
    (("convert", "more.ris", "out", "--to", "bibtx"), "bibtx", "bibtex"),
    (("report", "--format", "htm"), "htm", "html"),
    (("report", "--lang", "ptt"), "ptt", "pt"),
    (("checklist", "--format", "htm"), "htm", "html"),
    (("checklist", "--standard", "prisma-2002"), "prisma-2002", "prisma-2020"),
    (("appendix", "--format", "doc"), "doc", "docx"),
    (("prisma", "--format", "svgg"), "svgg", "svg"),
    (("prisma", "--theme", "quite"), "quite", "quiet"),
    (("prisma", "--template", "upadted"), "upadted", "updated"),
    (("prisma", "--lang", "ptt"), "ptt", "pt"),
    (("prisma", "--compare", "report"), "report", "reported"),
    (("diff", "first", "--format", "markdwn"), "markdwn", "markdown"),
    (("dedupe", "list", "--format", "tabel"), "tabel", "table"),
    (("translate", "query.txt", "--to", "pubmd"), "pubmd", "pubmed"),
    (("translate", "query.txt", "--language", "pubmd"), "pubmd", "pubmed"),
    (("screen", "--lang", "ptt"), "ptt", "pt"),
    (("screen", "--stage", "full-tex"), "full-tex", "full_text"),
    (("dedupe", "more.ris", "--out", "out.csv", "--format", "rsi"), "rsi", "ris"),
    (("import", "more.ris", "--source", "scopus", "--format", "rsi"), "rsi", "ris"),
)


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> OwnReview:
    made = own_review(tmp_path_factory.mktemp("wrong"))
    made.load(made.file("scopus.ris", ris(1, 2, 3)))
    made.file("more.ris", ris(4))
    made.file("query.txt", "gut[tiab]")
    return made


@pytest.mark.parametrize(("words", "wrong", "meant"), WRONG, ids=str)
def test_the_nearest_value_and_all_others_are_named(
    words: tuple[str, ...], wrong: str, meant: str, review: OwnReview
) -> None:
    done = review.run(*words)
    assert done.returncode == 2, done.stdout + done.stderr
    error, hint = done.stderr.strip().splitlines()[-2:]
    assert error.startswith("error: ")
    assert wrong in error
    assert f"did you mean {meant}?" in hint
    assert "one of " in error + hint


@pytest.mark.slow
def test_the_nearest_set_of_keys_is_named(review: OwnReview) -> None:
    done = review.run("screen", "--keys", "rayan")
    assert done.returncode == 2
    assert "next: did you mean rayyan? one of reviewkit, rayyan, asreview" in done.stderr


def test_a_source_that_is_to_be_added_is_given_as_lines_to_paste(review: OwnReview) -> None:
    near = review.run("import", "more.ris", "--source", "scopos")
    assert "next: did you mean scopus? name one of its sources" in near.stderr
    done = review.run("import", "more.ris", "--source", "New\nOne")
    error, hint, *lines = done.stderr.splitlines()
    assert error.startswith("error: ")
    assert hint.startswith("next: name one of its sources (scopus, embase)")
    assert lines == [
        "[[sources]]", 'id = "new_one"', r'name = "New\nOne"', 'role = "database"'
    ]  # fmt: skip


def test_nothing_is_suggested_for_what_is_like_nothing() -> None:
    error = not_among("no day", "xyz", ("week", "month"), where="--every")
    assert (str(error), error.hint) == ("--every: no day", "one of week, month")
    assert nearest("WEK", ("week", "month")) == "week"


@pytest.mark.parametrize(
    "words", [("dedupe", "list", "--format", "csv"), ("diff", "first", "--format", "markdown")]
)
def test_json_and_another_format_contradict_each_other(
    words: tuple[str, ...], review: OwnReview
) -> None:
    done = review.run(*words, "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"error: --json and --format {words[-1]} do not go together" in done.stderr
    assert "next: leave one of them out" in done.stderr
    same = [review.run(*words[:-1], "json", *more) for more in ((), ("--json",))]
    assert {one.returncode for one in same} == {0}
    assert same[0].stdout == same[1].stdout
    json.loads(same[0].stdout)


def test_no_other_list_on_stdout_has_both_options() -> None:
    """The format of a file that is read contradicts no --json."""
    both = {
        name
        for name, command in commands().items()
        if {"--json", "--format"} <= {option for one in command.params for option in one.opts}
    }
    reading = {"import", "convert", "dedupe run"}
    assert both == {"dedupe list", "diff", *reading}


def test_a_line_break_in_a_value_does_not_break_the_error(review: OwnReview) -> None:
    done = review.run("import", "no\nsuch\r.ris", "--source", "scopus")
    error, hint = done.stderr.splitlines()
    assert error == r"error: no\nsuch\r.ris: no such file"
    assert hint.startswith("next: ")


def test_a_mistake_of_a_protocol_keeps_its_lines_and_no_others(tmp_path: Path) -> None:
    text = protocol_text().replace('title = "A review of our own"', 'titel = "A\\nreview"')
    done = own_review(tmp_path, text).run("check")
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert any(line.startswith("      ") and "titel" in line for line in lines)
    assert not any(line.startswith("review") for line in lines)


def test_a_search_that_nobody_can_run_is_one_short_line_per_source(tmp_path: Path) -> None:
    sources = ("embase", "cinahl", "ictrp", "lilacs", "psycinfo")
    done = own_review(tmp_path, protocol_text(sources)).run("search")
    assert done.returncode == 1
    error, *lines, hint = done.stderr.splitlines()
    assert error == "error: nothing was searched"
    assert [line.split(": ")[0] for line in lines] == [
        f"  - {source.capitalize()}" for source in sources
    ]
    assert max(map(len, lines)) <= 140
    assert hint.startswith("next: reviewkit search --print-url shows each query")
    assert hint.endswith("export there, then reviewkit import FILE --source SOURCE")


def test_a_protocol_without_a_query_is_not_sent_to_look_for_one(tmp_path: Path) -> None:
    review = OwnReview(folder=tmp_path, name="sleep")
    review.done("init", "--title", "Sleep", "--source", "pubmed", "--exclude", "Not a trial")
    done = review.run("search")
    assert done.returncode == 1
    assert "  - PubMed: the protocol states no query" in done.stderr
    assert done.stderr.splitlines()[-1] == (
        "next: search on each database's own page; export there, "
        "then reviewkit import FILE --source pubmed"
    )
