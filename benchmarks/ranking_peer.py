"""Run ASReview's default model (ELAS u4) in a Python of its own.

The last line of output is the report. pandas and asreview are in that Python only.

python benchmarks/ranking_peer.py speed ROWS.json       run by ranking.py --speed
python benchmarks/ranking_peer.py simulate PAIR.json    rows and two priors to a screening order
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from asreview.models.balancers import Balanced
from asreview.models.classifiers import SVM
from asreview.models.feature_extractors import Tfidf

LABELLED = (50, 1000, 2000, 5000)
REPEATS = 5


def memory() -> float:
    """Return the peak memory in MB. getrusage also counts what the parent held when it forked."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def features(rows: list[list[Any]]) -> Any:
    frame = pd.DataFrame({"title": [row[0] for row in rows], "abstract": [row[1] for row in rows]})
    return Tfidf(ngram_range=(1, 2), sublinear_tf=True, min_df=1, max_df=0.95).fit_transform(frame)


def order(matrix: Any, labels: Any, seen: list[int], pool: Any) -> Any:
    """Train on the seen records and order the pool, as ASReview does after each decision."""
    model = SVM(loss="squared_hinge", C=0.11)
    model.fit(
        matrix[seen], labels[seen], sample_weight=Balanced(9.8).compute_sample_weight(labels[seen])
    )
    return pool[np.argsort(-model.decision_function(matrix[pool]), kind="stable")]


def speed(rows: list[list[Any]]) -> dict[str, object]:
    matrix, labels = features(rows), np.array([int(row[2]) for row in rows])
    times = {}
    for labelled in LABELLED:
        taken, pool = [], np.arange(labelled, len(rows))
        for _ in range(REPEATS):
            start = time.process_time()
            order(matrix, labels, list(range(labelled)), pool)
            taken.append((time.process_time() - start) * 1000)
        times[str(labelled)] = (float(np.median(taken)), float(np.quantile(taken, 0.95)))
    return {"ms": times, "memory": memory()}


def simulate(rows: list[list[Any]], priors: list[int]) -> dict[str, object]:
    matrix, labels = features(rows), np.array([int(row[2]) for row in rows])
    seen, remaining = list(priors), np.ones(len(rows), dtype=bool)
    remaining[priors] = False
    while labels[remaining].any():
        first = int(order(matrix, labels, seen, np.flatnonzero(remaining))[0])
        seen.append(first)
        remaining[first] = False
    return {"order": [*seen, *np.flatnonzero(remaining).tolist()]}


def report_of(task: str, content: Any) -> dict[str, object]:
    if task == "speed":
        return speed(content)
    return simulate(content["rows"], content["priors"])


def main() -> None:
    content = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    report = report_of(sys.argv[1], content)
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
