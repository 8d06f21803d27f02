"""`report`: what the database and the protocol say of a review, as HTML, PDF, Markdown or JSON. Searches nothing."""

import datetime
from collections.abc import Callable, Mapping

from reviewkit.errors import UsageError
from reviewkit.report.build import Material, build_report
from reviewkit.report.nouns import Report
from reviewkit.store import Store
from reviewkit.store.derived import stored_works
from reviewkit.workflow.place import Place
from reviewkit.workflow.reporting.compare import Comparison, compare
from reviewkit.workflow.reporting.due import read_living
from reviewkit.workflow.reporting.review_flow import box_listings, draw_flow


def read_report(
    place: Place, *, now: datetime.datetime, language: str | None = None, on: datetime.date | None = None
) -> Report:
    """The reproduction report of a published review, the review report of another, as its database stands.

    Whether a living review is overdue or retired is told as of `on`, by default the day of `now`.
    Raises UsageError where there is no database, or where a published review was searched but never rerun.
    """
    if not place.database.exists():
        raise UsageError(
            "there is no database yet",
            where=str(place.database),
            hint="run `reviewkit reproduce` or `reviewkit search`",
        )
    with Store(place.database, now=now) as store:
        if place.protocol.reported and place.protocol.reported.works and not stored_works(store):
            raise UsageError(
                "the published selection is not in the database yet",
                where=str(place.database),
                hint="run `reviewkit reproduce`",
            )
        return report_of(store, place, compare(store, place.protocol, ()), language=language, on=on or now.date())


def report_of(
    store: Store, place: Place, made: Comparison, *, language: str | None = None, on: datetime.date | None = None
) -> Report:
    """The report of a comparison that was just made. Raises UsageError for an unknown language.

    Without `on` a living review's state is that of its newest run: the same database then gives the same report ever.
    """
    protocol = place.protocol
    first, second = (made.rerun, None) if protocol.reported is None else (made.reported, made.rerun)
    return build_report(
        Material(
            protocol=protocol,
            protocol_sha256=place.protocol_sha256,
            reproduction=made.reproduction,
            reported=made.reported,
            rerun=made.rerun,
            layout=draw_flow(first, protocol.diagram, compared=second, language=language),
            listings=box_listings(store),
            living=read_living(store, protocol, on=on),
        )
    )


def _html(report: Report, _: datetime.datetime) -> bytes:
    from reviewkit.exports.report_html import write_report_html

    return write_report_html(report).encode()


def _pdf(report: Report, now: datetime.datetime) -> bytes:
    from reviewkit.exports.report_pdf import write_report_pdf  # Typst, only where a PDF is wanted

    return write_report_pdf(report, timestamp=int(now.timestamp()))


def _markdown(report: Report, _: datetime.datetime) -> bytes:
    from reviewkit.exports.report_markdown import write_report_markdown

    return write_report_markdown(report).encode()


def _json(report: Report, _: datetime.datetime) -> bytes:
    from reviewkit.exports.report_json import write_report_json

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
