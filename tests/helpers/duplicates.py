"""Records that are duplicates or nearly so, by hand, by chance and from the sets with truth."""

import csv
import gzip
import io
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from reviewkit.dedupe import (
    Duplicates,
    PairOutcome,
    judge_pair,
)
from reviewkit.importers.dedupe_csv import records_from_rows
from reviewkit.model.records import Record
from tests.conftest import SHARED

TITLE = "Efficacy and safety of nivolumab in patients with advanced melanoma: a randomised trial"


PEOPLE = ("Smith, John", "Jones, Paul", "Garcia, Maria")


def record(name: str, title: str | None = TITLE, **values: Any) -> Record:
    """Return a record of an article by three authors; `values` replace its fields."""
    known: dict[str, Any] = {
        "authors": PEOPLE,
        "journal": "Journal of Clinical Oncology",
        "year": 2020,
        **values,
    }
    return Record(source="t", source_id=name, title=title, **known)


PLACE: dict[str, Any] = {"volume": "38", "issue": "4", "pages": "100-110"}


SUPPLEMENT: dict[str, Any] = {"volume": "38", "issue": "Suppl 1", "pages": "S12"}


def doubtful(count: int) -> list[Record]:
    """Return pairs of records that nobody but a person can judge, and no two pairs alike."""
    words = (
        "asthma burns dementia epilepsy fracture gout hernia insomnia jaundice lupus measles rash"
    )
    found = []
    for place, word in enumerate(words.split()[:count]):
        title = f"{word.title()} {word} {word}: vaccination of {{}} patients with {word}"
        pages = {"volume": f"{place + 3}", "issue": "4", "pages": f"{100 + place}-{110 + place}"}
        for name, who in (("a", "adult"), ("b", "adolescent")):
            people = (f"{word.title()}son, J", f"{word.title()}berg, P")
            found.append(record(f"{place}{name}", title.format(who), authors=people, **pages))
    return found


def outcome(one: Record, two: Record) -> PairOutcome:
    """Return the outcome of a pair, which is the same both ways."""
    there, back = judge_pair(one, two), judge_pair(two, one)
    assert there == back
    return there.outcome


def clusters_of(found: Duplicates) -> set[frozenset[str]]:
    """Return the members of each cluster."""
    return {frozenset(cluster.members) for cluster in found.clusters}


WORDS = [
    "liver",
    "kidney",
    "trial",
    "randomised",
    "children",
    "adults",
    "sepsis",
    "melanoma",
    "therapy",
    "stroke",
    "phase",
]


made_titles = st.lists(
    st.sampled_from([*WORDS, "I", "II", "2", "of", "Übersicht", "研究"]), max_size=9
).map(" ".join)


made_records: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    title=st.one_of(st.none(), made_titles),
    authors=st.lists(
        st.sampled_from(["Li, Wei", "Smith J", "Müller K", "Garcia-Lopez M", ""]), max_size=4
    ).map(tuple),
    journal=st.sampled_from([None, "Lancet", "The Lancet", "J Hepatol", "Journal of Hepatology"]),
    year=st.sampled_from([None, 2019, 2020]),
    volume=st.sampled_from([None, "1", "12", "1)"]),
    pages=st.sampled_from([None, "1-9", "12-20", "S12", "e12345", "01-Oct"]),
    doi=st.sampled_from([None, "10.1000/a", "10.1000/b"]),
)


made_lists = st.lists(made_records, max_size=14).map(
    lambda rows: [Record(source="t", source_id=str(place), **row) for place, row in enumerate(rows)]
)


FOLDER = SHARED / "dedup"


SETS = [
    "cytology_screening",
    "diabetes",
    "gambling",
    "haematology",
    "respiratory",
    "tafenoquine",
    "wildfire",
]


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file, packed or not."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def read_set(name: str) -> list[Record]:
    """Return the records of a set with truth."""
    return list(records_from_rows(read_rows(FOLDER / f"{name}.csv.gz"), source=name))
