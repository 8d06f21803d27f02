"""How many records a page is asked for: fewer where pages do not come whole, as on a slow link.

One rule for every source: a quarter, until there are ten or fewer.
"""

from collections.abc import Callable
from typing import TypeVar

from reviewkit.model.errors import CutOff
from reviewkit.sources.page_source import PageSource

_SMALLEST_CUT = 10
_T = TypeVar("_T")


def smaller(size: int) -> int | None:
    """The size after this one; `None` where pages are not made smaller."""
    return size // 4 if size > _SMALLEST_CUT else None


def read_in_pages(
    pages: PageSource,
    largest: int,
    is_stored: Callable[[int], bool],
    read: Callable[[int], _T],
) -> _T:
    """What `read` gives with pages of the largest size that come whole.

    A smaller size begins the list anew, since the token of a page need not fit pages of another
    size; the pages before are refused. `is_stored` says whether the run holds a first page of a
    size: a run goes on as it was read. Raises what `read` raises.
    """
    size = _stored_size(largest, is_stored)
    while True:
        before = len(pages.used)
        try:
            return read(size)
        except CutOff:
            following = smaller(size)
            if following is None:
                raise
            what = f"pages of {size} records did not come whole: the list is read in smaller ones"
            pages.refuse(pages.used[before:], why=what)
            size = following


def _stored_size(largest: int, is_stored: Callable[[int], bool]) -> int:
    """The size that the run was read in; the largest where it holds no page yet."""
    size: int | None = largest
    while size is not None:
        if is_stored(size):
            return size
        size = smaller(size)

    return largest
