"""A local BVS: the API and the portal over one list of documents, with the manners that are
reported of the real one.

Refused by User-Agent, a challenge page with 200, `from` counted from 1, one entry per collection,
OR by default, an empty result for a query that it cannot read, a key in a header, and DeCS beside
it.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.servers.http_server import Answered, LocalServer, ReceivedRequest

KEY = "bvs-secret-0123456789"
CHALLENGE = Answered(
    200, b"<!DOCTYPE html><html><head><title>Just a moment...</title>"
    b"<script src=x.b-cdn.net></script></head></html>",
    "text/html",
)  # fmt: skip
PORTUGUESE_ERROR = Answered(200, b"<html><head><title>Erro 504</title></head></html>", "text/html")
_REFUSED = re.compile(r"(?i)htmlparser|libwww|python|perl|urllib|scan|curl|email|pycurl")
Doc = Mapping[str, Any]


def document(
    number: int, *, title: str = "", databases: Iterable[str] = ("LILACS",), **more: Any
) -> Doc:
    """A document of an invented work, in the fields that BVS has."""
    return {
        "id": f"biblio-{number}",
        "db": list(databases),
        "ti": [title or f"Obra inventada sobre disbiose {number}"],
        "au": ["Pessoa, Inventada"],
        "ta": ["Rev. inventada"],
        "la": ["pt"],
        "da": "202303",
        "mh": ["Disbiose", "^d22674^s22016"],
        **more,
    }


class BvsServer(LocalServer):
    """`entries` is the list as BVS gives it: the same document stands in it once per collection."""

    def __init__(
        self,
        entries: Iterable[Doc] = (),
        *,
        at_most: int = 500,
        from_one: bool = False,
        keeps_filters: bool = True,
    ) -> None:
        super().__init__()
        self.entries = list(entries)
        self.at_most, self.from_one, self.keeps_filters = at_most, from_one, keeps_filters
        self.decs: dict[str, Any] = {}

    def answer(self, asked: ReceivedRequest) -> Answered:
        if asked.path == "portal/":
            if _REFUSED.search(asked.headers.get("user-agent", "")):
                return Answered(403, b"<html>403 Forbidden</html>", "text/html")
            return self._search(asked, from_one=True)
        if asked.headers.get("apikey") != KEY:
            return Answered(401, b'{"message":"Invalid authentication credentials"}')
        if asked.path == "references/v1/search/portal/":
            return self._search(asked, from_one=self.from_one)
        if asked.path.startswith("decs/v2/"):
            return self._decs(asked)
        return Answered(404, b'{"message":"no Route matched with those values"}')

    def _search(self, asked: ReceivedRequest, *, from_one: bool) -> Answered:
        query, count, first = (
            asked.get("q"),
            int(asked.get("count", "20")),
            int(asked.get("from", "0")),
        )
        if not count:
            return Answered(500, b"<html><title>Erro 500</title></html>", "text/html")
        start = max(0, first - 1) if from_one else first
        found = self._found(query, asked)
        listed = found[start : start + min(count, self.at_most)]
        filters = " AND ".join(
            f'{name[7:-3]}:("{value}")' for name, value in asked.pairs if name.startswith("filter[")
        )
        header = {"status": 0, "QTime": 3, "params": {"q": query.lower(), "fq": filters}}
        result = {
            "responseHeader": header,
            "response": {"numFound": len(found), "start": start, "docs": listed},
        }
        return Answered(200, json.dumps({"diaServerResponse": [result]}).encode())

    def _found(self, query: str, asked: ReceivedRequest) -> list[Doc]:
        if query.count("(") != query.count(")") or query.count('"') % 2:
            return []
        phrases = re.findall(r'"([^"]+)"', query.lower())
        clauses = query.lower().split(" and ")
        wanted = asked.all("filter[db][]") if self.keeps_filters else []

        def fits(doc: Doc) -> bool:
            text = json.dumps(doc, ensure_ascii=False).lower()
            if phrases:
                return all(
                    any(p in text for p in re.findall(r'"([^"]+)"', clause))
                    for clause in clauses
                    if '"' in clause
                )
            return any(
                word in text for word in re.findall(r"\w+", query.lower())
            )  # OR, where nothing else is said

        return [
            doc
            for doc in self.entries
            if fits(doc) and (not wanted or set(wanted) & set(doc["db"]))
        ]

    def _decs(self, asked: ReceivedRequest) -> Answered:
        words = (asked.get("words") or re.sub(r"^\d{3} ", "", asked.get("bool"))).casefold()
        reply = self.decs.get(f"{words}|{asked.get('lang')}", {"objects": []})
        return Answered(200, json.dumps(reply).encode())
