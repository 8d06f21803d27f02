"""Whatever an option is given, the command ends with a known code and no mistake of its own."""

import random

import pytest
from typer.core import TyperArgument

from tests.helpers.command import reviewkit
from tests.helpers.command_tree import Command, commands
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


def words(command: Command, odd_for: str, odd: str, review: OwnReview) -> list[str]:
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
@pytest.mark.parametrize("name", commands())
def test_an_odd_value_ends_in_words(name: str, review: OwnReview) -> None:
    command, chance = commands()[name], random.Random(name)
    for one in command.params:
        tried = 1 if getattr(one, "is_flag", False) else min(examples(2), len(ODD))
        for odd in chance.sample(ODD, tried):
            typed = [*name.split(), *words(command, str(one.name), odd, review)]
            done = reviewkit(*typed, cwd=review.folder, settings=OFFLINE)
            said = done.stdout + done.stderr
            assert done.returncode in CODES, typed
            assert "a mistake in reviewkit itself" not in said, typed
            assert "\x1b" not in said, typed
            assert said.strip() or not done.returncode, typed
