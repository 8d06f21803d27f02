"""An export holds one record at a time, however many go out."""

import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from reviewkit.exports.write import ExportFormat
from reviewkit.workflow.reporting.export import Choice, export
from tests.helpers.screening_review import NOW, make_records, make_review

COUNT = 3_000
ABSTRACT = "Of guts and nerves. " * 100  # 2 KB a record: 6 MB in all


@pytest.mark.slow
@pytest.mark.parametrize("name", [ExportFormat.CSV, ExportFormat.XLSX, ExportFormat.JSONL])
def test_the_records_are_never_all_in_memory(tmp_path: Path, name: ExportFormat) -> None:
    records = [replace(record, abstract=ABSTRACT) for record in make_records(COUNT)]
    project = make_review(tmp_path, records=records)
    with export(project, Choice(), now=NOW) as exported:
        tracemalloc.start()
        size = sum(len(piece) for piece in exported.written(name))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert exported.counts.total() == COUNT
    assert size > 50_000
    assert peak < 4_000_000, peak
