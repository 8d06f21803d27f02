"""Whether two entries of one source describe the same record. Pure.

Identity is earned: by an identifier that is unique in the world and does not contradict title and
year, or by the same content. A label of one file (a citation key, a row number) proves nothing.
"""

import re
from collections.abc import Iterator, Mapping

from rapidfuzz import fuzz

from reviewkit.dedupe.merge import places_differ
from reviewkit.model.identifiers import doi_key, pmcid_in, pmid_key, title_key
from reviewkit.model.records import Record

# The strongest kind that both entries have decides.
KINDS = ("accession number", "PMID", "PMCID", "DOI")
_DIGEST = re.compile(r"x[0-9a-f]{16}")
_REPEATED = re.compile(r"#\d+$")
_ALIKE = 90.0
_YEARS_TO_PRINT = 3
# "Sleep" begins many titles.
_LEAST_BEGINNING = 15
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
    """
    if not _years_agree(one, other, of_database=of_database):
        return False
    first, second = list(_titles(one)), list(_titles(other))
    if not first or not second:
        return True
    return any(_are_alike(title, against) for title in first for against in second)


def _years_agree(one: Record, other: Record, *, of_database: bool) -> bool:
    if not one.year or not other.year:
        return True
    most = 1
    if of_database and one.title and title_key(one.title) == title_key(other.title):
        most = _YEARS_TO_PRINT
    return abs(one.year - other.year) <= most


def has_same_content(one: Record, other: Record) -> bool:
    """Return whether title, year, first author and place are the same.

    A place that one entry states more fully is the same place.
    """
    if base_name(one.source_id) == base_name(other.source_id) and _is_digest(one):
        return True
    if not one.title or title_key(one.title) != title_key(other.title):
        return False
    if one.year != other.year or first_author(one) != first_author(other):
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


def _titles(record: Record) -> Iterator[str]:
    for title in (record.title, record.original_title):
        key = title_key(title)
        if key:
            yield key


def _are_alike(one: str, other: str) -> bool:
    if one == other or fuzz.token_sort_ratio(one, other) >= _ALIKE:
        return True
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= _LEAST_BEGINNING and longer.startswith(f"{shorter} ")


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


def _abstracts_agree(one: Record, other: Record) -> bool:
    if not one.abstract or not other.abstract:
        return True
    return fuzz.ratio(title_key(one.abstract), title_key(other.abstract)) >= _ABSTRACTS_ALIKE
