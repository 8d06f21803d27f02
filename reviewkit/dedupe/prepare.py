"""Prepare records as columns for comparing: one list or array for each normalised field.

Position i of every column belongs to the i-th record in key order. Abstracts are not copied.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from reviewkit.dedupe.normalise.abstract import abstract_head
from reviewkit.dedupe.normalise.authors import NO_NAME, names
from reviewkit.dedupe.normalise.journal import issns
from reviewkit.dedupe.normalise.kind import PublicationKind, kind_of
from reviewkit.dedupe.normalise.language import script_of
from reviewkit.dedupe.normalise.numbers import issue_in_volume, number, year_of
from reviewkit.dedupe.normalise.pages import NO_PAGES, Counting, parse_pages
from reviewkit.dedupe.normalise.registered import CochraneVersion, cochrane_version, registration_of
from reviewkit.dedupe.normalise.title import (
    is_cut,
    letter_number,
    numbers,
    parallel_title,
    telling,
    title_words,
)
from reviewkit.model.errors import ReviewkitError
from reviewkit.model.identifiers import pmid_key, work_doi_key
from reviewkit.model.progress import Progress, silent
from reviewkit.model.records import Record

Ints = NDArray[np.int64]

# The columns of whole numbers. Codes are equal where the normalised texts are equal; 0 is "not
# known".
INTEGER_COLUMNS = (
    "telling", "title", "numbers", "author_count", "first_initial", "year", "volume", "issue",
    "volume_digits", "issue_digits", "counting", "page_letters", "first_page", "page_digits",
    "last_page", "doi", "pmid", "kind", "journal", "letter_number", "cut", "script",
    "registration", "cochrane", "cochrane_version", "supplement",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The columns, in key order; `parallel` has the known second titles by position."""

    records: list[Record]
    keys: list[str]
    titles: list[str]
    families: list[str]
    name_words: list[str]
    first_family: list[str]
    abstracts: list[str]
    journals: list[tuple[str, ...]]
    issns: list[frozenset[str]]
    number_sets: list[tuple[str, ...]]
    parallel: dict[int, str]
    ints: dict[str, Ints]

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(slots=True, kw_only=True)
class _Codes:
    """Gives texts small whole numbers, the same for the same text; 0 for the empty text."""

    known: dict[object, int] = field(default_factory=dict)

    def of(self, text: object) -> int:
        if not text:
            return 0
        return self.known.setdefault(text, len(self.known) + 1)


# Records between two reports of progress.
_PROGRESS_STEP = 2_000


def prepare(records: Iterable[Record], *, progress: Progress = silent) -> Prepared:
    """Return the records as columns, sorted by key.

    Raises ReviewkitError when two different records have the same key.
    """
    by_key: dict[str, Record] = {}
    for record in records:
        if by_key.setdefault(record.key, record) != record:
            raise ReviewkitError(
                f"two different records have the key {record.key}",
                where=record.source,
                hint="give every record of a source an id of its own",
            )

    ordered = [by_key[key] for key in sorted(by_key)]
    building = _Building(prepared=_empty(ordered))
    for place, record in enumerate(ordered):
        building.add(place, record)
        if (place + 1) % _PROGRESS_STEP == 0:
            progress("records prepared", place + 1, len(ordered))

    for name in INTEGER_COLUMNS:
        column = np.fromiter(building.columns[name], np.int64, len(ordered))
        building.prepared.ints[name] = column
    return building.prepared


def _empty(ordered: list[Record]) -> Prepared:
    return Prepared(
        records=ordered,
        keys=[record.key for record in ordered],
        titles=[],
        families=[],
        name_words=[],
        first_family=[],
        abstracts=[],
        journals=[()],
        issns=[frozenset()],
        number_sets=[()],
        parallel={},
        ints={},
    )


@dataclass(slots=True, kw_only=True)
class _Building:
    prepared: Prepared
    columns: dict[str, list[int]] = field(
        default_factory=lambda: {name: [] for name in INTEGER_COLUMNS}
    )
    codes: dict[str, _Codes] = field(
        default_factory=lambda: {name: _Codes() for name in INTEGER_COLUMNS}
    )

    def put(self, column: str, value: object) -> None:
        self.columns[column].append(self.codes[column].of(value))

    def add(self, place: int, record: Record) -> None:
        self._title(place, record)
        self._people(record)
        self._venue(record)
        self._place(record)
        self.put("doi", work_doi_key(record.doi))
        self.put("pmid", pmid_key(record.pmid))
        kind = kind_of(record)
        self.columns["kind"].append(int(kind))
        self._registration(record, kind)
        self.prepared.abstracts.append(abstract_head(record.abstract))

    def _title(self, place: int, record: Record) -> None:
        title = title_words(record.title) or title_words(record.original_title)
        self.prepared.titles.append(" ".join(title))
        second = parallel_title(record.title, record.original_title)
        if second and second != title:
            self.prepared.parallel[place] = " ".join(second)

        self.columns["telling"].append(telling(title))
        self.put("title", "".join(title))
        self.put("letter_number", letter_number(record.title))
        self.columns["cut"].append(int(is_cut(record.title)))

        in_title = numbers(record.title, title)
        before = len(self.codes["numbers"].known)
        self.put("numbers", in_title)
        if len(self.codes["numbers"].known) > before:
            self.prepared.number_sets.append(in_title)

    def _registration(self, record: Record, kind: PublicationKind) -> None:
        number_of = ""
        if kind & PublicationKind.REGISTER:
            number_of = registration_of(record)
        self.put("registration", number_of)

        version = CochraneVersion("", 0)
        if kind & PublicationKind.COCHRANE:
            version = cochrane_version(record)
        self.put("cochrane", version.review)
        self.columns["cochrane_version"].append(version.number)

    def _people(self, record: Record) -> None:
        people = names(record.authors)
        family_words: set[str] = set()
        all_words: set[str] = set()
        for person in people:
            family_words.update(word for word in person.family.split() if len(word) > 1)
            all_words.update(person.words)

        self.prepared.families.append(" ".join(sorted(family_words)))
        self.prepared.name_words.append(" ".join(sorted(all_words)))
        first = next(iter(people), NO_NAME)
        self.prepared.first_family.append(first.family)
        self.put("first_initial", first.initial)
        self.columns["author_count"].append(len(people))
        self.put("script", script_of(first.family))

    def _venue(self, record: Record) -> None:
        printed = filter(None, (record.journal, record.journal_abbreviation))
        journal = tuple(dict.fromkeys(printed))
        numbers_of = issns(record.issns)
        if not journal and not numbers_of:
            self.put("journal", ())
            return

        before = len(self.codes["journal"].known)
        self.put("journal", (journal, numbers_of))
        if len(self.codes["journal"].known) > before:
            self.prepared.journals.append(journal)
            self.prepared.issns.append(numbers_of)

    def _place(self, record: Record) -> None:
        volume = number(record.volume)
        self.columns["year"].append(year_of(record.year, record.published, record.published_online))
        self.put("volume", volume)
        issue = number(record.issue) or issue_in_volume(record.volume)
        self.put("issue", issue)
        self.columns["supplement"].append(int(issue.startswith("s")))

        pages = parse_pages(record.pages)
        counting = pages.counting
        if counting is Counting.FROM_ONE and not volume:
            # "1-13" without a volume: the article had no place yet.
            pages, counting = NO_PAGES, Counting.UNKNOWN
        self.put("first_page", pages.first)
        self.put("page_letters", _first_letter(pages.first))
        self.columns["page_digits"].append(pages.start)
        self.columns["last_page"].append(pages.end)
        self.columns["counting"].append(counting)
        self.columns["volume_digits"].append(_digits(volume))
        self.columns["issue_digits"].append(_digits(issue))


def _first_letter(page: str) -> str:
    if not page[:1].isalpha():
        return ""
    return page[0]


def _digits(number: str) -> int:
    if len(number) >= 16:
        return 0
    return int(number.lstrip("s") or 0)
