"""What reading a file gives: its records one by one, and the list of what was wrong with it.

A problem is data. No reader raises it; whoever imports decides whether it is too much.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from reviewkit.model.records import Record


class ProblemKind(StrEnum):
    """What kind of problem it is.

    DAMAGE: a part of the file could not be read.
    VALUE: a value is not what its field means; the value stays in `other`.
    REFUSED: an entry of the file that gives no record.
    REPEAT: an identifier was met before in the same file; the record gets a name of its own.
    """

    DAMAGE = "damage"
    VALUE = "value"
    REFUSED = "refused"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that was wrong.

    `line` counts from 1 in the file as opened; it is None where no line can be named.
    """

    kind: ProblemKind
    line: int | None
    what: str

    @property
    def loses(self) -> bool:
        """Whether a part of the file is lost by it, or read by a guess."""
        return self.kind in {ProblemKind.DAMAGE, ProblemKind.REFUSED}

    def __str__(self) -> str:
        if self.line is None:
            return self.what
        return f"line {self.line}: {self.what}"


_DETAIL = re.compile(r"@\w+\{[^{}]*\}|'[^']*'|\"[^\"]*\"|(?<!\S)\S*\d\S*+|\d\S*+")


def summarise(problems: Iterable[Problem]) -> list[str]:
    """Return one line per kind of problem: the first of its kind, and how many are like it."""
    alike: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        alike.setdefault((problem.kind, _DETAIL.sub("…", problem.what)), []).append(problem)

    lines = []
    for first, *others in alike.values():
        line = str(first)
        if others:
            line += f" ({len(others):,} more like it)"
        lines.append(line)
    return lines


class ParsedRecord(NamedTuple):
    """A record, the line where it begins, and the identifier that its source gave it, if any.

    `label` is its name in this file only: a citation key, a row of somebody's library.
    `record.source_id` is empty until `with_source_ids` has made the file's identifiers unique.
    """

    record: Record
    line: int | None
    own_id: str | None
    label: str | None = None


ParsedItem = ParsedRecord | Problem
ParsedItems = Iterator[ParsedItem]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFile:
    """A file as read.

    `records` streams once; `problems` is complete when `records` has come to its end.
    `mapping` is the column of each field for tables; it is empty for other formats.
    `sample` is a line as the guessed encoding reads it; "" where no encoding was guessed.
    """

    format: str
    dialect: str
    encoding: str
    records: Iterator[Record]
    problems: list[Problem]
    mapping: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    sample: str = ""

    def all(self) -> tuple[Record, ...]:
        """Return every record not drawn yet, at once: for files known to be small."""
        return tuple(self.records)


def with_source_ids(
    items: Iterable[ParsedItem], problems: list[Problem], *, source: str, labels: bool
) -> Iterator[Record]:
    """Yield the records with their `source_id`; append the problems to the list as they are met.

    The identifier is the source's own, else the label, accession number, PMID, DOI, or a digest of
    the content. A second record with the same identifier is kept as "…#2", and a problem says so.
    With `labels` false no label is used, and identifiers may repeat: who stores records of several
    files has to compare them.
    """
    times: dict[str, int] = {}
    for item in items:
        if isinstance(item, Problem):
            problems.append(item)
            continue

        name = _source_id(item, source, labels=labels)
        if not labels:
            yield _named(item.record, name)
            continue

        count = times.get(name, 0) + 1
        times[name] = count
        if count > 1:
            numbered = f"{name}#{count}"
            problems.append(_repeat(item.line, name, numbered))
            name = numbered
        yield _named(item.record, name)


def _named(record: Record, source_id: str) -> Record:
    """Give a record its identifier: nobody has seen it without one, so it need not be copied."""
    object.__setattr__(record, "source_id", source_id)
    return record


def _repeat(line: int | None, name: str, numbered: str) -> Problem:
    what = f"the identifier {name} was met before in this file; the record is kept as {numbered}"
    return Problem(kind=ProblemKind.REPEAT, line=line, what=what)


def _source_id(parsed: ParsedRecord, source: str, *, labels: bool) -> str:
    record = parsed.record
    if source == "pubmed" and record.pmid:
        return record.pmid
    own = parsed.own_id or (parsed.label if labels else None)
    name = own or record.accession or record.pmid or content_id(record)
    return name.removeprefix(f"{source}:")


def content_id(record: Record) -> str:
    """Return an identifier made of the record's content: its DOI, or a digest of the citation.

    Stored records are known by it, so it must not change.
    """
    if record.doi:
        return f"doi:{record.doi.lower()}"

    citation = [
        record.title,
        "|".join(record.authors + record.collective_authors),
        record.journal or record.journal_abbreviation,
        str(record.year or ""),
        record.volume,
        record.issue,
        record.pages,
    ]
    citation.append(None if record.title else record.abstract)
    text = "\x1f".join(" ".join((part or "").casefold().split()) for part in citation)
    if not text.strip("\x1f"):
        text = repr(sorted(record.other.items()))
    return "x" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
