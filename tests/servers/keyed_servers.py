"""A local Scopus Search and a local Web of Science Starter, which answer nobody without a key.

Built from their documented contracts and, for Scopus, the shape of a recorded answer. As there,
Scopus repeats the key in the links of its answers, gives counts as texts, one hit as an object, no
hit as an entry with an error; Web of Science refuses a page over 50.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.servers.http_server import Answered, LocalServer, ReceivedRequest

Entry = Mapping[str, Any]


def scopus_entry(number: int, **more: Any) -> Entry:
    """An invented record, as Scopus lists it."""
    return {
        "@_fa": "true",
        "eid": f"2-s2.0-{number}",
        "dc:identifier": f"SCOPUS_ID:{number}",
        "dc:title": f"Invented work on gut &amp; nerves {number}",
        "dc:creator": "Person A.",
        "prism:publicationName": "Invented Journal",
        "prism:coverDate": "2021-01-01",
        "prism:doi": f"10.1000/s{number}",
        "prism:volume": "1",
        "prism:pageRange": "2-9",
        "citedby-count": "0",
        "subtypeDescription": "Article",
        **more,
    }


def wos_hit(number: int, **more: Any) -> Entry:
    """An invented record, as Web of Science lists it."""
    return {
        "uid": f"WOS:{number:015d}",
        "title": f"Invented work on gut and nerves {number}",
        "types": ["Article"],
        "source": {"sourceTitle": "INVENTED JOURNAL", "publishYear": 2021, "volume": "1"},
        "names": {"authors": [{"displayName": "Person, Ann"}, {"displayName": "Other, Bo"}]},
        "identifiers": {"doi": f"10.1000/w{number}", "issn": "1234-5679"},
        "keywords": {"authorKeywords": ["gut"]},
        **more,
    }


class ScopusServer(LocalServer):
    def __init__(self, key: str, entries: Iterable[Entry] = (), *, at_most: int = 25) -> None:
        super().__init__()
        self.key, self.entries, self.at_most = key, list(entries), at_most

    def answer(self, asked: ReceivedRequest) -> Answered:
        if asked.headers.get("x-els-apikey") != self.key:
            status = {"statusCode": "AUTHENTICATION_ERROR", "statusText": "Invalid API Key"}
            return _json(401, {"service-error": {"status": status}})
        start, count = int(asked.get("start")), min(int(asked.get("count")), self.at_most)
        listed = self.entries[start : start + count]
        shown: Any = listed[0] if len(listed) == 1 else listed
        results: dict[str, Any] = {
            "opensearch:totalResults": str(len(self.entries)),
            "opensearch:startIndex": str(start),
            "opensearch:itemsPerPage": str(len(listed)),
            "link": [{"@ref": "self", "@href": f"{self.url}?apiKey={self.key}"}],
            "entry": shown or [{"@_fa": "true", "error": "Result set was empty"}],
        }
        return _json(200, {"search-results": results})


class WosServer(LocalServer):
    def __init__(self, key: str, hits: Iterable[Entry] = (), *, at_most: int = 50) -> None:
        super().__init__()
        self.key, self.hits, self.at_most = key, list(hits), at_most

    def answer(self, asked: ReceivedRequest) -> Answered:
        if asked.headers.get("x-apikey") != self.key:
            return _json(401, {"message": "Invalid authentication credentials"})
        limit, page = int(asked.get("limit")), int(asked.get("page"))
        if limit > 50 or not re.search(r"[A-Z]{2,4}\s*=", asked.get("q")):
            return _json(400, {"error": {"status": 400, "title": "Invalid query parameter(s)"}})
        limit = min(limit, self.at_most)
        values = {
            "metadata": {"total": len(self.hits), "page": page, "limit": limit},
            "hits": self.hits[(page - 1) * limit : page * limit],
        }
        return _json(200, values)


def _json(status: int, content: object) -> Answered:
    return Answered(status, json.dumps(content).encode())
