"""The end of the chain of events, as a backup or a file of decisions kept it elsewhere."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewkit.model.errors import DamagedFile, UsageError, system_reason
from reviewkit.model.foreign import read_json
from reviewkit.model.text import plural
from reviewkit.store import Store
from reviewkit.store.chain import ChainHead, adopted_events, chain_head, continues

_SQLITE = b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptHead:
    """A head, and the file that has it."""

    path: Path
    head: ChainHead


def kept_head(path: Path, *, now: datetime.datetime) -> KeptHead:
    """Read the head that a file kept.

    Raises UsageError for a file without one, StoreError for a damaged backup.
    """
    try:
        with path.open("rb") as file:
            is_database = file.read(len(_SQLITE)) == _SQLITE
            file.seek(0)
            first_line = b"" if is_database else file.readline()
    except OSError as error:
        raise UsageError(
            f"cannot be read: {system_reason(error)}", where=str(path), hint="name a file"
        ) from error

    if is_database:
        with Store(path, now=now, read_only=True) as store:
            return KeptHead(path=path, head=chain_head(store))

    return KeptHead(path=path, head=_head_of_line(first_line, path))


def _head_of_line(line: bytes, path: Path) -> ChainHead:
    """The head in the first line of a file of decisions."""
    try:
        header: Any = read_json(line)
        chain = header["chain"]
        return ChainHead(events=int(chain["events"]), head=str(chain["head"]))
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        raise DamagedFile(
            "names no last event",
            where=str(path),
            hint="name a backup, or a file of reviewkit decisions export",
        ) from error


def head_faults(store: Store, kept: KeptHead) -> Iterator[str]:
    """Say where the chain does not go on from what was kept."""
    if not continues(store, kept.head):
        known = plural(kept.head.events, "event")
        yield (
            f"the {known} that {kept.path.name} knows are not the first ones here: events were "
            "taken away or written anew, or the file is of another machine"
        )


def chain_words(store: Store) -> str:
    """Say how many events there are, and from where on a loss can be seen."""
    chain, adopted = chain_head(store), adopted_events(store)
    if not chain.events:
        return "0"
    words = f"{chain.events}, the last one {chain.head[:12]}"
    if adopted:
        words += f"; {adopted} were there when the chain began, losses before cannot be seen"
    return words
