"""Read a file of decisions, line by line, as something that anybody may have written.

It is taken whole or refused whole; the error names the line.
"""

import datetime
import json
from collections.abc import Mapping
from typing import Any

from reviewkit.model.errors import DamagedFile
from reviewkit.model.foreign import read_json
from reviewkit.store.events import KINDS, EventKind, event_sha256
from reviewkit.store.protocols import is_text_of

FORMAT = "reviewkit decisions 1"
_HEADER = {"review": str, "protocol_sha256": str, "protocols": dict, "events": int}
# A chain of events about one record is short. A step near the largest number of a database would
# leave no room for the next one.
_MOST_STEPS = 1_000_000
_YEARS = range(1990, 2200)


def read_decisions(text: str, where: str) -> tuple[Mapping[str, Any], list[dict[str, Any]]]:
    """The header and the events of an export, checked."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    header = _parse(*lines[0], where) if lines else {}
    if not _is_header(header):
        raise DamagedFile(
            "is no export of decisions",
            where=where,
            hint="make one with: reviewkit decisions export > clinician.jsonl",
        )

    events = []
    for number, line in lines[1:]:
        events.append(_event(number, _parse(number, line, where), header, where))
    if len(events) != header["events"]:
        raise DamagedFile(
            f"has {len(events)} events and should have {header['events']}",
            where=where,
            hint="export it again",
        )
    return header, events


def _is_header(header: Mapping[str, Any]) -> bool:
    if header.get("format") != FORMAT:
        return False
    if not all(isinstance(header.get(name), kind) for name, kind in _HEADER.items()):
        return False
    return all(_is_version(*version) for version in header["protocols"].items())


def _is_version(sha256: str, version: object) -> bool:
    """Whether a protocol is a review's id and a text whose hash is its name."""
    if not isinstance(version, dict) or set(version) != {"review", "toml"}:
        return False
    review, toml = version["review"], version["toml"]
    if not isinstance(review, str) or not isinstance(toml, str):
        return False
    return is_text_of(sha256, toml)


def _parse(number: int, line: str, where: str) -> dict[str, Any]:
    try:
        value = read_json(line)
    except ValueError as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "it is too deep or long"
        raise DamagedFile(
            f"line {number} is not JSON: {reason}",
            where=where,
            hint="name a file of `reviewkit decisions export`",
        ) from error
    return value if isinstance(value, dict) else {}


def _event(
    number: int, line: dict[str, Any], header: Mapping[str, Any], where: str
) -> dict[str, Any]:
    """The event of a line. Its name shows whether it is still what was exported."""
    sha256, kind = line.pop("sha256", None), KINDS.get(str(line.get("kind")))
    if kind is None or not _is_whole(line, kind) or event_sha256(line) != sha256:
        raise _changed(number, "is not as it was exported", where)
    if line["protocol_sha256"] not in header["protocols"]:
        raise _changed(number, "names a protocol that the file does not have", where)
    if not _is_step(line["step"]):
        raise _changed(number, f"has a step that no review reaches ({line['step']!r})", where)
    if not _is_time(line[kind.at]):
        raise _changed(number, f"has no time that can be ({line[kind.at]!r})", where)
    return line


def _changed(number: int, what: str, where: str) -> DamagedFile:
    return DamagedFile(
        f"line {number} {what}",
        where=where,
        hint="export it again; to change a decision, decide again with reviewkit screen",
    )


def _is_whole(line: Mapping[str, Any], kind: EventKind) -> bool:
    """Whether a line has every part of its kind and no other, each a plain value."""
    listed = {"listed"} if kind.list_table else set()
    if set(line) != {"kind", "protocol_sha256", "step", *kind.values, *listed}:
        return False
    values = [value for name, value in line.items() if name != "listed"]
    if not all(value is None or isinstance(value, str | int) for value in values):
        return False
    return not listed or _is_list(line["listed"], len(kind.list_columns))


def _is_list(rows: object, width: int) -> bool:
    if not isinstance(rows, list):
        return False
    texts = [row for row in rows if isinstance(row, list) and len(row) == width]
    return len(texts) == len(rows) and all(isinstance(cell, str) for row in texts for cell in row)


def _is_step(step: object) -> bool:
    return type(step) is int and 1 <= step <= _MOST_STEPS


def _is_time(text: object) -> bool:
    """Whether a text is a moment in a year in which reviews are made, with its time zone."""
    if not isinstance(text, str):
        return False
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return False
    return moment.year in _YEARS and moment.tzinfo is not None
