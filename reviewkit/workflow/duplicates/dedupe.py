"""`dedupe`: duplicates of a review linked in its database, explained and undone."""

import datetime
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from reviewkit.dedupe import Duplicates, Pair, PairOutcome, Settled, SettledPair
from reviewkit.dedupe.explain import Explanation, explain
from reviewkit.model.errors import UsageError
from reviewkit.model.progress import Progress, silent
from reviewkit.model.records import Record
from reviewkit.model.text import plural
from reviewkit.store import Store, write_lock
from reviewkit.store.decisions import steps_taken
from reviewkit.store.duplicates import stored_leads
from reviewkit.store.pairs import (
    ListedPair,
    PairDecision,
    add_pair_decision,
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
from reviewkit.workflow.open_review import check_reviewer, refuse_published
from reviewkit.workflow.project import ReviewProject


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What linking found, in records; `remaining` also by source, `compared` in new pairs, `changes` in rows.

    `set_aside` names the records that the team has spoken on and another copy leads, with that copy.
    """

    records: int
    duplicates: int
    questions: int
    related: int
    remaining: Mapping[str, int]
    compared: int
    changes: int
    overruled: tuple[SettledPair, ...]
    against: tuple[SettledPair, ...]
    set_aside: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "records": self.records,
            "duplicates": self.duplicates,
            "waiting_for_a_person": self.questions,
            "related": self.related,
            "remaining": sum(self.remaining.values()),
            "remaining_by_source": dict(self.remaining),
            "people_against_rules": [_told(pair) for pair in self.overruled],
            "people_against_people": [_told(pair) for pair in self.against],
            "decided_copies": [
                {"record": record, "lead": lead} for record, lead in self.set_aside.items()
            ],
            "new_pairs_compared": self.compared,
            "rows_changed": self.changes,
        }

    def sentences(self) -> list[str]:
        """The same for a person."""
        left = sum(self.remaining.values())
        lines = [
            f"{self.records} records: {plural(self.duplicates, 'certain duplicate')} linked, {left} remain. "
            f"New pairs compared: {self.compared}.",
            *(f"  {source}: {n} remain" for source, n in self.remaining.items()),
        ]
        if self.related:
            lines.append(
                f"{self.related} records are related to others (preprints, errata, abstracts) and kept apart."
            )
        if self.questions:
            waits = plural(self.questions, "pair waits", "pairs wait")
            lines.append(f"{waits} for a person: reviewkit dedupe review")
        lines += [
            f"As a person said, against the rules: {pair.record_a} and {pair.record_b} are {_ARE[pair.answer]}."
            for pair in self.overruled
        ]
        lines += [
            f"Left apart, because other answers contradict it: {pair.record_a} and {pair.record_b} were said to be "
            f"{_ARE[pair.answer]}. See reviewkit dedupe explain {pair.record_a} {pair.record_b}"
            for pair in self.against
        ]
        lines += [
            f"{record} was screened, and is a copy of {lead}: what was said of the latter counts, the rest is kept."
            for record, lead in self.set_aside.items()
        ]
        return lines


_ARE = {
    Settled.SAME: "the same",
    Settled.DIFFERENT: "different",
    Settled.RELATED: "two works that are related",
}


def _told(pair: SettledPair) -> dict[str, str]:
    return {"record_a": pair.record_a, "record_b": pair.record_b, "answer": pair.answer}


def run_dedupe(
    project: ReviewProject, *, dry_run: bool, now: datetime.datetime, progress: Progress = silent
) -> Summary:
    """Link the duplicates of a review; with `dry_run` only find them. Raises UsageError without a database."""
    need_database(project)
    with write_lock(project.database), Store(project.database, now=now) as store:
        found = find_in_flow(store, project.protocol, progress=progress)
        before = store.changes
        if not dry_run:
            with store.transaction():
                store_duplicates(store, project.protocol, found)
        return _summary(sources_in_flow(store), found, steps_taken(store), store.changes - before)


def need_database(project: ReviewProject) -> None:
    """Raises UsageError where a review has no database yet."""
    if not project.database.exists():
        hint = "run `reviewkit search` or `reviewkit import` first"
        raise UsageError("there is no database yet", where=str(project.database), hint=hint)


def _summary(
    source_of: Mapping[str, str], found: Duplicates, spoken_on: Container[str], changes: int
) -> Summary:
    remaining = remaining_by_source(source_of, found)
    return Summary(
        records=len(source_of),
        duplicates=len(source_of) - sum(remaining.values()),
        questions=len(found.questions),
        related=len({link.record for link in found.relations}),
        remaining=remaining,
        compared=found.newly_compared,
        changes=changes,
        overruled=found.overruled,
        against=found.against,
        set_aside={
            member: cluster.lead
            for cluster in found.clusters
            for member in sorted(cluster.members)
            if member != cluster.lead and member in spoken_on
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedPair:
    """Why the rules say what they say of two records, and what people said of them, the oldest first."""

    explanation: Explanation
    history: tuple[PairDecision, ...]


def explain_pair(
    project: ReviewProject, one: str, two: str, *, now: datetime.datetime
) -> ExplainedPair:
    """Why two records of a review are joined, kept apart or left open. Raises UsageError for unknown records."""
    need_database(project)
    with Store(project.database, now=now) as store:
        records = _two_records(store, one, two)
        history = tuple(pair_history(store, *sorted((one, two))))
    return ExplainedPair(
        explanation=explain(*records, settings=settings_of(project.protocol)), history=history
    )


def _two_records(store: Store, one: str, two: str) -> tuple[Record, Record]:
    if one == two:
        raise UsageError(
            "a record is compared with another one, not with itself", hint="name two records"
        )
    by_key = {record.key: record for record in records_in_flow(store)}
    unknown = [key for key in (one, two) if key not in by_key]
    if unknown:
        hint = "records are called as in `reviewkit dedupe list`, for example pubmed:36674517"
        raise UsageError(f"no record called {', '.join(unknown)}", where=str(store.path), hint=hint)
    return by_key[one], by_key[two]


def undo_pair(
    project: ReviewProject, one: str, two: str, reviewer: str, *, now: datetime.datetime
) -> str:
    """Take back what joined or settled two records, and link anew; a sentence on what was done.

    A person's answer is withdrawn; two records that a rule joined are answered "different". Both are appended.
    Raises UsageError where nothing joins or settles them.
    """
    need_database(project)
    name = check_reviewer(project, reviewer)
    first, second = sorted((one, two))
    with write_lock(project.database), Store(project.database, now=now) as store:
        _two_records(store, one, two)
        refuse_published(store, name)
        history = pair_history(store, first, second)
        leads = stored_leads(store)
        if history and history[-1].answer is not None:
            answer, said = None, f"The answer of {history[-1].reviewer} is taken back."
        elif leads.get(first, first) == leads.get(second, second):
            answer, said = (
                Settled.DIFFERENT,
                f"Kept apart from now on: {name} says that they are two works.",
            )
        else:
            raise UsageError(
                f"nothing joins or settles {first} and {second}",
                hint="see `reviewkit dedupe explain`",
            )
        decision = PairDecision(
            record_a=first,
            record_b=second,
            answer=answer,
            relation=None,
            reviewer=name,
            decided_at=timestamp(now),
        )
        with store.transaction():
            add_pair_decision(store, decision, protocol=project.protocol_sha256)
            link_duplicates(store, project.protocol)
    return said


def list_pairs(project: ReviewProject, *, now: datetime.datetime) -> list[ListedPair]:
    """Every stored pair, with the titles: joined ones, open questions, and those that a rule keeps apart."""
    need_database(project)
    with Store(project.database, now=now) as store:
        return listed_pairs(store)


def outcome_words(pair: Pair) -> str:
    """ "joined", "left open" or "kept apart", with the relation where there is one."""
    told = {
        PairOutcome.SAME: "joined",
        PairOutcome.ASK: "left open for a person",
        PairOutcome.DIFFERENT: "kept apart",
    }
    relation = f" ({pair.relation.replace('_', ' ')})" if pair.relation else ""
    return told[pair.outcome] + relation
