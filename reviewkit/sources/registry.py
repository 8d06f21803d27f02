"""Every source by its id. A further one is a module beside this one and an entry in SOURCES."""

import datetime
import re

from reviewkit.model.errors import UsageError
from reviewkit.model.messages import in_english
from reviewkit.model.records import Role
from reviewkit.protocol.model import Protocol, ProtocolSource, Strategy
from reviewkit.query.compile import CompiledQuery, compile_query
from reviewkit.query.dialects.base import Dialect
from reviewkit.query.dialects.languages import LANGUAGES
from reviewkit.query.lines import names_lines
from reviewkit.sources import (
    clinicaltrials,
    crossref,
    europepmc,
    exported,
    lilacs,
    openalex,
    pubmed,
    scopus,
    wos,
)
from reviewkit.sources.base import NetworkSearch, PmidFetcher, Source

SOURCES: dict[str, Source] = {
    source.id: source
    for source in (
        pubmed.SOURCE,
        lilacs.SOURCE,
        europepmc.SOURCE,
        clinicaltrials.SOURCE,
        openalex.SOURCE,
        crossref.SOURCE,
        scopus.SOURCE,
        wos.SOURCE,
        *exported.SOURCES,
    )
}


def find_network_search(source_id: str, *, by_portal: bool = False) -> NetworkSearch | None:
    """How the source is searched over the network; `None` where reviewkit cannot search it."""
    source = SOURCES.get(source_id)
    if source is None:
        return None
    return source.way_to_search(by_portal=by_portal)


def dialect_of(source_id: str) -> Dialect | None:
    """The query language of a source; `None` where reviewkit does not write it."""
    source = SOURCES.get(source_id)
    return source.dialect if source else None


def source_query(protocol: Protocol, strategy: Strategy, source_id: str) -> CompiledQuery | None:
    """The query of a strategy in the source's language; `None` where it cannot be written.

    Raises UsageError where the protocol wants synonyms of a service that cannot be told so.
    """
    dialect = dialect_of(source_id)
    has_choice = dialect is not None and bool(dialect.synonyms)
    for stated in protocol.sources:
        if stated.id == source_id and stated.synonyms is not None and not has_choice:
            raise UsageError(
                f"{stated.name} has no choice of synonyms",
                where=f"sources.{source_id}.synonyms",
                hint="leave synonyms out of this source",
            )
    return compile_query(protocol, strategy, source_id, dialect)


def why_no_query(strategy: Strategy, source_id: str) -> str:
    """Why a strategy cannot be written in the source's language; empty where nothing forbids it."""
    if strategy.is_by_hand:
        return in_english("the protocol states no query; import what you export")
    source = SOURCES.get(source_id)
    if source is None or source.dialect is None or not strategy.blocks:
        return ""

    why = source.dialect.cannot_write(strategy.field)
    if why:
        why += f"; give the query as it is sent, under queries.{source_id}"
    return why


def why_not_sent(strategy: Strategy, source: ProtocolSource, query: CompiledQuery | None) -> str:
    """Why there is no query, or why it cannot be sent as it stands; empty where it can."""
    if query is None:
        return why_no_query(strategy, source.id) or in_english(
            "strategy {strategy} has no query for {source}",
            strategy=strategy.id,
            source=source.name,
        )
    language = LANGUAGES.get(source.id)
    if strategy.expand or language is None or not names_lines(query.text, language):
        return ""
    return in_english(
        "its numbered lines cannot be sent as they are; "
        "expand = true in [[strategies]] “{strategy}” puts them together",
        strategy=strategy.id,
    )


def created_bounds(query: str) -> list[datetime.date]:
    """The last create dates that a query allows, in whichever language it is written."""
    bounds: list[datetime.date] = []
    for source in SOURCES.values():
        pattern = source.dialect and source.dialect.created_until
        if pattern:
            days = (map(int, match.groups()) for match in pattern.finditer(query))
            bounds.extend(datetime.date(year, month, day) for year, month, day in days)

    return bounds


def apart_from_bounds(query: str) -> str:
    """The query without the last create dates that it allows."""
    for source in SOURCES.values():
        pattern = source.dialect and source.dialect.created_until
        if pattern:
            query = re.sub(f"(?: AND )?(?:{pattern.pattern})", "", query)
    return query


def search_page_of(query: CompiledQuery) -> str | None:
    """The web page that runs the query; `None` where reviewkit knows none."""
    source = SOURCES.get(query.source)
    if source is None or source.search_page is None:
        return None
    return source.search_page(query)


def pmid_source() -> tuple[Source, NetworkSearch, PmidFetcher]:
    """The source that is asked for records by their PMIDs, how it is searched, and its function."""
    for source in SOURCES.values():
        if source.network and source.network.fetch_by_pmid:
            return source, source.network, source.network.fetch_by_pmid
    raise LookupError("no source is asked for records by PMID")


def answers_pmids(source_id: str) -> bool:
    """Whether this is the source that is asked for records by their PMIDs."""
    return source_id == pmid_source()[0].id


def why_not_searched(source_id: str) -> str:
    """Why reviewkit does not search a source; empty where there is no reason of its own."""
    source = SOURCES.get(source_id)
    if source is None:
        return ""
    return source.why_not_searched


def is_register(source_id: str) -> bool:
    """Whether the source is known to be a register of trials."""
    source = SOURCES.get(source_id)
    return source is not None and source.role is Role.REGISTER


def withheld_sources() -> frozenset[str]:
    """The sources whose abstracts must not be shared, by their terms of use."""
    return frozenset(source.id for source in SOURCES.values() if source.withholds_abstracts)


def complete_sources() -> frozenset[str]:
    """The sources whose records carry every heading and the whole text that is searched."""
    return frozenset(source.id for source in SOURCES.values() if source.has_complete_records)


def notice_sources() -> frozenset[str]:
    """The sources whose records say whether a work is retracted or corrected."""
    return frozenset(source.id for source in SOURCES.values() if source.states_notices)
