"""`report`: a review's database and protocol as HTML, PDF,
Markdown or JSON. Nothing is searched.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping

from reviewkit.model.choices import not_among
from reviewkit.model.errors import UsageError
from reviewkit.report.build import Material, build_report
from reviewkit.report.model import Report
from reviewkit.report.sections_screening import ScreeningSummary
from reviewkit.store import Store
from reviewkit.store.works import stored_works
from reviewkit.workflow.auditing.audit import stored_audit
from reviewkit.workflow.open_database import read_database
from reviewkit.workflow.open_review import need_database
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.citation_summary import citation_summary
from reviewkit.workflow.reporting.compare import Comparison, compare
from reviewkit.workflow.reporting.review_flow import DrawingChoice, box_listings, draw_flow
from reviewkit.workflow.reporting.screening_summary import screening_summary
from reviewkit.workflow.reporting.update_status import read_living
from reviewkit.workflow.setup.unnamed_sources import refuse_unnamed


def read_report(
    project: ReviewProject,
    *,
    now: datetime.datetime,
    language: str | None = None,
    on: datetime.date | None = None,
    force: bool = False,
) -> Report:
    """Return the reproduction report of a published review, or the review report of another.

    Raise CheckNotMet for records of a source that the protocol does not name, unless `force`.
    Whether a living review is overdue or retired is as of `on`, by default the day of `now`.
    Raise UsageError without a database, and for a published review that was searched but never
    rerun.
    """
    need_database(project)

    reported = project.protocol.reported
    with read_database(project, now=now) as store:
        store.hold_states()
        if reported and reported.works and not stored_works(store):
            raise UsageError(
                "the published selection is not in the database yet",
                where=str(project.database),
                hint="run `reviewkit reproduce`",
            )
        if not force:
            refuse_unnamed(store, project.protocol)
        comparison = compare(store, project.protocol, ())
        return report_of(store, project, comparison, language=language, on=on or now.date())


def report_of(
    store: Store,
    project: ReviewProject,
    comparison: Comparison,
    *,
    language: str | None = None,
    on: datetime.date | None = None,
    screening: ScreeningSummary | None = None,
) -> Report:
    """Return the report of a comparison. Raise UsageError for an unknown language.

    Without `on` a living review's state is that of its newest run, so that the same database
    always gives the same report. `screening` is the summary of it where it is there already.
    """
    protocol = project.protocol
    choice = DrawingChoice(language=language)
    if not protocol.is_published:
        layout = draw_flow(comparison.rerun, protocol.diagram, choice)
    else:
        reported, rerun = comparison.reported, comparison.rerun
        layout = draw_flow(reported, protocol.diagram, choice, compared=rerun)
    return build_report(
        Material(
            protocol=protocol,
            protocol_sha256=project.protocol_sha256,
            reproduction=comparison.reproduction,
            reported=comparison.reported,
            rerun=comparison.rerun,
            layout=layout,
            listings=box_listings(store),
            living=read_living(store, protocol, on=on),
            screening=screening or screening_summary(store, protocol),
            audit=stored_audit(project, store),
            citations=citation_summary(store),
        )
    )


def _html(report: Report, beside: str) -> bytes:
    from reviewkit.report.writers.html import write_report_html

    return write_report_html(report, beside=beside).encode()


def _pdf(report: Report, now: datetime.datetime) -> bytes:
    # Typst is imported only to write a PDF.
    from reviewkit.report.writers.pdf import write_report_pdf

    return write_report_pdf(report, timestamp=int(now.timestamp()))


def _markdown(report: Report, _: datetime.datetime) -> bytes:
    from reviewkit.report.writers.markdown import write_report_markdown

    return write_report_markdown(report).encode()


def _json(report: Report, _: datetime.datetime) -> bytes:
    from reviewkit.report.writers.json_text import write_report_json

    return write_report_json(report).encode()


WRITERS: Mapping[str, Callable[[Report, datetime.datetime], bytes]] = {
    "html": lambda report, _: _html(report, ""),
    "pdf": _pdf,
    "md": _markdown,
    "json": _json,
}


def report_pieces(
    report: Report, *, format_name: str, now: datetime.datetime, beside: str = ""
) -> Iterator[bytes]:
    """Yield the report of `write_report` piece by piece; raise UsageError as it does."""
    if format_name != "json":
        return iter([write_report(report, format_name=format_name, now=now, beside=beside)])

    from reviewkit.report.writers.json_text import report_json_pieces

    return (piece.encode() for piece in report_json_pieces(report))


def write_report(
    report: Report, *, format_name: str, now: datetime.datetime, beside: str = ""
) -> bytes:
    """Return the report in a format of WRITERS;
    `now` dates a PDF. Raise UsageError for another one.

    `beside` is the folder beside the page with the files of long lists (`write_beside`).
    """
    if format_name == "html":
        return _html(report, beside)
    if format_name not in WRITERS:
        raise not_among(f"no format {format_name!r}", format_name, WRITERS)
    return WRITERS[format_name](report, now)
