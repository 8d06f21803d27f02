"""The picture of the database: the tables by subject, with their keys and what they refer to.

Three tables are referred to by almost all others. Each has a colour, which marks the references to
it; lines to them all would hide the rest.
"""

from collections.abc import Iterator
from html import escape

from tools.reference.database import Table, read_schema
from tools.reference.tables import TABLES

_COLOURS = {"records": "#9a3b00", "protocols": "#5b2d90", "runs": "#00596b"}
_OTHER = "#444444"
# Which subjects stand below each other.
_COLUMNS = (
    ("Searches", "Reruns"),
    ("Records", "Duplicates"),
    ("Screening", "The database itself"),
    ("Reviewers and amendments", "Living reviews"),
)
_WIDTH, _GAP, _MARGIN = 330.0, 22.0, 24.0
_HEAD, _LINE, _PAD, _SPACE = 34.0, 17.0, 9.0, 10.0
_TOP = 64.0
_TEXT_WIDTH = 6.7
_STYLE = """
svg { font: 12px "DejaVu Sans", "Segoe UI", Helvetica, Arial, sans-serif; }
.page { fill: #ffffff } .panel { fill: #f3f4f6 } .box { fill: #ffffff; stroke: #8a8f98 }
.title { font-size: 19px; font-weight: 700 } .subject { font-size: 15px; font-weight: 700 }
.name { font-weight: 700 } .meaning { fill: #333333 } text { fill: #111111 }
"""


def database_picture() -> str:
    """Return the picture as SVG."""
    tables = read_schema()
    columns = [_column(place, tables) for place in range(len(_COLUMNS))]
    height = max(bottom for _, bottom in columns) + _MARGIN
    width = 2 * _MARGIN + len(columns) * _WIDTH + (len(columns) - 1) * _GAP
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" role="img">'
    )
    parts = [
        head,
        "<title>The tables of a review's database</title>",
        f"<style>{_STYLE}</style>",
        f'<rect class="page" width="{width:g}" height="{height:g}"/>',
        *_legend(),
        *(line for lines, _ in columns for line in lines),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _legend() -> Iterator[str]:
    yield _text(_MARGIN, 38, "Tables by subject: key columns, and → what they refer to", "title")
    x = 760.0
    for name, colour in _COLOURS.items():
        yield f'<rect x="{x:g}" y="27" width="13" height="13" fill="{colour}"/>'
        yield _text(x + 19, 38, f"refers to {name}")
        x += 150


def _column(place: int, tables: dict[str, Table]) -> tuple[list[str], float]:
    """Return the panels of a column, and where the last one ends."""
    x, y = _MARGIN + place * (_WIDTH + _GAP), _TOP
    lines: list[str] = []
    for subject in _COLUMNS[place]:
        boxes, bottom = _boxes(subject, tables, x, y + _HEAD)
        size = f'width="{_WIDTH:g}" height="{bottom - y:g}"'
        lines.append(f'<rect class="panel" x="{x:g}" y="{y:g}" {size} rx="6"/>')
        lines += [_text(x + 12, y + 23, subject, "subject"), *boxes]
        y = bottom + _GAP
    return lines, y - _GAP


def _boxes(subject: str, tables: dict[str, Table], x: float, y: float) -> tuple[list[str], float]:
    lines: list[str] = []
    for name, meaning in TABLES[subject].items():
        box = list(_box(tables[name], meaning, x + 10, y))
        height = _height(tables[name], meaning)
        lines += box
        y += height + _SPACE
    return lines, y


def _rows(table: Table, meaning: str) -> list[tuple[str, str]]:
    """Return the lines under a table's name, with the class or colour of each."""
    rows = [(line, "meaning") for line in _wrapped(meaning)]
    if table.keys:
        rows += [(line, "") for line in _wrapped("key: " + ", ".join(table.keys))]
    rows += [(f"→ {target}", _COLOURS.get(target, _OTHER)) for target in table.references]
    return rows


def _height(table: Table, meaning: str) -> float:
    return 2 * _PAD + _LINE * (1 + len(_rows(table, meaning)))


def _box(table: Table, meaning: str, x: float, y: float) -> Iterator[str]:
    width = _WIDTH - 20
    stroke = (
        f' style="stroke: {_COLOURS[table.name]}; stroke-width: 3"'
        if table.name in _COLOURS
        else ""
    )
    size = f'width="{width:g}" height="{_height(table, meaning):g}"'
    yield f'<rect class="box" x="{x:g}" y="{y:g}" {size} rx="4"{stroke}/>'
    line = y + _PAD + 12
    yield _text(x + 10, line, table.name, "name", _COLOURS.get(table.name, ""))
    for words, look in _rows(table, meaning):
        line += _LINE
        is_colour = look.startswith("#")
        yield _text(x + 10, line, words, "" if is_colour else look, look if is_colour else "")


def _wrapped(text: str) -> list[str]:
    """Return a text in lines that fit into a box."""
    most = int((_WIDTH - 40) / _TEXT_WIDTH)
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".strip()
        if len(joined) <= most:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


def _text(x: float, y: float, text: str, css: str = "", colour: str = "") -> str:
    named = f' class="{css}"' if css else ""
    filled = f' style="fill: {colour}"' if colour else ""
    return f'<text x="{x:g}" y="{y:g}"{named}{filled}>{escape(text)}</text>'
