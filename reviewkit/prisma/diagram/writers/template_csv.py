"""The flow as the template CSV of the PRISMA2020 R package and its Shiny app. Pure.

The package splits lists at ";" and ",", so these signs in a label become their small forms; spreadsheets run
what begins with = + - @, so such cells get a leading apostrophe. `read_csv` undoes both.
"""

import csv
import io
import re

from reviewkit.model.flow import Count, Flow, Tally
from reviewkit.prisma.diagram.content import OTHER_SOURCES
from reviewkit.prisma.diagram.shapes import DiagramLayout
from reviewkit.prisma.diagram.template_rows import (
    COLUMNS,
    META_ANALYSIS,
    OWN_COUNTS,
    OWN_NOTE,
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


def neutral(cell: str) -> str:
    """The cell so that no spreadsheet takes it for a formula."""
    dangerous = cell.startswith(("=", "+", "-", "@", "\t", "\r", "'")) and not _NUMBER.fullmatch(
        cell
    )
    return f"'{cell}" if dangerous else cell


def _count(n: Count) -> str:
    return "" if n is None else str(n)


def _tallies(tallies: tuple[Tally, ...] | None) -> str:
    """ "Reason, 3; Reason, 2"; a count that is not reported is "NA"; an empty list is 0."""
    if tallies is None:
        return ""
    if not tallies:
        return "0"
    if len(tallies) == 1 and not tallies[0].label:
        return _count(tallies[0].n)
    shown = []
    for tally in tallies:
        label = clean(tally.label).replace(",", SMALL_COMMA).replace(";", SMALL_SEMICOLON)
        shown.append(f"{label}, {_count(tally.n) or (NOT_RUN if tally.not_run else NOT_REPORTED)}")
    return "; ".join(shown)


def _named_source(tally: Tally) -> str:
    return OTHER_SOURCES.get(tally.label.strip().casefold(), "")


def _named_sources(flow: Flow) -> dict[str, Tally]:
    """The sources that have a row of their own; the first of each name."""
    found: dict[str, Tally] = {}
    for tally in flow.other_sources:
        key = _named_source(tally)
        if key and key not in found:
            found[key] = tally
    return found


def _value(row: Row, flow: Flow) -> str:
    if row.kind is RowKind.COUNT:
        return _count(getattr(flow, row.field))
    if row.kind is RowKind.TALLIES:
        tallies = getattr(flow, row.field)
        return _tallies(tallies or None if row.field in {"databases", "registers"} else tallies)
    if row.kind is RowKind.SOURCE:
        tally = _named_sources(flow).get(row.data)
        return "" if tally is None else NOT_REPORTED if tally.n is None else str(tally.n)
    return ""


def _own_rows(flow: Flow) -> list[tuple[str, str]]:
    """What the template has no row for, as keys and values; only what the flow has."""
    found = [(key, _count(getattr(flow, field))) for key, field in OWN_COUNTS.items()]
    named = {id(tally) for tally in _named_sources(flow).values()}
    for key, field in OWN_TALLIES.items():
        rest = tuple(tally for tally in getattr(flow, field) if id(tally) not in named)
        found.append((key, _tallies(rest) if rest else ""))
    found.append((OWN_UPDATED, "1" if flow.updated else ""))
    found.extend((OWN_NOTE, clean(note)) for note in flow.footnotes)
    return [(key, value) for key, value in found if value]


def write_csv(flow: Flow, layout: DiagramLayout) -> str:
    """The template CSV with the labels, definitions and links of `layout`; lines end with a newline.

    A count that is not reported is left empty. Rows whose key begins with "reviewkit_" are ours; the package
    passes over them.
    """
    words = layout.words
    links = {box.key: box.href for box in layout.boxes}
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(COLUMNS)
    seen: set[str] = set()
    for row in ROWS:
        label = words.label(row.label_for(updated=layout.template.startswith("updated"))).rstrip(
            ":"
        )
        tooltip = "NA" if row.box in seen else words.definitions.get(row.box, label)
        seen.add(row.box)
        cells = (
            row.data,
            row.node,
            row.box,
            label,
            label,
            tooltip,
            links.get(row.box) or "NA",
            _value(row, flow),
        )
        writer.writerow([neutral(cell) for cell in cells])
    for data, node, box in META_ANALYSIS:
        writer.writerow([data, node, box, "", "", "NA", "NA", ""])
    for key, value in _own_rows(flow):
        writer.writerow([key, "NA", "reviewkit", "", "", "NA", "NA", neutral(value)])
    return sheet.getvalue()
