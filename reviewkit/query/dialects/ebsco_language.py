"""How EBSCOhost reads a query (CINAHL): `MH "X+"`, `TI x`, `N3`, `W3`, lines `S1`.

NOT binds closer than AND, AND closer than OR (read in public code, not in its help).
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
    heading,
    reference,
    value,
    words_in,
)
from reviewkit.query.tree import Kind, Part

_HEADING_WORDS = frozenset({Part.HEADING_WORDS})

FIELDS = {
    "ti": words_in(TITLE),
    "ab": words_in(ABSTRACT),
    "su": words_in(_HEADING_WORDS | KEYWORDS),
    "kw": words_in(KEYWORDS),
    "mw": words_in(_HEADING_WORDS),
    "mh": heading("cinahl", explode=False),
    "mm": heading("cinahl", explode=False, major=True),
    "mj": words_in(_HEADING_WORDS),
    "de": heading("ebsco thesaurus", explode=False),
    "dh": heading("ebsco thesaurus", explode=False),
    "tx": words_in(EVERYTHING),
    "pt": value(Kind.TYPE, "cinahl"),
    "la": value(Kind.LANGUAGE),
    "au": value(Kind.AUTHOR),
    "so": value(Kind.JOURNAL),
    "jn": value(Kind.JOURNAL),
    "dt": value(Kind.DATE, "publication"),
    "em": value(Kind.DATE, "entry"),
    "an": value(Kind.NUMBER, "accession"),
    "af": words_in(frozenset({Part.AFFILIATION})),
}

LANGUAGE = Language(
    id="cinahl",
    label="CINAHL (EBSCOhost)",
    tokens=(
        SPACE,
        (
            "ignored",
            r"(?i:(?:limiters|expanders|search\s+modes|narrow\s+by[^\n:-]{0,40}+)"
            r"[ \t]*+[-\u2013:][^\n]*+)",
        ),
        OPEN,
        CLOSE,
        ("op", r"(?i:and/or|and|or|not)(?![^\s()\"“])"),
        ("near", r"(?:[Nn]|(?P<ordered>[Ww]))(?P<between>\d{1,3})(?!\w)"),
        reference("[Ss]"),
        (
            "lead",
            r"(?P<lead>(?:TI|AB|SU|KW|MW|MH|MM|MJ|DE|DH|TX|PT|LA|AU|SO|JN|DT|EM|AN|AF))"
            r"(?:\s+(?=[\"“(\w])|(?=[\"“(]))",
        ),
        ("quoted", r"[\"“”][^\"“”\n]*[\"“”]"),
        ("word", r"[^\s()\"“”]+"),
    ),
    fields=FIELDS,
    precedence=AND_FIRST,
    between=Between.PHRASE,
    read_field=named_fields(FIELDS, source="EBSCO support: searching with field codes"),
    fields_lead=True,
    line_numbers=True,
    words_untagged=words_in(TITLE | ABSTRACT | KEYWORDS | _HEADING_WORDS),
    signs=(
        r"\b(?:MH|MM|TI|AB|TX|SU)\s*[\"“(]",
        r"\b[NW]\d{1,2}\b",
        r"\bS\d+\s+(?i:and|or|not)\s+S\d+",
        r"\b(?:TI|AB)\s+\w+\s+(?:OR|AND)\s+(?:TI|AB)\b",
    ),
)
