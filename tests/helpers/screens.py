"""A full screen used as a person uses it: real keys, real sizes, a real session on a real file."""

import asyncio
from collections.abc import Awaitable, Callable

from textual.pilot import Pilot

from reviewkit.tui.app import ReviewApp
from reviewkit.tui.review_screen import ReviewScreen

SIZE = (120, 40)


def drive(
    screen: ReviewScreen,
    steps: Callable[[Pilot[None]], Awaitable[None]] | None = None,
    *,
    keys: str = "",
    size: tuple[int, int] = SIZE,
) -> str:
    """Show a screen, press `keys` (separated by blanks), take `steps`; return the text shown."""

    async def run() -> str:
        app = ReviewApp(screen, screen.theme)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await pilot.press(*keys.split())
            await pilot.pause()
            if steps:
                await steps(pilot)
                await pilot.pause()
            return shown(screen)

    return asyncio.run(run())


def shown(screen: ReviewScreen) -> str:
    """Return everything in view, pane by pane."""
    panes = [
        screen.panes.top,
        screen.panes.body,
        *([screen.panes.panel] if screen.wide else [screen.panes.strip]),
        screen.panes.foot,
    ]
    return "\n".join(pane.plain() for pane in panes)
