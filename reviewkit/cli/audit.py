"""`reviewkit audit`: which readings of a search method fit what was reported."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.audit_text import show_recall, show_result, show_why
from reviewkit.cli.console import data, data_json, talk
from reviewkit.cli.options import (
    CacheOption,
    DatabaseOption,
    JsonOption,
    OfflineOption,
    ProtocolArgument,
    ProtocolOption,
    chosen_project,
    in_a_folder,
)
from reviewkit.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewkit.reproduction.audit_result import AuditResult
    from reviewkit.workflow.auditing.asker import Asker
    from reviewkit.workflow.project import ReviewProject


def audit(
    protocol: ProtocolArgument = None,
    option: ProtocolOption = None,
    why: Annotated[
        str | None,
        typer.Option("--why", help="Why is this work not returned? A PMID, a DOI or a title."),
    ] = None,
    recall: Annotated[
        bool,
        typer.Option("--recall", help="How many of the works that matter does the search find?"),
    ] = False,
    seed: Annotated[
        list[str] | None,
        typer.Option("--seed", help="With --recall: such a work. A PMID, a DOI or a title."),
    ] = None,
    query: Annotated[
        str | None,
        typer.Option(
            "--query", help="With --why or --recall: this query.", show_default="the primary one"
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Ask nobody: say how many requests, and how long.")
    ] = False,
    most: Annotated[
        int, typer.Option("--most", min=1, max=60, help="At most so many requests.")
    ] = 60,
    csv: Annotated[
        Path | None,
        typer.Option(
            "--csv", help="Write the table here.", show_default=False, callback=in_a_folder
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            "--plot", help="Draw it here: .svg or .png.", show_default=False, callback=in_a_folder
        ),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Ask again for what the cache holds.")
    ] = False,
    offline: OfflineOption = False,
    json: JsonOption = False,
    db: DatabaseOption = None,
    cache: CacheOption = None,
) -> None:
    """Ask for each reading of a search method; set the counts beside the reported number.

    It says which readings fit and which cannot be it, and never that one is what the authors did.
    A review of one's own has no readings: its search is measured by works that it must find.

    Example: reviewkit audit protocols/als_dysbiosis.toml --dry-run
    """
    project = chosen_project(protocol or option, database=db, cache=cache)
    if dry_run:
        _show_plan(project, most=most, json=json)
        return

    by_works = recall or bool(seed) or not project.protocol.is_published
    _refuse_files(csv, plot, has_readings=not (why or by_works))
    with open_asker(project, offline=offline, again=again) as asker:
        if why:
            _show_why(project, asker, why, query, json=json)
        elif by_works:
            _show_recall(project, asker, seed or [], query, json=json)
        else:
            _show_readings(project, asker, most=most, files=(csv, plot), json=json)


def _refuse_files(csv: Path | None, plot: Path | None, *, has_readings: bool) -> None:
    """Raise UsageError for a table or a picture where no readings are asked."""
    unused = [name for name, path in (("--csv", csv), ("--plot", plot)) if path]
    if unused and not has_readings:
        raise UsageError(
            f"{' and '.join(unused)}: a table and a picture are of readings only",
            hint="leave it out, or use --json",
        )


def _show_why(
    project: "ReviewProject", asker: "Asker", why: str, query: str | None, *, json: bool
) -> None:
    from reviewkit.workflow.auditing.why import why_lost

    show_why(why_lost(project, asker, why, query=query), json=json)


def _show_recall(
    project: "ReviewProject", asker: "Asker", seeds: list[str], query: str | None, *, json: bool
) -> None:
    from reviewkit.workflow.auditing.recall import known_works, measure_recall

    works = known_works(project, seeds)
    show_recall(measure_recall(project, asker, works, query=query), json=json)


def _show_readings(
    project: "ReviewProject",
    asker: "Asker",
    *,
    most: int,
    files: tuple[Path | None, Path | None],
    json: bool,
) -> None:
    from reviewkit.cli.progress import show_progress
    from reviewkit.workflow.auditing.audit import audit_readings

    with show_progress() as progress:
        result = audit_readings(
            project,
            asker,
            most=most,
            progress=lambda done, total: progress("readings", done, total),
        )
    _write_files(result, *files)
    if json:
        data_json(result.as_json())
    else:
        show_result(result)


def _show_plan(project: "ReviewProject", *, most: int, json: bool) -> None:
    from reviewkit.workflow.auditing.plan import plan_of

    plan = plan_of(project.protocol)
    questions, paces = plan.questions, plan.paces
    requests = min(most, sum(len(questions[one]) for one in paces))
    if json:
        data_json(
            {
                "readings": len(plan.readings),
                "queries": questions,
                "requests_at_most": requests,
                "per_second": paces,
            }
        )
        return
    whom = _whom(plan.labels, paces, requests) if paces else ""
    data(f"{len(plan.readings)} readings; at most {requests} requests{whom}. Nothing was asked.")
    others = [one.label for one in plan.databases if one.id not in paces]
    if others:
        data(f"Not asked by reviewkit: {', '.join(others)}.")


def _whom(labels: "Mapping[str, str]", paces: "Mapping[str, float]", requests: int) -> str:
    """Who is asked, and how long it takes where the databases take turns."""
    names = ", ".join(f"{labels[one]} ({pace:g} a second)" for one, pace in paces.items())
    seconds = sum(requests / len(paces) / pace for pace in paces.values())
    return f" to {names}, about {max(1, round(seconds))} s"


@contextmanager
def open_asker(
    project: "ReviewProject", *, offline: bool, again: bool = False
) -> "Iterator[Asker]":
    """Asks the protocol's source; offline from the cache alone."""
    import os

    from reviewkit.cli.asking import open_transport
    from reviewkit.workflow.auditing.asker import Asker
    from reviewkit.workflow.auditing.audit import audited_source
    from reviewkit.workflow.clock import read_clock

    with open_transport() as (transport, with_key):
        asker = Asker(
            project=project,
            source=audited_source(project.protocol),
            transport=None if offline else transport,
            started_at=read_clock(os.environ).strftime("%Y-%m-%dT%H:%M:%SZ"),
            again=again,
            with_key=with_key,
        )
        yield asker.for_source(asker.source)


def _write_files(result: "AuditResult", csv: Path | None, plot: Path | None) -> None:
    from reviewkit.workflow.auditing.files import audit_csv, audit_svg, write_csv, write_plot

    if csv:
        write_csv(audit_csv(result), csv)
        talk(f"{csv} written.")
    if plot:
        write_plot(audit_svg(result), plot)
        talk(f"{plot} written.")
