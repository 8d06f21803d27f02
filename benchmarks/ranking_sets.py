"""The labelled reviews of the ranking benchmark: records, labels, priors, ASReview's figures."""

import csv
import gzip
import json
import random
from dataclasses import dataclass
from pathlib import Path

from reviewkit.model.records import Record

SEEDS = (1, 2, 3)
MEASURES = ("wss95", "recall_10", "wss100", "atd")
# ASReview's figures on the sets without baselines, from ranking_peer.py with the priors of
# `Review.priors`.
MEASURED = Path(__file__).parent / "asreview_clef.csv"
Figures = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A finished review: its records, the label of each by key, and its title if known."""

    name: str
    records: tuple[Record, ...]
    labels: dict[str, bool]
    title: str | None

    def priors(self, seed: int, given: dict[tuple[str, int], list[str]]) -> tuple[str, ...]:
        """One relevant and one irrelevant key: those of the baselines, or drawn by set and seed."""
        if (self.name, seed) in given:
            return tuple(f"{self.name}:{record_id}" for record_id in given[self.name, seed])
        drawn = random.Random(f"{self.name}:{seed}")
        relevant = [key for key, label in self.labels.items() if label]
        irrelevant = [key for key, label in self.labels.items() if not label]
        return drawn.choice(relevant), drawn.choice(irrelevant)


def load_reviews(data: Path, names: list[str] | None = None) -> list[Review]:
    """All labelled reviews in the folder, or the named ones."""
    topics = json.loads((data / "clef_topics.json").read_text(encoding="utf-8"))
    paths = sorted(data.glob("*.csv.gz"))
    reviews = [
        _load(path, topics)
        for path in paths
        if not names or path.name.removesuffix(".csv.gz") in names
    ]
    if not reviews:
        raise SystemExit(f"no labelled review in {data}")
    return reviews


def load_baselines(
    data: Path,
) -> tuple[dict[tuple[str, int], Figures], dict[tuple[str, int], list[str]]]:
    """ASReview's figures and the priors it was given, by set and seed."""
    found: dict[tuple[str, int], Figures] = {}
    priors: dict[tuple[str, int], list[str]] = {}
    for path in (data / "baselines_asreview.csv", MEASURED):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                at = row["dataset"], int(row["seed"])
                found[at] = {measure: float(row[measure]) for measure in MEASURES}
                priors[at] = row["priors"].split()
    return found, priors


def _load(path: Path, topics: dict[str, dict[str, str]]) -> Review:
    name = path.name.removesuffix(".csv.gz")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    records = tuple(
        Record(
            source=name,
            source_id=row["record_id"],
            title=row["title"] or None,
            abstract=row["abstract"] or None,
        )
        for row in rows
    )
    labels = {record.key: row["included"] == "1" for record, row in zip(records, rows, strict=True)}
    return Review(
        name=name, records=records, labels=labels, title=topics.get(name, {}).get("title")
    )
