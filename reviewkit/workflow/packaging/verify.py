"""`verify`: check a package offline: every byte, and every number that its data give again."""

import datetime
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from reviewkit.exports.archive import (
    MANIFEST,
    METADATA,
    is_wrapped,
    manifest_of,
    read_archive,
    write_archive,
)
from reviewkit.model.errors import DamagedFile, UsageError, system_reason
from reviewkit.model.foreign import read_json
from reviewkit.model.version import __version__
from reviewkit.store import Store
from reviewkit.store.tables import allow_any_order, load_rows, newest_time
from reviewkit.workflow.packaging.package import SETTINGS, TABLES
from reviewkit.workflow.packaging.results import (
    FLOW,
    REPORT,
    make_report,
    make_results,
    time_of,
)
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
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"cannot be read: {system_reason(error)}", where=str(path), hint="name a package"
        ) from error

    contents = read_archive(content)
    findings = [*_bytes(content, contents), *_listed(contents)]
    if any(finding.outcome is Outcome.DIFFERS for finding in findings):
        return Verified(findings=tuple(findings))
    return Verified(findings=(*findings, *_numbers(contents, now)))


def _bytes(content: bytes, contents: Mapping[str, bytes]) -> Iterator[Finding]:
    """The archive, byte for byte beside one that is built from its contents."""
    yield _whole(content, contents)
    others = {name: data for name, data in contents.items() if name != MANIFEST}
    same = contents.get(MANIFEST) == manifest_of(others)
    detail = "" if same else "a file was changed, added or removed"
    yield Finding(name=MANIFEST, outcome=_as_packed(same), detail=detail)


def _whole(content: bytes, contents: Mapping[str, bytes]) -> Finding:
    if is_wrapped(content):
        detail = "packed again by hand, in a folder: each file is compared, not the archive"
        return Finding(name="archive", outcome=Outcome.NOT_RECOMPUTABLE, detail=detail)
    same = write_archive(contents) == content
    detail = "" if same else "an archive built from its contents has other bytes"
    return Finding(name="archive", outcome=_as_packed(same), detail=detail)


def _as_packed(same: bool) -> Outcome:
    return Outcome.SAME if same else Outcome.DIFFERS


def _listed(contents: Mapping[str, bytes]) -> Iterator[Finding]:
    """The metadata: every file is listed in it, with its size and hash."""
    try:
        graph = read_json(contents[METADATA])["@graph"]
        listed = {entity["name"] for entity in graph if entity.get("@type") == "File"}
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedFile(f"has no metadata of a package: {error}", hint=_AGAIN) from error

    same = listed == contents.keys() - {METADATA, MANIFEST}
    yield Finding(name=METADATA, outcome=_as_packed(same))


def _numbers(contents: Mapping[str, bytes], now: datetime.datetime) -> Iterator[Finding]:
    """Every number and result, made again from the packed protocol and tables."""
    settings = _settings(contents)
    with tempfile.TemporaryDirectory() as folder:
        project = _unpack(contents, settings, Path(folder))
        with Store(project.database, now=now) as store:
            _load(store, contents)
            at = newest_time(store)
            made = make_results(store, project, now=time_of(at))
            if settings.get("abstracts"):
                made[REPORT] = make_report(store, project)

    same_version = settings.get("reviewkit") == __version__
    yield from _flow(contents.get(FLOW, b"{}"), made[FLOW])
    for name, data in made.items():
        if name != FLOW:
            yield _result(name, contents.get(name), data, same_version=same_version)
    if REPORT not in made:
        detail = "it needs the abstracts, which are not in the package"
        yield Finding(name=REPORT, outcome=Outcome.NOT_RECOMPUTABLE, detail=detail)
    yield from _beyond()


def _beyond() -> Iterator[Finding]:
    """What no package can show."""
    raw = "raw answers are in the package as hashes only"
    yield Finding(name="hits of the databases", outcome=Outcome.NOT_RECOMPUTABLE, detail=raw)
    detail = "comparing records needs their abstracts; what was linked is taken as packed"
    yield Finding(name="duplicates", outcome=Outcome.NOT_RECOMPUTABLE, detail=detail)


def _flow(packed: bytes, made: bytes) -> Iterator[Finding]:
    """Each count of the flow by its key."""
    before, after = read_json(packed), read_json(made)
    for key, value in after.items():
        if value is None and before.get(key) is None:
            continue
        if before.get(key) == value:
            yield Finding(name=f"flow: {key}", outcome=Outcome.RECOMPUTED)
        else:
            detail = f"packed {before.get(key)!r}, recomputed {value!r}"
            yield Finding(name=f"flow: {key}", outcome=Outcome.DIFFERS, detail=detail)


def _result(name: str, packed: bytes | None, made: bytes, *, same_version: bool) -> Finding:
    if packed == made:
        return Finding(name=name, outcome=Outcome.RECOMPUTED)
    if same_version:
        return Finding(name=name, outcome=Outcome.DIFFERS)
    detail = "another version of reviewkit made it"
    return Finding(name=name, outcome=Outcome.NOT_RECOMPUTABLE, detail=detail)


def _settings(contents: Mapping[str, bytes]) -> dict[str, Any]:
    try:
        settings = read_json(contents[SETTINGS])
    except (KeyError, ValueError) as error:
        raise DamagedFile(f"has no {SETTINGS}", hint=_AGAIN) from error
    if not isinstance(settings, dict):
        raise DamagedFile(f"its {SETTINGS} is no object", hint=_AGAIN)
    return settings


def _unpack(
    contents: Mapping[str, bytes], settings: Mapping[str, Any], folder: Path
) -> ReviewProject:
    """Write protocol and answers into an empty folder; return the project there."""
    name = f"protocol/{settings.get('review')}.toml"
    if name not in contents:
        raise DamagedFile("has no protocol", hint=_AGAIN)

    protocol = folder / "protocols" / "review.toml"
    protocol.parent.mkdir()
    protocol.write_bytes(contents[name])
    project = open_project(protocol)
    for entry, data in contents.items():
        if entry.startswith("checklists/answers-"):
            target = project.output / entry.removeprefix("checklists/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    return project


def _load(store: Store, contents: Mapping[str, bytes]) -> None:
    """Put the packed tables into an empty database."""
    with store.transaction():
        allow_any_order(store)
        for name in sorted(contents):
            folder, _, file = name.partition("/")
            if folder == TABLES:
                try:
                    columns, *rows = map(read_json, contents[name].splitlines())
                except ValueError as error:
                    raise DamagedFile(f"{name}: {error}", hint=_AGAIN) from error
                load_rows(store, file.removesuffix(".jsonl"), columns, rows)
