"""A run's journal: one JSON line for the run, one per page, one when it is complete. Appended, never rewritten.

A line that a crash tore is dropped; a line that is unreadable in the middle is damage, and named.
"""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewkit.cache.disk import append_whole, cache_errors
from reviewkit.model.errors import CacheError, DamagedCache
from reviewkit.model.records import PageRef

_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHeader:
    """What a run asks, of whom, and since when (ISO 8601, UTC)."""

    source: str
    strategy: str
    query: str
    endpoint: str
    started_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """A journal as read. `length` is how many of the file's bytes are whole lines."""

    header: RunHeader
    pages: tuple[PageRef, ...]
    complete: bool
    length: int


def begin_journal(path: Path, header: RunHeader) -> None:
    """Write the first line. Raises CacheError."""
    _append(path, {"kind": "run", "format": _FORMAT, **dataclasses.asdict(header)})


def add_page(path: Path, page: PageRef, *, size: int) -> None:
    """Note that a page came; `size` is in bytes. Raises CacheError."""
    _append(path, {"kind": "page", **dataclasses.asdict(page), "bytes": size})


def end_journal(path: Path, *, pages: int) -> None:
    """Note that the run is complete. Raises CacheError."""
    _append(path, {"kind": "complete", "pages": pages})


def _append(path: Path, line: dict[str, Any]) -> None:
    with cache_errors(path):
        append_whole(path, json.dumps(line, ensure_ascii=False).encode() + b"\n")


def read_journal(path: Path) -> Journal | None:
    """The journal; None when not even its first line is whole. Raises DamagedCache, CacheError for a newer format."""
    with cache_errors(path):
        raw = path.read_bytes()
    lines, length = _whole_lines(raw, path)
    if not lines:
        return None
    head = lines[0]
    if head.get("kind") != "run":
        raise _damaged(path, 1)
    if head.get("format") != _FORMAT:
        hint = "update reviewkit; nothing in the cache was changed"
        raise CacheError("was written by a newer reviewkit", where=str(path), hint=hint)
    pages = []
    for number, line in enumerate(lines[1:], start=2):
        if line.get("kind") == "page":
            pages.append(_page_of(line, path, number))
        elif (
            line.get("kind") != "complete"
            or number != len(lines)
            or line.get("pages") != len(pages)
        ):
            raise _damaged(path, number)
    names = [field.name for field in dataclasses.fields(RunHeader)]
    if not all(isinstance(head.get(name), str) for name in names):
        raise _damaged(path, 1)
    header = RunHeader(**{name: head[name] for name in names})
    return Journal(
        header=header,
        pages=tuple(pages),
        complete=lines[-1].get("kind") == "complete",
        length=length,
    )


def _whole_lines(raw: bytes, path: Path) -> tuple[list[dict[str, Any]], int]:
    parts = raw.split(b"\n")[:-1]
    lines: list[dict[str, Any]] = []
    length = 0
    for number, part in enumerate(parts, start=1):
        try:
            line = json.loads(part)
        except ValueError:
            line = None
        if not isinstance(line, dict):
            # A crash can leave the end of a file filled with zeros: only the last line may be like that.
            if number == len(parts):
                break
            raise _damaged(path, number)
        lines.append(line)
        length += len(part) + 1
    return lines, length


def _page_of(line: dict[str, Any], path: Path, number: int) -> PageRef:
    request, sha256, at = line.get("request"), line.get("sha256"), line.get("retrieved_at")
    if not (
        isinstance(request, str)
        and isinstance(sha256, str)
        and isinstance(at, str)
        and len(sha256) == 64
    ):
        raise _damaged(path, number)
    return PageRef(request=request, sha256=sha256, retrieved_at=at)


def _damaged(path: Path, number: int) -> DamagedCache:
    hint = "bring it back from a copy of the cache, or move this run's folder away and search again"
    return DamagedCache(f"line {number} of the journal cannot be read", where=str(path), hint=hint)
