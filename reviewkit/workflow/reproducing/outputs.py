"""The files that `reproduce` writes beside the database, and the text it prints."""

from dataclasses import dataclass
from pathlib import Path

from reviewkit.model.text import plural
from reviewkit.prisma.diagram.writers.svg import write_svg
from reviewkit.prisma.diagram.writers.text import write_text
from reviewkit.report.verdict import verdict_lines
from reviewkit.report.writers.html import write_report_html
from reviewkit.report.writers.json_text import write_report_json
from reviewkit.report.writers.markdown import write_report_markdown
from reviewkit.workflow.files import write_own
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.page_files import folder_beside, write_beside
from reviewkit.workflow.reporting.review_flow import draw_flow
from reviewkit.workflow.reproducing.reproduce import ReproduceResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """What was written: the JSON text itself, and where each file is."""

    json: str
    report: Path
    files: tuple[Path, ...]


def write_outputs(project: ReviewProject, result: ReproduceResult) -> Outputs:
    """Write both flows, the JSON and the report as Markdown and HTML.

    Each file is replaced whole or not at all. Raises ReviewkitError.
    """
    document = write_report_json(result.report)
    diagram = project.protocol.diagram
    page, listings = project.output / "report.html", result.report.listings
    beside = folder_beside(page, listings)
    write_beside(page, listings)
    texts = {
        "flow_reported.svg": write_svg(draw_flow(result.comparison.reported, diagram)),
        "flow_rerun.svg": write_svg(draw_flow(result.comparison.rerun, diagram)),
        "reproduction.json": document,
        "report.md": write_report_markdown(result.report),
        "report.html": write_report_html(result.report, beside=beside),
    }
    for name, text in texts.items():
        write_own(project.output / name, text.encode())

    files = tuple(project.output / name for name in texts)
    return Outputs(
        json=document, report=project.output / "report.md", files=(project.database, *files)
    )


def describe(
    project: ReviewProject, result: ReproduceResult, outputs: Outputs, *, width: int
) -> str:
    """The text for a person: the rerun's flow, the verdict, the findings, the files."""
    reproduction = result.comparison.reproduction
    changed = f"Database: {plural(result.changes, 'row')} changed."
    if not result.changes:
        changed = "Database: no row changed."

    lines = [
        _title(project),
        "",
        write_text(draw_flow(result.comparison.rerun, project.protocol.diagram), width=width),
        "",
        "Verdict",
        *(f"  {line}" for line in verdict_lines(project.protocol, reproduction)),
    ]

    if reproduction.findings:
        lines += ["", "What follows from the evidence"]
        lines += [f"  - {finding}" for finding in reproduction.findings]
    lines += ["", changed, *(f"  {path}" for path in outputs.files)]
    return "\n".join(lines)


def _title(project: ReviewProject) -> str:
    """The review's title, with journal and year in brackets where they are known."""
    review = project.protocol.review
    printed = [str(part) for part in (review.journal, review.year) if part]
    return f"{review.title} ({', '.join(printed)})" if printed else review.title
