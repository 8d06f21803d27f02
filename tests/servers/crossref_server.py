"""A local Crossref: `works` by words and cursor, in the shape of recorded answers of June 2026.

As there, the cursor stays the same string from the second page on while the works move on; a
cursor that is not known is a 404 in JSON, an unknown path a 404 in plain text; the words are
weighed, and any one of them is enough.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from tests.servers.http_server import Answered, LocalServer, ReceivedRequest

Item = Mapping[str, Any]
_KNOWN = frozenset(
    {"query.bibliographic", "filter", "select", "sort", "order", "rows", "cursor", "mailto"}
)


def item(number: int, *, title: str = "", **more: Any) -> Item:
    """An invented work."""
    return {
        "DOI": f"10.1000/C{number}",
        "title": [title or f"Invented work on dysbiosis {number}"],
        "author": [{"given": "Ann", "family": "Person", "sequence": "first"}],
        "container-title": ["Invented Journal"],
        "issued": {"date-parts": [[2021, 3]]},
        "published": {"date-parts": [[2021, 3, 4]]},
        "type": "journal-article",
        "URL": f"https://doi.org/10.1000/C{number}",
        **more,
    }


class CrossrefServer(LocalServer):
    """`scrolls` are the open cursors: where each one stands."""

    def __init__(self, items: Iterable[Item] = (), *, at_most: int = 1000) -> None:
        super().__init__()
        self.items, self.at_most = list(items), at_most
        self.scrolls: dict[str, int] = {}
        self._opened = 0

    def answer(self, asked: ReceivedRequest) -> Answered:
        if asked.path.startswith("works/"):
            return self._work(unquote(asked.path.removeprefix("works/")))
        if asked.path != "works":
            return Answered(404, b"Resource not found.", "text/plain")
        unknown = [name for name, _ in asked.pairs if name not in _KNOWN]
        if unknown:
            return _failed(400, "validation-failure", f"Parameter {unknown[0]} not allowed")
        cursor, rows = asked.get("cursor"), min(int(asked.get("rows", "20")), self.at_most)
        if cursor == "*":
            self._opened += 1
            cursor = f"DnF1ZXJ5VGhlbkZldGNo{self._opened}=="
            self.scrolls[cursor] = 0
        if cursor not in self.scrolls:
            return _failed(404, "resource-failure", "Cursor specified but it is invalid")

        found = self._found(asked)
        start = self.scrolls[cursor]
        listed = found[start : start + rows]
        self.scrolls[cursor] = start + len(listed)
        message = {
            "total-results": len(found),
            "items": listed,
            "items-per-page": rows,
            "next-cursor": cursor,
            "query": {"start-index": 0, "search-terms": None},
        }
        values = {"status": "ok", "message-type": "work-list", "message": message}
        return Answered(200, json.dumps(values).encode(), "application/json")

    def _found(self, asked: ReceivedRequest) -> list[Item]:
        dois = re.findall(r"doi:([^,]+)", asked.get("filter", ""))
        if dois:
            return [one for one in self.items if one["DOI"].lower() in dois]
        return [one for one in self.items if _fits(one, asked.get("query.bibliographic"))]

    def _work(self, doi: str) -> Answered:
        found = [one for one in self.items if one["DOI"].lower() == doi.lower()]
        if not found:
            return Answered(404, b"Resource not found.", "text/plain")
        values = {"status": "ok", "message-type": "work", "message": found[0]}
        return Answered(200, json.dumps(values).encode(), "application/json")


def _fits(one: Item, words: str) -> bool:
    text = json.dumps(one).lower()
    return any(word.lower() in text for word in words.split())


def _failed(status: int, kind: str, message: str) -> Answered:
    values = {
        "status": "failed",
        "message-type": kind,
        "message": [{"type": "x", "value": "y", "message": message}],
    }
    return Answered(status, json.dumps(values).encode(), "application/json")
