"""The public Python API. `import reviewkit` offers these names; everything else is internal.

Each function does what one command does, without files that the caller did not name.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from reviewkit.dedupe import Duplicates
from reviewkit.dedupe import find_duplicates as compare_records
from reviewkit.importers import Problem
from reviewkit.importers import read_file as read_records
from reviewkit.model.errors import UsageError
from reviewkit.model.flow import Broken, Flow
from reviewkit.model.records import Decision, Record
from reviewkit.prisma.check import check
from reviewkit.protocol.model import Diagram, Protocol
from reviewkit.protocol.parse import parse_protocol
from reviewkit.store import Store
from reviewkit.store.decisions import current_decisions
from reviewkit.store.protocols import latest_protocol_text
from reviewkit.store.records import records_in_flow
from reviewkit.store.reviewer_queries import use_stages
from reviewkit.workflow.clock import read_clock
from reviewkit.workflow.criteria import use_criteria
from reviewkit.workflow.open_database import read_database, reviewers_needed
from reviewkit.workflow.project import open_project
from reviewkit.workflow.reporting import prisma
from reviewkit.workflow.reporting.review_flow import draw_flow as lay_out
from reviewkit.workflow.reporting.review_flow import review_flow


class Review:
    """A review's database, open for reading. Use it as a context manager, or call `close`."""

    def __init__(self, store: Store, protocol: Protocol) -> None:
        self._store = store
        self.protocol = protocol

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._store.close()

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """Every record of the flow, duplicates too, by key; each as its source gave it."""
        return tuple(records_in_flow(self._store))

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """The current decision of each reviewer on each record at each stage, by record."""
        return current_decisions(self._store)

    @cached_property
    def flow(self) -> Flow:
        """The PRISMA 2020 flow, counted from the database. A count that is not known is `None`."""
        return review_flow(self._store, self.protocol)


def open_review(path: str | Path) -> Review:
    """A review, named by its protocol (TOML) or by its database (SQLite).

    Raises UsageError where there is no such file or no database yet, ProtocolError, StoreError.
    """
    given = Path(path)
    if given.suffix == ".toml":
        project = open_project(given)
        _need_file(project.database, "run `reviewkit search` or `reviewkit import` first")
        return Review(read_database(project, now=read_clock({})), project.protocol)

    _need_file(given, "name a protocol (.toml) or a database (.db)")
    store = Store(given, now=read_clock({}), read_only=True)
    try:
        protocol = parse_protocol(latest_protocol_text(store), where=str(given))
        use_stages(store, reviewers_needed(protocol))
        use_criteria(store, protocol)
        return Review(store, protocol)
    except BaseException:
        store.__exit__(None, None, None)
        raise


def _need_file(path: Path, hint: str) -> None:
    if not path.is_file():
        raise UsageError("there is no such file", where=str(path), hint=hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContent:
    """What a file holds: its records in their order, and every problem with its line."""

    records: tuple[Record, ...]
    problems: tuple[Problem, ...]
    format: str
    encoding: str


def read_file(path: str | Path, *, source: str = "file") -> FileContent:
    """The records of an export of any format that reviewkit reads, all at once.

    `source` names the database that the file comes from; it is the first part of each record's key.
    Raises UsageError for a missing file or an unknown format, DamagedFile for a file that is no
    export.
    """
    parsed = read_records(path, source=source)
    records = parsed.all()
    return FileContent(
        records=records,
        problems=tuple(parsed.problems),
        format=parsed.format,
        encoding=parsed.encoding,
    )


def find_duplicates(records: Iterable[Record]) -> Duplicates:
    """Which records describe the same report: `clusters` with their leads, `pairs` with evidence.

    The result does not depend on the order of the records. Nothing is removed.
    """
    return compare_records(records)


def draw_flow(
    flow: Flow,
    format: str = "svg",  # noqa: A002  the word of the command line
    *,
    template: str = "auto",
    language: str = "en",
) -> bytes:
    """The PRISMA 2020 diagram of a flow as a file's bytes. A wrong flow is drawn as it is.

    Formats: text, svg, html, pdf, png, tiff, eps, emf, docx, pptx, drawio, tikz, csv, json,
    mermaid. Raises UsageError for another one.
    """
    style = prisma.DrawingStyle(template=template, language=language, now=_EPOCH)
    layout = lay_out(flow, Diagram(), style.choice)
    return prisma.write_drawing(prisma.Drawing(flow=flow, layout=layout), style, format_name=format)


def check_flow(flow: Flow) -> tuple[Broken, ...]:
    """Every PRISMA identity that the flow's counts break, in the diagram's order."""
    return check(flow)


# Files that carry a date get this one, so that equal flows give equal bytes.
_EPOCH = datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)
