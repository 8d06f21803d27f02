"""Which reports belong to which study: events, of which the latest on a study and a record counts.

A report may belong to several studies. Its own decision stays as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from reviewkit.store.database import Store
from reviewkit.store.decisions import of_work
from reviewkit.store.duplicates import stored_leads
from reviewkit.store.events import STUDY_LINK, Value, append


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyLink:
    """A report linked to a study, or the link taken back where `linked` is false."""

    study: str
    record: str
    linked: bool
    why: str | None
    reviewer: str
    linked_at: str


def add_study_link(store: Store, link: StudyLink, *, protocol: str) -> None:
    """Append a link inside the open transaction."""
    values: dict[str, Value] = {
        "study": link.study,
        "record": link.record,
        "linked": int(link.linked),
        "why": link.why,
        "reviewer": link.reviewer,
        "linked_at": link.linked_at,
    }
    append(store, STUDY_LINK, values, protocol=protocol)


def current_study_links(store: Store) -> tuple[StudyLink, ...]:
    """Return every link that counts, by study and record."""
    rows = store.rows(
        "SELECT study, record, why, reviewer, linked_at FROM current_study_links "
        "ORDER BY study, record"
    )
    return tuple(
        StudyLink(study=study, record=record, linked=True, why=why, reviewer=reviewer, linked_at=at)
        for study, record, why, reviewer, at in rows
    )


def studies_by_report(store: Store) -> Mapping[str, tuple[str, ...]]:
    """Return the studies of each report that has any, by the lead record of its copies."""
    leads = stored_leads(store)
    studies: dict[str, dict[str, None]] = {}
    for link in current_study_links(store):
        lead = leads.get(link.record, link.record)
        studies.setdefault(lead, {})[link.study] = None
    return {record: tuple(names) for record, names in studies.items()}


def studies_of(store: Store, record: str) -> tuple[str, ...]:
    """Return the studies of one report, by name."""
    is_of_work, keys = of_work(store, record)
    rows = store.rows(
        f"SELECT DISTINCT study FROM current_study_links WHERE {is_of_work} ORDER BY study", keys
    )
    return tuple(study for (study,) in rows)
