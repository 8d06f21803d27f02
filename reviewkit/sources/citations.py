"""Indexes of citations: what works refer to, and what cites them.

Each index is a module beside this one, and an entry in `INDEXES`. Citation searching as TARCiS
reports it (Hirt et al. BMJ 2024;385:e078384).
"""

from reviewkit.model.citations import Direction
from reviewkit.sources import crossref_links, europepmc_links, openalex_index
from reviewkit.sources.citation_index import CitationIndex

INDEXES: dict[str, CitationIndex] = {
    index.id: index for index in (openalex_index.INDEX, europepmc_links.INDEX, crossref_links.INDEX)
}


def indexes_for(direction: Direction, chosen: tuple[str, ...] = ()) -> tuple[CitationIndex, ...]:
    """The indexes that know a direction, in the order in which they are asked."""
    return tuple(
        index
        for index in INDEXES.values()
        if direction in index.directions and (not chosen or index.id in chosen)
    )


def index_label(name: str) -> str:
    """An index as people call it; its own id where this version does not know it."""
    if name in INDEXES:
        return INDEXES[name].label
    return name
