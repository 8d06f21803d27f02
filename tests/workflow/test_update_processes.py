"""Updates in processes of their own: killed, two at once, and beside a published review that is
rerun.
"""

import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.helpers.als_corpus import ALL_HEADINGS, als_corpus, entry
from tests.helpers.command import (
    copy_project,
    environment,
    outputs,
    reaching,
    reviewkit,
    rows_of,
)
from tests.helpers.forked import Forks
from tests.helpers.living import corpus_of, make_living, work
from tests.servers.eutils_server import EutilsServer

EPOCH = "1767600000"
HEADINGS = frozenset({"dysbiosis", "amyotrophic lateral sclerosis", "gastrointestinal microbiome"})


def start(home: Path, settings: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "reviewkit", "update"],
        cwd=home,
        env=environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_killed_at_any_moment_nothing_is_lost_and_the_end_is_the_same(tmp_path: Path) -> None:
    chance = random.Random(7)
    with EutilsServer(corpus_of(450)) as server, Forks({}) as forks:
        settings = {**reaching(server), "SOURCE_DATE_EPOCH": EPOCH}
        killed, whole = (make_living(tmp_path / name, server) for name in ("killed", "whole"))
        for home in (tmp_path / "killed", tmp_path / "whole"):
            undisturbed = forks.run("update", cwd=home, settings=settings)
            assert undisturbed.returncode == 0, undisturbed.stderr
        server.corpus.add(*(work(9000 + n, day="2026/01/04") for n in range(30)))
        server.corpus.delete("1003")
        server.corpus.revise(
            "1004", "PT  - Journal Article", "PT  - Journal Article\nMH  - Dysbiosis"
        )
        kills = 0
        # One that was killed after it had ended is done: a further update would be one more.
        while len(rows_of(killed.project.database)["update_ends"]) == 1:
            moment = undisturbed.seconds * chance.uniform(0.02, 0.9) if kills < 12 else None
            ended = forks.run(
                "update", cwd=tmp_path / "killed", settings=settings, after_seconds=moment
            )
            kills += ended.killed
        assert reviewkit("update", cwd=tmp_path / "whole", settings=settings).returncode == 0
        assert kills
        assert rows_of(killed.project.database) == rows_of(whole.project.database)
        # The clock stands still here: the same run again has nothing to tell.
        assert (
            reviewkit("update", "--exit-code", cwd=tmp_path / "whole", settings=settings).returncode
            == 0
        )


@pytest.mark.slow
def test_of_two_updates_one_runs_and_the_other_says_so(tmp_path: Path) -> None:
    searching, go_on = threading.Event(), threading.Event()

    def wait(corpus: object) -> None:
        searching.set()
        go_on.wait(30)

    with EutilsServer(corpus_of(5)) as server:
        review = make_living(tmp_path, server)
        server.on("esearch", 1, wait)
        first = start(tmp_path, reaching(server))
        try:
            assert searching.wait(30)
            second = reviewkit("update", "--exit-code", cwd=tmp_path, settings=reaching(server))
        finally:
            go_on.set()
            printed, _ = first.communicate(timeout=60)
    assert (first.returncode, second.returncode) == (0, 0)
    assert "another update of this review is running" in second.stderr
    assert second.stdout == ""
    assert "5 new records to be screened" in printed
    assert len(rows_of(review.project.database)["updates"]) == 1


@pytest.mark.slow
def test_a_source_that_is_down_is_4_and_a_lilacs_without_key_is_not(tmp_path: Path) -> None:
    protocol = copy_project(tmp_path)
    with EutilsServer(als_corpus(), headings=HEADINGS) as server:
        settings = reaching(server)
        assert reviewkit("update", protocol, cwd=tmp_path, settings=settings).returncode == 0
    down = reviewkit("update", protocol, "--exit-code", "--quiet", cwd=tmp_path, settings=settings)
    assert down.returncode == 4
    assert "none of its records counts as gone" in down.stdout


@pytest.mark.slow
def test_an_update_leaves_the_rerun_of_a_published_review_as_it_was(tmp_path: Path) -> None:
    protocol = copy_project(tmp_path)
    late = entry(
        96_000_001, "Invented work that was indexed late.", 2024, ALL_HEADINGS, created="2026/06/01"
    )
    with EutilsServer(als_corpus(), headings=HEADINGS) as server:
        settings = {**reaching(server), "SOURCE_DATE_EPOCH": EPOCH}
        assert reviewkit("reproduce", protocol, cwd=tmp_path, settings=settings).returncode == 0
        before = {path.name: path.read_bytes() for path in outputs(tmp_path).glob("*.svg")}
        server.corpus.add(late)
        # A work that only the published list had: PubMed's headings now make the search find it.
        server.corpus.revise(
            "36674517", "MH  - *Gastro", "MH  - Amyotrophic Lateral Sclerosis\nMH  - *Gastro"
        )
        done = reviewkit("update", protocol, "--exit-code", cwd=tmp_path, settings=settings)
        assert done.returncode == 10, done.stderr
        again = reviewkit("reproduce", protocol, "--offline", cwd=tmp_path, settings=settings)
    assert "pubmed:96000001" in done.stdout
    assert "pubmed:36674517 is a duplicate of reported:" in done.stdout
    assert "Database: no row changed." in again.stdout
    assert {path.name: path.read_bytes() for path in outputs(tmp_path).glob("*.svg")} == before
    rows = rows_of(outputs(tmp_path) / "review.db")
    assert not any("pubmed:96000001" in row for row in rows["decisions"])
    drawn = reviewkit(
        "prisma", "-p", protocol, "--template", "updated", cwd=tmp_path, settings=settings
    )
    assert drawn.returncode == 0, drawn.stderr
    assert "Left to be screened" in drawn.stdout
    assert str(PROJECT) not in drawn.stdout
