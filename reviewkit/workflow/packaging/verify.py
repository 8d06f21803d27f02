"""`verify`: check a package offline: every byte, and every number that its data give again."""

import datetime
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from reviewkit.exports.archive import (
    MANIFEST,
    METADATA,
    Archive,
    Entry,
    entry_of,
    held,
    manifest_of,
    read_archive,
    same_bytes,
    write_archive,
)
from reviewkit.model.errors import DamagedFile, UsageError, system_reason
from reviewkit.model.foreign import read_json
from reviewkit.model.version import __version__
from reviewkit.store import Store
from reviewkit.store.tables import allow_any_order, load_rows, newest_time, parents_first
from reviewkit.workflow.files import with_end
from reviewkit.workflow.open_database import read_database
from reviewkit.workflow.packaging.package import SETTINGS, TABLES
from reviewkit.workflow.packaging.results import (
    FLOW,
    LINE_HITS,
    REPORT,
    make_results,
    time_of,
)
from reviewkit.workflow.packaging.spool import Content
from reviewkit.workflow.project import ReviewProject, open_project

_AGAIN = "copy the package again from where it came, or ask its maker"


class Outcome(StrEnum):
    """What came of a file or a number of a package."""

    RECOMPUTED = "recomputed"
    SAME = "as packed"
    DIFFERS = "differs"
    NOT_RECOMPUTABLE = "not recomputable from this package"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One file or number, and what came of it."""

    name: str
    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """Everything that was checked."""

    findings: tuple[Finding, ...]

    @property
    def same(self) -> bool:
        return all(finding.outcome is not Outcome.DIFFERS for finding in self.findings)


def verify_package(path: Path, *, now: datetime.datetime) -> Verified:
    """Return what came of every file and number of a package.

    Raises UsageError for a file that cannot be read, DamagedFile for one that is no package.
    """
    with _opened(path) as file:
        try:
            archive = read_archive(file)
        except DamagedFile as error:
            raise DamagedFile(error.what, where=str(path), hint=error.hint) from error
        findings = [*_bytes(file, archive), *_listed(archive.entries)]
        if any(finding.outcome is Outcome.DIFFERS for finding in findings):
            return Verified(findings=tuple(findings))
        return Verified(findings=(*findings, *_numbers(archive.entries, now)))


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """The open package; what comes out of a pipe is copied first. Raises UsageError."""
    with ExitStack() as stack:
        try:
            file: IO[bytes] = stack.enter_context(with_end(path).open("rb"))
            if not file.seekable():
                copy = stack.enter_context(tempfile.TemporaryFile())
                shutil.copyfileobj(file, copy)
                file = copy
        except OSError as error:
            raise UsageError(
                f"cannot be read: {system_reason(error)}", where=str(path), hint="name a package"
            ) from error
        yield file


def _bytes(file: IO[bytes], archive: Archive) -> Iterator[Finding]:
    """The archive, byte for byte beside one that is built from its contents."""
    yield _whole(file, archive)
    others = {name: entry for name, entry in archive.entries.items() if name != MANIFEST}
    manifest = archive.entries.get(MANIFEST)
    same = manifest is not None and manifest.sha256 == held(manifest_of(others)).sha256
    detail = "" if same else "a file was changed, added or removed"
    yield Finding(name=MANIFEST, outcome=_as_packed(same), detail=detail)


def _whole(file: IO[bytes], archive: Archive) -> Finding:
    if archive.wrapped:
        detail = "packed again by hand, in a folder: each file is compared, not the archive"
        return Finding(name="archive", outcome=Outcome.NOT_RECOMPUTABLE, detail=detail)
    with tempfile.TemporaryFile() as built:
        write_archive(archive.entries, built)
        same = same_bytes(file, built)
    detail = "" if same else "an archive built from its contents has other bytes"
    return Finding(name="archive", outcome=_as_packed(same), detail=detail)


def _as_packed(same: bool) -> Outcome:
    return Outcome.SAME if same else Outcome.DIFFERS


def _listed(entries: Mapping[str, Entry]) -> Iterator[Finding]:
    """The metadata: every file is listed in it, with its size and hash."""
    try:
        graph = read_json(entries[METADATA].content())["@graph"]
        listed = {entity["name"] for entity in graph if entity.get("@type") == "File"}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DamagedFile(f"has no metadata of a package: {error}", hint=_AGAIN) from error

    same = listed == entries.keys() - {METADATA, MANIFEST}
    yield Finding(name=METADATA, outcome=_as_packed(same))


def _numbers(entries: Mapping[str, Entry], now: datetime.datetime) -> Iterator[Finding]:
    """Every number and result, made again from the packed protocol and tables."""
    settings = _settings(entries)
    same_version = settings.get("reviewkit") == __version__
    with tempfile.TemporaryDirectory() as folder:
        project = _unpack(entries, settings, Path(folder))
        with Store(project.database, now=now) as store:
            _load(store, entries)

        with read_database(project, now=now) as store:
            store.hold_states()
            at, has_abstracts = time_of(newest_time(store)), bool(settings.get("abstracts"))
            made = make_results(store, project, now=at, has_abstracts=has_abstracts)
            for name, content in made:
                yield from _compared(name, entries.get(name), content, same_version=same_version)

    if not settings.get("abstracts"):
        detail = "it needs the abstracts, which are not in the package"
        yield Finding(name=REPORT, outcome=Outcome.NOT_RECOMPUTABLE, detail=detail)
    yield from _beyond()


def _compared(
    name: str, packed: Entry | None, made: Content, *, same_version: bool
) -> Iterator[Finding]:
    """A result beside the packed one; the flow count by count."""
    if name == FLOW and isinstance(made, bytes):
        yield from _flow(packed.content() if packed else b"{}", made)
        return
    yield _result(name, packed, made, same_version=same_version)


def _beyond() -> Iterator[Finding]:
    """What no package can show."""
    raw = "raw answers are in the package as hashes only"
    yield Finding(name="hits of the databases", outcome=Outcome.NOT_RECOMPUTABLE, detail=raw)
    detail = "comparing records needs their abstracts; what was linked is taken as packed"
    yield Finding(name="duplicates", outcome=Outcome.NOT_RECOMPUTABLE, detail=detail)


def _flow(packed: bytes, made: bytes) -> Iterator[Finding]:
    """Each count of the flow by its key."""
    before, after = _object(packed), read_json(made)
    if before is None:
        yield Finding(name=FLOW, outcome=Outcome.DIFFERS, detail="it is no JSON object")
        return
    for key, value in after.items():
        if value is None and before.get(key) is None:
            continue
        if before.get(key) == value:
            yield Finding(name=f"flow: {key}", outcome=Outcome.RECOMPUTED)
        else:
            detail = f"packed {before.get(key)!r}, recomputed {value!r}"
            yield Finding(name=f"flow: {key}", outcome=Outcome.DIFFERS, detail=detail)


def _object(text: bytes) -> dict[str, Any] | None:
    """A JSON object; None for anything else."""
    try:
        value = read_json(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _result(name: str, packed: Entry | None, made: Content, *, same_version: bool) -> Finding:
    again = held(made) if isinstance(made, bytes) else entry_of(lambda: made)
    if packed is not None and packed.sha256 == again.sha256:
        return Finding(name=name, outcome=Outcome.RECOMPUTED)
    if same_version:
        return Finding(name=name, outcome=Outcome.DIFFERS)
    detail = "another version of reviewkit made it"
    return Finding(name=name, outcome=Outcome.NOT_RECOMPUTABLE, detail=detail)


def _settings(entries: Mapping[str, Entry]) -> dict[str, Any]:
    try:
        settings = read_json(entries[SETTINGS].content())
    except (KeyError, ValueError) as error:
        raise DamagedFile(f"has no {SETTINGS}", hint=_AGAIN) from error
    if not isinstance(settings, dict):
        raise DamagedFile(f"its {SETTINGS} is no object", hint=_AGAIN)
    return settings


def _unpack(
    entries: Mapping[str, Entry], settings: Mapping[str, Any], folder: Path
) -> ReviewProject:
    """Write protocol and answers into an empty folder; return the project there."""
    name = f"protocol/{settings.get('review')}.toml"
    if name not in entries:
        raise DamagedFile("has no protocol", hint=_AGAIN)

    protocol = folder / "protocols" / "review.toml"
    protocol.parent.mkdir()
    protocol.write_bytes(entries[name].content())
    project = open_project(protocol)
    for file, entry in entries.items():
        if file == LINE_HITS or file.startswith("checklists/answers-"):
            target = project.output / file.rpartition("/")[2]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(entry.content())
    return project


def _load(store: Store, entries: Mapping[str, Entry]) -> None:
    """Put the packed tables into an empty database."""
    files = {
        name.removeprefix(f"{TABLES}/").removesuffix(".jsonl"): name
        for name in entries
        if name.partition("/")[0] == TABLES
    }
    with store.transaction():
        allow_any_order(store)
        for table in parents_first(store, files):
            rows = _rows(files[table], entries[files[table]])
            load_rows(store, table, next(rows, []), rows)


def _rows(name: str, entry: Entry) -> Iterator[Sequence[Any]]:
    """Yield the lines of a packed table, its columns first. Raises DamagedFile."""
    for line in _lines(entry.pieces()):
        try:
            values = read_json(line)
        except ValueError as error:
            raise DamagedFile(f"{name}: {error}", hint=_AGAIN) from error
        if not isinstance(values, list):
            raise DamagedFile(f"{name}: a line is no list", hint=_AGAIN)
        yield values


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of a file that comes in pieces."""
    open_line: list[bytes] = []
    for piece in pieces:
        first, *others = piece.split(b"\n")
        open_line.append(first)
        if others:
            yield b"".join(open_line)
            yield from others[:-1]
            open_line = [others[-1]]
    if any(open_line):
        yield b"".join(open_line)
