"""Draw the screens of docs/first-review.md: `python tools/draw_first_screens.py` runs the commands
of the page in an empty folder and keeps docs/screen_titles.svg, screen_conflict.svg and
screen_full_text.svg.
"""

import asyncio
import datetime
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from reviewkit.model.records import Stage
from reviewkit.tui.app import ReviewApp
from reviewkit.tui.conflicts_screen import ConflictsScreen
from reviewkit.tui.keys import Keys
from reviewkit.tui.review_screen import ReviewScreen
from reviewkit.tui.screening_screen import ScreeningScreen
from reviewkit.workflow.project import find_protocol, open_project
from reviewkit.workflow.session.conflicts import open_conflicts
from reviewkit.workflow.session.open_screening import SessionOptions, open_session
from tools.draw_first_flow import DAY, DOCS, run_line, tutorial_lines

SIZE = (110, 26)
_SECONDS_A_RECORD = 12
PICTURES = ("screen_titles.svg", "screen_conflict.svg", "screen_full_text.svg")
_WEB_FONT = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
_REVIEWER = "clinician"


def main() -> None:
    """Write the pictures."""
    with tempfile.TemporaryDirectory() as name:
        for picture, svg in draw(Path(name), run_line).items():
            (DOCS / picture).write_text(svg, encoding="utf-8")


def draw(folder: Path, run: Callable[[str, Path], object]) -> dict[str, str]:
    """Return the SVG of each picture by its name; `run` runs a command of the page in a folder."""
    lines = tutorial_lines()
    first_screening = next(at for at, line in enumerate(lines) if "reviewkit screen" in line)
    first_settling = next(at for at, line in enumerate(lines) if "reviewkit resolve" in line)
    review = folder / "review"
    review.mkdir()

    for line in lines[:first_screening]:
        run(line, review)
    # What is pressed here is decided in a copy: the page goes on with the decisions of its files.
    tried = folder / "tried"
    shutil.copytree(review, tried)
    titles = _screening(tried, Stage.TITLE_ABSTRACT, keys="i e 1 i e 2 e 1")
    for line in lines[first_screening:first_settling]:
        run(line, review)
    conflict = _conflict(review)

    run(lines[first_settling], review)
    full_text = _screening(review, Stage.FULL_TEXT, keys="e")
    return dict(zip(PICTURES, (titles, conflict, full_text), strict=True))


def _screening(folder: Path, stage: Stage, *, keys: str) -> str:
    project = open_project(find_protocol(None, folder=folder))
    options = SessionOptions(stage=stage)
    clock = _Clock()
    with open_session(project, reviewer=_REVIEWER, options=options, clock=clock.now) as session:
        return _picture(ScreeningScreen(session, Keys(theme="dark")), keys, clock)


def _conflict(folder: Path) -> str:
    project = open_project(find_protocol(None, folder=folder))
    clock = _Clock()
    with open_conflicts(project, _REVIEWER, clock=clock.now) as session:
        return _picture(ConflictsScreen(session, Keys(theme="dark")), "", clock)


class _Clock:
    """A clock that goes on by a record's time with each decision."""

    def __init__(self) -> None:
        self._now = datetime.datetime.fromtimestamp(int(DAY), tz=datetime.UTC)

    def now(self) -> datetime.datetime:
        return self._now

    def go_on(self) -> None:
        self._now += datetime.timedelta(seconds=_SECONDS_A_RECORD)


def _picture(screen: ReviewScreen, keys: str, clock: _Clock) -> str:
    """Return the screen as SVG after some keys; its font is one of the reader's machine."""

    async def shown() -> str:
        app = ReviewApp(screen, screen.theme)
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause()
            for key in keys.split():
                clock.go_on()
                await pilot.press(key)
                await pilot.pause()
            return app.export_screenshot(title="reviewkit")

    svg = _WEB_FONT.sub("", asyncio.run(shown()))
    return svg.replace("font-family: Fira Code", "font-family: Fira Code, Menlo, Consolas")


if __name__ == "__main__":
    main()
