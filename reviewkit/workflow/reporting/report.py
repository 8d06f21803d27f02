"""`report`: what the database and the protocol say of a review, as HTML, PDF, Markdown or JSON. Searches nothing."""

import datetime
from collections.abc import Callable, Mapping

from reviewkit.model.errors import UsageError
from reviewkit.report.build import Material, build_report
from reviewkit.report.model import Report
from reviewkit.store import Store
from reviewkit.store.works import stored_works
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.compare import Comparison, compare
from reviewkit.workflow.reporting.review_flow import box_listings, draw_flow
from reviewkit.workflow.reporting.update_status import read_living


def read_report(
    project: ReviewProject,
    *,
    now: datetime.datetime,
    language: str | None = None,
    on: datetime.date | None = None,
) -> Report:
    """The reproduction report of a published review, the review report of another, as its database stands.

    Whether a living review is overdue or retired is told as of `on`, by default the day of `now`.
    Raises UsageError where there is no database, or where a published review was searched but never rerun.
    """
    if not project.database.exists():
        raise UsageError(
            "there is no database yet",
            where=str(project.database),
            hint="run `reviewkit reproduce` or `reviewkit search`",
        )
    with Store(project.database, now=now) as store:
        if (
            project.protocol.reported
            and project.protocol.reported.works
            and not stored_works(store)
        ):
            raise UsageError(
                "the published selection is not in the database yet",
                where=str(project.database),
                hint="run `reviewkit reproduce`",
            )
        return report_of(
            store,
            project,
            compare(store, project.protocol, ()),
            language=language,
            on=on or now.date(),
        )


def report_of(
    store: Store,
    project: ReviewProject,
    made: Comparison,
    *,
    language: str | None = None,
    on: datetime.date | None = None,
) -> Report:
    """The report of a comparison that was just made. Raises UsageError for an unknown language.

    Without `on` a living review's state is that of its newest run: the same database then gives the same report ever.
    """
    protocol = project.protocol
    first, second = (made.rerun, None) if protocol.reported is None else (made.reported, made.rerun)
    return build_report(
        Material(
            protocol=protocol,
            protocol_sha256=project.protocol_sha256,
            reproduction=made.reproduction,
            reported=made.reported,
            rerun=made.rerun,
            layout=draw_flow(first, protocol.diagram, compared=second, language=language),
            listings=box_listings(store),
            living=read_living(store, protocol, on=on),
        )
    )


def _html(report: Report, _: datetime.datetime) -> bytes:
    from reviewkit.report.writers.html import write_report_html

    return write_report_html(report).encode()


def _pdf(report: Report, now: datetime.datetime) -> bytes:
    from reviewkit.report.writers.pdf import write_report_pdf  # Typst, only where a PDF is wanted

    return write_report_pdf(report, timestamp=int(now.timestamp()))


def _markdown(report: Report, _: datetime.datetime) -> bytes:
    from reviewkit.report.writers.markdown import write_report_markdown

    return write_report_markdown(report).encode()


def _json(report: Report, _: datetime.datetime) -> bytes:
    from reviewkit.report.writers.json_text import write_report_json

    return write_report_json(report).encode()


WRITERS: Mapping[str, Callable[[Report, datetime.datetime], bytes]] = {
    "html": _html,
    "pdf": _pdf,
    "md": _markdown,
    "json": _json,
}


def write_report(report: Report, *, format_name: str, now: datetime.datetime) -> bytes:
    """The report in a format of WRITERS; `now` dates a PDF. Raises UsageError for another format."""
    if format_name not in WRITERS:
        raise UsageError(f"no format {format_name!r}", hint=f"formats: {', '.join(WRITERS)}")
    return WRITERS[format_name](report, now)
