"""Whether two entries of one source describe the same record. Pure.

Identity is earned: by an identifier that is unique in the world and does not contradict title and
year, or by the same content. A label of one file (a citation key, a row number) proves nothing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import product

from rapidfuzz import fuzz

from reviewkit.dedupe.merge import places_differ
from reviewkit.dedupe.normalise.title import telling, title_words
from reviewkit.dedupe.one_title import are_one_title, goes_on
from reviewkit.model.identifiers import doi_key, pmcid_in, pmid_key, title_key
from reviewkit.model.records import Record

# The strongest kind that both entries have decides.
KINDS = ("accession number", "PMID", "PMCID", "DOI")
_DIGEST = re.compile(r"x[0-9a-f]{16}")
_REPEATED = re.compile(r"#\d+$")
_YEARS_TO_PRINT = 3
# A shorter title, such as "Editorial" or "Sleep and pain", is one of many.
_TELLING = 3
_ABSTRACTS_ALIKE = 60.0

Identifiers = Mapping[str, frozenset[str]]


def base_name(source_id: str) -> str:
    """Return the name without the "#2" of an entry whose name was taken."""
    return _REPEATED.sub("", source_id)


def identifiers_of(record: Record) -> Identifiers:
    """Return by kind the identifiers by which the record can be found in other files."""
    pmid, doi = pmid_key(record.pmid), doi_key(record.doi)
    numbers = {_number(record.accession or "")}
    name = base_name(record.source_id)
    if name not in {pmid, record.pmid} and not name.startswith("doi:"):
        numbers.add("" if _DIGEST.fullmatch(name) else _number(name))

    found = {
        "accession number": numbers,
        "PMID": {pmid},
        "PMCID": {(pmcid_in(record.pmcid or "") or "").upper()},
        "DOI": {doi},
    }
    return {kind: frozenset(values - {""}) for kind, values in found.items()}


def shared_identifier(one: Record, other: Record) -> str | None:
    """Return the strongest kind of which both have the same identifier; `None` without one."""
    first, second = identifiers_of(one), identifiers_of(other)
    return next((kind for kind in KINDS if first[kind] & second[kind]), None)


def is_same_record(one: Record, other: Record) -> bool:
    """Return whether two entries of one source are the same record."""
    if one == other:
        return True

    first, second = identifiers_of(one), identifiers_of(other)
    for kind in KINDS:
        if first[kind] and second[kind]:
            return bool(first[kind] & second[kind]) and titles_and_years_agree(
                one, other, of_database=kind != "DOI"
            )
    return has_same_content(one, other)


def titles_and_years_agree(one: Record, other: Record, *, of_database: bool = False) -> bool:
    """Return whether nothing in title and year speaks against one record.

    What an entry does not state contradicts nothing. An article ahead of print may get its volume
    years later: under one number of a database (`of_database`) and with the very same title, the
    years may be three apart.

    The abstracts of a meeting share a DOI, and part 2 of a work may have the PMID of part 1. So one
    word in another's place is another work. A title that says more needs the same people and text.
    A short title, or a DOI alone, needs the same people too.
    """
    if not _years_agree(one, other, of_database=of_database):
        return False
    first, second = _titles(one), _titles(other)
    if not first or not second:
        return True

    if _any_pair(are_one_title, first, second):
        return _under_one_title(one, other, of_database=of_database)
    return _any_pair(goes_on, first, second) and _under_a_longer_title(
        one, other, of_database=of_database
    )


def _any_pair(
    agree: Callable[[str, str], bool], titles: Sequence[str], others: Sequence[str]
) -> bool:
    return any(agree(title, other) for title, other in product(titles, others))


def _under_one_title(one: Record, other: Record, *, of_database: bool) -> bool:
    titles = (*_titles(one), *_titles(other))
    if max(telling(title_words(title)) for title in titles) < _TELLING:
        return _people_agree(one, other) and _is_no_other_piece(one, other)
    return of_database or _people_agree(one, other)


def _under_a_longer_title(one: Record, other: Record, *, of_database: bool) -> bool:
    text_known = of_database or bool(one.abstract and other.abstract)
    named = bool(first_author(one) and first_author(other)) and _people_agree(one, other)
    return text_known and named and _is_no_other_piece(one, other)


def _years_agree(one: Record, other: Record, *, of_database: bool) -> bool:
    if not one.year or not other.year:
        return True
    most = 1
    if of_database and one.title and title_key(one.title) == title_key(other.title):
        most = _YEARS_TO_PRINT
    return abs(one.year - other.year) <= most


def has_same_content(one: Record, other: Record) -> bool:
    """Return whether title, year, first author and place are the same.

    A place that one entry states more fully is the same place, unless the title is as short as
    "Editorial": a journal prints one in each issue.
    """
    if base_name(one.source_id) == base_name(other.source_id) and _is_digest(one):
        return _abstracts_agree(one, other)
    if not one.title or title_key(one.title) != title_key(other.title):
        return False
    if one.year != other.year or first_author(one) != first_author(other):
        return False
    if telling(title_words(one.title)) < _TELLING and _stated(one) != _stated(other):
        return False
    return _is_same_place(one, other) and _abstracts_agree(one, other)


def differ_in_place(one: Record, other: Record) -> bool:
    """Return whether two entries of the same title and first author name two places."""
    is_same_title = bool(one.title) and title_key(one.title) == title_key(other.title)
    if not is_same_title or one.year != other.year:
        return False
    return first_author(one) == first_author(other) and places_differ(one, other)


def _is_digest(record: Record) -> bool:
    return _DIGEST.fullmatch(base_name(record.source_id)) is not None


def _number(printed: str) -> str:
    """The number in lower case, without the letter that one export of a database adds."""
    number = "".join(printed.split()).casefold()
    return number[1:] if re.fullmatch(r"l\d{6,}", number) else number


def _titles(record: Record) -> list[str]:
    return [title for title in (record.title, record.original_title) if title and title_key(title)]


def _people_agree(one: Record, other: Record) -> bool:
    """Return whether the first author's name of one is among the other's; or one has no authors."""
    return _names_first_of(one, other) or _names_first_of(other, one)


def _names_first_of(one: Record, other: Record) -> bool:
    first, second = ((*record.authors, *record.collective_authors) for record in (one, other))
    if not first or not second:
        return True
    family = first[0].partition(",")[0]
    parts = {part for part in title_key(family).split() if len(part) > 1}
    return not parts or not parts.isdisjoint(title_key(" ".join(second)).split())


def _is_no_other_piece(one: Record, other: Record) -> bool:
    """Return whether no place and no abstract differs; the year of print may be a later one."""
    one_in_time = replace(one, year=other.year)
    return not places_differ(one_in_time, other) and _abstracts_agree(one, other)


def first_author(record: Record) -> str:
    """The first author's family name; a group's name in whole."""
    if record.authors:
        return title_key(record.authors[0].partition(",")[0]).partition(" ")[0]
    return title_key(record.collective_authors[0]) if record.collective_authors else ""


def _is_same_place(one: Record, other: Record) -> bool:
    journals = title_key(one.journal), title_key(other.journal)
    if all(journals) and journals[0] != journals[1]:
        return False
    if places_differ(one, other):
        return False

    parts = [(getattr(one, name), getattr(other, name)) for name in ("volume", "issue", "pages")]
    has_shared = any(first and second for first, second in parts)
    return has_shared or not any(first or second for first, second in parts)


def _stated(record: Record) -> list[bool]:
    return [bool(getattr(record, name)) for name in ("volume", "issue", "pages")]


def _abstracts_agree(one: Record, other: Record) -> bool:
    if not one.abstract or not other.abstract:
        return True
    return fuzz.ratio(title_key(one.abstract), title_key(other.abstract)) >= _ABSTRACTS_ALIKE
