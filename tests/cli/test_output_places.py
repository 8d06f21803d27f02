"""Where a command writes a file: a folder that is not there is named, and never made."""

import json
import os
import threading
from pathlib import Path

import pytest

from tests.helpers.command_tree import commands
from tests.helpers.own_review import OwnReview, own_review, ris

# A command that writes a file, up to the file's name.
WRITERS: tuple[tuple[str, ...], ...] = (
    ("export", "--format", "ris", "--out"),
    ("report", "--out"),
    ("checklist", "--out"),
    ("appendix", "--out"),
    ("prisma", "--out"),
    ("simulate", "labelled.csv", "--out"),
    ("stopping", "--svg"),
    ("package", "--licence", "CC BY 4.0"),
    ("update", "--log"),
    ("update", "--summary"),
    ("schedule", "--every", "week", "--summary"),
    ("reproduce", "--out"),
    ("audit", "--csv"),
    ("audit", "--plot"),
    ("drift", "--csv"),
    ("drift", "--plot"),
    ("convert", "more.ris"),
    ("backup", "--to"),
    ("dedupe", "more.ris", "--out"),
    ("dedupe", "more.ris", "--out", "out.csv", "--pairs"),
    ("dedupe", "more.ris", "--out", "out.csv", "--doubts"),
)
OPTIONS = {"--out", "--csv", "--plot", "--svg", "--log", "--summary", "--pairs"}


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> OwnReview:
    made = own_review(tmp_path_factory.mktemp("places"))
    made.load(made.file("scopus.ris", ris(1, 2, 3)))
    made.file("more.ris", ris(4))
    made.file("labelled.csv", "record_id,title,abstract,included\n1,a,b,1\n2,c,d,0\n")
    return made


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("words", WRITERS, ids=" ".join)
def test_a_missing_folder_is_named_and_not_made(words: tuple[str, ...], review: OwnReview) -> None:
    before = files(review.folder)
    place = Path("reslts", "deep", "out.svg")

    done = review.run(*words, place)

    assert done.returncode == 2, done.stdout + done.stderr
    assert f"error: {place}: {place.parent} is no folder" in done.stderr
    assert "next: correct the name, or make the folder first" in done.stderr
    assert not (review.folder / "reslts").exists()
    assert files(review.folder) == before


def test_every_option_that_names_a_file_to_write_is_among_them() -> None:
    known = {(words[0], option) for words in WRITERS for option in words if option in OPTIONS}
    there = {
        (name.split()[0], option)
        for name, command in commands().items()
        for one in command.params
        for option in one.opts
    }
    assert {pair for pair in there if pair[1] in OPTIONS} == known


def test_a_file_in_the_place_of_a_folder_is_refused(review: OwnReview) -> None:
    done = review.run("report", "--out", Path("scopus.ris", "report.md"))
    assert done.returncode == 2
    assert "scopus.ris is a file, not a folder" in done.stderr


@pytest.mark.parametrize(
    "words",
    [words for words in WRITERS if words[0] not in {"backup", "reproduce"}],
    ids=" ".join,
)
def test_a_folder_in_the_place_of_a_file_is_refused(
    words: tuple[str, ...], review: OwnReview
) -> None:
    done = review.run(*words, "protocols")
    assert done.returncode == 2, done.stdout + done.stderr
    assert "error: protocols: is a folder" in done.stderr


@pytest.mark.parametrize(
    "words",
    [words for words in WRITERS if words[0] in {"convert", "dedupe", "export"}],
    ids=" ".join,
)
def test_what_is_no_file_is_written_to_and_stays(
    words: tuple[str, ...], review: OwnReview, tmp_path: Path
) -> None:
    """A superuser's /dev/null was replaced by a table."""
    pipe = tmp_path / "pipe.ris"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()

    done = review.run(*words, pipe)

    reader.join(timeout=10)
    assert done.returncode == 0, done.stderr
    assert pipe.is_fifo()
    assert read[0]


def test_the_log_of_the_first_update_lies_beside_the_database_to_be(tmp_path: Path) -> None:
    review = own_review(tmp_path)
    done = review.run("update", "--log", Path("reviews", "own", "update.log"))
    assert "is no folder" not in done.stderr
    assert done.returncode == 4  # no source of this protocol can be searched


def test_a_log_that_was_torn_within_a_letter_goes_on(tmp_path: Path) -> None:
    review, log = own_review(tmp_path), tmp_path / "update.log"
    log.write_bytes('{"failed": "não"}'.encode()[:-4])
    torn = log.read_bytes()
    assert torn[-1:] == b"\xc3"

    done = review.run("update", "--log", log)

    assert done.returncode == 4, done.stderr  # no source of this protocol can be searched
    first, second = log.read_bytes().splitlines()
    assert first == torn
    assert json.loads(second)["outcome"]
