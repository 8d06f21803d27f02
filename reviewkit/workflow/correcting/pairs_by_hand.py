"""`dedupe link` and `dedupe split`: "these are duplicates", "these are not", for any two records.

They are answers to a pair, as `dedupe review` stores them; the latest answer to a pair counts.
"""

import datetime
from dataclasses import dataclass

from reviewkit.dedupe.pairs import Settled
from reviewkit.model.errors import UsageError
from reviewkit.model.messages import tr
from reviewkit.model.records import RelationKind
from reviewkit.protocol.model import Protocol
from reviewkit.store import Store
from reviewkit.store.duplicates import stored_leads
from reviewkit.store.pairs import PairDecision, add_pair_decision, current_pair_decision
from reviewkit.store.records import is_in_flow, record_by_key
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.correcting.author import Author
from reviewkit.workflow.correcting.edit import no_record
from reviewkit.workflow.open_review import open_as
from reviewkit.workflow.project import ReviewProject


@dataclass(frozen=True, slots=True, kw_only=True)
class PairResult:
    """What came of an answer to a pair. `lead` is the lead record of each of the two.

    `overruled` is who had answered otherwise before.
    """

    record_a: str
    record_b: str
    answer: Settled | None
    lead_a: str
    lead_b: str
    overruled: str | None = None

    @property
    def joined(self) -> bool:
        return self.lead_a == self.lead_b

    def sentence(self) -> str:
        """Return what is linked now."""
        one, two = self.record_a, self.record_b
        if self.joined:
            words = tr(
                "{one} and {two} are duplicates: {lead} leads and is screened for both.",
                one=one,
                two=two,
                lead=self.lead_a,
            )
        else:
            words = tr("{one} and {two} are two records.", one=one, two=two)
        if self.overruled:
            counts = tr("{reviewer} had answered otherwise.", reviewer=self.overruled)
            words = f"{words} {counts}"
        if self.joined == (self.answer is Settled.SAME) or self.answer is None:
            return words
        command = f"reviewkit dedupe explain {one} {two}"
        return f"{words} {tr('Other answers contradict yours: {command}', command=command)}"


def answer_pair(
    project: ReviewProject,
    pair: tuple[str, str],
    *,
    answer: Settled,
    reviewer: str,
    now: datetime.datetime,
) -> PairResult:
    """Store a reviewer's answer to two records and link again.

    Raises UsageError for a name or records that cannot be used.
    """
    name, store = open_as(project, reviewer, now=now)
    with store, store.transaction():
        author = Author(reviewer=name, at=timestamp(now), protocol_sha256=project.protocol_sha256)
        check_pair(store, *pair)
        return store_answer(store, project.protocol, pair, author, answer)


def check_pair(store: Store, one: str, two: str) -> None:
    """Raises UsageError where two keys do not name two records of the flow."""
    if one == two:
        raise UsageError(
            tr("a record is not its own duplicate"),
            hint=tr("name two different records by their keys"),
        )
    for key in (one, two):
        if record_by_key(store, key) is None:
            raise no_record(key)
        if not is_in_flow(store, key):
            raise UsageError(
                tr("{key} does not count in the flow", key=key),
                hint=tr("no search of the flow has it now"),
            )


def store_answer(
    store: Store,
    protocol: Protocol,
    pair: tuple[str, str],
    author: Author,
    answer: Settled | None,
    relation: RelationKind | None = None,
) -> PairResult:
    """Append an answer inside the open transaction and link again; `None` takes answers back.

    `relation` is what the first of the two in the order of their keys is to the second.
    """
    # numpy and rapidfuzz, which a session must not wait for
    from reviewkit.workflow.duplicates.link import link_duplicates

    first, second = sorted(pair)
    before = answer_that_counts(store, pair)
    decision = PairDecision(
        record_a=first,
        record_b=second,
        answer=answer,
        relation=relation,
        reviewer=author.reviewer,
        decided_at=author.at,
    )
    add_pair_decision(store, decision, protocol=author.protocol_sha256)
    link_duplicates(store, protocol)

    leads = stored_leads(store)
    one, two = pair
    return PairResult(
        record_a=one,
        record_b=two,
        answer=answer,
        lead_a=leads.get(one, one),
        lead_b=leads.get(two, two),
        overruled=_overruled(before, decision),
    )


def _overruled(before: PairDecision | None, now: PairDecision) -> str | None:
    """Return who answered otherwise before, where it was another person."""
    if before is None or now.answer in {None, before.answer} or before.reviewer == now.reviewer:
        return None
    return before.reviewer


def answer_that_counts(store: Store, pair: tuple[str, str]) -> PairDecision | None:
    """Return the answer to a pair that counts now."""
    first, second = sorted(pair)
    return current_pair_decision(store, first, second)
