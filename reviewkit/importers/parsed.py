"""The answer of a reader: records one by one, each with an identifier of its own, and the list of what was wrong."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from reviewkit.importers.compose import content_id
from reviewkit.importers.problems import Entry, Item, Problem, ProblemKind
from reviewkit.model.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A file as read. `records` streams, once; `problems` is complete when `records` has come to its end.

    `mapping` is the column of each field, for tables; empty for other formats.
    """

    format: str
    dialect: str
    encoding: str
    records: Iterator[Record]
    problems: list[Problem]
    mapping: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def all(self) -> tuple[Record, ...]:
        """Every record that is left, at once: for files known to be small."""
        return tuple(self.records)


def settle(items: Iterable[Item], problems: list[Problem], *, source: str) -> Iterator[Record]:
    """The records with their identifiers; problems go to the list as they are met.

    The identifier is the source's own, else accession number, PMID, DOI, or a digest of the content. A second record
    with the same one is kept as "…#2" and reported.
    """
    times: dict[str, int] = {}
    for item in items:
        if isinstance(item, Problem):
            problems.append(item)
            continue
        own = _own_name(item, source)
        count = times.get(own, 0) + 1
        times[own] = count
        if count > 1:
            what = f"the identifier {own} was met before in this file; the record is kept as {own}#{count}"
            problems.append(Problem(kind=ProblemKind.REPEAT, line=item.line, what=what))
        yield replace(item.record, source_id=own if count == 1 else f"{own}#{count}")


def _own_name(entry: Entry, source: str) -> str:
    record = entry.record
    if source == "pubmed" and record.pmid:
        return record.pmid
    own = entry.own_id or record.accession or record.pmid or content_id(record)
    return own.removeprefix(f"{source}:")
