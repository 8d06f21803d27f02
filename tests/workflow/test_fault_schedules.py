"""Any fault at any request, in seeded schedules, over every source that is searched.

No wrong count is believed, no good record gets worse, the pace is kept at every second, and the
next calm update gives what an undisturbed review has.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from reviewkit.http import Transport
from reviewkit.model.records import Record
from reviewkit.workflow.updates.update_models import UpdateResult
from tests.helpers.disturbed import KINDS, Disturbed, Kind, disturbed, schedule, small_batches
from tests.helpers.effort import examples

Records = dict[str, Record]


@dataclass(frozen=True)
class Truth:
    """What an undisturbed review has after an update: the count, the listed keys, the records."""

    count: int | None
    listed: frozenset[str]
    records: Records


@pytest.fixture(scope="module", autouse=True)
def small() -> Iterator[None]:
    with small_batches():
        yield


@pytest.fixture(scope="module")
def truths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Truth, Truth]]:
    """By source, what is true after the first update, and after a week of changes."""
    found = {}
    for name, kind in KINDS.items():
        with disturbed(kind, tmp_path_factory.mktemp(name)) as calm:
            assert not calm.update().is_incomplete
            first = truth_of(calm)
            kind.change(calm.server)
            assert not calm.update().is_incomplete
            found[name] = (first, truth_of(calm))
            assert calm.pace_breaches() == []
        assert (first.count, len(first.listed)) == (12, 12)
        assert (found[name][1].count, len(found[name][1].listed)) == (14, 14)
    return found


def truth_of(review: Disturbed) -> Truth:
    return Truth(*review.newest(), review.records())


def check_believed(review: Disturbed, result: UpdateResult, truth: Truth) -> None:
    """What an update calls complete is true."""
    if not result.is_incomplete:
        assert review.newest() == (truth.count, truth.listed)


def check_not_worse(before: Records, after: Records, *truths: Truth) -> None:
    """What was right is right: as it was, or as it is now."""
    for key, record in before.items():
        true = [truth.records.get(key) for truth in truths]
        if record in true:
            assert after[key] in true, key


@pytest.mark.slow
@pytest.mark.exhaustive
def test_no_schedule_is_believed_with_requests_in_flight(
    tmp_path_factory: pytest.TempPathFactory,
    truths: dict[str, tuple[Truth, Truth]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Transport, "ahead", lambda self, service: 3)
    # Time that stands still cannot tell when several threads sleep.
    monkeypatch.setattr(Disturbed, "pace_breaches", lambda self: [])
    for seed in range(examples(3, factor=67)):
        folder = tmp_path_factory.mktemp("run")
        run_schedule(KINDS["pubmed"], seed, folder, *truths["pubmed"])


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize("name", sorted(KINDS))
def test_no_schedule_of_faults_is_believed(
    tmp_path_factory: pytest.TempPathFactory, truths: dict[str, tuple[Truth, Truth]], name: str
) -> None:
    incomplete = 0
    for seed in range(examples(3, factor=67)):
        folder = tmp_path_factory.mktemp("run")
        incomplete += run_schedule(KINDS[name], seed, folder, *truths[name])
    assert incomplete < examples(3, factor=67) * 2 or examples(3) == 3


def run_schedule(kind: Kind, seed: int, folder: Path, first: Truth, second: Truth) -> int:
    """Two updates with faults and a calm one; how many of the two were not complete."""
    with disturbed(kind, folder) as review:
        review.proxy.chance = random.Random(seed)
        review.proxy.plan = schedule(kind, seed)
        one = review.update()
        check_believed(review, one, first)
        before = review.records()

        kind.change(review.server)
        two = review.update()
        check_believed(review, two, second)
        check_not_worse(before, review.records(), first, second)

        before = review.records()
        review.proxy.calm()
        assert not review.update().is_incomplete
        assert review.newest() == (second.count, second.listed)
        now = review.records()
        assert {key: now[key] for key in second.listed} == {
            key: second.records[key] for key in second.listed
        }
        check_not_worse(before, now, first, second)
        assert review.pace_breaches() == []

    return one.is_incomplete + two.is_incomplete
