"""The files of an import: what a person says about them, and what each one brought."""

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from reviewkit.importers import ParsedFile, ProblemKind
from reviewkit.importers.parsed_file import Problem, summarise
from reviewkit.importers.plausible import plausible_records
from reviewkit.importers.verdicts import noted_verdicts
from reviewkit.model.records import Record
from reviewkit.model.text import plural, printable
from reviewkit.store.searches import SearchRow


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFile:
    """A file to import: its name for people, and its path or, for standard input, its stream."""

    name: str
    content: Path | BinaryIO


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What a person says about the files.

    `source` is an id of the protocol's; `date` is the day of the search. `part_of` is the day of
    the search that the files continue; `new_search` says that they begin one. `name_new`
    asks for the keys of new records. `by` is who imports.
    """

    source: str | None = None
    date: datetime.date | None = None
    query: str | None = None
    format: str | None = None
    encoding: str | None = None
    mapping: Mapping[str, str] | None = None
    strict: bool = False
    force: bool = False
    name_new: bool = False
    part_of: datetime.date | None = None
    new_search: bool = False
    by: str = "import"

    @property
    def reading(self) -> str:
        """How a person wants the files read; a part of what makes an import the same import."""
        columns = [f"{name}={column}" for name, column in sorted((self.mapping or {}).items())]
        options = {"format": self.format, "encoding": self.encoding, "map": ",".join(columns)}
        return "".join(f" [{name}: {value}]" for name, value in options.items() if value)


@dataclass(slots=True, kw_only=True)
class FileImport:
    """What one file was, and what became of each of its entries.

    An entry is new (`new` counts; `new_records` has the keys where they are asked for), there
    already (`same` counts), there already and completed (`updated` has the filled fields by key),
    or `refused`, with the reason.
    `differences` names the records that are stored with another place of publication.
    `summary` has one line per kind of problem; `damage` has the problems that lose something.
    `noted` counts, by screening tool, the records that carry a decision made there. Import stores
    records only, no decisions.
    """

    name: str
    force: bool = False
    source: str = ""
    format: str = ""
    dialect: str = ""
    encoding: str = ""
    sample: str = ""
    sha256: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    records: int = 0
    new: int = 0
    new_records: list[str] | None = None
    same: int = 0
    updated: dict[str, tuple[str, ...]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    summary: list[str] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)
    noticed: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    first: list[Record] = field(default_factory=list)
    noted: Counter[str] = field(default_factory=Counter)
    imported_before: bool = False
    run: int | None = None
    continues: SearchRow | None = None
    replaced: tuple[int, ...] = ()

    @property
    def kind(self) -> str:
        """The format and, where it says more, the dialect."""
        if self.dialect in {"", self.format}:
            return self.format
        return f"{self.format}, {self.dialect}"

    @property
    def guess(self) -> str:
        """What was guessed of the encoding, with a line as it is read; "" where nothing was."""
        if not self.sample:
            return ""
        return (
            f", guessed to be {self.encoding} (a line reads {printable(self.sample)!r}; "
            "if that is wrong, import again with --encoding)"
        )

    def sentence(self) -> str:
        """Return what a person needs to know of it, in one sentence."""
        count = f"{self.kind}{self.guess}, {plural(self.records, 'record')} for {self.source}"
        if self.imported_before:
            return f"{self.name}: {count}; this file was imported before, nothing changed."

        sentence = f"{self.name}: {count}: {', '.join(self._outcomes())}"
        if self.problems:
            sentence += f"; {plural(len(self.problems), 'problem')}"
        return f"{sentence}."

    def search_sentences(self) -> Iterator[str]:
        """Yield which search the file continues, and which import without a day it replaces."""
        if self.continues is not None:
            files = plural(self.continues.files, "file")
            yield f"continues the search of {self.continues.day} ({files} so far)"
        for run in self.replaced:
            yield f"in place of run {run}, whose day was not stated; it is out of the flow"

    def _outcomes(self) -> list[str]:
        counts = {
            "new": self.new,
            "there already": self.same,
            "updated": len(self.updated),
            "refused": len(self.refused),
        }
        words = {name: f"{count:,} {name}" for name, count in counts.items() if count}
        if self.updated:
            words["updated"] += f" ({fields_in_words(self.updated)})"
        return list(words.values())

    def as_json(self) -> dict[str, Any]:
        """Return the same for programs, with every problem."""
        return {
            "file": self.name,
            "source": self.source,
            "format": self.format,
            "dialect": self.dialect,
            "encoding": self.encoding,
            "encoding_guessed": bool(self.sample),
            "sha256": self.sha256 or None,
            "mapping": dict(self.mapping),
            "records": self.records,
            "imported_before": self.imported_before,
            "new": self.new,
            "already_there": self.same,
            "updated": len(self.updated),
            "refused": len(self.refused),
            "new_records": self.new_records or [],
            "updated_records": {key: list(names) for key, names in self.updated.items()},
            "refused_entries": self.refused,
            "run": self.run,
            "search": self.continues.search if self.continues else self.run,
            "continues": self.continues.day if self.continues else None,
            "replaced_runs": list(self.replaced),
            "problems": self.problems,
            "differences": self.differences,
            "decisions_not_taken_over": dict(self.noted),
        }

    def draw(self, parsed: ParsedFile) -> Iterator[Record]:
        """Yield the file's records; note what it is, its counts and its problems on the way."""
        self.format, self.dialect = parsed.format, parsed.dialect
        self.encoding, self.mapping = parsed.encoding, parsed.mapping
        self.sample = parsed.sample
        for record in plausible_records(parsed, where=self.name, force=self.force):
            self.records += 1
            self.noted.update({noted.tool for noted in noted_verdicts(record)})
            yield record

        noticed = [Problem(kind=ProblemKind.REPEAT, line=None, what=what) for what in self.noticed]
        self.problems = [str(problem) for problem in parsed.problems] + self.noticed
        self.summary = summarise([*parsed.problems, *noticed])
        self.damage = [str(problem) for problem in parsed.problems if problem.loses]
        self.refused = [
            str(problem) for problem in parsed.problems if problem.kind is ProblemKind.REFUSED
        ]


def fields_in_words(updated: Mapping[str, tuple[str, ...]]) -> str:
    """Return which fields were filled in how many records: "abstract 3, doi"."""
    counts = Counter(name for filled in updated.values() for name in filled)
    return ", ".join(f"{name} {n}" if n > 1 else name for name, n in counts.items())
