"""The values that MEDLINE prints, made comparable: dates, DOIs, links to other works. Pure and total."""

import datetime
import re
from collections.abc import Iterable

from reviewkit.model.identifiers import doi_in

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_YEAR = re.compile(r"(?<!\d)(1[4-9]\d\d|2[01]\d\d)(?!\d)")
_WORDS = re.compile(r"(\d{4})\s+([A-Za-z]{3,9})\.?(?:\s+(\d{1,2})(-\d{1,2})?)?$")
_DOI_LABEL = re.compile(r"doi:?\s*(?=10\.)", re.IGNORECASE)
_NUMBERS = re.compile(r"(\d{4})[-/.]?(\d{2})(?:[-/.]?(\d{2}))?(?!\d)")


def iso_published(printed: str) -> str | None:
    """A date of publication (DP) in ISO 8601, as precise as it is certain; None without a year.

    "2024 Oct 3" is a day, "2024 Oct" and "2024 Oct 8-14" a month; "2024 Jan-Dec", "2022 Winter" and
    "2023 Nov-2024 Feb" are the first year they name.
    """
    text = printed.strip()
    found = _YEAR.search(text)
    if not found:
        return None
    if words := _WORDS.match(text):
        at = f"{_MONTHS} ".find(words[2][:3].lower() + " ")
        month = at // 4 + 1 if at >= 0 else None
        day = int(words[3]) if words[3] and not words[4] else None
        return _joined(int(words[1]), month, day)
    if numbers := _NUMBERS.match(text):
        return _joined(int(numbers[1]), int(numbers[2]), int(numbers[3]) if numbers[3] else None)
    return found[1]


def iso_day(printed: str) -> str | None:
    """A date written in numbers ("20240103", "2024/01/03 06:00", "2024/01") in ISO 8601; None if it is none."""
    numbers = _NUMBERS.match(printed.strip())
    if numbers is None:
        year = re.fullmatch(r"\d{4}", printed.strip())
        return year[0] if year else None
    return _joined(int(numbers[1]), int(numbers[2]), int(numbers[3]) if numbers[3] else None)


def _joined(year: int, month: int | None, day: int | None) -> str:
    if month is None or not 1 <= month <= 12:
        return f"{year:04d}"
    if day is None:
        return f"{year:04d}-{month:02d}"
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return f"{year:04d}-{month:02d}"


def first_doi(values: Iterable[str]) -> str | None:
    """The first DOI among article or location identifiers: marked [doi], or inside a doi.org address."""
    for value in values:
        # Bio.Medline joins several LID into one text.
        for part in re.split(r"(?<=\])\s+", value):
            marked = part.endswith("[doi]") or "doi.org/" in part
            doi = doi_in(part.removesuffix("[doi]")) if marked else None
            if doi:
                return doi
    return None


def relation_target(printed: str) -> str:
    """The work a citation names: "pmid:…" where the PMID is printed, "doi:…" where a DOI is, else as printed."""
    if pmid := re.search(r"PMID:\s*(\d+)", printed):
        return f"pmid:{pmid[1]}"
    if (label := _DOI_LABEL.search(printed)) and (doi := doi_in(printed[label.end() :])):
        return f"doi:{doi}"
    return printed
