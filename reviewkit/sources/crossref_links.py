"""Crossref as an index of citations, backward alone: the reference list of a DOI.

As documented by Crossref (REST API, `works/{doi}`). Not yet run live. Publishers deposit the lists;
some deposit none. A reference without a DOI is text alone: it is kept for a person to look at. What
cites a work is not told there, only how many do.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote

from reviewkit.http import Flaw, Request, Response
from reviewkit.model.citations import CitationLink, Direction, Seed
from reviewkit.model.errors import RemoteError
from reviewkit.model.foreign import read_json
from reviewkit.model.identifiers import doi_in, doi_key
from reviewkit.model.records import Record
from reviewkit.sources.base import OnProblem
from reviewkit.sources.citation_index import (
    CitationIndex,
    FoundByCitation,
    SeedList,
    batches,
    find_one_by_one,
    read_asked,
    read_found,
    seed_list,
    text_of,
)
from reviewkit.sources.crossref import SERVICE, records_on_page, works_by_doi
from reviewkit.sources.json_answers import json_object, passing, refused_query
from reviewkit.sources.page_source import PageSource, Progress, ask

_BATCH = 40  # DOIs in one request: the address must not grow too long
_NOT_FOUND = b"resource not found"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Deposited:
    """The references of a DOI; `known` is false where Crossref has no such DOI."""

    references: tuple[Mapping[str, Any], ...]
    known: bool


def identifiers(seed: Seed) -> tuple[str, ...]:
    """What a seed is asked for by: its DOI."""
    doi = doi_key(seed.doi or "")
    return (doi,) if doi else ()


def find(
    pages: PageSource,
    seeds: Sequence[Seed],
    direction: Direction,
    *,
    progress: Progress | None = None,
) -> FoundByCitation:
    """What the seeds refer to. Raises as `paged_list.read_list` does."""
    return find_one_by_one(pages, seeds, _list_of, _fetch, where=SERVICE.label, progress=progress)


def _list_of(pages: PageSource, seed: Seed) -> SeedList:
    """The reference list of a seed."""
    asked = identifiers(seed)
    deposited = _Deposited(references=(), known=True)
    if asked:
        deposited = _deposited(pages, seed, asked[0])
    links = tuple(_link(seed, reference) for reference in deposited.references)
    return seed_list(seed, asked, links, known=deposited.known)


def _fetch(pages: PageSource, names: Sequence[str]) -> set[str]:
    """Ask for the works with these DOIs; return those that came."""
    received: set[str] = set()
    for batch in batches([name for name in names if "," not in name], _BATCH):
        read_works = partial(works_by_doi, dois=batch)
        received |= read_asked(pages, read_works, batch, where=SERVICE.label)
    return received


def _deposited(pages: PageSource, seed: Seed, doi: str) -> _Deposited:
    request = Request(
        service=SERVICE.name, path=f"works/{quote(doi, safe='/')}", answers=frozenset({404})
    )
    page = ask(pages, request, _judge, where=f"{SERVICE.label}, {seed.key}")
    if _is_not_known(page.body):
        return _Deposited(references=(), known=False)

    message = read_json(page.body)["message"]
    aliases = message.get("aliases")
    names = {message["DOI"], *(aliases if isinstance(aliases, list) else ())}
    if doi not in {doi_key(str(name)) for name in names}:
        return _Deposited(references=(), known=False)
    return _Deposited(references=tuple(message.get("reference") or ()), known=True)


def _judge(response: Response) -> Flaw | None:
    if _is_not_known(response.body):
        return None
    if response.status == 404:
        return Flaw(what="refused the request (HTTP 404)", error=RemoteError)
    if response.status >= 300:
        return refused_query(response)

    content = json_object(response.body)
    return content if isinstance(content, Flaw) else _work_flaw(content.get("message"))


def _work_flaw(message: object) -> Flaw | None:
    if not isinstance(message, dict) or not isinstance(message.get("DOI"), str):
        return passing("answered without a work")
    references = message.get("reference", [])
    if not isinstance(references, list) or not all(isinstance(one, dict) for one in references):
        return passing("sent a list of references that is none")
    return None


def _is_not_known(body: bytes) -> bool:
    """Whether Crossref itself says that it has no such DOI: in plain text, as it does."""
    return body.strip().lower().startswith(_NOT_FOUND)


def _link(seed: Seed, reference: Mapping[str, Any]) -> CitationLink:
    doi = doi_in(str(reference.get("DOI") or ""))
    if doi:
        return CitationLink(seed=seed.key, identifier=doi_key(doi))

    printed = text_of(
        reference.get("unstructured"),
        reference.get("author"),
        reference.get("article-title") or reference.get("volume-title"),
        reference.get("journal-title"),
        reference.get("year"),
        reference.get("first-page"),
    )
    return CitationLink(seed=seed.key, printed=printed or "?")


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
    """One work for each seed."""
    return seeds


INDEX = CitationIndex(
    id=SERVICE.name,
    label=SERVICE.label,
    service=SERVICE,
    directions=frozenset({Direction.BACKWARD}),
    takes="a DOI",
    identifiers=identifiers,
    least_requests=least_requests,
    find=find,
    read=read,
)
