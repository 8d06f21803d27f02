"""`export`: the review's records in the formats that other tools read, with their outcomes.

It reads the store and changes nothing.
"""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from reviewkit.dedupe.merge import Merged, merge
from reviewkit.exports.outcome import Outcome, Status
from reviewkit.exports.write import write_records
from reviewkit.model.errors import UsageError
from reviewkit.model.records import Record, Stage
from reviewkit.prisma.partition import RecordState, Selection, State
from reviewkit.store import Store
from reviewkit.store.corrections import Correction, corrections_by_record
from reviewkit.store.decisions import deciders_of, flow_selection, states, verdicts_of
from reviewkit.store.records import records_in_flow
from reviewkit.store.studies import studies_by_report
from reviewkit.workflow.open_review import read_store
from reviewkit.workflow.project import ReviewProject


class Wanted(StrEnum):
    """Which records go out.

    Undecided are those with "maybe" too. Duplicates are the copies that have a lead record.
    """

    INCLUDED = "included"
    EXCLUDED = "excluded"
    CONFLICT = "conflict"
    UNDECIDED = "undecided"
    NOT_RETRIEVED = "not_retrieved"
    ALL = "all"
    DUPLICATES = "duplicates"


class Copies(StrEnum):
    """What becomes of duplicates.

    FOLD: a duplicate is left out, and its lead record gets what it lacks from it.
    LIST: all go out.
    """

    FOLD = "fold"
    LIST = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What to export.

    Without a stage the outcome of the whole review counts. Without a selection the flow's counts.
    """

    wanted: Wanted = Wanted.ALL
    copies: Copies = Copies.FOLD
    stage: Stage | None = None
    selection: Selection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """The records that go out, in the order of their keys, and what is said of each."""

    records: tuple[Record, ...]
    outcomes: Mapping[str, Outcome]

    def written(self, format: str) -> Iterator[bytes]:  # noqa: A002  users' word
        """Yield the bytes. Raises UsageError for a format that is unknown or not installed."""
        return write_records(format, self.records, self.outcomes)


def export(project: ReviewProject, choice: Choice, *, now: datetime.datetime) -> Export:
    """Return the records that `choice` names.

    Raises UsageError where there are none yet, and StoreError.
    """
    _refuse_published(project, choice)
    with read_store(project, now=now) as store:
        partition = states(store, choice.selection)
        reader = _OutcomeReader(store, choice)
        outcomes = {state.record: reader.of(state) for state in partition}
        records = {record.key: record for record in records_in_flow(store)}
        corrections = corrections_by_record(store)
        studies = studies_by_report(store)

    merged = {key: Merged(record=record, filled={}) for key, record in records.items()}
    if choice.copies is Copies.FOLD and choice.wanted is not Wanted.DUPLICATES:
        merged = _folded(records, outcomes, corrections)
    outcomes |= _with_corrections(outcomes, merged, corrections)
    outcomes |= _with_studies(outcomes, studies)
    exported = [key for key in sorted(outcomes) if key in merged]
    chosen = [merged[key].record for key in exported if _fits(outcomes[key], choice.wanted)]
    return Export(records=tuple(chosen), outcomes=outcomes)


def _refuse_published(project: ReviewProject, choice: Choice) -> None:
    if choice.selection is Selection.PUBLISHED and not project.protocol.is_published:
        raise UsageError(
            "a review of one's own has no published selection",
            where="--selection",
            hint="leave --selection out: the team's decisions count",
        )


def _fits(outcome: Outcome, wanted: Wanted) -> bool:
    match wanted:
        case Wanted.ALL:
            return True
        case Wanted.UNDECIDED:
            return outcome.status in {Status.UNDECIDED, Status.MAYBE}
        case Wanted.DUPLICATES:
            return outcome.status is Status.DUPLICATE
        case _:
            return outcome.status == wanted.value


def _folded(
    records: Mapping[str, Record],
    outcomes: Mapping[str, Outcome],
    corrections: Mapping[str, Sequence[Correction]],
) -> dict[str, Merged]:
    copies: dict[str, list[Record]] = {}
    for key, outcome in outcomes.items():
        if outcome.duplicate_of:
            copies.setdefault(outcome.duplicate_of, []).append(records[key])

    return {
        key: merge(
            record,
            copies.get(key, []),
            chosen={correction.field for correction in corrections.get(key, ())},
        )
        for key, record in records.items()
        if outcomes[key].status is not Status.DUPLICATE
    }


def _with_corrections(
    outcomes: Mapping[str, Outcome],
    merged: Mapping[str, Merged],
    corrections: Mapping[str, Sequence[Correction]],
) -> dict[str, Outcome]:
    """Return the outcomes of records with a corrected field, also where a copy filled it in."""
    corrected: dict[str, Outcome] = {}
    if not corrections:
        return corrected

    for key, outcome in outcomes.items():
        if key not in merged:
            continue
        counting = [*corrections.get(key, ())]
        for field, copy in merged[key].filled.items():
            counting += [each for each in corrections.get(copy, ()) if each.field == field]
        if counting:
            corrected[key] = replace(
                outcome,
                corrected_fields="; ".join(sorted({each.field for each in counting})),
                corrected_by="; ".join(sorted({each.reviewer for each in counting})),
            )
    return corrected


def _with_studies(
    outcomes: Mapping[str, Outcome], studies: Mapping[str, Sequence[str]]
) -> dict[str, Outcome]:
    return {
        key: replace(outcomes[key], study="; ".join(names))
        for key, names in studies.items()
        if key in outcomes
    }


class _OutcomeReader:
    """What the store says of records beyond their state: verdicts, who decided, and notes."""

    def __init__(self, store: Store, choice: Choice) -> None:
        selection = choice.selection or flow_selection(store)
        self._stage = choice.stage
        self._verdicts = verdicts_of(store, selection)
        self._deciders = deciders_of(store, selection)

    def of(self, state: RecordState) -> Outcome:
        return self._without_decision(state) or self._by_verdict(state)

    def _without_decision(self, state: RecordState) -> Outcome | None:
        """Return the outcome of a record that no decision settled; `None` for all others."""
        if state.state is State.DUPLICATE:
            return Outcome(status=Status.DUPLICATE, duplicate_of=state.reason)
        if state.state is State.INELIGIBLE_BY_MACHINE:
            return Outcome(status=Status.EXCLUDED, stage="before screening", reason=state.reason)
        if state.state is State.NOT_RETRIEVED and self._stage is not Stage.TITLE_ABSTRACT:
            return Outcome(status=Status.NOT_RETRIEVED, stage=Stage.FULL_TEXT, reason=state.reason)
        return None

    def _by_verdict(self, state: RecordState) -> Outcome:
        stage = self._stage or self._latest(state)
        if stage is None or (state.record, stage) not in self._verdicts:
            return self._undecided(state, stage)

        verdict, reason = self._verdicts[state.record, stage]
        status = _STATUS.get(verdict, Status.UNDECIDED)
        if self._stage is None and stage is Stage.TITLE_ABSTRACT and status is Status.INCLUDED:
            return Outcome(status=Status.UNDECIDED, stage=Stage.FULL_TEXT, reason=state.reason)

        return self._decided(status, state, stage, reason=reason)

    def _undecided(self, state: RecordState, stage: Stage | None) -> Outcome:
        """Return an outcome without a verdict: only why the record waits may be known."""
        reason = None if self._stage else state.reason
        return Outcome(status=Status.UNDECIDED, stage=stage, reason=reason)

    def _latest(self, state: RecordState) -> Stage | None:
        decided = (stage for stage in reversed(Stage) if (state.record, stage) in self._verdicts)
        return next(decided, None)

    def _decided(
        self, status: Status, state: RecordState, stage: Stage, *, reason: str | None
    ) -> Outcome:
        people = self._deciders.get((state.record, stage), [])
        notes = [f"{name}: {note}" for name, note in people if note]
        if len(people) == 1:
            notes = [note for _, note in people if note]
        return Outcome(
            status=status,
            stage=stage,
            reason=reason,
            note="; ".join(notes) or None,
            reviewer="; ".join(name for name, _ in people) or None,
        )


_STATUS = {
    "include": Status.INCLUDED,
    "exclude": Status.EXCLUDED,
    "maybe": Status.MAYBE,
    "conflict": Status.CONFLICT,
    "awaiting": Status.UNDECIDED,
}


def counted(outcomes: Iterable[Outcome]) -> str:
    """Return how many of each status there are, for a person: "5 included, 78 excluded"."""
    counts = Counter(outcome.status for outcome in outcomes)
    return ", ".join(f"{counts[status]:,} {status.value}" for status in Status if counts[status])
