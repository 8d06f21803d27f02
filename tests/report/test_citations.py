"""Citation searching in the report, the appendix and the checklist, in every format and language."""

from contextlib import ExitStack
from dataclasses import replace

import pytest

from reviewkit.model.citations import Chosen, Direction
from reviewkit.report.appendix import appendix_document
from reviewkit.report.checklist_evidence import evidence_for
from reviewkit.report.citation_graph import MOST_NODES, CitedWork, Edge, Place
from reviewkit.report.model import DataTable, Picture
from reviewkit.report.sections_citations import CitationSummary, IndexSearch, citation_section
from reviewkit.report.writers.document import write_document_markdown
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.documents import read_facts
from reviewkit.workflow.reporting.report import read_report, write_report
from reviewkit.workflow.updates.citation_seeds import CitationOptions
from reviewkit.workflow.updates.citations import search_citations
from tests.servers.crossref_server import item
from tests.workflow.test_citations import DAY, Services, make_included, searcher_of


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> ReviewProject:
    project = make_included(tmp_path_factory.mktemp("cited"))
    with ExitStack() as stack:
        services = Services(stack)
        references = [{"DOI": "10.1000/c5"}, {"unstructured": "Old A. A thesis. 1970"}]
        services.crossref.items.append({**item(0, reference=references), "DOI": "10.1000/0"})
        search_citations(project, searcher_of(services), CitationOptions(rounds=2))
    return project


@pytest.mark.slow
def test_the_report_has_what_tarcis_asks(project: ReviewProject) -> None:
    report = read_report(project, now=DAY)
    text = write_report(report, format_name="md", now=DAY).decode()
    section = text[text.index("## Citation searching") :]
    assert "TARCiS" in section
    assert "| OpenAlex, forward | 2026-11-01 | 1 | 2 | 1 | 1 |" in section
    assert "| Crossref, backward | 2026-11-01 | 1 | 2 | 1 | 1 |" in section
    assert "- Seeds: 5: all included records, what the round before found" in section
    assert "- Rounds: 2; the last one found nothing new" not in section
    assert "it does not know pubmed:00001" in section
    assert "Old A. A thesis. 1970" in section
    assert "Who led to whom" not in text[: text.index("## Citation searching")]
    # The source is told of once, and not as one that was never searched.
    assert "Not searched yet" not in section


def test_the_picture_is_in_the_page_and_the_pdf(project: ReviewProject) -> None:
    report = read_report(project, now=DAY)
    page = write_report(report, format_name="html", now=DAY).decode()
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760') == 1
    assert "As a table" in page
    assert write_report(report, format_name="pdf", now=DAY).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("language", "words"), [("pt", "Buscas por citações"), ("es", "Búsqueda de citas")]
)
def test_the_section_speaks_the_language(project: ReviewProject, language: str, words: str) -> None:
    report = read_report(project, now=DAY, language=language)
    assert words in write_report(report, format_name="md", now=DAY).decode()


def test_the_appendix_and_item_5_of_prisma_s(project: ReviewProject) -> None:
    facts = read_facts(project, now=DAY)
    text = write_document_markdown(appendix_document(facts))
    assert "OpenAlex, forward" in text
    assert "not searched yet" not in text[text.index("Citation searching") :]
    evidence = evidence_for("prisma-s", "5", facts)
    assert evidence.whole
    assert "OpenAlex, forward, 2026-11-01: round 1; seeds: 2; works: 1" in evidence.lines


def summary_of(works: int) -> CitationSummary:
    search = IndexSearch(
        index="OpenAlex", direction=Direction.FORWARD, day="2026-11-01", round=1,
        chosen=Chosen.INCLUDED, seeds=1, works=works, without_record=0, new=works,
    )  # fmt: skip
    keys = [f"citations:W{n}" for n in range(works)]
    return CitationSummary(
        searches=(search,),
        seeds=(("pubmed:1", "Silva 2020: A seed"),),
        works=tuple(CitedWork(key=key, label=f"<{key}>", place=Place.NEW) for key in keys),
        edges=tuple(Edge(seed="pubmed:1", work=key, direction=Direction.FORWARD) for key in keys),
        loose=(),
        found=works,
        new=works,
        included=0,
    )


def test_a_small_graph_is_drawn_and_a_large_one_is_a_table() -> None:
    small = citation_section(summary_of(MOST_NODES))
    (picture,) = [block for block in small.blocks if isinstance(block, Picture)]
    assert picture.svg.count("stroke-dasharray") >= MOST_NODES
    assert "&lt;citations:W0&gt;" in picture.svg
    large = citation_section(summary_of(MOST_NODES + 1))
    assert not [block for block in large.blocks if isinstance(block, Picture)]
    tables = [block for block in large.blocks if isinstance(block, DataTable)]
    assert [cell.text for cell in tables[-1].rows[0]] == ["Silva 2020: A seed", "0", "31"]


def test_without_a_citation_search_there_is_no_section() -> None:
    assert citation_section(None).blocks == ()
    assert citation_section(replace(summary_of(1), searches=())).blocks == ()
