"""Updates while others work on the review, and on full or read-only disks: nothing is lost, one
clear error.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reviewkit.screening.models import Order
from reviewkit.workflow.session.open_screening import SessionOptions, open_session
from tests.helpers.command import environment, reaching, rows_of
from tests.helpers.forked import Forks
from tests.helpers.living import PROTOCOL, LivingReview, corpus_of, make_living, work
from tests.helpers.screening_review import ticking
from tests.servers.eutils_corpus import Corpus
from tests.servers.eutils_server import EutilsServer

EPOCHS = tuple({"SOURCE_DATE_EPOCH": str(1767600000 + week * 604800)} for week in range(3))
TWO_SOURCES = PROTOCOL.replace(
    "[[strategies]]",
    '[[sources]]\nid = "lilacs"\nname = "LILACS"\nrole = "database"\n[[strategies]]',
)
RIS = (
    "TY  - JOUR\nID  - lil-1\nTI  - Invented. Shared work of guts\nPY  - 2025\nLA  - en\n"
    "DO  - 10.1000/shared\nER  - \n"
)


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with Forks({}) as running:
        yield running


@contextmanager
def held_update(home: Path, server: EutilsServer, endpoint: str) -> Iterator[subprocess.Popen[str]]:
    """An update in a process of its own that waits for the service's answer as long as the block
    lasts.
    """
    asked, go_on = threading.Event(), threading.Event()

    def wait(corpus: Corpus) -> None:
        asked.set()
        go_on.wait(30)

    server.on(endpoint, 1, wait)
    settings = {**reaching(server), **EPOCHS[1]}
    process = subprocess.Popen(
        [sys.executable, "-m", "reviewkit", "update"],
        cwd=home,
        env=environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert asked.wait(30)
        yield process
    finally:
        go_on.set()
        printed, error = process.communicate(timeout=60)
    assert process.returncode == 0, error
    assert "to be screened" in printed


@pytest.mark.slow
@pytest.mark.parametrize("endpoint", ["esearch", "efetch"])
def test_what_a_session_decides_during_an_update_is_kept(
    tmp_path: Path, forks: Forks, endpoint: str
) -> None:
    with EutilsServer(corpus_of(6)) as server:
        review = make_living(tmp_path, server)
        assert (
            forks.run("update", cwd=tmp_path, settings={**reaching(server), **EPOCHS[0]}).returncode
            == 0
        )
        server.corpus.add(work(2000, day="2026/01/09"))
        server.corpus.delete("1001")
        with open_session(
            review.project, reviewer="ana", options=SessionOptions(order=Order.ID), clock=ticking()
        ) as session:
            session.include()
            with held_update(tmp_path, server, endpoint):
                session.exclude(1)
                session.undo()
                session.exclude(1)
            # The session goes on where it was, over what the update changed.
            session.include()
        states = review.states()
    assert [states[f"pubmed:{pmid}"] for pmid in (1000, 1001, 1002, 2000)] == [
        "awaiting_assessment",
        "record_excluded",
        "awaiting_assessment",
        "awaiting_screening",
    ]
    assert len(rows_of(review.project.database)["decisions"]) == 5


@pytest.mark.slow
def test_a_file_imported_during_an_update_is_linked_with_what_it_brings(
    tmp_path: Path, forks: Forks
) -> None:
    file = tmp_path / "export.ris"
    file.write_text(RIS, encoding="utf-8")
    with EutilsServer(corpus_of(6)) as server:
        review = make_living(tmp_path, server, TWO_SOURCES)
        assert (
            forks.run("update", cwd=tmp_path, settings={**reaching(server), **EPOCHS[0]}).returncode
            == 0
        )
        server.corpus.add(
            work(2000, "Invented. Shared work of guts", doi="10.1000/shared", day="2026/01/09")
        )
        with held_update(tmp_path, server, "esearch"):
            done = forks.run("import", file, "--source", "lilacs", cwd=tmp_path, settings=EPOCHS[1])
            assert done.returncode == 0, done.stderr
        states = review.states()
    assert states["lilacs:lil-1"] == "awaiting_screening"
    assert states["pubmed:2000"] == "duplicate"


@pytest.mark.slow
def test_a_file_imported_while_an_update_ends_is_judged_by_the_next(tmp_path: Path) -> None:
    """The import comes after the update has judged and before it notes its end."""
    from reviewkit.workflow.searching.import_files import import_files
    from reviewkit.workflow.searching.input_files import ImportOptions, InputFile
    from reviewkit.workflow.updates.update import update
    from reviewkit.workflow.updates.update_models import UpdateOptions, UpdateResult

    file = tmp_path / "export.ris"
    file.write_text(RIS.replace("LA  - en", "LA  - fr"), encoding="utf-8")
    with EutilsServer(corpus_of(6)) as server:
        review = make_living(tmp_path, server, TWO_SOURCES)

        def tell(found: UpdateResult) -> None:
            import_files(
                review.project,
                [InputFile(name="x", content=file)],
                ImportOptions(source="lilacs"),
                now=ticking(),
            )

        searcher = review.searcher()
        update(review.project, searcher, UpdateOptions(), notify=tell)
        assert review.states()["lilacs:lil-1"] == "awaiting_screening"
        review.update()
    assert review.states()["lilacs:lil-1"] == "ineligible_by_machine"


@contextmanager
def mounted(project: Path, *how: str) -> Iterator[None]:
    """A file system mounted on a folder; only root may."""
    if subprocess.run(["mount", *how, str(project)], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a file system")
    try:
        yield
    finally:
        subprocess.run(["umount", str(project)], check=True)


def two_reviews(
    tmp_path: Path, server: EutilsServer, forks: Forks
) -> tuple[LivingReview, LivingReview]:
    """Two reviews after the same first update; then the corpus grows."""
    reviews = make_living(tmp_path / "calm", server), make_living(tmp_path / "hindered", server)
    for name in ("calm", "hindered"):
        assert (
            forks.run(
                "update", cwd=tmp_path / name, settings={**reaching(server), **EPOCHS[0]}
            ).returncode
            == 0
        )
    abstract = "Of guts and nerves we know less than we should. " * 200
    server.corpus.add(
        *(work(3000 + n, day="2026/01/09", more=[f"AB  - {abstract}{n}"]) for n in range(60))
    )
    server.corpus.delete("1001")
    return reviews


@pytest.mark.slow
@pytest.mark.parametrize("where", ["cache", "reviews"])
def test_a_disk_that_gets_full_is_one_clear_error_and_the_update_goes_on(
    tmp_path: Path, forks: Forks, where: str
) -> None:
    with EutilsServer(corpus_of(30)) as server:
        calm, hindered = two_reviews(tmp_path, server, forks)
        settings = {**reaching(server), **EPOCHS[1]}
        assert forks.run("update", cwd=tmp_path / "calm", settings=settings).returncode == 0
        project = tmp_path / "hindered" / where / "guts"
        kept = tmp_path / "kept"
        project.rename(kept)
        project.mkdir()
        size = sum(file.stat().st_size for file in kept.rglob("*") if file.is_file()) // 1024 + 200
        with mounted(project, "-t", "tmpfs", "-o", f"size={size}k", "tmpfs"):
            subprocess.run(["cp", "-a", f"{kept}/.", str(project)], check=True)
            before = rows_of(hindered.project.database)
            full = forks.run("update", cwd=tmp_path / "hindered", settings=settings)
            assert (full.returncode, full.stderr.count("error:")) == (1, 1), full.stderr
            assert "disk is full" in full.stderr
            after = rows_of(hindered.project.database)
            assert all(
                set(map(repr, rows)) <= set(map(repr, after[table]))
                for table, rows in before.items()
            )
            subprocess.run(["mount", "-o", "remount,size=64m", str(project)], check=True)
            done = forks.run("update", cwd=tmp_path / "hindered", settings=settings)
            assert done.returncode == 0, done.stderr
            assert rows_of(hindered.project.database) == rows_of(calm.project.database)


@pytest.mark.slow
@pytest.mark.parametrize("where", ["cache", "reviews"])
def test_a_read_only_disk_is_one_clear_error_and_changes_nothing(
    tmp_path: Path, forks: Forks, where: str
) -> None:
    with EutilsServer(corpus_of(30)) as server:
        calm, hindered = two_reviews(tmp_path, server, forks)
        settings = {**reaching(server), **EPOCHS[1]}
        project = tmp_path / "hindered" / where
        before = rows_of(hindered.project.database)
        with mounted(project, "--bind", str(project)):
            subprocess.run(["mount", "-o", "remount,ro,bind", str(project)], check=True)
            failed = forks.run("update", cwd=tmp_path / "hindered", settings=settings)
        assert (failed.returncode, failed.stderr.count("error:")) == (1, 1), failed.stderr
        assert "ead-only" in failed.stderr or "may not be read or written" in failed.stderr
        for table, rows in rows_of(hindered.project.database).items():
            assert table == "updates" or rows == before[table]
        for name in ("calm", "hindered"):
            assert forks.run("update", cwd=tmp_path / name, settings=settings).returncode == 0
    assert rows_of(hindered.project.database) == rows_of(calm.project.database)
