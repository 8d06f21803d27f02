"""`decisions export` and `decisions import`: carry decisions between machines as JSON lines.

The first line names the review and the protocol. Each further line is one event with its name, a
hash of its content. So the result is the same when a file is imported twice, or several files in
any order.
"""

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewkit.model.errors import ProtocolError, UsageError
from reviewkit.model.text import plural, to_json
from reviewkit.protocol.changes import changes_between
from reviewkit.protocol.model import Protocol
from reviewkit.protocol.parse import parse_protocol
from reviewkit.store import Store
from reviewkit.store.chain import chain_head
from reviewkit.store.decisions import published_reviewers, steps_taken
from reviewkit.store.duplicates import stored_leads
from reviewkit.store.events import CORRECTION, KINDS, PAIR, event_sha256
from reviewkit.store.exchange import export_events, import_events, unknown_records
from reviewkit.store.protocols import add_protocol, protocol_versions
from reviewkit.workflow.open_review import open_store, read_store, reviewer_in
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.screening.decision_file import FORMAT, read_decisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """How many events a file had, and how many of them were new here."""

    events: int
    new: int


def export_decisions(
    project: ReviewProject, reviewer: str | None, *, now: datetime.datetime
) -> Iterator[str]:
    """The lines of an export of one reviewer, or of the team. The same database gives the same
    lines.

    Raises UsageError where the reviewer has decided nothing yet.
    """
    with read_store(project, now=now) as store:
        name = None
        if reviewer is not None:
            name = reviewer_in(store, project, reviewer)
        events = export_events(store, name)
        used = {event["protocol_sha256"] for event in events}
        used |= {event["before_sha256"] for event in events if event.get("before_sha256")}
        versions = protocol_versions(store, {project.protocol_sha256, *used})
        chain = chain_head(store)

    if name and not events:
        raise UsageError(
            f"{name!r} has decided nothing in this review",
            hint="reviewkit status lists the reviewers",
        )

    header = {
        "format": FORMAT,
        "review": project.protocol.review.id,
        "protocol_sha256": project.protocol_sha256,
        "protocols": {sha256: version._asdict() for sha256, version in versions.items()},
        "events": len(events),
        # Of the whole database; doctor compares the two.
        "chain": {"events": chain.events, "head": chain.head},
    }
    yield _line(header)
    for event in events:
        yield _line({**event, "sha256": event_sha256(event)})


def _line(value: Mapping[str, Any]) -> str:
    return to_json(value, sort_keys=True)


def import_decisions(
    project: ReviewProject, text: str, *, where: str, now: datetime.datetime
) -> Imported:
    """Import an export, all of it or nothing.

    A duplicate on which the imported decisions go further than on its lead record leads from now
    on.

    Raises DamagedFile for a file that is no export, is cut off or was changed. Raises UsageError
    for one of another review, of another version of the protocol, or about unknown records.
    """
    header, events = read_decisions(text, where)
    _refuse_other_review(project, header, where)
    with open_store(project, now=now) as store, store.transaction():
        _refuse_unknown(unknown_records(store, events), where)
        _refuse_published(events, published_reviewers(store), where)
        for sha256, protocol in header["protocols"].items():
            add_protocol(store, sha256, review=protocol["review"], toml=protocol["toml"])
        new = import_events(store, events, where=where)
        _link_again(store, project.protocol, changed=any(map(_changes_links, new)))
        return Imported(events=len(events), new=len(new))


def _changes_links(event: Mapping[str, Any]) -> bool:
    """Return whether an event can change which records are duplicates."""
    return event["kind"] in {PAIR.name, CORRECTION.name}


def _link_again(store: Store, protocol: Protocol, *, changed: bool) -> None:
    """Link duplicates again where answers to pairs or corrections came.

    Also where decisions are on records that do not lead: else they would not count.
    """
    steps = steps_taken(store)
    leads = stored_leads(store).items()
    if not changed and all(steps.get(record, 0) <= steps.get(lead, 0) for record, lead in leads):
        return
    # numpy and rapidfuzz, rarely needed here
    from reviewkit.workflow.duplicates.link import link_duplicates

    link_duplicates(store, protocol)


def _refuse_unknown(unknown: Sequence[str], where: str) -> None:
    if not unknown:
        return
    shown = ", ".join(unknown[:3])
    if len(unknown) > 3:
        shown += " …"
    raise UsageError(
        f"names {plural(len(unknown), 'record')} that this database does not have ({shown})",
        where=where,
        hint="run the same search here first; nothing was imported",
    )


def _refuse_published(
    events: Iterable[Mapping[str, Any]], published: Collection[str], where: str
) -> None:
    names = {event[KINDS[event["kind"]].who] for event in events}
    if taken := sorted(names & set(published)):
        raise UsageError(
            f"has decisions in the name of the published review, {taken[0]!r}",
            where=where,
            hint="reviewkit reproduce replays that selection, it is never imported; "
            "nothing was imported",
        )


def _refuse_other_review(project: ReviewProject, header: Mapping[str, Any], where: str) -> None:
    ours, theirs = project.protocol.review.id, header["review"]
    if ours != theirs:
        raise UsageError(
            f"is of the review {theirs!r}, not of {ours!r}",
            where=where,
            hint="name its protocol with -p",
        )
    if header["protocol_sha256"] != project.protocol_sha256:
        _refuse_other_decisions(project, header, where)


def _refuse_other_decisions(project: ReviewProject, header: Mapping[str, Any], where: str) -> None:
    """Refuse a file of another version where reasons or stages differ, never for a comment."""
    version = header["protocols"].get(header["protocol_sha256"], {})
    try:
        theirs = parse_protocol(str(version.get("toml", "")), where=where)
        changes = [
            change.sentence
            for change in changes_between(theirs, project.protocol)
            if change.concerns_decisions
        ]
    except ProtocolError:
        changes = ["its protocol cannot be read here"]

    if changes:
        raise UsageError(
            "was made under a protocol with other stages or exclusion reasons "
            f"({'; '.join(changes)})",
            where=where,
            hint="give both machines the same protocol file, then export again; "
            "nothing was imported",
        )
