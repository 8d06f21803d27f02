"""A small review on disk, ready to be screened: its own protocol and made-up records."""

import datetime
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from reviewkit.model.records import Record, Role, RunStatus, SearchRun, Stage
from reviewkit.screening.models import Order
from reviewkit.store import Store
from reviewkit.store.checks import set_checks
from reviewkit.store.protocols import add_protocol
from reviewkit.store.runs import add_run
from reviewkit.workflow.project import ReviewProject, open_project
from reviewkit.workflow.session.open_screening import SessionOptions, open_session
from reviewkit.workflow.session.screening import ScreeningSession

NOW = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)
PROTOCOL = """
format = 1
[review]
id = "guts"
title = "Guts and nerves"
reviewer = "the published review"
[[sources]]
id = "pubmed"
name = "PubMed"
role = "database"
[[descriptors]]
id = "gut"
term = "Gut"
[[criteria]]
id = "theme"
kind = "inclusion"
wording = "on guts"
check = { by = "person" }
[[criteria]]
id = "off_theme"
kind = "exclusion"
wording = "not on guts"
check = { by = "person" }
[[criteria]]
id = "animals"
kind = "exclusion"
wording = "in animals only"
check = { by = "person" }
"""


def ticking(
    start: datetime.datetime = NOW, seconds: float = 10.0
) -> Callable[[], datetime.datetime]:
    """A clock that goes on by so many seconds each time it is read."""
    moments: Iterator[datetime.datetime] = (
        start + datetime.timedelta(seconds=seconds * i) for i in range(1_000_000)
    )
    return lambda: next(moments)


def make_records(count: int, first: int = 0) -> list[Record]:
    return [
        Record(
            source="pubmed",
            source_id=f"{i:05}",
            title=f"Title {i} on the gut" if i % 2 else f"Title {i} on mice",
            abstract=f"Of guts, microbiomes and nerves, number {i}." if i % 3 else None,
            authors=("Silva, A",),
            year=2000 + i % 25,
            doi=f"10.1000/{i}",
            keywords=("gut", "nerve"),
        )
        for i in range(first, first + count)
    ]


def run_of(
    records: Sequence[Record], *, at: str = "2026-01-01", role: Role = Role.DATABASE
) -> SearchRun:
    return SearchRun(
        source="pubmed",
        role=role,
        strategy="s",
        query="q",
        searched_at=at,
        status=RunStatus.COMPLETE,
        count=len(records),
        received=len(records),
        identifiers=tuple(record.source_id for record in records),
    )


def make_review(
    folder: Path,
    *,
    count: int = 12,
    screening: str = "",
    records: Sequence[Record] | None = None,
) -> ReviewProject:
    """A review of `count` records, or of these; `screening` is the protocol's [screening] table."""
    (folder / "protocols").mkdir(parents=True, exist_ok=True)
    path = folder / "protocols" / "guts.toml"
    path.write_text(PROTOCOL + screening, encoding="utf-8")
    project = open_project(path)
    with Store(project.database, now=NOW) as store, store.transaction():
        add_protocol(store, project.protocol_sha256, review="guts", toml=project.protocol_text)
        records = make_records(count) if records is None else records
        add_run(
            store,
            run_of(records),
            list(records),
            protocol=project.protocol_sha256,
            counts_in_flow=True,
        )
        set_checks(store, project.protocol, [])
    return project


def session_of(
    project: ReviewProject,
    reviewer: str = "ana",
    *,
    stage: Stage = Stage.TITLE_ABSTRACT,
    order: Order = Order.ID,
    blind: bool | None = None,
    clock: Callable[[], datetime.datetime] | None = None,
) -> ScreeningSession:
    options = SessionOptions(stage=stage, order=order, blind=blind)
    return open_session(project, reviewer=reviewer, options=options, clock=clock or ticking())


def wait_until_ranked(session: ScreeningSession) -> None:
    """Skip from record to record until they come ranked."""
    for _ in range(600):
        if session.order_words == "ranked order":
            return
        time.sleep(0.05)
        session.skip()
    raise AssertionError(session.order_words)


TWO = "[screening]\nreviewers = { title_abstract = 2, full_text = 2 }\n"
