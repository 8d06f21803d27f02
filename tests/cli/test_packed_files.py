"""Packed files that would fill the memory: one limit and one error, whichever verb reads them."""

import bz2
import gzip
import lzma
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from tests.helpers.command import reviewkit
from tests.helpers.screening_review import make_review

READERS = {
    "dedupe": ("dedupe", "{file}", "--out", "out.csv"),
    "simulate": ("simulate", "{file}"),
    "convert": ("convert", "{file}", "out.csv"),
    "import": (
        "import",
        "{file}",
        "--source",
        "pubmed",
        "--date",
        "2026-01-01",
        "-p",
        "{protocol}",
    ),
}
ROWS = b"record_id,title,label_included\n" + b"1,A title,1\n" * 3
PIECE = b" " * 1_000_000


def run(folder: Path, reader: str, file: Path) -> str:
    """Let a verb read the file; return what it says. It holds little of it, and ends."""
    protocol = make_review(folder, count=1).protocol_path
    words = [word.format(file=file, protocol=protocol) for word in READERS[reader]]
    tracemalloc.start()
    done = reviewkit(*words, cwd=folder)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    assert peak < 60_000_000
    assert not (folder / "out.csv").exists()
    return done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
def test_a_gzip_bomb_is_refused(tmp_path: Path, reader: str) -> None:
    file = tmp_path / "records.csv.gz"
    with gzip.open(file, "wb") as packed:
        packed.write(ROWS)
        packed.writelines([PIECE] * 100)
    said = run(tmp_path, reader, file)
    assert "unpacks to more than 250 times its size: it may be a gzip bomb" in said


@pytest.mark.slow
@pytest.mark.parametrize("reader", [reader for reader in READERS if reader != "simulate"])
def test_a_zip_bomb_is_refused(tmp_path: Path, reader: str) -> None:
    file = tmp_path / "records.zip"
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("records.csv", "w") as packed,
    ):
        packed.writelines([ROWS, *[PIECE] * 100])
    said = run(tmp_path, reader, file)
    assert "unpacks to more than 250 times its size: it may be a zip bomb" in said


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(("name", "pack"), [("bzip2", bz2.compress), ("xz", lzma.compress)])
def test_a_file_that_is_packed_in_another_way_is_refused(
    tmp_path: Path, reader: str, name: str, pack: type[bytes]
) -> None:
    file = tmp_path / "records.csv"
    file.write_bytes(pack(ROWS))
    assert f"is packed with {name}; only gzip and zip are read" in run(tmp_path, reader, file)


def test_a_packed_file_in_proportion_is_read(tmp_path: Path) -> None:
    file = tmp_path / "records.csv.gz"
    rows = (f"{number},A title of {number},1\n" for number in range(20))
    file.write_bytes(gzip.compress(("record_id,title,label_included\n" + "".join(rows)).encode()))
    assert reviewkit("dedupe", file, "--out", "out.csv", cwd=tmp_path).returncode == 0
    assert reviewkit("simulate", file, "--random", cwd=tmp_path).returncode in {0, 2}
