"""Is everything in order: versions, settings without secrets, the cache's pages, the database."""

import datetime
import platform
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version

from reviewkit.cache import Cache, FaultKind, verify
from reviewkit.model.version import __version__
from reviewkit.sources.services import key_settings, services_from
from reviewkit.store import Store
from reviewkit.store.records import count_records
from reviewkit.workflow.project import ReviewProject

_LIBRARIES = ("biopython", "pydantic", "rapidfuzz", "requests", "sqlite-utils", "typer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What was looked at, as name and finding, and every fault that was found."""

    seen: tuple[tuple[str, str], ...]
    faults: tuple[str, ...]


def examine(
    project: ReviewProject | None, environment: Mapping[str, str], *, now: datetime.datetime
) -> Examination:
    """Look at the installation and, where there is one, at a review. No secret is in the answer.

    Raises UsageError for a setting that cannot be used, and what the store raises for a database that cannot be.
    """
    seen = [
        ("reviewkit", __version__),
        ("Python", platform.python_version()),
        ("SQLite", sqlite3.sqlite_version),
        *((name, version(name)) for name in _LIBRARIES),
        *((name, "set" if environment.get(name) else "not set") for name in key_settings()),
        *(
            (f"{service.label} is at", service.base_url)
            for service in services_from(environment).values()
        ),
    ]
    faults: list[str] = []
    if project:
        seen += [
            ("protocol", str(project.protocol_path)),
            ("cache", str(project.cache)),
            ("database", str(project.database)),
        ]
        for fault in verify(Cache(project.cache)):
            harmless = fault.kind in {FaultKind.LEFTOVER, FaultKind.UNREFERENCED}
            told = f"{fault.path}: {fault.kind}, {fault.what}"
            if harmless:
                seen.append(("harmless", told))
            else:
                faults.append(told)
        if project.database.exists():
            with Store(project.database, now=now) as store:
                seen.append(("records", str(count_records(store))))
                faults += [f"{project.database}: {fault}" for fault in store.faults()]
    return Examination(seen=tuple(seen), faults=tuple(faults))
