"""How Europe PMC reads a query: `TITLE_ABS:"x"`, `KW:"x"`, `FIRST_PDATE:[a TO b]`.

Without a field full texts are searched too. KW is headings and keywords, without the tree.
"""

from reviewkit.query.fields import named_fields
from reviewkit.query.language import (
    ABSTRACT,
    AND_FIRST,
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
from reviewkit.query.tree import Kind, Node, Part, Term

_HEADING_WORDS = frozenset({Part.HEADING_WORDS})
_REST = frozenset({Part.REST})

FIELDS = {
    "title": words_in(TITLE),
    "abstract": words_in(ABSTRACT),
    "title_abs": words_in(TITLE | ABSTRACT),
    "kw": words_in(KEYWORDS | _HEADING_WORDS),
    "keyword": words_in(KEYWORDS | _HEADING_WORDS),
    "aff": words_in(frozenset({Part.AFFILIATION})),
    "auth": value(Kind.AUTHOR),
    "lang": value(Kind.LANGUAGE),
    "journal": value(Kind.JOURNAL),
    "issn": value(Kind.OTHER, "issn"),
    "pub_type": value(Kind.TYPE, "europepmc"),
    "pub_year": value(Kind.DATE, "publication"),
    "first_pdate": value(Kind.DATE, "publication"),
    "first_idate": value(Kind.DATE, "create"),
    "ext_id": value(Kind.NUMBER),
    "src": value(Kind.FILTER, "source"),
    "open_access": value(Kind.FILTER, "open access"),
    "has_abstract": value(Kind.FILTER, "has abstract"),
    "chem": value(Kind.SUBSTANCE, "name"),
    "doi": value(Kind.OTHER, "doi"),
    # Sections of full texts.
    **dict.fromkeys(("intro", "methods", "results", "discuss", "concl", "body"), words_in(_REST)),
}


def read_special(token: Token) -> Node:
    """A range in brackets."""
    groups = token.groups
    since, until = groups.get("since") or "", groups.get("until") or ""
    return Term(text=since.replace("-", "/"), until=until.replace("-", "/"), span=token.span)


LANGUAGE = Language(
    id="europepmc",
    label="Europe PMC",
    tokens=(
        SPACE,
        ("ignored", r"(?i:sort_(?:date|cited|author)\s*+:\s*+y)"),
        ("lead", r"(?P<lead>[A-Za-z][A-Za-z_]+):\s*"),
        ("range", r"\[\s*(?P<since>[\d-]+)\s+(?i:to)\s+(?P<until>[\d-]+)\s*\]"),
        OPEN,
        CLOSE,
        ("op", r"(?i:and/or|and|or|not)(?![^\s()\"“])"),
        reference("#"),
        ("quoted", r"[\"“”][^\"“”\n]*[\"“”]"),
        ("word", r"[^\s()\":\[\]“”]+"),
    ),
    fields=FIELDS,
    precedence=AND_FIRST,
    between=Between.AND,
    read_field=named_fields(FIELDS, source="Europe PMC help: search syntax"),
    read_heading=read_special,
    fields_lead=True,
    words_untagged=words_in(EVERYTHING),
    signs=(
        r"\b(?:TITLE_ABS|TITLE|ABSTRACT|KW|AUTH|PUB_YEAR|FIRST_PDATE|PUB_TYPE|OPEN_ACCESS):",
        r"\[\S+ TO \S+\]",
    ),
)
