"""Find duplicates among lists of records, without protocol or database, and write the results.

The caller reads the users' files; `reviewkit.dedupe` decides.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from reviewkit.dedupe import DedupeSettings, Duplicates, Pair, SettledPair, find_duplicates
from reviewkit.model.progress import Progress, silent
from reviewkit.model.records import Record
from reviewkit.model.text import in_file
from reviewkit.workflow.files import write_output


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFiles:
    """Where the clusters go, and, if wanted, the uncertain pairs and the less sure ones."""

    clusters: Path
    pairs: Path | None = None
    doubts: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """The result for files, in numbers of records; `remaining` also by source.

    `questions` are pairs for a person, `doubts` less sure ones.
    """

    records: int
    duplicates: int
    questions: int
    doubts: int
    remaining: int
    per_source: Mapping[str, int]
    found: Duplicates


def dedupe_lists(
    lists: Iterable[Iterable[Record]],
    *,
    into: ResultFiles,
    settings: DedupeSettings | None = None,
    known: Sequence[SettledPair] = (),
    progress: Progress = silent,
) -> FileResult:
    """Write `record_id,cluster_id` for every record, in input order, the pairs and the doubts.

    The ids are the sources' own if they are unique among all lists, else "source:id". A file is
    replaced whole or not at all. Raises ReviewkitError when two different records have the same
    key, or a file cannot be written.
    """
    records = list(chain.from_iterable(lists))
    found = find_duplicates(records, settings=settings, known=known, progress=progress)
    ids = _ids(records)
    leads = leads_of(found)
    rows = ((own_id, ids[leads.get(key, key)]) for key, own_id in ids.items())
    _write(into.clusters, ("record_id", "cluster_id"), rows)
    for path, pairs in ((into.pairs, found.questions), (into.doubts, found.doubts)):
        if path is not None:
            _write(path, PAIR_COLUMNS, _pair_rows(pairs, ids))

    removed = sum(len(cluster.members) - 1 for cluster in found.clusters)
    return FileResult(
        records=len(ids),
        duplicates=removed,
        questions=len(found.questions),
        doubts=len(found.doubts),
        remaining=len(ids) - removed,
        per_source=remaining_by_source({record.key: record.source for record in records}, found),
        found=found,
    )


PAIR_COLUMNS = ("record_id_a", "record_id_b", "score", "rule", "words", "relation")


def remaining_by_source(source_of: Mapping[str, str], found: Duplicates) -> dict[str, int]:
    """Return how many records are no duplicates of others, by source, sorted.

    0 for a source whose records are all duplicates of others' records.
    """
    leads = leads_of(found)
    remaining = dict.fromkeys(sorted(set(source_of.values())), 0)

    for key, source in source_of.items():
        remaining[source] += leads.get(key, key) == key
    return remaining


def leads_of(found: Duplicates) -> dict[str, str]:
    """Return the lead record's key for every record in a cluster."""
    leads: dict[str, str] = {}

    for cluster in found.clusters:
        leads |= dict.fromkeys(cluster.members, cluster.lead)
    return leads


def _pair_rows(pairs: Iterable[Pair], ids: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for pair in pairs:
        relation = ""
        if pair.relation:
            relation = pair.relation.value
        yield (
            ids[pair.record_a],
            ids[pair.record_b],
            f"{pair.score:.4f}",
            pair.rule,
            pair.words,
            relation,
        )


def _ids(records: Sequence[Record]) -> dict[str, str]:
    """Return the id of each record to be written, by key."""
    own_ids = {record.key: record.source_id for record in records}
    if len(set(own_ids.values())) == len(own_ids):
        return own_ids
    return {key: key for key in own_ids}


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write the table, whole or not at all. Raises ReviewkitError."""
    write_output(path, (_line(cells) for cells in chain([columns], rows)))


def _line(cells: Sequence[str]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\n").writerow(map(in_file, cells))
    return line.getvalue().encode()
