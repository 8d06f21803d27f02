"""Time a report: `python benchmarks/report.py [records]`, 5,000 made records by default.

Prints milliseconds (first, best and median) for reading the report from the database and for each
writer. Then whole commands as users run them: wall time, and processor time in parentheses.
"""

import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from diagram import timed

from reviewkit.model.records import Decision, Stage, Verdict
from reviewkit.report.writers.html import write_report_html
from reviewkit.report.writers.json_text import write_report_json
from reviewkit.report.writers.markdown import write_report_markdown
from reviewkit.report.writers.pdf import write_report_pdf
from reviewkit.store import Store
from reviewkit.store.decisions import add_decisions
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.report import read_report

PROJECT = Path(__file__).parents[1]
sys.path.insert(0, str(PROJECT))

from tests.helpers.screening_review import NOW, make_review  # needs the path above


def decided(number: int) -> list[Decision]:
    """Both stages for every hundredth record, which is included; the first stage for the others."""
    included = number % 100 == 0
    return [
        Decision(
            record=f"pubmed:{number:05}",
            stage=stage,
            reviewer="ana",
            verdict=Verdict.INCLUDE if included else Verdict.EXCLUDE,
            reason=None if included else "not on guts",
            note=None,
            decided_at="2026-11-01",
        )
        for stage in (Stage if included else (Stage.TITLE_ABSTRACT,))
    ]


def screened_review(folder: Path, count: int) -> ReviewProject:
    """A made review, all but a tenth screened, every hundredth record included."""
    project = make_review(folder, count=count)
    decisions = [decision for number in range(count * 9 // 10) for decision in decided(number)]
    with Store(project.database, now=NOW) as store, store.transaction():
        add_decisions(store, decisions, protocol=project.protocol_sha256)
    return project


def command(*arguments: str) -> None:
    """Print how long a whole command takes, best of five."""
    wall, busy = [], []
    for _ in range(5):
        before, start = os.times(), time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "reviewkit", *arguments], check=True, capture_output=True
        )
        after = os.times()
        wall.append(time.perf_counter() - start)
        busy.append(
            after.children_user
            + after.children_system
            - before.children_user
            - before.children_system
        )
    print(
        f"reviewkit {' '.join(arguments[:3]):<40} best {min(wall) * 1e3:8.0f} ms "
        f"({min(busy) * 1e3:.0f} ms busy)"
    )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with tempfile.TemporaryDirectory() as folder:
        small = screened_review(Path(folder) / "small", 100)
        large = screened_review(Path(folder) / "large", count)
        for name, project in (("100 records", small), (f"{count:,} records", large)):
            print(name)
            timed("read from the database", partial(read_report, project, now=NOW), 3)
            report = read_report(project, now=NOW)
            timed("HTML", partial(write_report_html, report), 5)
            timed("Markdown", partial(write_report_markdown, report), 5)
            timed("JSON", partial(write_report_json, report), 5)
            timed("PDF", partial(write_report_pdf, report), 5)
        protocol = ("-p", str(small.protocol_path))
        command("prisma", "--format", "svg", *protocol)
        command("prisma", "--format", "pdf", *protocol)
        command("report", "--format", "html", *protocol)
        command("report", "--format", "pdf", *protocol)


if __name__ == "__main__":
    main()
