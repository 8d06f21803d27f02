"""Stores with some records and runs, for tests."""

import datetime
import json
import sqlite3
from contextlib import closing
from pathlib import Path

from reviewkit.dedupe.pairs import Cluster, Duplicates
from reviewkit.model.records import (
    Decision,
    PageRef,
    Record,
    Relation,
    RelationKind,
    Role,
    RunStatus,
    SearchRun,
    Stage,
    Verdict,
)
from reviewkit.store import Store
from reviewkit.store.decisions import add_decisions
from reviewkit.store.pairs import set_duplicates
from reviewkit.store.protocols import add_protocol
from reviewkit.store.runs import add_run

NOW = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)


FULL = Record(
    source="pubmed",
    source_id="1",
    title="Gut “and” nerve, 肠道",
    authors=("Silva, A", "Souza, B"),
    collective_authors=("A Group",),
    issns=("1234-5678",),
    year=2024,
    published="2024-10",
    doi="10.1000/x",
    pmid="1",
    languages=("eng", "por"),
    abstract="Of guts.",
    headings=("Dysbiosis*",),
    keywords=("gut",),
    types=("Review",),
    links=("https://example.org",),
    relations=(Relation(kind=RelationKind.HAS_ERRATUM, target="pmid:2"),),
    other={"STAT": ("MEDLINE",), "JT": ("a", "b")},
)


def search_run(
    *identifiers: str, at: str = "2026-01-01T00:00:00Z", role: Role = Role.DATABASE
) -> SearchRun:
    return SearchRun(
        source="pubmed",
        role=role,
        strategy="s",
        query="q",
        searched_at=at,
        status=RunStatus.COMPLETE,
        count=len(identifiers),
        received=len(identifiers),
        identifiers=identifiers,
        missing=(),
        warnings=("careful",),
        pages=(PageRef(request="GET x", sha256="ab", retrieved_at=at),),
    )


def titled_records(*names: str) -> list[Record]:
    return [Record(source="pubmed", source_id=name, title=f"Title {name}") for name in names]


def filled_store(path: Path) -> Store:
    store = Store(path, now=NOW)
    with store.transaction():
        add_protocol(store, "p", review="r", toml="")
        add_run(
            store,
            search_run("1", "2", "3"),
            [FULL, *titled_records("2", "3")],
            protocol="p",
            counts_in_flow=True,
        )
    return store


def decision_of(
    record: str,
    verdict: Verdict,
    stage: Stage = Stage.TITLE_ABSTRACT,
    *,
    who: str = "ana",
    reason: str | None = None,
    at: str = "2026",
) -> Decision:
    return Decision(
        record=record,
        stage=stage,
        reviewer=who,
        verdict=verdict,
        reason=reason,
        note=None,
        decided_at=at,
    )


def store_decision(
    store: Store,
    record: str,
    verdict: Verdict,
    stage: Stage = Stage.TITLE_ABSTRACT,
    who: str = "ana",
) -> None:
    reason = "off theme" if verdict is Verdict.EXCLUDE else None
    decision = decision_of(record, verdict, stage, who=who, reason=reason)
    with store.transaction():
        add_decisions(store, [decision], protocol="p")


def set_leads(store: Store, leads: dict[str, str]) -> None:
    with store.transaction():
        clusters = tuple(Cluster(lead=lead, members=(lead, copy)) for copy, lead in leads.items())
        set_duplicates(store, Duplicates(pairs=(), clusters=clusters, relations=()))


def take_newest_step_back(database: Path) -> None:
    """Take the newest migration back, as if an earlier version had written the file."""
    tables = ("event_chain", "event_chain_head", "record_hashes", "run_hashes", "derived_under")
    with closing(sqlite3.connect(database)) as connection, connection:
        for table in tables:
            connection.execute(f"DROP TABLE {table}")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm013_hashes'")


def without_chain(text: str) -> list[str]:
    """The lines of an export; the chain is the order of arrival, and each machine's own."""
    header, *events = text.splitlines()
    rest = {name: value for name, value in json.loads(header).items() if name != "chain"}
    return [json.dumps(rest), *events]
