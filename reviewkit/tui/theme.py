"""The themes: dark, light, and the terminal's own sixteen colours.

Kinds of highlight differ in more than colour.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.style import Style


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A style for everything that is shown; `page` and `panel` are grounds for the others."""

    name: str
    dark: bool
    page: Style
    panel: Style
    title: Style
    text: Style
    quiet: Style
    label: Style
    key: Style
    rule: Style
    accent: Style
    include: Style
    exclude: Style
    own: Style
    good: Style
    bad: Style
    doubt: Style
    changed: Style
    chosen: Style


def _make_theme(name: str, *, dark: bool, ground: str, panel: str, ink: Mapping[str, str]) -> Theme:
    def on(
        color: str, *, bold: bool = False, underline: bool = False, italic: bool = False
    ) -> Style:
        return Style(
            color=ink[color], bold=bold or None, underline=underline or None, italic=italic or None
        )

    return Theme(
        name=name,
        dark=dark,
        page=Style(color=ink["text"], bgcolor=ground),
        panel=Style(color=ink["text"], bgcolor=panel),
        title=on("strong", bold=True),
        text=on("text"),
        quiet=on("quiet"),
        label=on("accent", bold=True),
        key=on("strong", bold=True),
        rule=on("rule"),
        accent=on("accent"),
        include=on("good", bold=True, underline=True),
        exclude=Style(color=ink["bad"], reverse=True),
        own=on("doubt", bold=True, italic=True),
        good=on("good"),
        bad=on("bad"),
        doubt=on("doubt"),
        changed=on("doubt", bold=True, underline=True),
        chosen=Style(color=ink["text"], reverse=True),
    )


THEMES: Mapping[str, Theme] = {
    "dark": _make_theme(
        "dark",
        dark=True,
        ground="#16191d",
        panel="#1c2025",
        ink={
            "strong": "#f2f0ea",
            "text": "#cfd2d6",
            "quiet": "#8d949e",
            "accent": "#86b4c8",
            "rule": "#39404a",
            "good": "#9cc58b",
            "bad": "#e29a92",
            "doubt": "#e0c07f",
        },
    ),
    "light": _make_theme(
        "light",
        dark=False,
        ground="#fcfbf8",
        panel="#f3f1eb",
        ink={
            "strong": "#14171a",
            "text": "#2c3036",
            "quiet": "#666c75",
            "accent": "#1f6583",
            "rule": "#cfcbc1",
            "good": "#2d6b2f",
            "bad": "#a8322a",
            "doubt": "#805500",
        },
    ),
    "terminal": _make_theme(
        "terminal",
        dark=True,
        ground="default",
        panel="default",
        ink={
            "strong": "default",
            "text": "default",
            "quiet": "bright_black",
            "accent": "cyan",
            "rule": "bright_black",
            "good": "green",
            "bad": "red",
            "doubt": "yellow",
        },
    ),
}


def choose_theme(wanted: str, environment: Mapping[str, str]) -> Theme:
    """Return the theme by its name.

    `auto` is light or dark as COLORFGBG says, dark where it is not set. NO_COLOR gives the
    terminal's own theme: no colour, but bold, underline and reverse.
    """
    if environment.get("NO_COLOR"):
        return THEMES["terminal"]
    if wanted != "auto":
        return THEMES[wanted]

    ground = environment.get("COLORFGBG", "").rpartition(";")[2]
    if ground in {"7", "15"}:
        return THEMES["light"]
    return THEMES["dark"]


def next_theme(theme: Theme) -> Theme:
    """Return the theme after this one, for the key that changes it."""
    names = list(THEMES)
    return THEMES[names[(names.index(theme.name) + 1) % len(names)]]
