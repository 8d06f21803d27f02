"""Lists of records to clusters.csv and pairs.csv."""

import csv
from pathlib import Path

import pytest

from reviewkit.dedupe import Settled, SettledPair
from reviewkit.model.errors import ReviewkitError
from reviewkit.model.records import Record
from reviewkit.workflow.duplicates.dedupe_files import PAIR_COLUMNS, ResultFiles, dedupe_lists

TITLE = "Early treatment of sepsis in {} with severe burns"


def made(source: str, name: str, group: str = "children", page: str = "5-9") -> Record:
    return Record(
        source=source,
        source_id=name,
        title=TITLE.format(group),
        authors=("Smith J", "Li W"),
        journal="Burns",
        year=2020,
        volume="3",
        pages=page,
    )


def table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_clusters_and_questions(tmp_path: Path) -> None:
    first = [made("pubmed", "1"), made("pubmed", "2", "adolescents", "20-29")]
    second = [made("embase", "7"), made("embase", "8", "adults", "20-29")]
    result = dedupe_lists(
        [first, second],
        into=ResultFiles(clusters=tmp_path / "c.csv", pairs=tmp_path / "p.csv"),
    )
    assert table(tmp_path / "c.csv") == [
        ["record_id", "cluster_id"],
        ["1", "7"],
        ["2", "2"],
        ["7", "7"],
        ["8", "8"],
    ]
    heading, question = table(tmp_path / "p.csv")
    assert tuple(heading) == PAIR_COLUMNS
    assert question[:2] == ["8", "2"]
    assert (result.records, result.duplicates, result.questions, result.remaining) == (4, 1, 1, 3)
    assert result.per_source == {"embase": 2, "pubmed": 1}


def test_ids_that_two_sources_share_are_told_apart(tmp_path: Path) -> None:
    dedupe_lists(
        [[made("pubmed", "1")], [made("embase", "1")]],
        into=ResultFiles(clusters=tmp_path / "c.csv"),
    )
    assert table(tmp_path / "c.csv")[1:] == [["pubmed:1", "embase:1"], ["embase:1", "embase:1"]]


def test_answers_of_people_count(tmp_path: Path) -> None:
    apart = SettledPair(record_a="pubmed:1", record_b="embase:7", answer=Settled.DIFFERENT)
    result = dedupe_lists(
        [[made("pubmed", "1"), made("embase", "7")]],
        into=ResultFiles(clusters=tmp_path / "c.csv"),
        known=[apart],
    )
    assert result.duplicates == 0


def test_a_file_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ReviewkitError, match="nowhere is no folder") as caught:
        dedupe_lists(
            [[made("pubmed", "1")]], into=ResultFiles(clusters=tmp_path / "nowhere" / "c.csv")
        )
    assert caught.value.hint
    assert list(tmp_path.iterdir()) == []
