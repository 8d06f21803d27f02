"""`dedupe`: link a review's duplicates in its database, explain them, undo them."""

import datetime
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewkit.dedupe import Duplicates, Pair, PairOutcome, Settled, SettledPair
from reviewkit.dedupe.explain import Explanation, explain
from reviewkit.dedupe.pairs import LESS_SURE
from reviewkit.dedupe.questions import still_to_find
from reviewkit.model.errors import UsageError
from reviewkit.model.messages import tr
from reviewkit.model.progress import Progress, silent
from reviewkit.model.records import Record, RelationKind
from reviewkit.model.text import plural
from reviewkit.store import Store, write_lock
from reviewkit.store.decisions import records_decided
from reviewkit.store.duplicates import stored_leads
from reviewkit.store.pairs import (
    ListedPair,
    PairDecision,
    add_pair_decision,
    current_pair_decisions,
    listed_pairs,
    pair_history,
)
from reviewkit.store.records import records_in_flow, sources_in_flow
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.duplicates.dedupe_files import remaining_by_source
from reviewkit.workflow.duplicates.link import (
    find_in_flow,
    link_duplicates,
    settings_of,
    store_duplicates,
)
from reviewkit.workflow.open_database import open_database, read_database
from reviewkit.workflow.open_review import need_database, reviewer_in
from reviewkit.workflow.project import ReviewProject


@dataclass(frozen=True, slots=True, kw_only=True)
class DedupeSummary:
    """What linking found, in numbers of records.

    `works` have more than one record. `questions` are pairs that wait for a person, `doubts` pairs
    that are less sure and stay apart.

    `remaining` is by source, `compared` in new pairs, `changes` in rows. `set_aside` maps each
    record with decisions that is a duplicate now to its lead record.
    """

    records: int
    duplicates: int
    works: int
    questions: int
    doubts: int
    related: int
    remaining: Mapping[str, int]
    compared: int
    changes: int
    overruled: tuple[SettledPair, ...]
    against: tuple[SettledPair, ...]
    set_aside: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return the summary for programs."""
        return {
            "records": self.records,
            "duplicates": self.duplicates,
            "works_with_copies": self.works,
            "waiting_for_a_person": self.questions,
            "doubts_not_asked": self.doubts,
            "related": self.related,
            "remaining": sum(self.remaining.values()),
            "remaining_by_source": dict(self.remaining),
            "people_against_rules": [_answer_as_json(pair) for pair in self.overruled],
            "people_against_people": [_answer_as_json(pair) for pair in self.against],
            "decided_copies": [
                {"record": record, "lead": lead} for record, lead in self.set_aside.items()
            ],
            "new_pairs_compared": self.compared,
            "rows_changed": self.changes,
        }

    def sentences(self, *, dry_run: bool = False) -> list[str]:
        """Return the summary as sentences for a person."""
        if not self.records:
            return ["The review has no records yet, so there is nothing to link."]
        remaining = sum(self.remaining.values())
        works = plural(self.works, "work")
        lines = [
            f"{plural(self.records, 'record')}: {plural(self.duplicates, 'certain duplicate')} "
            f"of {works} linked, {plural(remaining, 'remains', 'remain')}. "
            f"New pairs compared: {self.compared}.",
            *(
                f"  {source}: {plural(n, 'remains', 'remain')}"
                for source, n in self.remaining.items()
            ),
        ]
        if self.related:
            are = plural(self.related, "record is", "records are")
            lines.append(f"{are} related to others (preprints, errata, abstracts) and kept apart.")
        lines += self._questions()
        lines += map(_overruled_sentence, self.overruled)
        lines += map(_contradicted_sentence, self.against)
        lines += [
            f"{record} was screened, and is a duplicate of {lead}: of each reviewer one decision "
            f"counts, the one on {lead} if there is one. All are kept."
            for record, lead in self.set_aside.items()
        ]
        if dry_run:
            return [*lines, "Nothing was changed."]
        return [*lines, f"{plural(self.changes, 'row')} of the database changed."]

    def _questions(self) -> list[str]:
        """Return what waits for a person, and what is not asked."""
        lines = ["No pair waits for a person."]
        if self.questions:
            waits = plural(self.questions, "pair waits", "pairs wait")
            lines = [f"{waits} for a person: reviewkit dedupe review"]
        if self.doubts:
            stay = plural(self.doubts, "pair is", "pairs are")
            lines.append(
                f"{stay} less sure and kept apart, without a question: "
                "reviewkit dedupe list --doubts"
            )
        return lines

    def next_step(self) -> str:
        """Return what to do next, with its command."""
        if not self.records:
            return tr("reviewkit search or reviewkit import FILE --source NAME")
        if self.questions:
            return tr("reviewkit dedupe review settles what is uncertain.")
        return tr("reviewkit screen shows what remains.")


_ARE = {
    Settled.SAME: "the same",
    Settled.DIFFERENT: "different",
    Settled.RELATED: "two works that are related",
}


def _overruled_sentence(pair: SettledPair) -> str:
    return (
        f"A person decided against the rules: {pair.record_a} and {pair.record_b} "
        f"are {_ARE[pair.answer]}."
    )


def _contradicted_sentence(pair: SettledPair) -> str:
    one, two = pair.record_a, pair.record_b
    return (
        f"Kept apart, because other answers contradict the answer that {one} and {two} "
        f"are {_ARE[pair.answer]}. See reviewkit dedupe explain {one} {two}"
    )


def _answer_as_json(pair: SettledPair) -> dict[str, str]:
    return {"record_a": pair.record_a, "record_b": pair.record_b, "answer": pair.answer}


def run_dedupe(
    project: ReviewProject, *, dry_run: bool, now: datetime.datetime, progress: Progress = silent
) -> DedupeSummary:
    """Link the duplicates of a review; with `dry_run`, only find them.

    Raises UsageError without a database.
    """
    need_database(project)
    if dry_run:
        with read_database(project, now=now) as store:
            found = find_in_flow(store, project.protocol, progress=progress)
            return _summary(sources_in_flow(store), found, records_decided(store), 0)

    with write_lock(project.database), open_database(project, now=now) as store:
        found = find_in_flow(store, project.protocol, progress=progress)
        before = store.changes
        with store.transaction():
            store_duplicates(store, project.protocol, found)
        return _summary(
            sources_in_flow(store), found, records_decided(store), store.changes - before
        )


def _summary(
    source_of: Mapping[str, str], found: Duplicates, decided: Container[str], changes: int
) -> DedupeSummary:
    remaining = remaining_by_source(source_of, found)
    set_aside: dict[str, str] = {}
    for cluster in found.clusters:
        duplicates = sorted(set(cluster.members) - {cluster.lead})
        set_aside |= {key: cluster.lead for key in duplicates if key in decided}

    return DedupeSummary(
        records=len(source_of),
        duplicates=len(source_of) - sum(remaining.values()),
        works=len(found.clusters),
        questions=len(found.questions),
        doubts=len(found.doubts),
        related=len({relation.record for relation in found.relations}),
        remaining=remaining,
        compared=found.newly_compared,
        changes=changes,
        overruled=found.overruled,
        against=found.against,
        set_aside=set_aside,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedPair:
    """The judgement of the rules on two records, and people's answers, the oldest first."""

    explanation: Explanation
    history: tuple[PairDecision, ...]


def explain_pair(
    project: ReviewProject, one: str, two: str, *, now: datetime.datetime
) -> ExplainedPair:
    """Return why two records of a review are joined, kept apart or left open.

    Raises UsageError for unknown records.
    """
    need_database(project)
    with read_database(project, now=now) as store:
        records = _two_records(store, one, two)
        history = tuple(pair_history(store, *sorted((one, two))))

    return ExplainedPair(
        explanation=explain(*records, settings=settings_of(project.protocol)), history=history
    )


_WORDS = {
    Settled.SAME: "one record",
    Settled.DIFFERENT: "two works",
    Settled.RELATED: "related works",
    None: "no answer",
}


def _two_records(store: Store, one: str, two: str) -> tuple[Record, Record]:
    if one == two:
        raise UsageError(
            "a record cannot be compared with itself", hint="name two different records"
        )

    by_key = {record.key: record for record in records_in_flow(store)}
    unknown = [key for key in (one, two) if key not in by_key]
    if unknown:
        hint = "name records as `reviewkit dedupe list` does, for example pubmed:36674517"
        raise UsageError(f"no record {', '.join(unknown)}", where=str(store.path), hint=hint)
    return by_key[one], by_key[two]


def undo_pair(
    project: ReviewProject, one: str, two: str, reviewer: str, *, now: datetime.datetime
) -> str:
    """Undo what joined or decided two records, and link again. Return a sentence on what was done.

    A person's answer is withdrawn, and what another person answered before counts again; for two
    records that a rule joined, "different" is answered. All are appended. Raises UsageError if
    nothing joins or decides them.
    """
    need_database(project)
    first, second = sorted((one, two))
    with write_lock(project.database), open_database(project, now=now) as store:
        _two_records(store, one, two)
        name = reviewer_in(store, project, reviewer)
        answer, relation, sentence = _opposite_answer(store, first, second, name)
        decision = PairDecision(
            record_a=first,
            record_b=second,
            answer=answer,
            relation=relation,
            reviewer=name,
            decided_at=timestamp(now),
        )

        with store.transaction():
            add_pair_decision(store, decision, protocol=project.protocol_sha256)
            link_duplicates(store, project.protocol)
    return sentence


def _opposite_answer(
    store: Store, first: str, second: str, reviewer: str
) -> tuple[Settled | None, RelationKind | None, str]:
    """Return the answer that undoes what is known of two records, and a sentence on it."""
    history = pair_history(store, first, second)
    if history and history[-1].answer is not None:
        sentence = f"The answer of {history[-1].reviewer} is taken back."
        earlier = _overruled_answer(history)
        if earlier is None:
            return None, None, sentence

        sentence += f" That of {earlier.reviewer} counts again: {_WORDS[earlier.answer]}."
        return earlier.answer, earlier.relation, sentence

    leads = stored_leads(store)
    if leads.get(first, first) == leads.get(second, second):
        sentence = f"Kept apart from now on: {reviewer} says that they are two works."
        return Settled.DIFFERENT, None, sentence
    raise UsageError(
        f"nothing joins or decides {first} and {second}", hint="see `reviewkit dedupe explain`"
    )


def _overruled_answer(history: Sequence[PairDecision]) -> PairDecision | None:
    """Return what another person answered before and never took back, where it is not the same."""
    last = history[-1]
    standing = {decision.reviewer: decision for decision in history}
    for decision in reversed(history):
        stands = standing[decision.reviewer] is decision and decision.answer is not None
        if stands and decision.reviewer != last.reviewer:
            return decision if decision.answer is not last.answer else None
    return None


def list_pairs(
    project: ReviewProject, *, now: datetime.datetime, doubts: bool = False
) -> list[ListedPair]:
    """Return every stored pair with its titles: joined, open, or kept apart by a rule.

    With `doubts` only those that are in doubt, but not asked.
    """
    need_database(project)
    with read_database(project, now=now) as store:
        pairs = listed_pairs(store)
    return [pair for pair in pairs if not doubts or pair.rule == LESS_SURE]


def doubts_sentence(project: ReviewProject, pairs: int, *, now: datetime.datetime) -> str:
    """Return how many of the doubts that are not asked are probably one record, and what next."""
    with read_database(project, now=now) as store:
        answers = [decision.answer for decision in current_pair_decisions(store)]
    found = still_to_find(pairs, answers.count(Settled.SAME), len(answers)).sentence()
    return f"{found}\nNext: reviewkit dedupe review --doubts asks them too.".lstrip()


def outcome_words(pair: Pair) -> str:
    """Return "joined", "left open" or "kept apart", and the relation if there is one."""
    words = {
        PairOutcome.SAME: "joined",
        PairOutcome.ASK: "left open for a person",
        PairOutcome.DIFFERENT: "kept apart",
    }
    if not pair.relation:
        return words[pair.outcome]
    return f"{words[pair.outcome]} ({pair.relation.replace('_', ' ')})"
