"""A local OpenAlex: works by filter and cursor, in the shape of the service since November 2025.

Built from its documentation and a recorded answer. As there, the next cursor of the last page is
null, an address over 4 kB is refused, a page holds 100 at most, and a day's budget can be used up.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.servers.http_server import Answered, LocalServer, ReceivedRequest

Work = Mapping[str, Any]
_FILTERS = frozenset(
    {
        "title_and_abstract.search",
        "from_publication_date",
        "to_publication_date",
        "language",
        "openalex_id",
        "doi",
        "pmid",
        "cites",
    }
)


def work(number: int, *, title: str = "", refers: Iterable[int] = (), **more: Any) -> Work:
    """An invented work; `refers` are the numbers of those that it cites."""
    references = [f"https://openalex.org/W{one}" for one in refers]
    return {
        "id": f"https://openalex.org/W{number}",
        "doi": f"https://doi.org/10.1000/w{number}",
        "title": title or f"Invented work on dysbiosis {number}",
        "display_name": title or f"Invented work on dysbiosis {number}",
        "publication_year": 2021,
        "publication_date": "2021-03-04",
        "ids": {"openalex": f"https://openalex.org/W{number}"},
        "language": "en",
        "type": "article",
        "authorships": [{"author": {"display_name": "Ann Person"}, "raw_author_name": "A Person"}],
        "biblio": {"volume": "1", "issue": None, "first_page": "2", "last_page": "9"},
        "primary_location": {"source": {"display_name": "Invented Journal", "issn": ["1234-5679"]}},
        "abstract_inverted_index": {"About": [0], "the": [1, 3], "gut,": [2], "nerves.": [4]},
        "referenced_works": references,
        "referenced_works_count": len(references),
        **more,
    }


class OpenAlexServer(LocalServer):
    """`budget` is how many requests a day has; `None` for as many as there are."""

    def __init__(self, works: Iterable[Work] = (), *, at_most: int = 100) -> None:
        super().__init__()
        self.works, self.at_most = list(works), at_most
        self.budget: int | None = None
        self.key = ""

    def answer(self, asked: ReceivedRequest) -> Answered:
        if asked.path != "works":
            return Answered(404, b"<html>not here</html>", "text/html")
        if self.key and asked.get("api_key") != self.key:
            return _error(401, "Invalid API key", "The API key is not known")
        if sum(len(name) + len(value) + 2 for name, value in asked.pairs) > 4096:
            return _error(403, "Forbidden", "URL too long")
        if self.budget is not None:
            self.budget -= 1
            if self.budget < 0:
                return _used_up()
        return self._page(asked)

    def _page(self, asked: ReceivedRequest) -> Answered:
        filters = dict(part.partition(":")[::2] for part in asked.get("filter").split(","))
        unknown = [name for name in filters if name not in _FILTERS]
        if unknown:
            return _error(400, "Invalid query parameters error.", f"{unknown[0]} is not a filter")
        found = [one for one in self.works if _fits(one, filters)]
        size = min(int(asked.get("per_page", "25")), self.at_most)
        cursor = asked.get("cursor")
        start = 0 if cursor == "*" else int(re.sub(r"\D", "", cursor))
        listed = [_selected(one, asked.get("select")) for one in found[start : start + size]]
        values = {
            "meta": {
                "count": len(found),
                "per_page": size,
                "next_cursor": f"Ik{start + len(listed)}=" if listed else None,
            },
            "results": listed,
        }
        return Answered(200, json.dumps(values).encode())


def _selected(one: Work, select: str) -> Work:
    if not select:
        return one
    return {name: one[name] for name in select.split(",") if name in one}


def _fits(one: Work, filters: Mapping[str, str]) -> bool:
    text = json.dumps(one).lower()
    phrases = re.findall(r'"([^"]+)"', filters.get("title_and_abstract.search", ""))
    day = str(one["publication_date"])
    ids = re.findall(r"W\d+", filters.get("openalex_id", ""))
    dois = [doi.lower() for doi in filters.get("doi", "").split("|") if doi]
    pmids = [pmid for pmid in filters.get("pmid", "").split("|") if pmid]
    cited = [
        f"https://openalex.org/{name}" for name in re.findall(r"W\d+", filters.get("cites", ""))
    ]
    return (
        (not phrases or any(phrase.lower() in text for phrase in phrases))
        and filters.get("from_publication_date", "0") <= day
        and day <= filters.get("to_publication_date", "9")
        and ("language" not in filters or one["language"] in filters["language"].split("|"))
        and (not ids or str(one["id"]).rpartition("/")[2] in ids)
        and (not dois or str(one["doi"]).removeprefix("https://doi.org/") in dois)
        and (not pmids or str(one["ids"].get("pmid", "")).rpartition("/")[2] in pmids)
        and (not cited or bool(set(cited) & set(one["referenced_works"])))
    )


def _error(status: int, error: str, message: str) -> Answered:
    return Answered(status, json.dumps({"error": error, "message": message}).encode())


def _used_up() -> Answered:
    values = {
        "error": "Rate limit exceeded",
        "message": "Insufficient budget: resets at midnight UTC",
    }
    headers = {"X-RateLimit-Remaining": "0", "Retry-After": "30000"}
    return Answered(429, json.dumps(values).encode(), headers=headers)
