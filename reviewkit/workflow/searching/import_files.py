"""`import`: the files that databases and tools export, taken in as a search of the source that they came from.

The file itself is kept in the cache. What a record already says is never overwritten; what it lacks is filled in.
"""

import dataclasses
import datetime
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from reviewkit.cache import Cache, RunKey
from reviewkit.importers import ParsedFile, read_file
from reviewkit.importers.gzip_stream import open_bytes
from reviewkit.importers.verdicts import noted_verdicts
from reviewkit.model.errors import DamagedFile, FileMistakes, Mistake, UsageError
from reviewkit.model.records import PageRef, Record, Role, RunStatus, SearchRun
from reviewkit.model.text import plural
from reviewkit.protocol.model import ProtocolSource, Strategy
from reviewkit.store import Store, write_lock
from reviewkit.store.protocols import add_protocol
from reviewkit.store.records import add_records, has_records_of, record_by_key
from reviewkit.store.runs import add_listed_run, runs_with_pages
from reviewkit.workflow.project import ReviewProject, source_of

NO_DATE = "the day of the search was not told; this is when the file was imported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A file to import: its name for people, and its bytes as a path or, for standard input, as a stream."""

    name: str
    content: Path | BinaryIO


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What a person says of the files. `source` is an id of the protocol's; `date` is the day of the search."""

    source: str | None = None
    date: datetime.date | None = None
    query: str | None = None
    format: str | None = None
    encoding: str | None = None
    mapping: Mapping[str, str] | None = None
    strict: bool = False

    @property
    def reading(self) -> str:
        """How the files are to be read, where a person says so; a part of what makes an import the same import."""
        columns = [f"{what}={column}" for what, column in sorted((self.mapping or {}).items())]
        said = {"format": self.format, "encoding": self.encoding, "map": ",".join(columns)}
        return "".join(f" [{name}: {value}]" for name, value in said.items() if value)


@dataclass(slots=True, kw_only=True)
class FileImport:
    """One file's part: what it was, how many records it brought, how many of those the database held before it.

    `noted` counts, by screening tool, the records that carry a decision made there. Import takes over records only.
    """

    name: str
    source: str
    format: str
    dialect: str
    encoding: str
    sha256: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    records: int = 0
    known: int = 0
    problems: list[str] = field(default_factory=list)
    first: list[Record] = field(default_factory=list)
    noted: Counter[str] = field(default_factory=Counter)
    new: bool = True

    def sentence(self) -> str:
        """What a person needs to know of it."""
        kind = (
            self.format if self.dialect in {"", self.format} else f"{self.format}, {self.dialect}"
        )
        count = plural(self.records, "record")
        if not self.new:
            return f"{self.name}: {kind}, {count} for {self.source}; this file was imported before, nothing changed."
        wrong = f"; {len(self.problems):,} problems" if len(self.problems) != 1 else "; 1 problem"
        there = f", {self.known:,} of them there already" if self.known else ", none there before"
        return f"{self.name}: {kind}, {count} for {self.source}{there}{wrong if self.problems else ''}."

    def as_json(self) -> dict[str, Any]:
        """The same for programs, with every problem."""
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
            "decisions_not_taken_over": dict(self.noted),
        }

    def count(self, record: Record) -> None:
        """Note one record that was read."""
        self.records += 1
        self.noted.update({said.tool for said in noted_verdicts(record)})


def look_at(project: ReviewProject, files: Sequence[Given], telling: Telling) -> list[FileImport]:
    """What an import would read, its first records included; nothing is kept. Raises what `import_files` does."""
    looked = []
    for given in files:
        part, parsed = _open(project, given, given.content, telling)
        for record in parsed.records:
            part.count(record)
            if len(part.first) < 3:
                part.first.append(dataclasses.replace(record, source=part.source))
        part.problems = [str(problem) for problem in parsed.problems]
        looked.append(part)
    return looked


def import_files(
    project: ReviewProject,
    files: Sequence[Given],
    telling: Telling,
    *,
    now: Callable[[], datetime.datetime],
) -> list[FileImport]:
    """Take the files in, all or none: one run per source, in the role that the protocol gives the source.

    Raises UsageError for a source, format or column that is not known, DamagedFile for what is no export or holds no
    record, FileMistakes under `strict` when anything in a file is wrong, and what the cache and the store raise.
    """
    strategy = project.protocol.primary
    if strategy is None:
        raise UsageError(
            "the protocol has no strategy",
            where=str(project.protocol_path),
            hint="add [[strategies]]",
        )
    cache, moment = Cache(project.cache), now()
    kept: dict[str, list[tuple[FileImport, Given]]] = {}
    for given in files:
        part, stored = _keep(project, cache, given, telling)
        kept.setdefault(part.source, []).append((part, stored))
    with (
        write_lock(project.database),
        Store(project.database, now=moment) as store,
        store.transaction(),
    ):
        add_protocol(
            store,
            project.protocol_sha256,
            review=project.protocol.review.id,
            toml=project.protocol_text,
        )
        taking = _Taking(
            project=project,
            store=store,
            cache=cache,
            strategy=strategy,
            telling=telling,
            moment=moment,
        )
        for name, group in kept.items():
            taking.take(source_of(project, name), group)
    return [part for group in kept.values() for part, _ in group]


def _keep(
    project: ReviewProject, cache: Cache, given: Given, telling: Telling
) -> tuple[FileImport, Given]:
    """The file in the cache, and what it is. A file on disk is kept only once it proves to be an export."""
    if isinstance(given.content, Path):
        part = _recognised(project, given, given.content, telling)
        with open_bytes(given.content) as file:
            part.sha256 = cache.pages.keep(file)
    else:
        sha256 = cache.pages.keep(given.content)
        part = _recognised(project, given, cache.pages.path(sha256), telling)
        part.sha256 = sha256
    return part, Given(name=given.name, content=cache.pages.path(part.sha256))


def _recognised(project: ReviewProject, given: Given, path: Path, telling: Telling) -> FileImport:
    part, parsed = _open(project, given, path, telling)
    next(parsed.records, None)
    if isinstance(parsed.records, Generator):
        parsed.records.close()
    return part


def _open(
    project: ReviewProject, given: Given, content: Path | BinaryIO, telling: Telling
) -> tuple[FileImport, ParsedFile]:
    source = source_of(project, telling.source).id if telling.source else ""
    parsed = read_file(
        content,
        source=source or "unknown",
        format=telling.format,
        encoding=telling.encoding,
        mapping=telling.mapping,
        name=given.name,
    )
    part = FileImport(
        name=given.name,
        source=source or _told_by(project, parsed, given.name),
        format=parsed.format,
        dialect=parsed.dialect,
        encoding=parsed.encoding,
        mapping=parsed.mapping,
    )
    return part, parsed


def _told_by(project: ReviewProject, parsed: ParsedFile, name: str) -> str:
    """The source that the file itself names, where the protocol has one of that id; nothing is guessed."""
    known = [source.id for source in project.protocol.sources]
    if parsed.dialect in known:
        return parsed.dialect
    says = (
        f"; the file looks like an export of {parsed.dialect}"
        if parsed.dialect not in {"", parsed.format}
        else ""
    )
    raise UsageError(
        f"of which source is it an export?{says}",
        where=name,
        hint=f"say --source, one of {', '.join(known)}; a further one is added to the protocol under [[sources]]",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taking:
    """An import under way, inside one transaction."""

    project: ReviewProject
    store: Store
    cache: Cache
    strategy: Strategy
    telling: Telling
    moment: datetime.datetime

    def take(self, source: ProtocolSource, group: Sequence[tuple[FileImport, Given]]) -> None:
        at = self.moment.astimezone(datetime.UTC).isoformat(timespec="seconds")
        pages = tuple(
            PageRef(
                request=f"import {Path(part.name).name}{self.telling.reading}",
                sha256=part.sha256,
                retrieved_at=at,
            )
            for part, _ in group
        )
        if self._imported_before(source, pages):
            for part, given in group:
                part.new = False
                part.records = part.known = sum(1 for _ in self._records(source, part, given))
            return
        changed: dict[str, Record] = {}
        arrived = add_records(self.store, self._all(source, group, changed))
        run = self._run(source, pages, tuple(arrived), at)
        add_listed_run(
            self.store, run, arrived, protocol=self.project.protocol_sha256, counts_in_flow=True
        )
        # What was there changes only now: its earlier content is kept under the newest run, which must be this one.
        add_records(self.store, changed.values())
        key = RunKey(source=source.id, strategy=f"{self.strategy.id}.import", query=run.query)
        self.cache.note_run(key, pages, started_at=at)

    def _imported_before(self, source: ProtocolSource, pages: Sequence[PageRef]) -> bool:
        """Whether there is a run of the very files, read in the same way, and nothing else is told of them now."""
        date = self.telling.date.isoformat() if self.telling.date else None
        return any(
            date in {None, run.searched_at}
            and self.telling.query in {None, run.query}
            and all(
                page.request.endswith(self.telling.reading or page.request) for page in run.pages
            )
            for run in runs_with_pages(
                self.store, source.id, self.strategy.id, [page.sha256 for page in pages]
            )
        )

    def _run(
        self,
        source: ProtocolSource,
        pages: tuple[PageRef, ...],
        identifiers: tuple[str, ...],
        at: str,
    ) -> SearchRun:
        date = self.telling.date
        return SearchRun(
            source=source.id,
            role=Role(source.role),
            strategy=self.strategy.id,
            query=self.telling.query or "",
            searched_at=date.isoformat() if date else at,
            status=RunStatus.COMPLETE,
            count=len(identifiers),
            received=len(identifiers),
            identifiers=identifiers,
            warnings=() if date else (NO_DATE,),
            pages=pages,
        )

    def _all(
        self,
        source: ProtocolSource,
        group: Sequence[tuple[FileImport, Given]],
        changed: dict[str, Record],
    ) -> Iterator[Record]:
        """Every record of the files, those that are there as they are; `changed` is what some of them become."""
        given_now: set[str] = set()
        # Into a source without records nothing needs looking up: a fair part of the time of a first import.
        empty = not has_records_of(self.store, source.id)
        for part, given in group:
            for record in self._records(source, part, given):
                looked_up = not empty or record.key in given_now
                there = changed.get(record.key) or (
                    record_by_key(self.store, record.key) if looked_up else None
                )
                part.known += there is not None and record.key not in given_now
                given_now.add(record.key)
                if there is None:
                    yield record
                    continue
                # Who says how a file is to be read corrects an earlier reading: then what is read now stands.
                whole = (
                    filled_in(record, there) if self.telling.reading else filled_in(there, record)
                )
                if record.key not in changed:
                    yield there
                if whole != there:
                    changed[record.key] = whole
            if not part.records:
                hint = "look at the file; export it again, or name its format with --format"
                raise DamagedFile("no record could be read from it", where=part.name, hint=hint)
            if self.telling.strict and part.problems:
                mistakes = tuple(
                    Mistake(path=part.name, found="", wanted=told) for told in part.problems
                )
                raise FileMistakes(
                    mistakes,
                    where=part.name,
                    hint="correct the file, or import it without --strict",
                )

    def _records(self, source: ProtocolSource, part: FileImport, given: Given) -> Iterator[Record]:
        told = self.telling
        parsed = read_file(
            given.content,
            source=source.id,
            format=told.format,
            encoding=told.encoding,
            mapping=told.mapping,
            name=given.name,
        )
        for record in parsed.records:
            part.count(record)
            yield record
        part.problems = [str(problem) for problem in parsed.problems]


def filled_in(there: Record, more: Record) -> Record:
    """The record that is there, with what it lacks from another copy of it; nothing that it says changes."""
    changes: dict[str, Any] = {}
    for one in dataclasses.fields(Record):
        if getattr(there, one.name) in (None, ()) and getattr(more, one.name) not in (None, ()):
            changes[one.name] = getattr(more, one.name)
    lacking = {name: values for name, values in more.other.items() if name not in there.other}
    if lacking:
        changes["other"] = {**there.other, **lacking}
    return dataclasses.replace(there, **changes) if changes else there
