"""`reviewkit demo`: the files of a made review."""

from pathlib import Path
from typing import Annotated

import typer

from reviewkit.cli.console import data, talk

_STEPS = """\
Next, in that folder:
  reviewkit init --title "Exercise and sleep in older adults" \\
    --source pubmed --source lilacs \\
    --exclude "Not about older adults" --exclude "Not a trial" \\
    --exclude "No exercise" --exclude "Sleep not measured"
  reviewkit import pubmed-2015-2019.nbib pubmed-2020-2025.nbib --source pubmed --date 2026-04-10
  reviewkit import lilacs.ris --source lilacs --date 2026-04-10
  reviewkit dedupe
  reviewkit screen --reviewer clinician
  reviewkit prisma --out flow.svg"""


def demo(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new or an empty folder.")] = (
        Path("reviewkit-demo")
    ),
) -> None:
    """Write the files of a small made review, to learn with.

    60 made records in three exports of two sources, and the decisions of two reviewers. The page
    "Your first review" of the documentation leads through all steps.

    Example: reviewkit demo
    """
    from reviewkit.workflow.setup.demo import write_demo

    for name in write_demo(folder):
        data(str(folder / name))
    talk(_STEPS)
