"""Planted mistakes that lint names at their place, beside search-query's linter.

Run: python benchmarks/lint.py [PYTHON]    PYTHON is one that has search-query installed
"""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from reviewkit.query.dialects.languages import LANGUAGES
from reviewkit.query.lines import read_strategy
from reviewkit.query.lint import lint
from reviewkit.query.tree import Severity
from tests.helpers.planted_mistakes import Planted, right_queries, wrong_queries

PLATFORMS = {"pubmed": "pubmed", "wos": "wos", "cinahl": "ebscohost"}
SEED, NUMBER = 7, 20
Report = tuple[list[tuple[int, int]], str, float]
"""Where something was named, why nothing could be, and the milliseconds."""


def ours(queries: Sequence[Planted]) -> list[Report]:
    reports = []
    for one in queries:
        began = time.perf_counter()
        problems = lint(read_strategy(one.text, LANGUAGES[one.language]))
        taken = (time.perf_counter() - began) * 1000
        named = problems if one.place else [p for p in problems if p.severity is not Severity.NOTE]
        reports.append(([problem.span for problem in named], "", taken))
    return reports


def theirs(queries: Sequence[Planted], python: str) -> list[Report]:
    lines = [json.dumps([PLATFORMS[one.language], one.text]) for one in queries]
    child = str(Path(__file__).with_name("lint_peer.py"))
    done = subprocess.run(
        [python, child], input="\n".join(lines), capture_output=True, text=True, check=True
    )
    reports = json.loads(done.stdout.splitlines()[-1])
    return [([(a, b) for a, b in one["places"]], one["failed"], one["ms"]) for one in reports]


def is_named(one: Planted, report: Report) -> bool:
    first, last = one.place or (0, 0)
    return any(place[0] <= last and first <= place[1] for place in report[0])


def show(
    name: str, wrong: Sequence[Planted], right: Sequence[Planted], found: list[Report]
) -> None:
    named, planted = Counter[str](), Counter[str]()
    for one, report in zip(wrong, found, strict=False):
        kind = f"{one.language:<7} {one.kind}"
        planted[kind] += 1
        named[kind] += is_named(one, report)
    of_right = found[len(wrong) :]
    times = sorted(report[2] for report in found)
    print(f"\n{name}: {named.total()} of {planted.total()} mistakes named at their place; ", end="")
    print(f"{sum(bool(one[0]) for one in of_right)} of {len(right)} right queries blamed; ", end="")
    failed = Counter(report[1] for report in found if report[1])
    print(f"median {times[len(times) // 2]:.2f} ms a query; errors raised: {dict(failed)}")
    for kind, number in planted.items():
        print(f"  {named[kind]:>3} of {number}  {kind}")


def main() -> None:
    """Print the figures."""
    wrong = list(wrong_queries(seed=SEED, number=NUMBER))
    right = list(right_queries(seed=SEED + 1, number=NUMBER))
    queries = [*wrong, *right]
    show("reviewkit", wrong, right, ours(queries))
    if len(sys.argv) > 1:
        show("search-query", wrong, right, theirs(queries, sys.argv[1]))


if __name__ == "__main__":
    main()
