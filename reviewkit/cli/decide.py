"""`reviewkit decide`: one decision for many records."""

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reviewkit.cli.confirm import confirm
from reviewkit.cli.console import data, data_json, talk
from reviewkit.cli.options import (
    DatabaseOption,
    JsonOption,
    ProtocolOption,
    ReviewerOption,
    StageOption,
    chosen_project,
)
from reviewkit.cli.reviewers import YesOption, author
from reviewkit.model.errors import UsageError
from reviewkit.model.foreign import whole_number
from reviewkit.model.records import Stage, Verdict
from reviewkit.model.text import plural

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from reviewkit.screening.models import RecordSummary
    from reviewkit.workflow.session.screening import ScreeningSession

WhereOption = Annotated[
    str | None,
    typer.Option(
        "--where",
        help='Which open records: words of title or abstract, and parts such as "year:-1999".',
    ),
]
ExcludeOption = Annotated[
    str | None,
    typer.Option("--exclude", help="Exclude them for this reason: its wording or number."),
]
UndoOption = Annotated[bool, typer.Option("--undo", help="Take your newest one back, whole.")]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="List the records, and store nothing.")
]


def decide(
    where: WhereOption = None,
    include: Annotated[bool, typer.Option("--include", help="Include them.")] = False,
    exclude: ExcludeOption = None,
    maybe: Annotated[bool, typer.Option("--maybe", help="Decide on them later.")] = False,
    undo: UndoOption = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    stage: StageOption = Stage.TITLE_ABSTRACT,
    reviewer: ReviewerOption = None,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Decide alike on many records at once: they are listed first, and undone as one step.

    Only records that are open for you are decided on, never over anybody's decision.

    \b
    Examples: reviewkit decide --where "rats" --exclude 2 --dry-run
    reviewkit decide --where "source:pubmed year:-1999" --exclude "too old"
    reviewkit decide --undo --reviewer clinician
    """
    from reviewkit.screening.models import Order
    from reviewkit.workflow.clock import running_clock
    from reviewkit.workflow.session.open_screening import SessionOptions, open_session

    chosen = _chosen(include=include, exclude=exclude, maybe=maybe)
    _check_use(where, chosen, undo=undo, dry_run=dry_run)
    project = chosen_project(protocol, database=db)
    with open_session(
        project,
        reviewer=author(project, reviewer, dry_run=dry_run, yes=yes),
        options=SessionOptions(stage=stage, order=Order.ID, read_only=dry_run),
        clock=running_clock(os.environ),
    ) as session:
        if undo:
            message = session.many.undo_last().message
            _tell({"message": message}, message, json=json)
            return

        (verdict,) = chosen
        matches = _matches(session, where or "")
        reason = session.reason_of(_reason(exclude)) if verdict is Verdict.EXCLUDE else None
        if not json:
            _show(matches, verdict, reason)
        stored = not dry_run and confirm(_question(matches, verdict), yes=yes)
        message = "Nothing was stored."
        if stored:
            keys = [match.record for match in matches]
            message = session.many.decide(keys, verdict, reason).message
        _tell(_as_json(matches, verdict, reason, stored=stored), message, json=json)


def _chosen(*, include: bool, exclude: str | None, maybe: bool) -> list[Verdict]:
    """Return the verdicts that were asked for; one is right."""
    return [
        verdict
        for verdict, is_chosen in (
            (Verdict.INCLUDE, include),
            (Verdict.EXCLUDE, exclude is not None),
            (Verdict.MAYBE, maybe),
        )
        if is_chosen
    ]


def _check_use(where: str | None, chosen: list[Verdict], *, undo: bool, dry_run: bool) -> None:
    if undo and (where is not None or chosen or dry_run):
        raise UsageError(
            "--undo takes your newest one back, and does nothing else",
            hint="reviewkit decide --undo",
        )
    if undo:
        return
    if len(chosen) != 1:
        raise UsageError(
            "one verdict is needed", hint="one of --include, --exclude REASON, --maybe"
        )
    if not (where or "").strip():
        raise UsageError(
            "which records?", where="--where", hint='words, or a part such as "year:-1999"'
        )


def _matches(session: "ScreeningSession", where: str) -> "tuple[RecordSummary, ...]":
    from reviewkit.screening.filters import read_filter

    session.navigation.set_filter(read_filter(where))
    return session.many.matching()


def _reason(exclude: str | None) -> str | int | None:
    """Return a reason's number where one was typed."""
    number = whole_number((exclude or "").strip())
    return exclude if number is None else number


def _show(matches: "tuple[RecordSummary, ...]", verdict: Verdict, reason: str | None) -> None:
    for match in matches:
        data(f"{match.record}  {match.year or '–'}  {match.title or 'no title'}")
    words = f"{plural(len(matches), 'record')}: {verdict}"
    if reason:
        words += f", {reason}"
    data(words)


def _question(matches: "tuple[RecordSummary, ...]", verdict: Verdict) -> str:
    return f"Store {verdict} for {plural(len(matches), 'record')}?"


def _as_json(
    matches: "tuple[RecordSummary, ...]", verdict: Verdict, reason: str | None, *, stored: bool
) -> dict[str, Any]:
    return {
        "verdict": verdict,
        "reason": reason,
        "stored": stored,
        "records": [
            {"record": match.record, "year": match.year, "title": match.title} for match in matches
        ],
    }


def _tell(value: dict[str, Any], message: str, *, json: bool) -> None:
    if json:
        data_json(value)
    else:
        talk(message)
