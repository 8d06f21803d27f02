"""What Typer says of a wrong command line, as one error of reviewkit that says what to do next."""

import itertools
import re
from collections.abc import Sequence
from typing import Any

import typer

from reviewkit.model.choices import nearest
from reviewkit.model.errors import UsageError

# What Typer says, and what a reader needs of it.
_PLAINER = (
    (r"Value error, ", ""),
    (
        r"Input should be a valid integer, unable to parse string as an integer",
        "not a whole number",
    ),
    (r"Input should be a valid number, unable to parse string as a number", "not a number"),
    (r"Input should be ", "must be "),
    (r"Option '(\S+)' requires an argument", r"\1 needs a value"),
    (r"Got unexpected extra argument(?:s|\(s\))? \((.*)\)", r"not expected here: \1"),
)
_EXTRA = "not expected here"
_EXAMPLE = re.compile(r"Examples?: (.+)")
_OPTION = re.compile(r"--[a-z-]+")
_CHOICES = re.compile(r"'([^']*)' is not one of ((?:'[^']*'(?:, )?)+)")
# Words that people type for a command of another name.
_MEANT = {
    "conflicts": "resolve",
    "deduplicate": "dedupe",
    "diagram": "prisma",
    "duplicates": "dedupe",
    "exclude": "screen",
    "flow": "prisma",
    "help": "--help",
    "include": "screen",
    "load": "import",
    "new": "init",
}


def usage_error(
    error: typer.TyperException, context: typer.Context, typed: Sequence[str]
) -> UsageError:
    """Return Typer's complaint about what was typed as an error with the nearest right thing."""
    mistyped = getattr(error, "option_name", "")
    if mistyped and hasattr(error, "possibilities"):
        return _no_such_option(_whole(mistyped, typed), context)

    what = error.format_message().rstrip(".")
    for typer_words, words in _PLAINER:
        what = re.sub(typer_words, words, what)
    return UsageError(what[:1].lower() + what[1:], hint=_hint(what, context))


def no_such_command(name: str, group: Any, context: typer.Context) -> UsageError:
    """Return the error for a word that is no command of a group."""
    near = _MEANT.get(name, "") if context.parent is None else ""
    near = near or nearest(name, group.commands)
    hint = f"{context.command_path} --help lists every command"
    if near:
        hint = f"did you mean {context.command_path} {near}? {hint}"
    return UsageError(f"no such command: {name}", hint=hint)


def _whole(option: str, typed: Sequence[str]) -> str:
    """Return the word that an option of one letter was read from: "-help" is read as "-h -e …"."""
    if option.startswith("--"):
        return option
    words = (word for word in typed if word.startswith("-") and option[1] in word[1:])
    return next(words, option)


def _no_such_option(name: str, context: typer.Context) -> UsageError:
    options = itertools.chain.from_iterable(param.opts for param in context.command.params)
    near = nearest(name, (option for option in options if option.startswith("--")))
    hint = f"{context.command_path} --help lists every option"
    if near:
        hint = f"did you mean {near}? {hint}"
    return UsageError(f"no such option: {name}", hint=hint)


def _hint(what: str, context: typer.Context) -> str:
    shows = f"{context.command_path} --help shows what it takes"
    if what.startswith(_EXTRA):
        return f"names of options begin with --; words that belong together need quotes; {shows}"
    if wrong := _CHOICES.search(what):
        near = nearest(wrong[1], re.findall(r"'([^']*)'", wrong[2]))
        if near:
            return f"did you mean {near}? {shows}"
    example = _EXAMPLE.search(context.command.help or "")
    option = _OPTION.search(what)
    if example and (option is None or option[0] in example[1]):
        return f"for example: {example[1]}"
    return shows
