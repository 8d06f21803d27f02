"""A face driven as a person drives it, for the tests: real keys, real sizes, a real session on a real file."""

import asyncio
from collections.abc import Awaitable, Callable

from textual.pilot import Pilot

from reviewkit.tui.app import FaceApp
from reviewkit.tui.review_screen import Face

SIZE = (120, 40)


def drive(
    face: Face,
    steps: Callable[[Pilot[None]], Awaitable[None]] | None = None,
    *,
    keys: str = "",
    size: tuple[int, int] = SIZE,
) -> str:
    """Show a face, press `keys` (apart by blanks), take the `steps`; what stands on the screen at the end."""

    async def run() -> str:
        app = FaceApp(face, face.look)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await pilot.press(*keys.split())
            await pilot.pause()
            if steps:
                await steps(pilot)
                await pilot.pause()
            return shown(face)

    return asyncio.run(run())


def shown(face: Face) -> str:
    """Everything in view, sheet by sheet."""
    sheets = [face.top, face.body, *([face.panel] if face.wide else [face.strip]), face.foot]
    return "\n".join(sheet.plain() for sheet in sheets)
