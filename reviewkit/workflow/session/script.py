"""A session's steps written down, as CSV or JSON lines. It only reads them; `script_run` carries them out."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewkit.model.errors import UsageError, system_reason
from reviewkit.model.records import Verdict
from reviewkit.screening.models import RetrievalOutcome

DECISIONS = (Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE)
# With a text of their own: what is noted, tagged, sought or found, or asked for.
ANNOTATIONS = ("note", "tag", "untag", *RetrievalOutcome)
MOVES = ("show", "skip", "back", "forward", "find", "filter", "history", "highlight", "undo")
STEPS = (*DECISIONS, *ANNOTATIONS, *MOVES)
# In the column `record`: the one that the session would show now.
IN_VIEW = "."
_COLUMNS = ("record", "verdict", "reason", "note", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptStep:
    """One step of the file: where it stands there, on which record, and what it says.

    `note` is a decision's own; `text` is what `note`, `tag`, `find`, `filter` and the like need.
    """

    number: int
    step: str
    record: str
    reason: str | None
    note: str | None
    text: str
    times: int | None


def read_script(text: str, *, where: str) -> tuple[ScriptStep, ...]:
    """The steps of a CSV file with the columns record, verdict and maybe reason, note and text, or of JSON lines.

    Raises UsageError for a file that is neither.
    """
    rows = _json_rows(text, where) if text.lstrip().startswith("{") else _csv_rows(text, where)
    return tuple(_read_step(number, row) for number, row in rows)


def _read_step(number: int, row: Mapping[str, Any]) -> ScriptStep:
    return ScriptStep(
        number=number,
        step=_text(row, "verdict").lower(),
        record=_text(row, "record"),
        reason=_text(row, "reason") or None,
        note=_text(row, "note") or None,
        text=_text(row, "text"),
        times=int(_text(row, "times") or 1) if (_text(row, "times") or "1").isdigit() else None,
    )


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value).strip()


def _csv_rows(text: str, where: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    if not {"record", "verdict"} <= set(names):
        raise UsageError(
            f"has the columns {', '.join(names) or 'none'}",
            where=where,
            hint=f"a first line with {', '.join(_COLUMNS)}, or JSON lines with these keys",
        )
    reader.fieldnames = names
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise UsageError(f"line {reader.line_num} is not CSV: {error}", where=where) from error


def _json_rows(text: str, where: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise UsageError(f"line {number} is not JSON: {error.msg}", where=where) from error
            yield number, row if isinstance(row, dict) else {}


def read_text(path: Path) -> str:
    """A text file as UTF-8. Raises UsageError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        if isinstance(error, UnicodeDecodeError):
            raise UsageError(
                "is not UTF-8 text", where=str(path), hint="save it as UTF-8"
            ) from error
        told = system_reason(error)
        raise UsageError(
            f"cannot be read: {told}", where=str(path), hint="check the path and the permissions"
        ) from error
