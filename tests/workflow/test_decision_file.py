"""A file of decisions may come from anybody: it is taken whole, or refused with its line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reviewkit.model.errors import DamagedFile
from reviewkit.store.events import event_sha256
from reviewkit.workflow.screening.decision_file import read_decisions
from tests.helpers.own_review import OwnReview, case, own_review, ris


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("forged_step_maxint.jsonl", "line 2 has a step that no review reaches"),
        ("header_protocol_is_text.jsonl", "is no export of decisions"),
    ],
)
def test_the_cases_are_refused_whole(name: str, words: str) -> None:
    text = case(f"trust/{name}").read_text(encoding="utf-8")
    with pytest.raises(DamagedFile, match=words):
        read_decisions(text, name)


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> OwnReview:
    made = own_review(tmp_path_factory.mktemp("file"))
    made.load(made.file("scopus.ris", ris(*range(1, 6))))
    made.done("decide", "--where", "diet", "--include", "-r", "ana", "--yes")
    return made


@pytest.fixture(scope="module")
def exported(review: OwnReview) -> str:
    return review.done("decisions", "export")


def forged(exported: str, change: Callable[[dict[str, Any]], object]) -> str:
    """The export with its first event changed, under a hash that fits."""
    lines = exported.splitlines()
    event = json.loads(lines[1])
    del event["sha256"]
    change(event)
    event["sha256"] = event_sha256(event)
    return "\n".join([lines[0], json.dumps(event), *lines[2:], ""])


FORGERIES: dict[str, Callable[[dict[str, Any]], object]] = {
    "step 0": lambda event: event.update(step=0),
    "step below 0": lambda event: event.update(step=-1),
    "step of a million and one": lambda event: event.update(step=1_000_001),
    "step as text": lambda event: event.update(step="1"),
    "step true": lambda event: event.update(step=True),
    "step with a point": lambda event: event.update(step=1.5),
    "year 1": lambda event: event.update(decided_at="0001-01-01T00:00:00Z"),
    "year 9999": lambda event: event.update(decided_at="9999-12-31T00:00:00Z"),
    "no time zone": lambda event: event.update(decided_at="2026-01-01T00:00:00"),
    "no time": lambda event: event.update(decided_at=None),
    "unknown field": lambda event: event.update(colour="red"),
    "missing field": lambda event: event.pop("note"),
    "list for a name": lambda event: event.update(reviewer=["ana"]),
    "object for a protocol": lambda event: event.update(protocol_sha256={}),
    "unknown protocol": lambda event: event.update(protocol_sha256="0" * 64),
    "unknown kind": lambda event: event.update(kind="gift"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_line_is_named(exported: str, name: str) -> None:
    with pytest.raises(DamagedFile, match="line 2 "):
        read_decisions(forged(exported, FORGERIES[name]), "f.jsonl")


@pytest.mark.parametrize(
    "line",
    ["[" * 100_000, '{"a":' * 50_000, '{"step": ' + "9" * 5000 + "}", "{", "NaN", '"x"', "7"],
)
def test_a_line_of_any_depth_and_size_ends_in_a_clear_error(exported: str, line: str) -> None:
    head, *_ = exported.splitlines()
    with pytest.raises(DamagedFile, match="line 2 "):
        read_decisions(f"{head}\n{line}\n", "f.jsonl")
    with pytest.raises(DamagedFile):
        read_decisions(f"{line}\n", "f.jsonl")


def test_a_protocol_whose_hash_is_not_its_texts_is_refused(exported: str) -> None:
    head, *events = exported.splitlines()
    header = json.loads(head)
    for version in header["protocols"].values():
        version["toml"] += "\n# other"
    with pytest.raises(DamagedFile, match="is no export of decisions"):
        read_decisions("\n".join([json.dumps(header), *events]), "f.jsonl")


def test_what_was_exported_is_read(review: OwnReview, exported: str, tmp_path: Path) -> None:
    _, events = read_decisions(exported, "f.jsonl")
    assert len(events) == len(exported.splitlines()) - 1
    path = tmp_path / "ana.jsonl"
    path.write_text(exported, encoding="utf-8")
    review.done("decisions", "import", path)


@pytest.mark.slow
def test_undo_takes_back_the_last_decision_after_the_clock_went_back(tmp_path: Path) -> None:
    review = own_review(tmp_path)
    review.load(review.file("scopus.ris", ris(*range(1, 6))))
    keys = [key for (key,) in review.query("SELECT record FROM records ORDER BY record")]

    def plain(clock: str, *, keys: str) -> None:
        session = OwnReview(folder=tmp_path, clock=clock)
        done = session.run("screen", "--plain", "-r", "ana", stdin=keys)
        assert done.returncode == 0, done.stdout + done.stderr

    plain("1776000000", keys="i\nq\n")
    plain("1766000000", keys="i\nq\n")
    rows = review.query("SELECT record, decided_at FROM decisions ORDER BY decision")
    assert rows[0][1] > rows[1][1]
    plain("1776100000", keys="u\nq\n")
    undone = review.query("SELECT record FROM decisions ORDER BY decision DESC LIMIT 1")[0][0]
    assert undone == rows[1][0] != rows[0][0]
    assert set(keys) >= {undone}
