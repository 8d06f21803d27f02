"""Time what a reviewer waits for: opening a session, and from a decision to the next record.

usage: python benchmarks/screen.py [--records 10000,100000] [--decisions 300] [--order random]
Prints one JSON object for each size, times in milliseconds, without the user interface.
"""

import argparse
import datetime
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from reviewkit.model.records import Decision, Record, Role, RunStatus, SearchRun, Stage, Verdict
from reviewkit.screening.models import Filter, Order
from reviewkit.store import Store
from reviewkit.store.decisions import add_decision
from reviewkit.store.protocols import add_protocol
from reviewkit.store.runs import add_run
from reviewkit.workflow.project import ReviewProject, open_project
from reviewkit.workflow.session.open_screening import SessionOptions, open_session

NOW = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)
PROTOCOL = """
format = 1
[review]
id = "many"
title = "Many records"
[[sources]]
id = "pubmed"
name = "PubMed"
role = "database"
[[criteria]]
id = "off_theme"
kind = "exclusion"
wording = "off theme"
check = { by = "person" }
[screening]
reviewers = { title_abstract = 2 }
[screening.highlight]
include = ["gut", "microbiom*", "nerve"]
"""
ABSTRACT = "Of the gut, its microbiome and the nerves that lead there, told at some length. " * 18


def make(folder: Path, count: int) -> ReviewProject:
    """Make a review of `count` records; a colleague has decided on half of them."""
    path = folder / "many.toml"
    path.write_text(PROTOCOL, encoding="utf-8")
    project = open_project(path)
    records = [
        Record(
            source="pubmed",
            source_id=str(i),
            title=f"Record {i} of guts",
            abstract=ABSTRACT,
            year=2000 + i % 25,
        )
        for i in range(count)
    ]
    run = SearchRun(
        source="pubmed",
        role=Role.DATABASE,
        strategy="s",
        query="q",
        searched_at="2026",
        status=RunStatus.COMPLETE,
        count=count,
        received=count,
        identifiers=tuple(record.source_id for record in records),
    )
    with Store(project.database, now=NOW) as store, store.transaction():
        add_protocol(store, project.protocol_sha256, review="many", toml="")
        add_run(store, run, records, protocol=project.protocol_sha256, counts_in_flow=True)
        for record in records[: count // 2]:
            decision = Decision(
                record=record.key,
                stage=Stage.TITLE_ABSTRACT,
                reviewer="rui",
                verdict=Verdict.EXCLUDE,
                reason=None,
                note=None,
                decided_at="2026-01-01T00:00:00.000Z",
            )
            add_decision(store, decision, protocol=project.protocol_sha256)
    return project


def measure(project: ReviewProject, decisions: int, order: Order) -> dict[str, float]:
    """Time opening, deciding, undoing, finding and filtering, in milliseconds."""
    began = time.perf_counter()
    with open_session(
        project,
        reviewer="ana",
        options=SessionOptions(order=order),
        clock=lambda: datetime.datetime.now(datetime.UTC),
    ) as session:
        opened = time.perf_counter() - began
        waits = []
        for number in range(decisions):
            start = time.perf_counter()
            if number % 10 == 0:
                session.include()
            else:
                session.exclude(1)
            waits.append(time.perf_counter() - start)
        undone = timed(session.undo)
        found = timed(lambda: session.navigation.find("nerves record 77"))
        filtered = timed(lambda: session.navigation.set_filter(Filter(text="guts", year_from=2010)))
    waits.sort()
    return {
        "open_ms": round(opened * 1000, 1),
        "next_median_ms": round(statistics.median(waits) * 1000, 2),
        "next_p95_ms": round(waits[int(len(waits) * 0.95)] * 1000, 2),
        "next_max_ms": round(waits[-1] * 1000, 2),
        "undo_ms": undone,
        "find_ms": found,
        "filter_ms": filtered,
    }


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return round((time.perf_counter() - start) * 1000, 2)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", default="10000,100000")
    parser.add_argument("--decisions", type=int, default=300)
    parser.add_argument("--order", type=Order, default=Order.RANDOM, choices=list(Order))
    options = parser.parse_args()
    for count in map(int, options.records.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            figures = measure(make(Path(folder), count), options.decisions, options.order)
            print(json.dumps({"records": count, "order": options.order, **figures}))


if __name__ == "__main__":
    main()
