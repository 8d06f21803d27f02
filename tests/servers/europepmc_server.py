"""A local Europe PMC: search and searchPOST by cursor over a list of results, in the shape of the
real service.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from tests.servers.http_server import Answered, LocalServer, ReceivedRequest

Result = Mapping[str, Any]


def result(number: int, *, title: str = "", source: str = "MED", **more: Any) -> Result:
    """A core result of an invented work."""
    return {
        "id": str(number),
        "source": source,
        "title": title or f"Invented work on dysbiosis {number}.",
        "authorList": {
            "author": [
                {"fullName": "Person A", "firstName": "Ann", "lastName": "Person", "initials": "A"}
            ]
        },
        "journalInfo": {
            "dateOfPublication": "2023 Mar",
            "yearOfPublication": 2023,
            "journal": {"title": "Invented J"},
        },
        "pubYear": "2023",
        "language": "eng",
        "isOpenAccess": "N",
        **more,
    }


def entry(one: Result) -> Result:
    """A result as a list of references or citations shows it: short, without an abstract."""
    return {
        "id": one["id"],
        "source": one["source"],
        "citationType": "journal article",
        "title": one["title"],
        "authorString": "Person A",
        "journalAbbreviation": "Invented J",
        "pubYear": 2023,
        "match": "Y",
    }


class EuropePmcServer(LocalServer):
    """`lists` has the entries by path: "MED/1/references"; a path that is not there is empty.

    `unknown` are the names that the service says it does not know: "MED/9".
    """

    def __init__(
        self,
        results: Iterable[Result] = (),
        *,
        at_most: int = 1000,
        lists: Mapping[str, list[Result]] | None = None,
    ) -> None:
        super().__init__()
        self.results, self.at_most = list(results), at_most
        self.lists: dict[str, list[Result]] = dict(lists or {})
        self.unknown: set[str] = set()

    def _list(self, asked: ReceivedRequest) -> Answered:
        name, _, kind = asked.path.rpartition("/")
        if name in self.unknown:
            values: Mapping[str, Any] = {"errCode": 404, "errMsg": "no such article"}
            return Answered(404, json.dumps(values).encode())
        entries = self.lists.get(asked.path, [])
        page, size = int(asked.get("page")), min(int(asked.get("pageSize")), self.at_most)
        one = kind.removesuffix("s")
        values = {
            "version": "6.9",
            "hitCount": len(entries),
            "request": {"id": name.partition("/")[2], "page": page, "pageSize": size},
            f"{one}List": {one: entries[(page - 1) * size : page * size]},
        }
        return Answered(200, json.dumps(values).encode())

    def answer(self, asked: ReceivedRequest) -> Answered:
        if asked.path.endswith(("/references", "/citations")):
            return self._list(asked)
        if asked.path not in {"search", "searchPOST"} or (asked.path == "searchPOST") != (
            asked.method == "POST"
        ):
            return Answered(404, b"<html>not here</html>", "text/html")
        query, cursor = asked.get("query"), asked.get("cursorMark", "*")
        if (
            asked.get("resultType") not in {"idlist", "lite", "core"}
            or asked.get("format") != "json"
        ):
            return self._error(400, "Invalid resultType or format")
        found = self._found(query)
        start = 0 if cursor == "*" else int(re.sub(r"\D", "", cursor))
        listed = found[start : start + min(int(asked.get("pageSize", "25")), self.at_most)]
        if asked.get("resultType") == "idlist":
            listed = [{"id": one["id"], "source": one["source"]} for one in listed]
        following = f"AoI+{start + len(listed)}=/" if listed else cursor
        reply = {
            "version": "6.9",
            "hitCount": len(found),
            "nextCursorMark": following,
            "nextPageUrl": f"{self.url}search?query={quote(query)}",
            "request": {
                "queryString": query,
                "resultType": asked.get("resultType"),
                "cursorMark": cursor,
            },
            "resultList": {"result": listed},
        }
        return Answered(200, json.dumps(reply).encode())

    def _error(self, code: int, message: str) -> Answered:
        return Answered(
            200, json.dumps({"version": "6.9", "errCode": code, "errMsg": message}).encode()
        )

    def _found(self, query: str) -> list[Result]:
        if query.count("(") != query.count(")") or query.count('"') % 2:
            return []
        ids = set(re.findall(r"EXT_ID:(\S+?)\b", query))
        if ids:
            source = re.findall(r"SRC:(\w+)", query)[0]
            return [o for o in self.results if o["source"] == source and o["id"] in ids]
        dois = re.findall(r'DOI:"([^"]+)"', query)
        if dois:
            return [o for o in self.results if dois[0].lower() in str(o.get("doi")).lower()]
        wanted = [phrase.lower() for phrase in re.findall(r'(?:KW|TITLE_ABS):"([^"]+)"', query)]
        dates = re.findall(r"FIRST_IDATE:\[(\S+) TO (\S+)\]", query)

        def fits(one: Result) -> bool:
            day = one.get("firstIndexDate")  # a result without one is inside any range
            in_time = day is None or all(first <= day <= last for first, last in dates)
            return in_time and all(phrase in json.dumps(one).lower() for phrase in wanted)

        return [one for one in self.results if fits(one)]
