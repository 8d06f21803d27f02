"""Ask before something that concerns many records; a script says yes beforehand."""

import sys

import typer

from reviewkit.model.errors import UsageError


def confirm(question: str, *, yes: bool) -> bool:
    """Return whether to go on. Raises UsageError where nobody can be asked."""
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError(
            f"this needs a yes: {question}", hint="--yes goes on; --dry-run only shows it"
        )

    return typer.confirm(question, err=True)
