"""The steps of `scale.py` that are no command, run in its folder: `make N`, `decide`, `screen`."""

import datetime
import json
import random
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from learn_dedupe import load_sets
from made_records import make_records

from reviewkit.exports.write import write_records
from reviewkit.model.records import Decision, Record, Stage, Verdict
from reviewkit.store import Store
from reviewkit.store.decisions import add_decision
from reviewkit.workflow.project import open_project
from reviewkit.workflow.session.open_screening import SessionOptions, open_session

SHARED = Path(__file__).parents[2] / "shared" / "data" / "dedup"
SOURCES = ("pubmed", "embase", "scopus", "lilacs")
CHUNK = 50_000
NOW = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)


def make(count: int) -> None:
    """Write what four databases would export, one RIS file each."""
    sets = load_sets(SHARED)
    for start in range(0, count, CHUNK):
        size = min(CHUNK, count - start)
        made = make_records(size, sets, seed=7 + start, first=start)
        for place, source in enumerate(SOURCES):
            with Path(f"{source}.ris").open("ab") as file:
                file.writelines(write_records("ris", _copies(made, place)))


def _copies(made: list[Record], place: int) -> Iterator[Record]:
    return (record for record in made if record.source_id.endswith(f"-{place}"))


def decisions(keys: list[str]) -> Iterator[Decision]:
    """Two reviewers on nine tenths: one in fifty goes on to full text, half of those are in."""
    for number, key in enumerate(keys[: len(keys) * 9 // 10]):
        for stage in Stage if number % 50 == 0 else (Stage.TITLE_ABSTRACT,):
            taken = number % (100 if stage is Stage.FULL_TEXT else 50) == 0
            for reviewer in ("ana", "rui"):
                yield Decision(
                    record=key,
                    stage=stage,
                    reviewer=reviewer,
                    verdict=Verdict.INCLUDE if taken else Verdict.EXCLUDE,
                    reason=None if taken else "off theme",
                    note=None,
                    decided_at="2026-11-02T00:00:00.000Z",
                )


def decide() -> None:
    project = open_project(Path("scale.toml"))
    with Store(project.database, now=NOW) as store, store.transaction():
        keys = [key for (key,) in store.rows("SELECT record FROM records ORDER BY record")]
        random.Random(1).shuffle(keys)
        for decision in decisions(keys):
            add_decision(store, decision, protocol=project.protocol_sha256)


def screen() -> None:
    """Print how long it takes until the first record is there, and until the next one is."""
    project = open_project(Path("scale.toml"))
    start = time.perf_counter()
    with open_session(
        project,
        reviewer="eva",
        options=SessionOptions(),
        clock=partial(datetime.datetime.now, datetime.UTC),
    ) as session:
        first = session.view
        opened = time.perf_counter()
        session.include()
        decided = time.perf_counter()
    if first is None:
        raise SystemExit("no record is left to screen")
    print(json.dumps({"open_s": round(opened - start, 2), "next_s": round(decided - opened, 4)}))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", count]:
            make(int(count))
        case ["decide"]:
            decide()
        case _:
            screen()
