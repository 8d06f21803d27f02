"""An update that has begun on a database without a network: the runs are stored by hand."""

import dataclasses
import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from reviewkit.model.records import Record, RunKind, SearchRun
from reviewkit.protocol.model import ProtocolSource
from reviewkit.store import Store, run_log, update_log
from reviewkit.store.protocols import add_protocol
from reviewkit.store.runs import add_run
from reviewkit.workflow.project import open_project
from reviewkit.workflow.searching.search import NetworkUse, Searcher
from reviewkit.workflow.updates.source_search import UpdateRun
from reviewkit.workflow.updates.update_models import UpdateOptions
from tests.helpers.living import PROTOCOL
from tests.helpers.screening_review import run_of


def searcher_at(at: datetime.datetime, said: list[str] | None = None) -> Searcher:
    """A searcher that reaches no service; what it says is added to `said`."""
    return Searcher(
        network_use=NetworkUse.NEVER,
        transport=None,
        started_at=at,
        say=(said if said is not None else []).append,
        progress=lambda label, done, total: None,
    )


class StoredUpdate:
    """A review's database, into which a test puts run after run, and the update that compares them.

    Days are of January 2026; a record is created on the first, unless said otherwise.
    """

    def __init__(self, folder: Path, protocol: str = PROTOCOL) -> None:
        path = folder / "guts.toml"
        path.write_text(protocol, encoding="utf-8")
        self.project = open_project(path)
        now = datetime.datetime(2026, 2, 1, tzinfo=datetime.UTC)
        self.store = Store(self.project.database, now=now)
        self.searcher = searcher_at(now)
        with self.store.transaction():
            add_protocol(self.store, self.project.protocol_sha256, review="guts", toml=protocol)

    @property
    def source(self) -> ProtocolSource:
        return self.project.protocol.sources[0]

    def run(
        self,
        day: int,
        names: str = "",
        *,
        records: Iterable[Record] = (),
        kind: RunKind = RunKind.OWN,
        in_flow: bool = True,
        **changed: Any,
    ) -> int:
        """Store a run of a day that lists records, named by letters or given; return its number."""
        listed = [*map(listed_record, names), *records]
        run = dataclasses.replace(
            run_of(listed, at=f"2026-01-{day:02}T00:00:00Z"),
            strategy="words" if kind is RunKind.OWN else f"words.{kind.value}",
            kind=kind,
            family="words",
        )
        run = dataclasses.replace(run, **changed)
        return self.add(run, listed, in_flow=in_flow)

    def add(self, run: SearchRun, records: Iterable[Record] = (), *, in_flow: bool = True) -> int:
        """Store a run; return its number."""
        with self.store.transaction():
            sha256 = self.project.protocol_sha256
            add_run(self.store, run, records, protocol=sha256, counts_in_flow=in_flow)
        return run_log.newest_run_number(self.store)

    def begin(
        self,
        options: UpdateOptions | None = None,
        *,
        interrupted: update_log.UpdateRow | None = None,
    ) -> UpdateRun:
        """Begin an update: the runs so far are those before it."""
        options = options or UpdateOptions()
        with self.store.transaction():
            row = update_log.begin_update(
                self.store,
                at="2026-01-20T00:00:00Z",
                protocol=self.project.protocol_sha256,
                options=options.as_json(),
                interrupted=interrupted,
            )
        strategy = self.project.protocol.primary
        assert strategy is not None
        return UpdateRun(
            store=self.store,
            project=self.project,
            searcher=self.searcher,
            strategy=strategy,
            options=options,
            row=row,
        )


def listed_record(name: str, *, created: str = "2026-01-01", title: str = "") -> Record:
    return Record(
        source="pubmed", source_id=name, title=title or f"Title {name}", created=created, year=2026
    )
