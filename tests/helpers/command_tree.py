"""Every command of the command line, as Typer has it."""

from functools import cache

import typer
from typer.core import TyperCommand, TyperGroup

from reviewkit.cli import app

Command = TyperCommand | TyperGroup


@cache
def commands() -> dict[str, Command]:
    """Every command by its words, such as "prisma check"; a group by its own."""
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    found: dict[str, Command] = {}
    for name, command in root.commands.items():
        assert isinstance(command, Command)
        found[name] = command
        if isinstance(command, TyperGroup):
            for sub, one in command.commands.items():
                assert isinstance(one, TyperCommand)
                found[f"{name} {sub}"] = one
    return found
