"""In whose name a command works: a reviewer who is known, or somebody new who was asked about."""

import os
import shlex
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import talk
from reviewkit.cli.options import reviewer_or_login
from reviewkit.model.errors import UsageError
from reviewkit.model.text import printable

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from reviewkit.workflow.project import ReviewProject

YesOption = Annotated[
    bool,
    typer.Option("--yes", "-y", help="Answer every question with yes, such as for a new name."),
]
_YES = frozenset({"y", "yes"})


def known_reviewer(
    project: "ReviewProject", name: str | None, *, yes: bool, decides: bool = False
) -> str:
    """Return the reviewer's name as it is spelled in this review; the login name for `None`.

    Whoever gives no name, and whose login name is new here, is asked for one; in a pipe it is said.
    With `decides` a name is new as long as no decision was made in it. Somebody new is asked about,
    unless nobody else is known. Raises UsageError where the answer is no, and where nobody can be
    asked.
    """
    if name is not None or not _is_new_login(project, decides=decides):
        return known_names(project, [reviewer_or_login(name)], yes=yes)[0]

    login = reviewer_or_login(None)
    typed = "" if yes or not sys.stdin.isatty() else _ask_name(login)
    found = known_names(project, [typed or login], yes=yes)[0]
    if not typed:
        talk(
            printable(
                f"Your name in this review is {found}, the login name. Another one: "
                f"--reviewer NAME; later: reviewkit reviewer rename {shlex.quote(found)} NAME."
            )
        )
    return found


def _is_new_login(project: "ReviewProject", *, decides: bool) -> bool:
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.reviewers import recognise_all

    if not project.database.exists():
        return False
    [person] = recognise_all(project, [reviewer_or_login(None)], now=read_clock(os.environ))
    return person.is_new or (decides and not person.has_decided)


def _ask_name(login: str) -> str:
    """Return the name that was typed; empty where the login name is to stand."""
    sys.stderr.write(printable(f"Your name in this review? Enter takes {login}, your login name: "))
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def author(project: "ReviewProject", name: str | None, *, dry_run: bool, yes: bool) -> str:
    """Return in whose name to act. A dry run stores nothing, not even a new name: nobody is asked.

    Raises UsageError as `known_reviewer` does.
    """
    if dry_run:
        return reviewer_or_login(name)
    return known_reviewer(project, name, yes=yes)


def known_names(project: "ReviewProject", typed: Sequence[str], *, yes: bool) -> list[str]:
    """Return several names as they are spelled in this review; asks once about all new ones.

    Nothing is stored: a name is known once something is stored under it.
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.reviewers import recognise_all

    now = read_clock(os.environ)
    people = recognise_all(project, typed, now=now)
    for text, person in zip(typed, people, strict=True):
        if not person.is_new and person.name != text:
            talk(printable(f"{text} is known here as {person.name}."))

    new = [person.name for person in people if person.is_new]
    if new and people[0].known and not yes:
        _ask_about(new, people[0].known)
    return [person.name for person in people]


def _ask_about(new: Sequence[str], known: Sequence[str]) -> None:
    """Ask whether new names are right. Raises UsageError where they are not, or nobody answers."""
    verb = "is" if len(new) == 1 else "are"
    sentence = printable(f"{', '.join(new)} {verb} new in this review. Known: {', '.join(known)}.")
    if not sys.stdin.isatty():
        raise UsageError(
            sentence.rstrip("."),
            hint="if the name is right, add --yes, or name the person under [screening] team; "
            "if you are another person, give your name with --reviewer",
        )

    sys.stderr.write(f"{sentence} Go on? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() not in _YES:
        raise UsageError("nothing was done", hint=f"one of those who are known: {', '.join(known)}")
