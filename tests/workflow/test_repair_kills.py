"""`repair` and `restore` killed at any step: the old file or the new one is whole in its place."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.damage import behind, events
from tests.helpers.effort import examples
from tests.helpers.forked import Forks
from tests.helpers.own_review import OwnReview, own_review, ris

AT = {"SOURCE_DATE_EPOCH": "1776000000"}


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with Forks(AT) as running:
        yield running


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> OwnReview:
    made = own_review(tmp_path_factory.mktemp("kills"))
    made.load(made.file("scopus.ris", ris(*range(1, 30))))
    made.done("dedupe")
    made.done("decide", "--where", "diet", "--include", "-r", "ana", "--yes")
    made.done("backup", "--to", made.folder / "kept.db")
    return made


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize("command", [("repair",), ("restore", "kept.db", "--yes")])
def test_killed_at_any_step_nothing_is_lost(
    tmp_path: Path, sound: OwnReview, forks: Forks, command: tuple[str, ...]
) -> None:
    chance = random.Random(command[0])
    folder = tmp_path / "calm"
    shutil.copytree(sound.folder, folder)
    review = OwnReview(folder=folder)
    behind("UPDATE decisions SET verdict = 'exclude' WHERE decision = 1")(review.database)
    damaged = review.database.read_bytes()
    calm = forks.run(*command, cwd=folder)
    assert calm.returncode == 0, calm.stderr
    wanted, killed = events(review.database), 0

    for number in range(examples(5, factor=20)):
        folder = tmp_path / str(number)
        shutil.copytree(sound.folder, folder)
        review = OwnReview(folder=folder)
        review.database.write_bytes(damaged)
        # What changes the files comes last.
        step = calm.steps - chance.choice((chance.randrange(12), chance.randrange(calm.steps)))
        ended = forks.run(*command, cwd=folder, after_steps=step)
        killed += ended.killed
        assert ended.killed or ended.returncode == 0, ended.stderr
        if review.database.read_bytes() != damaged:
            assert events(review.database) == wanted
            kept = [path.read_bytes() for path in review.database.parent.glob("review.db.2026*")]
            assert damaged in kept

        again = forks.run(*command, cwd=folder)
        assert again.returncode == 0, again.stderr
        assert events(review.database) == wanted
        shutil.rmtree(folder)
    assert killed > 0
