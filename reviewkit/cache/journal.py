"""A run's journal: one JSON line for the run, one per page, one when it is complete.

A line may also refuse pages before it: they proved wrong beside others. They stay as evidence, and
are asked for again. Lines are appended, never rewritten.

A last line that a crash tore is dropped. An unreadable line before it is damage, and named.
"""

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewkit.cache.disk import append_whole, cache_errors
from reviewkit.model.errors import CacheError, DamagedCache
from reviewkit.model.foreign import read_json
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
    """A journal as read. `length` is how many of the file's bytes are whole lines.

    `refused` are pages that proved wrong beside others; `pages` does not hold them.
    """

    header: RunHeader
    pages: tuple[PageRef, ...]
    complete: bool
    length: int
    refused: tuple[PageRef, ...] = ()


def begin_journal(path: Path, header: RunHeader) -> None:
    """Write the first line. Raises CacheError."""
    _append(path, {"kind": "run", "format": _FORMAT, **dataclasses.asdict(header)})


def add_page(path: Path, page: PageRef, *, size: int) -> None:
    """Note that a page came; `size` is in bytes. Raises CacheError."""
    _append(path, {"kind": "page", **dataclasses.asdict(page), "bytes": size})


def refuse_pages(path: Path, pages: Iterable[PageRef], *, why: str) -> None:
    """Note that these pages proved wrong beside others. Raises CacheError."""
    names = sorted({(page.request, page.sha256) for page in pages})
    _append(path, {"kind": "refused", "pages": names, "why": why})


def end_journal(path: Path, *, pages: int) -> None:
    """Note that the run is complete. Raises CacheError."""
    _append(path, {"kind": "complete", "pages": pages})


def _append(path: Path, line: dict[str, Any]) -> None:
    with cache_errors(path):
        append_whole(path, json.dumps(line, ensure_ascii=False).encode() + b"\n")


def read_journal(path: Path) -> Journal | None:
    """The journal; None when not even its first line is whole.

    Raises DamagedCache, CacheError for a newer format.
    """
    with cache_errors(path):
        raw = path.read_bytes()
    lines, length = _whole_lines(raw, path)
    if not lines:
        return None

    pages, refused = _pages_of(lines, path)
    return Journal(
        header=_header_of(lines[0], path),
        pages=pages,
        complete=lines[-1].get("kind") == "complete",
        length=length,
        refused=refused,
    )


def _pages_of(
    lines: list[dict[str, Any]], path: Path
) -> tuple[tuple[PageRef, ...], tuple[PageRef, ...]]:
    """The pages of a journal, and those that were refused. Raises DamagedCache."""
    pages: list[PageRef] = []
    refused: list[PageRef] = []
    for number, line in enumerate(lines[1:], start=2):
        if line.get("kind") == "page":
            pages.append(_page_of(line, path, number))
        elif line.get("kind") == "refused":
            names = _refused_of(line, path, number)
            refused += [page for page in pages if (page.request, page.sha256) in names]
            pages = [page for page in pages if (page.request, page.sha256) not in names]
        elif number < len(lines) or not _is_end(line, len(pages) + len(refused)):
            raise _damaged(path, number)

    return tuple(pages), tuple(refused)


def _header_of(line: dict[str, Any], path: Path) -> RunHeader:
    """The first line as a header. Raises DamagedCache, CacheError for a newer format."""
    if line.get("kind") != "run":
        raise _damaged(path, 1)
    if line.get("format") != _FORMAT:
        hint = "update reviewkit; nothing in the cache was changed"
        raise CacheError("was written by a newer reviewkit", where=str(path), hint=hint)

    names = [field.name for field in dataclasses.fields(RunHeader)]
    return RunHeader(**_texts_of(line, names, path, 1))


def _is_end(line: dict[str, Any], pages: int) -> bool:
    """Whether a line says that the run is complete with so many pages."""
    return (line.get("kind"), line.get("pages")) == ("complete", pages)


def _whole_lines(raw: bytes, path: Path) -> tuple[list[dict[str, Any]], int]:
    parts = raw.split(b"\n")[:-1]
    lines: list[dict[str, Any]] = []
    length = 0
    for number, part in enumerate(parts, start=1):
        try:
            line = read_json(part)
        except ValueError:
            line = None
        if not isinstance(line, dict):
            # A crash can leave the end of a file filled with zeros: only the last line may be like
            # that.
            if number == len(parts):
                break
            raise _damaged(path, number)
        lines.append(line)
        length += len(part) + 1

    return lines, length


def _page_of(line: dict[str, Any], path: Path, number: int) -> PageRef:
    values = _texts_of(line, ("request", "sha256", "retrieved_at"), path, number)
    if len(values["sha256"]) != 64:
        raise _damaged(path, number)

    return PageRef(**values)


def _refused_of(line: dict[str, Any], path: Path, number: int) -> set[tuple[str, str]]:
    """Request and SHA-256 of each page that a line refuses. Raises DamagedCache."""
    names = line.get("pages")
    if not isinstance(names, list) or not all(_is_name(name) for name in names):
        raise _damaged(path, number)
    return {(request, sha256) for request, sha256 in names}


def _is_name(name: object) -> bool:
    return isinstance(name, list) and len(name) == 2 and all(isinstance(x, str) for x in name)


def _texts_of(
    line: dict[str, Any], names: Iterable[str], path: Path, number: int
) -> dict[str, str]:
    """The values of a line with these names. Raises DamagedCache where one is no text."""
    values = {name: line.get(name) for name in names}
    texts = {name: value for name, value in values.items() if isinstance(value, str)}
    if len(texts) < len(values):
        raise _damaged(path, number)

    return texts


def _damaged(path: Path, number: int) -> DamagedCache:
    hint = "bring it back from a copy of the cache, or move this run's folder away and search again"
    return DamagedCache(f"line {number} of the journal cannot be read", where=str(path), hint=hint)
