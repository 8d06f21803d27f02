"""Build a review's database anew out of a damaged one. The damaged file is kept."""

import datetime
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from reviewkit.model.errors import DamagedFile, StoreError, StoreTooNew, UsageError
from reviewkit.model.text import plural, to_json
from reviewkit.store import Store
from reviewkit.store.backup import beside, free_name, put_in_place
from reviewkit.store.contents import Contents, contents_of, refuse_if_open
from reviewkit.store.errors import store_errors
from reviewkit.store.locks import write_lock
from reviewkit.store.log_check import examine_log
from reviewkit.store.protocols import add_protocol, refuse_other_review
from reviewkit.store.repair import Repair, rebuild
from reviewkit.store.salvage import DamagedDatabase, copy_as_it_is
from reviewkit.store.verification import database_faults
from reviewkit.workflow.duplicates.link import link_duplicates
from reviewkit.workflow.files import write_own
from reviewkit.workflow.open_database import read_database
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.setup.neighbours import is_sqlite

_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """What came of a repair: what the new database holds, where the damaged one and the report are.

    `kept` and `report` are `None` where nothing was changed.
    """

    repair: Repair
    contents: Contents
    kept: Path | None = None
    report: Path | None = None

    def as_json(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            **asdict(self.contents),
            **asdict(self.repair),
            "whole": self.repair.is_whole,
            "kept_file": str(self.kept) if self.kept else None,
            "report": str(self.report) if self.report else None,
        }


def repair_database(
    project: ReviewProject,
    more: Sequence[Path] = (),
    *,
    now: datetime.datetime,
    dry_run: bool = False,
) -> Repaired | None:
    """Put a new database with all that can be read in the place of the damaged one.

    `more` are backups or conflicting copies, out of which missing events are taken. Return `None`
    where the database is sound and `more` is empty. Raises UsageError for a file that is not there
    and a database of another review, StoreLocked while others have it open, DamagedFile where
    nothing of a review can be read.
    """
    database = project.database
    for path in (database, *more):
        if not path.is_file():
            raise UsageError("there is no such file", where=str(path), hint="name a database")
    for path in more:
        if not is_sqlite(path):
            raise UsageError(
                "is not a SQLite database", where=str(path), hint="name a backup or a second copy"
            )
    if not database.stat().st_size and not more:
        raise _nothing(database)

    if dry_run:
        return _dry_run(project, more, now)

    with write_lock(database), store_errors(database):
        refuse_if_open(database)
        if not more and _is_sound(project, now):
            return None
        with tempfile.TemporaryDirectory(
            dir=database.parent, prefix=f"{database.name}.repair-"
        ) as name:
            repair, contents = _rebuild(project, more, Path(name), now)
            kept = free_name(database.with_name(f"{database.name}.{now:%Y%m%dT%H%M%SZ}.damaged"))
            put_in_place(_new(Path(name)), database, kept=kept)
    done = Repaired(
        repair=repair, contents=contents, kept=kept, report=kept.with_suffix(".repair.json")
    )
    text = to_json(done.as_json(), indent=2, default=repr)
    write_own(kept.with_suffix(".repair.json"), f"{text}\n".encode("utf-8", "replace"))
    return done


def _dry_run(
    project: ReviewProject, more: Sequence[Path], now: datetime.datetime
) -> Repaired | None:
    """Say what a repair would bring; nothing is written beside the database."""
    if not more and _is_sound(project, now):
        return None
    with store_errors(project.database), tempfile.TemporaryDirectory() as name:
        repair, contents = _rebuild(project, more, Path(name), now)
    return Repaired(repair=repair, contents=contents)


def _nothing(database: Path) -> DamagedFile:
    return DamagedFile(
        "nothing of a review can be read in it",
        where=str(database),
        hint="keep the file; reviewkit restore FILE brings a backup back",
    )


def _new(folder: Path) -> Path:
    return folder / "new.db"


def _is_sound(project: ReviewProject, now: datetime.datetime) -> bool:
    if examine_log(beside(project.database, "-wal")).fault:
        return False
    try:
        with read_database(project, now=now) as store:
            return next(database_faults(store), None) is None
    except StoreTooNew:
        raise
    except StoreError:
        return False


def _rebuild(
    project: ReviewProject, more: Sequence[Path], folder: Path, now: datetime.datetime
) -> tuple[Repair, Contents]:
    """Build the new database in the folder, out of copies of the others."""
    own = project.protocol.review.id
    at_hand = {project.protocol_sha256: (own, project.protocol_text)}

    with ExitStack() as stack:
        store = stack.enter_context(Store(_new(folder), now=now))
        damaged = []
        for number, path in enumerate((project.database, *more)):
            copy = copy_as_it_is(path, folder / f"{number}.db", now=now)
            damaged.append(stack.enter_context(closing(DamagedDatabase(copy))))
        repair = rebuild(damaged, store, at_hand)
        refuse_other_review(store, own)
        contents = contents_of(store)
        if not contents.records + repair.events:
            raise _nothing(project.database)

        with store.transaction():
            _name_review(store, project)
            if repair.was_linked:
                link_duplicates(store, project.protocol)
        if faults := store.faults():
            raise StoreError(f"the repaired database is not sound: {faults[0]}")
        return repair, contents_of(store)


def _name_review(store: Store, project: ReviewProject) -> None:
    sha256, own = project.protocol_sha256, project.protocol.review.id
    add_protocol(store, sha256, review=own, toml=project.protocol_text)


def repair_sentences(repair: Repair) -> Iterator[str]:
    """Say what came back, and all that did not."""
    yield f"{plural(repair.events, 'event')} and {plural(_kept(repair, 'records'), 'record')}"
    for table, count in repair.from_pages.items():
        yield f"{table}: {plural(count, 'row')} found on pages that SQLite could not read"
    for table, reason in repair.partly.items():
        yield f"{table}: could not be read to its end ({reason})"
    for table, count in repair.refused.items():
        yield f"{table}: {plural(count, 'row')} left out: a rule is broken, or a name leads nowhere"
    if repair.mended:
        yield (
            f"{plural(len(repair.mended), 'event')} had one value changed; the hash proves the "
            "value before, which counts again"
        )
    yield from _losses(repair)


def _kept(repair: Repair, table: str) -> int:
    return repair.kept.get(table, 0)


def _losses(repair: Repair) -> Iterator[str]:
    named: Mapping[str, Sequence[str]] = {
        "event is lost": [f"{each['kind']} {each['sha256'][:12]}" for each in repair.lost_events],
        "row does not fit its hash, and was set aside": [
            f"{each['kind']} {each['sha256'][:12]}" for each in repair.forged
        ],
        "record is known by its key only, or as it was before": repair.lost_records,
        "value makes no sense, and is empty or taken from the key": repair.emptied,
        "text of a protocol is lost": [sha256[:12] for sha256 in repair.lost_protocols],
        "run is known by its number or hash only": [name[:12] for name in repair.lost_runs],
    }
    for words, names in named.items():
        if names:
            shown = ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
            yield f"{words} ({len(names)}): {shown}"
