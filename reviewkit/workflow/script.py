"""Decisions from a file, through the same session that a face drives. The file is checked whole before the first."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewkit.errors import FileMistakes, Mistake, ReviewkitError, UsageError
from reviewkit.records import Verdict
from reviewkit.workflow.session import ScreeningSession

_COLUMNS = ("record", "verdict", "reason", "note")
_VERDICTS = (Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One decision of the file: where it stands there, and what it says."""

    number: int
    record: str
    verdict: str
    reason: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripted:
    """How many decisions were made, and how many stood already, word for word."""

    made: int
    unchanged: int


def read_script(text: str, *, where: str) -> tuple[Line, ...]:
    """The decisions of a CSV file with the columns record, verdict and maybe reason and note, or of JSON lines.

    Raises UsageError for a file that is neither.
    """
    rows = _json_rows(text, where) if text.lstrip().startswith("{") else _csv_rows(text, where)
    return tuple(
        Line(
            number=number,
            record=str(row.get("record") or "").strip(),
            verdict=str(row.get("verdict") or "").strip().lower(),
            reason=str(row["reason"]).strip() if row.get("reason") else None,
            note=str(row["note"]).strip() if row.get("note") else None,
        )
        for number, row in rows
    )


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
    for row in reader:
        yield reader.line_num, row


def _json_rows(text: str, where: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise UsageError(f"line {number} is not JSON: {error.msg}", where=where) from error
            yield number, row if isinstance(row, dict) else {}


def run_script(session: ScreeningSession, lines: Sequence[Line], *, where: str) -> Scripted:
    """Make every decision, each committed by itself; what stands already is not decided again.

    Raises FileMistakes before the first decision where any line cannot be carried out.
    """
    if mistakes := tuple(mistake for line in lines for mistake in _mistakes(session, line)):
        raise FileMistakes(mistakes, where=where, hint="nothing was decided; correct the file and run again")
    made = 0
    for line in lines:
        view = session.jump(line.record).view
        reason = _reason(session, line)
        own = view.own if view else None
        if own and (own.verdict, own.reason, own.note) == (line.verdict, reason, line.note):
            continue
        match line.verdict:
            case Verdict.INCLUDE:
                session.include(line.note)
            case Verdict.EXCLUDE:
                session.exclude(reason, line.note)
            case _:
                session.maybe(line.note)
        made += 1
    return Scripted(made=made, unchanged=len(lines) - made)


def _reason(session: ScreeningSession, line: Line) -> str | None:
    if line.verdict != Verdict.EXCLUDE:
        return None
    given: str | int | None = int(line.reason) if line.reason and line.reason.isdigit() else line.reason
    return session.reason_of(given)


def _mistakes(session: ScreeningSession, line: Line) -> Iterator[Mistake]:
    path = f"line {line.number}"
    if not session.has(line.record):
        yield Mistake(path=path, found=repr(line.record), wanted="is not a record of this stage")
    if line.verdict not in _VERDICTS:
        yield Mistake(path=path, found=repr(line.verdict), wanted="must be include, exclude or maybe")
    try:
        _reason(session, line)
    except UsageError as error:
        yield Mistake(path=path, found=repr(line.reason), wanted=f"{error.what} ({error.hint})")


def read_text(path: Path) -> str:
    """A text file as UTF-8. Raises ReviewkitError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        told = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "is not UTF-8 text"
        raise ReviewkitError(f"cannot be read: {told}", where=str(path)) from error
