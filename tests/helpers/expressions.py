"""Every regular expression of the package, and hostile texts made from each of them."""

import ast
import re
import re._constants as names  # type: ignore[import-not-found]  # the parser's own names
import re._parser as parser  # type: ignore[import-not-found]  # what `re` reads a pattern with
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import reviewkit
from reviewkit.query.dialects.languages import LANGUAGES
from reviewkit.query.lex import token_pattern

FOLDER = Path(reviewkit.__file__).parent
_METHODS = ("match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A pattern, its flags, where it is, and how it is used."""

    place: str
    pattern: re.Pattern[Any]
    methods: frozenset[str]


def expressions() -> list[Expression]:
    """Every pattern that is written in the package, and those that are put together there."""
    found: list[Expression] = []
    trees = {
        path.relative_to(FOLDER).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(FOLDER.rglob("*.py"))
    }
    shared: dict[str, set[str]] = {}
    for tree in trees.values():
        for name, methods in _uses(tree).items():
            if not name.startswith("_"):
                shared.setdefault(name, set()).update(methods)
    for path, tree in trees.items():
        found += _in_module(tree, path, shared)
    for language in LANGUAGES.values():
        tokens = token_pattern(language.tokens).pattern
        found.append(_at(f"tokens of {language.id}", tokens, {"match"}))
        for sign in language.signs:
            found.append(_at(f"signs of {language.id}", re.compile(sign), {"findall"}))
    return found


def _at(place: str, pattern: re.Pattern[Any], methods: set[str]) -> Expression:
    return Expression(place=place, pattern=pattern, methods=frozenset(methods))


def _in_module(tree: ast.Module, path: str, shared: dict[str, set[str]]) -> Iterator[Expression]:
    used, assigned = {**_uses(tree), **shared}, _names(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        pattern = _compiled(node)
        if pattern is not None:
            methods = {node.func.attr} & {*_METHODS}
            if node.func.attr == "compile":
                methods = used.get(assigned.get(id(node), ""), set())
            yield _at(f"{path}:{node.lineno}", pattern, methods or {"search"})


def _names(tree: ast.Module) -> dict[int, str]:
    """The name that each value is given to."""
    return {
        id(node.value): node.targets[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }


def _uses(tree: ast.Module) -> dict[str, set[str]]:
    """The methods that are called on each name; a name that is passed on may be searched with."""
    used: dict[str, set[str]] = {}
    calls = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.attr in _METHODS:
                used.setdefault(node.value.id, set()).add(node.attr)
        elif (
            isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in calls
        ):
            used.setdefault(node.id, set()).add("search")
    return used


def _is_re(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "re"
        and function.attr in {"compile", *_METHODS}
    )


def _compiled(node: ast.expr) -> re.Pattern[Any] | None:
    """The pattern of a call of `re` whose text is written out there."""
    if not isinstance(node, ast.Call) or not _is_re(node.func) or not node.args:
        return None
    try:
        text = ast.literal_eval(node.args[0])
    except ValueError:
        return None
    flags = 0
    for argument in (*node.args[1:], *(keyword.value for keyword in node.keywords)):
        flags |= _flags(argument)
    return re.compile(text, flags)


def _flags(node: ast.expr) -> int:
    flags = 0
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and ast.unparse(part.value) == "re":
            flags |= int(getattr(re, part.attr, 0))
    return flags


# What is repeated beside the expression's own pieces.
_COMMON = (" ", "a", "1", "\n", ",", "(", '"')
_MISSES = ("\x01", "!", "x\n")


def hostile_texts(pattern: re.Pattern[Any], size: int) -> Iterator[Any]:
    """Long texts that fit an expression nearly: a start of it, one piece again and again, a miss."""
    is_bytes = isinstance(pattern.pattern, bytes)
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)
    seen = set()
    for start, piece in [*_pieces(list(tree), ""), *(("", common) for common in _COMMON)]:
        for lead in {start, ""}:
            for miss in _MISSES:
                if piece and (lead, piece, miss) not in seen:
                    seen.add((lead, piece, miss))
                    text = lead + piece * (size // len(piece)) + miss
                    yield text.encode("latin-1", "replace") if is_bytes else text


def _pieces(items: list[Any], before: str) -> Iterator[tuple[str, str]]:
    """Each repeated piece with an example of what stands before it."""
    for kind, value in items:
        if kind in {names.MAX_REPEAT, names.MIN_REPEAT, names.POSSESSIVE_REPEAT}:
            least, most, inner = value
            if most is names.MAXREPEAT or most > 40:
                for example in _examples(list(inner)):
                    yield before, example
                    yield "", before + example
            yield from _pieces(list(inner), before)
            before += _example(list(inner)) * least
        elif kind is names.SUBPATTERN:
            yield from _pieces(list(value[3]), before)
            before += _example(list(value[3]))
        elif kind is names.ATOMIC_GROUP:
            yield from _pieces(list(value), before)
            before += _example(list(value))
        elif kind is names.BRANCH:
            for branch in value[1]:
                yield from _pieces(list(branch), before)
            before += _example(list(value[1][0]))
        elif kind in {names.ASSERT, names.ASSERT_NOT}:
            yield from _pieces(list(value[1]), before)
        else:
            before += _example([(kind, value)])


def _examples(items: list[Any]) -> set[str]:
    """Some texts that fit: where one item is a class, one of each of its kinds."""
    if len(items) == 1 and items[0][0] is names.IN:
        return {_of_class([part]) for part in items[0][1]} | {_of_class(items[0][1])}
    if len(items) == 1 and items[0][0] is names.SUBPATTERN:
        return _examples(list(items[0][1][3]))
    if len(items) == 1 and items[0][0] is names.BRANCH:
        return {_example(list(branch)) for branch in items[0][1][1]}
    return {_example(items)}


def _example(items: list[Any]) -> str:
    """A text that fits the items, most of the time."""
    text = ""
    for kind, value in items:
        if kind is names.LITERAL:
            text += chr(value)
        elif kind is names.NOT_LITERAL:
            text += "a" if value != ord("a") else "b"
        elif kind is names.ANY:
            text += "a"
        elif kind is names.IN:
            text += _of_class(value)
        elif kind in {names.MAX_REPEAT, names.MIN_REPEAT, names.POSSESSIVE_REPEAT}:
            text += _example(list(value[2])) * max(value[0], min(1, value[1]))
        elif kind is names.SUBPATTERN:
            text += _example(list(value[3]))
        elif kind is names.ATOMIC_GROUP:
            text += _example(list(value))
        elif kind is names.BRANCH:
            text += _example(list(value[1][0]))
    return text


_CANDIDATES = "a1 A,.;:-()[]{}<>\"'\n\t\\/_#@&=*+?!|%$~^`é–"


def _of_class(parts: list[Any]) -> str:
    """A character of a class."""
    for character in _CANDIDATES:
        if _fits(parts, character):
            return character
    for kind, value in parts:
        if kind is names.LITERAL:
            return chr(value)
        if kind is names.RANGE:
            return chr(value[0])
    return "a"


_CATEGORIES: dict[Any, Callable[[str], bool]] = {
    names.CATEGORY_DIGIT: str.isdigit,
    names.CATEGORY_SPACE: str.isspace,
    names.CATEGORY_WORD: lambda character: character.isalnum() or character == "_",
    names.CATEGORY_NOT_DIGIT: lambda character: not character.isdigit(),
    names.CATEGORY_NOT_SPACE: lambda character: not character.isspace(),
    names.CATEGORY_NOT_WORD: lambda character: not (character.isalnum() or character == "_"),
}


def _fits(parts: list[Any], character: str) -> bool:
    wanted = True
    for kind, value in parts:
        if kind is names.NEGATE:
            wanted = False
        elif (
            (kind is names.LITERAL and value == ord(character))
            or (kind is names.RANGE and value[0] <= ord(character) <= value[1])
            or (kind is names.CATEGORY and _CATEGORIES[value](character))
        ):
            return wanted
    return not wanted
