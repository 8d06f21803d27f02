"""What a query language is to the reader: its tokens, its order of operators, its fields. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reviewkit.query.tree import Kind, Node, Op, Part, Problem, Span, Term

TITLE = frozenset({Part.TITLE})
ABSTRACT = frozenset({Part.ABSTRACT})
KEYWORDS = frozenset({Part.KEYWORDS})
TITLE_ABSTRACT = TITLE | ABSTRACT
TITLE_ABSTRACT_KEYWORDS = TITLE_ABSTRACT | KEYWORDS
INDEXED_WORDS = frozenset({Part.HEADING_WORDS, Part.SUBSTANCE_WORDS, Part.TYPE_WORDS})
TEXT_WORDS = TITLE_ABSTRACT_KEYWORDS | INDEXED_WORDS
EVERYTHING = frozenset(Part)


class Between(StrEnum):
    """What stands between two words without an operator."""

    PHRASE = "phrase"
    AND = "AND"
    OR = "OR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What a field tag makes of a term."""

    kind: Kind = Kind.WORDS
    parts: frozenset[Part] = frozenset()
    detail: str = ""
    explode: bool = False
    major: bool = False

    def apply(self, term: Term, *, tag: str, span: Span) -> Term:
        """The term in this field."""
        return Term(
            text=term.text,
            quoted=term.quoted,
            subheadings=term.subheadings,
            until=term.until,
            kind=self.kind,
            parts=self.parts,
            detail=self.detail,
            explode=self.explode,
            major=self.major,
            tag=tag,
            span=span,
        )


def words_in(parts: frozenset[Part]) -> Field:
    """A field of words."""
    return Field(parts=parts)


def heading(vocabulary: str, *, explode: bool, major: bool = False) -> Field:
    """A field of headings."""
    return Field(kind=Kind.HEADING, detail=vocabulary, explode=explode, major=major)


def value(kind: Kind, detail: str = "", *, explode: bool = False) -> Field:
    """A field whose values are compared whole."""
    return Field(kind=kind, detail=detail, explode=explode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of a query. `kind` is the name of its pattern."""

    kind: str
    text: str
    span: Span
    groups: Mapping[str, str | None] = field(default_factory=dict, compare=False)


HeadingReader = Callable[[Token], Node]
FieldReader = Callable[[Node, Token], tuple[Node, tuple[Problem, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A query language.

    `tokens` are patterns by kind, the first that fits wins. `precedence`: the higher binds the
    closer; equal ones are read from left to right. `near_default` is what a distance without a
    number allows between. `has_star_only`: `*` is its one wildcard, capitals are its documented
    operators. `read_field` puts a tag onto what stands before it, or after it where `fields_lead`.
    `read_heading` reads a heading that is a token of its own. `signs` are how the language is
    recognised. `bare_references`: a line is named by its number alone.
    """

    id: str
    label: str
    tokens: tuple[tuple[str, str], ...]
    fields: Mapping[str, Field]
    precedence: Mapping[Op, int]
    between: Between
    read_field: FieldReader
    read_heading: HeadingReader | None = None
    fields_lead: bool = False
    line_numbers: bool = False
    bare_references: bool = False
    signs: tuple[str, ...] = ()
    words_untagged: Field | None = None
    near_default: int = 0
    has_star_only: bool = False

    @property
    def left_to_right(self) -> bool:
        """Whether all operators bind alike."""
        return len(set(self.precedence.values())) == 1


LEFT_TO_RIGHT: Mapping[Op, int] = {Op.AND: 1, Op.OR: 1, Op.NOT: 1}
AND_FIRST: Mapping[Op, int] = {Op.OR: 1, Op.AND: 2, Op.NOT: 3}

_LINE_WORD = r"(?i:(?:line|set|search|step)s?)[ \t]*+#?[ \t]*+"
_BEFORE_AN_END = r"(?=\d{1,3}\s*(?:\)|$|\s(?i:and|or|not)\b))"


def reference(sign: str) -> tuple[str, str]:
    """A reference to a line: behind its sign, or behind a word (Line 3 AND Line 4)."""
    return "ref", rf"(?:{sign}\s*(?=\d+(?!\w))|{_LINE_WORD}{_BEFORE_AN_END})(?P<number>\d+)"


SPACE = ("space", r"[\s\u00a0\u200b\ufeff]+")
OPEN = ("open", r"\(")
CLOSE = ("close", r"\)")
