"""Every verb and option that a text of reviewkit names exists: hints, errors, help, docstrings."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROJECT
from tests.helpers.command_tree import commands

# What follows the program's name where a sentence speaks of the program, not of a command.
_PROSE = frozenset(
    [
        "asks",
        "brings",
        "can",
        "cannot",
        "does",
        "has",
        "itself",
        "keeps",
        "key",
        "knows",
        "made",
        "names",
        "prints",
        "protocol",
        "raises",
        "reads",
        "run",
        "ships",
        "that",
        "uses",
        "wrote",
    ]
)
# Options of other programs (systemctl, git, gh) in the jobs that `schedule` writes.
_FOREIGN = frozenset(
    [
        "--user",
        "--now",
        "--cached",
        "--state",
        "--search",
        "--jq",
        "--body-file",
        "--python",
        "--rebase",
    ]
)
# Words between backticks that are no verbs: a tag, and the column of a table.
_NO_VERBS = frozenset({"sample", "text"})
_GLOBAL = frozenset({"--help", "--version", "--install-completion", "--show-completion"})

_COMMAND = re.compile(
    r"""(?<![\w/.-])reviewkit[ \n]+([a-z_]+)  # the verb
    (.*?)(?=[;,)`]|\.[ ]|\.$|\n\n|reviewkit[ ]|$)  # its arguments, to the end of the command""",
    re.DOTALL | re.VERBOSE,
)
_IN_BACKTICKS = re.compile(r"`([a-z]+)`")
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text of a module: its line, and whether it is a docstring, which users may not see."""

    line: int
    text: str
    is_docstring: bool


def texts(path: Path) -> Iterator[Text]:
    """The texts of a module; what an f-string inserts counts as one word."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    formatted = [node for node in nodes if isinstance(node, ast.JoinedStr)]
    inside = {id(part) for node in formatted for part in ast.walk(node) if part is not node}
    for node in nodes:
        if isinstance(node, ast.JoinedStr) and id(node) not in inside:
            text = "".join(_part(value) for value in node.values)
        elif isinstance(node, ast.Constant) and id(node) not in inside:
            text = _part(node)
        else:
            continue
        yield Text(line=node.lineno, text=text, is_docstring=id(node) in docstrings)


def _part(value: ast.expr) -> str:
    if isinstance(value, ast.Constant):
        return value.value if isinstance(value.value, str) else ""
    return "WORD"


def options_of(command: Any) -> set[str]:
    """The options of a command, and of the one that a group runs by itself."""
    own = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
    run = commands().get(f"{command.name} run")
    return own | (options_of(run) if run else set()) | _GLOBAL


@cache
def all_options() -> frozenset[str]:
    """The options of every command, and those of other programs that a text may name."""
    return _FOREIGN.union(*(options_of(command) for command in commands().values()))


def wrong_commands(text: str) -> Iterator[str]:
    """The commands of a text whose verb or option does not exist."""
    for verb, rest in _COMMAND.findall(text):
        if verb in _PROSE:
            continue
        if verb not in commands():
            yield f"no verb {verb}"
            continue
        name = " ".join([verb, *rest.split()[:1]])
        name = name if name in commands() else verb
        known = options_of(commands()[name])
        for option in _OPTION.findall(rest):
            if option not in known:
                yield f"reviewkit {name} has no {option}"


def unknown_options(text: str) -> Iterator[str]:
    """The options of a text that no command has."""
    known = all_options()
    for option in _OPTION.findall(text):
        if option not in known:
            yield f"no option {option}"


def unknown_verbs(text: str) -> Iterator[str]:
    """The words between backticks that are no verb."""
    known = {word for name in commands() for word in name.split()} | _NO_VERBS
    for word in _IN_BACKTICKS.findall(text):
        if word not in known:
            yield f"no verb {word}"


def mistakes(text: str, *, is_docstring: bool = False) -> Iterator[str]:
    """What a text names that does not exist."""
    yield from wrong_commands(text)
    yield from unknown_options(text)
    if not is_docstring:
        yield from unknown_verbs(text)


def test_every_verb_and_option_that_a_text_names_exists() -> None:
    wrong = []
    for path in sorted((PROJECT / "reviewkit").rglob("*.py")):
        for text in texts(path):
            where = f"{path.relative_to(PROJECT)}:{text.line}"
            found = mistakes(text.text, is_docstring=text.is_docstring)
            wrong += [f"{where}: {mistake}" for mistake in found]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("search again: reviewkit search --fresh", "reviewkit search has no --fresh"),
        ("reviewkit inspect lists the pages", "no verb inspect"),
        ("`inspect` lists every damaged page", "no verb inspect"),
        ("add --sooner", "no option --sooner"),
        ("reviewkit prisma check --dpi 3", "reviewkit prisma check has no --dpi"),
        ("reviewkit diff 1 2 --per-version", "reviewkit diff has no --per-version"),
    ],
)
def test_a_wrong_hint_is_noticed(text: str, mistake: str) -> None:
    assert mistake in list(mistakes(text))


@pytest.mark.parametrize(
    "text",
    [
        "reviewkit dedupe --out a.ris; add --protocol",
        "reviewkit decisions export --reviewer ana",
        "`update` stores what `search` brings; reviewkit itself decides nothing",
    ],
)
def test_a_right_hint_passes(text: str) -> None:
    assert list(mistakes(text)) == []


def test_the_texts_of_a_module_are_all_read(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        '"""Doc."""\nx = f"a {1} b {f\'c {2}\'}"\ny = ["d" "e", 3]\n', encoding="utf-8"
    )
    assert [(text.text, text.is_docstring) for text in texts(module)] == [
        ("Doc.", True),
        ("a WORD b WORD", False),
        ("de", False),
        ("", False),
    ]
