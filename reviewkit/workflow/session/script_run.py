"""Steps from a file carried out by the same session that a face drives. The file is checked whole before the first."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from reviewkit.model.errors import FileMistakes, Mistake, UsageError
from reviewkit.model.records import Decision, Stage, Verdict
from reviewkit.screening.filters import read_filter
from reviewkit.screening.highlights import compile_term
from reviewkit.screening.models import RecordSummary, RetrievalOutcome, Term, TermKind
from reviewkit.workflow.session.screening import ScreeningSession
from reviewkit.workflow.session.script import DECISIONS, IN_VIEW, SAYINGS, STEPS, Line


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptSummary:
    """How many steps stored something, and how many found that it stood already, word for word."""

    made: int
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What came of one step: a sentence, what was found, and whether it was stored, stood already, or neither."""

    message: str
    stored: bool | None = None
    found: tuple[RecordSummary, ...] = ()
    history: tuple[Decision, ...] = ()


def run_script(
    session: ScreeningSession,
    lines: Sequence[Line],
    *,
    where: str,
    tell: Callable[[Line, StepResult], None] = lambda line, told: None,
) -> ScriptSummary:
    """Carry out every step, each committed by itself; what stands already is not said again.

    `tell` is called after each step, when the next record is in view. Raises FileMistakes before the first step where
    any line cannot be carried out, and UsageError at a line that nothing could be known of before (nothing to undo).
    """
    if mistakes := tuple(mistake for line in lines for mistake in _mistakes(session, line)):
        raise FileMistakes(
            mistakes, where=where, hint="nothing was decided; correct the file and run again"
        )
    made = unchanged = 0
    for line in lines:
        try:
            told = _carry_out(session, line)
        except UsageError as error:
            raise UsageError(
                f"line {line.number}: {error.what}",
                where=where,
                hint=f"{f'{error.hint}; ' if error.hint else ''}the lines before it are carried out and stored",
            ) from error
        made += told.stored is True
        unchanged += told.stored is False
        tell(line, told)
    return ScriptSummary(made=made, unchanged=unchanged)


def _carry_out(session: ScreeningSession, line: Line) -> StepResult:
    if line.record not in {"", IN_VIEW} and (
        session.view is None or session.view.record.key != line.record
    ):
        session.jump(line.record)
    if line.step in DECISIONS:
        return _decide(session, line)
    if line.step in SAYINGS:
        return _say(session, line)
    moves: dict[str, Callable[[], StepResult]] = {
        "undo": lambda: _undo(session, line.times or 1),
        "find": lambda: _found(session.find(line.text)),
        "filter": lambda: StepResult(message=session.set_filter(read_filter(line.text)).message),
        "history": lambda: StepResult(message="Your decisions.", history=tuple(session.history())),
        "highlight": lambda: StepResult(message=session.add_term(line.text).message, stored=True),
        "show": lambda: StepResult(message="In view." if session.view else session.nothing_left),
        "skip": lambda: StepResult(message=session.skip().message),
        "back": lambda: StepResult(message=session.back().message),
        "forward": lambda: StepResult(message=session.forward().message),
    }
    return moves[line.step]()


def _undo(session: ScreeningSession, times: int) -> StepResult:
    return StepResult(message=" ".join([session.undo().message for _ in range(times)]), stored=True)


def _found(hits: tuple[RecordSummary, ...]) -> StepResult:
    return StepResult(message=f"{len(hits)} found.", found=hits)


def _decide(session: ScreeningSession, line: Line) -> StepResult:
    reason = _reason(session, line)
    own = session.view.own if session.view else None
    if own and (own.verdict, own.reason, own.note) == (line.step, reason, line.note):
        return StepResult(message="It stood already.", stored=False)
    match line.step:
        case Verdict.INCLUDE:
            step = session.include(line.note)
        case Verdict.EXCLUDE:
            step = session.exclude(reason, line.note)
        case _:
            step = session.maybe(line.note)
    return StepResult(message=step.message, stored=True)


def _say(session: ScreeningSession, line: Line) -> StepResult:
    view = session.view
    if line.step == "note":
        stands = view is not None and (view.note or "") == line.text
        return _unless(stands, lambda: session.write_note(line.text).message)
    if line.step in {"tag", "untag"}:
        stands = view is not None and (" ".join(line.text.split()) in view.tags) == (
            line.step == "tag"
        )
        return _unless(stands, lambda: session.toggle_tag(line.text).message)
    outcome, detail = RetrievalOutcome(line.step), line.text or None
    told = view.retrieval if view else None
    stands = told is not None and (told.outcome, told.detail) == (outcome, detail)
    return _unless(stands, lambda: session.set_retrieval(outcome, detail).message)


def _unless(stands: bool, act: Callable[[], str]) -> StepResult:
    return (
        StepResult(message="It stood already.", stored=False)
        if stands
        else StepResult(message=act(), stored=True)
    )


def _reason(session: ScreeningSession, line: Line) -> str | None:
    if line.step != Verdict.EXCLUDE:
        return None
    given: str | int | None = (
        int(line.reason) if line.reason and line.reason.isdigit() else line.reason
    )
    return session.reason_of(given)


def _mistakes(session: ScreeningSession, line: Line) -> Iterator[Mistake]:
    path = f"line {line.number}"
    named = line.record and line.record != IN_VIEW
    if not line.record and line.step in {*DECISIONS, *SAYINGS}:
        # Never the record in view by default: a row with an empty cell must not decide on whatever comes next.
        yield Mistake(
            path=path,
            found="no record",
            wanted=f"name one by its key; {IN_VIEW!r} is the one in view",
        )
    elif named and not session.has(line.record):
        yield Mistake(path=path, found=repr(line.record), wanted="is not a record of this stage")
    if line.step not in STEPS:
        yield Mistake(path=path, found=repr(line.step), wanted=f"must be one of {', '.join(STEPS)}")
        return
    if line.times is None:
        yield Mistake(path=path, found="times", wanted="must be a whole number")
    if line.step in {*RetrievalOutcome} and session.stage is not Stage.FULL_TEXT:
        yield Mistake(
            path=path, found=repr(line.step), wanted="is said at full text: --stage full_text"
        )
    try:
        _check_words(session, line)
    except UsageError as error:
        yield Mistake(
            path=path, found=repr(line.reason or line.text), wanted=f"{error.what} ({error.hint})"
        )


def _check_words(session: ScreeningSession, line: Line) -> None:
    """Raises UsageError for a reason, filter, tag or term that cannot be used."""
    _reason(session, line)
    if line.step == "filter":
        read_filter(line.text)
    elif line.step in {"tag", "untag", "find"} and not line.text:
        raise UsageError(f"{line.step} needs a text", hint="in the column `text`")
    elif line.step == "highlight":
        compile_term(Term(text=line.text, kind=TermKind.OWN))
