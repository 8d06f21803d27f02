"""A review that is kept up to date over a PubMed in small that changes, on days of the test's
choosing.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from reviewkit.http import Clock, Patience, Transport
from reviewkit.model.records import Record, Stage, Verdict
from reviewkit.sources.services import services_from
from reviewkit.store import Store
from reviewkit.store.decisions import add_decisions, states
from reviewkit.store.protocols import add_protocol
from reviewkit.store.record_rows import record_of_content
from reviewkit.workflow.project import ReviewProject, open_project
from reviewkit.workflow.searching.search import NetworkUse, Searcher
from reviewkit.workflow.updates.update import update
from reviewkit.workflow.updates.update_models import UpdateOptions, UpdateResult
from tests.helpers.stores import decision_of
from tests.servers.eutils_corpus import Corpus, Entry, read_entry
from tests.servers.eutils_server import EutilsServer

START = datetime.datetime(2026, 1, 5, 6, tzinfo=datetime.UTC)
WEEK = datetime.timedelta(days=7)
PROTOCOL = """
format = 1
[review]
id = "guts"
title = "Guts and nerves"
[[sources]]
id = "pubmed"
name = "PubMed"
role = "database"
[[strategies]]
id = "words"
label = "the word invented in titles"
origin = "published"
queries = { pubmed = "invented[ti]" }
[[criteria]]
id = "language"
kind = "inclusion"
wording = "in English"
check = { by = "language", languages = ["eng"] }
[[criteria]]
id = "theme"
kind = "exclusion"
wording = "not on guts"
check = { by = "person" }
[living]
every = "week"
"""


def work(
    pmid: int,
    title: str = "",
    *,
    day: str = "2025/06/01",
    language: str = "eng",
    doi: str = "",
    more: Iterable[str] = (),
) -> Entry:
    """An invented work that the review's query finds by its title."""
    lines = [
        f"PMID- {pmid}",
        f"DP  - {day[:4]}",
        f"TI  - {title or f'Invented study {pmid * 7919 % 100003} of {_words(pmid)}.'}",
        f"FAU - {_NAMES[pmid % 23]}, {chr(65 + pmid % 26)}",
        f"LA  - {language}",
        "PT  - Journal Article",
        *more,
        f"CRDT- {day} 06:00",
        *([f"AID - {doi} [doi]"] if doi else []),
        f"SO  - J Invented. {day[:4]}.",
    ]
    return read_entry("\n".join(lines))


_NAMES = tuple(
    f"{one}{two}"
    for one in ("Al", "Be", "Cu", "Do")
    for two in ("mar", "nes", "ral", "sik", "tov", "wen")
)
_THINGS = (
    "guts",
    "nerves",
    "mice",
    "diets",
    "microbes",
    "neurons",
    "sleep",
    "salt",
    "sugar",
    "fibre",
    "toxins",
)


def _words(number: int) -> str:
    parts = [_THINGS[number // step % len(_THINGS)] for step in (1, 11, 121, 1331)]
    return f"{parts[0]} and {parts[1]} in {parts[2]} with {parts[3]}"


@dataclass
class LivingReview:
    """A review on disk and the service it searches. `at` is what time it is; it moves only where a
    test moves it.
    """

    project: ReviewProject
    server: EutilsServer
    at: datetime.datetime = START
    said: list[str] = field(default_factory=list)
    url: str = ""
    """Where the service is reached, if not at the server itself: a proxy that spoils answers."""

    def searcher(self, *, patience: Patience | None = None) -> Searcher:
        slept: list[float] = []
        clock = Clock(
            now=lambda: self.at, elapsed=lambda: sum(slept), sleep=slept.append, jitter=lambda: 1.0
        )
        services = services_from(
            {
                "REVIEWKIT_EUTILS_URL": self.url or self.server.url,
                "REVIEWKIT_EUTILS_RATE": "unlimited",
            }
        )
        transport = Transport(
            services, clock=clock, patience=patience or Patience(read_seconds=5.0)
        )
        return Searcher(
            network_use=NetworkUse.ALWAYS,
            transport=transport,
            started_at=self.at,
            say=self.said.append,
            progress=lambda label, done, total: None,
        )

    def update(
        self, asked: UpdateOptions | None = None, *, days: float = 7, dry_run: bool = False
    ) -> UpdateResult:
        """An update, after which so many days pass."""
        searcher = self.searcher()
        try:
            found = update(self.project, searcher, asked or UpdateOptions(), dry_run=dry_run)
        finally:
            if searcher.transport:
                searcher.transport.close()
        assert found is not None
        self.at += datetime.timedelta(days=days)
        return found

    def decide(
        self,
        record: str,
        verdict: Verdict,
        *,
        stage: Stage = Stage.TITLE_ABSTRACT,
        who: str = "ana",
    ) -> None:
        reason = "not on guts" if verdict is Verdict.EXCLUDE else None
        at = self.at.isoformat()
        decision = decision_of(record, verdict, stage, who=who, reason=reason, at=at)
        with self.store() as store, store.transaction():
            sha256 = self.project.protocol_sha256
            add_protocol(store, sha256, review="guts", toml=self.project.protocol_text)
            add_decisions(store, [decision], protocol=sha256)

    def include(self, record: str) -> None:
        for stage in Stage:
            self.decide(record, Verdict.INCLUDE, stage=stage)

    def store(self) -> Store:
        return Store(self.project.database, now=self.at)

    def states(self) -> dict[str, str]:
        with self.store() as store:
            return {state.record: state.state for state in states(store)}


def make_living(folder: Path, server: EutilsServer, protocol: str = PROTOCOL) -> LivingReview:
    (folder / "protocols").mkdir(parents=True, exist_ok=True)
    path = folder / "protocols" / "guts.toml"
    path.write_text(protocol, encoding="utf-8")
    return LivingReview(project=open_project(path), server=server)


def corpus_of(count: int, *, first: int = 1000) -> Corpus:
    return Corpus(work(first + number) for number in range(count))


def gone_from(store: Store, source: str, family: str) -> dict[str, str | None]:
    """By identifier, the records that earlier runs listed and the newest whole one does not, as the
    view has them.
    """
    sql = (
        "SELECT identifier, record FROM gone_records "
        "WHERE source = ? AND family = ? ORDER BY identifier"
    )
    return dict(store.rows(sql, [source, family]))


def versions_of(store: Store, record: str) -> list[Record]:
    """What a record was before each of its changes, oldest first."""
    rows = store.rows(
        "SELECT content FROM record_versions WHERE record = ? ORDER BY version", [record]
    )
    return [record_of_content(content) for (content,) in rows]
