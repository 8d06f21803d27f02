"""Steps of a generated history that put things right: fields, duplicates, reviewers' names."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from reviewkit.dedupe.pairs import Settled
from reviewkit.model.errors import UsageError
from reviewkit.model.record_fields import RecordField, empty_value, fields_named
from reviewkit.store import Store
from reviewkit.store.corrections import source_content
from reviewkit.store.pairs import current_pair_decision
from reviewkit.store.records import record_by_key
from reviewkit.workflow.correcting.choose import choose_copy
from reviewkit.workflow.correcting.edit import FieldChange, edit_record
from reviewkit.workflow.correcting.pairs_by_hand import answer_pair
from reviewkit.workflow.correcting.reviewers_by_hand import rename_reviewer
from reviewkit.workflow.duplicates.dedupe import undo_pair
from reviewkit.workflow.merged_record import read_merged_record
from reviewkit.workflow.project import ReviewProject

FIELDS = (RecordField.TITLE, RecordField.YEAR, RecordField.DOI, RecordField.ABSTRACT)
WHICH = st.integers(0, 50)
CHOSEN = st.sampled_from(("title", "abstract", "doi", "place"))


class CorrectionSteps:
    """Mixed into a history of one's own review, which has the review and its counts.

    `corrected` is the model: what people typed, by record and field.
    """

    project: ReviewProject
    clock: Callable[[], Any]
    store: Callable[[], Store]
    counts: Callable[[], dict[str, Any]]
    in_flow: Callable[[], list[int]]
    dedupe: Callable[[], None]
    corrected: dict[tuple[str, RecordField], Any]

    @precondition(lambda self: self.in_flow())
    @rule(which=WHICH, field=st.sampled_from(FIELDS), cleared=st.booleans(), undone=st.booleans())
    def correct_a_field(self, which: int, field: RecordField, cleared: bool, undone: bool) -> None:
        key, before = self.record(which), self.counts()
        value = empty_value(field)
        if not cleared:
            value = {RecordField.YEAR: 1950 + which}.get(field, f"10.1000/by-hand-{which}")
        if field is RecordField.TITLE and cleared:
            return

        was_new = (key, field) not in self.corrected
        self.edit(key, FieldChange(field=field, value=value))
        self.corrected[key, field] = value
        assert self.counts()["database_results"] == before["database_results"]
        if undone and was_new:
            self.edit(key, FieldChange(field=field, restore=True))
            del self.corrected[key, field]
            self.dedupe()

    @precondition(lambda self: self.in_flow())
    @rule(
        first=WHICH,
        second=WHICH,
        answer=st.sampled_from((Settled.SAME, Settled.DIFFERENT)),
        undone=st.booleans(),
    )
    def say_what_two_records_are(
        self, first: int, second: int, answer: Settled, undone: bool
    ) -> None:
        pair = (self.record(first), self.record(second))
        if pair[0] == pair[1]:
            return
        self.dedupe()
        before = self.counts()
        with self.store() as store:
            earlier = current_pair_decision(store, *sorted(pair))

        result = answer_pair(self.project, pair, answer=answer, reviewer="ana", now=self.clock())
        if answer is Settled.DIFFERENT:
            assert not result.joined
        if undone and earlier is None:
            undo_pair(self.project, *pair, "ana", now=self.clock())
            assert self.counts() == before

    @precondition(lambda self: self.in_flow())
    @rule(which=WHICH, of_lead=st.booleans(), name=CHOSEN, undone=st.booleans())
    def choose_whose_field_counts(self, which: int, of_lead: bool, name: str, undone: bool) -> None:
        self.dedupe()
        with self.store() as store:
            linked = store.rows("SELECT record, lead FROM duplicates ORDER BY record")
        if not linked:
            return
        copy, lead = map(str, linked[which % len(linked)])
        chosen = lead if of_lead else copy
        fields = fields_named(name)
        if any((lead, field) in self.corrected for field in fields):
            return

        with self.store() as store:
            values = source_content(store, chosen)
        choose_copy(self.project, chosen, [name], reviewer="ana", now=self.clock())
        self.corrected |= {(lead, field): getattr(values, field) for field in fields}
        with self.store() as store:
            shown = read_merged_record(store, lead)
            assert shown is not None
            assert [getattr(shown.record, field) for field in fields] == [
                getattr(values, field) for field in fields
            ]
        if undone:
            for field in fields:
                del self.corrected[lead, field]
                with suppress(UsageError):
                    self.edit(lead, FieldChange(field=field, restore=True))

    @precondition(lambda self: self.in_flow())
    @rule()
    def rename_a_reviewer_and_back(self) -> None:
        before = self.counts()
        try:
            rename_reviewer(self.project, "ben", "bert", by=None, now=self.clock())
        except UsageError:
            return  # ben has done nothing yet
        assert self.counts() == before
        rename_reviewer(self.project, "bert", "ben", by=None, now=self.clock())
        assert self.counts() == before

    @invariant()
    def what_was_corrected_stays_corrected(self) -> None:
        if not self.corrected:
            return
        with self.store() as store:
            for (key, field), value in self.corrected.items():
                record = record_by_key(store, key)
                assert record is not None
                assert getattr(record, field) == value
            assert store.value("SELECT count(*) FROM correction_marks") == 0

    def record(self, which: int) -> str:
        """One of the flow's records."""
        with self.store() as store:
            keys = [key for (key,) in store.rows("SELECT record FROM flow_records ORDER BY record")]
        return str(keys[which % len(keys)])

    def edit(self, key: str, change: FieldChange) -> None:
        edit_record(self.project, key, [change], reviewer="ana", why=None, now=self.clock())
