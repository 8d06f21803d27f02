"""A record's story, line by line."""

from collections.abc import Iterator

from reviewkit.dedupe.pairs import Settled
from reviewkit.model.record_fields import RecordField, value_words
from reviewkit.model.records import STAGE_WORDS
from reviewkit.model.text import plural
from reviewkit.store.corrections import Correction, value_of
from reviewkit.store.pairs import PairDecision
from reviewkit.store.record_history import StageEvent
from reviewkit.workflow.correcting.story import FieldStory, RecordStory

_ANSWERS = {
    Settled.SAME: "a duplicate of",
    Settled.DIFFERENT: "no duplicate of",
    Settled.RELATED: "related to",
}


def story_lines(story: RecordStory) -> Iterator[str]:
    """Yield everything that is known of a record."""
    state = (story.state or "not in the flow").replace("_", " ")
    yield f"{story.record}: {state}"
    for field in story.fields:
        yield from _field_lines(field)
    for name, value in story.registration:
        yield f"  {name.lower()}: {value}"

    if story.lead:
        yield f"Duplicate of {story.lead}, which is screened for both."
    if story.copies:
        yield f"Its duplicates: {', '.join(story.copies)}"
    yield from _dataset_lines(story)
    yield from _history_lines(story)


def _field_lines(field: FieldStory) -> Iterator[str]:
    if not field.value and field.correction is None:
        return

    line = f"  {field.field.words}: {field.value or 'empty'}"
    if field.filled_from:
        line += f" (from {field.filled_from})"
    yield line
    if field.correction:
        yield f"    {_who(field.correction)}; the source gives: {field.source_value or 'nothing'}"


def _who(correction: Correction) -> str:
    line = f"corrected by {correction.reviewer} on {correction.corrected_at[:10]}"
    if correction.why:
        line += f" ({correction.why})"
    return line


def _dataset_lines(story: RecordStory) -> Iterator[str]:
    for dataset in story.datasets:
        line = f"Listed by run {dataset.run}: {dataset.source}, {dataset.searched_at[:10]}"
        if not dataset.counts:
            line += " (does not count in the flow)"
        yield line


def _history_lines(story: RecordStory) -> Iterator[str]:
    """Yield what people said of the record, in the order of time."""
    events = [(event.at, _decision_words(event)) for event in story.decisions]
    events += [
        (event.at, f"{event.reviewer}: report {event.outcome.replace('_', ' ')}")
        for event in story.retrievals
    ]
    events += [(each.corrected_at, _correction_words(each)) for each in story.corrections]
    for answer in story.answers:
        events.append((answer.decided_at, _answer_words(answer, story.record)))

    if events:
        yield f"History, {plural(len(events), 'event')}:"
    for at, words in sorted(events):
        yield f"  {at} {words}"
    for stage in story.hidden:
        yield (
            f"Decisions at {STAGE_WORDS[stage]} are hidden until enough reviewers have decided; "
            "--open shows them."
        )


def _answer_words(answer: PairDecision, record: str) -> str:
    other = answer.record_b
    if other == record:
        other = answer.record_a
    words = "takes the answer back about"
    if answer.answer:
        words = _ANSWERS[answer.answer]
    return f"{answer.reviewer}: {words} {other}"


def _decision_words(event: StageEvent) -> str:
    words = event.verdict
    if event.reason:
        words += f" ({event.reason})"
    if event.note:
        words += f"; {event.note}"
    settles = " settles a conflict" if event.settled else ""
    return f"{event.reviewer}{settles} at {STAGE_WORDS[event.stage]}: {words}"


def _correction_words(correction: Correction) -> str:
    field = RecordField(correction.field).words
    if correction.value is None:
        words = f"{field} as the source gives it"
    else:
        words = f"{field} corrected to {value_words(value_of(correction.value)) or 'empty'}"
    if correction.why:
        words += f" ({correction.why})"

    return f"{correction.reviewer}: {words}"
