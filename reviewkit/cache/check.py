"""Every page and journal of a cache looked at: what is damaged, missing or left over.

It changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from reviewkit.cache.journal import read_journal
from reviewkit.cache.runs import Cache
from reviewkit.model.errors import CacheError, DamagedCache


class FaultKind(StrEnum):
    """What can be wrong.

    DAMAGED and MISSING pages break a run. UNREFERENCED pages and LEFTOVER files do no harm.
    """

    DAMAGED = "damaged"
    MISSING = "missing"
    UNREFERENCED = "unreferenced"
    LEFTOVER = "leftover"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is not as it should be, and the file."""

    kind: FaultKind
    path: Path
    what: str


def verify(cache: Cache) -> tuple[Fault, ...]:
    """Every fault of the cache; none when it is whole."""
    return tuple(_faults(cache))


def _faults(cache: Cache) -> Iterator[Fault]:
    wanted: dict[str, Path] = {}
    yield from _journal_faults(cache, wanted)

    there = set(cache.pages.names())
    for sha256, journal in sorted(wanted.items()):
        if sha256 not in there:
            yield Fault(
                kind=FaultKind.MISSING, path=cache.pages.path(sha256), what=f"wanted by {journal}"
            )

    for path in cache.pages.files():
        if path.name not in there:
            yield Fault(
                kind=FaultKind.LEFTOVER, path=path, what="not a page; a crash may have left it"
            )
        elif (damage := _damage(cache, path.name)) is not None:
            yield Fault(kind=FaultKind.DAMAGED, path=path, what=damage)
        elif path.name not in wanted:
            yield Fault(kind=FaultKind.UNREFERENCED, path=path, what="no run names this page")


def _journal_faults(cache: Cache, wanted: dict[str, Path]) -> Iterator[Fault]:
    """What is wrong with the journals; the pages that the others name are added to `wanted`."""
    for path in sorted(cache.runs_folder.glob("*/journal.jsonl")):
        try:
            journal = read_journal(path)
        except (DamagedCache, CacheError) as error:
            yield Fault(kind=FaultKind.DAMAGED, path=path, what=error.what)
            continue
        if journal is None:
            yield Fault(
                kind=FaultKind.LEFTOVER, path=path, what="a run that was cut off before it began"
            )
            continue

        for ref in (*journal.pages, *journal.refused):
            wanted.setdefault(ref.sha256, path)


def _damage(cache: Cache, sha256: str) -> str | None:
    try:
        cache.pages.check(sha256)
    except (DamagedCache, CacheError) as error:
        return error.what

    return None
