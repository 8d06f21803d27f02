"""The results that a package holds and `verify` makes again: counts, figure, checklists, report."""

import dataclasses
import datetime
from collections.abc import Iterator

from reviewkit.model.text import to_json
from reviewkit.prisma.diagram.writers.svg import write_svg
from reviewkit.prisma.partition import RecordState
from reviewkit.report.checklist import STANDARDS, standard_named
from reviewkit.report.writers.html import write_report_html
from reviewkit.store import Store
from reviewkit.store.decisions import each_state
from reviewkit.workflow.packaging.spool import Content
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.compare import compare
from reviewkit.workflow.reporting.documents import (
    answers_path,
    build_appendix,
    build_checklist,
    facts_of,
    read_answers,
    write_document,
)
from reviewkit.workflow.reporting.report import report_of
from reviewkit.workflow.reporting.review_flow import draw_flow, review_flow

FLOW = "counts/flow.json"
REPORT = "report.html"
LINE_HITS = "counts/line-hits.json"


def make_results(
    store: Store, project: ReviewProject, *, now: datetime.datetime, has_abstracts: bool
) -> Iterator[tuple[str, Content]]:
    """Yield every result with its name in the package.

    The report comes last, and only with the abstracts: what it says of queries needs them.
    """
    flow = review_flow(store, project.protocol)
    yield FLOW, _json(dataclasses.asdict(flow))
    yield "counts/states.jsonl", (_line(_values(state)) for state in each_state(store))
    yield "figures/flow.svg", write_svg(draw_flow(flow, project.protocol.diagram)).encode()

    comparison = compare(store, project.protocol, ())
    facts = facts_of(store, project, comparison)
    for name in STANDARDS:
        standard = standard_named(name)
        answers = read_answers(answers_path(project, standard), standard)
        for ending in ("json", "md"):
            document = build_checklist(facts, standard, answers, format_name=ending)
            content = write_document(document, format_name=ending, now=now)
            yield f"checklists/{name}.{ending}", content
    yield "appendix.md", write_document(build_appendix(facts), format_name="md", now=now)
    if has_abstracts:
        report = report_of(store, project, comparison, screening=facts.summary)
        yield REPORT, write_report_html(report).encode()


def time_of(at: str) -> datetime.datetime:
    """Return the time of the newest event, so that equal reviews give equal files."""
    try:
        return datetime.datetime.fromisoformat(at).replace(tzinfo=datetime.UTC)
    except ValueError:
        return datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)


def _values(state: RecordState) -> dict[str, object]:
    return {field.name: getattr(state, field.name) for field in dataclasses.fields(state)}


def _json(value: object) -> bytes:
    return (to_json(value, indent=1) + "\n").encode()


def _line(value: object) -> bytes:
    return (to_json(value) + "\n").encode()
