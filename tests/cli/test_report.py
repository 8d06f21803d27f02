"""`reviewkit report` through the real command, in every format; hostile texts and generated flows
in every writer.
"""

import json
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from reviewkit.model.flow import Flow
from reviewkit.report.model import Cell, DataTable, Report, Section
from reviewkit.report.writers.html import write_report_html
from reviewkit.report.writers.json_text import write_report_json
from reviewkit.report.writers.markdown import escaped, write_report_markdown
from reviewkit.report.writers.pdf import write_report_pdf
from reviewkit.workflow.reporting.report import read_report
from tests.cli.test_main import told_once
from tests.helpers.als_corpus import als_corpus
from tests.helpers.command import copy_project, outputs, reaching, reviewkit
from tests.helpers.effort import examples
from tests.helpers.flows import UPDATED_OTHER, any_flows
from tests.helpers.page import Page
from tests.helpers.reports import SHOWN, hostile_review, report_of_flows
from tests.helpers.screening_review import NOW, make_review
from tests.servers.eutils_server import EutilsServer

EPOCH = {"SOURCE_DATE_EPOCH": "1790000000"}
# The same review with counts and a date, so that there is something to compare and to explain.
REPORTED = """[reported]
search_date = 2024-02-01
[reported.sources]
pubmed = 12
lilacs = 7

[reported.flow]
"""


@pytest.fixture(scope="module")
def rerun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The protocol of a review that was rerun against a small PubMed."""
    home = tmp_path_factory.mktemp("rerun")
    protocol = copy_project(home)
    text = protocol.read_text(encoding="utf-8").replace("[reported.flow]\n", REPORTED)
    protocol.write_text(re.sub(r"(?m)^as_of.*\n", "", text), encoding="utf-8")
    with EutilsServer(als_corpus()) as server:
        done = reviewkit("reproduce", protocol, settings={**reaching(server), **EPOCH})
        assert done.returncode == 0, done.stderr
    return protocol


def document(protocol: Path) -> dict[str, Any]:
    done = reviewkit("report", "-p", protocol, "--format", "json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "begins"), [("html", "<!DOCTYPE html>"), ("md", "# Reproduction"), ("json", "{")]
)
def test_each_format_goes_to_stdout_and_to_a_file(
    rerun: Path, tmp_path: Path, name: str, begins: str
) -> None:
    shown = reviewkit("report", "-p", rerun, "--format", name)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith(begins)
    out = tmp_path / f"r.{name}"
    done = reviewkit("report", "-p", rerun, "--out", out)
    assert (done.stdout, out.read_text(encoding="utf-8")) == ("", shown.stdout)


@pytest.mark.slow
def test_the_pdf_is_tagged_and_the_same_every_time(rerun: Path, tmp_path: Path) -> None:
    made = []
    for turn in "ab":
        out = tmp_path / f"{turn}.pdf"
        assert reviewkit("report", "-p", rerun, "--out", out, settings=EPOCH).returncode == 0
        made.append(out.read_bytes())
    assert made[0] == made[1]
    assert made[0].startswith(b"%PDF-")
    assert b"/StructTreeRoot" in made[0]
    assert b"pubmed.ncbi.nlm.nih.gov/39218769" in made[0]


def test_reproduce_leaves_the_same_report_beside_its_outputs(rerun: Path, tmp_path: Path) -> None:
    out = outputs(rerun.parents[1])
    page = Page((out / "report.html").read_text(encoding="utf-8"))
    assert page.loads == []
    assert (
        (out / "report.md")
        .read_text(encoding="utf-8")
        .startswith("# Reproduction report: Intestinal")
    )
    row = json.loads((out / "reproduction.json").read_text(encoding="utf-8"))
    assert row["kind"] == "reproduction report"
    assert row["report"]["headline"]["text"].startswith("2 of 5 included works returned.")


@pytest.mark.slow
def test_the_difference_is_explained_record_by_record(rerun: Path) -> None:
    row = document(rerun)
    (pubmed,) = row["differences"]
    assert (pubmed["reported"], pubmed["rerun"], pubmed["date"]) == (12, 15, "2024-02-01")
    assert {item["why"] for item in pubmed["records"]} == {"added after the search date"}
    later = {item["pmid"] for item in pubmed["records"]}
    assert later == {"39218769", "38878554", "95000003"}
    assert pubmed["unexplained"] == 0


@pytest.mark.slow
def test_each_included_study_is_returned_or_the_report_says_why_not(rerun: Path) -> None:
    works = {work["work"]: work for work in document(rerun)["works"]}
    assert {name: work["retrieved"] for name, work in works.items()} == {
        "sun2024": "yes",
        "mincic2024": "yes",
        "matheson2023": "no",
        "sharma2025": "no",
        "kaul2024": "no",
    }
    assert works["sun2024"]["returned_by"] == ["PubMed"]
    assert works["sun2024"]["why_not"] is None
    assert works["sharma2025"]["why_not"].startswith(
        "unexplained: the protocol gives no identifier"
    )
    missing = "not in the fields searched: Amyotrophic Lateral Sclerosis"
    assert missing in works["matheson2023"]["why_not"]
    assert works["sun2024"]["notices"]["standing"] == "no notice in its record"
    assert works["sharma2025"]["notices"]["standing"] == "not known"


@pytest.mark.slow
def test_a_source_without_a_run_has_the_same_reason_as_in_the_rerun(rerun: Path) -> None:
    row = json.loads((outputs(rerun.parents[1]) / "reproduction.json").read_text("utf-8"))
    lilacs, of_rerun = document(rerun)["sources"][1], row["sources"][1]
    assert lilacs["verdict"] == of_rerun["verdict"] == "could not be run"
    assert lilacs["why_not"] == of_rerun["why_not"]


@pytest.mark.slow
def test_every_promised_section_is_there(rerun: Path) -> None:
    shown = reviewkit("report", "-p", rerun, "--format", "md").stdout
    for title in (
        "The flow, box by box",
        "The included studies",
        "The differences, record by record",
        "What could not be reproduced, and why",
        "Reporting of the search: six PRISMA-S items",
        "What was run",
        "Eligibility of the included studies, criterion by criterion",
        "Retractions and errata of the included studies",
        "Records behind the boxes",
    ):
        assert f"\n## {title}\n" in shown
    for part in (
        "Query as compiled:",
        "As translated by the database:",
        "SHA-256 of the query",
        "Database build",
    ):
        assert part in shown
    assert '"Dysbiosis"[mh] AND "Amyotrophic Lateral Sclerosis"[mh]' in shown


def test_a_review_under_way_has_a_report_of_its_own(tmp_path: Path) -> None:
    place = make_review(tmp_path, count=9)
    row = document(place.protocol_path)
    assert row["kind"] == "review report"
    assert "reproduced" not in row
    assert (
        row["report"]["headline"]["text"] == "Under way: 9 records wait; 0 reports included so far."
    )
    assert row["flow"]["awaiting_screening"] == 9
    assert row["sources"][0]["count"] == 9
    assert row["reporting"][4]["answer"] == "yes"


@pytest.mark.slow
def test_the_report_and_its_diagram_take_the_language(rerun: Path) -> None:
    shown = reviewkit("report", "-p", rerun, "--format", "html", "--lang", "es").stdout
    assert "Registros cribados" in shown
    assert '<html lang="es">' in shown


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("--format", "docx"), ("'docx'", "html, pdf, md, json")),
        (("--out", "report.txt"), ("'txt'",)),
        (("--lang", "de"), ("'de'", "en, es, pt")),
    ],
)
def test_wrong_use_is_one_clear_error(
    rerun: Path, arguments: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    told_once(reviewkit("report", "-p", rerun, *arguments), 2, *parts)


@pytest.mark.slow
def test_without_a_database_or_a_writable_place_it_says_so(rerun: Path, tmp_path: Path) -> None:
    told_once(reviewkit("report", "-p", rerun, "--db", tmp_path / "none.db"), 2, "no database yet")
    (tmp_path / "file").write_text("")
    told_once(
        reviewkit("report", "-p", rerun, "--out", tmp_path / "file" / "r.md"),
        2,
        "is a file, not a folder",
    )


@pytest.mark.slow
def test_a_published_review_that_was_only_searched_is_sent_to_reproduce(tmp_path: Path) -> None:
    protocol = copy_project(tmp_path)
    with EutilsServer(als_corpus()) as server:
        reviewkit("search", protocol, "--source", "pubmed", settings=reaching(server))
    told_once(reviewkit("report", "-p", protocol), 2, "reviewkit reproduce")


# Hostile texts: title, authors, source, criterion, label, records, DOIs, reasons, links, warnings,
# query.


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile_review(tmp_path_factory.mktemp("hostile")).protocol_path


def made_of(protocol: Path, name: str, folder: Path) -> bytes:
    out = folder / f"r.{name}"
    done = reviewkit("report", "-p", protocol, "--out", out)
    assert done.returncode == 0, done.stderr
    return out.read_bytes()


@pytest.mark.slow
def test_nothing_hostile_becomes_html(hostile: Path, tmp_path: Path) -> None:
    text = made_of(hostile, "html", tmp_path).decode()
    page = Page(text)
    assert page.loads == []
    assert page.tags.count("script") == 1
    assert page.tags.count("style") == 1
    assert "b" in page.tags  # the figures of the first page
    assert "<b>&quot;" not in text
    assert '<b>"bold"' not in text
    addresses = [link for link in page.links if not link.startswith("#")]
    assert addresses
    assert all(
        re.match(r"https://(doi\.org/10\.1000/|pubmed\.ncbi\.nlm\.nih\.gov/\d)", link)
        for link in addresses
    )
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e]", text)
    assert len(page.ids) == len(set(page.ids))


def test_nothing_hostile_becomes_markdown(hostile: Path, tmp_path: Path) -> None:
    text = made_of(hostile, "md", tmp_path).decode()
    outside = re.sub(r"(?ms)^(`{3,})text$.*?^\1$", "", text)
    outside = re.sub(r"\]\(<https://[^<>\s]+>\)", "]", outside)
    assert not re.findall(r"(?<!\\)<", outside)
    assert not re.findall(r"(?<!\\)\]\((?!<https)", outside)
    lines = outside.splitlines()
    ruled = [number for number, line in enumerate(lines) if line.startswith("| ---") and number]
    assert ruled
    for number in ruled:
        end = next(n for n in range(number, len(lines)) if not lines[n].startswith("|"))
        assert {_bars(line) for line in lines[number - 1 : end]} == {_bars(lines[number])}


def _bars(row: str) -> int:
    return len(re.findall(r"(?<!\\)\|", row))


@pytest.mark.slow
def test_nothing_hostile_becomes_typst(hostile: Path, tmp_path: Path) -> None:
    made = made_of(hostile, "pdf", tmp_path)
    assert made.startswith(b"%PDF-")
    assert all(link.startswith(b"https://") for link in re.findall(rb"/URI ?\((.*?)\)", made))
    assert b"/JavaScript" not in made
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("needs pdftotext to read the page back")
    read = subprocess.run(
        [tool, "-raw", tmp_path / "r.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    flat = re.sub(r"\s", "", read)
    assert "#letx=1;`code`$m$[a](javascript:alert(1))<script>" in flat
    assert '#image("x")`code`{directive}' in flat


def test_json_keeps_every_letter(hostile: Path, tmp_path: Path) -> None:
    row = json.loads(made_of(hostile, "json", tmp_path))
    assert {work["title"] for work in row["works"]} == set(SHOWN[:6])


@pytest.mark.slow
@settings(deadline=None, max_examples=examples(30))
@given(any_flows(), any_flows())
def test_any_two_flows_make_a_report(reported: Flow, rerun: Flow) -> None:
    report = report_of_flows(reported, rerun)
    page = Page(write_report_html(report))
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links if link.startswith("#")} <= set(page.ids)
    assert (
        json.loads(write_report_json(report))["flow"]["rerun"]["new_studies"] == rerun.new_studies
    )
    shown = write_report_markdown(report)
    for box in report.facts["boxes"]:
        # A line break of a label is one in the table too.
        assert "<br>".join(escaped(line) for line in box["label"].split("\n")) in shown


@pytest.mark.slow
@settings(deadline=None, max_examples=examples(5))
@given(any_flows(), any_flows())
def test_any_two_flows_make_a_pdf(reported: Flow, rerun: Flow) -> None:
    report = report_of_flows(reported, rerun)
    assert write_report_pdf(report, timestamp=0) == write_report_pdf(report, timestamp=0)


def test_the_largest_template_and_a_review_s_own_flow_are_written_too() -> None:
    for published in (True, False):
        report = report_of_flows(UPDATED_OTHER, UPDATED_OTHER, published=published)
        assert "stacked" in write_report_html(report)
        assert write_report_pdf(report).startswith(b"%PDF-")


@pytest.mark.slow
def test_a_long_table_is_shortened_on_paper_and_whole_in_the_page() -> None:
    """A cell takes Typst 60 kB: at 100,000 records the tables of a report took 200 MB of it."""
    plain = report_of_flows(UPDATED_OTHER, UPDATED_OTHER)

    def with_rows(count: int) -> Report:
        rows = tuple((Cell(text=f"Study {number}."),) for number in range(count))
        table = DataTable(name="Long", head=("Report",), rows=rows)
        return replace(plain, sections=(Section(id="long", title="Long", blocks=(table,)),))

    assert [text for text in pdf_texts(with_rows(100)) if "more row" in text] == []
    shown = pdf_texts(with_rows(103))
    assert "3 more rows: the HTML report has them." in shown
    assert sum(text.startswith("Study ") for text in shown) == 100
    assert "Study 102." in write_report_html(with_rows(103))


def pdf_texts(report: Report) -> list[str]:
    """What a PDF shows, line by line."""
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("needs pdftotext to read the page back")
    read = subprocess.run(
        [tool, "-", "-"], input=write_report_pdf(report), capture_output=True, check=True
    )
    return [line.strip() for line in read.stdout.decode().splitlines()]


def test_a_report_read_twice_is_the_same(tmp_path: Path) -> None:
    place = make_review(tmp_path)
    first, second = (write_report_html(read_report(place, now=NOW)) for _ in "ab")
    assert first == second


ENGLISH = re.compile(r"\b(?:[Tt]he|of|and|is|are|was|were|not|by|with|which|[Ww]hat|[Rr]ecords?)\b")


@pytest.mark.slow
@pytest.mark.parametrize("language", ["pt", "es"])
def test_no_english_is_left_but_the_words_of_the_review_and_its_records(
    rerun: Path, language: str
) -> None:
    english = shown_lines(rerun, "en")
    assert len(english) > 100
    assert [line for line in shown_lines(rerun, language) if ENGLISH.search(line)] == []


def shown_lines(protocol: Path, language: str) -> list[str]:
    """The report's lines without drawing, queries, addresses, and the words of others."""
    done = reviewkit("report", "-p", protocol, "--format", "md", "--lang", language)
    assert done.returncode == 0, done.stderr
    text = re.sub(r"(?s)```text\n.*?```|<http.*?>|`reviewkit.*?`", "", done.stdout)
    for words in sorted(others_words(protocol), key=len, reverse=True):
        text = text.replace(words, "")
    return text.splitlines()


def others_words(protocol: Path) -> set[str]:
    """What the protocol and the records say, as a report shows it."""
    matches = re.findall(r'"((?:[^"\\]|\\.)+)"', protocol.read_text(encoding="utf-8"))
    with closing(sqlite3.connect(outputs(protocol.parents[1]) / "review.db")) as database:
        rows = database.execute("SELECT title, journal FROM records").fetchall()
    matches += [value for row in rows for value in row if value]
    words = {text.replace('\\"', '"') for text in matches if len(text) > 3}
    words |= {text[:1].lower() + text[1:] for text in words}
    return words | {text[:most].rsplit(" ", 1)[0] for text in words for most in (57, 58, 88)}
