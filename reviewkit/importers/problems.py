"""What a reader says beside the records: which part of the file was not as it should be, and on which line.

It raises nothing: a problem is data, and whoever imports decides whether it is too much.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from reviewkit.model.records import Record


class ProblemKind(StrEnum):
    """DAMAGE: a part of the file could not be read. VALUE: one value is not what its field means; it stays in `other`.

    REPEAT: a record's identifier was met before in the same file; the record is kept under a name of its own.
    """

    DAMAGE = "damage"
    VALUE = "value"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that was wrong. `line` counts from 1 in the file as opened; None when no line can be named."""

    kind: ProblemKind
    line: int | None
    what: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}" if self.line is not None else self.what


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A record as read, the line where it starts, and the identifier that its source gave it, if it gave one.

    `record.source_id` is empty until the file's identifiers are known to be unique.
    """

    record: Record
    line: int | None
    own_id: str | None


Item = Entry | Problem
Items = Iterator[Item]
