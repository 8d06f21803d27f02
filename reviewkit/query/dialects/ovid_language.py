"""How Ovid reads a query: `exp X/`, `.ti,ab.` behind a term or a parenthesis, `adjN`.

`adjN` allows N-1 words between, in any order. Ovid's `.tw.` is title and abstract only, `.ot.` the
original title. The order of operators on a mixed line is not documented where it was looked for.
"""

import re

from reviewkit.model.foreign import whole_number
from reviewkit.query.fields import in_fields, onto_terms, unknown_field, widened
from reviewkit.query.language import (
    ABSTRACT,
    CLOSE,
    EVERYTHING,
    KEYWORDS,
    LEFT_TO_RIGHT,
    OPEN,
    SPACE,
    TITLE,
    TITLE_ABSTRACT,
    Between,
    Field,
    Language,
    Token,
    heading,
    value,
    words_in,
)
from reviewkit.query.tree import (
    Group,
    Kind,
    Node,
    Op,
    Part,
    Problem,
    Ref,
    Term,
)

_OTHER_TITLE = frozenset({Part.OTHER_TITLE})
_HEADING_WORDS = frozenset({Part.HEADING_WORDS})
_SUBSTANCES = frozenset({Part.SUBSTANCE_WORDS})

FIELDS: dict[str, Field] = {
    "ti": words_in(TITLE),
    "ab": words_in(ABSTRACT),
    "kf": words_in(KEYWORDS),
    "kw": words_in(KEYWORDS),
    "tw": words_in(TITLE_ABSTRACT),
    "ot": words_in(_OTHER_TITLE),
    "hw": words_in(_HEADING_WORDS),
    "mp": words_in(TITLE_ABSTRACT | KEYWORDS | _HEADING_WORDS | _SUBSTANCES | _OTHER_TITLE),
    "af": words_in(EVERYTHING),
    "in": words_in(frozenset({Part.AFFILIATION})),
    "sh": heading("mesh", explode=False),
    "fs": value(Kind.SUBHEADING, "mesh"),
    "xs": value(Kind.SUBHEADING, "mesh", explode=True),
    "pt": value(Kind.TYPE, "mesh"),
    "lg": value(Kind.LANGUAGE),
    "la": value(Kind.LANGUAGE),
    "au": value(Kind.AUTHOR),
    "nm": value(Kind.SUBSTANCE, "name"),
    "rn": value(Kind.SUBSTANCE, "number"),
    "jn": value(Kind.JOURNAL),
    "jw": value(Kind.JOURNAL, "word"),
    "ja": value(Kind.JOURNAL),
    "si": value(Kind.DATABANK),
    "ui": value(Kind.NUMBER),
    "an": value(Kind.NUMBER, "accession"),
    "yr": value(Kind.DATE, "publication"),
    "dp": value(Kind.DATE, "publication"),
    "ed": value(Kind.DATE, "entry"),
    "dt": value(Kind.DATE, "create"),
    "da": value(Kind.DATE, "entry"),
    "dc": value(Kind.DATE, "create"),
    "ez": value(Kind.DATE, "entry"),
    "up": value(Kind.DATE, "entry"),
    "rw": words_in(_SUBSTANCES),
    "px": value(Kind.OTHER, "protocol supplementary concept"),
    "rx": value(Kind.OTHER, "rare disease supplementary concept"),
    "id": words_in(KEYWORDS),
    "tn": value(Kind.OTHER, "trade name"),
    "mf": value(Kind.OTHER, "manufacturer"),
    "dv": value(Kind.OTHER, "device trade name"),
    "so": value(Kind.OTHER, "source"),
    "is": value(Kind.OTHER, "issn"),
    "cp": value(Kind.OTHER, "country"),
    "gn": value(Kind.OTHER, "grant"),
}
SYNTAX = "Ovid's guide to its syntax"
_TAG = re.compile(
    r"\.\s*([a-z]{2}(?:\s*,\s*[a-z]{2})*)\s*\.?(?:/(?:freq\s*=\s*\d+))?", re.IGNORECASE
)
_YEARS = re.compile(r"(?i)yr\s*=\s*\"?\s*(\d{4})?\s*-?\s*(\d{4}|current)?\s*\"?")
# Possessive, so that a name that ends in no slash is given up at once.
_WORD = r"(?!(?i:and|or|not|adj\d*)\b)[\w'&,+-]++"


def read_field(node: Node, token: Token) -> tuple[Node, tuple[Problem, ...]]:
    """The node with the fields of a suffix such as `.ti,ab.`."""
    limits = token.groups.get("put_in")
    if limits:
        # How an expansion writes "limit 27 to humans".
        limit = _limit_term(limits.strip(), token)
        span = (node.span[0], token.span[1])
        return Group(op=Op.AND, operands=(node, limit), bracketed=True, span=span), ()

    match = _TAG.match(token.text)
    names = [name.strip().lower() for name in (match[1] if match else "").split(",")]
    unknown = [name for name in names if name not in FIELDS]
    if unknown:
        known = sorted(FIELDS)
        return node, tuple(unknown_field(n, token.span, known, source=SYNTAX) for n in unknown)

    fields = [FIELDS[name] for name in names]
    tag = ",".join(names)

    def change(term: Term) -> Node:
        return in_fields(term, fields, tag=tag, span=widened(term, token.span))

    return onto_terms(node, change), ()


def read_special(token: Token) -> Node:
    """A heading, a span of lines, or a limit."""
    match token.kind:
        case "refs":
            return _lines(token)
        case "limit":
            return _limit(token)
    groups = token.groups
    name = " ".join((groups.get("name") or "").strip().strip('"“”').split())
    subs = re.findall(r"[a-z]{2}", (groups.get("subs") or "").lower())
    return Term(
        text=name,
        kind=Kind.HEADING,
        detail="mesh",
        explode=groups.get("exp") is not None,
        major=groups.get("star") is not None,
        subheadings=tuple(subs),
        tag="/",
        span=token.span,
    )


def _lines(token: Token) -> Node:
    """ "or/1-5" and "and/6,49": these lines under one operator."""
    op = Op((token.groups.get("span_op") or "or").upper())
    numbers: list[int] = []
    for piece in (token.groups.get("span_lines") or "").split(","):
        first, last = map(whole_number, map(str.strip, (*piece.split("-"), "")[:2]))
        if first is not None:
            numbers.extend(range(first, min(last or first, first + 500) + 1))

    operands = tuple(Ref(line=number, span=token.span) for number in numbers)
    return Group(op=op, operands=operands, bracketed=True, span=token.span)


def _limit(token: Token) -> Node:
    """ "limit 27 to humans": the line, and the limit as a term."""
    ref = Ref(line=int(token.groups.get("limited") or 0), span=token.span)
    printed = (token.groups.get("limits") or "").strip()
    return Group(
        op=Op.AND, operands=(ref, _limit_term(printed, token)), bracketed=True, span=token.span
    )


def _limit_term(printed: str, token: Token) -> Term:
    years = _YEARS.search(printed)
    if years and (years[1] or years[2]):
        until = years[2] or years[1]
        if until.lower() == "current":
            until = "3000"
        return Term(
            text=years[1] or "1500",
            until=until,
            kind=Kind.DATE,
            detail="publication",
            span=token.span,
        )
    language = re.fullmatch(r"(?i)\(?\s*([a-z]+)(?:\s+language)\s*\)?", printed)
    if language:
        return Term(text=language[1].lower(), kind=Kind.LANGUAGE, span=token.span)
    return Term(text=printed.lower(), kind=Kind.FILTER, detail="ovid limit", span=token.span)


LANGUAGE = Language(
    id="ovid",
    label="Ovid",
    tokens=(
        SPACE,
        (
            "ignored",
            r"\[(?:mp\s*=|[A-Z][A-Za-z &/-]*\])[^\]]*\]?|\{[^}\n]*\}|(?i:search\s+modes[^\n]*)"
            r"|(?i:remove\s+duplicates\s+from)"
            r"|(?<=[/.)] )(?i:use)\s+[a-z]{3,8}\d?(?=\s*(?:\)|$|\n))",
        ),
        (
            "limit",
            r"(?:(?i:limit)\s+|\.\.(?i:l)/\s*)(?P<limited>\d{1,3})\s+(?:(?i:to)\s+)?"
            r"(?P<limits>[^\n]++)",
        ),
        ("refs", r"(?P<span_op>(?i:or|and))/(?P<span_lines>\d+(?:\s*[-,]\s*\d+)*)"),
        (
            "heading",
            rf"(?:(?P<exp>(?i:exp(?:lode)?))\s+)?(?P<star>\*\s*)?"
            rf"(?P<name>[\"“][^\"”\n]+[\"”]|{_WORD}(?:[ \t]++{_WORD}){{0,14}}+[ \t]*+)/"
            r"(?P<subs>[a-zA-Z]{2}(?:[ \t]*,[ \t]*[a-zA-Z]{2})*(?![\w]))?",
        ),
        OPEN,
        CLOSE,
        ("op", r"(?i:and/or|and|or|not)(?![^\s()\"“])"),
        ("near", r"(?i:adj)(?P<within>\d{0,2})(?![\w.])"),
        (
            "ref",
            r"(?:(?i:(?:line|set|search|step)s?)\s*)?#?"
            r"(?P<number>\d{1,3})(?=\s*(?:\)|$|\n|\s(?i:and|or|not)\b))",
        ),
        ("quoted", r"[\"“”][^\"“”\n]*[\"“”]"),
        (
            "tag",
            r"\[limit\ to\ (?P<put_in>[^\]\n]++)\]"
            r"|\.[ \t]*[A-Za-z]{2}(?:[ \t]*,[ \t]*[A-Za-z]{2})*"
            r"(?:\.(?:/freq=\d+)?|(?=\s*(?:\)|$|\n|\s)))",
        ),
        ("word", r"(?:[^\s()\"“”./]|\.(?![A-Za-z]{2}(?:[,.\s)]|$))|/)+"),
    ),
    fields=FIELDS,
    precedence=LEFT_TO_RIGHT,
    between=Between.PHRASE,
    read_field=read_field,
    read_heading=read_special,
    line_numbers=True,
    bare_references=True,
    words_untagged=FIELDS["mp"],
    signs=(
        r"(?i)\.(?:ti|ab|tw|mp|kf|hw|sh|fs|af|pt|nm|rn|au|ot)(?:,[a-z]{2})*\.?(?:\s|\)|$)",
        r"(?i)\w/(?:[a-z]{2}\b)?(?:\s|\)|,|$)",
        r"(?i)\badj\d*\b",
        r"(?i)\b(?:or|and)/\d",
    ),
)
