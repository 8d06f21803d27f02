"""Every source behind a faulty proxy: a review of its own, what is true, and how answers lie.

A further source joins by one entry in `KINDS`.
"""

import copy
import datetime
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from reviewkit.http import Patience, Transport
from reviewkit.model.records import Record
from reviewkit.sources import pubmed
from reviewkit.sources.pubmed_listing import PubmedSettings
from reviewkit.sources.registry import SOURCES
from reviewkit.sources.services import services_from
from reviewkit.store import run_log
from reviewkit.store.records import records_in_flow
from reviewkit.workflow.searching.search import NetworkUse, Searcher
from reviewkit.workflow.updates.update import update
from reviewkit.workflow.updates.update_models import UpdateOptions, UpdateResult
from tests.helpers.living import PROTOCOL, START, LivingReview, make_living, work
from tests.helpers.retrieval import Sleeper
from tests.servers.bvs_server import KEY, BvsServer, document
from tests.servers.clinicaltrials_server import ClinicalTrialsServer, study
from tests.servers.crossref_server import CrossrefServer
from tests.servers.crossref_server import item as crossref_item
from tests.servers.europepmc_server import EuropePmcServer, result
from tests.servers.eutils_corpus import Corpus
from tests.servers.eutils_server import EutilsServer
from tests.servers.faulty_proxy import WIRE, FaultyProxy, Spoiler, Whole
from tests.servers.http_server import LocalServer
from tests.servers.keyed_servers import ScopusServer, WosServer, scopus_entry, wos_hit
from tests.servers.openalex_server import OpenAlexServer
from tests.servers.openalex_server import work as openalex_work

FIRST = range(1, 13)  # the numbers of the records that are there first
CHANGED, DELETED, ADDED = 3, 5, range(20, 23)
EXPIRED = "a token that has expired"
_WEEK = datetime.timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A source: its service's settings, its query, a local server, an item, and its lies.

    `items` gives the server's list, to be changed in place.
    """

    source: str
    service: str
    query: str
    server: Callable[[], Any]
    items: Callable[[Any], list[Any]]
    item: Callable[..., Any]
    per_second: float
    lies: Mapping[str, Spoiler]
    settings: Mapping[str, str]

    @property
    def faults(self) -> dict[str, Spoiler]:
        return {**WIRE, **self.lies}

    def change(self, server: Any) -> None:
        """What a week brings: records added, one changed, one deleted."""
        items = self.items(server)
        items[CHANGED - 1] = self.item(CHANGED, title="Invented work on changed dysbiosis and salt")
        del items[DELETED - 1]
        items.extend(self.item(number) for number in ADDED)


# What is wrong in JSON though it is whole.

Path_ = Sequence[str | int]


def _at(content: Any, path: Path_) -> Any:
    for step in path:
        content = content[step]
    return content


def _json_lie(
    change: Callable[[list[Any], random.Random], int | None], items: Path_, count: Path_
) -> Spoiler:
    """A spoiler that changes the list of an answer; what `change` returns is added to its count."""

    def spoil(whole: Whole, chance: random.Random) -> Whole:
        try:
            content = json.loads(whole.body)
            listed, counted = _at(content, items), _at(content, count[:-1])
        except (ValueError, KeyError, IndexError, TypeError):
            return whole
        if not isinstance(listed, list) or not listed:
            return whole
        more = change(listed, chance)
        if more is None and count[-1] in counted:
            counted[count[-1]] = type(counted[count[-1]])(0)
        elif more and count[-1] in counted:
            answer = counted[count[-1]]
            counted[count[-1]] = type(answer)(int(answer) + more)
        return replace(whole, body=json.dumps(content).encode())

    return spoil


def _hollow(listed: list[Any], chance: random.Random) -> int:
    """Take the longest text and a list out of one item, deep inside of it."""
    chance.choice(listed).update(_TEXTS_GONE)
    return 0


_TEXTS_GONE: Mapping[str, Any] = {
    "ti": [],
    "au": [],
    "title": None,
    "dc:title": None,
    "names": {},
    "authorList": {},
    "authorships": [],
}


def _hollow_study(listed: list[Any], chance: random.Random) -> int:
    chance.choice(listed)["protocolSection"].pop("conditionsModule", None)
    return 0


def _left_out(listed: list[Any], chance: random.Random) -> int:
    listed.pop(chance.randrange(len(listed)))
    return 0


def _twice(listed: list[Any], chance: random.Random) -> int:
    listed.append(copy.deepcopy(chance.choice(listed)))
    return 0


def _foreign(listed: list[Any], chance: random.Random) -> int:
    one = json.dumps(chance.choice(listed))
    listed.append(
        json.loads(
            re.sub(r"(biblio-|NCT|/W|1000/C|2-s2.0-|WOS:|\"id\": \")(\d+)", r"\g<1>7\2", one)
        )
    )
    return 0


def _nothing(listed: list[Any], chance: random.Random) -> None:
    listed.clear()


def _count_lie(count: Path_, change: Callable[[dict[str, Any], str], None]) -> Spoiler:
    """A spoiler that changes how an answer counts."""

    def spoil(whole: Whole, chance: random.Random) -> Whole:
        try:
            content = json.loads(whole.body)
            counted = _at(content, count[:-1])
            change(counted, str(count[-1]))
        except (ValueError, KeyError, IndexError, TypeError):
            return whole
        return replace(whole, body=json.dumps(content).encode())

    return spoil


def _count_as_text(counted: dict[str, Any], name: str) -> None:
    counted[name] = f"{counted[name]}"


def _no_count(counted: dict[str, Any], name: str) -> None:
    del counted[name]


def expired(status: int, words: str, items: Path_) -> Spoiler:
    """A service that does not know the token of a page any more."""

    def spoil(whole: Whole, chance: random.Random) -> Whole:
        try:
            is_list = isinstance(_at(json.loads(whole.body), items), list)
        except (ValueError, KeyError, IndexError, TypeError):
            return whole
        return Whole(status, words.encode()) if is_list else whole

    return spoil


def json_lies(
    items: Path_, count: Path_, hollow: Callable[[list[Any], random.Random], int] = _hollow
) -> dict[str, Spoiler]:
    return {
        "a record left out": _json_lie(_left_out, items, count),
        "a record twice": _json_lie(_twice, items, count),
        "a record nobody asked for": _json_lie(_foreign, items, count),
        "a record without its fields": _json_lie(hollow, items, count),
        "a count too high": _json_lie(lambda listed, chance: 3, items, count),
        "a count too low": _json_lie(lambda listed, chance: -2, items, count),
        "nothing found": _json_lie(_nothing, items, count),
        "a count as text": _count_lie(count, _count_as_text),
        "no count": _count_lie(count, _no_count),
    }


# What is wrong in PubMed's answers though they are whole.


def _text_lie(change: Callable[[list[bytes], random.Random], list[bytes]]) -> Spoiler:
    """A spoiler that changes the records of a MEDLINE text."""

    def spoil(whole: Whole, chance: random.Random) -> Whole:
        if not whole.body.startswith(b"\nPMID"):
            return whole
        answer = b"\n\n".join(change(whole.body.strip(b"\n").split(b"\n\n"), chance))
        return replace(whole, body=b"\n" + answer + b"\n")

    return spoil


def _xml_lie(pattern: bytes, change: Callable[[bytes, random.Random], bytes]) -> Spoiler:
    """A spoiler that changes the first match in an answer in XML."""

    def spoil(whole: Whole, chance: random.Random) -> Whole:
        found = re.search(pattern, whole.body)
        if found is None:
            return whole
        body = whole.body[: found.start()] + change(found[0], chance) + whole.body[found.end() :]
        return replace(whole, body=body)

    return spoil


def _hollow_text(texts: list[bytes], chance: random.Random) -> list[bytes]:
    at = chance.randrange(len(texts))
    lines = texts[at].split(b"\n")
    texts[at] = b"\n".join(line for line in lines if line[:4] not in {b"TI  ", b"AB  ", b"FAU "})
    return texts


def _more(by: int) -> Callable[[bytes, random.Random], bytes]:
    return lambda found, chance: re.sub(rb"\d+", lambda n: b"%d" % max(0, int(n[0]) + by), found)


_COUNT = rb"<eSearchResult><Count>\d+</Count>"
_ZERO = (
    b"<eSearchResult><Count>0</Count><IdList/><QueryTranslation>x</QueryTranslation><WarningList>"
    b"<OutputMessage>No items found.</OutputMessage></WarningList></eSearchResult>"
)
_PUBMED_LIES: dict[str, Spoiler] = {
    "a record left out": _text_lie(lambda texts, chance: texts[1:] or texts),
    "a record twice": _text_lie(lambda texts, chance: [*texts, texts[0]]),
    "a record nobody asked for": _text_lie(
        lambda texts, chance: [*texts, texts[0].replace(b"PMID- 1", b"PMID- 8", 1)]
    ),
    "a record under another number": _text_lie(
        lambda texts, chance: [texts[0].replace(b"PMID- 1", b"PMID- 8", 1), *texts[1:]]
    ),
    "a record without its fields": _text_lie(_hollow_text),
    "a number left out of the list": _xml_lie(rb"<Id>\d+</Id>", lambda found, chance: b""),
    "a count too high": _xml_lie(_COUNT, _more(3)),
    "a count too low": _xml_lie(_COUNT, _more(-2)),
    "a phrase it does not know": _xml_lie(
        rb"</eSearchResult>",
        lambda found, chance: (
            b"<ErrorList><PhraseNotFound>invented[ti]</PhraseNotFound></ErrorList>" + found
        ),
    ),
    "nothing found": _xml_lie(rb"(?s)<eSearchResult>.*</eSearchResult>", lambda f, c: _ZERO),
}


def _trial(number: int, *, title: str = "") -> Any:
    day = f"2021-{1 + number // 28:02}-{1 + number % 28:02}"
    return study(number, title=title, posted=day)


_KEY = "keyed-secret-0123456789"


def _scopus_item(number: int, *, title: str = "") -> Any:
    return scopus_entry(number, **({"dc:title": title} if title else {}))


def _wos_item(number: int, *, title: str = "") -> Any:
    return wos_hit(number, **({"title": title} if title else {}))


class _CorpusItems(list[Any]):
    """The corpus of PubMed as a list: what is changed here is changed there."""

    def __init__(self, corpus: Corpus) -> None:
        super().__init__(sorted(corpus, key=lambda entry: int(entry.pmid)))
        self._corpus = corpus

    def __setitem__(self, at: Any, entry: Any) -> None:
        super().__setitem__(at, entry)
        self._corpus.add(entry)

    def __delitem__(self, at: Any) -> None:
        self._corpus.delete(self[at].pmid)
        super().__delitem__(at)

    def extend(self, entries: Any) -> None:
        self._corpus.add(*entries)


def _pubmed_item(number: int, *, title: str = "") -> Any:
    abstract = "AB  - We looked at guts. We found nerves."
    return work(1000 + number, title, more=[abstract])


KINDS: dict[str, Kind] = {
    kind.source: kind
    for kind in (
        Kind(
            source="pubmed",
            service="eutils",
            query="invented[ti]",
            server=lambda: EutilsServer(Corpus(map(_pubmed_item, FIRST))),
            items=lambda server: _CorpusItems(server.corpus),
            item=_pubmed_item,
            per_second=3.0,
            lies=_PUBMED_LIES,
            settings={},
        ),
        Kind(
            source="europepmc",
            service="europepmc",
            query='TITLE_ABS:"dysbiosis"',
            server=lambda: EuropePmcServer(map(result, FIRST), at_most=5),
            items=lambda server: server.results,
            item=result,
            per_second=3.0,
            lies=json_lies(("resultList", "result"), ("hitCount",)),
            settings={},
        ),
        Kind(
            source="lilacs",
            service="bvs",
            query='ti:("disbiose" OR "dysbiosis")',
            server=lambda: BvsServer(map(document, FIRST), at_most=5),
            items=lambda server: server.entries,
            item=document,
            per_second=1.0,
            lies=json_lies(
                ("diaServerResponse", 0, "response", "docs"),
                ("diaServerResponse", 0, "response", "numFound"),
            ),
            settings={"BVS_API_KEY": KEY},
        ),
        Kind(
            source="clinicaltrials",
            service="clinicaltrials",
            query='AREA[ConditionSearch]"dysbiosis"',
            server=lambda: ClinicalTrialsServer(map(_trial, FIRST), at_most=5),
            items=lambda server: server.studies,
            item=_trial,
            per_second=1.0,
            lies={
                **json_lies(("studies",), ("totalCount",), _hollow_study),
                EXPIRED: expired(400, "Page token is invalid or has expired", ("studies",)),
            },
            settings={},
        ),
        Kind(
            source="openalex",
            service="openalex",
            query='"dysbiosis"',
            server=lambda: OpenAlexServer(map(openalex_work, FIRST), at_most=5),
            items=lambda server: server.works,
            item=openalex_work,
            per_second=5.0,
            lies={
                **json_lies(("results",), ("meta", "count")),
                EXPIRED: expired(
                    400, '{"error":"Bad request.","message":"Cursor is invalid."}', ("results",)
                ),
            },
            settings={"OPENALEX_API_KEY": "open-secret-0123456789"},
        ),
        Kind(
            source="crossref",
            service="crossref",
            query="dysbiosis",
            server=lambda: CrossrefServer(map(crossref_item, FIRST), at_most=5),
            items=lambda server: server.items,
            item=crossref_item,
            per_second=1.0,
            lies={
                **json_lies(("message", "items"), ("message", "total-results")),
                EXPIRED: expired(
                    404,
                    '{"status":"failed","message":[{"message":"Cursor has expired"}]}',
                    ("message", "items"),
                ),
            },
            settings={},
        ),
        Kind(
            source="scopus",
            service="scopus",
            query="TITLE-ABS-KEY(gut)",
            server=lambda: ScopusServer(_KEY, map(_scopus_item, FIRST), at_most=5),
            items=lambda server: server.entries,
            item=_scopus_item,
            per_second=3.0,
            lies=json_lies(
                ("search-results", "entry"), ("search-results", "opensearch:totalResults")
            ),
            settings={"SCOPUS_API_KEY": _KEY},
        ),
        Kind(
            source="wos",
            service="wos",
            query="TS=(gut)",
            server=lambda: WosServer(_KEY, map(_wos_item, FIRST), at_most=5),
            items=lambda server: server.hits,
            item=_wos_item,
            per_second=1.0,
            lies=json_lies(("hits",), ("metadata", "total")),
            settings={"WOS_API_KEY": _KEY},
        ),
    )
}


def protocol_of(kind: Kind) -> str:
    """The protocol of a review that searches this source alone."""
    name = SOURCES[kind.source].label
    return PROTOCOL.replace(
        'id = "pubmed"\nname = "PubMed"', f'id = "{kind.source}"\nname = "{name}"'
    ).replace(
        'queries = { pubmed = "invented[ti]" }', f"queries = {{ {kind.source} = '{kind.query}' }}"
    )


def schedule(kind: Kind, seed: int) -> Callable[[int], Spoiler | None]:
    """A fault in a third of the requests. A lie is not told twice in a row: nobody sees through it."""
    chance, lied = random.Random(seed), False

    def plan(number: int) -> Spoiler | None:
        nonlocal lied
        if chance.random() > 1 / 3:
            lied = False
            return None
        faults = kind.faults
        names = sorted(faults.keys() - kind.lies.keys()) if lied else sorted(faults)
        name = chance.choice(names)
        lied = name in kind.lies
        return faults[name]

    return plan


@contextmanager
def small_batches() -> Iterator[None]:
    """PubMed is asked for five records at a time, so that a search has several pages."""
    settings = PubmedSettings(batch=5)
    source = SOURCES["pubmed"]
    assert source.network
    network = replace(
        source.network,
        search=partial(pubmed.search, settings=settings),
        fetch_by_pmid=partial(pubmed.fetch_by_pmid, settings=settings),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(SOURCES, "pubmed", replace(source, network=network))
        yield


@dataclass
class Disturbed:
    """A review of one source, its calm server, and the proxy between them."""

    kind: Kind
    server: LocalServer
    proxy: FaultyProxy
    review: LivingReview
    sleeper: Sleeper

    def settings(self) -> dict[str, str]:
        """The settings that lead through the proxy, at the pace of the real service."""
        url = f"REVIEWKIT_{self.kind.service.upper()}_URL"
        return {**self.kind.settings, url: self.proxy.url}

    def update(self) -> UpdateResult:
        """An update; a week passes after it."""
        services = services_from(self.settings())
        clock = replace(self.sleeper.clock(), now=lambda: self.review.at, jitter=lambda: 1.0)
        patience, paces = Patience(read_seconds=5.0), self.review.project.cache.parent / "pace"
        with Transport(services, clock=clock, patience=patience, paces=paces) as transport:
            searcher = Searcher(
                network_use=NetworkUse.ALWAYS,
                transport=transport,
                started_at=self.review.at,
                say=self.review.said.append,
                progress=lambda label, done, total: None,
                services_with_key=frozenset(services),
            )
            found = update(self.review.project, searcher, UpdateOptions())
        assert found is not None
        self.review.at += _WEEK
        return found

    def records(self) -> dict[str, Record]:
        with self.review.store() as store:
            return {record.key: record for record in records_in_flow(store)}

    def newest(self) -> tuple[int | None, frozenset[str]]:
        """The count of the newest whole search, and the keys that it listed."""
        with self.review.store() as store:
            runs = run_log.family_runs(store, self.kind.source, "words")
            if not runs:
                return None, frozenset()
            listed = run_log.listed_by(store, runs[-1].run).values()
            return runs[-1].count, frozenset(key for key in listed if key)

    def pace_breaches(self) -> list[float]:
        """The arrivals that are more than a second allows, each with all within the next second."""
        at, allowed = self.proxy.arrivals, int(self.kind.per_second)
        return [
            first
            for first, later in zip(at, at[allowed:], strict=False)
            if later - first < 1.0 - 1e-6
        ]


@contextmanager
def disturbed(kind: Kind, folder: Path) -> Iterator[Disturbed]:
    """A review of the source, its server and the proxy, all running."""
    with ExitStack() as stack:
        server = stack.enter_context(kind.server())
        sleeper = Sleeper(still=True)
        proxy = stack.enter_context(FaultyProxy(server.url, at=sleeper.elapsed))
        review = make_living(folder, server, protocol_of(kind))
        review.at = START
        yield Disturbed(kind=kind, server=server, proxy=proxy, review=review, sleeper=sleeper)
