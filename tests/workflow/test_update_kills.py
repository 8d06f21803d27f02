"""A hundred updates killed at random moments: nothing is lost, no lock stays, the end is that of a
calm one.
"""

import datetime
import itertools
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from reviewkit.model.records import Stage, Verdict
from tests.helpers.command import reaching, rows_of
from tests.helpers.effort import examples
from tests.helpers.forked import Ended, Forks
from tests.helpers.living import START, WEEK, LivingReview, corpus_of, make_living, work
from tests.servers.eutils_corpus import Corpus
from tests.servers.eutils_server import EutilsServer

HISTORIES, KILLS, KILLS_A_WEEK = examples(4, factor=10), 25, 4  # 100 kills in all
LAST_STEPS = 16
SIZE = 205  # records: more than one page
UPDATE = ("update", "--log", "update.log", "--summary", "news.md")
APPENDED = (
    "runs",
    "run_pages",
    "run_records",
    "records",
    "record_versions",
    "updates",
    "update_steps",
    "update_ends",
    "decisions",
)


def change(corpus: Corpus, week: int, chance: random.Random) -> None:
    """What a week brings: records added, copied, deleted, corrected, re-dated, retracted, no
    longer and newly found.
    """
    day = f"{START + week * WEEK:%Y/%m/%d}"
    corpus.add(
        work(5000 + 10 * week, day=day), work(5001 + 10 * week, day="2019/02/01", language="fre")
    )
    one, two, three, four = chance.sample(sorted(corpus.pmids), 4)
    corpus.revise(one, "PT  - Journal Article", f"PT  - Journal Article\nMH  - Heading {week}")
    match week % 6:
        case 0:
            corpus.delete(two)
        case 1:
            corpus.revise(two, "TI  - Invented", "TI  - Discovered")
        case 2:
            corpus.revise(two, "TI  - Discovered", "TI  - Invented")
            corpus.revise(three, "CRDT- 2025/06/01", "CRDT- 2025/06/03")
        case 3:
            corpus.revise(
                "1001",
                "PT  - Journal Article",
                "PT  - Retracted Publication\nPT  - Journal Article",
            )
        case 4:
            title = f"A copy of study {week} in full."
            corpus.add(work(6000 + 2 * week, title, doi=f"10.1000/{week}"))
            corpus.add(work(6001 + 2 * week, title, doi=f"10.1000/{week}", day=day))
        case _:
            corpus.revise(four, "TI  - Invented study", "TI  - Invented study, corrected:")


def decide(reviews: tuple[LivingReview, ...], week: int) -> None:
    record = f"pubmed:{1001 + 3 * week}"
    for review in reviews:
        review.at = START + week * WEEK + datetime.timedelta(hours=5)
        if week % 2:
            review.decide(record, Verdict.EXCLUDE)
        else:
            for stage in Stage:
                review.decide(record, Verdict.INCLUDE, stage=stage)


def kept(database: Path) -> dict[str, int]:
    """How many rows there are of what is only ever appended; the file is sound. It is read as the
    kill left it.
    """
    if not database.exists():
        return {}
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    there = {
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    found = {
        table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in APPENDED
        if table in there
    }
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
    return found


@dataclass
class Disturbed:
    """A review whose updates are killed at random moments and begun again, and what the calm one's
    took.
    """

    forks: Forks
    home: Path
    database: Path
    chance: random.Random
    kills: int = 0

    def update(self, settings: dict[str, str], calm: Ended) -> None:
        """An update until it comes to its end, or has noted it when it is killed."""
        before = kept(self.database)
        ends = before.get("update_ends", 0)
        for attempt in itertools.count():
            # What goes on has less to do than what began.
            done = self._once(
                settings, calm, share=0.7**attempt if attempt < KILLS_A_WEEK else None
            )
            after = kept(self.database)
            assert all(after[table] >= rows for table, rows in before.items())
            before = after
            if not done.killed:
                assert (done.returncode, "another" in done.stderr) == (0, False), done.stderr
                return
            self.kills += 1
            if after.get("update_ends", 0) > ends:
                return

    def _once(self, settings: dict[str, str], calm: Ended, *, share: float | None) -> Ended:
        if share is None or self.kills == KILLS:
            return self.forks.run(*UPDATE, cwd=self.home, settings=settings)
        # At any moment; before anything that the outside can see: a statement, a file, a lock, a
        # request; and before
        # what comes last, where the update was judged and is told of.
        way = self.chance.randrange(4)
        if way < 2:
            moment = self.chance.uniform(0, calm.seconds * share)
            return self.forks.run(*UPDATE, cwd=self.home, settings=settings, after_seconds=moment)
        first = calm.steps - LAST_STEPS if way == 3 and share == 1 else 1
        step = self.chance.randint(first, max(first, int(calm.steps * share)))
        return self.forks.run(*UPDATE, cwd=self.home, settings=settings, after_steps=step)


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with Forks({}) as running:
        yield running


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize("history", range(HISTORIES))
def test_killed_a_hundred_times_nothing_is_lost_and_the_end_is_the_same(
    tmp_path: Path, forks: Forks, history: int
) -> None:
    chance = random.Random(history)
    with EutilsServer(corpus_of(SIZE)) as server:
        calm, review = (make_living(tmp_path / name, server) for name in ("calm", "disturbed"))
        disturbed = Disturbed(
            forks=forks,
            home=tmp_path / "disturbed",
            database=review.project.database,
            chance=chance,
        )
        week = 0
        while disturbed.kills < KILLS:
            settings = {
                **reaching(server),
                "SOURCE_DATE_EPOCH": str(int((START + week * WEEK).timestamp())),
            }
            undisturbed = forks.run(*UPDATE, cwd=tmp_path / "calm", settings=settings)
            assert undisturbed.returncode == 0, undisturbed.stderr
            disturbed.update(settings, undisturbed)
            decide((calm, review), week)
            week += 1
            change(server.corpus, week, chance)
    assert rows_of(review.project.database) == rows_of(calm.project.database)
    for name in ("update.log", "news.md"):
        assert (tmp_path / "disturbed" / name).read_text() == (tmp_path / "calm" / name).read_text()
