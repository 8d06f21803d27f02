"""The template CSV: the package's rows, and no cell that a spreadsheet would run."""

import csv
import io
from dataclasses import replace

from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.options import DiagramOptions
from reviewkit.prisma.diagram.template_rows import (
    COLUMNS,
    OWN_COUNTS,
    OWN_NOTE,
    OWN_TALLIES,
    OWN_UPDATED,
    ROWS,
)
from reviewkit.prisma.diagram.writers.template_csv import write_csv
from tests.helpers.flows import NASTY, NEW, tally


def test_no_cell_is_a_formula() -> None:
    flow = replace(
        NEW,
        dbr_excluded=tuple(tally(label, 1) for label in NASTY[1:3]),
        footnotes=("=1+1", "+x", "-y"),
    )
    picture = lay_out(flow, DiagramOptions(labels={"records_screened": "=SUM(A1)", "box4": "@x"}))
    for row in csv.reader(io.StringIO(write_csv(flow, picture))):
        assert len(row) == len(COLUMNS)
        for cell in row:
            assert cell[:1] not in {"=", "+", "-", "@"}


def test_the_file_has_the_packages_rows_and_none_that_it_could_mistake() -> None:
    rows = list(csv.DictReader(io.StringIO(write_csv(NEW, lay_out(NEW)))))
    keys = [row["data"] for row in rows]
    theirs = [row.data for row in ROWS]
    assert keys[: len(theirs)] == theirs
    # The package looks rows up by a part of their key.
    for own in (*OWN_COUNTS, *OWN_TALLIES, OWN_NOTE, OWN_UPDATED):
        assert not any(key in own for key in theirs if key != "NA")
    for key in {key for key in theirs if key not in {"NA", "total_studies", "total_reports"}}:
        assert sum(key in other for other in theirs) == 1, key
