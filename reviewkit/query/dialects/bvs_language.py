"""How iAHx (BVS, LILACS) reads a query: `tw:(x)`, `mh:"X"`, AND NOT; a blank means OR.

Solr stands behind it: one level that mixes AND and OR is not Boolean there. Headings (DeCS) are
not exploded.
"""

from reviewkit.query.fields import named_fields
from reviewkit.query.language import (
    ABSTRACT,
    AND_FIRST,
    CLOSE,
    KEYWORDS,
    OPEN,
    SPACE,
    TEXT_WORDS,
    TITLE,
    Between,
    Language,
    Token,
    heading,
    reference,
    value,
    words_in,
)
from reviewkit.query.tree import Kind, Node, Term

FIELDS = {
    "ti": words_in(TITLE),
    "ab": words_in(ABSTRACT),
    "tw": words_in(TEXT_WORDS),
    "mh": heading("decs", explode=False),
    "mj": heading("decs", explode=False, major=True),
    "sh": value(Kind.SUBHEADING, "decs"),
    "pt": value(Kind.TYPE, "decs"),
    "la": value(Kind.LANGUAGE),
    "au": value(Kind.AUTHOR),
    "ta": value(Kind.JOURNAL),
    "da": value(Kind.DATE, "publication"),
    "year_cluster": value(Kind.DATE, "publication"),
    "db": value(Kind.FILTER, "database"),
    "type_of_study": value(Kind.FILTER, "type of study"),
    "collection": value(Kind.FILTER, "collection"),
    "fulltext": value(Kind.FILTER, "full text"),
    "instance": value(Kind.FILTER, "instance"),
    "clinical_aspect": value(Kind.FILTER, "clinical aspect"),
    "limit": value(Kind.FILTER, "limit"),
    "pais_assunto": value(Kind.FILTER, "country as subject"),
    "cp": value(Kind.OTHER, "country"),
    "is": value(Kind.OTHER, "issn"),
    "kw": words_in(KEYWORDS),
    "entry_date": value(Kind.DATE, "entry"),
}


def read_special(token: Token) -> Node:
    """A range of years in brackets; `*` is an open end."""
    since, until = token.groups.get("since") or "*", token.groups.get("until") or "*"
    return Term(text=since.replace("*", "1500"), until=until.replace("*", "3000"), span=token.span)


LANGUAGE = Language(
    id="lilacs",
    label="LILACS (BVS)",
    tokens=(
        SPACE,
        ("lead", r"(?P<lead>[A-Za-z][A-Za-z_]{1,29}):\s*"),
        ("range", r"\[\s*+(?P<since>[\d*]++)\s++(?i:to)\s++(?P<until>[\d*]++)\s*+\]"),
        OPEN,
        CLOSE,
        ("op", r"(?i:and\s+not|and_not|and|or|not)(?![^\s()\"“])"),
        reference("#"),
        ("quoted", r"[\"“”][^\"“”\n]*[\"“”]"),
        ("word", r"[^\s()\":\[\]“”]+"),
    ),
    fields=FIELDS,
    precedence=AND_FIRST,
    between=Between.OR,
    read_field=named_fields(FIELDS, source="BVS: search fields of iAHx"),
    read_heading=read_special,
    fields_lead=True,
    line_numbers=True,
    words_untagged=words_in(TEXT_WORDS),
    signs=(r"\b(?:tw|mh|mj|ti|ab):\s*[(\"]", r"\bdb:\s*[(\"]"),
)
