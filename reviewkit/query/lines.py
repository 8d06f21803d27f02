"""Numbered lines of a strategy: split, expanded, and what is wrong with their references. Pure.

The printed text is kept; places are places in it. Where the numbers were lost in print, the
non-blank lines are numbered from 1, and that is said.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from reviewkit.query.characters import odd_characters
from reviewkit.query.language import Language
from reviewkit.query.parse import Parsed, parse
from reviewkit.query.printed import Piece, Printed, even, joined_by_operators, printed_lines
from reviewkit.query.tree import (
    Group,
    Near,
    Node,
    Problem,
    Ref,
    Severity,
    Span,
    walk,
    with_operands,
)

LONGEST_EXPANSION = 200_000
"""Characters of an expansion that are still written out."""

_LIMIT = re.compile(r"(?:limit\s+|\.\.l/\s*)\d{1,3}\s+(?:to\s+)?(?P<limits>[^\n]+)", re.IGNORECASE)
_JOINS_BY_AND = re.compile(r"\W*+and\b", re.IGNORECASE)
_NO_PART = frozenset({"glued_text", "limit_outside"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A numbered line: its text without number and count, and where that begins.

    `count` is what is printed behind it: how many records it returned.
    """

    number: int
    text: str
    start: int
    parsed: Parsed
    refs: tuple[Ref, ...]
    count: int | None = None

    @property
    def span(self) -> Span:
        return self.start, self.start + len(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """A query as printed, its tree with every line put in, and every problem.

    `expansion` is the text on one line, for languages that take it; `None` where the query has no
    lines or where a line is missing.
    """

    language: Language
    printed: str
    tree: Node | None
    problems: tuple[Problem, ...]
    lines: tuple[Line, ...] = ()
    expansion: str | None = None

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(one for one in self.problems if one.severity is Severity.ERROR)

    @property
    def broken(self) -> tuple[Problem, ...]:
        """What keeps the query from being evaluated at all: something is missing in it."""
        return tuple(one for one in self.errors if one.code not in _READ_ALL_THE_SAME)

    @property
    def doubtful(self) -> tuple[Span, ...]:
        """The places of which it is not sure how the database reads them."""
        return tuple(one.span for one in self.problems if one.code in _DOUBTFUL)


_READ_ALL_THE_SAME = frozenset({"unknown_tag", "proximity_field", "quote_open"})
_DOUBTFUL = _READ_ALL_THE_SAME | {"curly_quote", "dash", "odd_blank", "odd_sign"}


def read_strategy(text: str, language: Language) -> Strategy:
    """The query or the numbered lines of a text. Raises nothing."""
    plain_text = even(text)
    printed = printed_lines(plain_text, language)
    found = _read(plain_text, printed, language)
    problems = (*odd_characters(text), *printed.problems, *found.problems)
    return replace(found, printed=text, problems=problems)


def names_lines(text: str, language: Language) -> bool:
    """Return whether a text has numbered lines of which one names another."""
    return any(line.refs for line in read_strategy(text, language).lines)


def _read(text: str, printed: Printed, language: Language) -> Strategy:
    if printed.has_numbers:
        return _of_lines(text, language, printed.pieces, [])
    if len(printed.pieces) > 1 and _has_references(printed.pieces, language):
        pieces, joined = joined_by_operators(printed.pieces)
        numbered = [replace(piece, number=n) for n, piece in enumerate(pieces, 1)]
        note = Problem(
            code="numbers_lost",
            severity=Severity.WARNING,
            span=(0, 0),
            reason="the lines have no numbers; they are counted from 1, blank lines left out",
            source="printed strategies lose their line numbers",
        )
        return _of_lines(text, language, numbered, [note, *joined])

    return _of_one(_only_the_search(text, printed), language)


def _only_the_search(text: str, printed: Printed) -> str:
    """The text with blanks in place of lines that are not of the search, so that places stay."""
    if not printed.problems:
        return text
    kept = [" "] * len(text)
    for piece in printed.pieces:
        first, last = piece.span
        kept[first:last] = piece.text

    return "".join(kept)


def _of_one(text: str, language: Language) -> Strategy:
    """A query without lines; a reference to a line is an error."""
    parsed = parse(text, language)
    problems = list(parsed.problems)
    if parsed.tree is not None:
        refs = [node for node in walk(parsed.tree) if isinstance(node, Ref)]
        numbers = ", ".join(dict.fromkeys(str(ref.line) for ref in refs))
        if refs:
            problems.append(
                Problem(
                    code="line_missing",
                    severity=Severity.ERROR,
                    span=refs[0].span,
                    reason=f"names lines that are not there: {numbers}",
                    source="a reference needs the numbered lines of the strategy",
                )
            )

    return Strategy(language=language, printed=text, tree=parsed.tree, problems=tuple(problems))


def _has_references(pieces: Sequence[Piece], language: Language) -> bool:
    if not language.line_numbers:
        return False
    return any(_refs_of(parse(piece.text, language).tree) for piece in pieces)


def _refs_of(tree: Node | None) -> tuple[Ref, ...]:
    if tree is None:
        return ()
    return tuple(node for node in walk(tree) if isinstance(node, Ref))


def _of_lines(
    text: str, language: Language, pieces: Sequence[Piece], problems: list[Problem]
) -> Strategy:
    lines: dict[int, Line] = {}
    for piece in pieces:
        number = piece.number or 0
        parsed = parse(piece.text, language, offset=piece.start)
        lines[number] = Line(
            number=number,
            text=piece.text,
            start=piece.start,
            parsed=parsed,
            refs=_refs_of(parsed.tree),
            count=piece.count,
        )
        problems.extend(parsed.problems)

    wrong = _reference_problems(lines)
    problems.extend(wrong)
    resolver = _Resolver(lines)
    last = max(lines)
    expansion = None
    if not {one.code for one in wrong} & {"line_missing", "line_forwards"}:
        expansion = expanded_text(lines, last)

    return Strategy(
        language=language,
        printed=text,
        tree=resolver.tree(last),
        problems=tuple(problems),
        lines=tuple(lines.values()),
        expansion=expansion,
    )


def _reference_problems(lines: Mapping[int, Line]) -> list[Problem]:
    """References that point nowhere or forwards, and lines that nobody uses."""
    problems, used = [], set()
    for line in lines.values():
        for ref in line.refs:
            used.add(ref.line)
            if ref.line not in lines:
                problems.append(_missing(line, ref))
            elif ref.line >= line.number:
                problems.append(_forwards(line, ref))

    others = [line for line in lines.values() if line.number != max(lines)]
    return problems + [_unused(line) for line in others if line.number not in used]


def _missing(line: Line, ref: Ref) -> Problem:
    return Problem(
        code="line_missing",
        severity=Severity.ERROR,
        span=ref.span,
        reason=f"line {line.number} names line {ref.line}, which is not there",
        source="a reference needs the numbered lines of the strategy",
    )


def _forwards(line: Line, ref: Ref) -> Problem:
    return Problem(
        code="line_forwards",
        severity=Severity.ERROR,
        span=ref.span,
        reason=f"line {line.number} names line {ref.line}, which does not stand before it",
        source="a line can only use earlier lines",
    )


def _unused(line: Line) -> Problem:
    return Problem(
        code="line_unused",
        severity=Severity.WARNING,
        span=line.span,
        reason=f"line {line.number} is never used",
        source="Sampson 2006: unused lines are among the common errors",
    )


@dataclass(slots=True)
class _Resolver:
    """The tree of a line with the trees of other lines in place of references, each made once."""

    lines: Mapping[int, Line]
    made: dict[int, Node | None] = field(default_factory=dict)

    def tree(self, last: int) -> Node | None:
        for number in sorted(self.lines):
            line = self.lines[number]
            self.made[number] = line.parsed.tree
            if line.refs:
                self.made[number] = self._put_in(line.parsed.tree, number)
        return self.made.get(last)

    def _put_in(self, node: Node | None, number: int) -> Node | None:
        if isinstance(node, Ref):
            if node.line < number and self.made.get(node.line) is not None:
                return self.made[node.line]
            return node
        if isinstance(node, Group | Near):
            operands = [self._put_in(one, number) for one in node.operands]
            return with_operands(node, tuple(one for one in operands if one is not None))

        return node


def expanded_text(lines: Mapping[int, Line], last: int) -> str | None:
    """The last line with every reference written out in parentheses.

    `None` where it would be longer than LONGEST_EXPANSION.
    """
    texts: dict[int, str] = {}
    for number in sorted(lines):
        written = _written_out(lines[number], texts)
        if len(written) > LONGEST_EXPANSION:
            return None
        texts[number] = written

    return texts[last]


def _written_out(line: Line, texts: Mapping[int, str]) -> str:
    """A line's text with its references replaced, and without what is no part of the search."""
    places: dict[Span, list[int]] = {
        one.span: [] for one in line.parsed.problems if one.code in _NO_PART
    }
    for ref in line.refs:
        places.setdefault(ref.span, []).append(ref.line)

    pieces, at = [], line.start
    for (first, last), numbers in sorted(places.items()):
        pieces.append(line.text[at - line.start : first - line.start])
        printed = line.text[first - line.start : last - line.start]
        pieces.append(_replacement(printed, [texts[one] for one in numbers]))
        at = last

    pieces.append(line.text[at - line.start :])
    return " ".join("".join(pieces).split())


def _replacement(printed: str, texts: Sequence[str]) -> str:
    """What is put in place of a reference: the line in parentheses, or all of a span's lines."""
    if not texts:
        return ""
    limited = _LIMIT.match(printed)
    if limited:
        return f"({texts[0]}) [limit to {limited['limits'].strip()}]"
    if len(texts) == 1:
        return f"({texts[0]})"

    word = " AND " if _JOINS_BY_AND.match(printed) else " OR "
    return f"({word.join(f'({text})' for text in texts)})"
