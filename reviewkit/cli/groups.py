"""Help that leads: the verbs in the order of the work, and words for values that people know."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import typer
from typer.core import TyperCommand, TyperGroup

from reviewkit.cli.completion import listed_choices
from reviewkit.cli.wrong_use import no_such_command, usage_error
from reviewkit.model.choices import nearest

# A verb's function or its own verbs, and the line that the list of commands shows.
Verb: TypeAlias = tuple[Callable[..., Any] | typer.Typer, str]
Group: TypeAlias = tuple[str, Mapping[str, Verb]]

_TYPE = re.compile(r" <(?:list\[)?(path|str|int|float)\]?(?: range)?>", re.IGNORECASE)
_CHOICES = re.compile(r" <([a-z0-9_]+(?:\|[a-z0-9_]+)+)>")
_WORDS = {"path": " FILE", "str": " TEXT", "int": " NUMBER", "float": " NUMBER"}


def _parsed(
    parse: Callable[[Any, list[str]], list[str]], context: typer.Context, args: list[str]
) -> list[str]:
    """Return what Typer's `parse` leaves; its complaint becomes an error of reviewkit."""
    typed = tuple(args)  # `parse` empties the list
    try:
        return parse(context, args)
    except typer.TyperException as error:
        raise usage_error(error, context, typed) from error


class PlainCommand(TyperCommand):
    """A command whose help names values with the words FILE, TEXT and NUMBER.

    The shell completes the choices that an option's help lists.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _complete_listed(self.params)

    def parse_args(  # type: ignore[override]  # Typer's own Context
        self, context: typer.Context, args: list[str]
    ) -> list[str]:
        """Read the arguments. Raises UsageError for a wrong, an unknown or a missing one."""
        return _parsed(super().parse_args, context, args)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options."""
        _write_values(self, ctx, formatter)


class PlainGroup(TyperGroup):
    """A group of verbs whose help does the same, also for the verbs in it."""

    command_class = PlainCommand

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        _complete_listed(self.params)

    def parse_args(  # type: ignore[override]  # Typer's own Context
        self, context: typer.Context, args: list[str]
    ) -> list[str]:
        """Read the arguments, as `PlainCommand` does. Without any, Typer shows the help."""
        if not args:
            return super().parse_args(context, args)
        return _parsed(super().parse_args, context, args)

    def resolve_command(  # type: ignore[override]  # Typer's own Context
        self, context: typer.Context, args: list[str]
    ) -> tuple[str | None, Any, list[str]]:
        """Find the verb. Raises UsageError with the nearest one."""
        if args[0] not in self.commands:
            raise no_such_command(args[0], self, context)
        return super().resolve_command(context, args)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options, then the verbs."""
        _write_values(self, ctx, formatter)
        self.format_commands(ctx, formatter)


class RunsByItself(PlainGroup):
    """A group that is a verb too: `reviewkit dedupe` and `reviewkit dedupe FILE`.

    Its command `run` runs wherever no other of its commands is named.
    """

    def parse_args(  # type: ignore[override]  # Typer's own Context
        self, context: typer.Context, args: list[str]
    ) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in {"-h", "--help"}):
            self._refuse_mistyped(context, args)
            args = ["run", *args]
        return super().parse_args(context, args)

    def _refuse_mistyped(self, context: typer.Context, args: list[str]) -> None:
        """Raise UsageError for a word that is no file, and almost a verb."""
        word = args[0] if args else ""
        is_file = word.startswith("-") or Path(word).exists()
        if not is_file and nearest(word, self.commands):
            raise no_such_command(word, self, context)


class HelpByWork(PlainGroup):
    """The root: its verbs stand under the titles of `add_groups`, in the order of the work."""

    order: ClassVar[tuple[str, ...]] = ()

    def list_commands(self, ctx: Any) -> list[str]:
        """The verbs as `order` has them."""
        return sorted(self.commands, key=self.order.index)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a section for each title."""
        sections: dict[str, list[tuple[str, str]]] = {}
        width = max(map(len, self.commands))
        for name in self.list_commands(ctx):
            command: Any = self.commands[name]
            rows = sections.setdefault(command.rich_help_panel, [])
            rows.append((name.ljust(width), command.short_help or ""))
        for title, rows in sections.items():
            with formatter.section(title):
                formatter.write_dl(rows)


def add_groups(app: typer.Typer, groups: Iterable[Group]) -> None:
    """Register every verb under its title. Each line is whole at 80 columns; a test holds that."""
    for title, verbs in groups:
        for name, (verb, line) in verbs.items():
            if isinstance(verb, typer.Typer):
                _add_group(app, verb, name=name, line=line, title=title)
            else:
                register = app.command(
                    name, cls=PlainCommand, short_help=line, rich_help_panel=title
                )
                register(verb)


def _add_group(app: typer.Typer, verbs: typer.Typer, *, name: str, line: str, title: str) -> None:
    for command in verbs.registered_commands:
        command.cls = PlainCommand
    cls = verbs.info.cls
    own = cls if isinstance(cls, type) and issubclass(cls, PlainGroup) else PlainGroup
    app.add_typer(verbs, name=name, cls=own, short_help=line, rich_help_panel=title)


def _complete_listed(params: Iterable[Any]) -> None:
    """Let the shell complete what a help text lists, where nothing else completes the option."""
    for param in params:
        choices = listed_choices(getattr(param, "help", None) or "")
        if choices and param._custom_shell_complete is None:
            param._custom_shell_complete = _completer(choices)


def _completer(choices: Iterable[str]) -> Callable[[Any, Any, str], list[str]]:
    def complete(_context: Any, _param: Any, incomplete: str) -> list[str]:
        return [name for name in choices if name.startswith(incomplete)]

    return complete


def _write_values(command: Any, ctx: Any, formatter: Any) -> None:
    records = [(param, param.get_help_record(ctx)) for param in command.get_params(ctx)]
    kinds = (("argument", "Arguments"), ("option", "Options"))
    for kind, title in kinds:
        rows = [row for param, row in records if row and param.param_type_name == kind]
        if rows:
            with formatter.section(title):
                formatter.write_dl([(_named(name, kind), text) for name, text in rows])


def _named(name: str, kind: str) -> str:
    """What stands before an explanation: an argument has its name alone."""
    if kind == "argument":
        return _TYPE.sub("", _CHOICES.sub("", name))
    name = _CHOICES.sub(r" \1", name)
    return _TYPE.sub(lambda found: _WORDS[found[1].lower()], name)
