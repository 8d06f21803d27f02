"""A group of verbs that is a verb too: `reviewkit dedupe` and `reviewkit dedupe FILE`."""

import typer
from typer.core import TyperGroup


class RunsByItself(TyperGroup):
    """A group whose command `run` runs wherever no other of its commands is named."""

    def parse_args(  # type: ignore[override]  # Typer's own Context
        self, context: typer.Context, args: list[str]
    ) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in {"-h", "--help"}):
            args = ["run", *args]
        return super().parse_args(context, args)
