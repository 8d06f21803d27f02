"""Hashes of what is stored: the chain of the events, each record, each run with its list.

What is hashed was fixed by the migration `m013_hashes`: a column that comes later is no part of it.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

# A query with its parameters; the rows come back.
Query = Callable[[str, Sequence[Any]], Iterable[tuple[Any, ...]]]

RECORD_HASHED = (
    "record", "source", "source_id", "title", "original_title", "authors", "collective_authors",
    "journal", "journal_abbreviation", "issns", "year", "published", "published_online", "created",
    "volume", "issue", "pages", "doi", "pmid", "pmcid", "accession", "languages", "abstract",
    "headings", "keywords", "types", "links", "relations", "other",
)  # fmt: skip
_RUN_HASHED = (
    "run", "run_sha256", "protocol_sha256", "source", "role", "strategy", "counts_in_flow", "query",
    "endpoint", "searched_at", "status", "count", "received", "translation", "build",
    "build_records", "build_updated", "warnings", "error", "family", "kind", "count_unit",
)  # fmt: skip
_PAGE_HASHED = ("position", "request", "sha256", "retrieved_at")
_LIST_HASHED = ("position", "identifier", "record")


def next_link(before: str, kind: str, event_sha256: str) -> str:
    """Return the link of an event that follows the link `before`; an empty one for the first."""
    return hashlib.sha256(f"{before}\n{kind}\n{event_sha256}".encode()).hexdigest()


def row_sha256(row: Sequence[Any]) -> str:
    """Return the SHA-256 of a row's values."""
    return hashlib.sha256(_bytes(row)).hexdigest()


def run_content_sha256(query: Query, run: int) -> str:
    """Return the SHA-256 of a run's row, its pages and its list, as they are stored."""
    digest = hashlib.sha256()

    for table, columns, order in (
        ("runs", _RUN_HASHED, "run"),
        ("run_pages", _PAGE_HASHED, "position"),
        ("run_records", _LIST_HASHED, "position, identifier"),
    ):
        sql = f"SELECT {', '.join(columns)} FROM {table} WHERE run = ? ORDER BY {order}"
        for row in query(sql, [run]):
            digest.update(_bytes(row))
    return digest.hexdigest()


# A row that somebody forged may hold bytes where a text should be.
_ENCODER = json.JSONEncoder(default=repr)


def _bytes(row: Sequence[Any]) -> bytes:
    return _ENCODER.encode(list(row)).encode()
