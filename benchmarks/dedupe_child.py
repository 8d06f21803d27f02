"""reviewkit on one set or on made records, in a process of its own; the last line of output is the report.

Run by dedupe.py: weights come on standard input for a set.
"""

import json
import resource
import sys
import time
from pathlib import Path

from learn_dedupe import load_set, load_sets
from made_records import make_records, score

from reviewkit.dedupe import find_duplicates
from reviewkit.dedupe.weights import Weights


def memory() -> float:
    """Peak memory in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def one_set(path: Path) -> dict[str, object]:
    given = json.loads(sys.stdin.read())
    labelled = load_set(path)
    start = time.process_time()
    found = find_duplicates(
        labelled.records, weights=Weights(values=tuple(given["values"]), bias=given["bias"])
    )
    spent = time.process_time() - start
    name = f"{labelled.name}:"
    clusters = {
        key.removeprefix(name): cluster.lead
        for cluster in found.clusters
        for key in cluster.members
    }
    return {"clusters": clusters, "cpu": spent, "memory": memory()}


def made(size: int, data: Path) -> dict[str, object]:
    start = time.process_time()
    records = make_records(size, load_sets(data))
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


def main() -> None:
    report = (
        made(int(sys.argv[2]), Path(sys.argv[3]))
        if sys.argv[1] == "--made"
        else one_set(Path(sys.argv[1]))
    )
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
