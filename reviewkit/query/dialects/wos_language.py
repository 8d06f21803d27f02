"""How Web of Science reads a query: `TS=(x)`, NEAR/N with N words between, plain NEAR 15.

NEAR, SAME, NOT, AND, OR in this order (AND before OR is documented). Unquoted words are
lemmatised.
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

FIELDS = {
    "ts": words_in(TITLE | ABSTRACT | KEYWORDS),
    "ti": words_in(TITLE),
    "ab": words_in(ABSTRACT),
    "ak": words_in(KEYWORDS),
    "kp": value(Kind.OTHER, "keywords plus"),
    "all": words_in(EVERYTHING),
    "ad": words_in(frozenset({Part.AFFILIATION})),
    "au": value(Kind.AUTHOR),
    "so": value(Kind.JOURNAL),
    "dt": value(Kind.TYPE, "web of science"),
    "la": value(Kind.LANGUAGE),
    "py": value(Kind.DATE, "publication"),
    "pmid": value(Kind.NUMBER),
    "do": value(Kind.OTHER, "doi"),
    "is": value(Kind.OTHER, "issn"),
    "ut": value(Kind.NUMBER, "accession"),
    "wc": value(Kind.OTHER, "category"),
    "su": value(Kind.OTHER, "research area"),
    "og": value(Kind.OTHER, "organization"),
    "cu": value(Kind.OTHER, "country"),
}


def read_special(token: Token) -> Node:
    """A span of years."""
    groups = token.groups
    return Term(
        text=groups.get("since") or "",
        until=groups.get("until"),
        kind=Kind.DATE,
        detail="publication",
        tag="py",
        span=token.span,
    )


LANGUAGE = Language(
    id="wos",
    label="Web of Science",
    tokens=(
        SPACE,
        (
            "ignored",
            r"(?i:(?:indexes|timespan|databases?|editions?|doctype|document\s+types?|language)\s*+="
            r"|refined\s+by\s*+:|timespan\s*+:)[^\n]*+"
            r"|\b(?i:and)\s+[^()=\n]{1,80}\((?i:document types|publication years|languages"
            r"|web of science categories|web of science index|research areas)\)",
        ),
        ("range", r"(?i:py)\s*+=\s*+\(?\s*+(?P<since>\d{4})\s*+-\s*+(?P<until>\d{4})\s*+\)?"),
        ("lead", r"(?P<lead>(?i:pmid|all|[a-z]{2}))\s*=\s*"),
        OPEN,
        CLOSE,
        ("op", r"(?i:and/or|and|or|not)(?![^\s()\"“])"),
        ("near", r"(?i:near)(?:/(?P<between>\d+))?(?![\w=])|(?i:same)(?![\w=])"),
        reference("#"),
        ("quoted", r"[\"“”][^\"“”\n]*[\"“”]"),
        ("word", r"[^\s()\"=“”]+"),
    ),
    fields=FIELDS,
    precedence=AND_FIRST,
    between=Between.AND,
    read_field=named_fields(FIELDS, source="Web of Science help: field tags"),
    read_heading=read_special,
    fields_lead=True,
    line_numbers=True,
    near_default=15,
    words_untagged=words_in(EVERYTHING),
    signs=(r"\b(?:TS|TI|AB|AK|KP|PY|SO|WC)\s*=\s*[(\"\w]",),
)
