"""The flow as the template CSV of the PRISMA2020 R package and its Shiny app. Pure.

The package splits lists at ";" and ",", so these signs in a label become their small forms.
Spreadsheets run a cell that begins with = + - @, so such cells get a leading apostrophe.
`read_csv` undoes both.
"""

import csv
import io
import re
from collections.abc import Iterator

from reviewkit.model.flow import Count, Flow, Tally
from reviewkit.model.text import in_file
from reviewkit.prisma.diagram.content import OTHER_SOURCES
from reviewkit.prisma.diagram.credit import CREDIT
from reviewkit.prisma.diagram.shapes import DiagramLayout
from reviewkit.prisma.diagram.template_rows import (
    COLUMNS,
    OPTIONAL_COUNTS,
    OWN_COUNTS,
    OWN_NOTE,
    OWN_SEVERAL,
    OWN_SOURCE,
    OWN_TALLIES,
    OWN_UPDATED,
    ROWS,
    Row,
    RowKind,
)
from reviewkit.prisma.diagram.wrap import clean

SMALL_COMMA, SMALL_SEMICOLON = "\ufe50", "\ufe54"
NOT_REPORTED, NOT_RUN = "NA", "not run"
_NUMBER = re.compile(r"-?\d+")


def write_csv(flow: Flow, layout: DiagramLayout) -> str:
    """Return the template CSV with the labels, definitions and links of `layout`; lines end with a
    newline.

    A count that is not reported is empty; on an optional line it is "NA", and a line that was not
    used is empty. Rows whose key begins with "reviewkit_" are ours: the package passes over them.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for cells in _template_rows(flow, layout):
        writer.writerow([neutral(cell) for cell in cells])
    for key, value in _own_rows(flow):
        writer.writerow([key, "NA", "reviewkit", "", "", "NA", "NA", neutral(value)])

    return in_file(file.getvalue())


def neutral(cell: str) -> str:
    """Return the cell so that no spreadsheet takes it for a formula."""
    looks_like_formula = cell.startswith(("=", "+", "-", "@", "\t", "\r", "'"))
    if looks_like_formula and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def _template_rows(flow: Flow, layout: DiagramLayout) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the official templates; a box's first row has its definition."""
    words = layout.words
    is_update = layout.template.startswith("updated")
    links = {box.key: box.href for box in layout.boxes}
    boxes: set[str] = set()
    for row in ROWS:
        label = words.label(row.label_for(updated=is_update)).rstrip(":")
        tooltip = words.definitions.get(row.box, label)
        if row.box in boxes:
            tooltip = "NA"
        boxes.add(row.box)

        link = layout.links.get(row.data) or links.get(row.box) or "NA"
        description = layout.descriptions.get(row.data, label)
        value = _value(row, flow)
        yield row.data, row.node, row.box, description, label, tooltip, link, value


def _own_rows(flow: Flow) -> list[tuple[str, str]]:
    """Return what the template has no row for, as keys and values; only what the flow has."""
    rows = [(key, _count(getattr(flow, field))) for key, field in OWN_COUNTS.items()]
    for key, field in OWN_TALLIES.items():
        tallies = _without_row(getattr(flow, field), flow)
        rows.append((key, _tallies(tallies or None)))

    rows.append((OWN_SOURCE, CREDIT))
    rows.append((OWN_UPDATED, "1" if flow.updated else ""))
    rows.append((OWN_SEVERAL, "1" if flow.several_reports_per_record else ""))
    rows.extend((OWN_NOTE, clean(note)) for note in flow.footnotes)

    return [(key, value) for key, value in rows if value]


def _value(row: Row, flow: Flow) -> str:
    """Return the count of a row, or its list."""
    if row.field in flow.not_used:
        return ""
    if row.kind is RowKind.COUNT:
        missing = NOT_REPORTED if row.field in OPTIONAL_COUNTS else ""
        return _count(getattr(flow, row.field)) or missing
    if row.kind is RowKind.TALLIES:
        return _listed(row.field, flow)
    if row.kind is RowKind.SOURCE and row.data in _named_sources(flow):
        return _count(_named_sources(flow)[row.data].n) or NOT_REPORTED
    return ""


def _listed(field: str, flow: Flow) -> str:
    """Return a list. No databases or registers are not reported; no exclusion reasons are 0."""
    tallies = getattr(flow, field)
    if field in {"databases", "registers"}:
        tallies = tallies or None
    return _tallies(tallies)


def _count(n: Count) -> str:
    if n is None:
        return ""
    return str(n)


def _tallies(tallies: tuple[Tally, ...] | None) -> str:
    """Return "Reason, 3; Reason, 2"; an empty list is 0,
    one number without a label stays a number.
    """
    if tallies is None:
        return ""
    if not tallies:
        return "0"
    if len(tallies) == 1 and not tallies[0].label:
        return _count(tallies[0].n)
    return "; ".join(_tally(tally) for tally in tallies)


def _tally(tally: Tally) -> str:
    label = clean(tally.label).replace(",", SMALL_COMMA).replace(";", SMALL_SEMICOLON)
    missing = NOT_RUN if tally.not_run else NOT_REPORTED
    return f"{label}, {_count(tally.n) or missing}"


def _named_sources(flow: Flow) -> dict[str, Tally]:
    """Return the sources that have a row of their own, by its key; the first of each name."""
    sources: dict[str, Tally] = {}
    for tally in flow.other_sources:
        key = OTHER_SOURCES.get(tally.label.strip().casefold())
        if key:
            sources.setdefault(key, tally)
    return sources


def _without_row(tallies: tuple[Tally, ...], flow: Flow) -> tuple[Tally, ...]:
    """Return the tallies that have no row of their own."""
    named = {id(tally) for tally in _named_sources(flow).values()}
    return tuple(tally for tally in tallies if id(tally) not in named)
