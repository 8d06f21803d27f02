"""Works of OpenAlex by their identifiers, what they refer to, and what cites them.

For citation searching. OpenAlex knows a reference only where it found the work: the number of
printed references is not known there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reviewkit.model.identifiers import doi_in, doi_key
from reviewkit.model.records import PageRef, Role, RunStatus, SearchRun
from reviewkit.sources.openalex_works import (
    FIELDS,
    SERVICE,
    name_of,
    work_number,
    works_in,
    works_list,
)
from reviewkit.sources.page_source import PageSource, Progress
from reviewkit.sources.paged_list import read_list

BATCH = 50  # identifiers in one request
_KNOWN = ("id", "doi", "ids", "referenced_works")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundWorks:
    """Works that were asked for: their numbers, the pages with their records, and what lacks.

    `missing` are the identifiers, as they were asked for, that brought no work. `links` are pairs:
    the work that cites, the work that is cited.
    """

    names: tuple[str, ...]
    pages: tuple[PageRef, ...]
    missing: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()

    def run(self, pages: PageSource, *, strategy: str, query: str, role: Role) -> SearchRun:
        """The run of these works, to be read with `openalex.records`."""
        return SearchRun(
            source=SERVICE.name,
            role=role,
            strategy=strategy,
            query=query,
            searched_at=self.pages[0].retrieved_at if self.pages else pages.header.started_at,
            status=RunStatus.COMPLETE,
            endpoint=pages.header.endpoint,
            count=len(self.names),
            received=len(self.names),
            identifiers=self.names,
            missing=self.missing,
            pages=self.pages,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWorks:
    """Works that the service knows: their numbers by what they were asked for, and what each
    refers to.
    """

    numbers: Mapping[str, str]
    references: Mapping[str, tuple[str, ...]]


@dataclass(slots=True, kw_only=True)
class _Collected:
    names: dict[str, None] = field(default_factory=dict)
    pages: dict[PageRef, None] = field(default_factory=dict)
    works: list[dict[str, object]] = field(default_factory=list)


def works_by_identifier(
    pages: PageSource, identifiers: Sequence[str], *, progress: Progress | None = None
) -> FoundWorks:
    """The works with these identifiers: "W123", "doi:10.1000/x" or "pmid:123".

    A work that was merged into another is missing under its old number. `pages` stays open. Raises
    as `paged_list.read_list` does.
    """
    collected = _Collected()
    for filters in _filters_of(identifiers):
        _collect(pages, filters, FIELDS, collected)
        if progress:
            progress(len(collected.names), len(identifiers))

    known: set[str] = set()
    for work in collected.works:
        known.update(_identifiers_of(work))
    missing = tuple(one for one in dict.fromkeys(identifiers) if _bare(one) not in known)
    return FoundWorks(names=tuple(collected.names), pages=tuple(collected.pages), missing=missing)


def known_works(pages: PageSource, identifiers: Sequence[str]) -> KnownWorks:
    """Which of these identifiers the service knows, and what those works refer to.

    No records come. Raises as `paged_list.read_list` does.
    """
    collected = _Collected()
    for filters in _filters_of(identifiers):
        _collect(pages, filters, _KNOWN, collected)

    by_bare: dict[str, str] = {}
    references: dict[str, list[str]] = {}
    for work in collected.works:
        for bare in _identifiers_of(work):
            by_bare.setdefault(bare, name_of(dict(work)))
    for citing, cited in dict.fromkeys(_links(collected.works)):
        references.setdefault(citing, []).append(cited)

    numbers = {one: by_bare[_bare(one)] for one in identifiers if _bare(one) in by_bare}
    return KnownWorks(
        numbers=numbers, references={work: tuple(cited) for work, cited in references.items()}
    )


def cited_by(
    pages: PageSource, works: Sequence[str], *, progress: Progress | None = None
) -> FoundWorks:
    """The works that cite any of these (numbers such as "W123"), with their records.

    The references of each say whom it cites. Raises as `paged_list.read_list` does.
    """
    collected, seeds = _Collected(), set(works)
    for batch in _batches(list(dict.fromkeys(works))):
        filters = f"cites:{'|'.join(batch)}"
        _collect(pages, filters, (*FIELDS, "referenced_works"), collected, progress)

    links = dict.fromkeys(link for link in _links(collected.works) if link[1] in seeds)
    return FoundWorks(
        names=tuple(collected.names), pages=tuple(collected.pages), links=tuple(links)
    )


def _collect(
    pages: PageSource,
    filters: str,
    fields: Sequence[str],
    collected: _Collected,
    progress: Progress | None = None,
) -> None:
    listed = read_list(pages, works_list(filters, fields=fields), progress)
    collected.names |= dict.fromkeys(listed.names)
    collected.pages |= dict.fromkeys(listed.pages)
    for page in listed.pages:
        collected.works.extend(works_in(pages.read(page)))


def _filters_of(identifiers: Iterable[str]) -> Iterator[str]:
    """Filters that ask for identifiers, one kind in each. What ends a filter cannot be asked."""
    kinds: dict[str, dict[str, None]] = {}
    for identifier in identifiers:
        kind, bare = _split(identifier)
        if bare and not set(bare) & set(",|"):
            kinds.setdefault(kind, {})[bare] = None

    for kind, values in kinds.items():
        for batch in _batches(list(values)):
            yield f"{kind}:{'|'.join(batch)}"


def _batches(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]


def _split(identifier: str) -> tuple[str, str]:
    """The filter that takes an identifier, and its value there."""
    kind, _, value = identifier.partition(":")
    if kind == "pmid":
        return "pmid", value.strip()
    if kind == "doi":
        return "doi", doi_key(value)

    return "openalex_id", work_number(identifier)


def _bare(identifier: str) -> str:
    kind, value = _split(identifier)
    return f"{kind}:{value}"


def _identifiers_of(work: Mapping[str, object]) -> Iterator[str]:
    """Everything that a work can be asked for by."""
    yield f"openalex_id:{name_of(dict(work))}"
    doi = doi_in(str(work.get("doi") or ""))
    if doi:
        yield f"doi:{doi_key(doi)}"
    ids = work.get("ids")
    pmid = ids.get("pmid") if isinstance(ids, dict) else None
    if pmid:
        yield f"pmid:{str(pmid).rstrip('/').rpartition('/')[2]}"


def _links(works: Iterable[Mapping[str, object]]) -> Iterator[tuple[str, str]]:
    """Who cites whom, by the references of each work."""
    for work in works:
        references = work.get("referenced_works")
        for reference in references if isinstance(references, list) else ():
            cited = work_number(reference)
            if cited:
                yield name_of(dict(work)), cited
