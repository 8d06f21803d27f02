"""Carries out the steps of a file in a screening session.

The whole file is checked before the first step.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from reviewkit.model.errors import FileMistakes, Mistake, UsageError
from reviewkit.model.foreign import whole_number
from reviewkit.model.records import Stage, Verdict
from reviewkit.screening.filters import read_filter
from reviewkit.screening.highlights import compile_term
from reviewkit.screening.models import RetrievalOutcome, Term, TermKind
from reviewkit.workflow.correcting.study_links import checked_name
from reviewkit.workflow.session.current_record import RecordStep
from reviewkit.workflow.session.screening import ScreeningSession
from reviewkit.workflow.session.script import (
    ANNOTATIONS,
    CORRECTIONS,
    DECISIONS,
    IN_VIEW,
    STEPS,
    ScriptStep,
)
from reviewkit.workflow.session.script_corrections import check_correction, correct
from reviewkit.workflow.session.step_result import UNCHANGED, StepResult

# Steps that concern a report, which only full text has.
_AT_FULL_TEXT = frozenset({"study", "unlink", *RetrievalOutcome})
# The records that `find` lists at most.
_FOUND = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptSummary:
    """How many steps stored something, and how many were stored already, word for word."""

    made: int
    unchanged: int


def check_script(session: ScreeningSession, steps: Sequence[ScriptStep], *, where: str) -> None:
    """Raise FileMistakes where any step cannot be carried out. Nothing is stored."""
    mistakes: list[Mistake] = []
    for step in steps:
        mistakes += _mistakes(session, step)
    if mistakes:
        hint = "nothing was decided; correct the file and run again"
        raise FileMistakes(tuple(mistakes), where=where, hint=hint)


def run_script(
    session: ScreeningSession,
    steps: Sequence[ScriptStep],
    *,
    where: str,
    report: Callable[[ScriptStep, StepResult], None] = lambda step, result: None,
) -> ScriptSummary:
    """Carry out every step, each committed by itself; what is stored already is not stored again.

    `report` is called after each step, when the next record is in view. Raises FileMistakes before
    the first step as `check_script` does. Raises UsageError at a step that could not be checked
    before, such as an undo of nothing.
    """
    check_script(session, steps, where=where)
    made = unchanged = 0
    for step in steps:
        try:
            result = _run_step(session, step)
        except UsageError as error:
            hints = [error.hint, "the lines before it are carried out and stored"]
            raise UsageError(
                f"line {step.number}: {error.what}",
                where=where,
                hint="; ".join(hint for hint in hints if hint),
            ) from error

        made += result.stored is True
        unchanged += result.stored is False
        report(step, result)
    return ScriptSummary(made=made, unchanged=unchanged)


def _run_step(session: ScreeningSession, step: ScriptStep) -> StepResult:
    _show_record(session, step.record)
    if step.step in DECISIONS:
        return _decide(session, step)
    if step.step in ANNOTATIONS:
        return _annotate(session, step)
    if step.step in CORRECTIONS:
        return correct(session, step)

    return _move(session, step)


def _show_record(session: ScreeningSession, record: str) -> None:
    if record in {"", IN_VIEW}:
        return
    if session.view is None or session.view.record.key != record:
        session.navigation.jump(record)


def _move(session: ScreeningSession, step: ScriptStep) -> StepResult:
    navigation = session.navigation

    match step.step:
        case "undo":
            messages = [session.undo().message for _ in range(step.times or 1)]
            return StepResult(message=" ".join(messages), stored=True)
        case "highlight":
            return StepResult(message=session.terms.add(step.text).message, stored=True)
        case "find":
            matches = navigation.find(step.text, limit=_FOUND + 1)
            message = f"{len(matches)} found."
            if len(matches) > _FOUND:
                message = f"More than {_FOUND} found; these are the first."
            return StepResult(message=message, found=matches[:_FOUND])
        case "history":
            return StepResult(message="Your decisions.", history=tuple(session.history()))
        case _:
            return StepResult(message=_go(session, step))


def _go(session: ScreeningSession, step: ScriptStep) -> str:
    navigation = session.navigation
    if step.step == "show":
        if session.view:
            return "In view."
        return session.nothing_left

    moves: dict[str, Callable[[], RecordStep]] = {
        "filter": lambda: navigation.set_filter(read_filter(step.text)),
        "skip": session.skip,
        "back": navigation.back,
        "forward": navigation.forward,
    }
    return moves[step.step]().message


def _decide(session: ScreeningSession, step: ScriptStep) -> StepResult:
    reason = _reason(session, step)
    own = session.view and session.view.own
    if own and (own.verdict, own.reason, own.note) == (step.step, reason, step.note):
        return UNCHANGED

    match step.step:
        case Verdict.INCLUDE:
            done = session.include(step.note)
        case Verdict.EXCLUDE:
            done = session.exclude(reason, step.note)
        case _:
            done = session.maybe(step.note)
    return StepResult(message=done.message, stored=True)


def _annotate(session: ScreeningSession, step: ScriptStep) -> StepResult:
    if session.view and _is_stored(session, step):
        return UNCHANGED

    match step.step:
        case "note":
            done = session.notes.write_note(step.text)
        case "tag" | "untag":
            done = session.notes.toggle_tag(step.text)
        case "study" | "unlink":
            done = session.studies.toggle(step.text)
        case outcome:
            done = session.retrieval.set_outcome(RetrievalOutcome(outcome), step.text or None)
    return StepResult(message=done.message, stored=True)


def _is_stored(session: ScreeningSession, step: ScriptStep) -> bool:
    """Return whether the record in view has this note, tag or retrieval already."""
    view = session.view
    if view is None:
        return False

    match step.step:
        case "note":
            return (view.note or "") == step.text
        case "tag" | "untag":
            has_tag = " ".join(step.text.split()) in view.tags
            return has_tag == (step.step == "tag")
        case "study" | "unlink":
            is_linked = checked_name(step.text) in view.studies
            return is_linked == (step.step == "study")

    retrieval = view.retrieval
    return retrieval is not None and (retrieval.outcome, retrieval.detail) == (
        step.step,
        step.text or None,
    )


def _reason(session: ScreeningSession, step: ScriptStep) -> str | None:
    if step.step != Verdict.EXCLUDE:
        return None
    number = whole_number(step.reason or "")
    return session.reason_of(step.reason if number is None else number)


def _mistakes(session: ScreeningSession, step: ScriptStep) -> Iterator[Mistake]:
    path = f"line {step.number}"
    yield from _record_mistakes(session, step, path)
    if step.step not in STEPS:
        yield Mistake(path=path, found=repr(step.step), wanted=f"must be one of {', '.join(STEPS)}")
        return

    if step.times is None:
        yield Mistake(path=path, found="times", wanted="must be a whole number")
    if step.step in _AT_FULL_TEXT and session.stage is not Stage.FULL_TEXT:
        wanted = "is said at full text: --stage full_text"
        yield Mistake(path=path, found=repr(step.step), wanted=wanted)
    try:
        _check_words(session, step)
    except UsageError as error:
        words = repr(step.reason or step.text)
        yield Mistake(path=path, found=words, wanted=f"{error.what} ({error.hint})")


def _record_mistakes(session: ScreeningSession, step: ScriptStep, path: str) -> Iterator[Mistake]:
    if not step.record and step.step in {*DECISIONS, *ANNOTATIONS, *CORRECTIONS}:
        # Never the record in view by default: a row with an empty cell must not decide on whatever
        # comes next.
        wanted = f"name one by its key; {IN_VIEW!r} is the one in view"
        yield Mistake(path=path, found="no record", wanted=wanted)
    elif step.record not in {"", IN_VIEW} and not session.has(step.record):
        wanted = "is not a record of this stage"
        if lead := session.lead_of(step.record):
            wanted = f"is a duplicate: decide on its lead record, {lead}"
        yield Mistake(path=path, found=repr(step.record), wanted=wanted)


def _check_words(session: ScreeningSession, step: ScriptStep) -> None:
    """Raises UsageError for a reason, filter, tag or term that cannot be used."""
    _reason(session, step)
    if step.step in CORRECTIONS:
        check_correction(step)
    elif step.step == "filter":
        read_filter(step.text)
    elif step.step in {"study", "unlink"}:
        checked_name(step.text)
    elif step.step in {"tag", "untag", "find"} and not step.text:
        raise UsageError(f"{step.step} needs a text", hint="in the column `text`")
    elif step.step == "highlight":
        compile_term(Term(text=step.text, kind=TermKind.OWN))
