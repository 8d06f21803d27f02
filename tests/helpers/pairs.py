"""A review with three pairs of records that wait for a person."""

from dataclasses import replace
from pathlib import Path

from reviewkit.dedupe import Duplicates, PairOutcome, judge_pair
from reviewkit.model.records import Record
from reviewkit.store import Store
from reviewkit.store.pairs import set_duplicates
from reviewkit.store.runs import add_run
from reviewkit.workflow.project import ReviewProject
from tests.helpers.screening_review import NOW, make_review, run_of

TITLES = {
    "Lisbon": "Gut microbiota and the course of amyotrophic lateral sclerosis "
    "in a cohort from Lisbon",
    "Recife": "Feeding tubes, weight and survival: what nurses of Recife saw over ten winters",
    "Madrid": "Does probiotic milk slow the loss of motor neurons? A trial in Madrid's hospitals",
}


def works(project: str, number: int) -> list[Record]:
    """Two records to be asked about, whatever the rules of the day make of them."""
    one = Record(
        source="pubmed",
        source_id=f"{number}1",
        title=TITLES[project],
        authors=("Silva A", "Souza B"),
        journal="Journal of Nerves",
        year=2020,
    )
    return [
        one,
        replace(
            one,
            source_id=f"{number}2",
            year=2022,
            journal="Proceedings of the Meeting",
            pages="12-19",
        ),
    ]


def review_with_pairs(folder: Path) -> ReviewProject:
    project = make_review(folder, count=0)
    records = [*works("Lisbon", 1), *works("Recife", 2), *works("Madrid", 3)]
    with Store(project.database, now=NOW) as store, store.transaction():
        add_run(
            store, run_of(records), records, protocol=project.protocol_sha256, counts_in_flow=True
        )
        asked = [
            replace(
                judge_pair(*records[at : at + 2]), outcome=PairOutcome.ASK, score=0.6 - at / 100
            )
            for at in (0, 2, 4)
        ]
        set_duplicates(store, Duplicates(pairs=tuple(asked), clusters=(), relations=()))
    return project
