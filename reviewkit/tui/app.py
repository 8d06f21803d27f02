"""The program around a screen: the terminal, Ctrl-C and Ctrl-Z, and the colours for Textual."""

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
        # Themes bring their own colours; a terminal's own sixteen are passed on as they are.
        super().__init__(ansi_color=True)
        for each in THEMES.values():
            self.register_theme(_textual_theme(each))
        self.theme = f"reviewkit-{theme.name}"
        self.review_screen = screen
        self.interrupted = False

    def get_default_screen(self) -> Screen[None]:
        return self.review_screen

    def get_driver_class(self) -> type[Driver]:
        """The terminal's own driver, which paints only what differs from the screen."""
        self.painted = TerminalState()
        return _with_terminal_diff(super().get_driver_class(), self.painted)

    def on_resize(self) -> None:
        self.screen_lost()

    def screen_lost(self) -> None:
        """The terminal may show something else than was painted: paint everything."""
        self.painted.forget()

    def action_interrupt(self) -> None:
        self.interrupted = True
        self.exit()


def _with_terminal_diff(driver: type[Driver], painted: TerminalState) -> type[Driver]:
    class DiffDriver(driver):  # type: ignore[valid-type,misc]  # the system's driver
        def write(self, data: str) -> None:
            super().write(painted.shorten(data))

    return DiffDriver


def run_screen(screen: Screen[None], theme: Theme) -> None:
    """Show a screen until the reviewer leaves it, and give the terminal back.

    Raises KeyboardInterrupt for Ctrl-C.
    """
    app = ReviewApp(screen, theme)
    # A session of 100,000 records stays in memory: collecting garbage in it would take 100 ms of a
    # key press.
    gc.freeze()
    try:
        app.run()
    finally:
        gc.unfreeze()
    if app.interrupted:
        raise KeyboardInterrupt


def _textual_theme(theme: Theme) -> TextualTheme:
    name = f"reviewkit-{theme.name}"
    ground, panel = theme.page.bgcolor, theme.panel.bgcolor
    if ground is None or ground.is_default or panel is None:
        default = "ansi_default"
        return TextualTheme(
            name=name,
            primary="ansi_cyan",
            foreground=default,
            background=default,
            surface=default,
            panel=default,
            dark=theme.dark,
        )

    return TextualTheme(
        name=name,
        primary=_hex(theme.accent.color),
        foreground=_hex(theme.text.color),
        background=_hex(ground),
        surface=_hex(ground),
        panel=_hex(panel),
        dark=theme.dark,
    )


def _hex(color: object) -> str:
    name = getattr(color, "name", None)
    return str(name or "ansi_default")
