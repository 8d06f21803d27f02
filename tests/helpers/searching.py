"""A whole search of the local server, or of the cache alone, and what it brought."""

import dataclasses
from pathlib import Path

from reviewkit.cache import Opening
from reviewkit.http import Patience
from reviewkit.model.records import Record, SearchRun
from reviewkit.query.compile import CompiledQuery
from reviewkit.sources import eutils, pubmed
from reviewkit.sources.page_source import Progress
from reviewkit.sources.pubmed_listing import PubmedSettings
from reviewkit.sources.pubmed_records import records
from tests.helpers.retrieval import Sleeper, open_run, transport_to
from tests.servers.eutils_server import EutilsServer

EVERYTHING = (
    "journal article[pt] OR review[pt] OR comment[pt] OR published erratum[pt] "
    "OR retraction of publication[pt]"
)


@dataclasses.dataclass(frozen=True)
class Done:
    """A search and what it brought."""

    run: SearchRun
    records: tuple[Record, ...]


def search(
    server: EutilsServer | None,
    root: Path,
    query: str = EVERYTHING,
    *,
    opening: Opening = Opening.LATEST,
    patience: Patience | None = None,
    sleeper: Sleeper | None = None,
    fetch: bool = True,
    acknowledged: tuple[str, ...] = (),
    cap: int = eutils.CAP,
    batch: int = 4,
    progress: Progress | None = None,
) -> Done:
    """A whole search; offline without a server."""
    transport = transport_to(server.url, patience=patience, sleeper=sleeper) if server else None
    try:
        with open_run(root, query, transport, opening=opening) as pages:
            run = pubmed.search(
                pages,
                CompiledQuery(source="pubmed", strategy="test", text=query),
                fetch=fetch,
                progress=progress,
                settings=PubmedSettings(acknowledged=acknowledged, cap=cap, batch=batch),
            )
            return Done(run, tuple(records(run, pages)))
    finally:
        if transport:
            transport.close()
