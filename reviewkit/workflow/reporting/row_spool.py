"""Rows of long lists on disk, read again one by one, so that a report holds none of them.

The file is in the system's temporary folder, without a name, and goes with the last list.
"""

import json
import tempfile
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import IO

Cells = tuple[str, ...]
# Fewer rows than this are kept as they are.
_SHORT = 1_000


class _File:
    """The file that the lists share; closed when the last of them is gone."""

    def __init__(self) -> None:
        # The lists may outlive the command that made them.
        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  __del__ closes it

    def __del__(self) -> None:
        self.file.close()


class SpooledRows(Collection[Cells]):
    """The rows of one list, in order."""

    def __init__(self, spool: _File, places: "array[int]") -> None:
        self._spool = spool
        self._places = places

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Cells]:
        file = self._spool.file
        for place in self._places:
            file.seek(place)
            yield tuple(json.loads(file.readline()))

    def __contains__(self, row: object) -> bool:
        return any(row == one for one in self)


def spool(rows: Iterable[tuple[Iterable[str], Cells]]) -> Mapping[str, Collection[Cells]]:
    """Return the rows of each list, in their order. A row comes with the names of its lists."""
    shared = _File()
    places: dict[str, array[int]] = {}
    end = 0
    for names, cells in rows:
        line = json.dumps(cells, ensure_ascii=False).encode() + b"\n"
        shared.file.write(line)
        for name in names:
            places.setdefault(name, array("Q")).append(end)
        end += len(line)

    lists = {name: SpooledRows(shared, found) for name, found in places.items()}
    return {name: _kept(rows) for name, rows in lists.items()}


def _kept(rows: SpooledRows) -> Collection[Cells]:
    if len(rows) > _SHORT:
        return rows
    return tuple(rows)
