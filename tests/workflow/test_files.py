"""An output file is replaced whole; a link stays a link, and what is no file is written to."""

import os
import threading
from pathlib import Path

import pytest

from reviewkit.model.errors import ReviewkitError, UsageError
from reviewkit.workflow.files import write_output, write_own


def test_a_named_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()

    write_output(pipe, b"rows")

    reader.join(timeout=10)
    assert read == [b"rows"]
    assert pipe.is_fifo()


def test_a_link_goes_on_to_point_at_its_file(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    link = tmp_path / "out.csv"
    link.symlink_to(tmp_path / "kept" / "out.csv")

    write_output(link, b"rows")

    assert link.is_symlink()
    assert (tmp_path / "kept" / "out.csv").read_bytes() == b"rows"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReviewkitError):
        write_output(tmp_path, b"rows")


def test_a_link_into_a_folder_that_is_gone_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "out.csv"
    link.symlink_to(tmp_path / "gone" / "out.csv")

    with pytest.raises(UsageError, match="gone is no folder"):
        write_output(link, b"rows")

    assert not (tmp_path / "gone").exists()


def test_a_folder_of_reviewkit_s_own_is_made(tmp_path: Path) -> None:
    write_own(tmp_path / "reviews" / "own" / "report.md", b"page")
    assert (tmp_path / "reviews" / "own" / "report.md").read_bytes() == b"page"
