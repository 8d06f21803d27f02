"""A group of verbs that does something by itself: `reviewkit dedupe` and `reviewkit dedupe FILE` run it."""

import typer
from typer.core import TyperGroup


class RunsByItself(TyperGroup):
    """A group whose command `run` is meant wherever no other of its commands is named."""

    def parse_args(self, context: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]  # Typer's own Context
        if not args or (args[0] not in self.commands and args[0] not in {"-h", "--help"}):
            args = ["run", *args]
        return super().parse_args(context, args)
