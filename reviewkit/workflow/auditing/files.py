"""The audit as files: a table in CSV, a picture in SVG or PNG."""

import csv
import io
from pathlib import Path

from reviewkit.model.errors import UsageError
from reviewkit.model.text import in_file
from reviewkit.reproduction.audit_plot import plot_readings
from reviewkit.reproduction.audit_result import AuditResult
from reviewkit.reproduction.drift import Drift
from reviewkit.workflow.files import write_output

_COLUMNS = (
    "reading", "databases", "standing", "why", "asked", "count", "at_least", "at_most", "reported",
    "difference", "returns", "does_not_return",
)  # fmt: skip


def audit_csv(result: AuditResult) -> str:
    """One line per reading, the best fit first; unknown values are empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    databases = list(result.asked)
    writer.writerow((*_COLUMNS, *(f"query_{one}" for one in databases)))
    for row in result.as_json()["readings"]:
        queries = {part["database"]: part["query"] for part in row["parts"]}
        own = [queries.get(one) for one in databases]
        writer.writerow([*(_cell(row[name]) for name in _COLUMNS), *map(_cell, own)])
    return in_file(out.getvalue())


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return str(value)


def audit_svg(result: AuditResult) -> str:
    """The picture of the readings."""
    asked = [result.databases[one] for one, n in result.asked.items() if n]
    title = "Readings of the search method"
    if asked:
        title += f", asked of {' and '.join(asked)}"
    elif any(row.count is not None for row in result.rows):
        title += "; counts as they are printed"
    reported = dict.fromkeys(one.count for one in result.choices if one.count is not None)
    return plot_readings(result.rows, tuple(reported), len(result.works), title=title)


def drift_csv(drift: Drift) -> str:
    """One line per day; an empty day is "without a bound", an empty count is not known."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("as_of", "count"))
    for point in drift.as_json()["points"]:
        writer.writerow([_cell(point["as_of"]), _cell(point["count"])])
    return in_file(out.getvalue())


def write_plot(svg: str, path: Path) -> None:
    """The picture, in the format of the file's name. Raises UsageError for another format."""
    kind = path.suffix.lower()
    if kind == ".svg":
        write_output(path, svg.encode())
    elif kind == ".png":
        write_output(path, _png(svg))
    else:
        raise UsageError("is no picture format", where=str(path), hint="name it .svg or .png")


def _png(svg: str) -> bytes:
    from reviewkit.prisma.diagram.writers.typesetting import compile_typst

    document = """
    #set page(width: 760 * 0.75pt, height: 420 * 0.75pt, margin: 0pt)
    #image(bytes(sys.inputs.svg), format: "svg", width: 100%, alt: "readings")
    """
    return compile_typst(document, {"svg": svg}, "png", covered=True, timestamp=0)


def write_csv(table: str, path: Path) -> None:
    """The table into a file. Raises ReviewkitError where it cannot be written."""
    write_output(path, table.encode())
