"""Time a retraining after each of twenty decisions, in a process of its own.

Run by ranking.py --speed.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

from reviewkit.model.records import Record
from reviewkit.ranking import rank, sparse, vectorise

LABELLED = (50, 1000, 2000, 5000)
DECISIONS = 20


def memory() -> float:
    """Return the peak memory in MB. getrusage also counts what the parent held when it forked."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    if "--without-scipy" in sys.argv:
        vars(sparse)["csr_array"] = None  # as if SciPy were not installed
    rows = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    records = [
        Record(source="made", source_id=str(i), title=row[0], abstract=row[1])
        for i, row in enumerate(rows)
    ]
    labels = [bool(row[2]) for row in rows]
    start = time.process_time()
    vectors = vectorise(records)
    spent = time.process_time() - start
    times: dict[str, tuple[float, float]] = {}
    for labelled in LABELLED:
        decided = {records[i].key: labels[i] for i in range(labelled)}
        ranking, taken = rank(vectors, decided, seed=1), []
        for _ in range(DECISIONS):
            (key,) = ranking.keys(1)
            decided[key] = labels[vectors.row_of[key]]
            start = time.process_time()
            ranking = rank(vectors, decided, seed=1)
            taken.append((time.process_time() - start) * 1000)
        times[str(labelled)] = (float(np.median(taken)), float(np.quantile(taken, 0.95)))
    sys.stdout.write(json.dumps({"vectors": spent, "ms": times, "memory": memory()}) + "\n")


if __name__ == "__main__":
    main()
