"""The list used where no search can be run: a RIS file and its manifest in the cache."""

import dataclasses
import hashlib
import io
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, ValidationError

from reviewkit.importers import read_file
from reviewkit.model.errors import DamagedCache, system_reason
from reviewkit.model.records import PageRef, Record, Role, RunStatus, SearchRun
from reviewkit.protocol.model import StandIn
from reviewkit.workflow.project import ReviewProject

_RESTORE = "restore the list and its manifest from the project's repository"


class Manifest(BaseModel):
    """The file beside the list: its SHA-256, its date, and where each value was read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sha256: str
    compiled_at: str = ""
    records: dict[str, dict[str, tuple[str, ...]]] = {}


def read_fallback_list(project: ReviewProject) -> tuple[SearchRun, tuple[Record, ...]] | None:
    """The list as a run with its records; `None` where the protocol names none.

    The manifest says, per record, what was seen and where; its values are kept in `Record.other`.
    Raises DamagedCache where a file is missing or is not what the manifest says it is.
    """
    stand_in = project.protocol.stand_in
    if stand_in is None:
        return None

    ris = _read(project, stand_in.file)
    sha256 = hashlib.sha256(ris).hexdigest()
    manifest = _manifest_of(project, stand_in, sha256)
    records = tuple(
        _with_manifest(record, manifest.records.get(record.source_id, {}))
        for record in _parse(ris, stand_in.id, where=str(project.cache / stand_in.file))
    )

    at = manifest.compiled_at
    pages = (PageRef(request=stand_in.file, sha256=sha256, retrieved_at=at),)
    run = run_of_list(records, source=stand_in.id, role=Role.STAND_IN, at=at, pages=pages)
    return run, records


def _manifest_of(project: ReviewProject, stand_in: StandIn, sha256: str) -> Manifest:
    """The manifest of a list with this hash; an empty one where the protocol names none."""
    if stand_in.manifest is None:
        return Manifest(sha256=sha256)

    manifest = _read_manifest(project, stand_in.manifest)
    if manifest.sha256 != sha256:
        raise DamagedCache(
            f"is not the file that {stand_in.manifest} describes",
            where=str(project.cache / stand_in.file),
            hint=_RESTORE,
        )
    return manifest


def _parse(ris: bytes, source: str, *, where: str) -> Sequence[Record]:
    """The records of the list. Raises DamagedCache where any of it cannot be read."""
    parsed = read_file(io.BytesIO(ris), source=source, format="ris", name=where)
    records = parsed.all()
    if parsed.problems:
        raise DamagedCache(
            f"has {len(parsed.problems)} problems, the first: {parsed.problems[0]}", where=where
        )
    return records


def _read_manifest(project: ReviewProject, name: str) -> Manifest:
    try:
        return Manifest.model_validate_json(_read(project, name))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise DamagedCache(
            f"is not a manifest: {place} {first['msg']}".replace(":  ", ": "),
            where=str(project.cache / name),
            hint=_RESTORE,
        ) from error


def _read(project: ReviewProject, name: str) -> bytes:
    path = project.cache / name
    try:
        return path.read_bytes()
    except OSError as error:
        raise DamagedCache(
            f"cannot be read: {system_reason(error)}",
            where=str(path),
            hint="restore it, or remove [stand_in] from the protocol",
        ) from error


def _with_manifest(record: Record, seen: Mapping[str, tuple[str, ...]]) -> Record:
    return dataclasses.replace(record, other={**record.other, **seen})


def run_of_list(
    records: Sequence[Record], *, source: str, role: Role, at: str, pages: tuple[PageRef, ...] = ()
) -> SearchRun:
    """A list that nobody searched for, as a run: the same records in the same order."""
    return SearchRun(
        source=source,
        role=role,
        strategy=source,
        query="",
        searched_at=at,
        status=RunStatus.COMPLETE,
        count=len(records),
        received=len(records),
        identifiers=tuple(record.source_id for record in records),
        pages=pages,
    )
