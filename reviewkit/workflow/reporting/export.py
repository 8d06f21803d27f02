"""`export`: the review's records in the formats that other tools read, with what was decided on each.

It reads the store and changes nothing.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from reviewkit.dedupe.merge import merge
from reviewkit.exports.outcome import Outcome, Status
from reviewkit.exports.write import write_records
from reviewkit.model.records import Record, Stage
from reviewkit.prisma.partition import RecordState, Selection, State
from reviewkit.store import Store
from reviewkit.store.decisions import deciders_of, flow_selection, states, verdicts_of
from reviewkit.store.records import records_in_flow
from reviewkit.workflow.open_review import open_store
from reviewkit.workflow.project import ReviewProject


class Wanted(StrEnum):
    """Which records go out. Undecided are those with "maybe" too; duplicates are the copies that others stand for."""

    INCLUDED = "included"
    EXCLUDED = "excluded"
    CONFLICT = "conflict"
    UNDECIDED = "undecided"
    ALL = "all"
    DUPLICATES = "duplicates"


class Copies(StrEnum):
    """FOLD: a duplicate is left out, and what it knows more than its lead goes out with the lead. LIST: all go out."""

    FOLD = "fold"
    LIST = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What to export. Without a stage the outcome of the whole review counts; `selection` None: the flow's."""

    wanted: Wanted = Wanted.ALL
    copies: Copies = Copies.FOLD
    stage: Stage | None = None
    selection: Selection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """The records that go out, in the order of their keys, and what is said of each."""

    records: tuple[Record, ...]
    outcomes: Mapping[str, Outcome]

    def written(self, format: str) -> Iterator[bytes]:  # noqa: A002  the word that users have for it
        """The bytes, piece by piece. Raises UsageError for a format that is not known or not installed."""
        return write_records(format, self.records, self.outcomes)


def export(project: ReviewProject, choice: Choice, *, now: datetime.datetime) -> Export:
    """The records that `choice` names. Raises UsageError where there are none yet, and StoreError."""
    with open_store(project, now=now) as store:
        partition = states(store, choice.selection)
        said = _Said(store, choice)
        outcomes = {state.record: said.of(state) for state in partition}
        records = {record.key: record for record in records_in_flow(store)}
    if choice.copies is Copies.FOLD and choice.wanted is not Wanted.DUPLICATES:
        records = _folded(records, outcomes)
    chosen = [
        records[key]
        for key in sorted(outcomes)
        if key in records and _fits(outcomes[key], choice.wanted)
    ]
    return Export(records=tuple(chosen), outcomes=outcomes)


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


def _folded(records: Mapping[str, Record], outcomes: Mapping[str, Outcome]) -> dict[str, Record]:
    copies: dict[str, list[Record]] = {}
    for key, outcome in outcomes.items():
        if outcome.duplicate_of:
            copies.setdefault(outcome.duplicate_of, []).append(records[key])
    return {
        key: merge(record, copies[key]).record if key in copies else record
        for key, record in records.items()
        if outcomes[key].status is not Status.DUPLICATE
    }


class _Said:
    """What the store says of records beyond their state: verdicts per stage, who decided, and their notes."""

    def __init__(self, store: Store, choice: Choice) -> None:
        selection = choice.selection or flow_selection(store)
        self._stage = choice.stage
        self._verdicts = verdicts_of(store, selection)
        self._deciders = deciders_of(store, selection)

    def of(self, state: RecordState) -> Outcome:
        if state.state is State.DUPLICATE:
            return Outcome(status=Status.DUPLICATE, duplicate_of=state.reason)
        if state.state is State.INELIGIBLE_BY_MACHINE:
            return Outcome(status=Status.EXCLUDED, stage="before screening", reason=state.reason)
        stage = self._stage or self._latest(state)
        said = self._verdicts.get((state.record, stage)) if stage else None
        if said is None:
            # No word on it at this stage: what is known is why it waits, or that its report was not to be had.
            return Outcome(
                status=Status.UNDECIDED,
                stage=stage,
                reason=state.reason if not self._stage else None,
            )
        verdict, reason = said
        status = _STATUS.get(verdict, Status.UNDECIDED)
        if self._stage is None and stage is Stage.TITLE_ABSTRACT and status is Status.INCLUDED:
            return Outcome(status=Status.UNDECIDED, stage=Stage.FULL_TEXT, reason=state.reason)
        return self._outcome(status, state, stage, reason=reason)

    def _latest(self, state: RecordState) -> Stage | None:
        return next(
            (stage for stage in reversed(Stage) if (state.record, stage) in self._verdicts), None
        )

    def _outcome(
        self, status: Status, state: RecordState, stage: Stage | None, *, reason: str | None
    ) -> Outcome:
        people = self._deciders.get((state.record, stage), []) if stage else []
        notes = [note if len(people) == 1 else f"{name}: {note}" for name, note in people if note]
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
    """How many of each status, for a person: "5 included, 78 excluded"."""
    told: dict[str, int] = {}
    for outcome in outcomes:
        told[outcome.status.value] = told.get(outcome.status.value, 0) + 1
    return ", ".join(
        f"{told[status.value]:,} {status.value}" for status in Status if status.value in told
    )
