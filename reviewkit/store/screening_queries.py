"""What a screening session reads: its candidates, what stands on them, and one record with all that is said of it."""

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reviewkit.model.records import Answer, Check, Decision, Record, Stage, Verdict
from reviewkit.prisma.partition import Selection, State
from reviewkit.screening.models import Hit, Retrieval, RetrievalOutcome, Term, TermKind
from reviewkit.screening.queue import Candidate
from reviewkit.store.database import Store, marks

Spoken = tuple[Decision, bool]
_DECISION = "record, stage, reviewer, verdict, reason, note, decided_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands on one record at one stage: each reviewer's verdict, and whether a conflict on it was settled."""

    record: str
    decided: Mapping[str, Verdict]
    settled: bool


def candidates(store: Store, stage: Stage, *, dated: bool) -> tuple[Candidate, ...]:
    """The records that a stage is about, by the team's own selection; `dated` where their order asks for it.

    Records of other methods (citations, websites) have no screening of title and abstract, as in PRISMA 2020.
    """
    rows = (
        store.tuples(_TO_SCREEN)
        if stage is Stage.TITLE_ABSTRACT
        else store.tuples(_TO_ASSESS, _ASSESSED)
    )
    # The dates stand beside the abstracts, and reading those of 100,000 records takes as long as all the rest.
    dates = dict(store.tuples(f"SELECT record, {_DATE} FROM records")) if dated else {}
    return tuple(
        Candidate(record=record, source=source, date=dates.get(record, ""))
        for record, source in rows
    )


_DATE = "coalesce(published, CAST(year AS TEXT), created, '')"
# The same records as `selection_states` has at this stage; the view takes a second for 100,000 of them.
_TO_SCREEN = """
SELECT record, source FROM flow_records
WHERE role IN ('database', 'register', 'stand_in')
  AND record NOT IN (SELECT record FROM duplicates)
  AND (record NOT IN (SELECT record FROM first_removals)
    OR record IN (SELECT record FROM current_decisions WHERE selection = 'team'))
"""
_ASSESSED = (State.AWAITING_ASSESSMENT, State.NOT_RETRIEVED, State.REPORT_EXCLUDED, State.INCLUDED)
_TO_ASSESS = f"""
SELECT record, source FROM selection_states WHERE selection = 'team' AND state IN ({marks(len(_ASSESSED))})
"""


def records_after_screening_began(store: Store) -> frozenset[str]:
    """The records that came after screening began: by an update, or by a search after the team's first decision."""
    late = (
        "SELECT run FROM flow_runs WHERE searched_at > coalesce((SELECT min(decided_at) FROM decisions WHERE "
        "stage = 'title_abstract' AND reviewer NOT IN (SELECT reviewer FROM published_reviewers)), '9999')"
    )
    rows = store.tuples(
        f"SELECT record FROM later_records UNION SELECT record FROM run_records WHERE run IN ({late}) "
        f"AND record NOT IN (SELECT record FROM run_records JOIN flow_runs USING (run) "
        f"WHERE run NOT IN ({late}) AND record IS NOT NULL)"
    )
    return frozenset(record for (record,) in rows)


def stopped_records(store: Store) -> frozenset[str]:
    """The records that the standing stop leaves unscreened."""
    rows = store.rows(
        "SELECT record FROM stopped_records WHERE stop_sha256 = (SELECT sha256 FROM current_stop)"
    )
    return frozenset(row["record"] for row in rows)


def assigned(store: Store, stage: Stage) -> dict[str, frozenset[str]]:
    """Who is to screen each assigned record."""
    found: dict[str, set[str]] = {}
    for row in store.rows(
        "SELECT record, reviewer FROM current_assignments WHERE stage = ?", [stage]
    ):
        found.setdefault(row["record"], set()).add(row["reviewer"])
    return {record: frozenset(names) for record, names in found.items()}


def decided(store: Store, stage: Stage) -> dict[str, dict[str, Verdict]]:
    """What the team's reviewers say, of every record that any of them has decided on at a stage."""
    found: dict[str, dict[str, Verdict]] = {}
    # In the order in which they stand in each other's place: the last one stands, as in `current_decisions`.
    rows = store.tuples(
        "SELECT record, reviewer, verdict FROM decisions WHERE stage = ? "
        "AND reviewer NOT IN (SELECT reviewer FROM published_reviewers) ORDER BY step, decided_at, decision_sha256",
        [stage],
    )
    verdicts = {str(verdict): verdict for verdict in Verdict}
    for record, reviewer, verdict in rows:
        said = found.setdefault(record, {})
        if verdict == Verdict.WITHDRAWN:
            said.pop(reviewer, None)
        else:
            said[reviewer] = verdicts[verdict]
    return found


def settled(store: Store, stage: Stage) -> frozenset[str]:
    """The records of a stage on which somebody has settled a conflict."""
    rows = store.tuples("SELECT record FROM current_resolutions WHERE stage = ?", [stage])
    return frozenset(record for (record,) in rows)


def standing(store: Store, stage: Stage, record: str) -> Standing:
    """What stands on one record."""
    rows = store.tuples(
        "SELECT reviewer, verdict FROM current_decisions WHERE record = ? AND stage = ? AND selection = 'team'",
        [record, stage],
    )
    said = {reviewer: Verdict(verdict) for reviewer, verdict in rows}
    is_settled = store.tuples(
        "SELECT 1 FROM current_resolutions WHERE record = ? AND stage = ?", [record, stage]
    )
    return Standing(record=record, decided=said, settled=bool(is_settled))


def latest_event(store: Store) -> tuple[int, int]:
    """The last decision and the last resolution by row: what came after can be asked for."""
    row = store.rows(
        "SELECT (SELECT coalesce(max(decision), 0) FROM decisions) AS decision, "
        "(SELECT coalesce(max(resolution), 0) FROM resolutions) AS resolution"
    )[0]
    return row["decision"], row["resolution"]


def records_touched_since(store: Store, stage: Stage, seen: tuple[int, int]) -> list[str]:
    """The records that got a decision or a resolution at this stage after `latest_event` gave `seen`."""
    rows = store.rows(
        "SELECT record FROM decisions WHERE decision > ? AND stage = ? "
        "UNION SELECT record FROM resolutions WHERE resolution > ? AND stage = ?",
        [seen[0], stage, seen[1], stage],
    )
    return [row["record"] for row in rows]


def decisions_on(store: Store, record: str) -> list[Spoken]:
    """Every reviewer's standing decisions on a record, both stages; with each whether it is the published review's."""
    rows = store.rows(
        f"SELECT {_DECISION}, selection FROM current_decisions WHERE record = ? ORDER BY reviewer",
        [record],
    )
    return [(decision_of(row), row["selection"] == Selection.PUBLISHED) for row in rows]


def history_of(
    store: Store, reviewer: str, stage: Stage, *, record: str | None = None, limit: int = -1
) -> list[Decision]:
    """A reviewer's decisions at a stage, the newest first, taken back ones too; of one record where it is named."""
    where, values = (" AND record = ?", [record]) if record else ("", [])
    order = "step DESC" if record else "decided_at DESC, decision DESC"
    rows = store.rows(
        f"SELECT {_DECISION} FROM decisions WHERE reviewer = ? AND stage = ?{where} ORDER BY {order} LIMIT ?",
        [reviewer, stage, *values, limit],
    )
    return [decision_of(row) for row in rows]


def recent_times(store: Store, reviewer: str, stage: Stage, limit: int) -> list[datetime.datetime]:
    """When a reviewer's latest decisions were made, the oldest first."""
    rows = store.rows(
        "SELECT decided_at FROM decisions WHERE reviewer = ? AND stage = ? ORDER BY decided_at DESC LIMIT ?",
        [reviewer, stage, limit],
    )
    return [datetime.datetime.fromisoformat(row["decided_at"]) for row in reversed(rows)]


def last_to_undo(store: Store, reviewer: str, stage: Stage) -> tuple[str, Decision] | None:
    """A reviewer's latest decision that neither takes one back nor was taken back, with its SHA-256."""
    rows = store.rows(
        f"SELECT decision_sha256 AS sha256, {_DECISION} FROM decisions WHERE reviewer = ? AND stage = ? "
        "AND undoes IS NULL AND NOT EXISTS (SELECT 1 FROM decisions AS later "
        "WHERE later.undoes = decisions.decision_sha256) ORDER BY decided_at DESC, decision DESC LIMIT 1",
        [reviewer, stage],
    )
    return (rows[0]["sha256"], decision_of(rows[0])) if rows else None


def before(store: Store, sha256: str) -> Decision | None:
    """What stood in a decision's place before it: the same reviewer's, on the same record and stage."""
    names = ", ".join(f"earlier.{name.strip()}" for name in _DECISION.split(","))
    rows = store.rows(
        f"SELECT {names} FROM decisions JOIN decisions AS earlier USING (record, stage, reviewer) "
        "WHERE decisions.decision_sha256 = ? AND earlier.step < decisions.step "
        "ORDER BY earlier.step DESC, earlier.decided_at DESC, earlier.decision_sha256 DESC LIMIT 1",
        [sha256],
    )
    return decision_of(rows[0]) if rows else None


def decision_of(row: Mapping[str, Any]) -> Decision:
    return Decision(
        record=row["record"],
        stage=Stage(row["stage"]),
        reviewer=row["reviewer"],
        verdict=Verdict(row["verdict"]),
        reason=row["reason"],
        note=row["note"],
        decided_at=row["decided_at"],
    )


def checks_of(store: Store, record: str) -> dict[str, Check]:
    """What the machine found on a record, by criterion."""
    rows = store.rows(
        "SELECT record, criterion, answer, evidence FROM checks WHERE record = ?", [record]
    )
    return {row["criterion"]: Check(**{**row, "answer": Answer(row["answer"])}) for row in rows}


def copies_of(store: Store, record: str) -> tuple[str, ...]:
    rows = store.rows("SELECT record FROM duplicates WHERE lead = ? ORDER BY record", [record])
    return tuple(row["record"] for row in rows)


def note_of(store: Store, record: str, reviewer: str) -> str | None:
    rows = store.rows(
        "SELECT text FROM current_notes WHERE record = ? AND reviewer = ?", [record, reviewer]
    )
    return rows[0]["text"] if rows else None


def tags_of(store: Store, record: str, reviewer: str) -> tuple[str, ...]:
    rows = store.rows(
        "SELECT tag FROM current_tags WHERE record = ? AND reviewer = ? ORDER BY tag",
        [record, reviewer],
    )
    return tuple(row["tag"] for row in rows)


def used_tags(store: Store, reviewer: str) -> tuple[str, ...]:
    rows = store.rows(
        "SELECT DISTINCT tag FROM current_tags WHERE reviewer = ? ORDER BY tag", [reviewer]
    )
    return tuple(row["tag"] for row in rows)


def retrieval_of(store: Store, record: str) -> Retrieval | None:
    rows = store.rows(
        "SELECT record, reviewer, outcome, detail, told_at AS at FROM current_retrievals WHERE record = ?",
        [record],
    )
    return (
        Retrieval(**{**rows[0], "outcome": RetrievalOutcome(rows[0]["outcome"])}) if rows else None
    )


def terms_of(store: Store, reviewer: str) -> tuple[Term, ...]:
    rows = store.rows(
        "SELECT text, kind, pattern FROM reviewer_terms WHERE reviewer = ? ORDER BY rowid",
        [reviewer],
    )
    return tuple(
        Term(text=row["text"], kind=TermKind(row["kind"]), pattern=bool(row["pattern"]))
        for row in rows
    )


def add_term(store: Store, reviewer: str, term: Term) -> None:
    values = (reviewer, term.text, term.kind, int(term.pattern))
    store.write("INSERT OR REPLACE INTO reviewer_terms VALUES (?, ?, ?, ?)", [values])


def remove_term(store: Store, reviewer: str, text: str) -> None:
    store.write("DELETE FROM reviewer_terms WHERE reviewer = ? AND text = ?", [(reviewer, text)])


def search(store: Store, words: str, limit: int = -1) -> list[str]:
    """Records whose title or abstract has all of the words (each also as a beginning), the best match first.

    A copy is found as the record that it is decided with; here and in the two below.
    """
    query = _words_query(words)
    if not query:
        return []
    rows = store.rows(
        "SELECT coalesce(lead, records.record) AS record FROM records_fts "
        "JOIN records ON records.rowid = records_fts.rowid LEFT JOIN duplicates USING (record) "
        "WHERE records_fts MATCH ? GROUP BY 1 ORDER BY min(records_fts.rank) LIMIT ?",
        [query, limit],
    )
    return [row["record"] for row in rows]


def named(store: Store, text: str) -> list[str]:
    """Records whose key, PMID, DOI or identifier in their source this is."""
    name = text.strip()
    if " " in name or not any(character.isdigit() for character in name):
        return []
    doi = name.lower().removeprefix("https://doi.org/").removeprefix("doi:").strip()
    rows = store.rows(
        "SELECT DISTINCT coalesce(lead, record) AS record FROM records LEFT JOIN duplicates USING (record) "
        "WHERE record = ? OR source_id = ? OR pmid = ? OR lower(doi) = ? ORDER BY 1",
        [name, name, name, doi],
    )
    return [row["record"] for row in rows]


def matching(store: Store, words: str) -> frozenset[str]:
    """The records that `search` finds, all of them and in no order: ranking 100,000 takes a second."""
    query = _words_query(words)
    rows = store.tuples(
        "SELECT DISTINCT coalesce(lead, record) FROM records LEFT JOIN duplicates USING (record) "
        "WHERE records.rowid IN (SELECT rowid FROM records_fts WHERE records_fts MATCH ?)",
        [query],
    )
    return frozenset(record for (record,) in rows)


def _words_query(words: str) -> str:
    return " ".join('"' + word.replace('"', '""') + '"*' for word in words.split())


def select(
    store: Store,
    *,
    reviewer: str,
    tag: str,
    source: str,
    year_from: int | None,
    year_to: int | None,
) -> frozenset[str]:
    """The records that have a reviewer's tag, come from a source, and are of certain years; empty parts ask nothing."""
    rows = store.rows(
        "SELECT record FROM records WHERE (? = '' OR source = ?) AND (? IS NULL OR year >= ?) "
        "AND (? IS NULL OR year <= ?) AND (? = '' OR record IN "
        "(SELECT record FROM current_tags WHERE tag = ? AND reviewer = ?))",
        [source, source, year_from, year_from, year_to, year_to, tag, tag, reviewer],
    )
    return frozenset(row["record"] for row in rows)


def words_of(store: Store) -> Iterator[Record]:
    """Every record of the flow with the fields that ranking reads, and no others, one at a time."""
    rows = store.each(
        # A record without an abstract is known by that of a copy.
        "SELECT source, source_id, title, original_title, coalesce(abstract, (SELECT copy.abstract FROM duplicates "
        "JOIN records AS copy ON copy.record = duplicates.record WHERE duplicates.lead = records.record "
        "AND copy.abstract IS NOT NULL ORDER BY copy.record LIMIT 1)), keywords, headings FROM records "
        "WHERE record IN (SELECT record FROM flow_records) ORDER BY record"
    )
    for source, source_id, title, original, abstract, keywords, headings in rows:
        yield Record(
            source=source,
            source_id=source_id,
            title=title,
            original_title=original,
            abstract=abstract,
            keywords=tuple(json.loads(keywords)),
            headings=tuple(json.loads(headings)),
        )


def hits(store: Store, records: Iterable[str], own: Mapping[str, Verdict]) -> tuple[Hit, ...]:
    """One line per record, in the order given."""
    found = []
    for record in records:
        rows = store.rows(
            "SELECT coalesce(title, '') AS title, year FROM records WHERE record = ?", [record]
        )
        found += [
            Hit(record=record, title=row["title"], year=row["year"], verdict=own.get(record))
            for row in rows
        ]
    return tuple(found)
