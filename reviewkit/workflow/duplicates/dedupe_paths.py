"""`dedupe FILE...`: find the duplicates among a user's files, without protocol or database."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewkit.importers import read_file
from reviewkit.importers.dedupe_csv import records_from_rows
from reviewkit.importers.gzip_stream import read_unpacked
from reviewkit.model.errors import DamagedFile, UsageError
from reviewkit.model.progress import Progress, silent
from reviewkit.model.records import Record
from reviewkit.workflow.duplicates.dedupe_files import FileResult, ResultFiles, dedupe_lists

_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """How to read the files if their content does not show it; `mapping` is {field: column}."""

    format: str | None = None
    encoding: str | None = None
    mapping: Mapping[str, str] | None = None


def dedupe_paths(
    paths: Sequence[Path],
    *,
    reading: ReadOptions,
    into: ResultFiles,
    say: Callable[[str], None],
    progress: Progress = silent,
) -> FileResult:
    """Find duplicates among files and write the clusters; `say` gets each problem with its line.

    Raises UsageError if a file is named twice, a result would replace one of them, or the ids of a
    table are not unique; UsageError and DamagedFile for a file that is no export; ReviewkitError if
    a result cannot be written.
    """
    results = into.clusters, into.pairs, into.doubts
    _check_places(paths, [place for place in results if place is not None])
    named = zip(paths, _names(paths), strict=True)
    lists = [_read(path, name, reading, say) for path, name in named]
    return dedupe_lists(lists, into=into, progress=progress)


def _check_places(paths: Sequence[Path], results: Sequence[Path]) -> None:
    read = Counter(path.resolve() for path in paths)
    if repeated := [str(path) for path, count in read.items() if count > 1]:
        raise UsageError("named twice", where=", ".join(repeated), hint="name each file once")

    written = Counter(path.resolve() for path in results)
    if lost := [str(path) for path in written if path in read]:
        raise UsageError(
            "cannot be both read and written",
            where=", ".join(lost),
            hint="name another file for the result",
        )
    if len(written) < len(results):
        raise UsageError(
            "two results have the same path", where=str(results[0]), hint="name different files"
        )


def _names(paths: Sequence[Path]) -> list[str]:
    """Return a name for each file: its own, with as many folders as make it unique."""
    names = [path.name for path in paths]
    depth = 1

    while len(set(names)) < len(names):
        depth += 1
        names = ["/".join(path.resolve().parts[-depth:]) for path in paths]
    return names


def _read(path: Path, name: str, reading: ReadOptions, say: Callable[[str], None]) -> list[Record]:
    if reading.format is None and reading.mapping is None:
        rows = _labelled_rows(path, reading.encoding)
        if rows is not None:
            _check_ids(rows, path)
            return list(records_from_rows(rows, source=name))

    parsed = read_file(
        path, source=name, format=reading.format, encoding=reading.encoding, mapping=reading.mapping
    )
    records = list(parsed.records)

    for problem in parsed.problems:
        say(f"{path}: {problem}")
    return records


def _labelled_rows(path: Path, encoding: str | None) -> list[dict[str, str | None]] | None:
    """Return the rows of a CSV with the columns of deduplication data sets, or None."""
    if not path.name.endswith((".csv", ".csv.gz")) or not path.is_file():
        return None
    try:
        text = read_unpacked(path).decode(encoding or "utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""))
        if not {"record_id", "title"} <= set(reader.fieldnames or ()):
            return None
        return list(reader)
    except (UnicodeDecodeError, LookupError):
        return None
    except csv.Error as error:
        raise DamagedFile(
            f"cannot be read: {error}", where=str(path), hint="export the file again"
        ) from error


def _check_ids(rows: Sequence[Mapping[str, str | None]], path: Path) -> None:
    ids = Counter((row.get("record_id") or "").strip() for row in rows)
    repeated = [f"{name!r}, {count} times" for name, count in ids.items() if name and count > 1]

    if repeated:
        examples = "; ".join(repeated[:_NAMED])
        if len(repeated) > _NAMED:
            examples += f" and {len(repeated) - _NAMED} more"
        raise UsageError(
            f"the column record_id has the same id in several rows: {examples}",
            where=str(path),
            hint="give every row an id of its own, or leave the column out",
        )
