"""The values that MEDLINE prints: dates, DOIs, links to other works. Pure; they raise nothing."""

import datetime
import functools
import re
from collections.abc import Iterable

from reviewkit.model.identifiers import doi_in
from reviewkit.model.records import RelationKind

_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split(), start=1)}
_YEAR = re.compile(r"(?<!\d)(1[4-9]\d\d|2[01]\d\d)(?!\d)")
_WORDS = re.compile(r"(\d{4})\s+([A-Za-z]{3,9})\.?(?:\s+(\d{1,2})(-\d{1,2})?)?$")
_PMID_LABEL = re.compile(r"PMID:\s*(\d+)")
_DOI_LABEL = re.compile(r"doi:?\s*(?=10\.)", re.IGNORECASE)
_AFTER_IDENTIFIER = re.compile(r"(?<=\])\s+")
_NUMBERS = re.compile(r"(\d{4})[-/.]?(\d{2})(?:[-/.]?(\d{2}))?(?!\d)")


@functools.lru_cache(maxsize=8192)
def iso_published(printed: str) -> str | None:
    """Return a date of publication (DP) in ISO 8601, as precise as it is certain, or None.

    "2024 Oct 3" is a day, "2024 Oct" and "2024 Oct 8-14" a month. "2024 Jan-Dec", "2022 Winter" and
    "2023 Nov-2024 Feb" are the first year they name. A text without a year has no date.
    """
    text = printed.strip()
    year = _YEAR.search(text)
    if not year:
        return None

    words = _WORDS.match(text)
    if words:
        month = _MONTHS.get(words[2][:3].lower(), 0)
        day = 0 if words[4] else int(words[3] or 0)
        return _joined(int(words[1]), month, day)

    numbers = _NUMBERS.match(text)
    if numbers:
        return _joined(int(numbers[1]), int(numbers[2]), int(numbers[3] or 0))

    return year[1]


@functools.lru_cache(maxsize=8192)
def iso_day(printed: str) -> str | None:
    """Return a date in numbers ("20240103", "2024/01/03 06:00", "2024/01") in ISO 8601, or None."""
    numbers = _NUMBERS.match(printed.strip())
    if numbers is None:
        year = re.fullmatch(r"\s*(\d{4})\s*", printed)
        return year[1] if year else None
    return _joined(int(numbers[1]), int(numbers[2]), int(numbers[3] or 0))


def _joined(year: int, month: int, day: int) -> str:
    """Return the date in ISO 8601, as precise as its parts allow; 0 for an unknown part."""
    if not 1 <= month <= 12:
        return f"{year:04d}"
    if not day:
        return f"{year:04d}-{month:02d}"

    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return f"{year:04d}-{month:02d}"


def first_doi(values: Iterable[str]) -> str | None:
    """Return the first DOI among article or location identifiers, or None.

    A DOI is marked [doi], or is part of a doi.org address.
    """
    for value in values:
        parts = [value]
        if "]" in value[:-1]:  # Bio.Medline joins several LID into one text
            parts = _AFTER_IDENTIFIER.split(value)
        for part in parts:
            if part.endswith("[doi]") or "doi.org/" in part:
                doi = doi_in(part.removesuffix("[doi]"))
                if doi:
                    return doi

    return None


_PREPRINT_SERVERS = re.compile(
    r"(?:res(?:earch)? sq|\w*rxiv|ssrn|preprints|authorea|f1000res|osf)\b", re.IGNORECASE
)


def relation_kind(kind: RelationKind, printed: str, *, is_preprint: bool) -> RelationKind:
    """Return the kind of a link between two versions: PubMed marks preprints as updates."""
    if kind is RelationKind.HAS_UPDATE and is_preprint:
        return RelationKind.PREPRINT_OF
    if kind is RelationKind.UPDATE_OF and not is_preprint and _PREPRINT_SERVERS.match(printed):
        return RelationKind.HAS_PREPRINT
    return kind


def relation_target(printed: str) -> str:
    """Return the work that a citation names: "pmid:…" or "doi:…" if printed, else as printed."""
    pmid = _PMID_LABEL.search(printed)
    if pmid:
        return f"pmid:{pmid[1]}"

    label = _DOI_LABEL.search(printed)
    if label:
        doi = doi_in(printed[label.end() :])
        if doi:
            return f"doi:{doi}"

    return printed
