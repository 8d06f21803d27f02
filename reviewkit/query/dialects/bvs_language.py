"""How iAHx (BVS, LILACS) reads a query: `tw:(x)`, `mh:"X"`, AND NOT; a blank means OR.

Solr stands behind it: one level that mixes AND and OR is not Boolean there. Headings (DeCS) are
not exploded.
"""

from reviewkit.query.fields import named_fields
from reviewkit.query.language import (
    ABSTRACT,
    AND_FIRST,
    CLOSE,
    OPEN,
    SPACE,
    TEXT_WORDS,
    TITLE,
    Between,
    Language,
    heading,
    reference,
    value,
    words_in,
)
from reviewkit.query.tree import Kind

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
    "entry_date": value(Kind.DATE, "entry"),
}

LANGUAGE = Language(
    id="lilacs",
    label="LILACS (BVS)",
    tokens=(
        SPACE,
        ("lead", rf"(?P<lead>(?:{'|'.join(sorted(FIELDS, key=len, reverse=True))})):\s*"),
        OPEN,
        CLOSE,
        ("op", r"(?i:and\s+not|and_not|and|or|not)(?![^\s()\"“])"),
        reference("#"),
        ("quoted", r"[\"“”][^\"“”\n]*[\"“”]"),
        ("word", r"[^\s()\":“”]+"),
    ),
    fields=FIELDS,
    precedence=AND_FIRST,
    between=Between.OR,
    read_field=named_fields(FIELDS, source="BVS: search fields of iAHx"),
    fields_lead=True,
    line_numbers=True,
    words_untagged=words_in(TEXT_WORDS),
    signs=(r"\b(?:tw|mh|mj|ti|ab):\s*[(\"]", r"\bdb:\s*[(\"]"),
)
