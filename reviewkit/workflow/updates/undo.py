"""Take datasets and sources out of the flow, and bring them back. Nothing is deleted."""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from reviewkit.model.errors import CheckNotMet, UsageError
from reviewkit.model.records import Role, RunStatus
from reviewkit.model.text import plural
from reviewkit.store import Store, write_lock
from reviewkit.store.pair_cache import was_compared
from reviewkit.store.protocols import add_protocol
from reviewkit.store.records import sources_in_flow
from reviewkit.store.run_log import RunRow, run_log
from reviewkit.store.searches import imported_files, search_of_run
from reviewkit.store.source_names import SourceRow, rename_source, source_rows
from reviewkit.store.withdrawals import (
    Withdrawal,
    add_withdrawal,
    make_changes_again,
    said_of,
    take_back_changes,
    withdrawn_runs,
)
from reviewkit.store.works import stored_works
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.duplicates.link import link_duplicates
from reviewkit.workflow.open_database import open_database, read_database
from reviewkit.workflow.open_review import check_reviewer, need_database
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reproducing.reproduce import judge

_LOG = "reviewkit log lists the runs"


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoOptions:
    """Who takes something back, why, and whether also where people have decided on its records."""

    reviewer: str
    why: str | None = None
    with_decisions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoResult:
    """What an undo did: the runs, and the flow's number of records before and after.

    `ways_back` are commands. `said` counts what people said of records that left, by kind and
    person. It is kept.
    """

    runs: tuple[int, ...]
    names: tuple[str, ...]
    before: int
    after: int
    fields: int
    ways_back: tuple[str, ...] = ()
    said: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    back: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the result for programs."""
        return {
            "runs": list(self.runs),
            "back": self.back,
            "records_before": self.before,
            "records_after": self.after,
            "records_with_fields_changed_back": self.fields,
            "decisions_kept": {kind: dict(people) for kind, people in self.said.items()},
        }

    def sentences(self) -> Iterator[str]:
        """Yield the result for a person."""
        names = "; ".join(self.names)
        where = "back in the flow" if self.back else "out of the flow"
        yield f"{names}: {where}. Records in the flow: {self.before} before, {self.after} now."
        if self.fields:
            yield f"{plural(self.fields, 'record')} got fields back as they were without it."
        if self.said:
            yield f"Kept, and not counted until it is brought back: {said_in_words(self.said)}."
        if not self.back:
            yield f"To bring it back: {', '.join(self.ways_back)}"


def said_in_words(said: Mapping[str, Mapping[str, int]]) -> str:
    """Return what people said: "decisions on 3 records by A, on 1 record by B; notes …"."""
    return "; ".join(
        f"{kind} "
        + ", ".join(f"on {plural(count, 'record')} by {who}" for who, count in people.items())
        for kind, people in said.items()
    )


def find_run(project: ReviewProject, number: int, *, now: datetime.datetime) -> str:
    """Return a run in words, for a question. Raises UsageError where there is no such run."""
    with _open(project, now) as store:
        return _in_words(store, _run(store, number))


def undo_runs(
    project: ReviewProject,
    number: int,
    options: UndoOptions,
    *,
    whole_search: bool,
    now: datetime.datetime,
) -> UndoResult:
    """Take a dataset, or all datasets of its search, out of the flow; link duplicates anew.

    Raises UsageError for a run that is not in the flow, CheckNotMet where people have decided on
    records that only it brought.
    """
    with _open(project, now) as store:
        run = _run(store, number)
        if run.withdrawn:
            raise UsageError(
                f"run {number} is out of the flow already",
                hint=f"reviewkit undo back {number} brings it back",
            )
        runs = run.datasets if whole_search else (run.run,)
        return _take_out(project, store, runs, options, now)


def bring_back(
    project: ReviewProject,
    number: int,
    options: UndoOptions,
    *,
    whole_search: bool,
    now: datetime.datetime,
) -> UndoResult:
    """Bring a dataset, or all datasets of its search, back into the flow.

    Raises UsageError for a run that is in the flow.
    """
    reviewer = check_reviewer(project, options.reviewer)
    with _open(project, now) as store:
        run, out = _run(store, number), withdrawn_runs(store)
        if number not in out:
            raise UsageError(f"run {number} is in the flow", hint=_LOG)

        together = [
            other.run
            for other in run_log(store)
            if other.run == number
            or (whole_search and other.search == run.search and other.run in out)
        ]
        before = len(sources_in_flow(store))
        with store.transaction():
            _add_protocol(store, project)
            for back in together:
                _withdraw(store, project, back, _by(reviewer, options, now, back), out=False)
            changed = sum(make_changes_again(store, back) for back in together)
            _link(store, project)
        return UndoResult(
            runs=tuple(together),
            names=tuple(_names(store, together)),
            before=before,
            after=len(sources_in_flow(store)),
            fields=changed,
            back=True,
        )


def remove_source(
    project: ReviewProject, source: str, options: UndoOptions, *, now: datetime.datetime
) -> UndoResult:
    """Take every dataset of a source out of the flow.

    Raises UsageError where it has none there, CheckNotMet where people have decided on its records.
    """
    with _open(project, now) as store:
        runs = [
            run.run
            for run in run_log(store)
            if run.source == source and _counts(run) and not run.withdrawn
        ]
        if not runs:
            raise _no_source(store, source)
        return _take_out(project, store, runs, options, now)


def give_source_name(
    project: ReviewProject, old: str, new: str, reviewer: str, *, now: datetime.datetime
) -> str:
    """Give a source another id; its records keep their keys. Return a sentence on what was done.

    Raises UsageError for a source that the database does not have, and for a new id that the
    protocol does not name.
    """
    name = check_reviewer(project, reviewer)
    known = {source.id for source in project.protocol.sources}
    if new not in known:
        raise UsageError(
            f"no source {new!r} in this protocol",
            where=str(project.protocol_path),
            hint=f"give the source its new id there first; it names {', '.join(sorted(known))}",
        )
    if old in known:
        raise UsageError(
            f"the protocol still names {old!r}",
            where=str(project.protocol_path),
            hint="take its entry out, or change the id there, first",
        )

    with _open(project, now) as store:
        by_name = {row.source: row for row in source_rows(store)}
        if old not in by_name:
            raise _no_source(store, old)
        with store.transaction():
            _add_protocol(store, project)
            rename_source(
                store,
                old,
                new,
                reviewer=name,
                at=timestamp(now),
                protocol=project.protocol_sha256,
            )
    records = plural(by_name[old].in_flow, "record")
    return f"{old} is called {new} now. Its {records} in the flow keep their keys."


def list_sources(project: ReviewProject, *, now: datetime.datetime) -> list[SourceRow]:
    """Return every source of the database and of the protocol, those with records first."""
    rows: list[SourceRow] = []
    if project.database.exists():
        with read_database(project, now=now) as store:
            rows = source_rows(store)
    have = {row.source for row in rows}
    return rows + [
        SourceRow(source=source.id, role=Role(source.role), datasets=0, withdrawn=0, in_flow=0)
        for source in project.protocol.sources
        if source.id not in have
    ]


def _take_out(
    project: ReviewProject,
    store: Store,
    runs: Sequence[int],
    options: UndoOptions,
    now: datetime.datetime,
) -> UndoResult:
    reviewer = check_reviewer(project, options.reviewer)
    said = said_of(store, runs)
    if said and not options.with_decisions:
        raise CheckNotMet(
            f"people have worked on records that only {_short(runs)} brought: "
            f"{said_in_words(said)}",
            hint="--with-decisions takes it out all the same; what was said is kept, and counts "
            "again when it is brought back",
        )

    before = len(sources_in_flow(store))
    with store.transaction():
        _add_protocol(store, project)
        for run in runs:
            _withdraw(store, project, run, _by(reviewer, options, now, run), out=True)
        changed = sum(take_back_changes(store, run) for run in reversed(runs))
        _link(store, project)
    return UndoResult(
        runs=tuple(runs),
        names=tuple(_names(store, runs)),
        before=before,
        after=len(sources_in_flow(store)),
        fields=changed,
        ways_back=tuple(_ways_back(store, runs)),
        said=said,
    )


def _by(reviewer: str, options: UndoOptions, now: datetime.datetime, run: int) -> Withdrawal:
    return Withdrawal(run=run, why=options.why, reviewer=reviewer, withdrawn_at=timestamp(now))


def _withdraw(
    store: Store, project: ReviewProject, run: int, withdrawal: Withdrawal, *, out: bool
) -> None:
    add_withdrawal(store, withdrawal, withdrawn=out, protocol=project.protocol_sha256)


def _link(store: Store, project: ReviewProject) -> None:
    """Link duplicates anew, if they were; match a published review's works anew."""
    if stored_works(store):
        judge(store, project)
    elif was_compared(store):
        link_duplicates(store, project.protocol)


def _add_protocol(store: Store, project: ReviewProject) -> None:
    add_protocol(
        store,
        project.protocol_sha256,
        review=project.protocol.review.id,
        toml=project.protocol_text,
    )


def _counts(run: RunRow) -> bool:
    is_search = run.role not in {Role.STAND_IN, Role.REPORTED}
    return run.status is RunStatus.COMPLETE and run.counts_in_flow and is_search


def _run(store: Store, number: int) -> RunRow:
    run = next((run for run in run_log(store) if run.run == number), None)
    if run is None:
        raise UsageError(f"there is no run {number}", where=str(store.path), hint=_LOG)
    if not _counts(run):
        raise UsageError(
            f"run {number} brought no records into the flow", where=str(store.path), hint=_LOG
        )
    return run


def _names(store: Store, runs: Iterable[int]) -> Iterator[str]:
    for number in runs:
        yield _in_words(store, _run(store, number))


def _in_words(store: Store, run: RunRow) -> str:
    files = ", ".join(imported_files(store).get(run.run, ()))
    named = f", {files}" if files else ""
    count = plural(run.listed, "record")
    return f"run {run.run} ({run.source} on {run.searched_at[:10]}, {count}{named})"


def _ways_back(store: Store, runs: Iterable[int]) -> Iterator[str]:
    """The command for each search."""
    by_search: dict[int, list[int]] = {}
    for run in runs:
        by_search.setdefault(search_of_run(store, run), []).append(run)
    for together in by_search.values():
        whole = " --search" if len(together) > 1 else ""
        yield f"reviewkit undo back {together[0]}{whole}"


def _short(runs: Sequence[int]) -> str:
    if len(runs) == 1:
        return f"run {runs[0]}"
    return f"runs {', '.join(map(str, runs))}"


def _no_source(store: Store, source: str) -> UsageError:
    names = ", ".join(row.source for row in source_rows(store) if row.datasets > row.withdrawn)
    return UsageError(
        f"no records of {source!r} are in the flow",
        where=str(store.path),
        hint=f"sources with records: {names or 'none'}",
    )


@contextmanager
def _open(project: ReviewProject, now: datetime.datetime) -> Iterator[Store]:
    need_database(project)
    with write_lock(project.database), open_database(project, now=now) as store:
        yield store
