"""Reads a session's steps from CSV or JSON lines; `script_run` carries them out."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewkit.model.errors import UsageError, system_reason
from reviewkit.model.foreign import read_json, whole_number
from reviewkit.model.records import Verdict
from reviewkit.screening.models import RetrievalOutcome
from reviewkit.workflow.files import with_end

DECISIONS = (Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE)
# Steps that write something beside a decision.
ANNOTATIONS = ("note", "tag", "untag", "study", "unlink", *RetrievalOutcome)
MOVES = ("show", "skip", "back", "forward", "find", "filter", "history", "highlight", "undo")
# Steps that put something right. Their column `text` has the field or the other record, `note` why.
CORRECTIONS = ("edit", "clear", "restore", "duplicate", "not_duplicate")
STEPS = (*DECISIONS, *ANNOTATIONS, *CORRECTIONS, *MOVES)
# In the column `record`: the record in view.
IN_VIEW = "."
_COLUMNS = ("record", "verdict", "reason", "note", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptStep:
    """One step of the file: its line, its record, and its words.

    `note` belongs to a decision or a correction; `text` is for `note`, `tag`, `find`, `filter` and
    the like.
    """

    number: int
    step: str
    record: str
    reason: str | None
    note: str | None
    text: str
    times: int | None


def read_script(text: str, *, where: str) -> tuple[ScriptStep, ...]:
    """Return the steps of a CSV file or of JSON lines.

    A CSV file has the columns record and verdict, and may have reason, note and text. Raises
    UsageError for a file that is neither.
    """
    read = _csv_rows
    if text.lstrip().startswith("{"):
        read = _json_rows
    rows = read(text, where)
    return tuple(_read_step(number, row) for number, row in rows)


def _read_step(number: int, row: Mapping[str, Any]) -> ScriptStep:
    return ScriptStep(
        number=number,
        step=_text(row, "verdict").lower(),
        record=_text(row, "record"),
        reason=_text(row, "reason") or None,
        note=_text(row, "note") or None,
        text=_text(row, "text"),
        times=_times(_text(row, "times") or "1"),
    )


def _times(digits: str) -> int | None:
    """Return how often; `None` where it is no number, which is reported with the other mistakes."""
    return whole_number(digits)


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    return str(value).strip()


def _csv_rows(text: str, where: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        names = [name.strip().lower() for name in reader.fieldnames or ()]
    except csv.Error as error:
        raise UsageError(f"line 1 is not CSV: {error}", where=where) from error

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
        # Its own `line_num` is that of the row before.
        line = reader.reader.line_num
        raise UsageError(f"line {line} is not CSV: {error}", where=where) from error


def _json_rows(text: str, where: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                row = read_json(line)
            except ValueError as error:
                raise UsageError(f"line {number} is not JSON: {error}", where=where) from error
            yield number, row if isinstance(row, dict) else {}


def read_text(path: Path) -> str:
    """A text file as UTF-8. Raises UsageError where it cannot be read."""
    try:
        return with_end(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        if isinstance(error, UnicodeDecodeError):
            raise UsageError(
                "is not UTF-8 text", where=str(path), hint="save it as UTF-8"
            ) from error
        reason = system_reason(error)
        raise UsageError(
            f"cannot be read: {reason}", where=str(path), hint="check the path and the permissions"
        ) from error
