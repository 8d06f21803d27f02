"""`convert`: export files of any format into one of another, without a review.

What is written is read again and compared: a loss is what was found, not what was expected.
"""

import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, BinaryIO

from reviewkit.exports.values import with_comma
from reviewkit.exports.write import ExportFormat, write_records
from reviewkit.importers import ParsedFile, read_file
from reviewkit.importers.parsed_file import summarise
from reviewkit.importers.plausible import plausible_records
from reviewkit.model.choices import not_among
from reviewkit.model.errors import FileMistakes, Mistake, UsageError
from reviewkit.model.records import Record

ENDINGS: Mapping[str, ExportFormat] = {
    ".ris": ExportFormat.RIS,
    ".bib": ExportFormat.BIBTEX,
    ".nbib": ExportFormat.NBIB,
    ".xml": ExportFormat.ENDNOTE_XML,
    ".csv": ExportFormat.CSV,
    ".xlsx": ExportFormat.XLSX,
    ".json": ExportFormat.CSL_JSON,
    ".jsonl": ExportFormat.JSONL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertOptions:
    """How a person wants the files read: as for `import`."""

    format: str | None = None
    encoding: str | None = None
    mapping: Mapping[str, str] | None = None
    strict: bool = False
    force: bool = False


@dataclass(slots=True, kw_only=True)
class ReadPart:
    """One file as read: what it is, how many records it gave, and what was wrong.

    `damage` are the problems by which a part of the file is lost.
    """

    name: str
    format: str
    dialect: str
    encoding: str
    records: int = 0
    problems: list[str] = field(default_factory=list)
    summary: list[str] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """The files as read, the text written, and how many records lose each field or tag."""

    format: ExportFormat
    parts: tuple[ReadPart, ...]
    content: bytes
    losses: Mapping[str, int]

    @property
    def records(self) -> int:
        return sum(part.records for part in self.parts)

    def as_json(self) -> dict[str, Any]:
        """Return the same for programs, with every problem."""
        return {
            "format": self.format.value,
            "records": self.records,
            "losses": dict(self.losses),
            "files": [
                {
                    "file": part.name,
                    "format": part.format,
                    "dialect": part.dialect,
                    "encoding": part.encoding,
                    "records": part.records,
                    "problems": part.problems,
                }
                for part in self.parts
            ],
        }


def format_for(out: Path | None, wanted: str | None) -> ExportFormat:
    """Return the format to write: as told, or by the file's ending.

    Raises UsageError for neither, and for an unknown one.
    """
    if wanted is not None:
        if wanted not in set(ExportFormat):
            raise not_among(f"no such format: {wanted}", wanted, ExportFormat, where="--to")
        return ExportFormat(wanted)

    ending = out.suffix.lower() if out else ""
    if ending not in ENDINGS:
        raise UsageError(
            "the name does not say which format to write",
            where=str(out or "standard output"),
            hint=f"end it with {', '.join(ENDINGS)}, or add --to",
        )
    return ENDINGS[ending]


def convert(
    inputs: Sequence[tuple[str, Path | BinaryIO]], wanted: ExportFormat, options: ConvertOptions
) -> Conversion:
    """Return the records of all the files in the wanted format, in the order of the files.

    Raises what `read_file` raises, DamagedFile where a field is empty throughout (unless `force`),
    and FileMistakes under `strict` where a part of a file is lost.
    """
    records: list[Record] = []
    parts = []
    for name, stream in inputs:
        parsed = read_file(
            stream,
            source="file",
            format=options.format,
            encoding=options.encoding,
            mapping=options.mapping,
            name=name,
        )
        part = ReadPart(
            name=name, format=parsed.format, dialect=parsed.dialect, encoding=parsed.encoding
        )
        for record in plausible_records(parsed, where=name, force=options.force):
            part.records += 1
            records.append(_renamed(record, parsed.dialect or parsed.format))

        _note_problems(part, parsed, strict=options.strict)
        parts.append(part)

    content = b"".join(write_records(wanted, records))
    return Conversion(
        format=wanted, parts=tuple(parts), content=content, losses=losses_of(records, content)
    )


def _renamed(record: Record, source: str) -> Record:
    """Return the record under its key in an export of reviewkit's, else under its dialect."""
    known, sign, number = record.source_id.partition(":")
    if sign and source in {"reviewkit", "jsonl"}:
        return replace(record, source=known, source_id=number)
    return replace(record, source=source)


def _note_problems(part: ReadPart, parsed: ParsedFile, *, strict: bool) -> None:
    part.problems = [str(problem) for problem in parsed.problems]
    part.summary = summarise(parsed.problems)
    part.damage = [str(problem) for problem in parsed.problems if problem.loses]
    if strict and part.damage:
        raise FileMistakes(
            tuple(Mistake(path=part.name, found="", wanted=what) for what in part.damage),
            where=part.name,
            hint="correct the file, or convert it without --strict",
        )


def losses_of(records: Sequence[Record], content: bytes) -> Mapping[str, int]:
    """Return in how many records each field, or tag of the source, does not come back."""
    if not records:
        return {}

    lost: Counter[str] = Counter()
    back = read_file(io.BytesIO(content), source="file", name="the result").records
    for before, after in zip_longest(records, back):
        if before is None or after is None:
            lost["the record itself"] += 1
            continue
        lost.update(_lost_fields(before, after))
        lost.update(_lost_tags(before, after))
    return dict(sorted(lost.items(), key=lambda item: (-item[1], item[0])))


def _lost_fields(before: Record, after: Record) -> list[str]:
    names = [one.name for one in fields(Record)]
    compared = [name for name in names if name not in {"source", "source_id", "other"}]
    return [name for name in compared if _value(before, name) != _value(after, name)]


def _value(record: Record, name: str) -> object:
    value = getattr(record, name)
    if name == "authors":
        return tuple(map(with_comma, value))
    if name in {"abstract", "title"}:
        return " ".join((value or "").split())
    return value


def _lost_tags(before: Record, after: Record) -> list[str]:
    """Return the source's own tags whose values are nowhere in the record as read again."""
    if not before.other or before.other == after.other:
        return []

    texts = [" ".join(group) for group in after.other.values()]
    texts += [_text(after, one.name) for one in fields(Record)]
    found = " ".join(" ".join(texts).split())
    tags = before.other.keys() - _KINDS
    return [f"the source's {tag}" for tag in tags if not _all_in(before.other[tag], found)]


def _all_in(values: Iterable[str], text: str) -> bool:
    return all(" ".join(value.split()) in text for value in values)


# How a format names the kind of work and the entry; every format has its own way.
_KINDS = frozenset({"TY", "entry type", "citation key", "ref-type number", "rec-number"})


def _text(record: Record, name: str) -> str:
    value = getattr(record, name)
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    if isinstance(value, str):
        return value
    return ""
