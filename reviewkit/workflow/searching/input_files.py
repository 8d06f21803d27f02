"""The files of an import: what a person says about them, and what each one brought."""

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from reviewkit.importers import ParsedFile
from reviewkit.importers.verdicts import noted_verdicts
from reviewkit.model.records import Record
from reviewkit.model.text import plural


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFile:
    """A file to import: its name for people, and its path or, for standard input, its stream."""

    name: str
    content: Path | BinaryIO


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What a person says about the files.

    `source` is an id of the protocol's; `date` is the day of the search.
    """

    source: str | None = None
    date: datetime.date | None = None
    query: str | None = None
    format: str | None = None
    encoding: str | None = None
    mapping: Mapping[str, str] | None = None
    strict: bool = False

    @property
    def reading(self) -> str:
        """How a person wants the files read; a part of what makes an import the same import."""
        columns = [f"{name}={column}" for name, column in sorted((self.mapping or {}).items())]
        options = {"format": self.format, "encoding": self.encoding, "map": ",".join(columns)}
        return "".join(f" [{name}: {value}]" for name, value in options.items() if value)


@dataclass(slots=True, kw_only=True)
class FileImport:
    """What one file was, how many records it had, and how many of those were stored before.

    `differences` names the records that are stored with another place of publication.
    `noted` counts, by screening tool, the records that carry a decision made there. Import stores
    records only, no decisions.
    """

    name: str
    source: str = ""
    format: str = ""
    dialect: str = ""
    encoding: str = ""
    sha256: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    records: int = 0
    known: int = 0
    problems: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    first: list[Record] = field(default_factory=list)
    noted: Counter[str] = field(default_factory=Counter)
    new: bool = True

    @property
    def kind(self) -> str:
        """The format and, where it says more, the dialect."""
        if self.dialect in {"", self.format}:
            return self.format
        return f"{self.format}, {self.dialect}"

    def sentence(self) -> str:
        """Return what a person needs to know of it, in one sentence."""
        count = f"{self.kind}, {plural(self.records, 'record')} for {self.source}"
        if not self.new:
            return f"{self.name}: {count}; this file was imported before, nothing changed."

        known = "none there before"
        if self.known:
            known = f"{self.known:,} of them there already"
        sentence = f"{self.name}: {count}, {known}"
        if self.problems:
            sentence += f"; {plural(len(self.problems), 'problem')}"
        return f"{sentence}."

    def as_json(self) -> dict[str, Any]:
        """Return the same for programs, with every problem."""
        return {
            "file": self.name,
            "source": self.source,
            "format": self.format,
            "dialect": self.dialect,
            "encoding": self.encoding,
            "sha256": self.sha256 or None,
            "mapping": dict(self.mapping),
            "records": self.records,
            "already_there": self.known,
            "new": self.new,
            "problems": self.problems,
            "differences": self.differences,
            "decisions_not_taken_over": dict(self.noted),
        }

    def draw(self, parsed: ParsedFile) -> Iterator[Record]:
        """Yield the file's records; note what it is, its counts and its problems on the way."""
        self.format, self.dialect = parsed.format, parsed.dialect
        self.encoding, self.mapping = parsed.encoding, parsed.mapping
        for record in parsed.records:
            self.records += 1
            self.noted.update({noted.tool for noted in noted_verdicts(record)})
            yield record

        self.problems = [str(problem) for problem in parsed.problems]
