"""The program around a face: the terminal taken and given back, Ctrl-C and Ctrl-Z, a theme for what Textual draws."""

import gc
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.screen import Screen
from textual.theme import Theme as TextualTheme

from reviewkit.tui.terminal_diff import TerminalState
from reviewkit.tui.theme import THEMES, Theme


class ReviewApp(App[None], inherit_bindings=False):
    """Runs one full screen."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", show=False, priority=True),
    ]
    CSS = """
    Screen { layout: vertical; }
    #middle { height: 1fr; }
    #top { height: 2; }
    #foot { height: 2; }
    #strip { height: 6; }
    #panel { width: 38; display: none; }
    .wide #panel { display: block; }
    .wide #strip { display: none; }
    .broad #panel { width: 46; }
    """

    def __init__(self, screen: Screen[None], theme: Theme) -> None:
        # The looks bring their own colours; a terminal's own sixteen go through as they are.
        super().__init__(ansi_color=True)
        for each in THEMES.values():
            self.register_theme(_textual_theme(each))
        self.theme = f"reviewkit-{theme.name}"
        self.review_screen = screen
        self.interrupted = False

    def get_default_screen(self) -> Screen[None]:
        return self.review_screen

    def get_driver_class(self) -> type[Driver]:
        """The terminal's own driver, which paints nothing that stands there already."""
        self.painted = TerminalState()
        return _with_terminal_diff(super().get_driver_class(), self.painted)

    def on_resize(self) -> None:
        self.screen_lost()

    def screen_lost(self) -> None:
        """What stands on the terminal may not be what was painted: paint all that is asked for."""
        self.painted.forget()

    def action_interrupt(self) -> None:
        self.interrupted = True
        self.exit()


def _with_terminal_diff(driver: type[Driver], painted: TerminalState) -> type[Driver]:
    class DiffDriver(driver):  # type: ignore[valid-type,misc]  # which driver it is depends on the system
        def write(self, data: str) -> None:
            super().write(painted.shorten(data))

    return DiffDriver


def run_screen(screen: Screen[None], theme: Theme) -> None:
    """Show a face until the reviewer leaves it. Raises KeyboardInterrupt for Ctrl-C, with the terminal given back."""
    app = ReviewApp(screen, theme)
    # What a session of 100,000 records holds stays: looking through it for garbage would halt a key for 100 ms.
    gc.freeze()
    try:
        app.run()
    finally:
        gc.unfreeze()
    if app.interrupted:
        raise KeyboardInterrupt


def _textual_theme(theme: Theme) -> TextualTheme:
    ground, panel = theme.page.bgcolor, theme.panel.bgcolor
    plain = ground is None or ground.is_default or panel is None
    return TextualTheme(
        name=f"reviewkit-{theme.name}",
        primary="ansi_cyan" if plain else _hex(theme.accent.color),
        foreground="ansi_default" if plain else _hex(theme.text.color),
        background="ansi_default" if plain else _hex(ground),
        surface="ansi_default" if plain else _hex(ground),
        panel="ansi_default" if plain else _hex(panel),
        dark=theme.dark,
    )


def _hex(color: object) -> str:
    name = getattr(color, "name", None)
    return str(name or "ansi_default")
