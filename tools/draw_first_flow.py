"""Draw docs/flow_own.svg: `python tools/draw_first_flow.py` runs the commands of
docs/first-review.md in an empty folder and keeps their diagram.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
DAY = "1776038400"  # 2026-04-13, after the searches of the example
_RUNNABLE = re.compile(r"^```sh runnable\n(.*?)^```", re.MULTILINE | re.DOTALL)


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as name:
        for line in tutorial_lines():
            run_line(line, Path(name))
        shutil.copy(Path(name) / "flow.svg", DOCS / "flow_own.svg")


def tutorial_lines() -> list[str]:
    """Return the commands of the tutorial."""
    page = (DOCS / "first-review.md").read_text(encoding="utf-8")
    return [line for block in _RUNNABLE.findall(page) for line in block.splitlines()]


def run_line(line: str, folder: Path) -> None:
    """Run a command of the page; `< FILE` is its standard input."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": DAY, "PYTHONPATH": str(ROOT)}
    command, _, answers = line.partition(" < ")
    words = [sys.executable, "-m", "reviewkit", *shlex.split(command)[1:]]
    typed = (folder / answers).read_bytes() if answers else b""
    subprocess.run(words, cwd=folder, env=environment, input=typed, check=True)  # noqa: S603  our page


if __name__ == "__main__":
    main()
