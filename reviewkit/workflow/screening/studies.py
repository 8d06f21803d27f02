"""`study`: reports linked to studies, links taken back, studies listed, links suggested."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Record
from reviewkit.prisma.partition import State
from reviewkit.screening.studies import Suggestion, registration_numbers, suggest_studies
from reviewkit.store import Store
from reviewkit.store.decisions import states
from reviewkit.store.duplicates import related_records, stored_leads
from reviewkit.store.records import records_by_key
from reviewkit.store.studies import StudyLink, current_study_links, studies_by_report
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.correcting.author import Author
from reviewkit.workflow.correcting.study_links import checked_name, set_links
from reviewkit.workflow.open_review import open_as, read_store
from reviewkit.workflow.project import ReviewProject

_REPORTS = frozenset(
    {State.AWAITING_ASSESSMENT, State.NOT_RETRIEVED, State.REPORT_EXCLUDED, State.INCLUDED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyReport:
    """A report of a study: its lead record, title, year, and what became of it."""

    record: str
    title: str
    year: int | None
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A study with its reports. It is included when one of its reports is."""

    name: str
    included: bool
    numbers: tuple[str, ...]
    reports: tuple[StudyReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkResult:
    """What was linked or unlinked: the study's name, and the records that changed."""

    study: str
    records: tuple[str, ...]
    linked: bool

    def sentence(self) -> str:
        """Return what changed, in one sentence."""
        listed = ", ".join(self.records)
        if not self.records:
            return f"Nothing to change: “{self.study}” is as it was."
        if self.linked:
            return f"Linked to “{self.study}”: {listed}."
        return f"No longer linked to “{self.study}”: {listed}."


def link_reports(
    project: ReviewProject,
    keys: Sequence[str],
    *,
    name: str | None,
    reviewer: str,
    why: str | None,
    now: datetime.datetime,
) -> LinkResult:
    """Link reports to the study `name`; without a name it is called after its first report.

    Raises UsageError for a key without a record, an empty name, or one key without a name.
    """
    if name is None and len(keys) < 2:
        raise UsageError(
            "one report alone makes no study", hint="name two keys, or a study with --name"
        )

    person, store = open_as(project, reviewer, now=now)
    with store, store.transaction():
        records = _named_records(store, keys)
        study = checked_name(name) if name is not None else _new_name(store, records[0])
        author = _author(project, person, why, now)
        changed = set_links(store, study, [record.key for record in records], author, linked=True)
    return LinkResult(study=study, records=changed, linked=True)


def unlink_reports(
    project: ReviewProject,
    keys: Sequence[str],
    *,
    name: str | None,
    reviewer: str,
    why: str | None,
    now: datetime.datetime,
) -> tuple[LinkResult, ...]:
    """Take links back: of these reports, of one study, or of these reports with one study.

    Raises UsageError for a key without a record, an unknown study, or neither of them.
    """
    if not keys and name is None:
        raise UsageError("what is to be unlinked?", hint="name keys, or a study with --name")

    person, store = open_as(project, reviewer, now=now)
    with store, store.transaction():
        wanted = {record.key for record in _named_records(store, keys)}
        current = current_study_links(store)
        if name is not None and name not in {link.study for link in current}:
            raise _unknown_study(name, {link.study for link in current})

        author = _author(project, person, why, now)
        results = []
        for study, members in _linked(store, current, name, wanted).items():
            changed = set_links(store, study, members, author, linked=False)
            results.append(LinkResult(study=study, records=changed, linked=False))
    return tuple(results)


def _linked(
    store: Store, current: Sequence[StudyLink], name: str | None, leads_wanted: set[str]
) -> dict[str, list[str]]:
    """Return by study the linked records that are meant: all where no record is named."""
    leads = stored_leads(store)
    members: dict[str, list[str]] = {}
    for link in current:
        is_meant = not leads_wanted or leads.get(link.record, link.record) in leads_wanted
        if is_meant and name in {None, link.study}:
            members.setdefault(link.study, []).append(link.record)
    return members


def _author(
    project: ReviewProject, reviewer: str, why: str | None, now: datetime.datetime
) -> Author:
    return Author(
        reviewer=reviewer, at=timestamp(now), protocol_sha256=project.protocol_sha256, why=why
    )


def list_studies(project: ReviewProject, *, now: datetime.datetime) -> tuple[Study, ...]:
    """Return every study with its reports, by name. Raises UsageError without records."""
    with read_store(project, now=now) as store:
        return studies_of(store)


def suggested_studies(project: ReviewProject, *, now: datetime.datetime) -> tuple[Suggestion, ...]:
    """Return which reports may be of one study, each with the evidence; nothing is linked.

    They are the reports that were included on title and abstract; before that, all records.
    """
    with read_store(project, now=now) as store:
        rows = [row for row in states(store) if row.state is not State.DUPLICATE]
        reports = [row.record for row in rows if row.state in _REPORTS]
        keys = reports or [row.record for row in rows]
        return suggest_studies(
            list(records_by_key(store, keys).values()),
            related_records(store),
            studies_by_report(store),
        )


def studies_of(store: Store) -> tuple[Study, ...]:
    """Return every study with its reports, by name."""
    partition = {row.record: row.state for row in states(store)}
    leads = stored_leads(store)
    members: dict[str, dict[str, None]] = {}
    for link in current_study_links(store):
        members.setdefault(link.study, {})[leads.get(link.record, link.record)] = None

    return tuple(
        _study(name, records_by_key(store, keys).values(), partition)
        for name, keys in members.items()
    )


def _named_records(store: Store, keys: Sequence[str]) -> list[Record]:
    """Return the lead records of these keys. Raises UsageError with every unknown key."""
    found = records_by_key(store, keys)
    unknown = [key for key in keys if key not in found]
    if unknown:
        raise UsageError(
            f"no record has the key {', '.join(unknown)}",
            hint="`reviewkit export --format csv` lists every key",
        )

    leads = stored_leads(store)
    wanted = dict.fromkeys(leads.get(key, key) for key in keys)
    return list(records_by_key(store, wanted).values())


def _new_name(store: Store, record: Record) -> str:
    """Return "Alpha 2020", with a letter behind it where another study is called so."""
    authors = (*record.authors, *record.collective_authors)
    family = authors[0].split(",")[0].split()[0] if authors and authors[0].split() else "Study"
    base = f"{family} {record.year or 'no year'}"
    taken = {link.study for link in current_study_links(store)}
    candidates = (base, *(f"{base}{letter}" for letter in "bcdefghijklmnopqrstuvwxyz"))
    return next((name for name in candidates if name not in taken), f"{base} {record.key}")


def _unknown_study(name: str, known: Iterable[str]) -> UsageError:
    listed = "; ".join(sorted(known)) or "none yet"
    return UsageError(f"no study is called {name!r}", hint=f"studies: {listed}")


def _study(name: str, records: Iterable[Record], partition: dict[str, State]) -> Study:
    reports = []
    numbers: dict[str, None] = {}
    for record in records:
        state = partition.get(record.key)
        reports.append(
            StudyReport(
                record=record.key,
                title=record.title or "no title",
                year=record.year,
                state=state.replace("_", " ") if state else "not in the flow",
            )
        )
        numbers |= dict.fromkeys(registration_numbers(record))

    return Study(
        name=name,
        included=any(partition.get(report.record) is State.INCLUDED for report in reports),
        numbers=tuple(numbers),
        reports=tuple(reports),
    )
