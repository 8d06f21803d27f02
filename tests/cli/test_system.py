"""What the operating system refuses is told as what it is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reviewkit.http.reach import first_hop
from reviewkit.model.errors import UsageError
from tests.helpers.command import environment
from tests.helpers.own_review import OwnReview, own_review, ris


@pytest.fixture
def review(tmp_path: Path) -> OwnReview:
    made = own_review(tmp_path)
    made.load(made.file("scopus.ris", ris(1, 2, 3)))
    return made


def shell(review: OwnReview, command: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a shell, with its redirections."""
    return subprocess.run(
        ["/bin/sh", "-c", command.replace("reviewkit", f"{sys.executable} -m reviewkit")],
        capture_output=True,
        text=True,
        cwd=review.folder,
        env=environment({}),
        check=False,
    )


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("command", ["status", "export --format ris", "log --json"])
def test_a_full_disk_under_the_output_is_named(review: OwnReview, command: str) -> None:
    done = shell(review, f"reviewkit {command} > /dev/full")
    assert done.returncode == 1
    assert "no space left on device" in done.stderr
    assert "a mistake in reviewkit" not in done.stderr
    assert done.stderr.count("error:") == 1


@pytest.mark.slow
def test_a_closed_output_is_named_and_nothing_is_done(review: OwnReview) -> None:
    before = review.database.read_bytes()
    done = shell(review, "reviewkit dedupe >&-")
    assert done.returncode == 1
    assert "standard output is closed, nothing was done" in done.stderr
    assert review.database.read_bytes() == before


@pytest.mark.slow
def test_a_closed_input_has_no_answers(review: OwnReview) -> None:
    done = shell(review, "reviewkit screen --plain -r ana <&-")
    assert done.returncode == 0, done.stderr
    assert "0 of 3 done" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("epoch", ["9e99", "99999999999999999", "-5", "²", "today"])
def test_a_clock_that_is_no_time_is_refused(review: OwnReview, epoch: str) -> None:
    done = OwnReview(folder=review.folder, clock=epoch).run("status")
    assert done.returncode == 2
    assert "SOURCE_DATE_EPOCH" in done.stderr
    assert "is no time" in done.stderr


@pytest.mark.parametrize("proxy", ["http://me:sesame@[::1", "http://me:sesame@host:99999"])
def test_a_malformed_proxy_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    monkeypatch.setenv("https_proxy", proxy)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(UsageError, match="cannot be one") as refused:
        first_hop("https://example.org/")
    assert "sesame" not in f"{refused.value} {refused.value.hint}"
    assert "HTTPS_PROXY" in refused.value.hint


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no /dev/zero")
@pytest.mark.parametrize(
    "command",
    [
        "status -p /dev/zero",
        "lint /dev/zero",
        "verify /dev/zero",
        "prisma check /dev/zero",
        "decisions import /dev/zero",
        "screen -r ana --yes --decisions /dev/zero",
    ],
)
def test_a_device_without_an_end_is_refused_before_memory_is_full(
    review: OwnReview, command: str
) -> None:
    done = shell(review, f"ulimit -v 4000000; reviewkit {command}")
    assert done.returncode == 2
    assert "/dev/zero: " in done.stderr
    assert "memory" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("database", "said"),
    [
        ("''", ".: is a folder"),
        ("/", "/: is a folder"),
        ("/dev/zero", "/dev/zero: is no file"),
        ("none.db", "there is no database yet"),
    ],
)
@pytest.mark.parametrize("command", ["status", "log", "backup", "report", "dedupe", "release v1"])
def test_a_database_that_cannot_be_there_is_named(
    review: OwnReview, command: str, database: str, said: str
) -> None:
    done = shell(review, f"reviewkit {command} --db {database}")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert not (review.folder / "none.db").exists()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="file names here are text")
def test_a_file_whose_name_is_no_utf8_is_imported(review: OwnReview) -> None:
    """As an archive from a system in Latin-1 brings it: "revisão.ris"."""
    (review.folder / os.fsdecode(b"revis\xe3o.ris")).write_text(ris(7))
    done = shell(review, "reviewkit import revis*.ris --source scopus --date 2026-01-02")
    assert done.returncode == 0
    assert "revis\\udce3o.ris" in done.stdout
    assert "1 record" in shell(review, "reviewkit log").stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    ["release $'\\xe3'", "package out.zip --licence $'\\xe3'", "amend $'\\xe3' -r ana --yes"],
)
def test_text_that_is_no_utf8_is_refused_as_that(review: OwnReview, command: str) -> None:
    typed = command.replace("$'\\xe3'", "\"$(printf '\\343')\"")
    done = shell(review, f"reviewkit {typed}")
    assert done.returncode in {1, 2}
    assert "udce3" in done.stderr
    assert "doctor" not in done.stderr
    assert "mistake" not in done.stderr


@pytest.mark.slow
def test_an_output_that_cannot_hold_a_letter_is_named(review: OwnReview) -> None:
    review.file("more.ris", "TY  - JOUR\nTI  - ação\nER  - \n")
    done = shell(
        review,
        "PYTHONIOENCODING=ascii reviewkit import more.ris --source scopus --dry-run --date 2026-01-02",
    )
    assert done.returncode == 1
    assert r"error: the output is in ascii, which has no '\xe7\xe3'" in done.stderr
    assert "next: set PYTHONIOENCODING=utf-8" in done.stderr
