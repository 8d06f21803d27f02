"""Benchmark the ranking on finished reviews, beside ASReview.

One relevant and one irrelevant prior, three seeds; nothing is tuned to a set.

    python benchmarks/ranking.py [--sets NAME ...] [--orders FOLDER]     figures per set, and means
    python benchmarks/ranking.py --cold                                  start from the title
    python benchmarks/ranking.py --stopping                              recall and work by rule
    python benchmarks/ranking.py --speed [--peer PATH/TO/python]         time of a retraining

`--peer` is a Python in which asreview is installed; it is measured in the same run.
`--without-scipy` measures the speed with NumPy alone. Scored by
../shared/tools/evaluate_ranking.py.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.util import module_from_spec, spec_from_file_location
from itertools import accumulate
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
from ranking_sets import MEASURES, SEEDS, Figures, Review, load_baselines, load_reviews

from reviewkit.model.records import Record
from reviewkit.ranking import Vectors, rank, simulate, vectorise
from reviewkit.screening.stopping import heuristics, hypergeometric_test

HERE = Path(__file__).parent
SHARED = HERE.parents[1] / "shared"
Scorer = Callable[[list[int]], dict[str, Any]]
Runs = dict[tuple[str, int], Figures]


def load_scorer(path: Path) -> Scorer:
    """`scores` of the scorer at `path`."""
    spec = spec_from_file_location("evaluate_ranking", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"no scorer at {path}")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    scores: Scorer = module.scores
    return scores


def run_sets(reviews: Sequence[Review], data: Path, scorer: Scorer, orders: Path | None) -> None:
    peers, given = load_baselines(data)
    ours: Runs = {}
    for review in reviews:
        start = time.process_time()
        vectors = vectorise(review.records)
        for seed in SEEDS:
            found = simulate(vectors, review.labels, priors=review.priors(seed, given), seed=seed)
            ours[review.name, seed] = scorer(
                [int(review.labels[key]) for key in found.order[found.priors :]]
            )
            if orders:
                write_order(orders / f"{review.name}-{seed}.csv", found.order)
        print_set(review.name, ours, peers, time.process_time() - start)
    print()
    for title, names in groups(reviews):
        if names:
            print(f"{title} ({len(names)} sets)")
            for measure in MEASURES:
                print("  " + compare(measure, names, ours, peers))


def groups(reviews: Sequence[Review]) -> list[tuple[str, list[str]]]:
    names = [review.name for review in reviews]
    clef = [name for name in names if name.startswith("clef")]
    return [
        ("sets with baselines", [n for n in names if n not in clef]),
        ("CLEF sets", clef),
        ("all sets", names),
    ]


def print_set(name: str, ours: Runs, peers: Runs, seconds: float) -> None:
    cells = []
    for measure in MEASURES:
        mine = mean(ours[name, seed][measure] for seed in SEEDS)
        theirs = [peers[name, seed][measure] for seed in SEEDS if (name, seed) in peers]
        cells.append(f"{measure} {mine:.3f}" + (f" ({mine - mean(theirs):+.3f})" if theirs else ""))
    print(f"{name:38s} " + "  ".join(cells) + f"  {seconds:.0f} s", flush=True)


def compare(measure: str, names: Sequence[str], ours: Runs, peers: Runs) -> str:
    """Return both means, the difference, and its 95 % interval by bootstrap (10,000 times)."""
    known = [name for name in names if all((name, seed) in peers for seed in SEEDS)]
    mine = np.array([mean(ours[name, seed][measure] for seed in SEEDS) for name in known])
    theirs = np.array([mean(peers[name, seed][measure] for seed in SEEDS) for name in known])
    apart = mine - theirs
    drawn = apart[np.random.default_rng(1).integers(0, len(known), (10_000, len(known)))].mean(
        axis=1
    )
    low, high = np.quantile(drawn, [0.025, 0.975])
    interval = f"{apart.mean():+.4f} [{low:+.4f}, {high:+.4f}]"
    means = f"reviewkit {mine.mean():.4f}  ASReview {theirs.mean():.4f}"
    return f"{measure:10s} {means}  difference {interval}"


def write_order(path: Path, order: Sequence[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["record_id"], *([key.split(":", 1)[1]] for key in order)])


Start = tuple[int, float, Figures]


def run_cold(reviews: Sequence[Review], scorer: Scorer) -> None:
    """Start without a prior: from the title, from nothing, and at random until one is relevant.

    From nothing, the most typical records come first.
    """
    starts: dict[str, list[Start]] = {"title": [], "typical": [], "random": []}
    for review in reviews:
        if not review.title:
            continue
        titled, bare = vectorise(review.records, texts=[review.title]), vectorise(review.records)
        for seed in SEEDS:
            random_priors = until_relevant(review, seed)
            starts["title"].append(started(review, titled, (), seed, scorer))
            starts["typical"].append(started(review, bare, (), seed, scorer))
            starts["random"].append(started(review, bare, random_priors, seed, scorer))
        print_first_relevant(review, starts)

    for start, runs in starts.items():
        means = "  ".join(f"{m} {mean(run[2][m] for run in runs):.3f}" for m in MEASURES)
        first, early = mean(run[0] for run in runs), mean(run[1] for run in runs)
        print(f"{start:8s} first relevant at {first:.1f}  recall_5 {early:.3f}  {means}")


def started(
    review: Review, vectors: Vectors, priors: Sequence[str], seed: int, scorer: Scorer
) -> Start:
    """Return where the first relevant record comes, the recall after 5 %, and the figures."""
    order = simulate(vectors, review.labels, priors=priors, seed=seed).order
    labels = [int(review.labels[key]) for key in order]
    early = sum(labels[: int(0.05 * len(labels))]) / sum(labels)
    return labels.index(1) + 1, early, scorer(labels)


def print_first_relevant(review: Review, starts: dict[str, list[Start]]) -> None:
    cells = []
    for start, runs in starts.items():
        first = mean(run[0] for run in runs[-len(SEEDS) :])
        cells.append(f"{start} {first:.0f}")
    print(f"{review.name:20s} first relevant " + "  ".join(cells), flush=True)


def until_relevant(review: Review, seed: int) -> tuple[str, ...]:
    keys = list(review.labels)
    shuffled = [keys[place] for place in np.random.default_rng(seed).permutation(len(keys))]
    first = next(place for place, key in enumerate(shuffled) if review.labels[key])
    return tuple(shuffled[: first + 1])


def run_stopping(reviews: Sequence[Review], data: Path) -> None:
    """Print the recall and the saved work of each stopping rule, checked 200 times a run."""
    _, given = load_baselines(data)
    kept: dict[str, list[tuple[float, float]]] = {}
    for review in reviews:
        vectors = vectorise(review.records)
        for seed in SEEDS:
            order = simulate(
                vectors, review.labels, priors=review.priors(seed, given), seed=seed
            ).order
            labels = [review.labels[key] for key in order]
            recall = [count / sum(labels) for count in accumulate(labels)]
            for rule, stop in stops(labels).items():
                kept.setdefault(rule, []).append((recall[stop - 1], 1 - stop / len(labels)))
    for rule, runs in kept.items():
        enough = mean(recall >= 0.95 for recall, _ in runs)
        lowest, saved = min(recall for recall, _ in runs), mean(saved for _, saved in runs)
        print(
            f"{rule:45s} {len(runs)} runs  recall >= .95 in {enough:.0%}  "
            f"lowest {lowest:.2f}  saved {saved:.0%}"
        )


def stops(labels: list[bool]) -> dict[str, int]:
    """Return how many records are screened when each rule is first met, or all of them."""
    n = len(labels)
    found: dict[str, int] = {}
    for screened in range(1, n + 1, max(1, n // 200)):
        seen = labels[:screened]
        for target in (0.95, 0.9):
            name = f"hypergeometric, recall {target:.0%}, confidence 95%"
            if name not in found and hypergeometric_test(seen, total=n, recall_target=target).met:
                found[name] = screened
        for rule in heuristics(seen, total=n):
            if rule.met:
                found.setdefault(rule.name, screened)
    names = [f"hypergeometric, recall {target:.0%}, confidence 95%" for target in (0.95, 0.9)]
    names += [rule.name for rule in heuristics(labels, total=n)]
    return {name: found.get(name, n) for name in names}


def run_speed(reviews: Sequence[Review], peer: str | None, options: Sequence[str]) -> None:
    """Time a retraining with its order: CPU ms at each number labelled, and peak memory."""
    pooled: list[tuple[Record, bool]] = []
    for review in reviews:
        pooled.extend((record, review.labels[record.key]) for record in review.records)
    shuffled = [pooled[place] for place in np.random.default_rng(1).permutation(len(pooled))]

    for size in (10_000, 30_000):
        rows = in_rank_order(shuffled[:size])
        ours, theirs = [], []
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(rows, file)
            file.flush()
            # In turns, and the better of two each: both meet the same load of the machine.
            for _ in range(2):
                child = [sys.executable, str(HERE / "ranking_child.py"), file.name, *options]
                ours.append(run_child(child))
                if peer:
                    script = [str(HERE / "ranking_peer.py"), "speed", file.name]
                    theirs.append(run_child([str(Path(peer).absolute()), *script]))
        print_speed(len(rows), ours, theirs)


def in_rank_order(labelled: Sequence[tuple[Record, bool]]) -> list[tuple[str, str, bool]]:
    """Return title, abstract and label of each, in the order of a screening by rank.

    The first 5,100 are ranked in tens; the rest follow.
    """
    vectors = vectorise([record for record, _ in labelled])
    labels = {record.key: label for record, label in labelled}
    decided = {record.key: label for record, label in labelled[:50]}
    while len(decided) < 5100:
        ranking = rank(vectors, decided, seed=1)
        decided.update({key: labels[key] for key in ranking.keys(10)})
    records = {record.key: record for record, _ in labelled}
    keys = dict.fromkeys([*decided, *records])
    return [(records[key].title or "", records[key].abstract or "", labels[key]) for key in keys]


def print_speed(size: int, ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> None:
    peak = f"{ours[0]['memory']:.0f} MB"
    if theirs:
        peak += f", ASReview {theirs[0]['memory']:.0f} MB"
    print(f"{size} records: vectors {ours[0]['vectors']:.2f} s CPU, peak {peak}")

    for labelled in ours[0]["ms"]:
        median, high = min(run["ms"][labelled] for run in ours)
        line = f"  {labelled:>5s} labelled: reviewkit {median:.1f} ms (p95 {high:.1f})"
        if theirs:
            other = min(run["ms"][labelled][0] for run in theirs)
            line += f"  ASReview {other:.1f}  ratio {other / median:.1f}"
        print(line, flush=True)


def run_child(command: list[str]) -> dict[str, Any]:
    threads = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1")
    # ASReview leaves a cache in the folder that it is run in.
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=threads, cwd=folder
        )
    if done.returncode:
        raise SystemExit(done.stderr)
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=SHARED / "data" / "screening")
    parser.add_argument("--scorer", type=Path, default=SHARED / "tools" / "evaluate_ranking.py")
    parser.add_argument("--sets", nargs="+", help="only these reviews")
    parser.add_argument(
        "--orders", type=Path, help="a folder for the screening orders, as the scorer reads them"
    )
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--stopping", action="store_true")
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--peer", help="a Python with asreview installed")
    parser.add_argument(
        "--without-scipy", action="store_true", help="measure the products of NumPy alone"
    )
    args = parser.parse_args()
    if not args.data.is_dir():
        raise SystemExit(f"no labelled reviews at {args.data}")
    reviews = load_reviews(args.data, args.sets)
    if args.cold:
        run_cold(reviews, load_scorer(args.scorer))
    elif args.stopping:
        run_stopping(reviews, args.data)
    elif args.speed:
        run_speed(reviews, args.peer, ["--without-scipy"] * args.without_scipy)
    else:
        run_sets(reviews, args.data, load_scorer(args.scorer), args.orders)


if __name__ == "__main__":
    main()
