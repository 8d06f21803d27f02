"""Learn the weights of reviewkit/dedupe/weights.toml from the sets with known truth.

Prints the weights, and those learned without each set.

python benchmarks/learn_dedupe.py [--data ../shared/data/dedup] [--write]
"""

import argparse
import csv
import gzip
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from reviewkit.dedupe.block import candidate_pairs
from reviewkit.dedupe.compare import Likeness, compare
from reviewkit.dedupe.compare.fields import Floats
from reviewkit.dedupe.evidence import SIGNS, evidence
from reviewkit.dedupe.prepare import Ints, Prepared, prepare
from reviewkit.dedupe.weights import Weights
from reviewkit.importers.dedupe_csv import records_from_rows
from reviewkit.model.records import Record

WEIGHTS = Path(__file__).parents[1] / "reviewkit" / "dedupe" / "weights.toml"
RIDGE = 0.5
STEPS = 4000
# References and computing, no medicine: never learned from, and opened only to report.
NEVER_LEARNED = frozenset({"cora", "misq"})
HEADER = """\
# The weight of each evidence; the score is 1 / (1 + exp(-(bias + sum of weight x evidence))).
#
# Learned by `python benchmarks/learn_dedupe.py --write` from the candidate pairs of
# {names}:
# {pairs} pairs, {same} of them duplicates; pairs marked ambiguous are left out. Logistic
# regression with a ridge of {ridge} and fixed signs (no weight may reward disagreement). A set of n
# pairs weighs as sqrt(n), so that no set dominates. `python benchmarks/dedupe.py` scores each set
# with weights learned without it; these are from all sets.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledSet:
    """One data set: its records, the true cluster by key, and the pairs that people disagree on."""

    name: str
    records: list[Record]
    truth: dict[str, str]
    ambiguous: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """A set's candidate pairs with evidence, labelled 1 (duplicates), 0 (not) or -1 (ambiguous)."""

    prepared: Prepared
    pairs: Likeness
    columns: Floats
    labels: Ints


def load_sets(folder: Path) -> list[LabelledSet]:
    """Return every set in the folder, by name."""
    csv.field_size_limit(10**9)
    return [load_set(path) for path in sorted(folder.glob("*.csv.gz"))]


def load_set(path: Path) -> LabelledSet:
    """Return one set: NAME.csv.gz with NAME.truth.csv and NAME.ambiguous.csv beside it."""
    name = path.name.removesuffix(".csv.gz")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        records = list(records_from_rows(csv.DictReader(file), source=name))
    truth = {
        f"{name}:{row['record_id']}": row["cluster_id"]
        for row in _rows(path.with_name(f"{name}.truth.csv"))
    }
    ambiguous = {
        _ordered(f"{name}:{row['record_id_a']}", f"{name}:{row['record_id_b']}")
        for row in _rows(path.with_name(f"{name}.ambiguous.csv"))
    }
    return LabelledSet(name=name, records=records, truth=truth, ambiguous=frozenset(ambiguous))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _ordered(one: str, two: str) -> tuple[str, str]:
    return min(one, two), max(one, two)


def examples_of(labelled: LabelledSet) -> Examples:
    """Return the set's candidate pairs, and the true pairs that blocking missed."""
    prepared = prepare(labelled.records)
    first, second = candidate_pairs(prepared)
    first, second = _with_true_pairs(prepared, labelled, first, second)
    pairs = compare(prepared, first, second)
    places = zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)
    labels = [_label(labelled, prepared.keys[i], prepared.keys[j]) for i, j in places]
    return Examples(
        prepared=prepared,
        pairs=pairs,
        columns=evidence(pairs.values),
        labels=np.array(labels, dtype=np.int64),
    )


def _label(labelled: LabelledSet, one: str, two: str) -> int:
    if _ordered(one, two) in labelled.ambiguous:
        return -1
    return int(labelled.truth[one] == labelled.truth[two])


def _with_true_pairs(
    prepared: Prepared, labelled: LabelledSet, first: Ints, second: Ints
) -> tuple[Ints, Ints]:
    members: dict[str, list[int]] = defaultdict(list)
    for place, key in enumerate(prepared.keys):
        members[labelled.truth[key]].append(place)
    size = len(prepared)
    true: list[int] = []
    for group in members.values():
        true.extend(i * size + j for i, j in combinations(group, 2))
    pairs = np.union1d(first * size + second, np.array(true, np.int64))
    return pairs // size, pairs % size


def learn(sets: list[Examples]) -> Weights:
    """Return weights by accelerated projected gradient descent; deterministic."""
    used = [s.labels >= 0 for s in sets]
    columns = np.vstack([s.columns[u] for s, u in zip(sets, used, strict=True)])
    labels = np.concatenate([s.labels[u] for s, u in zip(sets, used, strict=True)]).astype(
        np.float64
    )
    share = np.concatenate([np.full(int(u.sum()), 1 / np.sqrt(max(300, u.sum()))) for u in used])
    share *= len(share) / share.sum()

    signs = np.array(list(SIGNS.values()))
    table = np.column_stack([columns, np.ones(len(columns))])
    ridge = np.append(np.full(len(signs), RIDGE), 1e-3)
    reach = 0.25 * float(np.linalg.norm(np.sqrt(share)[:, None] * table, 2)) ** 2 + RIDGE

    current = np.zeros(table.shape[1])
    ahead, pace = current.copy(), 1.0
    for _ in range(STEPS):
        guess = 1 / (1 + np.exp(-table @ ahead))
        new = ahead - (table.T @ (share * (guess - labels)) + ridge * ahead) / reach
        new[:-1] = np.where(signs > 0, np.maximum(new[:-1], 0), np.minimum(new[:-1], 0))
        faster = (1 + (1 + 4 * pace * pace) ** 0.5) / 2
        ahead = new + (pace - 1) / faster * (new - current)
        current, pace = new, faster
    rounded = [round(float(value), 3) + 0.0 for value in current]
    return Weights(values=tuple(rounded[:-1]), bias=rounded[-1])


def write_weights(weights: Weights, sets: list[LabelledSet], examples: list[Examples]) -> None:
    """Write the file in the package, with how it was made."""
    labels = np.concatenate([e.labels for e in examples])
    head = HEADER.format(
        names=", ".join(s.name for s in sets),
        pairs=int((labels >= 0).sum()),
        same=int((labels == 1).sum()),
        ridge=RIDGE,
    )
    lines = [f"{name} = {value}" for name, value in zip(SIGNS, weights.values, strict=True)]
    WEIGHTS.write_text(
        "\n".join([head, "[weights]", f"bias = {weights.bias}", *lines, ""]), encoding="utf-8"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/dedup"))
    parser.add_argument("--write", action="store_true", help="write reviewkit/dedupe/weights.toml")
    arguments = parser.parse_args()
    sets = [each for each in load_sets(arguments.data) if each.name not in NEVER_LEARNED]
    examples = [examples_of(labelled) for labelled in sets]
    weights = learn(examples)
    if arguments.write:
        write_weights(weights, sets, examples)
    print(f"{'evidence':22s} weight  (without each set in turn: {', '.join(s.name for s in sets)})")
    others = [learn([e for e in examples if e is not left_out]) for left_out in examples]
    for place, name in enumerate(SIGNS):
        print(
            f"{name:22s} {weights.values[place]:6.2f} ",
            *[f"{other.values[place]:6.2f}" for other in others],
        )
    print(f"{'bias':22s} {weights.bias:6.2f} ", *[f"{other.bias:6.2f}" for other in others])


if __name__ == "__main__":
    main()
