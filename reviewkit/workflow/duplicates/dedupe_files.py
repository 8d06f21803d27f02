"""Duplicates among lists of records, without a protocol or a database: which records are one, and what is uncertain.

Must not read the users' files: the caller has read them. Decides nothing that `reviewkit.dedupe` has not decided.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewkit.dedupe import DedupeSettings, Duplicates, PairOutcome, SettledPair, find_duplicates
from reviewkit.model.errors import ReviewkitError, system_reason
from reviewkit.model.progress import Progress, silent
from reviewkit.model.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """What a run over files found, in records: read, sure duplicates to leave out, questions, left; by source too."""

    records: int
    duplicates: int
    questions: int
    remaining: int
    per_source: Mapping[str, int]
    found: Duplicates


def dedupe_lists(
    lists: Iterable[Iterable[Record]],
    *,
    clusters_file: Path,
    pairs_file: Path | None = None,
    settings: DedupeSettings | None = None,
    known: Sequence[SettledPair] = (),
    progress: Progress = silent,
) -> FileResult:
    """Write `record_id,cluster_id` for every record, in the order given, and the uncertain pairs, best first.

    The ids are the sources' own where they are unique among all lists, else "source:id". A file is replaced whole or
    not at all. Raises ReviewkitError when two different records have one key or a file cannot be written.
    """
    records = [record for records in lists for record in records]
    found = find_duplicates(records, settings=settings, known=known, progress=progress)
    ids = _ids(records)
    cluster_of = {key: cluster.lead for cluster in found.clusters for key in cluster.members}
    keys = list(dict.fromkeys(record.key for record in records))
    _write(
        clusters_file,
        ("record_id", "cluster_id"),
        ((ids[key], ids[cluster_of.get(key, key)]) for key in keys),
    )
    if pairs_file is not None:
        _write(pairs_file, PAIR_COLUMNS, _pair_rows(found, ids))
    removed = sum(len(cluster.members) - 1 for cluster in found.clusters)
    return FileResult(
        records=len(keys),
        duplicates=removed,
        questions=sum(pair.outcome is PairOutcome.ASK for pair in found.pairs),
        remaining=len(keys) - removed,
        per_source=remaining_by_source({record.key: record.source for record in records}, found),
        found=found,
    )


PAIR_COLUMNS = ("record_id_a", "record_id_b", "score", "rule", "words", "relation")


def remaining_by_source(source_of: Mapping[str, str], found: Duplicates) -> dict[str, int]:
    """How many records lead or stand alone, by source, sorted; 0 where all of a source's are copies of others."""
    copies = {
        member for cluster in found.clusters for member in cluster.members if member != cluster.lead
    }
    remaining = dict.fromkeys(sorted(set(source_of.values())), 0)
    for key, source in source_of.items():
        remaining[source] += key not in copies
    return remaining


def _pair_rows(found: Duplicates, ids: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for pair in found.questions:
        relation = pair.relation.value if pair.relation else ""
        yield (
            ids[pair.record_a],
            ids[pair.record_b],
            f"{pair.score:.4f}",
            pair.rule,
            pair.words,
            relation,
        )


def _ids(records: Sequence[Record]) -> dict[str, str]:
    keys = {record.key: record.source_id for record in records}
    unique = len(set(keys.values())) == len(keys)
    return {key: source_id if unique else key for key, source_id in keys.items()}


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """The table beside its place first, then in it, so that a broken run leaves the old file."""
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(rows)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ReviewkitError(
            f"could not write: {system_reason(error)}",
            where=str(path),
            hint="name a folder that exists and can be written to",
        ) from error
