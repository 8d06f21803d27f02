"""`record show`: a record with what it holds, where that comes from, and what was said of it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from reviewkit.model.record_fields import RecordField, shown_fields, value_words
from reviewkit.model.records import Stage
from reviewkit.screening.queue import may_see_others
from reviewkit.screening.registrations import registration_facts
from reviewkit.store import Store
from reviewkit.store.corrections import (
    Correction,
    correction_history,
    current_corrections,
    source_content,
)
from reviewkit.store.decisions import states
from reviewkit.store.duplicates import copies_of, stored_leads
from reviewkit.store.pairs import PairDecision, answers_on
from reviewkit.store.record_history import (
    Dataset,
    RetrievalEvent,
    StageEvent,
    datasets_with,
    retrieval_events,
    stage_events,
)
from reviewkit.store.records import record_by_key
from reviewkit.workflow.correcting.edit import no_record
from reviewkit.workflow.merged_record import read_merged_record
from reviewkit.workflow.open_review import read_store, reviewers_needed
from reviewkit.workflow.project import ReviewProject


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldStory:
    """A field as it counts, with the correction that gave it, or the copy that filled it in."""

    field: RecordField
    value: str
    correction: Correction | None
    source_value: str
    filled_from: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordStory:
    """A record, whole.

    `state` is where it is in the flow; `None` where it does not count in it. `hidden` are the
    stages at which decisions are hidden, because too few reviewers have decided. `registration` is
    what a register says of a trial, by name.
    """

    record: str
    state: str | None
    fields: tuple[FieldStory, ...]
    registration: tuple[tuple[str, str], ...]
    lead: str | None
    copies: tuple[str, ...]
    datasets: tuple[Dataset, ...]
    decisions: tuple[StageEvent, ...]
    hidden: tuple[Stage, ...]
    retrievals: tuple[RetrievalEvent, ...]
    answers: tuple[PairDecision, ...]
    corrections: tuple[Correction, ...]


def record_story(
    project: ReviewProject, record: str, *, open_decisions: bool, now: datetime.datetime
) -> RecordStory:
    """Return all that is known of a record.

    Decisions at a stage are hidden while too few reviewers have decided there, unless
    `open_decisions`. Raises UsageError for an unknown record.
    """
    with read_store(project, now=now) as store:
        stored = record_by_key(store, record)
        if stored is None:
            raise no_record(record)

        events = stage_events(store, record)
        hidden: tuple[Stage, ...] = ()
        if not open_decisions:
            hidden = _hidden_stages(events, reviewers_needed(project.protocol))
        return RecordStory(
            record=record,
            state=next((s.state for s in states(store) if s.record == record), None),
            fields=_fields(store, record),
            registration=registration_facts(stored),
            lead=stored_leads(store).get(record),
            copies=copies_of(store, record),
            datasets=tuple(datasets_with(store, record)),
            decisions=tuple(event for event in events if event.stage not in hidden),
            hidden=hidden,
            retrievals=tuple(retrieval_events(store, record)),
            answers=tuple(answers_on(store, record)),
            corrections=tuple(correction_history(store, record)),
        )


def _fields(store: Store, record: str) -> tuple[FieldStory, ...]:
    merged, given = read_merged_record(store, record), source_content(store, record)
    if merged is None or given is None:
        raise no_record(record)

    corrections = current_corrections(store, record)
    return tuple(
        FieldStory(
            field=field,
            value=value,
            correction=corrections.get(field),
            source_value=value_words(getattr(given, field)),
            filled_from=merged.filled.get(field),
        )
        for field, value in shown_fields(merged.record).items()
    )


def _hidden_stages(events: list[StageEvent], needed: Mapping[Stage, int]) -> tuple[Stage, ...]:
    """Return the stages with decisions that a blind reviewer may not see yet."""
    hidden = []
    for stage, number in needed.items():
        deciders = {event.reviewer for event in events if event.stage is stage}
        visible = may_see_others(
            blind=number > 1,
            published=False,
            decided=True,
            deciders=len(deciders),
            needed=number,
        )
        if deciders and not visible:
            hidden.append(stage)
    return tuple(hidden)
