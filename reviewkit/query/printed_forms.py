"""A printed query, and the other ways to read what stands there. Pure.

Each way has a name that says what differs from the print; the printed text itself is kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from reviewkit.model.messages import in_english, mark
from reviewkit.query.language import AND_FIRST, Language
from reviewkit.query.limits import limits_held
from reviewkit.query.lines import Line, Strategy, expanded_text, read_strategy
from reviewkit.query.lint import lint, repaired
from reviewkit.query.parse import parse
from reviewkit.query.readings import NO_LIMITS, LimitSet, PrintedForm
from reviewkit.query.tree import Group, Kind, Node, Op, Problem, terms, walk

AS_PRINTED = PrintedForm(name=mark("as printed"))
_MOST_LINES = 6
"""So many lines before the last one are readings of their own."""

_CHANGES_NOTHING = frozenset(
    {"glued_text", "page_text", "small_operator", "no_operator", "lines_joined"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedText:
    """One way to read a printed query: the text, and what is known of it without asking.

    `count` is the number that is printed with its line. `holds` are the limits that stand in it.
    `wrong` says why it cannot be read; empty where it can.
    """

    form: PrintedForm
    text: str
    count: int | None = None
    holds: LimitSet = NO_LIMITS
    wrong: str = ""


def printed_texts(printed: str, language: Language, *, words: str = "") -> tuple[PrintedText, ...]:
    """The query as printed, and the other ways to read it, each text once.

    `words` is the tag of words in title or abstract.
    """
    found: dict[str, PrintedText] = {}
    for one in _ways(printed, language, words):
        if one.text not in found:
            found[one.text] = _read(one, language)

    return tuple(found.values())


def _read(one: PrintedText, language: Language) -> PrintedText:
    """The text with what stands in it, or what is wrong with it."""
    strategy = read_strategy(one.text, language)
    if strategy.tree is None or strategy.broken:
        reasons = dict.fromkeys(problem.reason for problem in strategy.broken)
        return replace(one, wrong="; ".join(reasons) or mark("there is nothing to search for"))
    return replace(one, holds=limits_held(strategy.tree))


def _ways(printed: str, language: Language, words: str) -> Iterator[PrintedText]:
    strategy = read_strategy(printed, language)

    whole = strategy.expansion or printed
    last = strategy.lines[-1].count if strategy.lines else None
    yield PrintedText(form=AS_PRINTED, text=whole, count=last)

    for name, text in _repairs(strategy):
        again = read_strategy(text, language)
        yield PrintedText(form=PrintedForm(name=name), text=again.expansion or text)
    yield from _regrouped(whole, language)
    yield from _tagged(whole, language, words)
    yield from _earlier_lines(strategy)


def _repairs(strategy: Strategy) -> Iterator[tuple[str, str]]:
    """The text with every repair that may change what is found; then with one kind of them."""
    by_code: dict[str, list[Problem]] = {}
    for one in lint(strategy):
        if one.repair is not None and one.code not in _CHANGES_NOTHING:
            by_code.setdefault(one.code, []).append(one)
    if not by_code:
        return
    everything = list(chain.from_iterable(by_code.values()))
    yield _repair_name(by_code), repaired(strategy.printed, everything)

    for code, several in by_code.items():
        yield _repair_name([code]), repaired(strategy.printed, several)


def _repair_name(codes: Mapping[str, object] | Sequence[str]) -> str:
    return in_english("with the repairs of lint: {codes}", codes=", ".join(codes))


def _regrouped(text: str, language: Language) -> Iterator[PrintedText]:
    """AND before OR, where the language reads from left to right and no parentheses say so."""
    if not language.left_to_right:
        return
    tree = parse(text, replace(language, precedence=AND_FIRST)).tree
    spans = [] if tree is None else [one.span for one in _bare_ands(tree)]
    if not spans:
        return

    written = _inserted(
        text, [(first, "(") for first, _ in spans], [(end, ")") for _, end in spans]
    )
    if parse(written, language).tree != parse(text, language).tree:
        name = mark("AND before OR, as other databases read it")
        yield PrintedText(form=PrintedForm(name=name), text=written)


def _bare_ands(tree: Node) -> Iterator[Node]:
    """The groups of AND under an OR that no parentheses hold together."""
    for node in walk(tree):
        if isinstance(node, Group) and node.op is Op.OR:
            yield from (one for one in node.operands if _is_bare_and(one))


def _is_bare_and(node: Node) -> bool:
    return isinstance(node, Group) and node.op is Op.AND and not node.bracketed


def _tagged(text: str, language: Language, words: str) -> Iterator[PrintedText]:
    """Untagged terms as words in title or abstract: a print may leave out what a form added."""
    tree = parse(text, language).tree
    if not words or tree is None:
        return
    ends = [one.span[1] for one in terms(tree) if one.kind is Kind.MAPPED]
    if ends:
        name = mark("untagged words in title or abstract")
        written = _inserted(text, [], [(end, words) for end in ends])
        yield PrintedText(form=PrintedForm(name=name), text=written)


def _earlier_lines(strategy: Strategy) -> Iterator[PrintedText]:
    """The lines before the last one that use other lines, from the last one back."""
    lines = {line.number: line for line in strategy.lines}
    using = [line for line in strategy.lines[:-1] if line.refs][-_MOST_LINES:]
    for line in reversed(using):
        text = _text_of(line, lines)
        if text is not None:
            name = in_english("line {n} alone", n=line.number)
            yield PrintedText(form=PrintedForm(name=name), text=text, count=line.count)


def _text_of(line: Line, lines: Mapping[int, Line]) -> str | None:
    """The line with every reference written out; `None` where it names one that is not there."""
    upto = {number: one for number, one in lines.items() if number <= line.number}
    refs = chain.from_iterable(one.refs for one in upto.values())
    if any(ref.line not in upto for ref in refs):
        return None

    return expanded_text(upto, line.number)


def _inserted(
    text: str, before: Sequence[tuple[int, str]], after: Sequence[tuple[int, str]]
) -> str:
    """The text with pieces put in at their places; what closes stands before what opens."""
    pieces: list[str] = []
    at = 0
    for place, piece in sorted([*after, *before], key=lambda one: one[0]):
        pieces.extend((text[at:place], piece))
        at = place

    return "".join([*pieces, text[at:]])
