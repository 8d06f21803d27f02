"""Run reviewkit on one set or on made records, in a process of its own.

The last line of output is the report. Run by dedupe.py; for a set, weights come on standard input.
"""

import json
import resource
import sys
import time
from pathlib import Path

from learn_dedupe import NEVER_LEARNED, load_set, load_sets
from made_records import make_records, score

from reviewkit.dedupe import DedupeSettings, find_duplicates
from reviewkit.dedupe.weights import Weights


def memory() -> float:
    """Return the peak memory in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def one_set(path: Path) -> dict[str, object]:
    learned = json.loads(sys.stdin.read())
    weights = Weights(values=tuple(learned["values"]), bias=learned["bias"])
    labelled = load_set(path)
    start = time.process_time()
    found = find_duplicates(labelled.records, settings=DedupeSettings(weights=weights))
    spent = time.process_time() - start
    name = f"{labelled.name}:"
    clusters: dict[str, str] = {}
    for cluster in found.clusters:
        clusters |= {key.removeprefix(name): cluster.lead for key in cluster.members}
    return {"clusters": clusters, "cpu": spent, "memory": memory()}


def made(size: int, data: Path) -> dict[str, object]:
    start = time.process_time()
    sets = [each for each in load_sets(data) if each.name not in NEVER_LEARNED]
    records = make_records(size, sets)
    read = time.process_time() - start
    start = time.process_time()
    found = find_duplicates(records)
    spent = time.process_time() - start
    return {
        "made": read,
        "cpu": spent,
        "memory": memory(),
        "asked": len(found.questions),
        **score(records, found),
    }


def report_of(arguments: list[str]) -> dict[str, object]:
    if arguments[0] == "--made":
        return made(int(arguments[1]), Path(arguments[2]))
    return one_set(Path(arguments[0]))


def main() -> None:
    report = report_of(sys.argv[1:])
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
