"""`reviewkit audit`: which readings of a search method fit what was reported."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data, data_json, talk
from reviewkit.cli.options import (
    CacheOption,
    DatabaseOption,
    JsonOption,
    OfflineOption,
    ProtocolArgument,
    ProtocolOption,
    chosen_project,
)

if TYPE_CHECKING:
    from reviewkit.reproduction.audit import Row
    from reviewkit.workflow.project import ReviewProject
    from reviewkit.workflow.reproducing.audit import AuditResult
    from reviewkit.workflow.reproducing.audit_why import Why

_SHOWN = 20


def audit(
    protocol: ProtocolArgument = None,
    option: ProtocolOption = None,
    why: Annotated[
        str | None,
        typer.Option("--why", help="Why is this work not returned? A PMID, a DOI or a title."),
    ] = None,
    query: Annotated[
        str | None,
        typer.Option("--query", help="With --why: this query.", show_default="the primary one"),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Ask nobody: say how many requests, and how long.")
    ] = False,
    most: Annotated[
        int, typer.Option("--most", min=1, max=60, help="At most so many requests.")
    ] = 60,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write the table here.", show_default=False)
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", help="Draw it here: .svg or .png.", show_default=False),
    ] = None,
    offline: OfflineOption = False,
    json: JsonOption = False,
    db: DatabaseOption = None,
    cache: CacheOption = None,
) -> None:
    """Ask PubMed for each reading of a search method; set the counts beside the reported number.

    It says which readings fit and which cannot be it, and never that one is what the authors did.

    Example: reviewkit audit protocols/als_dysbiosis.toml --dry-run
    """
    project = chosen_project(protocol or option, database=db, cache=cache)
    if dry_run:
        _show_plan(project, most=most, json=json)
        return
    if why:
        _show_why(_asked_why(project, why, query, offline=offline), json=json)
        return

    result = _audited(project, most=most, offline=offline)
    _write_files(result, csv, plot)
    if json:
        data_json(result.as_json())
        return
    _show(result)


def _show_plan(project: "ReviewProject", *, most: int, json: bool) -> None:
    from reviewkit.workflow.reproducing.audit import plan_of

    plan = plan_of(project.protocol)
    way = plan.source.network
    pace = way.service.per_second if way else 1.0
    requests = min(most, len(plan.readings))
    if json:
        readings = [plan.queries[one] for one in plan.readings]
        data_json({"readings": readings, "requests_at_most": requests, "per_second": pace})
        return
    data(
        f"{len(plan.readings)} readings; at most {requests} requests to {plan.source.label}, "
        f"about {max(1, round(requests / pace))} s at {pace:g} a second. Nothing was asked."
    )


def _audited(project: "ReviewProject", *, most: int, offline: bool) -> "AuditResult":
    import os

    from reviewkit.cli.asking import open_transport
    from reviewkit.cli.progress import show_progress
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.reproducing.audit import Asker, audit_readings, audited_source

    at = read_clock(os.environ).strftime("%Y-%m-%dT%H:%M:%SZ")
    with open_transport() as (transport, _), show_progress() as progress:
        asker = Asker(
            project=project,
            source=audited_source(project.protocol),
            transport=None if offline else transport,
            started_at=at,
        )
        return audit_readings(
            project,
            asker,
            most=most,
            progress=lambda done, total: progress("readings", done, total),
        )


def _asked_why(project: "ReviewProject", why: str, query: str | None, *, offline: bool) -> "Why":
    import os

    from reviewkit.cli.asking import open_transport
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.reproducing.audit import Asker, audited_source
    from reviewkit.workflow.reproducing.audit_why import why_lost

    with open_transport() as (transport, _):
        asker = Asker(
            project=project,
            source=audited_source(project.protocol),
            transport=None if offline else transport,
            started_at=read_clock(os.environ).strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
        return why_lost(project, asker, why, query=query)


def _write_files(result: "AuditResult", csv: Path | None, plot: Path | None) -> None:
    from reviewkit.workflow.reproducing.audit_files import write_csv, write_plot

    if csv:
        write_csv(result, csv)
        talk(f"{csv} written.")
    if plot:
        write_plot(result, plot)
        talk(f"{plot} written.")


def _show(result: "AuditResult") -> None:
    from reviewkit.model.text import plural

    reported = "not reported" if result.target.count is None else f"{result.target.count:,}"
    shared = ", all sources together" if result.target.is_shared else ""
    data(f"Reported: {reported}{shared}. Asked of {result.source}: {_requests(result)}.")
    if result.why_not:
        data(f"Not all could be asked: {result.why_not}.")
    if result.works_without_number:
        data(f"Not looked for, no PMID is known: {', '.join(result.works_without_number)}.")

    counted = [row for row in result.rows if row.count is not None]
    for row in counted[:_SHOWN]:
        _show_row(result, row)
    if len(counted) > _SHOWN:
        data(
            f"… and {plural(len(counted) - _SHOWN, 'further reading')}; all are in --json and --csv"
        )
    _show_ties(result)
    _show_rest(result, len(counted))
    if result.why_not:
        _show_intervals(result)


def _requests(result: "AuditResult") -> str:
    from reviewkit.model.text import plural

    return f"{plural(result.requests, 'request')} this time, the rest from the cache"


def _show_row(result: "AuditResult", row: "Row") -> None:
    count = row.count or 0
    difference = ""
    if result.target.count is not None:
        difference = f" ({count - result.target.count:+,})"
    works = f"{len(row.works)} of {len(result.works)} works"
    data(f"{count:>9,}{difference}  {works}  {row.standing}: {row.why}")
    data(f"           {result.label(row)}")


def _show_ties(result: "AuditResult") -> None:
    if len(result.best) > 1:
        data(f"The first {len(result.best)} fit equally well; nothing here tells them apart.")
    if result.best:
        data("A reading that fits is consistent with the report; it need not be what was done.")


def _show_rest(result: "AuditResult", counted: int) -> None:
    rest = [row for row in result.rows if row.count is None]
    excluded = [row for row in rest if row.standing == "ruled out"]
    if excluded:
        data(f"Ruled out without asking, as it follows from others: {len(excluded)} readings.")
    open_ones = [row for row in rest if row.standing != "ruled out"]
    if open_ones:
        data(f"Not asked, and open: {len(open_ones)} readings (listed in --json and --csv).")


def _show_intervals(result: "AuditResult") -> None:
    """What the records at hand say: of that list, never of the database."""
    if not result.intervals:
        data("No records are at hand to judge the readings by.")
        return
    data(f"Of {result.at_hand_size} records at hand ({result.at_hand}; not the database),")
    data("each reading returns at least … and at most … :")
    for row in result.rows[:_SHOWN]:
        least, most = result.intervals.get(row.query, (0, result.at_hand_size))
        data(f"{least:>6} – {most:<6} {result.label(row)}")
        lost = result.cannot.get(row.query, ())
        if lost:
            data(f"                cannot return: {', '.join(lost)}")


def _show_why(found: "Why", *, json: bool) -> None:
    if json:
        data_json(found.as_json())
        return
    number = f" (PMID {found.pmid})" if found.pmid else ""
    verdict = {"yes": "returns", "no": "does not return", "unknown": "may or may not return"}
    data(f"The query {verdict[found.answer]} {found.work}{number}.")
    data(f"  query  {found.query}")
    for clause in found.clauses:
        word = {"no": "loses it", "unknown": "not known"}[clause.answer]
        if clause.is_excluded:
            word = f"NOT: {word}"
        cost = "" if clause.cost is None else f"; without it {clause.cost:+,} records"
        data(f"  clause {clause.text}: {word}{cost}")
    data(f"  basis  {found.basis}")
