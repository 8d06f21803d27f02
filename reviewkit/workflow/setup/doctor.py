"""Examine versions, settings (without secrets), the pages of the cache, the database."""

import datetime
import platform
import shlex
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from reviewkit.cache import Cache, FaultKind, verify
from reviewkit.model.errors import StoreError
from reviewkit.model.extras import own_way
from reviewkit.model.flow import Severity
from reviewkit.model.text import plural
from reviewkit.model.version import __version__
from reviewkit.prisma.check import check, sentences
from reviewkit.protocol.model import Protocol
from reviewkit.sources.services import key_settings, services_from
from reviewkit.store import Store
from reviewkit.store.hot_journal import examine_journal
from reviewkit.store.log_check import examine_log
from reviewkit.store.records import count_records
from reviewkit.store.releases import releases
from reviewkit.store.searches import labelled_records
from reviewkit.store.verification import database_faults
from reviewkit.workflow.correcting.reviewers_by_hand import alike_reviewers
from reviewkit.workflow.duplicates.link_settings import linked_otherwise
from reviewkit.workflow.open_database import read_database
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.release import flow_from_json
from reviewkit.workflow.reporting.review_flow import review_flow
from reviewkit.workflow.setup.kept_head import KeptHead, chain_words, head_faults, kept_head
from reviewkit.workflow.setup.missing import Missing, missing_fonts, missing_parts
from reviewkit.workflow.setup.neighbours import conflicting_copies, leftovers
from reviewkit.workflow.setup.unnamed_sources import unnamed_sentences

_SHOWN = 10
_LIBRARIES = ("pydantic", "rapidfuzz", "requests", "sqlite-utils", "typer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What was examined, as name and finding; every fault; what a person should decide on.

    `missing` is no fault: what could be added, with the line that adds it.
    """

    seen: tuple[tuple[str, str], ...]
    faults: tuple[str, ...]
    notices: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()


def examine(
    project: ReviewProject | None,
    environment: Mapping[str, str],
    *,
    now: datetime.datetime,
    kept: Path | None = None,
) -> Examination:
    """Examine the installation and, if there is one, a review. No secret is in the answer.

    `kept` is a backup or a file of decisions: what it names as the last event has to be in the
    database. Raises UsageError for a setting that cannot be used, for the database of another
    review, and for a `kept` that is neither; DamagedFile for one that cannot be read.
    """
    earlier = kept_head(kept, now=now) if kept else None
    seen = _installation(environment)
    faults = [f"the font {name} is missing: install the program again" for name in missing_fonts()]
    notices: list[str] = []

    if project:
        seen += [
            ("protocol", str(project.protocol_path)),
            ("cache", str(project.cache)),
            ("database", str(project.database)),
        ]
        for examined in (_cache(project), _database(project, now=now, earlier=earlier)):
            seen += examined.seen
            faults += examined.faults
            notices += examined.notices

    return Examination(
        seen=tuple(seen),
        faults=tuple(faults),
        notices=tuple(notices),
        missing=missing_parts(project.protocol if project else None, environment),
    )


def _installation(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    services = services_from(environment).values()
    return [
        ("reviewkit", __version__),
        ("installed with", own_way().value),
        ("Python", platform.python_version()),
        ("SQLite", sqlite3.sqlite_version),
        *((name, version(name)) for name in _LIBRARIES),
        *((name, "set" if environment.get(name) else "not set") for name in key_settings()),
        *((f"{service.label} is at", service.base_url) for service in services),
    ]


def _cache(project: ReviewProject) -> Examination:
    """The faults of the cache, harmless ones as findings."""
    harmless, faults = [], []
    for fault in verify(Cache(project.cache)):
        text = f"{fault.path}: {fault.kind}, {fault.what}"
        if fault.kind in {FaultKind.LEFTOVER, FaultKind.UNREFERENCED}:
            harmless.append(("harmless", text))
        else:
            faults.append(text)

    return Examination(seen=tuple(harmless), faults=tuple(faults))


def _labelled(store: Store) -> Iterator[str]:
    """Name the records whose key is a label of one file, as earlier versions made them."""
    keys = labelled_records(store)
    if keys:
        shown = ", ".join(keys[:_SHOWN]) + (", …" if len(keys) > _SHOWN else "")
        have = plural(len(keys), "record has", "records have")
        yield (
            f"{have} a label of a file as key, which proves nothing across files: {shown}. "
            "Two papers with one label may have become one record: compare these with their files."
        )


def _alike_names(store: Store, protocol: Protocol) -> Iterator[str]:
    """Name the reviewers whose names are one when case, accents and blanks are left aside."""
    for names in alike_reviewers(store, protocol):
        merge = shlex.join(["reviewkit", "reviewer", "merge", *names[:2]])
        yield (
            f"{' and '.join(names)} differ only in case, accents or blanks, and count as "
            f"{len(names)} reviewers. One person? {merge}"
        )


def _database(
    project: ReviewProject, *, now: datetime.datetime, earlier: KeptHead | None
) -> Examination:
    """What holds of the database and of the files beside it. Every error is a fault."""
    database = project.database
    if not database.exists():
        return Examination(seen=(), faults=())
    beside = "; ".join(leftovers(database))
    seen = (("beside", beside),) if beside else ()
    log = examine_log(database.with_name(f"{database.name}-wal"))
    journal = examine_journal(database)
    faults = (*conflicting_copies(database), *filter(None, [log.fault, journal.fault]))
    if database.is_file() and not database.stat().st_size:
        return Examination(seen=seen, faults=(*faults, f"{database} is empty: no review is in it"))

    try:
        with read_database(project, now=now) as store:
            inside = _inside(store, project, earlier)
    except StoreError as error:
        inside = Examination(seen=(), faults=(f"{error.what}; {error.hint}",))

    return Examination(
        seen=(*seen, *inside.seen),
        faults=(*faults, *(f"{database}: {fault}" for fault in inside.faults)),
        notices=(*filter(None, [log.notice, journal.notice]), *inside.notices),
    )


def _inside(store: Store, project: ReviewProject, earlier: KeptHead | None) -> Examination:
    faults = tuple(database_faults(store))
    try:
        if earlier:
            faults += tuple(head_faults(store, earlier))
        return Examination(
            seen=(("records", str(count_records(store))), ("events", chain_words(store))),
            faults=(*faults, *_flow_faults(store, project.protocol)),
            notices=(
                *_older(store),
                *unnamed_sentences(store, project.protocol),
                *linked_otherwise(store, project.protocol),
                *_labelled(store),
                *_alike_names(store, project.protocol),
            ),
        )
    except StoreError as error:
        return Examination(seen=(), faults=(*faults, error.what))


def _older(store: Store) -> Iterator[str]:
    if store.was_older:
        yield (
            "the database is of an older reviewkit. The next command that writes brings it up to "
            "date, and makes a backup first"
        )


def _flow_faults(store: Store, protocol: Protocol) -> Iterator[str]:
    """Check that the flow adds up, now and in every version that was frozen."""
    flows = {"now": review_flow(store, protocol)}
    for frozen in releases(store):
        for name, counts in frozen.flows.items():
            flows[f"of version {frozen.name} ({name})"] = flow_from_json(counts)

    for name, flow in flows.items():
        errors = [one for one in check(flow, own=True) if one.severity is Severity.ERROR]
        yield from (f"the flow {name}: {sentence}" for sentence in sentences(errors))
