"""Rows of the deduplication data sets as Records; every database's own dirt stays as it is.

Columns: record_id, title, author, journal, year, volume, issue, pages, doi, abstract, pmid,
accession, issn, type, source. It opens no file: the caller passes the rows.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from reviewkit.importers.names import split_short_names
from reviewkit.model.records import Record

# "Last F.Last F." run together: a name begins where a letter or an apostrophe follows a full stop.
_RUN_TOGETHER = re.compile(r"(?<=\.)(?=[^\W\d_][^\W\d_.' -]*[^\s.])")
_INITIALS_OR_FAMILY = re.compile(r"[^\W\d_]{2,}")


def split_authors(text: str | None) -> tuple[str, ...]:
    """Return the names in one cell, in order.

    They are joined by " and ", by ";", or run together ("Mozes S.Sefcikov Z.").
    """
    cell = " ".join((text or "").split())
    if not cell:
        return ()
    if " and " in cell:
        return _names(cell.split(" and "), marks=" ;,")
    if ";" in cell:
        return _names(cell.split(";"), marks=" ")
    if "," not in cell and "." in cell:
        return tuple(_run_together(cell))

    return tuple(split_short_names(cell))


def _names(parts: list[str], *, marks: str) -> tuple[str, ...]:
    """Return the parts without the marks around them; leave out those with nothing else."""
    names = (part.strip(marks) for part in parts)
    return tuple(name for name in names if name)


def _run_together(text: str) -> Iterator[str]:
    name = ""
    for part in _RUN_TOGETHER.split(text):
        name += part
        # "J.M." are the initials of one name, not a name each.
        if _INITIALS_OR_FAMILY.search(name):
            yield name.strip()
            name = ""

    if name.strip():
        yield name.strip()


def _cell(row: Mapping[str, str | None], column: str) -> str | None:
    value = (row.get(column) or "").strip()
    return value or None


def _as_tuple(cell: str | None) -> tuple[str, ...]:
    if cell is None:
        return ()
    return (cell,)


def _year(text: str | None) -> int | None:
    match = re.search(r"(?<!\d)(?:1[5-9]|20|21)\d\d(?!\d)", text or "")
    if match is None:
        return None
    return int(match[0])


def records_from_rows(rows: Iterable[Mapping[str, str | None]], *, source: str) -> Iterator[Record]:
    """Yield one Record per row, with `source` and its record_id as the key.

    The row's own source column stays in `other`.
    """
    for place, row in enumerate(rows, 1):
        origin = _as_tuple(_cell(row, "source"))
        other = {name: values for name, values in [("source", origin)] if values}
        yield Record(
            source=source,
            source_id=_cell(row, "record_id") or str(place),
            title=_cell(row, "title"),
            authors=split_authors(row.get("author")),
            journal=_cell(row, "journal"),
            issns=tuple((row.get("issn") or "").split()),
            year=_year(row.get("year")),
            volume=_cell(row, "volume"),
            issue=_cell(row, "issue"),
            pages=_cell(row, "pages"),
            doi=_cell(row, "doi"),
            abstract=_cell(row, "abstract"),
            pmid=_cell(row, "pmid"),
            accession=_cell(row, "accession"),
            types=_as_tuple(_cell(row, "type")),
            other=other,
        )
