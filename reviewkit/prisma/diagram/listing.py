"""The records behind a box of the diagram, and the addresses of their identifiers. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from reviewkit.prisma.diagram.safe import safe_href


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordList:
    """The records behind a box ("box4"), as rows of plain text.

    Columns named DOI, PMID and URL become links. `note` stands under the heading.
    """

    box: str
    columns: tuple[str, ...]
    rows: Collection[tuple[str, ...]]
    heading: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class TranslatedRows(Collection[tuple[str, ...]]):
    """Rows whose last column is said in other words, where those are known."""

    rows: Collection[tuple[str, ...]]
    words: Mapping[str, str]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        return ((*row[:-1], self.words.get(row[-1], row[-1])) for row in self.rows)

    def __contains__(self, row: object) -> bool:
        return any(row == one for one in self)


def address_of(column: str, value: str) -> str:
    """Return the address of a cell: its DOI, its PubMed record or its page;
    nothing for other columns.
    """
    kind = column.strip().casefold()
    if kind == "doi" and value.startswith("10."):
        return f"https://doi.org/{quote(value, safe='/:;().-_')}"
    if kind == "pmid" and value.isascii() and value.isdigit():
        return f"https://pubmed.ncbi.nlm.nih.gov/{value}/"
    if kind in {"url", "link"} and value.startswith(("http://", "https://")):
        return safe_href(value)
    return ""


def list_anchor(box: str) -> str:
    """Return the id of a box's list in a page."""
    return f"list-{box}"
