"""Whatever an option is given, the command ends with a known code and no mistake of its own."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup

from reviewkit.cli import app
from tests.helpers.command import reviewkit
from tests.helpers.effort import examples
from tests.helpers.own_review import OwnReview, own_review, ris

ODD = (
    "", ".", "/", "-", "--", "-1", "0", "1e309", "nan", "9" * 25, "٣", "²", "é" * 300, "a" * 5000,
    "a\nb", "a\tb", "\x1b[31mred", "\udcff", "{", "[1,", "\\", "%s%n", ":", "scopus:", "scopus:1",
    "'; DROP TABLE records;--", "../..", "/dev/null", "~", "*", "2024-13-45",
    "0000-00-00", "9999-12-31", "true", "null", "CON",
)  # fmt: skip
# The service is not there: nothing of this reaches a network.
OFFLINE = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
CODES = {0, 1, 2, 3, 4}


def commands(found: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every command."""
    if isinstance(found, TyperGroup):
        for name, command in found.commands.items():
            yield from commands(command, (*path, name))
    else:
        yield path


def command_at(path: tuple[str, ...]) -> TyperCommand:
    found: object = typer.main.get_command(app)
    for name in path:
        assert isinstance(found, TyperGroup)
        found = found.commands[name]
    assert isinstance(found, TyperCommand)
    return found


def words(command: TyperCommand, odd_for: str, odd: str, review: OwnReview) -> list[str]:
    """Arguments as a user may type them; one of them is odd."""
    usual = {"files": str(review.file("more.ris", ris(4))), "protocol": str(review.protocol)}
    typed: list[str] = []
    for one in command.params:
        if one.name == odd_for:
            flag = getattr(one, "is_flag", False)
            named = [] if isinstance(one, TyperArgument) else [one.opts[0]]
            typed += named if flag else [*named, odd]
        elif isinstance(one, TyperArgument):
            typed += [usual.get(str(one.name), "scopus:1")]
        elif one.name in {"reviewer", "by"}:
            typed += [one.opts[0], "ana"]
        elif one.name in {"yes", "why"}:
            typed += ["--yes"] if one.name == "yes" else ["--why", "as it must be"]
    return typed


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> OwnReview:
    made = own_review(tmp_path_factory.mktemp("odd"))
    made.load(made.file("scopus.ris", ris(1, 2, 3)))
    return made


@pytest.mark.slow
@pytest.mark.parametrize("path", [*commands(typer.main.get_command(app))], ids=" ".join)
def test_an_odd_value_ends_in_words(path: tuple[str, ...], review: OwnReview) -> None:
    command, chance = command_at(path), random.Random(" ".join(path))
    for one in command.params:
        tried = 1 if getattr(one, "is_flag", False) else min(examples(2), len(ODD))
        for odd in chance.sample(ODD, tried):
            typed = [*path, *words(command, str(one.name), odd, review)]
            done = reviewkit(*typed, cwd=review.folder, settings=OFFLINE)
            said = done.stdout + done.stderr
            assert done.returncode in CODES, typed
            assert "a mistake in reviewkit itself" not in said, typed
            assert "\x1b" not in said, typed
            assert said.strip() or not done.returncode, typed
    assert Path(review.protocol).exists()
