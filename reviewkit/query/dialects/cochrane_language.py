"""How the Cochrane Library reads a query: `[mh X]`, `MeSH descriptor: [X] explode all trees`,
`:ti,ab,kw`, NEAR/N, NEXT. `:kw` holds headings too. The order of operators was not found.
"""

from collections.abc import Mapping

from reviewkit.model.foreign import whole_number
from reviewkit.query.fields import named_fields
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
    Language,
    Token,
    reference,
    value,
    words_in,
)
from reviewkit.query.tree import Group, Kind, Node, Op, Part, Ref, Term

FIELDS = {
    "ti": words_in(TITLE),
    "ab": words_in(ABSTRACT),
    "kw": words_in(KEYWORDS | frozenset({Part.HEADING_WORDS})),
    "au": value(Kind.AUTHOR),
    "so": value(Kind.JOURNAL),
    "pt": value(Kind.TYPE, "cochrane"),
    "an": value(Kind.NUMBER, "accession"),
    "la": value(Kind.LANGUAGE),
}


def read_special(token: Token) -> Node:
    """A heading in either form, or a span of lines."""
    if token.kind == "refs":
        return _lines(token)

    groups = token.groups
    name = _first(groups, "name", "long_name", "bare_name").strip('" ')
    subheading = _first(groups, "sub", "long_sub").lower()
    if not name:
        return Term(text=subheading, kind=Kind.SUBHEADING, detail="mesh", tag="mh", span=token.span)

    is_only = "only" in groups or "this term only" in token.text.lower()
    return Term(
        text=name,
        kind=Kind.HEADING,
        detail="mesh",
        explode=not is_only,
        subheadings=tuple(filter(None, (subheading,))),
        tag="mh",
        span=token.span,
    )


def _first(groups: Mapping[str, str | None], *names: str) -> str:
    """The first of these groups that matched, blanks around it removed."""
    values = (groups.get(name) for name in names)
    return next((value.strip() for value in values if value), "")


def _lines(token: Token) -> Node:
    """ "{or #1-#5}": these lines under one operator."""
    first, last = (
        whole_number(token.groups[name] or "") or 0 for name in ("span_first", "span_last")
    )
    numbers = range(first, min(last, first + 500) + 1)
    operands = tuple(Ref(line=number, span=token.span) for number in numbers)
    op = Op((token.groups["span_op"] or "").upper())
    return Group(op=op, operands=operands, bracketed=True, span=token.span)


LANGUAGE = Language(
    id="cochrane",
    label="Cochrane Library",
    tokens=(
        SPACE,
        (
            "ignored",
            r"(?i:with\s+(?:cochrane\s+library\s+)?publication\s+(?:date|year)[^\n]*+"
            r"|,?\s*+\bin\s+(?:trials|cochrane\s+reviews|cochrane\s+protocols)\b[^\n]*+"
            r"|\(word\s+variations[^)\n]*+\))",
        ),
        (
            "heading",
            r"(?i:mesh\s+descriptor\s*+:?)\s*+(?:\[(?P<long_name>[^\]\n]+)\]"
            r"|(?P<bare_name>[^\[\]\n#]{2,80}?),?(?=\s+(?i:explode|this\s+term\s+only)))"
            r"(?:\s*(?i:explode(?:\s+all\s+trees|\s+trees[\s\d,and]+|\s+\d+)?"
            r"|this\s+term\s+only)(?i:\s+in\s+mesh\s+products)?)?"
            r"(?:\s*(?i:and\s+with\s+qualifier\(s\)\s*+:?)\s*+\[(?P<long_sub>[^\]\n]+)\])?"
            r"|\[(?i:mh)\s++(?P<only>\^)?(?P<name>\"[^\"\n]+\"|[^\"\]/\n]*)"
            r"(?:/(?P<sub>[A-Za-z]{2}))?\]",
        ),
        (
            "refs",
            r"\{\s*(?P<span_op>(?i:or|and))\s+#(?P<span_first>\d+)\s*-\s*#?(?P<span_last>\d+)\s*\}",
        ),
        OPEN,
        CLOSE,
        ("op", r"(?i:and/or|and|or|not)(?![^\s()\"\[])"),
        ("near", r"(?:(?i:near)|(?P<ordered>(?i:next)))(?:/(?P<within>\d+))?(?![\w:])"),
        reference("#"),
        ("quoted", r"[\"“”][^\"“”\n]*[\"“”]"),
        ("tag", r":(?P<names>[a-z]{2}(?:\s*,\s*[a-z]{2})*)\b"),
        ("word", r"[^\s()\":\[\]{}“”]+"),
    ),
    fields=FIELDS,
    precedence=LEFT_TO_RIGHT,
    between=Between.AND,
    read_field=named_fields(FIELDS, source="Cochrane Library help: search manager"),
    read_heading=read_special,
    line_numbers=True,
    near_default=5,
    words_untagged=words_in(EVERYTHING),
    signs=(
        r"(?i)mesh\s+descriptor\b",
        r"(?i)\b(?:explode\s+all\s+trees|this\s+term\s+only)\b",
        r"(?i)\[mh\s+\^?[\"\w/]",
        r"(?i)\bnext\b(?!/)",
    ),
)
