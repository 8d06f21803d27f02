"""A search of Europe PMC over its REST service: page after page by cursor, every record accounted for, none twice.

As documented by Europe PMC (Articles RESTful API, search and searchPOST, resultType=core); not yet run live.
"""

import dataclasses
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from reviewkit.http import Flaw, Judge, Request, Response
from reviewkit.importers.mapping import Field, FieldMap
from reviewkit.importers.parsed_file import ParsedRecord, Problem
from reviewkit.importers.record_builder import build_record
from reviewkit.model.errors import NotARealAnswer, RemoteError
from reviewkit.model.records import Record, Relation, RelationKind, Role, RunStatus, SearchRun
from reviewkit.query.compile import CompiledQuery, unbalanced
from reviewkit.sources.page_source import PageSource, Progress, ask

PAGE = 500  # records in one answer; the service allows 1,000
_LONGEST_URL = 1500  # characters of a query above which it goes by POST
_ROUNDS = 2  # how often a list is gone through that names fewer records than it counts
_START = "*"
_PASSING = re.compile(
    r"(?i)\b5\d\d\b|\b429\b|internal|time(?:d )?-?out|unavailable|try again|overload|rate limit"
)
_WHERE = "Europe PMC"


@dataclasses.dataclass(slots=True, kw_only=True)
class _Round:
    """The list gone through once: names, each once, entries in all, and the count as each page told it."""

    found: dict[str, None] = dataclasses.field(default_factory=dict)
    listed: int = 0
    counts: list[int] = dataclasses.field(default_factory=list)

    def add(self, told: Mapping[str, Any]) -> bool:
        """Whether the page brought a name that was not there."""
        before, results = len(self.found), told["resultList"]["result"]
        self.found.update(dict.fromkeys(_name(result) for result in results))
        self.listed += len(results)
        self.counts.append(int(told["hitCount"]))
        return len(self.found) > before

    @property
    def whole(self) -> bool:
        """Whether every record that was ever counted has been named. A count that shrinks on the way proves nothing."""
        return len(self.found) >= max(self.counts)


@dataclasses.dataclass(slots=True, kw_only=True)
class _Listing:
    """All rounds together, and what the service said of the whole."""

    rounds: list[_Round] = dataclasses.field(default_factory=list)
    searched_at: str = ""
    ran: str | None = None

    @property
    def found(self) -> dict[str, None]:
        return {name: None for one in self.rounds for name in one.found}

    @property
    def counts(self) -> list[int]:
        return [count for one in self.rounds for count in one.counts]


def search(
    pages: PageSource, query: CompiledQuery, *, fetch: bool = True, progress: Progress | None = None
) -> SearchRun:
    """The run of `query`, sent byte for byte; with `fetch=False` its identifiers alone. `pages` is finished on success.

    Raises NotARealAnswer, RemoteError, NotCached, and what the cache raises.
    """
    listing = _list_all(pages, query.text, "core" if fetch else "idlist", progress)
    pages.finish()
    return SearchRun(
        source=query.source,
        role=Role.DATABASE,
        strategy=query.strategy,
        query=query.text,
        searched_at=listing.searched_at,
        status=RunStatus.COMPLETE,
        endpoint=pages.header.endpoint,
        count=listing.counts[0],
        received=len(listing.found) if fetch else None,
        identifiers=tuple(listing.found),
        translation=listing.ran,
        warnings=tuple(_warnings(listing)),
        pages=pages.used,
    )


def _list_all(pages: PageSource, query: str, kind: str, progress: Progress | None) -> _Listing:
    """The whole list; gone through once more where it named fewer records than it counted, as it may have moved."""
    listing = _Listing()
    while len(listing.rounds) < _ROUNDS:
        if listing.rounds and pages.complete and not pages.holds(_ask_page(query, _START, kind)):
            break
        listing.rounds.append(_Round())
        _list_once(pages, query, kind, listing, progress)
        if len(listing.found) >= max(listing.rounds[-1].counts):
            break
    return listing


def _list_once(
    pages: PageSource, query: str, kind: str, listing: _Listing, progress: Progress | None
) -> None:
    """Page after page to the end of the list; NotARealAnswer where it ends before all that was counted came."""
    this, cursor = listing.rounds[-1], _START
    while True:
        page = ask(pages, _ask_page(query, cursor, kind), _judge(query, this.listed), where=_WHERE)
        told = json.loads(page.body)
        brought = this.add(told)
        listing.searched_at, listing.ran = (
            listing.searched_at or page.ref.retrieved_at,
            listing.ran or _ran(told),
        )
        count = this.counts[-1]
        if progress:
            progress(min(len(this.found), count), count)
        if this.whole:
            return
        following = told.get("nextCursorMark")
        ended = not following or following == cursor or not told["resultList"]["result"]
        if this.listed >= count and (
            ended or not brought or _stops_here(pages, query, str(following), kind)
        ):
            return
        if ended:
            what = f"stopped its list after {len(this.found)} of {count} records"
            raise NotARealAnswer(what, where=_WHERE, hint="run again; what was fetched is kept")
        cursor = str(following)


def _stops_here(pages: PageSource, query: str, cursor: str, kind: str) -> bool:
    return pages.complete and not pages.holds(_ask_page(query, cursor, kind))


def records(
    run: SearchRun, pages: PageSource, *, on_problem: Callable[[Problem], None] | None = None
) -> Iterator[Record]:
    """The records of a run in the order of its list, each once, read one page at a time. Raises DamagedCache."""
    given: set[str] = set()
    for ref in run.pages:
        for result in json.loads(pages.read(ref))["resultList"]["result"]:
            name = _name(result)
            if name in given:
                continue
            given.add(name)
            record, problems = read_result(result, source=run.source)
            for problem in problems:
                if on_problem:
                    on_problem(problem)
            yield record


def search_page(query: CompiledQuery) -> str:
    """Europe PMC's own page with the query, for a browser."""
    return f"https://europepmc.org/search?{urlencode([('query', query.text)])}"


def _ask_page(query: str, cursor: str, kind: str) -> Request:
    """Synonyms stay off: they would add terms that the strategy does not name."""
    post = len(query) > _LONGEST_URL
    page = (
        ("resultType", kind),
        ("synonym", "false"),
        ("cursorMark", cursor),
        ("pageSize", str(PAGE)),
    )
    return Request(
        service="europepmc",
        path="searchPOST" if post else "search",
        method="POST" if post else "GET",
        parameters=(("query", query), *page, ("format", "json")),
    )


def _judge(query: str, listed: int) -> Judge:
    """A judge of the answer that goes on after `listed` entries."""

    def judge(response: Response) -> Flaw | None:
        if response.status >= 300:
            return None
        told = _whole(response.body)
        if isinstance(told, Flaw):
            return told
        if "errCode" in told or "errMsg" in told or "error" in told:
            said = " ".join(
                str(told.get("errMsg") or told.get("error") or told.get("errCode")).split()
            )[:240]
            wrong = unbalanced(query)
            return Flaw(
                what=f"answered with an error: {said}",
                error=RemoteError,
                transient=not wrong and bool(_PASSING.search(f"{told.get('errCode', '')} {said}")),
                tries=4,
                hint=f"in the query {wrong}" if wrong else "check the query",
            )
        return _list_flaw(told, query, listed)

    return judge


def _passing(what: str, *, tries: int | None = None) -> Flaw:
    """A flaw that may pass."""
    hint = "try again later; what was fetched is kept"
    return Flaw(what=what, transient=True, tries=tries, hint=hint)


def _whole(body: bytes) -> dict[str, Any] | Flaw:
    start = body.lstrip()[:1]
    if not start:
        return _passing("answered with an empty body")
    if start == b"<":
        return Flaw(
            what="answered with a web page",
            transient=True,
            tries=4,
            hint="look at the service in a browser",
        )
    try:
        told = json.loads(body)
    except ValueError:
        return _passing("answered with JSON that is cut off or broken")
    return told if isinstance(told, dict) else _passing("answered with JSON that is no result")


def _list_flaw(told: dict[str, Any], query: str, listed: int) -> Flaw | None:
    count, inside = told.get("hitCount"), told.get("resultList")
    results = inside.get("result") if isinstance(inside, dict) else None
    if not str(count).isdecimal() or not isinstance(results, list):
        return _passing("answered without a count or a list")
    if not all(isinstance(one, dict) and one.get("id") and one.get("source") for one in results):
        return _passing("sent a record without an identifier", tries=2)
    wrong = unbalanced(query)
    if not int(str(count)) and wrong:
        return Flaw(
            what=f"answered 0 to a query that cannot be read: {wrong}",
            hint="correct the query in the protocol",
        )
    if not results and int(str(count)) > listed:
        return _passing(f"counted {count} records and sent none after {listed}")
    return None


def _warnings(listing: _Listing) -> Iterator[str]:
    counts, distinct, last = listing.counts, len(listing.found), listing.rounds[-1]
    if len(set(counts)) > 1:
        yield f"the count moved from {counts[0]:,} to {counts[-1]:,} while records were fetched"
    if distinct < last.listed:
        yield f"Europe PMC listed {last.listed:,} entries of {distinct:,} records"


def _ran(told: Mapping[str, Any]) -> str | None:
    request = told.get("request")
    ran = (
        (request.get("queryString") or request.get("query")) if isinstance(request, dict) else None
    )
    return str(ran) if ran else None


def _name(result: Mapping[str, Any]) -> str:
    """Europe PMC's own name for a record: numbers repeat between its sources (MED, PMC, PPR, AGR, PAT...)."""
    return f"{result['source']}:{result['id']}"


_TITLES = ("title", "bookOrReportDetails.title")
_FIELDS = FieldMap(
    name="europepmc",
    tags={
        Field.TITLE: _TITLES,
        Field.AUTHORS: ("authors",),
        Field.COLLECTIVE: ("authorList.author.collectiveName",),
        Field.JOURNAL: ("journalInfo.journal.title", "bookOrReportDetails.publisher"),
        Field.ABBREVIATION: (
            "journalInfo.journal.medlineAbbreviation",
            "journalInfo.journal.isoabbreviation",
        ),
        Field.ISSN: ("journalInfo.journal.issn", "journalInfo.journal.essn"),
        Field.YEAR: ("pubYear", "journalInfo.yearOfPublication"),
        # Not the print date in full: its day is 1 where only the month is known.
        Field.PUBLISHED: ("published",),
        Field.ONLINE: ("electronicPublicationDate",),
        Field.CREATED: ("dateOfCreation", "firstIndexDate"),
        Field.VOLUME: ("journalInfo.volume",),
        Field.ISSUE: ("journalInfo.issue",),
        Field.PAGES: ("pageInfo",),
        Field.DOI: ("doi",),
        Field.PMID: ("pmid",),
        Field.PMCID: ("pmcid",),
        Field.LANGUAGE: ("language",),
        Field.ABSTRACT: ("abstract",),
        Field.HEADINGS: ("headings",),
        Field.KEYWORDS: ("keywordList.keyword",),
        Field.TYPES: ("pubTypeList.pubType",),
        Field.LINKS: ("fullTextUrlList.fullTextUrl.url",),
    },
    marks_groups=True,
)


def read_result(result: Mapping[str, Any], *, source: str) -> tuple[Record, tuple[Problem, ...]]:
    """The record in a result (resultType=core), and which of its values are not what their fields mean.

    Every value stands in a field or, under its path ("journalInfo.journal.nlmid"), in `other`.
    """
    raw: dict[str, list[str]] = {}
    _flatten(result, "", raw)
    raw["authors"] = [
        name for name in map(_person, _listed(result, "authorList", "author")) if name
    ]
    raw["headings"] = [
        text for one in _listed(result, "meshHeadingList", "meshHeading") if (text := _heading(one))
    ]
    raw["published"] = list(
        raw.get("journalInfo.dateOfPublication") or raw.get("firstPublicationDate", [])
    )
    raw["abstract"] = [_plain(text) for text in raw.get("abstractText", ())]
    if raw["abstract"] == raw.get("abstractText"):
        del raw["abstractText"]
    items = build_record(raw, _FIELDS, source=source, line=None)
    (record,) = (item.record for item in items if isinstance(item, ParsedRecord))
    relations = tuple(_relations(result))
    whole = dataclasses.replace(record, source_id=_name(result), relations=relations)
    return whole, tuple(item for item in items if isinstance(item, Problem))


def _flatten(value: object, path: str, raw: dict[str, list[str]]) -> None:
    if isinstance(value, Mapping):
        for name, inside in value.items():
            _flatten(inside, f"{path}.{name}" if path else str(name), raw)
    elif isinstance(value, list):
        for inside in value:
            _flatten(inside, path, raw)
    elif value is not None:
        raw.setdefault(path, []).append(value if isinstance(value, str) else json.dumps(value))


def _listed(result: Mapping[str, Any], outer: str, inner: str) -> list[Mapping[str, Any]]:
    inside = result.get(outer)
    listed = inside.get(inner) if isinstance(inside, dict) else None
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _person(author: Mapping[str, Any]) -> str:
    if author.get("lastName"):
        return ", ".join(
            str(part)
            for part in (author["lastName"], author.get("firstName") or author.get("initials"))
            if part
        )
    return "" if author.get("collectiveName") else str(author.get("fullName") or "")


def _heading(heading: Mapping[str, Any]) -> str:
    """As PubMed prints it: "Dysbiosis/*complications/genetics", a star before what is a major topic."""
    qualifiers = _listed(heading, "meshQualifierList", "meshQualifier")
    parts = [
        (heading.get("descriptorName"), heading),
        *((one.get("qualifierName"), one) for one in qualifiers),
    ]
    return "/".join(
        f"{'*' if part.get('majorTopic_YN') == 'Y' else ''}{name}" for name, part in parts if name
    )


_BREAKS = re.compile(r"(?i)</?(?:h[1-6]|p|br|div|ul|ol|li)(?:\s[^<>]*)?/?>")
_INLINE = re.compile(r"(?i)</?(?:i|b|u|em|strong|sub|sup|span|a)(?:\s[^<>]*)?>")


def _plain(text: str) -> str:
    """An abstract without the web page's tags; a section's heading stands on a line of its own."""
    return _INLINE.sub("", _BREAKS.sub("\n", text))


_RELATIONS = {
    "retraction in": RelationKind.RETRACTED_BY,
    "retraction of": RelationKind.RETRACTION_OF,
    "erratum in": RelationKind.HAS_ERRATUM,
    "erratum for": RelationKind.ERRATUM_OF,
    "expression of concern in": RelationKind.HAS_CONCERN,
    "expression of concern for": RelationKind.CONCERN_ABOUT,
    "comment in": RelationKind.HAS_COMMENT,
    "comment on": RelationKind.COMMENT_ON,
    "preprint in": RelationKind.HAS_PREPRINT,
    "preprint of": RelationKind.PREPRINT_OF,
    "update in": RelationKind.HAS_UPDATE,
    "update of": RelationKind.UPDATE_OF,
}


def _relations(result: Mapping[str, Any]) -> Iterator[Relation]:
    for link in _listed(result, "commentCorrectionList", "commentCorrection"):
        kind = _RELATIONS.get(str(link.get("type", "")).strip().casefold())
        if kind and link.get("id"):
            target = (
                f"pmid:{link['id']}"
                if link.get("source") == "MED"
                else f"europepmc:{link.get('source')}:{link['id']}"
            )
            yield Relation(kind=kind, target=target)
