"""How Embase.com reads a query: `'x'/exp`, `:ti,ab,kw`, `NEAR/N` with N-1 words between.

From left to right without precedence (Elsevier's help of September 2025).
"""

from dataclasses import replace

from reviewkit.query.fields import finished, named_fields, onto_terms, widened
from reviewkit.query.language import (
    ABSTRACT,
    CLOSE,
    EVERYTHING,
    KEYWORDS,
    LEFT_TO_RIGHT,
    OPEN,
    SPACE,
    TITLE,
    Between,
    Field,
    Language,
    Token,
    heading,
    reference,
    value,
    words_in,
)
from reviewkit.query.tree import Kind, Node, Part, Problem, Term

FIELDS = {
    "ti": words_in(TITLE),
    "ab": words_in(ABSTRACT),
    "kw": words_in(KEYWORDS),
    "de": words_in(frozenset({Part.HEADING_WORDS})),
    "tt": words_in(frozenset({Part.OTHER_TITLE})),
    "ff": words_in(frozenset({Part.AFFILIATION})),
    "lnk": value(Kind.SUBHEADING, "emtree"),
    "it": value(Kind.TYPE, "embase"),
    "la": value(Kind.LANGUAGE),
    "au": value(Kind.AUTHOR),
    "jt": value(Kind.JOURNAL),
    "ta": value(Kind.JOURNAL),
    "py": value(Kind.DATE, "publication"),
    "tn": value(Kind.OTHER, "trade name"),
    "rn": value(Kind.SUBSTANCE, "number"),
    "cn": value(Kind.DATABANK),
    "dc": value(Kind.OTHER, "classification"),
}
_SLASHES = {
    "exp": heading("emtree", explode=True),
    "de": heading("emtree", explode=False),
    "mj": heading("emtree", explode=False, major=True),
    "exp/mj": heading("emtree", explode=True, major=True),
    "de/mj": heading("emtree", explode=False, major=True),
    "lnk": value(Kind.SUBHEADING, "emtree"),
    "lim": value(Kind.FILTER, "embase limit"),
    "py": value(Kind.DATE, "publication"),
    "sd": value(Kind.DATE, "entry"),
    "it": value(Kind.TYPE, "embase"),
    "la": value(Kind.LANGUAGE),
}
_COLON = named_fields(FIELDS, source="Embase.com help: search fields")


def read_field(node: Node, token: Token) -> tuple[Node, tuple[Problem, ...]]:
    """The node with `:ti,ab` or `/exp` behind it."""
    slash = (token.groups.get("slash") or "").lower()
    if not slash:
        return _COLON(node, token)
    name, _, link = slash.partition("/d")
    field = _SLASHES.get(name)
    if field is None:
        field = Field(kind=Kind.OTHER, detail=name)

    def change(term: Term) -> Node:
        placed = field.apply(term, tag=f"/{slash}", span=widened(term, token.span))
        if field.kind is Kind.DATE:
            return _years(placed)
        if link:
            return replace(placed, subheadings=(f"d{link}",))
        return finished(placed)

    return onto_terms(node, change), ()


def _years(term: Term) -> Term:
    first, dash, last = term.text.partition("-")
    if not dash:
        return term
    return replace(term, text=first.strip(), until=last.strip(), quoted=False)


LANGUAGE = Language(
    id="embase",
    label="Embase.com",
    tokens=(
        SPACE,
        OPEN,
        CLOSE,
        ("op", r"(?i:and/or|and|or|not)(?![^\s()'\"\[])"),
        ("near", r"(?:(?i:near)|(?P<ordered>(?i:next)))/(?P<within>\d+)"),
        reference("#"),
        ("quoted", r"'[^'\n]*'(?!\w)|\"[^\"\n]*\"|\[[^\[\]\n]*\]|[“”][^“”\n]*[“”]"),
        (
            "tag",
            r":(?P<names>[a-z]{2,3}(?:\s*,\s*[a-z]{2,3})*)\b"
            r"|/(?P<slash>(?:exp|de|mj|lnk|lim|py|sd|it|la)"
            r"(?:/(?:mj|d[dm]_[a-z]{2}))?)\b",
        ),
        ("word", r"(?:[^\s()'\":/\[\]“”]|(?<=\w)'(?=\w))+"),
    ),
    fields=FIELDS,
    precedence=LEFT_TO_RIGHT,
    between=Between.AND,
    read_field=read_field,
    line_numbers=True,
    words_untagged=words_in(EVERYTHING),
    signs=(
        r"['\"]/(?:exp|de|mj)\b",
        r":(?:ti|ab|kw|de)(?:,(?:ti|ab|kw|de))*\b(?!\()",
        r"/lim\b",
        r"(?i)\bnext/\d",
    ),
)
