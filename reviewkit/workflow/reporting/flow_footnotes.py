"""The footnotes that the records of a flow need: a selection not repeated, retractions, reasons."""

from collections.abc import Sequence

from reviewkit.model.messages import in_english_n, mark
from reviewkit.model.records import Record
from reviewkit.prisma.partition import RecordState, Selection, State
from reviewkit.protocol.model import Protocol
from reviewkit.sources.registry import notice_sources
from reviewkit.store import Store
from reviewkit.store.decisions import flow_selection
from reviewkit.store.duplicates import CopiesByLead, links_to
from reviewkit.store.record_monitor import monitored_records
from reviewkit.store.records import records_by_key
from reviewkit.store.run_log import records_new_to_updates
from reviewkit.updates.notices import Standing, read_notices
from reviewkit.workflow.duplicates.link_settings import linked_otherwise
from reviewkit.workflow.reporting.protocol_changes import reason_footnotes

NOT_AMONG_THE_WORKS = mark("not among the works that the review included")
REPLAY_FOOTNOTE = mark(
    "The selection is not repeated: nobody has screened these records for this rerun. "
    "Which of them the review saw, and why it left them out, is not reported."
)
UPDATE_FOOTNOTE = mark(
    "The selection of the records that the rerun found is not repeated. "
    "The boxes from screening on count only records that an update brought, as the team decided."
)
STAND_IN_FOOTNOTE = mark(
    "These works were compiled by hand because no search of this review could be run; "
    "they are not the result of a database search."
)

OTHER_LINKS_FOOTNOTE = mark(
    "The duplicates were linked under other settings than this protocol states."
)


def is_rerun(store: Store) -> bool:
    """Return whether the decisions on the flow's records are those that a review reports.

    Records that an update brought are the team's to screen all the same.
    """
    return flow_selection(store) is Selection.PUBLISHED


def flow_footnotes(
    store: Store, protocol: Protocol, partition: Sequence[RecordState]
) -> tuple[str, ...]:
    """Return the footnotes that the records need: on a replayed selection, on retractions, on
    duplicates linked under other settings, and on reasons that the protocol no longer has.
    """
    footnotes = []
    brought = records_new_to_updates(store) if is_rerun(store) else frozenset()
    if any(state.record in brought for state in partition):
        footnotes.append(UPDATE_FOOTNOTE)
    elif any(state.reason == NOT_AMONG_THE_WORKS for state in partition):
        footnotes.append(REPLAY_FOOTNOTE)

    included = [state.record for state in partition if state.state is State.INCLUDED]
    records = [record for record, _ in retracted(store, included)]
    if records:
        footnotes.append(_retraction_footnote(records))

    footnotes += _links_footnotes(store, protocol)
    return (*footnotes, *reason_footnotes(store, protocol, partition))


def _links_footnotes(store: Store, protocol: Protocol) -> list[str]:
    return [OTHER_LINKS_FOOTNOTE] if linked_otherwise(store, protocol) else []


def _retraction_footnote(records: Sequence[Record]) -> str:
    titles = "; ".join(f"{record.title or 'no title'} ({record.key})" for record in records)
    return in_english_n(
        len(records),
        "An included study is retracted: {title}",
        "{n} included studies are retracted: {title}",
        title=titles,
    )


def retracted(store: Store, keys: Sequence[str]) -> tuple[tuple[Record, str], ...]:
    """Return those of the records that are retracted, each with its evidence.

    The evidence may be in the record, in a copy of it or in a monitored record.
    """
    if not keys:
        return ()

    copies, links = CopiesByLead(store), links_to(store)
    monitored = {record.pmid: record for record in monitored_records(store) if record.pmid}
    result = []
    for key, record in records_by_key(store, list(keys)).items():
        same_work = [record, *copies.get(key, ())]
        if record.pmid in monitored:
            same_work.append(monitored[record.pmid])
        notices = read_notices(same_work, links.get(key, ()), stated_by=notice_sources())
        if notices.standing is Standing.RETRACTED:
            result.append((record, "; ".join(notices.evidence)))

    return tuple(result)
