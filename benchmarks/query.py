"""How long queries take: parse and lint 17,000 characters; 60 readings over 10,000 records.

Run: python benchmarks/query.py
"""

import random
import time
from pathlib import Path

from reviewkit.model.records import Record
from reviewkit.query.dialects.languages import DEFAULT, LANGUAGES
from reviewkit.query.evaluator import Evaluator
from reviewkit.query.lines import read_strategy
from reviewkit.query.lint import lint
from reviewkit.query.read_record import ReadRecord
from reviewkit.workflow.auditing.at_hand import judge_at_hand
from reviewkit.workflow.auditing.plan import plan_of
from reviewkit.workflow.project import open_project

WORDS = ["gut", "dysbiosis", "brain", "flora", "mice", "trial", "of", "the", "disease", "neuron"]


def measured(text: str, language: str) -> float:
    began = time.perf_counter()
    lint(read_strategy(text, LANGUAGES[language]))
    return (time.perf_counter() - began) * 1000


def main() -> None:
    """Print the figures."""
    flat = " OR ".join(f'"gut dysbiosis {number}"[tiab]' for number in range(590))
    lines = [f"{n}. ((gut adj3 word{n}$) or exp Wide Thing{n}/).tw." for n in range(1, 330)]
    ovid = "\n".join([*lines, "330. or/1-329"])
    for name, text, language in (("PubMed", flat, DEFAULT.id), ("Ovid", ovid, "ovid")):
        best = min(measured(text, language) for _ in range(5))
        print(f"{name}: {len(text):,} characters parsed and linted in {best:.0f} ms")

    chance = random.Random(1)
    records = [
        Record(
            source="pubmed",
            source_id=str(number),
            title=" ".join(chance.choices(WORDS, k=10)),
            abstract=" ".join(chance.choices(WORDS, k=200)),
            headings=tuple(chance.sample(["Dysbiosis", "Asthma", "Humans"], 2)),
            languages=("eng",),
            published=f"{chance.randrange(2015, 2025)}-02-03",
        )
        for number in range(10_000)
    ]
    began, worked = time.perf_counter(), time.process_time()
    evaluator = Evaluator([ReadRecord(record=one, is_complete=True) for one in records])
    tags = ["mh", "mh:noexp", "majr", "tiab", "tw"]
    for number in range(60):
        tag, limit = tags[number % 5], 2015 + number // 5
        query = f'"Dysbiosis"[{tag}] AND "neuron disease"[{tag}] AND Asthma[{tag}]'
        tree = read_strategy(f"{query} AND {limit}:2024[dp] AND eng[la]", DEFAULT).tree
        if tree is not None:
            evaluator.returned(tree)
    print(f"60 readings over 10,000 records: {spent(began, worked)}")

    project = open_project(Path("protocols/als_dysbiosis.toml"))
    queries = plan_of(project.protocol).questions["pubmed"]
    began, worked = time.perf_counter(), time.process_time()
    judge_at_hand(project.protocol, "pubmed", queries, ("made records", records), ())
    print(f"an audit offline, {len(queries)} readings, 10,000 records: {spent(began, worked)}")


def spent(began: float, worked: float) -> str:
    """Seconds of the clock and of the processor since then."""
    return f"{time.perf_counter() - began:.1f} s, CPU {time.process_time() - worked:.1f} s"


if __name__ == "__main__":
    main()
