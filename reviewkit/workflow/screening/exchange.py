"""`decisions export` and `decisions import`: what reviewers said, carried between machines as JSON lines.

The first line says whose review and which protocol it is; each further line is one event with its name (a hash of its
content), so that taking a file in twice, or several files in any order, comes to the same.
"""

import datetime
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from reviewkit.model.errors import DamagedFile, UsageError
from reviewkit.store import Store
from reviewkit.store.decisions import published_reviewers, steps_taken
from reviewkit.store.duplicates import stored_leads
from reviewkit.store.events import KINDS, EventKind, event_sha256
from reviewkit.store.exchange import export_events, import_events, unknown_records
from reviewkit.store.protocols import add_protocol, protocols_of
from reviewkit.workflow.open_review import check_reviewer, open_store
from reviewkit.workflow.project import ReviewProject

_FORMAT = "reviewkit decisions 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """How many events a file had, and how many of them were new here."""

    events: int
    new: int


def export_decisions(
    project: ReviewProject, reviewer: str | None, *, now: datetime.datetime
) -> Iterator[str]:
    """The lines of an export: of one reviewer, or of the whole team. The same database gives the same lines.

    Raises UsageError where the reviewer has said nothing yet.
    """
    name = check_reviewer(project, reviewer) if reviewer is not None else None
    with open_store(project, now=now) as store:
        events = export_events(store, name)
        protocols = protocols_of(
            store, {project.protocol_sha256, *(event["protocol_sha256"] for event in events)}
        )
    if name and not events:
        raise UsageError(
            f"{name!r} has said nothing in this review", hint="reviewkit status lists the reviewers"
        )
    header = {
        "format": _FORMAT,
        "review": project.protocol.review.id,
        "protocol_sha256": project.protocol_sha256,
        "protocols": protocols,
        "events": len(events),
    }
    yield _line(header)
    for event in events:
        yield _line({**event, "sha256": event_sha256(event)})


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def import_decisions(
    project: ReviewProject, text: str, *, where: str, now: datetime.datetime
) -> Imported:
    """Take in an export, all of it or nothing. What it decides on a copy that does not lead here leads from now on.

    Raises DamagedFile for a file that is none, is cut off or was changed, and UsageError for one of another review,
    of another version of the protocol, or about records that this database does not have.
    """
    header, events = _read(text, where)
    _refuse_other_review(project, header, where)
    with open_store(project, now=now) as store, store.transaction():
        if unknown := unknown_records(store, events):
            shown = ", ".join(unknown[:3]) + (" …" if len(unknown) > 3 else "")
            raise UsageError(
                f"speaks of {len(unknown)} records that this database does not have ({shown})",
                where=where,
                hint="run the same search here first; nothing was taken in",
            )
        _refuse_published(events, published_reviewers(store), where)
        for sha256, protocol in header["protocols"].items():
            add_protocol(store, sha256, review=protocol["review"], toml=protocol["toml"])
        new = import_events(store, events, where=where)
        _let_them_lead(store, project)
        return Imported(events=len(events), new=new)


def _let_them_lead(store: Store, project: ReviewProject) -> None:
    """Link anew where another machine's decisions are on copies that do not lead here: else they would not count."""
    steps = steps_taken(store)
    if any(
        steps.get(record, 0) > steps.get(lead, 0) for record, lead in stored_leads(store).items()
    ):
        from reviewkit.workflow.duplicates.link import (
            link_duplicates,  # numpy and rapidfuzz, rarely needed here
        )

        link_duplicates(store, project.protocol)


def _refuse_published(
    events: Iterable[Mapping[str, Any]], published: Collection[str], where: str
) -> None:
    names = {event[KINDS[event["kind"]].who] for event in events}
    if taken := sorted(names & set(published)):
        raise UsageError(
            f"speaks in the name of the published review, {taken[0]!r}",
            where=where,
            hint="that selection is replayed by reviewkit reproduce, never imported; nothing was taken in",
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
        raise UsageError(
            f"was made under another version of the protocol ({header['protocol_sha256'][:12]}; here it is "
            f"{project.protocol_sha256[:12]})",
            where=where,
            hint="give both machines the same protocol file, then export again; nothing was taken in",
        )


def _read(text: str, where: str) -> tuple[Mapping[str, Any], list[dict[str, Any]]]:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    header = _parse(*lines[0], where) if lines else {}
    if (
        header.get("format") != _FORMAT
        or not set(header) >= _HEADER
        or not isinstance(header["protocols"], dict)
    ):
        raise DamagedFile(
            "is no export of decisions",
            where=where,
            hint="make one with: reviewkit decisions export > ana.jsonl",
        )
    events = [
        _event(number, _parse(number, line, where), header, where) for number, line in lines[1:]
    ]
    if len(events) != header["events"]:
        raise DamagedFile(
            f"has {len(events)} events and should have {header['events']}",
            where=where,
            hint="export it again",
        )
    return header, events


_HEADER = {"review", "protocol_sha256", "protocols", "events"}


def _parse(number: int, line: str, where: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise DamagedFile(
            f"line {number} is not JSON: {error.msg}", where=where, hint="export it again"
        ) from error
    return value if isinstance(value, dict) else {}


def _event(
    number: int, line: dict[str, Any], header: Mapping[str, Any], where: str
) -> dict[str, Any]:
    """The event of a line. Its name shows whether it is what was exported."""
    sha256, kind = line.pop("sha256", None), KINDS.get(str(line.get("kind")))
    whole = (
        kind is not None
        and set(line) == _columns(kind)
        and line["protocol_sha256"] in header["protocols"]
    )
    if kind is None or not whole or event_sha256(line) != sha256 or not _is_time(line[kind.at]):
        raise DamagedFile(
            f"line {number} is not as it was exported",
            where=where,
            hint="export it again; to change a decision, decide again with reviewkit screen",
        )
    return line


def _is_time(text: object) -> bool:
    with suppress(TypeError, ValueError):
        return bool(datetime.datetime.fromisoformat(text))  # type: ignore[arg-type]  # whatever a file may hold
    return False


def _columns(kind: EventKind) -> set[str]:
    listed = {"listed"} if kind.list_table else set()
    return {"kind", "protocol_sha256", "step", *kind.values, *listed}
