"""Numbered lines of a strategy: split, expanded, and what is wrong with their references. Pure.

The printed text is kept; places are places in it. Where the numbers were lost in print, the
non-blank lines are numbered from 1, and that is said.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from reviewkit.model.foreign import whole_number
from reviewkit.query.characters import odd_characters
from reviewkit.query.language import Language
from reviewkit.query.parse import Parsed, parse
from reviewkit.query.tree import Group, Near, Node, Problem, Ref, Severity, Span, walk

LONGEST_EXPANSION = 200_000
"""Characters of an expansion that are still written out."""

_LONGEST_SPAN = 500  # lines that "or/1-500" names; no strategy has more
_LABEL = re.compile(
    r"[ \t\u00a0]*+(?:#|[Ss](?=\d))?[ \t]*+(?P<number>\d{1,3})"
    r"(?:[ \t]*+[.):][ \t\u00a0]++|[ \t\u00a0]++)(?=\S)"
)
_OPERATOR = re.compile(r"(?i)(?:and|or|not)\b(?!/)")
_COUNT = re.compile(r"(?:(?<![ \t])[ \t]++\(\d[\d,. ]*+\)|(?<!\t)\t++\d[\d,.]*+)[ \t]*+$")
_REFERENCE = re.compile(
    r"#\s*(?P<hash>\d{1,3})(?!\w)|\b[Ss](?P<s>\d{1,3})\b|\b(?P<op>or|and)/(?P<span>[\d,\- ]+)"
    r"|(?<![\w.,:/$*-])(?P<bare>\d{1,3})(?=\s*(?:\)|$|\s(?:and|or|not)\b))"
    r"|\b(?P<limit>limit)\s+(?P<limited>\d{1,3})\s+to\s+(?P<limits>[^\n]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A numbered line: its text without number and count, and where that begins."""

    number: int
    text: str
    start: int
    parsed: Parsed

    @property
    def span(self) -> Span:
        return self.start, self.start + len(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """A query as printed, its tree with every line put in, and every problem.

    `expansion` is the text on one line, for languages that take it; `None` where the query has no
    lines or where a line is missing. `numbered` says how the lines got their numbers.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    number: int | None
    text: str
    start: int


def read_strategy(text: str, language: Language) -> Strategy:
    """The query or the numbered lines of a text. Raises nothing."""
    found = _read(text, language)
    return replace(found, problems=(*odd_characters(text), *found.problems))


def _read(text: str, language: Language) -> Strategy:
    pieces = _pieces(text)
    labelled = _labelled(pieces)
    if labelled:
        return _of_lines(text, language, labelled, [])
    if len(pieces) > 1 and _has_references(pieces, language):
        numbered = [replace(piece, number=n) for n, piece in enumerate(pieces, 1)]
        note = Problem(
            code="numbers_lost",
            severity=Severity.WARNING,
            span=(0, 0),
            reason="the lines have no numbers; they are counted from 1, blank lines left out",
            source="printed strategies lose their line numbers",
        )
        return _of_lines(text, language, numbered, [note])
    return _of_one(text, language)


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


def _pieces(text: str) -> list[_Piece]:
    """The non-blank lines with their places, counts at their ends left out."""
    pieces, start = [], 0
    for whole in text.splitlines(keepends=True):
        content = whole.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
        if content.strip():
            pieces.append(_Piece(number=None, text=content, start=start))
        start += len(whole)

    return pieces


def _labelled(pieces: list[_Piece]) -> list[_Piece]:
    """The lines without their printed numbers; none where the lines are not numbered.

    A line without a number continues the one before it.
    """
    found: list[_Piece] = []
    for piece in pieces:
        line = _numbered(piece, after=found[-1].number or 0 if found else None)
        if line:
            found.append(line)
        elif not found:
            return []
        else:
            found[-1] = _continued(found[-1], piece)

    return found if len(found) > 1 else []


def _numbered(piece: _Piece, *, after: int | None) -> _Piece | None:
    """The line without its number; `None` where it has none that is higher than `after`."""
    match = _LABEL.match(piece.text)
    if match is None or _OPERATOR.match(piece.text, match.end()):
        return None
    if after is not None and int(match["number"]) <= after:
        return None
    text = piece.text[match.end() :]
    return _Piece(number=int(match["number"]), text=text, start=piece.start + match.end())


def _continued(line: _Piece, piece: _Piece) -> _Piece:
    gap = " " * max(piece.start - line.start - len(line.text), 1)
    return replace(line, text=line.text + gap + piece.text)


def _has_references(pieces: list[_Piece], language: Language) -> bool:
    if not language.line_numbers:
        return False
    return any(_refs_of(parse(piece.text, language).tree) for piece in pieces)


def _refs_of(tree: Node | None) -> list[Ref]:
    if tree is None:
        return []
    return [node for node in walk(tree) if isinstance(node, Ref)]


def _of_lines(
    text: str, language: Language, pieces: list[_Piece], problems: list[Problem]
) -> Strategy:
    lines: dict[int, Line] = {}
    for piece in pieces:
        cleaned, stripped = _without_count(piece)
        problems.extend(stripped)
        number = piece.number or 0
        parsed = parse(cleaned, language, offset=piece.start)
        lines[number] = Line(number=number, text=cleaned, start=piece.start, parsed=parsed)
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


def _without_count(piece: _Piece) -> tuple[str, list[Problem]]:
    match = _COUNT.search(piece.text)
    if match is None:
        return piece.text.rstrip(), []
    problem = Problem(
        code="glued_text",
        severity=Severity.NOTE,
        span=(piece.start + match.start(), piece.start + match.end()),
        reason=f"{match[0].strip()!r} is a count printed with the line",
        source="printed strategies carry counts",
        repair="",
    )
    return piece.text[: match.start()].rstrip(), [problem]


def _reference_problems(lines: Mapping[int, Line]) -> list[Problem]:
    """References that point nowhere or forwards, and lines that nobody uses."""
    problems, used = [], set()
    for line in lines.values():
        for ref in _refs_of(line.parsed.tree):
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
            self.made[number] = self._put_in(self.lines[number].parsed.tree, number)
        return self.made.get(last)

    def _put_in(self, node: Node | None, number: int) -> Node | None:
        if isinstance(node, Ref):
            if node.line < number and self.made.get(node.line) is not None:
                return self.made[node.line]
            return node
        if isinstance(node, Group | Near):
            operands = [self._put_in(one, number) for one in node.operands]
            return replace(node, operands=tuple(one for one in operands if one is not None))
        return node


def expanded_text(lines: Mapping[int, Line], last: int) -> str | None:
    """The last line with every reference written out in parentheses.

    `None` where it would be longer than LONGEST_EXPANSION.
    """
    texts: dict[int, str] = {}
    for number in sorted(lines):
        line = lines[number]
        refs = {ref.span for ref in _refs_of(line.parsed.tree)}
        written = _written_out(line, refs, texts)
        if len(written) > LONGEST_EXPANSION:
            return None
        texts[number] = written

    return texts[last]


def _written_out(line: Line, spans: set[Span], texts: Mapping[int, str]) -> str:
    """A line's text with the places of its references replaced."""
    pieces, at = [], line.start
    for first, last in sorted(spans):
        pieces.append(line.text[at - line.start : first - line.start])
        pieces.append(_replacement(line.text[first - line.start : last - line.start], texts))
        at = last
    pieces.append(line.text[at - line.start :])
    return " ".join("".join(pieces).split())


def _replacement(printed: str, texts: Mapping[int, str]) -> str:
    """What stands in place of a reference: the line in parentheses, or all of a span's lines."""
    match = _REFERENCE.match(printed)
    if match is None:
        return printed
    if match["limit"]:
        return f"({texts[int(match['limited'])]}) [limit to {match['limits'].strip()}]"
    if match["op"]:
        numbers = _numbers(match["span"])
        joined = f" {match['op'].upper()} ".join(f"({texts[number]})" for number in numbers)
        return f"({joined})"
    number = match["hash"] or match["s"] or match["bare"]
    return f"({texts[int(number)]})"


def _numbers(span: str) -> list[int]:
    numbers: list[int] = []
    for piece in span.split(","):
        first, last = map(whole_number, map(str.strip, (*piece.split("-"), "")[:2]))
        if first is not None:
            numbers.extend(range(first, min(last or first, first + _LONGEST_SPAN) + 1))

    return numbers
