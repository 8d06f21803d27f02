"""`simulate`: what an order would have saved on a finished review, from its labelled records."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewkit.importers.gzip_stream import read_unpacked
from reviewkit.model.errors import DamagedFile, FileMistakes, Mistake
from reviewkit.model.progress import Progress, silent
from reviewkit.model.records import Record
from reviewkit.model.text import in_file, plural
from reviewkit.ranking import Simulation, simulate, vectorise
from reviewkit.workflow.files import write_output

_SOURCE = "labelled"
_YES = {"1", "1.0", "yes", "true", "include", "included"}
_NO = {"0", "0.0", "no", "false", "exclude", "excluded"}
_LONGEST_FIELD = 1 << 30
_MOST_MISTAKES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A finished review: its records, and which of them were included, by record_id."""

    records: tuple[Record, ...]
    labels: Mapping[str, bool]


def read_labelled(path: Path) -> Labelled:
    """Read a CSV file (plain or .gz) with the columns record_id, title, abstract and included.

    Commas, semicolons or tabs separate the columns. Their names may be in any case; the abstracts
    may be missing. Raises ReviewkitError for a file that cannot be read, DamagedFile for one that
    is no such table, FileMistakes with every wrong line.
    """
    text = _read(path)
    # Python's own limit is 131,072 characters a field; the full text of an article is longer.
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
    missing = {"record_id", "title", "included"} - set(reader.fieldnames)
    if missing:
        raise DamagedFile(
            f"has no column {', '.join(sorted(missing))}",
            where=str(path),
            hint="a first line with record_id,title,abstract,included",
        )

    try:
        labelled, mistakes = _read_rows(reader)
    except csv.Error as error:
        raise DamagedFile(
            f"line {reader.line_num} cannot be read: {error}", where=str(path)
        ) from error
    _refuse_mistakes(mistakes, path)
    return labelled


def _read_rows(reader: "csv.DictReader[str]") -> tuple[Labelled, list[Mistake]]:
    records: list[Record] = []
    labels: dict[str, bool] = {}
    mistakes: list[Mistake] = []
    for row in reader:
        key = (row["record_id"] or "").strip()
        label = (row["included"] or "").strip().lower()
        wrong = _mistake(key, label, labels)
        if wrong:
            mistakes.append(_mistake_at(reader.line_num, wrong))
            continue

        title, abstract = row["title"] or None, row.get("abstract") or None
        record = Record(source=_SOURCE, source_id=key, title=title, abstract=abstract)
        records.append(record)
        labels[record.key] = label in _YES
    return Labelled(records=tuple(records), labels=labels), mistakes


def _mistake(key: str, label: str, labels: Mapping[str, bool]) -> str | None:
    """What is wrong with a line; `None` if nothing is."""
    if not key:
        return "no record_id"
    if label not in _YES | _NO:
        return f"a label {label!r}"
    return f"{key} again" if f"{_SOURCE}:{key}" in labels else None


def _mistake_at(line: int, wrong: str) -> Mistake:
    wanted = "each record once, with an id, and 0 or 1 as included"
    return Mistake(path=f"line {line}", found=wrong, wanted=wanted)


def _refuse_mistakes(mistakes: list[Mistake], path: Path) -> None:
    """Raise FileMistakes if there are any, naming the first ones and how many more there are."""
    if not mistakes:
        return

    shown = mistakes[:_MOST_MISTAKES]
    others = len(mistakes) - len(shown)
    if others:
        wanted = plural(others, "more line is wrong", "more lines are wrong")
        shown.append(Mistake(path="below", found="", wanted=wanted))

    raise FileMistakes(tuple(shown), where=str(path), hint="correct the file, then try again")


def _delimiter(text: str) -> str:
    """The column separator: the most frequent of the three in the first line."""
    first = next(iter(text[:10_000].splitlines()), "")
    return max(",;\t", key=first.count)


def _read(path: Path) -> str:
    try:
        return read_unpacked(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
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
    """Screen the review again: priors first, then ranked, or at random.

    Raises UsageError for an unknown prior.
    """
    records: Sequence[Record] = labelled.records
    if not ranked:
        # A random order needs no words, and counting them is most of the work.
        records, texts = _without_words(records), ()

    keys = [f"{_SOURCE}:{prior}" for prior in priors]
    return simulate(
        vectorise(records, texts=texts),
        labelled.labels,
        priors=keys,
        seed=seed,
        ranked=ranked,
        progress=progress,
    )


def _without_words(records: Sequence[Record]) -> list[Record]:
    return [Record(source=record.source, source_id=record.source_id) for record in records]


def write_order(path: Path, simulation: Simulation) -> None:
    """Write the screening order as CSV with the column record_id. Raises ReviewkitError."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["record_id"])
    writer.writerows([key.removeprefix(f"{_SOURCE}:")] for key in simulation.order)

    write_output(path, in_file(out.getvalue()).encode())
