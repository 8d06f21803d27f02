"""A large review, step by step: processor time, peak memory and sizes, and how they grow.

    python benchmarks/scale.py                            # 10,000 and 100,000 records
    python benchmarks/scale.py --records 10000,100000,1000000
    python benchmarks/scale.py --read FILE [FILE...]      # the growth, from earlier results

Records are made from real ones (`made_records`), with copies in four sources. Each step is the
command that a user types, in a process of its own; two reviewers have decided on nine tenths.
Prints one JSON object for each size, then the growth: n to this power between two sizes. Where
time is n log n, the power is about 1.1 from 10,000 to 1,000,000.
"""

import argparse
import itertools
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHILD = str(Path(__file__).with_name("scale_child.py"))
SOURCES = ("pubmed", "embase", "scopus", "lilacs")
PROTOCOL = """
format = 1
[review]
id = "scale"
title = "A large review"
[[criteria]]
id = "off_theme"
kind = "exclusion"
wording = "off theme"
check = { by = "person" }
[[strategies]]
id = "exports"
label = "exported files"
origin = "published"
queries = { pubmed = "made", embase = "made", scopus = "made", lilacs = "made" }
[screening]
reviewers = { title_abstract = 2, full_text = 2 }
""" + "".join(
    f'[[sources]]\nid = "{source}"\nname = "{source.title()}"\nrole = "database"\n'
    for source in SOURCES
)
FORMATS = {
    "csv": "csv",
    "xlsx": "xlsx",
    "ris": "ris",
    "bibtex": "bib",
    "nbib": "nbib",
    "csl-json": "json",
    "jsonl": "jsonl",
    "endnote-xml": "xml",
    "asreview": "asreview.csv",
    "covidence": "covidence.csv",
    "rayyan": "rayyan.csv",
}
Figures = dict[str, Any]


def run(arguments: list[str], folder: Path) -> Figures:
    """Run one command; return its processor seconds, its peak memory and how it ended."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    with (folder / "said.txt").open("wb") as said:
        start = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - start
    if child.returncode:
        print(f"{arguments}: exit code {child.returncode}", file=sys.stderr)
        print((folder / "said.txt").read_text()[-2000:], file=sys.stderr)
    return {
        "cpu_s": round(used.ru_utime + used.ru_stime, 2),
        "wall_s": round(wall, 2),
        "peak_mb": round(used.ru_maxrss / 1024),
        "exit": child.returncode,
    }


def steps(folder: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield each step: its name, what Python runs, and the files whose size it says."""
    tool = ["-m", "reviewkit"]
    for source in SOURCES:
        lines = ["--source", source, "--date", "2026-11-01", "--query", "made"]
        yield f"import {source}", [*tool, "import", f"{source}.ris", "--force", *lines], []
    yield "dedupe", [*tool, "dedupe"], ["reviews/scale/review.db"]
    yield "decide nine tenths", [CHILD, "decide"], []
    yield "screen opens", [CHILD, "screen"], []
    yield "status", [*tool, "status"], []
    yield "prisma", [*tool, "prisma", "--format", "svg", "--out", "flow.svg"], ["flow.svg"]
    for name, ending in FORMATS.items():
        command = [*tool, "export", "--format", name, "--out", f"out.{ending}"]
        yield f"export {name}", command, [f"out.{ending}"]
    for name in ("html", "md", "json", "pdf"):
        command = [*tool, "report", "--format", name, "--out", f"report.{name}"]
        yield f"report {name}", command, [f"report.{name}"]
    yield "backup", [*tool, "backup", "--to", "backup.db"], ["backup.db"]
    yield "doctor", [*tool, "doctor"], []
    yield "package", [*tool, "package", "package.zip", "--licence", "CC BY 4.0"], ["package.zip"]
    yield "verify", [*tool, "verify", "package.zip"], []


def measure(count: int, folder: Path, only: str) -> Figures:
    """Take a review of `count` records through every step whose name has `only` in it."""
    if not (folder / "scale.toml").exists():
        # In a process of its own: a child's peak memory is at least its parent's.
        run([CHILD, "make", str(count)], folder)
        (folder / "scale.toml").write_text(PROTOCOL, encoding="utf-8")
    found: Figures = {}
    for name, arguments, files in steps(folder):
        if only not in name:
            continue
        is_verb = arguments[0] == "-m" and "verify" not in arguments
        figures = run([*arguments, "-p", "scale.toml"] if is_verb else arguments, folder)
        if name == "screen opens" and not figures["exit"]:
            figures |= json.loads((folder / "said.txt").read_text().splitlines()[-1])
        sizes = {file: _megabytes(folder / file) for file in files if (folder / file).exists()}
        found[name] = {**figures, "size_mb": sizes}
        print(f"{count:>9,} {name:20} {json.dumps(found[name])}", file=sys.stderr, flush=True)
    return {"records": count, "steps": found}


def _megabytes(path: Path) -> float:
    return round(path.stat().st_size / 1e6, 2)


def growth(results: list[Figures]) -> dict[str, list[float | None]]:
    """Return for each step the power of n by which its processor time grew, size by size."""
    powers: dict[str, list[float | None]] = {}
    for small, large in itertools.pairwise(results):
        for name, figures in small["steps"].items():
            later = large["steps"].get(name)
            if later is None:
                continue
            # Starting Python and reading the modules takes the same at every size.
            before, after = (max(step["cpu_s"] - 0.5, 0.05) for step in (figures, later))
            power = math.log(after / before) / math.log(large["records"] / small["records"])
            powers.setdefault(name, []).append(round(power, 2))
    return powers


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", default="10000,100000")
    parser.add_argument("--folder", type=Path, help="keep the reviews here, and go on from them")
    parser.add_argument("--only", default="", help="the steps with this in their name")
    parser.add_argument("--read", type=Path, nargs="+", help="results of earlier runs")
    options = parser.parse_args()

    if options.read:
        lines = [line for path in options.read for line in path.read_text().splitlines()]
        results = [json.loads(line) for line in lines if '"steps"' in line]
    else:
        results = []
        for count in map(int, options.records.split(",")):
            with tempfile.TemporaryDirectory() as temporary:
                folder = (options.folder or Path(temporary)) / str(count)
                folder.mkdir(parents=True, exist_ok=True)
                results.append(measure(count, folder.absolute(), options.only))
            print(json.dumps(results[-1]), flush=True)
    print(json.dumps({"growth": growth(sorted(results, key=lambda one: one["records"]))}))


if __name__ == "__main__":
    main()
