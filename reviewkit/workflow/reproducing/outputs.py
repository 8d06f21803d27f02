"""The files that `reproduce` leaves beside the database, and what it says of them."""

from dataclasses import dataclass
from pathlib import Path

from reviewkit.model.text import plural
from reviewkit.prisma.diagram.writers.svg import write_svg
from reviewkit.prisma.diagram.writers.text import write_text
from reviewkit.report.sections_verdict import verdict_lines
from reviewkit.report.writers.html import write_report_html
from reviewkit.report.writers.json_text import write_report_json
from reviewkit.report.writers.markdown import write_report_markdown
from reviewkit.workflow.files import write_output
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.review_flow import draw_flow
from reviewkit.workflow.reproducing.reproduce import Reproduced


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written: the JSON text itself, and where each file is."""

    json: str
    report: Path
    files: tuple[Path, ...]


def write_outputs(project: ReviewProject, made: Reproduced) -> Written:
    """Write both flows, the JSON and the report as Markdown and HTML; what, and where, comes back.

    Each file is replaced whole or not at all. Raises ReviewkitError.
    """
    document = write_report_json(made.report)
    look = project.protocol.diagram
    texts = {
        "flow_reported.svg": write_svg(draw_flow(made.comparison.reported, look)),
        "flow_rerun.svg": write_svg(draw_flow(made.comparison.rerun, look)),
        "reproduction.json": document,
        "report.md": write_report_markdown(made.report),
        "report.html": write_report_html(made.report),
    }
    for name, text in texts.items():
        write_output(project.output / name, text.encode())
    files = tuple(project.output / name for name in texts)
    return Written(
        json=document, report=project.output / "report.md", files=(project.database, *files)
    )


def describe(project: ReviewProject, made: Reproduced, written: Written, *, width: int) -> str:
    """What a person reads when the job is done: the rerun's flow, the verdict, the findings, the files."""
    review = project.protocol.review
    printed = [str(part) for part in (review.journal, review.year) if part]
    changed = plural(made.changes, "row")
    return "\n".join(
        [
            f"{review.title} ({', '.join(printed)})" if printed else review.title,
            "",
            write_text(draw_flow(made.comparison.rerun, project.protocol.diagram), width=width),
            "",
            "Verdict",
            *(
                f"  {line}"
                for line in verdict_lines(project.protocol, made.comparison.reproduction)
            ),
            *(
                ["", "What follows from the evidence"]
                if made.comparison.reproduction.findings
                else []
            ),
            *(f"  - {finding}" for finding in made.comparison.reproduction.findings),
            "",
            f"Database: {changed} changed." if made.changes else "Database: no row changed.",
            *(f"  {path}" for path in written.files),
        ]
    )
