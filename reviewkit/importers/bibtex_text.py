"""LaTeX in the values of BibTeX to plain text: accents, signs, simple mathematics; and names."""

import functools
import logging
import re
from collections.abc import Callable

from bibtexparser.middlewares.names import InvalidNameError, parse_single_name_into_parts

from reviewkit.importers.names import SUFFIXES, is_group

# What these log comes back as the text itself; a user need not see it.
for _name in ("bibtexparser", "pylatexenc"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

_LATEX = re.compile(r"[\\{}~$]|--")
_NEEDS_DECODING = re.compile(r"\\[A-Za-z\"'`^~=.]|~|--|\$")
_ESCAPED_SIGN = re.compile(r"\\([_&%#{}$])")
_BRACE = re.compile(r"(?<!\\)[{}]")
_PERCENT = re.compile(r"(?<!\\)%")
_DOLLAR = re.compile(r"(?<!\\)\$([^$\n]{1,400})\$")
_MATHS = re.compile(r"\\[A-Za-z]|^[^\s]{0,30}[\^_<>=+][^\s]{0,30}$")
_AND = re.compile(r"(?<=\s)and(?=\s)", re.IGNORECASE)
_BRACE_IN_WORDS = re.compile(r"\\textbrace(left|right)(?![A-Za-z])")
_KEPT = "\ufdd1"  # a dollar that is money; a noncharacter: no text holds it


def plain_text(value: str) -> str:
    """Return the text with LaTeX's accents and signs as characters, without its braces.

    Mathematics is put into characters ("$\\alpha$" is "α"); a price in dollars stays.
    """
    if not _LATEX.search(value):
        return value
    if not _NEEDS_DECODING.search(value):
        return _ESCAPED_SIGN.sub(r"\1", _BRACE.sub("", value))

    text = _DOLLAR.sub(_kept_dollars, value).replace("\\$", _KEPT)
    text = re.sub(r"\$", _KEPT, text) if text.count("$") % 2 else text
    text = _BRACE_IN_WORDS.sub(lambda match: rf"\{match[1][0]}brace", text)
    return _decoded(_PERCENT.sub(r"\\%", text)).replace(_KEPT, "$")


def _kept_dollars(match: re.Match[str]) -> str:
    """Return the part as it is where it is mathematics; its dollars kept as signs otherwise."""
    if _MATHS.search(match[1]):
        return match[0]
    return f"{_KEPT}{match[1]}{_KEPT}"


@functools.lru_cache(maxsize=4096)
def _decoded(text: str) -> str:
    from pylatexenc.latexwalker import (  # type: ignore[import-untyped]  # noqa: PLC0415  untyped
        LatexWalkerError,
    )

    try:
        return _decoder()(text)
    except (LatexWalkerError, RecursionError, LookupError, ValueError, TypeError, AttributeError):
        # Where a command lacks what it stands before, pylatexenc ends with any of these.
        return _BRACE.sub("", text)


@functools.cache
def _decoder() -> Callable[[str], str]:
    from pylatexenc.latex2text import (  # type: ignore[import-untyped]  # noqa: PLC0415  untyped
        LatexNodes2Text,
    )

    decode: Callable[[str], str] = LatexNodes2Text(
        math_mode="text", keep_comments=True, strict_latex_spaces=False
    ).latex_to_text
    return decode


def split_people(value: str) -> list[str]:
    """Return the names of a list, split at "and" outside braces."""
    text = value.strip()
    if "{" not in text:
        return [name for one in _AND.split(text) if (name := one.strip())]

    names, start = [], 0
    for match in _AND.finditer(text):
        part = text[start : match.start()]
        if part.count("{") <= part.count("}"):
            names.append(part)
            start = match.end()
    names.append(text[start:])
    return list(filter(None, map(str.strip, names)))


def family_first(name: str) -> str:
    """Return "Family, Given, Suffix" of a name in any of BibTeX's three orders.

    "von Last, Jr, First" is its order with a suffix; "First von Last" has no comma.
    """
    braced = _BRACED_SUFFIX.fullmatch(name)
    if braced and braced[3].strip().casefold() in SUFFIXES:
        return f"{braced[2].strip()}, {braced[1].strip()}, {braced[3].strip()}"

    parts = [part.strip() for part in name.split(",")]
    if len(parts) == 3 and parts[1].casefold() in SUFFIXES:
        return f"{parts[0]}, {parts[2]}, {parts[1]}"
    if len(parts) > 1 or " " not in name or name.startswith("{") or is_group(name):
        return name
    return _without_comma(name)


# "W. M. {Coughran, Jr.}": written so that BibTeX prints the suffix last.
_BRACED_SUFFIX = re.compile(r"([^,{}]+)\{([^{},]+),([^{},]+)\}")


def _without_comma(name: str) -> str:
    try:
        known = parse_single_name_into_parts(name, strict=False)
    except InvalidNameError:
        return name

    family = " ".join((*known.von, *known.last))
    ordered = (family, " ".join(known.first), " ".join(known.jr))
    return ", ".join(part for part in ordered if part)
