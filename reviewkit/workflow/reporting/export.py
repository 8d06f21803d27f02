"""`export`: the review's records in the formats that other tools read, with their outcomes.

It reads the store and changes nothing.
"""

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

from reviewkit.dedupe.merge import Merged, merge
from reviewkit.exports.outcome import ExportEntry, Outcome, Status
from reviewkit.exports.write import write_entries
from reviewkit.model.errors import UsageError
from reviewkit.model.records import Record, Stage
from reviewkit.prisma.partition import RecordState, Selection, State
from reviewkit.store import Store
from reviewkit.store.annotations import tags_by_record
from reviewkit.store.corrections import corrections_by_record
from reviewkit.store.decisions import flow_selection
from reviewkit.store.outcomes import (
    Decider,
    StageVerdict,
    copies_of,
    deciders_on,
    hold_export,
    records_in_order,
    states_in_order,
    verdicts_on,
)
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


class Order(StrEnum):
    """The order of the records: that in which they came, file by file, or that of their keys."""

    FILE = "file"
    KEY = "key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What to export.

    Without a stage the outcome of the whole review counts. Without a selection the flow's counts.
    """

    wanted: Wanted = Wanted.ALL
    copies: Copies = Copies.FOLD
    stage: Stage | None = None
    selection: Selection | None = None
    order: Order = Order.FILE


class Export:
    """The records that go out. Each is read when it is written."""

    def __init__(self, store: Store, choice: Choice) -> None:
        self._store = store
        self._choice = choice
        self._corrections = corrections_by_record(store)
        self._studies = studies_by_report(store)
        self._tags = tags_by_record(store)
        # How many of each status have gone out so far.
        self.counts: Counter[Status] = Counter()

    def written(self, format: str) -> Iterator[bytes]:  # noqa: A002  users' word
        """Yield the bytes. Raises UsageError for a format that is unknown or not installed."""
        return write_entries(format, self.entries())

    def entries(self) -> Iterator[ExportEntry]:
        """Yield each record that goes out, with what is said of it."""
        reader = _OutcomeReader(self._store, self._choice)
        folding = self._choice.copies is Copies.FOLD
        if self._choice.wanted is Wanted.DUPLICATES:
            folding = False

        states = states_in_order(self._store)
        for state, record in zip(states, records_in_order(self._store), strict=True):
            merged = Merged(record=record, filled={})
            if folding and state.state is State.DUPLICATE:
                continue
            outcome = reader.of(state)
            if folding:
                merged = self._merged(record, copies_of(self._store, record.key))
            if _fits(outcome, self._choice.wanted):
                self.counts[outcome.status] += 1
                yield merged.record, self._marked(outcome, merged)

    def _merged(self, record: Record, copies: Sequence[Record]) -> Merged:
        chosen = {correction.field for correction in self._corrections.get(record.key, ())}
        return merge(record, copies, chosen=chosen)

    def _marked(self, outcome: Outcome, merged: Merged) -> Outcome:
        """Return the outcome with studies, tags and corrected fields, also those of a copy."""
        key = merged.record.key
        counting = [*self._corrections.get(key, ())]
        for field, copy in merged.filled.items():
            counting += [one for one in self._corrections.get(copy, ()) if one.field == field]
        if counting:
            outcome = replace(
                outcome,
                corrected_fields="; ".join(sorted({one.field for one in counting})),
                corrected_by="; ".join(sorted({one.reviewer for one in counting})),
            )

        return replace(
            outcome,
            study="; ".join(self._studies.get(key, ())) or None,
            tags="; ".join(self._tags.get(key, ())) or None,
        )


@contextmanager
def export(project: ReviewProject, choice: Choice, *, now: datetime.datetime) -> Iterator[Export]:
    """Give the records that `choice` names, for as long as the database is open.

    Raises UsageError where there are none yet, and StoreError.
    """
    _refuse_published(project, choice)
    with read_store(project, now=now) as store:
        hold_export(store, choice.selection, by_key=choice.order is Order.KEY)
        yield Export(store, choice)


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


class _OutcomeReader:
    """What the store says of records beyond their state: verdicts, who decided, and notes."""

    def __init__(self, store: Store, choice: Choice) -> None:
        self._store = store
        self._selection = choice.selection or flow_selection(store)
        self._stage = choice.stage

    def of(self, state: RecordState) -> Outcome:
        """Return the outcome of a record."""
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
        stage, verdict = self._verdict_on(state.record)
        if verdict is None:
            # Only why the record waits may be known.
            reason = None if self._stage else state.reason
            return Outcome(status=Status.UNDECIDED, stage=stage, reason=reason)

        status = _STATUS.get(verdict.verdict, Status.UNDECIDED)
        if self._stage is None and stage is Stage.TITLE_ABSTRACT and status is Status.INCLUDED:
            return Outcome(status=Status.UNDECIDED, stage=Stage.FULL_TEXT, reason=state.reason)

        return self._decided(status, verdict)

    def _verdict_on(self, record: str) -> tuple[Stage | None, StageVerdict | None]:
        """Return the stage that counts, and its verdict: the stage asked for, or the latest."""
        found = verdicts_on(self._store, self._selection, record)
        verdicts = {row.stage: row for row in found}
        if self._stage:
            return self._stage, verdicts.get(self._stage)
        latest = next((stage for stage in reversed(Stage) if stage in verdicts), None)
        return latest, verdicts[latest] if latest else None

    def _decided(self, status: Status, verdict: StageVerdict) -> Outcome:
        everybody = deciders_on(self._store, self._selection, verdict.record)
        people = [person for person in everybody if person.stage is verdict.stage]
        return Outcome(
            status=status,
            stage=verdict.stage,
            reason=verdict.reason,
            note=_notes(people),
            reviewer="; ".join(person.reviewer for person in people) or None,
        )


def _notes(people: Sequence[Decider]) -> str | None:
    """Return the notes of all who decided, each under its name where there are several people."""
    if len(people) == 1:
        return people[0].note or None
    return "; ".join(f"{one.reviewer}: {one.note}" for one in people if one.note) or None


_STATUS = {
    "include": Status.INCLUDED,
    "exclude": Status.EXCLUDED,
    "maybe": Status.MAYBE,
    "conflict": Status.CONFLICT,
    "awaiting": Status.UNDECIDED,
}


def counted(counts: Mapping[Status, int]) -> str:
    """Return how many of each status there are, for a person: "5 included, 78 excluded"."""
    shown = (status for status in Status if counts.get(status))
    return ", ".join(f"{counts[status]:,} {status.value}" for status in shown)
