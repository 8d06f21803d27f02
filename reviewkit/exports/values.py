"""Values as other tools want them: names with their comma, inert cells, lists in one cell. Pure."""

import re
from collections.abc import Iterable

from reviewkit.model.records import Record

_FAMILY_FM = re.compile(r"(?=\S)(.*\S)\s+((?:[^\W\d_a-z]\.?-?){1,4})")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def with_comma(name: str) -> str:
    """Return "Family, FM" of "Family FM", whose family name other tools take for a given name.

    Any other name stays as it is.
    """
    if "," in name:
        return name
    match = _FAMILY_FM.fullmatch(name)
    if match is None:
        return name
    return f"{match[1]}, {match[2]}"


def name_parts(name: str) -> tuple[str, str, str]:
    """Return family, given name and suffix of "Family, Given, Suffix"; "" where there is none."""
    family, given, suffix = (*(part.strip() for part in with_comma(name).split(",", 2)), "", "")[:3]
    return family, given, suffix


def short_name(name: str) -> str:
    """Return "Family FM" of "Family, First Middle", as MEDLINE's AU has it."""
    family, given, suffix = name_parts(name)
    initials = "".join(part[0].upper() for part in re.split(r"[\s.-]", given) if part)
    return " ".join(part for part in (family, initials, suffix) if part)


def inert(cell: str) -> str:
    """Return the cell so that no spreadsheet takes it for a formula.

    One apostrophe goes before = + - @ tab or return (OWASP, CSV injection). `importers.table` takes
    exactly one away again.
    """
    if _FORMULA.match(cell):
        return f"'{cell}"
    return cell


def in_one_cell(items: Iterable[str]) -> str:
    """Return the items with "; " between them; a semicolon or backslash in one gets a backslash."""
    return "; ".join(item.replace("\\", "\\\\").replace(";", "\\;") for item in items)


def year_text(record: Record) -> str:
    """Return the year as a text; "" where it is not known."""
    if record.year is None:
        return ""
    return str(record.year)
