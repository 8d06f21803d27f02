"""The files that `reproduce` leaves beside the database, and what it says of them."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from reviewkit.diagram.layout import layout
from reviewkit.diagram.svg import write_svg
from reviewkit.diagram.text import write_text
from reviewkit.errors import ReviewkitError
from reviewkit.exports.report import report_json, report_markdown, verdict_lines
from reviewkit.workflow.place import Place
from reviewkit.workflow.reproduce import Reproduced


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written: the JSON text itself, and where each file is."""

    json: str
    report: Path
    files: tuple[Path, ...]


def write_outputs(place: Place, made: Reproduced) -> Written:
    """Write both flows, the JSON and the report. Each file is replaced whole or not at all; raises ReviewkitError."""
    document = report_json(
        place.protocol,
        place.protocol_sha256,
        made.comparison.reproduction,
        made.comparison.reported,
        made.comparison.rerun,
    )
    texts = {
        "flow_reported.svg": write_svg(layout(made.comparison.reported)),
        "flow_rerun.svg": write_svg(layout(made.comparison.rerun)),
        "reproduction.json": document,
        "report.md": report_markdown(place.protocol, place.protocol_sha256, made.comparison.reproduction),
    }
    for name, text in texts.items():
        write_whole(place.output / name, text)
    files = tuple(place.output / name for name in texts)
    return Written(json=document, report=place.output / "report.md", files=(place.database, *files))


def write_whole(path: Path, text: str) -> None:
    """Replace a file in one step, and only if its content differs."""
    try:
        if path.exists() and path.read_text(encoding="utf-8") == text:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            # mkstemp makes files for their owner only; outputs are for everybody whom the folder is for.
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ReviewkitError(
            f"cannot be written: {(error.strerror or str(error)).lower()}",
            where=str(path),
            hint="check the folder and the space left, or name another place with --out",
        ) from error


def describe(place: Place, made: Reproduced, written: Written, *, width: int) -> str:
    """What a person reads when the job is done: the rerun's flow, the verdict, the findings, the files."""
    review = place.protocol.review
    changed = "1 row" if made.changes == 1 else f"{made.changes} rows"
    return "\n".join(
        [
            f"{review.title} ({review.journal} {review.year})" if review.journal else review.title,
            "",
            write_text(layout(made.comparison.rerun), width=width),
            "",
            "Verdict",
            *(f"  {line}" for line in verdict_lines(place.protocol, made.comparison.reproduction)),
            *(["", "What follows from the evidence"] if made.comparison.reproduction.findings else []),
            *(f"  - {finding}" for finding in made.comparison.reproduction.findings),
            "",
            f"Database: {changed} changed." if made.changes else "Database: no row changed.",
            *(f"  {path}" for path in written.files),
        ]
    )
