"""A local E-utilities server: EInfo, ESearch, EFetch over a Corpus, with the faults of the real one
on demand.

Bodies and limits follow what is documented and reported of the real service. It records every
request. Run as a program, it serves .nbib files: python -m tests.servers.eutils_server --port 8642
--size 5000 FILE...
"""

import argparse
import json
import socket
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

from tests.servers.eutils_corpus import Corpus
from tests.servers.eutils_query import Found, Unbalanced, find
from tests.servers.loopback import Loopback, LoopbackHandler
from tests.servers.mesh_answers import MeshEntry, mesh_answer

_PROLOG = '<?xml version="1.0" encoding="UTF-8" ?>\n'
_ESEARCH_DOCTYPE = (
    '<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" '
    '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">\n'
)
_BEYOND = (
    "Search Backend failed: Exception:\n'retstart' cannot be larger than {last}. For PubMed, "
    "ESearch can only retrieve "
    "the first {cap:,} records matching the query."
)
_DOWN = (
    "Search Backend failed: An error occurred while processing request. Status: 500. "
    "Source: /api/search/?{echo} "
    "Details: Search is temporarily unavailable. Please try again later."
)
_TIMEOUT = (
    "<eFetchResult><ERROR> Error: External viewer error: Empty Response. "
    "Bytes read: 0 Status: Timeout</ERROR></eFetchResult>"
)


class Fault(StrEnum):
    """What can be made to go wrong with an answer."""

    TOO_MANY = "429"
    TOO_MANY_NO_HINT = "429 without Retry-After"
    SERVER_ERROR = "500, echoing what was sent"
    BAD_GATEWAY_IN_BAND = "200 with ERROR 502"
    TIMEOUT_400 = "400 that is a timeout"
    TRUNCATED = "Content-Length larger than what is sent"
    CUT = "half of the body, of the right length"
    HANG = "no answer"
    HTML = "200 with a web page"
    EMPTY = "200 with nothing"
    RESET = "the connection closed"
    REDIRECT = "302 to another host"
    FORBIDDEN = "403"
    BOMB = "200 with entities"
    ECHO = "the answer, with what was sent as a comment"


@dataclass(frozen=True)
class Seen:
    """A request as it came."""

    endpoint: str
    method: str
    target: str
    parameters: dict[str, str]
    headers: dict[str, str]
    at: float

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(self.parameters.get("id", "").split(",")) if self.parameters.get("id") else ()


@dataclass
class _Answer:
    status: int
    body: bytes
    kind: str = "text/xml; charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)
    promised: int | None = None


Change = Callable[[Corpus], None]


class EutilsServer(Loopback):
    """The server. Use it as a context manager; `url` is what REVIEWKIT_EUTILS_URL takes.

    `per_second` limits requests as NCBI does (None: not at all); `retry_after` is what a 429 asks
    for. `seconds` is how long each answer takes.
    """

    path = "/entrez/eutils/"

    def __init__(
        self,
        corpus: Corpus,
        *,
        per_second: int | None = None,
        retry_after: str = "2",
        cap: int = 9_999,
        headings: frozenset[str] = frozenset(),
        port: int = 0,
    ) -> None:
        super().__init__(_Handler, port=port)
        self.corpus, self.cap, self.headings = corpus, cap, headings
        self.per_second, self.retry_after = per_second, retry_after
        self.seconds = 0.0
        self.mesh: list[MeshEntry] = []
        self.left_out: set[str] = set()
        self.requests: list[Seen] = []
        self._scripts: dict[tuple[str, int], Fault | Change] = {}
        self._counts: Counter[str] = Counter()
        self._recent: deque[float] = deque()

    def on(self, endpoint: str, nth: int | Iterable[int], what: Fault | Change) -> None:
        """At the nth request to the endpoint from now on (from 1): go wrong, or change the corpus
        before answering.
        """
        with self._lock:
            for number in [nth] if isinstance(nth, int) else nth:
                self._scripts[endpoint, self._counts[endpoint] + number] = what

    def asked(self, endpoint: str) -> list[Seen]:
        """The requests to one endpoint, in order."""
        return [seen for seen in self.requests if seen.endpoint == endpoint]

    def take(self, seen: Seen) -> tuple[Fault | Change | None, bool]:
        """What is to happen to this request, and whether it comes too soon after the others."""
        with self._lock:
            self.requests.append(seen)
            self._counts[seen.endpoint] += 1
            while self._recent and self._recent[0] <= seen.at - 1.0:
                self._recent.popleft()
            self._recent.append(seen.at)
            too_soon = self.per_second is not None and len(self._recent) > self.per_second
            return self._scripts.pop((seen.endpoint, self._counts[seen.endpoint]), None), too_soon


class _Handler(LoopbackHandler):
    def serve(self, form: bytes | None) -> None:
        sent = self.parameters(form)
        seen = Seen(
            endpoint=urlsplit(self.path).path.rsplit("/", 1)[-1].removesuffix(".fcgi"),
            method=self.command,
            target=self.path,
            parameters=dict(parse_qsl(sent, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            at=time.monotonic(),
        )
        script, too_soon = self.local.take(seen)
        self.local.closing.wait(self.local.seconds)
        if callable(script):
            script(self.local.corpus)
            script = None
        if too_soon:
            script = Fault.TOO_MANY
        self._send(
            self._gone_wrong(script, seen, sent) if script else answer(self.local, seen, sent)
        )

    def _gone_wrong(self, fault: Fault, seen: Seen, form: str) -> _Answer | None:
        if fault in {Fault.TOO_MANY, Fault.TOO_MANY_NO_HINT}:
            who = seen.parameters.get("api_key", self.client_address[0])
            limit = str(self.local.per_second or 3)
            values = {
                "error": "API rate limit exceeded",
                "api-key": who,
                "count": "4",
                "limit": limit,
            }
            headers = (
                {} if fault is Fault.TOO_MANY_NO_HINT else {"Retry-After": self.local.retry_after}
            )
            return _Answer(429, json.dumps(values).encode(), "application/json", headers)
        if fault is Fault.HANG:
            self.local.closing.wait(30)
        if fault in {Fault.HANG, Fault.RESET}:
            return None
        if fault in _FIXED:
            status, body, kind = _FIXED[fault]
            return _Answer(
                status, body.replace("{echo}", escape(form)).encode(), kind, dict(_REDIRECT)
            )
        whole = answer(self.local, seen, form)
        if fault is Fault.TRUNCATED:
            return _Answer(
                200, whole.body[: len(whole.body) // 2], whole.kind, promised=len(whole.body)
            )
        if fault is Fault.ECHO:
            return _Answer(
                200,
                whole.body + f"<!-- {escape(form).replace('--', '- -')} -->\n".encode(),
                whole.kind,
            )
        return _Answer(200, whole.body[: len(whole.body) // 2], whole.kind)

    def _send(self, reply: _Answer | None) -> None:
        if reply is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(reply.status)
        limit = self.local.per_second or 3
        headers = {
            "Content-Type": reply.kind,
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": "0",
        }
        headers["Content-Length"] = str(reply.promised or len(reply.body))
        for name, value in (headers | reply.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)
        self.wfile.flush()
        if reply.promised:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)


_REDIRECT = {"Location": "https://login.invalid/portal"}
_PAGE = (
    "<!DOCTYPE html>\n<html><head><title>NCBI</title></head>"
    "<body>We are down for maintenance</body></html>"
)
_HTML = "text/html; charset=UTF-8"
_XML = "text/xml; charset=UTF-8"
_FIXED = {
    Fault.SERVER_ERROR: (
        500,
        "<html><body><h1>Internal Server Error</h1>{echo}</body></html>",
        _HTML,
    ),
    Fault.BAD_GATEWAY_IN_BAND: (
        200,
        f"{_PROLOG}{_ESEARCH_DOCTYPE}<eSearchResult>"
        "<ERROR>Search Backend failed: Exception: 502 Proxy Error"
        "</ERROR></eSearchResult>",
        _XML,
    ),
    Fault.TIMEOUT_400: (400, _TIMEOUT, _XML),
    Fault.HTML: (200, _PAGE, _HTML),
    Fault.EMPTY: (200, "", "text/plain; charset=UTF-8"),
    Fault.REDIRECT: (302, "", _HTML),
    Fault.FORBIDDEN: (403, _PAGE, _HTML),
    Fault.BOMB: (
        200,
        '<?xml version="1.0"?><!DOCTYPE eSearchResult '
        '[<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        "<eSearchResult><Count>0</Count><QueryTranslation>&b;</QueryTranslation></eSearchResult>",
        _XML,
    ),
}


def answer(server: EutilsServer, seen: Seen, form: str) -> _Answer:
    """The answer of the endpoint, nothing having gone wrong."""
    if seen.parameters.get("db") == "mesh":
        status, body, kind = mesh_answer(server.mesh, seen.endpoint, seen.parameters)
        return _Answer(status, body, kind)
    if seen.parameters.get("db") != "pubmed":
        return _Answer(400, b"<eResult><ERROR>Invalid db name specified</ERROR></eResult>")
    endpoints = {"einfo": _einfo, "esearch": _esearch, "efetch": _efetch}
    if seen.endpoint not in endpoints:
        return _Answer(404, _PAGE.encode(), _HTML)
    return endpoints[seen.endpoint](server, seen, form)


def _einfo(server: EutilsServer, seen: Seen, form: str) -> _Answer:
    with server.corpus.lock:
        build, size = server.corpus.build, len(server.corpus)
    body = (
        f"{_PROLOG}<eInfoResult><DbInfo><DbName>pubmed</DbName><MenuName>PubMed</MenuName>"
        f"<DbBuild>Build-2026.11.01.00.{build:02d}</DbBuild><Count>{size}</Count>"
        f"<LastUpdate>2026/11/01 00:{build % 60:02d}</LastUpdate></DbInfo></eInfoResult>\n"
    )
    return _Answer(200, body.encode())


def _esearch(server: EutilsServer, seen: Seen, form: str) -> _Answer:
    as_json = seen.parameters.get("retmode") == "json"
    term = seen.parameters.get("term", "")
    start = int(seen.parameters.get("retstart", "0"))
    most = int(seen.parameters.get("retmax", "20"))
    if not term.strip():
        return _search_error("Empty term and query_key - nothing todo", as_json)
    if start >= server.cap:
        return _search_error(_BEYOND.format(last=server.cap - 1, cap=server.cap), as_json)
    try:
        found = find(term, server.corpus, headings=server.headings)
    except Unbalanced:
        return _search_error(_DOWN.format(echo=form), as_json)
    ids = sorted(found.pmids, key=int, reverse=True)[: server.cap][start : start + most]
    return _search_json(found, ids, start) if as_json else _search_xml(found, ids, start)


def _search_error(message: str, as_json: bool) -> _Answer:
    if as_json:
        # A raw newline inside the string, as served: this is not strict JSON.
        body = (
            '{"header":{"type":"esearch","version":"0.3"},"esearchresult":{"ERROR":"'
            + message.replace('"', "'")
            + '"}}'
        )
        return _Answer(200, body.encode(), "application/json; charset=UTF-8")
    body = f"{_PROLOG}{_ESEARCH_DOCTYPE}<eSearchResult><ERROR>{escape(message)}</ERROR></eSearchResult>\n"
    return _Answer(200, body.encode())


def _search_xml(found: Found, ids: list[str], start: int) -> _Answer:
    listed = (
        "<IdList>\n" + "".join(f"<Id>{one}</Id>\n" for one in ids) + "</IdList>"
        if ids
        else "<IdList/>"
    )
    phrases = "".join(
        f"<QuotedPhraseNotFound>{escape(p)}</QuotedPhraseNotFound>" for p in found.phrases_not_found
    )
    fields = "".join(
        f"<FieldNotFound>{escape(name)}</FieldNotFound>" for name in found.fields_not_found
    )
    nothing = "" if found.pmids else "<OutputMessage>No items found.</OutputMessage>"
    body = (
        f"{_PROLOG}{_ESEARCH_DOCTYPE}<eSearchResult>"
        f"<Count>{len(found.pmids)}</Count><RetMax>{len(ids)}</RetMax>"
        f"<RetStart>{start}</RetStart>{listed}<TranslationSet/>"
        f"<QueryTranslation>{escape(found.translation)}</QueryTranslation>"
        + (f"<ErrorList>{fields}</ErrorList>" if fields else "")
        + (f"<WarningList>{phrases}{nothing}</WarningList>" if phrases or nothing else "")
        + "</eSearchResult>\n"
    )
    return _Answer(200, body.encode())


def _search_json(found: Found, ids: list[str], start: int) -> _Answer:
    result: dict[str, object] = {
        "count": str(len(found.pmids)),
        "retmax": str(len(ids)),
        "retstart": str(start),
        "idlist": ids,
        "translationset": [],
        "querytranslation": found.translation,
    }
    if found.fields_not_found:
        result["errorlist"] = {"phrasesnotfound": [], "fieldsnotfound": found.fields_not_found}
    if found.phrases_not_found or not found.pmids:
        messages = [] if found.pmids else ["No items found."]
        result["warninglist"] = {
            "phrasesignored": [],
            "quotedphrasesnotfound": found.phrases_not_found,
            "outputmessages": messages,
        }
    body = json.dumps({"header": {"type": "esearch", "version": "0.3"}, "esearchresult": result})
    return _Answer(200, body.encode(), "application/json; charset=UTF-8")


def _efetch(server: EutilsServer, seen: Seen, form: str) -> _Answer:
    ids = [one for one in seen.ids if one.isdecimal() and int(one)]
    if not ids:
        result = "ID list is empty! Possibly it has no correct IDs."
        return _Answer(400, f"<eFetchResult><ERROR>{result}</ERROR></eFetchResult>\n".encode())
    with server.corpus.lock:
        entries = [entry for one in dict.fromkeys(ids) if (entry := server.corpus.get(one))]
    if seen.parameters.get("retmode") == "text":
        entries = [entry for entry in entries if entry.pmid not in server.left_out]
        body = "\n" + "\n\n".join(entry.text for entry in entries) + ("\n" if entries else "")
        return _Answer(200, body.encode(), "text/plain; charset=UTF-8")
    articles = "".join(
        f"<PubmedArticle><MedlineCitation><PMID>{entry.pmid}</PMID></MedlineCitation>"
        "</PubmedArticle>"
        for entry in entries
    )
    return _Answer(
        200, f'<?xml version="1.0" ?>\n<PubmedArticleSet>{articles}</PubmedArticleSet>\n'.encode()
    )


def main() -> None:
    """Serve .nbib files until interrupted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--port", type=int, default=8642)
    parser.add_argument(
        "--size", type=int, default=0, help="repeat the records with shifted PMIDs up to this many"
    )
    parser.add_argument("--per-second", type=int, default=None, help="answer 429 beyond this rate")
    options = parser.parse_args()
    corpus = Corpus.load(*options.files)
    corpus.repeat_to(options.size)
    with EutilsServer(corpus, port=options.port, per_second=options.per_second) as server:
        sys.stdout.write(f"{len(corpus):,} records at {server.url}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
