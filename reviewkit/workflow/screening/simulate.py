"""`simulate`: what an order would have saved on a finished review, from a table of its records and labels."""

import csv
import gzip
import io
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewkit.model.errors import DamagedFile, FileMistakes, Mistake, ReviewkitError, system_reason
from reviewkit.model.progress import Progress, silent
from reviewkit.model.records import Record
from reviewkit.model.text import plural
from reviewkit.ranking import Simulation, simulate, vectorise
from reviewkit.workflow.files import write_output

_SOURCE = "labelled"
_YES = {"1", "1.0", "yes", "true", "include", "included"}
_NO = {"0", "0.0", "no", "false", "exclude", "excluded"}
_MOST_SIGNS = 1 << 30
_MOST_MISTAKES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A finished review: its records, and which of them were included, by record_id."""

    records: tuple[Record, ...]
    labels: Mapping[str, bool]


def read_labelled(path: Path) -> Labelled:
    """The records of a CSV file (plain or .gz) with the columns record_id, title, abstract and included.

    Commas, semicolons or tabs part the columns, whose names are read in any case; no abstracts at all will do.
    Raises ReviewkitError where it cannot be read, DamagedFile where it is no such table, FileMistakes with every wrong
    line.
    """
    text = _read(path)
    # Python's own limit is 131,072 signs a field, which the full text of an article passes.
    csv.field_size_limit(_MOST_SIGNS)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
    missing = {"record_id", "title", "included"} - set(reader.fieldnames)
    if missing:
        raise DamagedFile(
            f"has no column {', '.join(sorted(missing))}",
            where=str(path),
            hint="a first line with record_id,title,abstract,included",
        )
    records, labels, mistakes = [], {}, []
    try:
        for row in reader:
            key, told = (row["record_id"] or "").strip(), (row["included"] or "").strip().lower()
            if not key or told not in _YES | _NO or f"{_SOURCE}:{key}" in labels:
                wrong = (
                    "no record_id"
                    if not key
                    else f"a label {told!r}"
                    if told not in _YES | _NO
                    else f"{key} again"
                )
                wanted = "each record once, with an id, and 0 or 1 as included"
                mistakes.append(Mistake(path=f"line {reader.line_num}", found=wrong, wanted=wanted))
                continue
            title, abstract = row["title"] or None, row.get("abstract") or None
            record = Record(source=_SOURCE, source_id=key, title=title, abstract=abstract)
            records.append(record)
            labels[record.key] = told in _YES
    except csv.Error as error:
        raise DamagedFile(
            f"line {reader.line_num} cannot be read: {error}", where=str(path)
        ) from error
    if mistakes:
        more = len(mistakes) - _MOST_MISTAKES
        if more > 0:
            wanted = plural(more, "more line is wrong", "more lines are wrong")
            mistakes[_MOST_MISTAKES:] = [Mistake(path="below", found="", wanted=wanted)]
        raise FileMistakes(
            tuple(mistakes), where=str(path), hint="correct the file, then try again"
        )
    return Labelled(records=tuple(records), labels=labels)


def _delimiter(text: str) -> str:
    """What parts the columns: whichever of the three there is most of in the first line."""
    first = next(iter(text[:10_000].splitlines()), "")
    return max(",;\t", key=first.count)


def _read(path: Path) -> str:
    try:
        raw = path.read_bytes()
        return (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8-sig")
    except OSError as error:
        raise ReviewkitError(
            f"cannot be read: {system_reason(error)}",
            where=str(path),
            hint="check the path",
        ) from error
    except (UnicodeDecodeError, EOFError, zlib.error) as error:
        raise DamagedFile(
            "is not a whole file of UTF-8 text", where=str(path), hint="save it as CSV in UTF-8"
        ) from error


def run_simulation(
    labelled: Labelled,
    *,
    priors: Sequence[str],
    texts: Sequence[str],
    seed: int,
    ranked: bool,
    progress: Progress = silent,
) -> Simulation:
    """The review screened again: priors first, then as ranked, or at random. Raises UsageError for an unknown prior."""
    # A random order needs no words; counting them is most of the work.
    vectors = vectorise(
        labelled.records if ranked else _without_words(labelled.records),
        texts=texts if ranked else (),
    )
    keys = [f"{_SOURCE}:{prior}" for prior in priors]
    return simulate(
        vectors, labelled.labels, priors=keys, seed=seed, ranked=ranked, progress=progress
    )


def _without_words(records: Sequence[Record]) -> list[Record]:
    return [Record(source=record.source, source_id=record.source_id) for record in records]


def write_order(path: Path, simulation: Simulation) -> None:
    """Write the screening order as CSV with the column record_id; whole or not at all. Raises ReviewkitError."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["record_id"])
    writer.writerows([key.removeprefix(f"{_SOURCE}:")] for key in simulation.order)
    write_output(path, out.getvalue().encode())
