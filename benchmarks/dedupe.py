"""Benchmark duplicate detection on sets with known truth, beside BibDedupe, in one run.

Each set is judged with weights learned without it.

    python benchmarks/dedupe.py --peer PATH/TO/python
    python benchmarks/dedupe.py --scale 10000 50000 100000 1000000

`--peer` is a Python in which bib-dedupe is installed; without it only reviewkit is measured.
Counting is strict, without ambiguous pairs. CPU is the child's own on one core, without start,
imports and reading the file. Memory is its peak.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from learn_dedupe import NEVER_LEARNED, LabelledSet, examples_of, learn, load_sets

from reviewkit.dedupe import DedupeSettings, Duplicates, Settled, SettledPair, find_duplicates
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
    true_questions: int
    answered_wrong: int
    answered_missed: int
    peer: Figures | None


def load_scorer(path: Path) -> tuple[Evaluate, Callable[..., dict[str, str]]]:
    """`evaluate` and `core_truth` of the scorer at `path`."""
    spec = spec_from_file_location("scorer", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"no scorer at {path}")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.evaluate, module.core_truth


def in_child(command: list[str], stdin: str | None = None) -> Scores:
    """Return what a child process reports on its last line of output."""
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    report: Scores = json.loads(done.stdout.splitlines()[-1])
    return report


def figures(labelled: LabelledSet, report: Scores, evaluate: Evaluate) -> Figures:
    """Score the child's clusters."""
    predicted = {
        f"{labelled.name}:{record}": cluster for record, cluster in report["clusters"].items()
    }
    strict = evaluate(predicted, labelled.truth, set(labelled.ambiguous))["removed_strict"]
    return Figures(
        right=strict["TP"],
        wrong=strict["FP"],
        missed=strict["FN"],
        cpu=report["cpu"],
        memory=report["memory"],
    )


def answer_rightly(
    labelled: LabelledSet, weights: Weights, core: dict[str, str]
) -> tuple[int, int, Duplicates]:
    """Return the number of questions and of true ones, and the result of correct answers to all."""
    settings = DedupeSettings(weights=weights)
    found = find_duplicates(labelled.records, settings=settings)
    true_answer = {True: Settled.SAME, False: Settled.DIFFERENT}
    answers = [
        SettledPair(
            record_a=pair.record_a,
            record_b=pair.record_b,
            answer=true_answer[core[pair.record_a] == core[pair.record_b]],
        )
        for pair in found.questions
    ]
    true = sum(answer.answer is Settled.SAME for answer in answers)
    return len(answers), true, find_duplicates(labelled.records, settings=settings, known=answers)


def measure(labelled: LabelledSet, weights: Weights, arguments: argparse.Namespace) -> Row:
    evaluate, core_truth = load_scorer(arguments.scorer)
    path = arguments.data / f"{labelled.name}.csv.gz"
    encoded = json.dumps({"values": weights.values, "bias": weights.bias})
    ours = in_child([sys.executable, str(CHILD), str(path)], encoded)
    peer = None
    if arguments.peer:
        report = in_child([arguments.peer, str(PEER), str(path)])
        peer = figures(labelled, report, evaluate)

    core = core_truth(labelled.truth, set(labelled.ambiguous))
    questions, true, answered = answer_rightly(labelled, weights, core)
    predicted: dict[str, str] = {}
    for cluster in answered.clusters:
        predicted |= dict.fromkeys(cluster.members, cluster.lead)
    strict = evaluate(predicted, labelled.truth, set(labelled.ambiguous))["removed_strict"]
    return Row(
        name=labelled.name,
        records=len(labelled.records),
        ours=figures(labelled, ours, evaluate),
        questions=questions,
        true_questions=true,
        answered_wrong=strict["FP"],
        answered_missed=strict["FN"],
        peer=peer,
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
    peer = None
    if peers:
        peer = added(peers)
    return Row(
        name="all",
        records=sum(row.records for row in rows),
        ours=added([row.ours for row in rows]),
        questions=sum(row.questions for row in rows),
        true_questions=sum(row.true_questions for row in rows),
        answered_wrong=sum(row.answered_wrong for row in rows),
        answered_missed=sum(row.answered_missed for row in rows),
        peer=peer,
    )


COLUMNS = ("right", "wrong", "missed", "recall", "CPU s", "MB")
SIDE = "{:>6} {:>5} {:>6} {:>7} {:>6} {:>5}"
LINE = "{:20s} {:>7} | {} | {:>5} {:>5} {:>7} {:>5} {:>6} {:>7} | {} | {}"
ASKED = ("asked", "true", "per 100", "wrong", "missed", "recall")


def side(f: Figures) -> str:
    return SIDE.format(
        f.right, f.wrong, f.missed, f"{f.recall:.4f}", f"{f.cpu:.2f}", f"{f.memory:.0f}"
    )


def show(row: Row) -> str:
    needed = max(row.ours.right + row.ours.missed, 1)
    answered = (
        row.questions,
        row.true_questions,
        f"{100 * row.questions / row.records:.2f}",
        row.answered_wrong,
        row.answered_missed,
        f"{1 - row.answered_missed / needed:.4f}",
    )
    peer, faster = "not measured", ""
    if row.peer:
        peer, faster = side(row.peer), f"{row.peer.cpu / row.ours.cpu:.1f}x"
    return LINE.format(row.name, row.records, side(row.ours), *answered, peer, faster)


def compare_tools(arguments: argparse.Namespace) -> None:
    sets = [each for each in load_sets(arguments.data) if each.name not in arguments.leave_out]
    examples = {each.name: examples_of(each) for each in sets if each.name not in NEVER_LEARNED}
    print(
        "First reviewkit, automatic decisions; then its questions, and the result when all are "
        "answered correctly;"
    )
    print("then BibDedupe; then how many times less CPU reviewkit takes.")
    print(
        LINE.format(
            "set", "records", SIDE.format(*COLUMNS), *ASKED, SIDE.format(*COLUMNS), "faster"
        )
    )
    rows = []
    for labelled in sets:
        weights = learn([found for name, found in examples.items() if name != labelled.name])
        rows.append(measure(labelled, weights, arguments))
        print(show(rows[-1]), flush=True)
    print(show(total(rows)))


def show_scale(arguments: argparse.Namespace) -> None:
    print("Made records: real works with other words, people, place and identifiers, and copies")
    print("with the errors of databases. They show time and memory, not the quality on real sets.")
    line = "{:>8} {:>8} {:>8} {:>8} {:>6} {:>8} {:>6} {:>7} {:>6}"
    print(
        line.format(
            "records", "making s", "CPU s", "us each", "MB", "right", "wrong", "missed", "asked"
        )
    )
    for size in arguments.scale:
        report = in_child([sys.executable, str(CHILD), "--made", str(size), str(arguments.data)])
        each = f"{1e6 * report['cpu'] / size:.0f}"
        counts = (report["right"], report["wrong"], report["missed"], report["asked"])
        figures_of = (
            f"{report['made']:.1f}",
            f"{report['cpu']:.1f}",
            each,
            f"{report['memory']:.0f}",
        )
        print(line.format(size, *figures_of, *counts), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data/dedup"))
    parser.add_argument("--scorer", type=Path, default=Path("../shared/tools/evaluate_dedup.py"))
    parser.add_argument("--peer", help="a Python with bib-dedupe installed")
    parser.add_argument(
        "--leave-out", nargs="+", default=(), metavar="SET", help="sets not to open"
    )
    parser.add_argument(
        "--scale", type=int, nargs="+", metavar="RECORDS", help="time and memory on made records"
    )
    arguments = parser.parse_args()
    if arguments.scale:
        show_scale(arguments)
    else:
        compare_tools(arguments)


if __name__ == "__main__":
    main()
