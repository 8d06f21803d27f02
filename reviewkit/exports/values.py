"""Values as other tools want them: names with their comma, cells that no spreadsheet runs, lists in one cell. Pure."""

import re
from collections.abc import Iterable

_FAMILY_FM = re.compile(r"(\S.*?)\s+((?:[^\W\d_a-z]\.?-?){1,4})")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def with_comma(name: str) -> str:
    """ "Family, FM" of "Family FM", which reference managers would take for a given name first; else as it is."""
    if "," in name:
        return name
    found = _FAMILY_FM.fullmatch(name)
    return f"{found[1]}, {found[2]}" if found else name


def name_parts(name: str) -> tuple[str, str, str]:
    """Family, given, suffix of "Family, Given, Suffix"; empty where there is none."""
    family, given, suffix = (*(part.strip() for part in with_comma(name).split(",", 2)), "", "")[:3]
    return family, given, suffix


def inert(cell: str) -> str:
    """The cell so that no spreadsheet takes it for a formula: one apostrophe before = + - @ tab or return.

    `sources.files` takes exactly one away again. Rule: OWASP, CSV injection.
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def in_one_cell(items: Iterable[str]) -> str:
    """The items with "; " between them, a semicolon or backslash in one of them behind a backslash."""
    return "; ".join(item.replace("\\", "\\\\").replace(";", "\\;") for item in items)
