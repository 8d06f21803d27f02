"""One query, without numbered lines, as a tree. Pure.

A precedence-climbing parser for every language; what differs is in the tables of `dialects/`.
It raises nothing: what cannot be read is a problem with its place.
"""

from dataclasses import dataclass, field, replace

from reviewkit.model.foreign import whole_number
from reviewkit.query.language import Between, Language, Token
from reviewkit.query.lex import tokens_of
from reviewkit.query.tree import (
    Group,
    Kind,
    Near,
    Node,
    Op,
    Problem,
    Ref,
    Severity,
    Span,
    Term,
    join,
    with_operands,
)

MOST_TOKENS = 20_000
"""Words and signs of one query that are still read; printed strategies have some hundreds."""

DEEPEST = 100
"""Parentheses inside each other that are still read."""

_NEAR = 9
_BEGINS = frozenset({"open", "word", "quoted", "heading", "lead", "ref", "refs", "limit", "range"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A tree, or `None` where there is none, and every problem."""

    language: Language
    text: str
    tree: Node | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(one for one in self.problems if one.severity is Severity.ERROR)


class _TooDeepError(Exception):
    """More parentheses inside each other than are read."""


@dataclass(slots=True)
class _Parser:
    language: Language
    tokens: list[Token]
    problems: list[Problem]
    end: int
    at: int = 0
    depth: int = 0
    levels: list[set[Op]] = field(default_factory=list)

    def peek(self) -> Token | None:
        if self.at < len(self.tokens):
            return self.tokens[self.at]
        return None

    def kind(self) -> str:
        token = self.peek()
        return token.kind if token else ""

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def report(self, code: str, span: Span, reason: str, repair: str | None = None) -> None:
        self.problems.append(
            Problem(
                code=code,
                severity=Severity.ERROR,
                span=span,
                reason=reason,
                source="the grammar of the language",
                repair=repair,
            )
        )

    def whole(self) -> Node | None:
        """The tree of all tokens; a parenthesis that closes nothing is named and passed over."""
        node = self.expression(0)
        while self.at < len(self.tokens):
            token = self.take()
            if token.kind == "close":
                reason = "a parenthesis closes that was never opened"
                self.report("close_unopened", token.span, reason)
            else:
                self.report("unread", token.span, f"{token.text!r} has no meaning here")
            if self.kind() in _BEGINS or self.kind() in {"op", "near"}:
                node = self.climb(node, 0)

        return node

    def expression(self, least: int) -> Node | None:
        return self.climb(self.operand(), least)

    def climb(self, left: Node | None, least: int) -> Node | None:
        """`left` with every operator behind it that binds at least as closely."""
        while True:
            token = self.peek()
            if token is None or token.kind not in {"op", "near"} | _BEGINS:
                return left
            strength = self.strength(token)
            if strength <= least:
                return left
            left = self.combine(left, token, strength)

    def strength(self, token: Token) -> int:
        if token.kind == "near":
            return _NEAR
        return self.language.precedence[self.operator(token)]

    def operator(self, token: Token) -> Op:
        """The operator of a token; of a token that begins an operand, what a blank means."""
        if token.kind == "op":
            words = token.text.upper()
            return next((op for op in (Op.NOT, Op.OR) if op in words), Op.AND)
        return Op.OR if self.language.between is Between.OR else Op.AND

    def combine(self, left: Node | None, token: Token, strength: int) -> Node | None:
        if token.kind in {"op", "near"}:
            self.take()
        right = self.climb(self.operand(after=token), strength)
        if left is None or right is None:
            return left or right
        span = (left_of(left), right_of(right))
        if token.kind == "near":
            return self.near(left, right, token, span)

        op = self.operator(token)
        if token.kind != "op":
            self.note_blank(left, right, op)
        elif "/" in token.text:
            self.report("and_or", token.span, "AND/OR is no operator: is it AND, or is it OR?")
        if self.levels:
            self.levels[-1].add(op)
        return join(op, left, right, span=span)

    def near(self, left: Node, right: Node, token: Token, span: Span) -> Node:
        near = near_of(token, self.language.near_default)
        if isinstance(left, Near) and (left.distance, left.ordered) == near:
            return replace(left, operands=(*left.operands, right), span=span)
        return Near(operands=(left, right), distance=near[0], ordered=near[1], span=span)

    def note_blank(self, left: Node, right: Node, op: Op) -> None:
        is_line = isinstance(left, Ref) or isinstance(right, Ref)
        self.problems.append(
            Problem(
                code="no_operator",
                severity=Severity.WARNING if is_line else Severity.NOTE,
                span=(right_of(left), left_of(right)),
                reason=f"no operator between these; it is read as {op}",
                source="the language's rule for blanks",
                repair=f" {op} ",
            )
        )

    def operand(self, after: Token | None = None) -> Node | None:
        token = self.peek()
        if token is None or token.kind not in _BEGINS:
            self.missing(token, after)
            return None
        match token.kind:
            case "open":
                node = self.parenthesis()
            case "lead":
                return self.led(self.take())
            case "ref":
                self.take()
                node = Ref(
                    line=whole_number(token.groups.get("number") or "") or 0, span=token.span
                )
            case "refs" | "limit" | "range" | "heading":
                self.take()
                node = self.special(token)
            case _:
                node = self.words()

        return self.tagged(node)

    def special(self, token: Token) -> Node:
        read = self.language.read_heading
        if read is None:  # no language has such tokens without a reader
            return Term(text=token.text, span=token.span)
        return read(token)

    def missing(self, token: Token | None, after: Token | None) -> None:
        last = after or token
        span = last.span if last else (self.end, self.end)
        if after is not None and after.kind in {"op", "near"}:
            self.report("nothing_behind", after.span, f"nothing stands behind {after.text!r}")
        elif token is not None and token.kind == "op":
            self.report("nothing_before", span, f"nothing stands before {token.text!r}")
        elif token is None:
            self.report("empty", span, "there is nothing to search for")

    def parenthesis(self) -> Node | None:
        opened = self.take()
        begins_all = all(one.kind == "open" for one in self.tokens[: self.at])
        if self.kind() == "close":
            closed = self.take()
            self.report("empty_parentheses", (opened.span[0], closed.span[1]), "empty parentheses")
            return None
        self.depth += 1
        if self.depth > DEEPEST:
            raise _TooDeepError
        node = self.expression(0)
        self.depth -= 1
        if self.kind() != "close":
            # Around the whole query it changes nothing, so that it can go.
            repair = "" if begins_all else None
            self.report("never_closed", opened.span, "a parenthesis is never closed", repair)
            return node

        closed = self.take()
        if isinstance(node, Group):
            return replace(node, bracketed=True, span=(opened.span[0], closed.span[1]))
        return node

    def led(self, token: Token) -> Node | None:
        """An operand behind its field."""
        if self.kind() not in _BEGINS:
            self.report("nothing_behind", token.span, f"nothing stands behind {token.text!r}")
            return None
        node = self.operand()
        node = self.climb(node, _NEAR - 1)
        if node is None:
            return None
        return self.with_field(node, token)

    def words(self) -> Node:
        """A run of words as one term where a blank makes a phrase; else one word."""
        first = self.take()
        run = [first]
        if first.kind == "word" and self.language.between is Between.PHRASE:
            while self.kind() == "word":
                run.append(self.take())

        text = " ".join(token.text for token in run)
        quoted = first.kind == "quoted"
        if quoted:
            text = " ".join(text[1:-1].split())
        span = (first.span[0], run[-1].span[1])
        return Term(text=text, quoted=quoted, span=span)

    def tagged(self, node: Node | None) -> Node | None:
        """The operand with the tags behind it."""
        while node is not None and self.kind() == "tag":
            node = self.with_field(node, self.take())
        return node

    def with_field(self, node: Node, token: Token) -> Node:
        node, problems = self.language.read_field(node, token)
        self.problems.extend(problems)
        return node


def near_of(token: Token, default: int) -> tuple[int, bool]:
    """The words between and whether the order counts, as the language's pattern names them."""
    groups = token.groups
    ordered = groups.get("ordered") is not None
    if groups.get("between") is not None:
        return whole_number(groups["between"] or "") or 0, ordered
    if groups.get("within") is not None:
        return max((whole_number(groups["within"] or "") or 1) - 1, 0), ordered
    return (0 if ordered else default), ordered


def left_of(node: Node) -> int:
    return node.span[0]


def right_of(node: Node) -> int:
    return node.span[1]


def parse(text: str, language: Language, *, offset: int = 0) -> Parsed:
    """The tree of a query. `offset` is where the text begins in a longer one."""
    tokens, problems = tokens_of(text, language, offset=offset)
    parser = _Parser(language, tokens, list(problems), offset + len(text))
    if len(tokens) > MOST_TOKENS:
        reason = f"more than {MOST_TOKENS:,} words and signs in one query"
        parser.report("too_long", (offset, offset + len(text)), reason)
        return Parsed(language=language, text=text, tree=None, problems=tuple(parser.problems))

    try:
        tree = parser.whole()
    except _TooDeepError:
        tree = None
        reason = f"more than {DEEPEST} parentheses inside each other"
        parser.report("too_deep", (offset, offset + len(text)), reason)

    if tree is not None and language.words_untagged is not None:
        tree = untagged_as(tree, language)
    return Parsed(language=language, text=text, tree=tree, problems=tuple(parser.problems))


def untagged_as(node: Node, language: Language) -> Node:
    """The tree, terms without a tag in the field that the language gives them."""
    if isinstance(node, Term):
        default = language.words_untagged
        if node.kind is Kind.MAPPED and default is not None:
            return default.apply(node, tag="", span=node.span)
        return node
    if isinstance(node, Group | Near):
        return with_operands(node, tuple(untagged_as(one, language) for one in node.operands))
    return node
