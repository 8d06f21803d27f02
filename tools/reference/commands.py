"""The page on commands: every verb and option, as the command line itself has them."""

import re
from collections.abc import Iterator
from typing import Any

import typer
import typer.main

from reviewkit.cli import app
from reviewkit.cli.groups import _named
from tools.reference import NOTE, cell

_EXAMPLES = re.compile(r"(?ms)^[ \t]*Examples?:\s*(.*)\Z")
# What Typer adds to a help line: where else the value comes from, and what it is without.
_ADDED = re.compile(r"\s*\[((?:env var|default|required|x?[<>=\d]|\d).*)\]$")
_RANGE = re.compile(r"\d*(?:<=?)?x[<>]=?\d+(?:<=?\d+)?")


def commands_page() -> str:
    """Return the page."""
    return "\n".join([NOTE, *_page()])


def verbs() -> Iterator[tuple[str, str, Any]]:
    """Yield the title of the group, the name and the command of every verb, in help's order."""
    root: Any = typer.main.get_command(app)
    context = typer.Context(root, info_name="reviewkit")
    for name in root.list_commands(context):
        command = root.commands[name]
        yield from _with_parts(command, f"reviewkit {name}", command.rich_help_panel)


def options_of(command: Any) -> tuple[str, ...]:
    """Return every spelling of every option of a command, without `--help`."""
    return tuple(
        word
        for parameter in command.params
        if parameter.param_type_name == "option" and not parameter.hidden
        for word in (*parameter.opts, *parameter.secondary_opts)
    )


def _with_parts(command: Any, name: str, title: str) -> Iterator[tuple[str, str, Any]]:
    parts: dict[str, Any] = dict(getattr(command, "commands", {}))
    runs_by_itself = parts.pop("run", None)
    yield title, name, runs_by_itself or command
    for part_name, part in parts.items():
        yield title, f"{name} {part_name}", part


def _page() -> Iterator[str]:
    yield "# Commands\n"
    yield "Every command, in the order of the work. `--help` after a command shows the same."
    yield "The [exit codes](exit-codes.md) are the same for all.\n"
    last = ""
    for title, name, command in verbs():
        if title != last:
            last = title
            yield f"## {title}\n"
        yield from _verb(name, command)


def _verb(name: str, command: Any) -> Iterator[str]:
    context = typer.Context(command, info_name=name)
    yield f"### {name}\n"
    text, examples = _help(command.help or "")
    yield f"{text}\n"
    pieces = " ".join(command.collect_usage_pieces(context)).replace("{", "").replace("}", "")
    yield f"```text\n{name} {pieces}\n```\n"
    if examples:
        yield "Examples:\n\n```sh\n" + "\n".join(examples) + "\n```\n"
    yield from _table(command, context)


def _help(text: str) -> tuple[str, list[str]]:
    """Return the description, and the examples one a line."""
    text = text.replace("\b\n", "")
    found = _EXAMPLES.search(text)
    if not found:
        return text.strip(), []
    examples = [line.strip() for line in found[1].splitlines()]
    return text[: found.start()].strip(), [line for line in examples if line]


def _table(command: Any, context: Any) -> Iterator[str]:
    rows = []
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record and not parameter.hidden:
            rows.append(_row(parameter, *record))
    if rows:
        yield "| argument or option | what it does | without it |"
        yield "| --- | --- | --- |"
        yield from rows
        yield ""


def _row(parameter: Any, name: str, text: str) -> str:
    answer, without = text, ""
    found = _ADDED.search(text)
    if found:
        answer, without = text[: found.start()], found[1]
    without = re.sub(r"default: \((.*)\)", r"\1", without)
    without = re.sub(r"env var: (\w+)(?:; )?", r"`\1`, else ", without).removesuffix(", else ")
    without = _RANGE.sub("", without).removesuffix("; ")
    shown = _named(name, parameter.param_type_name).replace("|", "\\|")
    return f"| `{shown}` | {cell(answer)} | {cell(without.replace('default: ', ''))} |"
