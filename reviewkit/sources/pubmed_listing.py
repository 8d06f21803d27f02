"""PubMed's list of a query: at once, or in parts that hold no more than PubMed hands out."""

import datetime
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from reviewkit.cache import RawPage
from reviewkit.http import Judge, Request
from reviewkit.model.errors import RemoteError
from reviewkit.sources import eutils
from reviewkit.sources.eutils import BATCH, CAP, Build, Listed
from reviewkit.sources.page_source import PageSource, Progress, ask, refused
from reviewkit.sources.slices import CountsMoved, tile

ROUNDS = 3  # how often a list is made again when PubMed changes meanwhile
_FIRST_DAY = datetime.date(1800, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PubmedSettings:
    """How PubMed is asked: phrases that it may not know, its longest list, ids per batch."""

    acknowledged: Collection[str] = ()
    cap: int = CAP
    batch: int = BATCH


DEFAULT_SETTINGS = PubmedSettings()


@dataclass(slots=True, kw_only=True)
class PubmedSearch:
    """One search under way. `is_worse`: whether a text lacks what the stored record has."""

    pages: PageSource
    query: str
    settings: PubmedSettings
    progress: Progress | None = None
    warnings: list[str] = field(default_factory=list)
    is_worse: Callable[[str, bytes], bool] = lambda pmid, text: False

    def list(self, query: str, *, most: int) -> tuple[Listed, str]:
        """A judged ESearch answer, and when it came."""
        judge = eutils.judge_list(self.settings.acknowledged, most=most)
        page = ask_pubmed(self.pages, eutils.ask_list(query, most=most), judge)

        return eutils.read_list(page.body), page.ref.retrieved_at

    def count(self, query: str) -> int:
        return self.list(query, most=0)[0].count

    def build(self) -> Build:
        """Which PubMed answers."""
        return eutils.read_build(
            ask_pubmed(self.pages, eutils.ask_build(), eutils.judge_build).body
        )


def ask_pubmed(pages: PageSource, request: Request, judge: Judge) -> RawPage:
    """A judged page of PubMed. Raises as `page_source.ask`."""
    return ask(pages, request, judge, where=eutils.SERVICE.label)


def list_all(this: PubmedSearch) -> tuple[Listed, str]:
    """The whole id list, and when it was made.

    It is made by slices of create date where PubMed does not hand it out at once.
    """
    cap, message = this.settings.cap, ""
    for _ in range(ROUNDS):
        whole, at = this.list(this.query, most=cap)
        if whole.count <= cap:
            return whole, at
        try:
            ids = _list_slices(this, whole.count)
        except CountsMoved as moved:
            message = f"the counts moved while the list was made: {moved}"
            this.warnings.append(f"{message}; it was made anew")
            continue
        listed = Listed(
            count=whole.count, ids=ids, translation=whole.translation, messages=whole.messages
        )
        return listed, at

    hint = "PubMed is being updated; run again in an hour"
    used = this.pages.used
    raise refused(this.pages, used, message, where=eutils.SERVICE.label, hint=hint)


def _list_slices(this: PubmedSearch, count: int) -> tuple[str, ...]:
    """Every id of a query above the cap.

    Slices and what has no create date must together be the whole; else raises CountsMoved.
    """
    ids: dict[str, None] = {}
    for query, expected in _parts(this, count):
        listed, _ = this.list(query, most=this.settings.cap)
        if listed.count != expected:
            raise CountsMoved(expected, listed.count)
        ids.update(dict.fromkeys(listed.ids))
    if len(ids) != count:
        raise CountsMoved(count, len(ids))

    return tuple(ids)


Part = tuple[str, int]
Splitter = Callable[[PubmedSearch, str, int], Iterator[Part]]
"""Splits a query into others that share its records; each comes with its count."""


def _parts(this: PubmedSearch, count: int) -> list[Part]:
    """The queries that share a list above the cap, each with its count."""
    return list(_split(this, this.query, count, _SPLITTERS))


def _split(
    this: PubmedSearch, query: str, count: int, splitters: Sequence[Splitter]
) -> Iterator[Part]:
    """Parts of a query, none above the cap, none empty. Raises RemoteError where nothing helps."""
    if count <= this.settings.cap:
        if count:
            yield query, count
        return
    if not splitters:
        raise _too_many(this, query, count)

    for part, number in splitters[0](this, query, count):
        yield from _split(this, part, number, splitters[1:])


def _by_day(this: PubmedSearch, query: str, count: int, *, date_field: str) -> Iterator[Part]:
    """The query by spans of days; the records without such a date are the last part."""
    # The run's own year, not today's: a stored run is cut where it was cut when it was made.
    last = datetime.date(int(this.pages.header.started_at[:4]) + 1, 12, 31)

    def days(first: datetime.date, last: datetime.date) -> str:
        return f"{first:%Y/%m/%d}:{last:%Y/%m/%d}[{date_field}]"

    def count_between(first: datetime.date, last: datetime.date) -> int:
        return this.count(f"({query}) AND {days(first, last)}")

    dated = count_between(_FIRST_DAY, last)
    if dated > count:
        raise CountsMoved(count, dated)

    cap = this.settings.cap
    for part in tile(_FIRST_DAY, last, dated, cap=cap, count_between=count_between):
        yield f"({query}) AND {days(part.first, part.last)}", part.count
    yield f"({query}) NOT {days(_FIRST_DAY, last)}", count - dated


def _by_clause(this: PubmedSearch, query: str, count: int, *, clause: str) -> Iterator[Part]:
    """The records that a clause fits, and the others."""
    fitting = this.count(f"({query}) AND {clause}")
    if fitting > count:
        raise CountsMoved(count, fitting)

    yield f"({query}) AND {clause}", fitting
    yield f"({query}) NOT {clause}", count - fitting


_CLAUSES = ("english[la]", "journal article[pt]", "review[pt]")
_SPLITTERS: tuple[Splitter, ...] = (
    partial(_by_day, date_field="crdt"),
    partial(_by_day, date_field="edat"),
    *(partial(_by_clause, clause=clause) for clause in _CLAUSES),
)


def _too_many(this: PubmedSearch, query: str, count: int) -> RemoteError:
    """The error of a part that no further clause makes small enough."""
    return RemoteError(
        f"{count:,} records share create date, entry date, language and publication type; "
        f"PubMed hands out at most {this.settings.cap:,} of them: {query}",
        where=eutils.SERVICE.label,
        hint="narrow the query; or write two strategies, one with AND and one with NOT a clause "
        "that halves these records, such as humans[mh]",
    )
