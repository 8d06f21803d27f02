"""Fifty kinds of damage: `doctor` names each and writes nothing; `repair` brings events back."""

import shutil
from pathlib import Path

import pytest

from tests.helpers.damage import DAMAGE, behind, events, make_rich_review
from tests.helpers.own_review import OwnReview
from tests.workflow.test_open_database import files_in


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> OwnReview:
    return make_rich_review(tmp_path_factory.mktemp("damage"))


@pytest.fixture
def review(sound: OwnReview, tmp_path: Path) -> OwnReview:
    shutil.copytree(sound.folder, tmp_path, dirs_exist_ok=True)
    return OwnReview(folder=tmp_path)


def review_files(review: OwnReview) -> dict[str, tuple[str, int]]:
    """Every file but SQLite's own index of its log, which holds nothing."""
    files = files_in(review.folder)
    return {name: one for name, one in files.items() if not name.endswith("-shm")}


@pytest.mark.slow
@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_named_and_what_can_be_read_comes_back(review: OwnReview, name: str) -> None:
    damage, said = DAMAGE[name], events(review.database)
    damage.do(review.database)
    before = review_files(review)
    examined = review.run("doctor")
    assert examined.returncode == damage.exit_code, examined.stdout + examined.stderr
    assert damage.words in examined.stdout + examined.stderr
    assert "Nothing is wrong" not in examined.stdout
    assert "Traceback" not in examined.stderr
    assert review_files(review) == before

    damaged = review.database.read_bytes()
    done = review.run("repair")
    if damage.lost is None:
        assert done.returncode in {1, 2}, done.stdout
        assert review.database.read_bytes() == damaged
        return
    assert done.returncode == 0, done.stderr
    assert len(said - events(review.database)) <= damage.lost, done.stdout
    for kept in review.database.parent.glob("review.db.*.damaged"):
        assert kept.read_bytes() == damaged
    assert review.done("status")


def test_there_are_fifty_kinds() -> None:
    assert len(DAMAGE) >= 50


@pytest.mark.slow
def test_a_sound_review_has_no_fault_and_is_not_repaired(review: OwnReview) -> None:
    review.done("backup")
    said = review.json("doctor")
    assert said["faults"] == []
    assert "1 backup beside the database" in said["seen"]["beside"]
    before = files_in(review.folder)
    assert "Nothing is wrong" in review.done("repair")
    assert {name: one for name, one in files_in(review.folder).items() if name in before} == before


def test_a_forged_decision_is_not_exported_under_a_new_name(review: OwnReview) -> None:
    behind("UPDATE decisions SET verdict = 'exclude' WHERE decision = 1")(review.database)
    refused = review.run("decisions", "export")
    assert refused.returncode == 1
    assert "was changed outside of reviewkit" in refused.stderr
    assert refused.stdout == ""
