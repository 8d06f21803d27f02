"""Lists of records that are too long for a page: files beside it, read when needed. Pure.

A page of 100,000 records would be 60 MB. So a long list shows its first records; the others are in
a folder beside the page. A browser reads no data from disk, but it runs scripts from there: each
file is one call with a piece of the list. The search goes from file to file and keeps what fits.
"""

from collections.abc import Iterable, Iterator
from html import escape
from itertools import islice

from reviewkit.model.text import to_json
from reviewkit.prisma.diagram.listing import RecordList
from reviewkit.prisma.diagram.wrap import clean

# A list of more records than this is beside its page.
LONGEST_IN_PAGE = 1_000
FIRST_SHOWN = 100
_ROWS_IN_FILE = 1_000


def is_long(listing: RecordList) -> bool:
    """Whether the page shows only the first records of a list."""
    return len(listing.rows) > LONGEST_IN_PAGE


def first_rows(listing: RecordList) -> Iterator[tuple[str, ...]]:
    """Yield the rows that the page itself shows."""
    if is_long(listing):
        return islice(listing.rows, FIRST_SHOWN)
    return iter(listing.rows)


def list_files(listings: Iterable[RecordList]) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of every file that belongs beside the page."""
    for listing in filter(is_long, listings):
        rows = iter(listing.rows)
        for number in range(_files(listing)):
            yield f"{listing.box}-{number}.js", _content(listing.box, number, rows)


def is_list_file(name: str) -> bool:
    """Whether a file is named as one of a list's."""
    box, _, rest = name.rpartition("-")
    return box.startswith("box") and rest.removesuffix(".js").isdecimal() and rest.endswith(".js")


def attributes(listing: RecordList, folder: str) -> str:
    """Return the attributes from which the page's script knows where a long list goes on."""
    if not folder or not is_long(listing):
        return ""
    return (
        f' data-folder="{escape(folder)}" data-box="{listing.box}" '
        f'data-files="{_files(listing)}" data-all="{len(listing.rows)}"'
    )


def _files(listing: RecordList) -> int:
    return -(-len(listing.rows) // _ROWS_IN_FILE)


def _content(box: str, number: int, rows: Iterator[tuple[str, ...]]) -> bytes:
    piece = [[clean(cell) for cell in row] for row in islice(rows, _ROWS_IN_FILE)]
    texts = to_json(piece, separators=(",", ":"))
    return f'reviewkitRows("{box}-{number}",{texts});\n'.encode()
