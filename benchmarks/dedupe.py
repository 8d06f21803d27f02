"""Duplicate detection on the sets with truth, beside BibDedupe, in one run; each set with weights learned without it.

    python benchmarks/dedupe.py [--peer PATH/TO/python] [--data ../shared/data/dedup] [--scorer ../shared/tools/evaluate_dedup.py]
    python benchmarks/dedupe.py --scale 10000 50000 100000 1000000

`--peer` is a Python in which bib-dedupe is installed; without it only reviewkit is measured. Strict counting, ambiguous pairs
left out. CPU is the child process's own, one core, without interpreter start, imports and reading the file; memory is its peak.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

from learn_dedupe import LabelledSet, examples_of, learn, load_sets

from reviewkit.dedupe import Duplicates, Settled, SettledPair, find_duplicates
from reviewkit.dedupe.weights import Weights

CHILD = Path(__file__).parent / "dedupe_child.py"
PEER = Path(__file__).parent / "dedupe_peer.py"
Scores = dict[str, Any]
Evaluate = Callable[..., Scores]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One tool on one set: merges right, wrong and missed; CPU seconds; peak memory in MB."""

    right: int
    wrong: int
    missed: int
    cpu: float
    memory: float

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One set: ours, how many questions, ours when they are answered rightly, and the peer's."""

    name: str
    records: int
    ours: Figures
    questions: int
    answered_wrong: int
    answered_missed: int
    peer: Figures | None


def load_scorer(path: Path) -> tuple[Evaluate, Callable[..., dict[str, str]]]:
    """`evaluate` and `core_truth` of the scorer at `path`."""
    spec = spec_from_file_location("scorer", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path}: no scorer there")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.evaluate, module.core_truth


def in_child(command: list[str], given: str | None = None) -> Scores:
    """What a child process reports on its last line of output."""
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    report: Scores = json.loads(done.stdout.splitlines()[-1])
    return report


def figures(labelled: LabelledSet, report: Scores, evaluate: Evaluate) -> Figures:
    """The child's clusters, scored."""
    predicted = {f"{labelled.name}:{record}": cluster for record, cluster in report["clusters"].items()}
    strict = evaluate(predicted, labelled.truth, set(labelled.ambiguous))["removed_strict"]
    return Figures(
        right=strict["TP"], wrong=strict["FP"], missed=strict["FN"], cpu=report["cpu"], memory=report["memory"]
    )


def answer_rightly(labelled: LabelledSet, weights: Weights, core: dict[str, str]) -> tuple[int, Duplicates]:
    """How many questions are asked, and the result once each is answered as the truth says."""
    found = find_duplicates(labelled.records, weights=weights)
    answers = [
        SettledPair(
            record_a=pair.record_a,
            record_b=pair.record_b,
            answer=Settled.SAME if core[pair.record_a] == core[pair.record_b] else Settled.DIFFERENT,
        )
        for pair in found.questions
    ]
    return len(answers), find_duplicates(labelled.records, weights=weights, known=answers)


def measure(labelled: LabelledSet, weights: Weights, arguments: argparse.Namespace) -> Row:
    evaluate, core_truth = load_scorer(arguments.scorer)
    path = arguments.data / f"{labelled.name}.csv.gz"
    given = json.dumps({"values": weights.values, "bias": weights.bias})
    ours = in_child([sys.executable, str(CHILD), str(path)], given)
    peer = in_child([arguments.peer, str(PEER), str(path)]) if arguments.peer else None
    core = core_truth(labelled.truth, set(labelled.ambiguous))
    questions, answered = answer_rightly(labelled, weights, core)
    predicted = {key: cluster.lead for cluster in answered.clusters for key in cluster.members}
    strict = evaluate(predicted, labelled.truth, set(labelled.ambiguous))["removed_strict"]
    return Row(
        name=labelled.name,
        records=len(labelled.records),
        ours=figures(labelled, ours, evaluate),
        questions=questions,
        answered_wrong=strict["FP"],
        answered_missed=strict["FN"],
        peer=figures(labelled, peer, evaluate) if peer else None,
    )


def total(rows: list[Row]) -> Row:
    def added(sides: list[Figures]) -> Figures:
        return Figures(
            right=sum(s.right for s in sides),
            wrong=sum(s.wrong for s in sides),
            missed=sum(s.missed for s in sides),
            cpu=sum(s.cpu for s in sides),
            memory=max(s.memory for s in sides),
        )

    peers = [row.peer for row in rows if row.peer]
    return Row(
        name="all",
        records=sum(row.records for row in rows),
        ours=added([row.ours for row in rows]),
        questions=sum(row.questions for row in rows),
        answered_wrong=sum(row.answered_wrong for row in rows),
        answered_missed=sum(row.answered_missed for row in rows),
        peer=added(peers) if peers else None,
    )


HEAD = (
    f"{'set':20s} {'records':>7s} | {'right':>5s} {'wrong':>5s} {'missed':>6s} {'recall':>7s} {'CPU s':>6s} {'MB':>4s} | "
    f"{'asked':>5s} {'per 100':>7s} {'wrong':>5s} {'missed':>6s} {'recall':>7s} | "
    f"{'right':>5s} {'wrong':>5s} {'missed':>6s} {'recall':>7s} {'CPU s':>6s} {'MB':>4s} | faster"
)


def show(row: Row) -> str:
    o = row.ours
    needed = o.right + o.missed
    answered = 1 - row.answered_missed / needed if needed else 1.0
    text = (
        f"{row.name:20s} {row.records:7d} | {o.right:5d} {o.wrong:5d} {o.missed:6d} {o.recall:7.4f} {o.cpu:6.2f} {o.memory:4.0f} | "
        f"{row.questions:5d} {100 * row.questions / row.records:7.2f} {row.answered_wrong:5d} {row.answered_missed:6d} {answered:7.4f} | "
    )
    if row.peer is None:
        return text + "not measured"
    p = row.peer
    return text + (
        f"{p.right:5d} {p.wrong:5d} {p.missed:6d} {p.recall:7.4f} {p.cpu:6.2f} {p.memory:4.0f} | {p.cpu / o.cpu:5.1f}x"
    )


def compare_tools(arguments: argparse.Namespace) -> None:
    sets = load_sets(arguments.data)
    examples = {labelled.name: examples_of(labelled) for labelled in sets}
    print(f"{'':28s} | reviewkit, automatic{'':27s} | with its questions answered rightly{'':6s} | BibDedupe")
    print(HEAD)
    rows = []
    for labelled in sets:
        weights = learn([found for name, found in examples.items() if name != labelled.name])
        rows.append(measure(labelled, weights, arguments))
        print(show(rows[-1]), flush=True)
    print(show(total(rows)))


def show_scale(arguments: argparse.Namespace) -> None:
    print(
        "Made records: works varied from real ones in words, people, place and identifiers, and copies of them with the"
    )
    print("dirt of databases. They tell of time and memory; their counts of right and wrong tell little of real sets.")
    print(
        f"{'records':>8s} {'read s':>7s} {'CPU s':>7s} {'us each':>7s} {'MB':>6s} {'right':>7s} {'wrong':>6s} {'missed':>6s} {'asked':>6s}"
    )
    for size in arguments.scale:
        with tempfile.NamedTemporaryFile(suffix=".json") as file:
            report = in_child([sys.executable, str(CHILD), "--made", str(size), str(arguments.data), file.name])
        print(
            f"{size:8d} {report['read']:7.1f} {report['cpu']:7.1f} {1e6 * report['cpu'] / size:7.0f} {report['memory']:6.0f} "
            f"{report['right']:7d} {report['wrong']:6d} {report['missed']:6d} {report['asked']:6d}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/dedup"))
    parser.add_argument("--scorer", type=Path, default=Path("../shared/tools/evaluate_dedup.py"))
    parser.add_argument("--peer", help="a Python with bib-dedupe installed")
    parser.add_argument("--scale", type=int, nargs="+", metavar="RECORDS", help="time and memory on made records")
    arguments = parser.parse_args()
    if arguments.scale:
        show_scale(arguments)
    else:
        compare_tools(arguments)


if __name__ == "__main__":
    main()
