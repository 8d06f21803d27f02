"""OpenAlex as an index of citations, in both directions.

It holds only the references that it could match: the number of printed ones is not known there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from reviewkit.model.citations import CitationLink, Direction, Seed, SeedResult
from reviewkit.model.identifiers import doi_key
from reviewkit.model.records import Record
from reviewkit.sources.base import OnProblem
from reviewkit.sources.citation_index import (
    CitationIndex,
    FoundByCitation,
    read_asked,
    read_found,
    result_of,
)
from reviewkit.sources.openalex import records_on_page
from reviewkit.sources.openalex_links import (
    BATCH,
    FoundWorks,
    KnownWorks,
    cited_by,
    known_works,
    works_by_identifier,
)
from reviewkit.sources.openalex_works import SERVICE
from reviewkit.sources.page_source import PageSource, Progress, refused

_OWN_NAME = re.compile(r"W\d{1,15}")


def identifiers(seed: Seed) -> tuple[str, ...]:
    """What a seed is asked for by: its own number there, its DOI, its PMID."""
    found = [name for name in seed.names if _OWN_NAME.fullmatch(name)]
    doi = doi_key(seed.doi or "")
    if doi and not set(doi) & set(",|"):
        found.append(f"doi:{doi}")
    if seed.pmid:
        found.append(f"pmid:{seed.pmid}")
    return tuple(dict.fromkeys(found))


def find(
    pages: PageSource,
    seeds: Sequence[Seed],
    direction: Direction,
    *,
    progress: Progress | None = None,
) -> FoundByCitation:
    """What the seeds refer to, or what cites them. Raises as `paged_list.read_list` does."""
    asked = {seed.key: identifiers(seed) for seed in seeds}
    wanted: list[str] = []
    for names in asked.values():
        wanted.extend(names)
    known = known_works(pages, wanted)

    works = {key: _works_of(names, known) for key, names in asked.items()}
    if direction is Direction.BACKWARD:
        pairs, found = _references(pages, works, known, progress)
    else:
        pairs, found = _citing(pages, works, progress)

    # What no link leads to was not asked for.
    names = tuple(dict.fromkeys(name for _, name in pairs))
    received = set(found.names)
    return FoundByCitation(
        names=names,
        pages=found.pages,
        links=tuple(CitationLink(seed=key, identifier=name) for key, name in pairs),
        seeds=tuple(_result(seed, asked[seed.key], works[seed.key], pairs) for seed in seeds),
        missing=tuple(name for name in names if name not in received),
    )


def _works_of(names: Sequence[str], known: KnownWorks) -> tuple[str, ...]:
    """The works that a seed's identifiers lead to, each once."""
    return tuple(dict.fromkeys(known.numbers[name] for name in names if name in known.numbers))


def _references(
    pages: PageSource,
    works: Mapping[str, Sequence[str]],
    known: KnownWorks,
    progress: Progress | None,
) -> tuple[dict[tuple[str, str], None], FoundWorks]:
    """Pairs of a seed and what it refers to, and the works."""
    pairs: dict[tuple[str, str], None] = {}
    for key, own in works.items():
        for work in own:
            pairs.update(dict.fromkeys((key, cited) for cited in known.references.get(work, ())))

    names = list(dict.fromkeys(cited for _, cited in pairs))
    readings: list[FoundWorks] = []

    def read_works(own: PageSource) -> tuple[str, ...]:
        readings.append(works_by_identifier(own, names, progress=progress))
        return readings[-1].names

    read_asked(pages, read_works, names, where=SERVICE.label)
    return pairs, readings[-1]


def _citing(
    pages: PageSource, works: Mapping[str, Sequence[str]], progress: Progress | None
) -> tuple[dict[tuple[str, str], None], FoundWorks]:
    """Pairs of a seed and what cites it, and the works."""
    seeds: dict[str, list[str]] = {}
    for key, own in works.items():
        for work in own:
            seeds.setdefault(work, []).append(key)

    found = _whole_citing(pages, list(seeds), progress)
    pairs: dict[tuple[str, str], None] = {}
    for citing, cited in found.links:
        pairs.update(dict.fromkeys((key, citing) for key in seeds[cited]))
    return pairs, found


def _whole_citing(pages: PageSource, works: Sequence[str], progress: Progress | None) -> FoundWorks:
    """What cites these works.

    Where a work came that cites none of them, another may be lost: the list is asked for again, and
    must be clean or the same. Raises NotARealAnswer where it is not.
    """
    first = cited_by(pages, works, progress=progress)
    if _cites_all(first):
        return first
    again = cited_by(pages, works, progress=progress)
    if _cites_all(again) or set(again.names) == set(first.names):
        return again

    what = "sent works that cite none of the seeds"
    hint = "run again: they are asked for anew"
    raise refused(pages, pages.used, what, where=SERVICE.label, hint=hint)


def _cites_all(found: FoundWorks) -> bool:
    return {name for name, _ in found.links} == set(found.names)


def _result(
    seed: Seed,
    asked: tuple[str, ...],
    works: Sequence[str],
    pairs: Mapping[tuple[str, str], None],
) -> SeedResult:
    listed = sum(key == seed.key for key, _ in pairs)
    return result_of(seed, asked, known=bool(works), listed=listed, resolved=listed)


def read(
    found: FoundByCitation,
    pages: PageSource,
    *,
    source: str,
    on_problem: OnProblem | None = None,
) -> Iterator[Record]:
    """The works that were found, each once. Raises DamagedCache."""
    on_page = partial(records_on_page, source=source, on_problem=on_problem)
    return read_found(found, pages, on_page)


def least_requests(seeds: int, direction: Direction) -> int:
    """One look-up for each batch of seeds, and as many requests for what they lead to."""
    return 2 * -(-seeds // BATCH)


INDEX = CitationIndex(
    id=SERVICE.name,
    label=SERVICE.label,
    service=SERVICE,
    directions=frozenset(Direction),
    takes="a DOI or a PMID",
    identifiers=identifiers,
    least_requests=least_requests,
    find=find,
    read=read,
)
