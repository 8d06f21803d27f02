"""The three themes of the diagram:
the official template's colours, a quiet one, one for black print.
"""

from dataclasses import dataclass
from enum import StrEnum

from reviewkit.model.choices import not_among


class Fill(StrEnum):
    """The kind of a box, which decides its colour. Optional boxes are the template's grey ones."""

    MAIN = "main"
    OPTIONAL = "optional"
    PALE = "pale"
    HEADER = "header"
    HEADER_OPTIONAL = "header-optional"
    BAR = "bar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Colours as #rrggbb. Headers and bars have no outline unless `header_stroke` is set."""

    name: str
    ink: str
    stroke: str
    note: str
    fills: dict[Fill, str]
    header_stroke: str | None = None
    paper: str = "#ffffff"


THEMES = {
    theme.name: theme
    for theme in (
        Theme(
            name="official",
            ink="#16181d",
            stroke="#24272e",
            note="#3d424c",
            fills={
                Fill.MAIN: "#ffffff",
                Fill.OPTIONAL: "#eeeeee",
                Fill.PALE: "#f7f7f7",
                Fill.HEADER: "#ffc000",
                Fill.HEADER_OPTIONAL: "#d5d5d5",
                Fill.BAR: "#9dc3e6",
            },
        ),
        Theme(
            name="quiet",
            ink="#1b2433",
            stroke="#475569",
            note="#475569",
            fills={
                Fill.MAIN: "#ffffff",
                Fill.OPTIONAL: "#f4f6f9",
                Fill.PALE: "#fafbfc",
                Fill.HEADER: "#e3eaf3",
                Fill.HEADER_OPTIONAL: "#eceff3",
                Fill.BAR: "#dbe5f2",
            },
        ),
        Theme(
            name="mono",
            ink="#000000",
            stroke="#000000",
            note="#000000",
            fills={
                Fill.MAIN: "#ffffff",
                Fill.OPTIONAL: "#ebebeb",
                Fill.PALE: "#f6f6f6",
                Fill.HEADER: "#ffffff",
                Fill.HEADER_OPTIONAL: "#ebebeb",
                Fill.BAR: "#ffffff",
            },
            header_stroke="#000000",
        ),
    )
}


def theme_named(name: str) -> Theme:
    """Return the theme called `name`. Raise UsageError for another name."""
    if name not in THEMES:
        raise not_among(f"no theme called {name!r}", name, THEMES)
    return THEMES[name]
