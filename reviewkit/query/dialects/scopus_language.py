"""How Scopus reads a query: `TITLE-ABS-KEY(x)`, `W/3`, `PRE/3`, `AND NOT`.

OR binds closest, then W and PRE, then AND, then AND NOT (Scopus help).
"""

from collections.abc import Mapping
from dataclasses import replace

from reviewkit.model.foreign import whole_number
from reviewkit.query.fields import named_fields
from reviewkit.query.language import (
    ABSTRACT,
    CLOSE,
    EVERYTHING,
    KEYWORDS,
    OPEN,
    SPACE,
    TITLE,
    Between,
    Language,
    Token,
    reference,
    value,
    words_in,
)
from reviewkit.query.tree import Kind, Node, Op, Part, Term

_HEADING_WORDS = frozenset({Part.HEADING_WORDS})
_PRECEDENCE: Mapping[Op, int] = {Op.NOT: 1, Op.AND: 2, Op.OR: 3}

FIELDS = {
    "title-abs-key": words_in(TITLE | ABSTRACT | KEYWORDS | _HEADING_WORDS),
    "title-abs": words_in(TITLE | ABSTRACT),
    "title": words_in(TITLE),
    "abs": words_in(ABSTRACT),
    "key": words_in(KEYWORDS | _HEADING_WORDS),
    "authkey": words_in(KEYWORDS),
    "indexterms": words_in(_HEADING_WORDS),
    "all": words_in(EVERYTHING),
    "affil": words_in(frozenset({Part.AFFILIATION})),
    "auth": value(Kind.AUTHOR),
    "language": value(Kind.LANGUAGE),
    "srctitle": value(Kind.JOURNAL),
    "issn": value(Kind.OTHER, "issn"),
    "doctype": value(Kind.TYPE, "scopus"),
    "pmid": value(Kind.NUMBER),
    "doi": value(Kind.OTHER, "doi"),
    "pubyear": value(Kind.DATE, "publication"),
    "index": value(Kind.FILTER, "scopus index"),
    "subjarea": value(Kind.FILTER, "scopus subject area"),
    "srctype": value(Kind.FILTER, "scopus source type"),
    "affilcountry": value(Kind.OTHER, "country"),
    "chemname": value(Kind.SUBSTANCE, "name"),
    "casregnumber": value(Kind.SUBSTANCE, "number"),
}


def read_special(token: Token) -> Node:
    """A year of publication: before, after or in it; or a limit that was chosen on the site."""
    if token.kind == "limit":
        return _limit(token)

    sign = (token.groups.get("compared") or "=").upper()
    year = whole_number(token.groups.get("year") or "") or 0
    first, last = year, year
    if sign in {">", "AFT"}:
        first, last = year + 1, 3000
    elif sign in {"<", "BEF"}:
        first, last = 1500, year - 1
    term = Term(text=str(first), kind=Kind.DATE, detail="publication", tag="pubyear")
    return replace(term, until=str(last), span=token.span)


def _limit(token: Token) -> Node:
    """ "LIMIT-TO ( DOCTYPE , "ar" )"; what EXCLUDE takes away is a filter of its own."""
    groups = token.groups
    text, name = (groups.get("limited_to") or "").strip(' "'), (groups.get("limited") or "").lower()
    field = FIELDS.get(name)
    if field is None or groups.get("excluded"):
        detail = "scopus exclusion" if groups.get("excluded") else "scopus limit"
        field = value(Kind.FILTER, detail)
    return field.apply(Term(text=text), tag=name, span=token.span)


LANGUAGE = Language(
    id="scopus",
    label="Scopus",
    tokens=(
        SPACE,
        ("range", r"(?i:pubyear)\s*(?P<compared>[<>=]|(?i:aft|bef|is))\s*(?P<year>\d{4})"),
        (
            "limit",
            r"(?i:limit-to|(?P<excluded>exclude))\s*+\(\s*+(?P<limited>[A-Za-z-]++)\s*+,\s*+"
            r"(?P<limited_to>\"[^\"\n]*+\"|[^()\",\n]++)\s*+\)",
        ),
        ("lead", r"(?!(?i:and|or|not|w|pre)\b)(?P<lead>[A-Za-z]+(?:-[A-Za-z]+)*)\s*(?=\()"),
        OPEN,
        CLOSE,
        ("op", r"(?i:and\s+not|and|or)(?![^\s(){\"“])"),
        ("near", r"(?:[Ww]|(?P<ordered>(?i:pre)))/(?P<between>\d+)"),
        reference("#"),
        ("quoted", r"[\"“”][^\"“”\n]*[\"“”]|\{[^{}\n]*\}"),
        ("word", r"[^\s()\"{}“”,]+"),
        ("comma", r","),
    ),
    fields=FIELDS,
    precedence=_PRECEDENCE,
    between=Between.AND,
    read_field=named_fields(FIELDS, source="Scopus help: search fields"),
    read_heading=read_special,
    fields_lead=True,
    line_numbers=True,
    words_untagged=words_in(EVERYTHING),
    signs=(r"(?i)\btitle-abs(?:-key)?\s*\(", r"\b(?:W|PRE)/\d", r"\b(?:INDEXTERMS|AUTHKEY)\s*\("),
)
