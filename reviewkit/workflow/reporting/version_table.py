"""The counts of every version side by side, as text, CSV, Markdown and JSON."""

import csv
import datetime
import io
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from reviewkit.exports.changes import plain
from reviewkit.model.errors import UsageError
from reviewkit.model.flow import Flow, Tally
from reviewkit.model.text import in_file, to_json
from reviewkit.sources.registry import created_bounds
from reviewkit.store import Store, releases
from reviewkit.store.decisions import states
from reviewkit.workflow.open_review import read_store
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.release import flow_from_json, previous_version, updated_flow
from reviewkit.workflow.reporting.review_flow import review_flow

Counts = tuple[int | None, ...]
# Fields of a flow that are no counts.
_NOT_COUNTED = frozenset(
    {
        "own_review",
        "updated",
        "several_reports_per_record",
        "not_repeated",
        "not_comparable",
        "not_used",
        "included_works",
        "footnotes",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionTable:
    """The counts of every version side by side: names, days, and a row for each box with a count.

    The last version is the review as it is now; its day of release is empty. `missing` stands for
    a count that a version does not have.
    """

    versions: tuple[str, ...]
    released: tuple[str, ...]
    searched_through: tuple[str | None, ...]
    rows: tuple[tuple[str, Counts], ...]
    missing: str

    def as_json(self) -> dict[str, Any]:
        return {"versions": [self._version(place) for place in range(len(self.versions))]}

    def _version(self, place: int) -> dict[str, Any]:
        return {
            "name": self.versions[place],
            "released": self.released[place] or None,
            "searched_through": self.searched_through[place],
            "counts": {box: counts[place] for box, counts in self.rows},
        }


def version_table(project: ReviewProject, *, now: datetime.datetime) -> VersionTable:
    """The table of counts by version. Raises UsageError where nothing was searched."""
    with read_store(project, now=now) as store:
        known = releases.releases(store)
        current = _current_flow(store, project)
        through = releases.searched_through(store, created_bounds)

    stored = [version.flows.get("updated") or version.flows["new"] for version in known]
    flows = [*(flow_from_json(counts) for counts in stored), current]
    return VersionTable(
        versions=(*(version.name for version in known), "now"),
        released=(*(version.released_at[:10] for version in known), ""),
        searched_through=(*(version.searched_through for version in known), through),
        rows=tuple(_rows(flows)),
        missing="not reported" if project.protocol.is_published else "-",
    )


def _current_flow(store: Store, project: ReviewProject) -> Flow:
    previous = previous_version(store, states(store))
    if previous is None:
        return review_flow(store, project.protocol)
    return updated_flow(store, project.protocol, previous)


def _rows(flows: Sequence[Flow]) -> list[tuple[str, Counts]]:
    """One row per box that has a count in some version."""
    boxes = [key for key in asdict(flows[-1]) if key not in _NOT_COUNTED]
    rows = [(box, tuple(_count(getattr(flow, box)) for flow in flows)) for box in boxes]
    return [(box, counts) for box, counts in rows if any(n is not None for n in counts)]


def _count(value: int | tuple[Tally, ...] | None) -> int | None:
    """A box's count; the sum of the known ones where it is counted by source."""
    if not isinstance(value, tuple):
        return value
    known = [tally.n for tally in value if tally.n is not None]
    return sum(known) if known else None


def write_version_table(table: VersionTable, form: str) -> str:
    """The table as text, csv, markdown or json. Raises UsageError for another format."""
    writers: dict[str, Callable[[VersionTable], str]] = {
        "text": _text,
        "csv": _csv,
        "markdown": _markdown,
        "json": _json,
    }
    if form not in writers:
        raise UsageError(
            f"no format {form!r} for a table of versions", hint="text, csv, markdown or json"
        )
    return writers[form](table)


def _json(table: VersionTable) -> str:
    return to_json(table.as_json(), indent=2) + "\n"


def _csv(table: VersionTable) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(_lines(table))
    return in_file(file.getvalue())


def _markdown(table: VersionTable) -> str:
    head, *body = _lines(table)
    rows = [_escaped(head), ["---"] * len(head), *(_escaped(row) for row in body)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def _escaped(row: Sequence[str]) -> list[str]:
    return [plain(cell) for cell in row]


def _text(table: VersionTable) -> str:
    rows = _lines(table)
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]

    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"


def _lines(table: VersionTable) -> list[list[str]]:
    """The head and the rows as cells of text."""
    return [
        ["box", *table.versions],
        ["released", *(day or "-" for day in table.released)],
        ["searched through", *(day or "-" for day in table.searched_through)],
        *([box, *(_cell(n, table.missing) for n in counts)] for box, counts in table.rows),
    ]


def _cell(count: int | None, missing: str) -> str:
    return missing if count is None else str(count)
