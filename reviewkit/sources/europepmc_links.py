"""Europe PMC as an index of citations: the references of an article, and what cites it.

As its REST service documents `{source}/{id}/references` and `…/citations`. Not yet run live. One
list for each seed, page by page. Publishers' licences keep lists back: an empty list is not "cites
nothing". The entries are short, so the works are asked for once more, with their abstracts.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from reviewkit.http import Flaw, Judge, Request, Response
from reviewkit.model.citations import CitationLink, Direction, Seed
from reviewkit.model.errors import RemoteError
from reviewkit.model.foreign import read_json
from reviewkit.model.identifiers import doi_key
from reviewkit.model.records import Record
from reviewkit.query.compile import CompiledQuery
from reviewkit.sources.base import OnProblem
from reviewkit.sources.citation_index import (
    CitationIndex,
    FoundByCitation,
    SeedList,
    batches,
    find_one_by_one,
    read_asked,
    seed_list,
    text_of,
)
from reviewkit.sources.europepmc import named_records, read_core, read_dois
from reviewkit.sources.europepmc_answers import SERVICE, error_flaw, read_content
from reviewkit.sources.europepmc_records import name_of
from reviewkit.sources.json_answers import passing
from reviewkit.sources.page_source import PageSource, Progress, is_number, refused
from reviewkit.sources.paged_list import Listed, ListPage, PagedList, read_list

_PAGE = 1000  # entries in one answer, the most that the service gives
_BATCH = 50  # works in one request
_OWN_NAME = re.compile(r"(?:MED|PMC|PPR|AGR|CBA|CTX|ETH|HIR|PAT):\S+")
_PATHS = {
    Direction.BACKWARD: ("references", "referenceList", "reference"),
    Direction.FORWARD: ("citations", "citationList", "citation"),
}
_ITSELF_NOT_KNOWN = 404
_DOI = "doi:"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entries:
    """The entries of a seed's list; `known` is false where the service says it has no such work."""

    entries: tuple[Mapping[str, Any], ...]
    known: bool


def identifiers(seed: Seed) -> tuple[str, ...]:
    """What a seed is asked for by, one of: its own name there, its PMID, its PMCID, its DOI."""
    for name in seed.names:
        if _OWN_NAME.fullmatch(name):
            return (name,)
    if seed.pmid:
        return (f"MED:{seed.pmid}",)
    if seed.pmcid:
        return (f"PMC:{seed.pmcid}",)
    doi = doi_key(seed.doi or "")
    if doi and '"' not in doi:
        return (f"{_DOI}{doi}",)
    return ()


def find(
    pages: PageSource,
    seeds: Sequence[Seed],
    direction: Direction,
    *,
    progress: Progress | None = None,
) -> FoundByCitation:
    """What the seeds refer to, or what cites them. Raises as `paged_list.read_list` does."""
    ask_one = partial(_list_of, direction=direction)
    return find_one_by_one(pages, seeds, ask_one, _fetch, where=SERVICE.label, progress=progress)


def _list_of(pages: PageSource, seed: Seed, direction: Direction) -> SeedList:
    """The list of a seed, where the service knows it."""
    asked = identifiers(seed)
    listed = _Entries(entries=(), known=not asked)
    name = _name_there(pages, asked[0]) if asked else ""
    if name:
        listed = _whole_list(pages, seed, name, direction)
    links = tuple(_link(seed, entry) for entry in listed.entries)
    return seed_list(seed, asked, links, known=listed.known)


def _name_there(pages: PageSource, asked: str) -> str:
    """The name of an article by which its lists are addressed; empty where its DOI is not known.

    No list is addressed by a DOI, so it is looked up. Of several copies the one in MEDLINE counts.
    """
    if not asked.startswith(_DOI):
        return asked
    doi = asked.removeprefix(_DOI)
    query = CompiledQuery(source=SERVICE.name, strategy="", text=f'DOI:"{doi}"')
    dois = read_dois(pages, query)
    names = [name for name, own in dois.items() if own == doi and _OWN_NAME.fullmatch(name)]
    return min(names, key=lambda name: (not name.startswith("MED:"), name), default="")


def _whole_list(pages: PageSource, seed: Seed, name: str, direction: Direction) -> _Entries:
    """The whole list of a seed.

    Where an entry comes twice, another may be lost: the list is read again, and must be the same.
    Raises as `read_list` does, with the seed's key in the message.
    """
    listing = _listing(seed, name, direction)
    first = _entries(pages, read_list(pages, listing), direction)
    if _comes_twice(first.entries):
        again = _entries(pages, read_list(pages, listing), direction)
        if _names(again.entries) != _names(first.entries):
            what = "gave two different lists"
            hint = "run again: the list is asked for anew"
            raise refused(pages, pages.used, what, where=SERVICE.label, hint=hint)
    return first


def _listing(seed: Seed, name: str, direction: Direction) -> PagedList:
    source, _, number = name.partition(":")
    path, outer, inner = _PATHS[direction]
    page = 1  # the one that was asked for last

    def request(token: str | None, size: int) -> Request:
        nonlocal page
        page = int(token or 1)
        parameters = (("page", str(page)), ("pageSize", str(size)), ("format", "json"))
        return Request(
            service=SERVICE.name,
            path=f"{source}/{number}/{path}",
            parameters=parameters,
            answers=frozenset({404}),
        )

    def read(body: bytes) -> ListPage:
        return _read_page(read_json(body), page, _PATHS[direction])

    return PagedList(
        label=f"{SERVICE.label}, {seed.key}",
        request=request,
        size=_PAGE,
        judge=lambda token: _judge(outer, inner),
        read=read,
        stops_when_all_came=True,
    )


def _judge(outer: str, inner: str) -> Judge:
    def judge(response: Response) -> Flaw | None:
        if response.status >= 300 and response.status != _ITSELF_NOT_KNOWN:
            return None
        content = read_content(response.body)
        if isinstance(content, Flaw):
            return content
        return _content_flaw(content, response.status, outer, inner)

    return judge


def _content_flaw(content: dict[str, Any], status: int, outer: str, inner: str) -> Flaw | None:
    if _is_not_known(content):
        return None
    if status == _ITSELF_NOT_KNOWN:
        return Flaw(what="refused the request (HTTP 404)", error=RemoteError)
    return error_flaw(content, "") or _list_flaw(content, outer, inner)


def _is_not_known(content: Mapping[str, Any]) -> bool:
    """Whether the service itself says that it has no such article."""
    return str(content.get("errCode")) == str(_ITSELF_NOT_KNOWN)


def _list_flaw(content: Mapping[str, Any], outer: str, inner: str) -> Flaw | None:
    entries = _entries_in(content, outer, inner)
    if not is_number(str(content.get("hitCount"))) or entries is None:
        return passing("answered without a count or a list")
    if not all(isinstance(entry, dict) for entry in entries):
        return passing("sent an entry that is none", tries=2)

    count = int(content["hitCount"])
    if len(entries) > count:
        return passing(f"counted {count} entries and sent {len(entries)}")
    return None


def _entries_in(content: Mapping[str, Any], outer: str, inner: str) -> list[Any] | None:
    """The entries on a page; an empty list may be left out where nothing is counted."""
    container = content.get(outer)
    if container is None and str(content.get("hitCount")) == "0":
        return []
    entries = container.get(inner) if isinstance(container, dict) else None
    return entries if isinstance(entries, list) else None


def _read_page(content: Mapping[str, Any], page: int, path: tuple[str, str, str]) -> ListPage:
    """A page's entries by place: many have no identifier, and one may come twice."""
    if _is_not_known(content):
        return ListPage(names=(), following=None, count=0)

    entries = _entries_in(content, *path[1:]) or []
    return ListPage(
        names=tuple(f"{page}.{place}" for place in range(len(entries))),
        following=str(page + 1) if entries else None,
        count=int(content["hitCount"]),
    )


def _entries(pages: PageSource, listed: Listed, direction: Direction) -> _Entries:
    _, outer, inner = _PATHS[direction]
    contents = [read_json(pages.read(ref)) for ref in listed.pages]
    entries: list[Mapping[str, Any]] = []
    for content in contents:
        entries.extend(_entries_in(content, outer, inner) or [])
    return _Entries(
        entries=tuple(entries), known=not any(_is_not_known(content) for content in contents)
    )


def _names(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    return [name for name in map(_name, entries) if name]


def _comes_twice(entries: Sequence[Mapping[str, Any]]) -> bool:
    names = _names(entries)
    return len(set(names)) < len(names)


def _name(entry: Mapping[str, Any]) -> str:
    """The name of the work of an entry; empty where the service did not match it."""
    if not entry.get("id") or not entry.get("source"):
        return ""
    return name_of(entry)


def _link(seed: Seed, entry: Mapping[str, Any]) -> CitationLink:
    name = _name(entry)
    if name:
        return CitationLink(seed=seed.key, identifier=name)

    printed = text_of(
        entry.get("authorString"),
        entry.get("title") or entry.get("unstructuredInformation"),
        entry.get("journalAbbreviation"),
        entry.get("pubYear"),
        entry.get("doi"),
    )
    return CitationLink(seed=seed.key, printed=printed or "?")


def _fetch(pages: PageSource, names: Sequence[str]) -> set[str]:
    """Ask for the whole records of these works; return the names that came."""
    by_source: dict[str, list[str]] = {}
    for name in names:
        source, _, number = name.partition(":")
        if re.fullmatch(r"[\w.-]+", number):
            by_source.setdefault(source, []).append(number)

    received: set[str] = set()
    for source, numbers in by_source.items():
        for batch in batches(numbers, _BATCH):
            wanted = " OR ".join(f"EXT_ID:{number}" for number in batch)
            query = f"SRC:{source} AND ({wanted})"
            compiled = CompiledQuery(source=SERVICE.name, strategy="", text=query)
            asked = {f"{source}:{number}" for number in batch}
            read_works = partial(read_core, query=compiled)
            received |= read_asked(pages, read_works, asked, where=SERVICE.label)
    return received


def read(
    found: FoundByCitation,
    pages: PageSource,
    *,
    source: str,
    on_problem: OnProblem | None = None,
) -> Iterator[Record]:
    """The works that were found, each once. Raises DamagedCache."""
    wanted = set(found.names)
    return named_records(pages, found.pages, wanted, source=source, on_problem=on_problem)


def least_requests(seeds: int, direction: Direction) -> int:
    """One list for each seed."""
    return seeds


INDEX = CitationIndex(
    id=SERVICE.name,
    label=SERVICE.label,
    service=SERVICE,
    directions=frozenset(Direction),
    takes="a PMID, a PMCID or a DOI",
    identifiers=identifiers,
    least_requests=least_requests,
    find=find,
    read=read,
)
