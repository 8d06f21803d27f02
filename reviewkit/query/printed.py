"""A printed strategy as its lines: numbers, counts, and what the page added are kept apart. Pure.

Places stay places in the printed text. Nothing is left out without a problem that says so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from reviewkit.model.foreign import whole_number
from reviewkit.query.language import Language
from reviewkit.query.tree import Problem, Severity, Span

_LABEL = re.compile(
    r"[ \t\u00a0]*+(?:#|[Ss](?=\d))?[ \t]*+(?P<number>\d{1,3})"
    r"(?:[ \t]*+[.):](?:[ \t\u00a0]++|$)|[ \t\u00a0]++|$)"
)
_OPERATOR = re.compile(r"(?i)[ \t]*+(?:and|or|not)\b(?!/)")
_ENDS_OPEN = re.compile(r"(?i)(?:\b(?:and|or|not)|[(,])[ \t]*+$")
_COUNT = re.compile(
    r"(?:(?<![ \t])[ \t]++\(\d[\d,. ]*+\)|(?<!\t)\t++\d[\d,.]*+(?:\t\d\d:\d\d:\d\d)?)[ \t]*+$"
)
_BARE_COUNT = re.compile(r"(?<![ \t])[ \t]++\d[\d,]*+[ \t]*+$")
_ONLY_NUMBER = re.compile(r"[ \t]*+\(?\d[\d,.]*+\)?[ \t]*+$")
_LONG_COUNT = re.compile(r"[ \t]*+\d{1,3}(?:,\d{3})++[ \t]*+$")
_LONE_NUMBER = re.compile(
    r"[ \t]*+(?:#\d{1,3}[.):]?|\d{1,3}[.):])[ \t]++(?=[^\s\d])(?!(?i:and|or|not)\b)"
)
_BROKEN_WORD = re.compile(r"[^\W\d_]-[ \t]*+\n[ \t]*+(?=[a-z])")
_PAGE_TEXT = re.compile(
    r"""(?ix) [ \t\u00a0]*+ (?:
        (?: © | \(c\)[ ]\d{4} | copyright\b ) .*
      | page [ ]*+ \d+ (?: [ ] of [ ] \d+ )? | \d+ [ ] of [ ] \d+
      | [-_=*\u2013\u2014 \t]{4,}
      | (?: downloaded [ ] from | doi: | https?:// | www\. ) .*
      | search [ ] (?:strategy|history) [ ]*+ :? | searches? [ ] results? | searches | results
      | \#? [ ]*+ (?:query|searches?) [ ] (?:results?|hits)
      | id [ ] search [ ] hits
      | (?: no\.? | search | \#) [ \t]++ (?: (?:actions|details) [ \t]++ )* query (?: [ \t] .* )?
      | (?: search[ ]name | date[ ]run | date[ ]searched | comment | interface ) [ ]*+ : .*
    ) [ \t]*+ $"""
)
_DATABASE = re.compile(
    r"""(?ix) [ \t]*+ (?: database (?:\(s\)|s)? [ ]*+ : .*
      | (?:ovid [ ])? (?: medline(?:\(r\))? | embase | pubmed | (?:apa[ ])?psycinfo | cinahl
        | central | cochrane[ ]library | scopus | web[ ]of[ ]science | lilacs )
        (?: [ ]* [(,:] [^\[\]/"=]{0,80} )? ) [ \t]*+ $"""
)
_SEARCH_WORD = re.compile(r"(?:Search|Query)\b:?[ \t]++")
_PAGE_SOURCE = "print adds page numbers, headings and rules between the lines of a strategy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A line as printed, without its number where `number` has it, and where its text begins.

    `count` is the number of records that was printed behind it.
    """

    number: int | None
    text: str
    start: int
    count: int | None = None

    @property
    def span(self) -> Span:
        return self.start, self.start + len(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """The lines of a strategy. `pieces` have numbers where the strategy prints them."""

    pieces: tuple[Piece, ...]
    has_numbers: bool
    problems: tuple[Problem, ...]


def even(text: str) -> str:
    """The text of the same length with wide letters and dashes between digits as plain ones."""
    text = text.translate({wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)})
    return re.sub(r"(?<=\d)[\u2010-\u2015\u2212](?=\d)", "-", text)


def printed_lines(text: str, language: Language) -> Printed:
    """The lines of a text, those that the page added left out and named."""
    pieces, problems = _without_page_text(_pieces(text))
    problems.extend(_broken_words(text))
    pieces, later = _first_strategy(pieces)
    problems.extend(later)

    pieces, above = _from_the_first_number(pieces)
    problems.extend(above)

    labelled, found = _labelled(pieces)
    if labelled:
        labelled, words = _without_the_word(labelled)
        found = [*found, *words]
        labelled, counts = _without_counts(labelled, _count_forms(labelled, language))
        return Printed(
            pieces=tuple(labelled), has_numbers=True, problems=(*problems, *found, *counts)
        )
    pieces, alone = _without_lone_number(pieces)
    pieces, counts = _without_counts(pieces, [_COUNT])
    return Printed(pieces=tuple(pieces), has_numbers=False, problems=(*problems, *alone, *counts))


def _pieces(text: str) -> list[Piece]:
    """The non-blank lines with their places."""
    pieces, start = [], 0
    for whole in text.splitlines(keepends=True):
        content = whole.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
        if content.strip():
            pieces.append(Piece(number=None, text=content, start=start))
        start += len(whole)

    return pieces


def _page_problem(piece: Piece) -> Problem:
    return Problem(
        code="page_text",
        severity=Severity.WARNING,
        span=piece.span,
        reason=f"{piece.text.strip()[:60]!r} is read as text of the page, not of the search",
        source=_PAGE_SOURCE,
        repair="",
    )


def _without_page_text(pieces: list[Piece]) -> tuple[list[Piece], list[Problem]]:
    """The lines of the search; a text of one line is taken as it is."""
    if len(pieces) < 2:
        return pieces, []
    added = [piece for piece in pieces if _PAGE_TEXT.match(piece.text)]
    kept = [piece for piece in pieces if piece not in added]
    return kept, [_page_problem(piece) for piece in added]


def _broken_words(text: str) -> Iterator[Problem]:
    for match in _BROKEN_WORD.finditer(text):
        yield Problem(
            code="broken_word",
            severity=Severity.WARNING,
            span=match.span(),
            reason="a word breaks at the end of the line: is its hyphen print's or its own?",
            source="print breaks words at the end of a line",
        )


def _first_strategy(pieces: list[Piece]) -> tuple[list[Piece], list[Problem]]:
    """The lines of the first strategy; a second one below it is an error with its place."""
    problems = []
    if len(pieces) > 1 and _DATABASE.match(pieces[0].text):
        problems.append(_page_problem(pieces[0]))
        pieces = pieces[1:]

    at = _second_begins(pieces)
    if at is None:
        return pieces, problems
    problems.append(
        Problem(
            code="several_strategies",
            severity=Severity.ERROR,
            span=(pieces[at].start, pieces[-1].span[1]),
            reason=f"a second strategy begins here ({pieces[at].text.strip()[:40]!r}); the lines "
            "from here on are not read",
            source="a line number points into its own strategy only",
        )
    )
    return pieces[:at], problems


def _second_begins(pieces: list[Piece]) -> int | None:
    """The place in the list where another database's name stands, or the numbers begin again."""
    numbers = [_label_of(piece) for piece in pieces]
    for at in range(1, len(pieces)):
        if _DATABASE.match(pieces[at].text):
            return at
        if numbers[at] == 1 and 1 in numbers[:at] and 2 in numbers[at:]:
            return at

    return None


def _label_of(piece: Piece) -> int | None:
    """The number that a line begins with; `None` where an operator follows it."""
    match = _LABEL.match(piece.text)
    if match is None or _OPERATOR.match(piece.text, match.end()):
        return None
    return int(match["number"])


def _labelled(pieces: list[Piece]) -> tuple[list[Piece], list[Problem]]:
    """The lines with their printed numbers, from the first; none where lines are not numbered.

    A line without a number continues the one before it. Numbers may run downwards.
    """
    numbers = [_label_of(piece) for piece in pieces]
    step = _step_of(numbers)
    if step is None:
        return [], []

    lines: list[Piece] = []
    problems: list[Problem] = []
    for at, piece in enumerate(pieces):
        last = lines[-1].number if lines else None
        if _is_next(piece, last, numbers[at:], step):
            lines.append(_begun(piece))
        elif _is_added(lines[-1], piece):
            problems.append(_count_problem(piece) if _is_number(piece) else _page_problem(piece))
        else:
            lines[-1] = _continued(lines[-1], piece)

    return (lines[::step], problems) if len(lines) > 1 else ([], [])


def _from_the_first_number(pieces: list[Piece]) -> tuple[list[Piece], list[Problem]]:
    """The lines from number 1 on where 2 follows; what stands above is a heading of the page."""
    numbers = [_label_of(piece) for piece in pieces]
    if 1 not in numbers or any(numbers[: numbers.index(1)]):
        return pieces, []
    first = numbers.index(1)
    if 2 not in numbers[first:] or _OPERATOR.match(pieces[first + 1].text):
        return pieces, []

    return pieces[first:], [_page_problem(piece) for piece in pieces[:first]]


def _step_of(numbers: list[int | None]) -> int | None:
    """1 where the lines are numbered upwards, -1 downwards to 1, `None` where they are not."""
    known = [number for number in numbers if number is not None]
    if len(known) < 2 or numbers[0] is None:
        return None
    if known[0] > known[-1] == 1 and known[0] - 1 in known[1:]:
        return -1
    return 1


def _begun(piece: Piece) -> Piece:
    """The line without the number that it begins with."""
    match = _LABEL.match(piece.text)
    end = match.end() if match else 0
    return Piece(number=_label_of(piece), text=piece.text[end:], start=piece.start + end)


def _is_next(piece: Piece, last: int | None, numbers: list[int | None], step: int) -> bool:
    """Whether the number at the beginning of a line is its own, and no word or count.

    `numbers` are those of this line and all later ones.
    """
    number, *later = numbers
    if number is None:
        return False
    if last is None or number == last + step:
        return True
    return not _is_number(piece) and (number - last) * step > 0 and last + step not in later


def _is_number(piece: Piece) -> bool:
    return _ONLY_NUMBER.match(piece.text) is not None


def _is_added(line: Piece, piece: Piece) -> bool:
    """Whether a line without a number is a count, or stands behind the count of a whole line."""
    if _LONG_COUNT.match(piece.text):
        return True
    if not line.text.strip() or _ENDS_OPEN.search(line.text):
        return False

    return _is_number(piece) or _COUNT.search(line.text) is not None


def _continued(line: Piece, piece: Piece) -> Piece:
    if not line.text:
        return replace(line, text=piece.text, start=piece.start)
    gap = " " * max(piece.start - line.start - len(line.text), 1)
    return replace(line, text=line.text + gap + piece.text)


def joined_by_operators(pieces: tuple[Piece, ...]) -> tuple[list[Piece], list[Problem]]:
    """Lines without numbers; those that an operator at their edge joins are one line."""
    lines: list[Piece] = []
    problems = []
    for piece in pieces:
        if lines and (_OPERATOR.match(piece.text) or _ENDS_OPEN.search(lines[-1].text)):
            lines[-1] = _continued(lines[-1], piece)
            problems.append(_joined_problem(piece))
        else:
            lines.append(piece)

    return lines, problems


def _joined_problem(piece: Piece) -> Problem:
    return Problem(
        code="lines_joined",
        severity=Severity.WARNING,
        span=piece.span,
        reason="an operator at the edge of the line joins it to the line before it",
        source="printed strategies break a line at its operators",
    )


def _without_lone_number(pieces: list[Piece]) -> tuple[list[Piece], list[Problem]]:
    """A single query without the number of a list before it: "1. ", "#1 "."""
    match = _LONE_NUMBER.match(pieces[0].text) if pieces else None
    if match is None or any(_label_of(piece) is not None for piece in pieces[1:]):
        return pieces, []
    piece = pieces[0]
    number = replace(piece, text=match[0])
    rest = replace(piece, text=piece.text[match.end() :], start=piece.start + match.end())
    problem = replace(_count_problem(number), reason=f"{match[0].strip()!r} is a line's number")
    return [rest, *pieces[1:]], [problem]


def _without_the_word(lines: list[Piece]) -> tuple[list[Piece], list[Problem]]:
    """The lines without the word "Search" that a history prints before each of them."""
    matches = [_SEARCH_WORD.match(line.text) for line in lines]
    if not all(matches):
        return lines, []
    found, problems = [], []
    for line, match in zip(lines, matches, strict=True):
        size = match.end() if match else 0
        word = replace(line, text=line.text[:size])
        problems.append(replace(_count_problem(word), reason="a history prints this word"))
        found.append(replace(line, text=line.text[size:], start=line.start + size))

    return found, problems


def _count_forms(lines: list[Piece], language: Language) -> list[re.Pattern[str]]:
    """How counts are printed behind lines.

    Bare numbers are counts where every line has one, or half of them where a reference needs a
    sign.
    """
    bare = sum(_BARE_COUNT.search(line.text) is not None for line in lines)
    least = len(lines) if language.bare_references else len(lines) / 2
    if len(lines) > 2 and bare >= least:
        return [_COUNT, _BARE_COUNT]
    return [_COUNT]


def _without_counts(
    lines: list[Piece], forms: list[re.Pattern[str]]
) -> tuple[list[Piece], list[Problem]]:
    """The lines without the counts printed behind them."""
    found: list[Piece] = []
    problems = []
    for line in lines:
        match = next(filter(None, (form.search(line.text) for form in forms)), None)
        text = line.text[: match.start()] if match else line.text
        count = _count_in(match[0]) if match else None
        found.append(replace(line, text=text.rstrip(), count=count))
        if match:
            at = line.start + match.start()
            problems.append(_count_problem(Piece(number=None, text=match[0], start=at)))

    return found, problems


def _count_in(text: str) -> int | None:
    """The number of records in what is printed behind a line."""
    number = re.search(r"\d[\d,. ]*", text)
    return whole_number(re.sub(r"[,. ]", "", number[0])) if number else None


def _count_problem(piece: Piece) -> Problem:
    return Problem(
        code="glued_text",
        severity=Severity.NOTE,
        span=piece.span,
        reason=f"{piece.text.strip()!r} is a count printed with the line",
        source="printed strategies carry counts",
        repair="",
    )
