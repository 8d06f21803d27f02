"""The layout as SVG: real text, title and description, the same bytes every time. Pure.

Colours are attributes, which a style sheet around the picture (the HTML's dark mode) overrides by
class.
"""

from dataclasses import replace
from html import escape

from reviewkit.prisma.diagram.credit import CREDIT, LICENCE_URL
from reviewkit.prisma.diagram.metrics import script_runs, text_width
from reviewkit.prisma.diagram.sentence import describe
from reviewkit.prisma.diagram.shapes import Arrow, Bar, Box, DiagramLayout, Point, TextLine
from reviewkit.prisma.diagram.theme import Fill, Theme

# Viewers take each letter from the first of these that has it. Those before the CJK fonts have the
# widths that the lines were broken with: some machine without Arial has one of them.
FONTS = (
    "Arial, 'Liberation Sans', Arimo, Helvetica, 'Nimbus Sans', 'Nimbus Sans L', FreeSans, "
    "'TeX Gyre Heros', 'Reviewkit Sans', 'Noto Sans CJK SC', "
    "'Microsoft YaHei', 'PingFang SC', sans-serif"
)
HEAD_LENGTH, HEAD_HALF = 8.0, 4.0
CORNER, PLAIN_CORNER = 2.5, 6.0
WITHOUT_OUTLINE = frozenset({Fill.HEADER, Fill.HEADER_OPTIONAL, Fill.BAR})


def write_svg(layout: DiagramLayout, *, prefix: str = "", standalone: bool = True) -> str:
    """Return the picture as an SVG document; `prefix` keeps ids apart where a page holds several.

    Without `standalone` there is no XML declaration, for an SVG inside HTML.
    """
    theme = layout.theme
    width, height = number(layout.width), number(layout.height)
    parts = [
        _root(layout, prefix),
        f'<title id="{prefix}flow-title">{escape(layout.title)}</title>',
        f'<desc id="{prefix}flow-description">{escape(describe(layout))}</desc>',
        f"<metadata>{escape(CREDIT)}. {LICENCE_URL}</metadata>",
        f'<rect class="paper" width="{width}" height="{height}" fill="{theme.paper}"/>',
        *(_bar(bar, theme, prefix) for bar in layout.bars),
        *(_box(header, theme, prefix) for header in layout.headers),
        *(_arrow(arrow, theme) for arrow in layout.arrows),
        *(_box(box, theme, prefix) for box in layout.boxes),
    ]
    if layout.notes:
        parts.append(_text(layout.notes, theme.note, "note"))
    parts.append("</svg>")

    declaration = '<?xml version="1.0" encoding="UTF-8"?>\n' if standalone else ""

    return declaration + "\n".join(parts) + "\n"


def by_script(layout: DiagramLayout) -> DiagramLayout:
    """Return the layout for Typst, which sets a whole line in the font of its rarest letter.

    Letters that Arial lacks get lines and places of their own, and so move nothing else.
    """
    boxes = tuple(replace(box, lines=_split(box.lines)) for box in layout.boxes)
    headers = tuple(replace(box, lines=_split(box.lines)) for box in layout.headers)
    return replace(layout, boxes=boxes, headers=headers, notes=_split(layout.notes))


def _split(lines: tuple[TextLine, ...]) -> tuple[TextLine, ...]:
    parts = []
    for line in lines:
        x = line.x
        for run in script_runs(line.text):
            parts.append(replace(line, text=run, x=x))
            x += text_width(run, line.size, bold=line.bold)
    return tuple(parts)


def number(value: float) -> str:
    """Return the number with at most two decimals, no trailing zeros, never "-0"."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    if text == "-0":
        return "0"
    return text


def arrow_head(arrow: Arrow) -> tuple[Point, Point, Point]:
    """Return the corners of the head: first its tip on the target's edge."""
    (x0, y0), (x, y) = arrow.points[-2:]
    length = max(abs(x - x0), abs(y - y0)) or 1.0
    dx, dy = (x - x0) / length, (y - y0) / length
    back = (x - HEAD_LENGTH * dx, y - HEAD_LENGTH * dy)

    return (
        (x, y),
        (back[0] - HEAD_HALF * dy, back[1] + HEAD_HALF * dx),
        (back[0] + HEAD_HALF * dy, back[1] - HEAD_HALF * dx),
    )


def _root(layout: DiagramLayout, prefix: str) -> str:
    width, height = number(layout.width), number(layout.height)
    language = layout.words.language
    # role="img" would hide the links from assistive technology.
    role = "group" if any(box.href for box in layout.boxes) else "img"

    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" role="{role}" aria-labelledby="{prefix}flow-title"'
        f' aria-describedby="{prefix}flow-description" lang="{language}"'
        f' xml:lang="{language}" font-family="{FONTS}">'
    )


def _attributes(**values: str | float) -> str:
    """Return the attributes that have a value;
    `class_` is class, `stroke_width` is stroke-width.
    """
    written = []
    for name, value in values.items():
        text = number(value) if isinstance(value, float) else value
        if text:
            written.append(f' {name.rstrip("_").replace("_", "-")}="{escape(text)}"')
    return "".join(written)


def _text(lines: tuple[TextLine, ...], ink: str, css: str) -> str:
    """Return one text element with a tspan a line;
    the newlines between them are spaces of copied text.
    """
    attributes = _attributes(class_=css, font_size=lines[0].size, fill=ink)
    spans = "\n".join(_span(line) for line in lines)
    return f"<text{attributes}>{spans}</text>"


def _span(line: TextLine) -> str:
    weight = "bold" if line.bold else ""
    return (
        f"<tspan{_attributes(x=line.x, y=line.y, font_weight=weight)}>{escape(line.text)}</tspan>"
    )


def _rectangle(box: Box | Bar, fill: Fill, theme: Theme) -> str:
    stroke, corner = theme.stroke, CORNER
    if fill in WITHOUT_OUTLINE:
        stroke, corner = theme.header_stroke or "", PLAIN_CORNER
    attributes = _attributes(
        class_=fill.value,
        x=box.x,
        y=box.y,
        width=box.width,
        height=box.height,
        rx=corner,
        fill=theme.fills[fill],
        stroke=stroke,
        stroke_width="1" if stroke else "",
    )

    return f"<rect{attributes}/>"


def _box(box: Box, theme: Theme, prefix: str) -> str:
    css = "heading" if box.fill in WITHOUT_OUTLINE else "words"
    tooltip = f"<title>{escape(box.tooltip)}</title>" if box.tooltip else ""
    inner = f"{tooltip}{_rectangle(box, box.fill, theme)}{_text(box.lines, theme.ink, css)}"
    if box.href:
        inner = f"<a{_attributes(href=box.href)}>{inner}</a>"
    return f"<g{_attributes(id=prefix + box.key)}>{inner}</g>"


def _bar(bar: Bar, theme: Theme, prefix: str) -> str:
    """Return a bar with its label turned to read upwards;
    each further line is right of the one before.
    """
    first = bar.x + bar.width / 2 - 16.0 * (len(bar.lines) - 1) / 2 + 4.2
    texts = "".join(
        _bar_line(line, first + 16.0 * position, bar.y + bar.height / 2, theme)
        for position, line in enumerate(bar.lines)
    )
    rectangle = _rectangle(bar, bar.fill, theme)

    return f"<g{_attributes(id=prefix + bar.key)}>{rectangle}{texts}</g>"


def _bar_line(line: str, x: float, y: float, theme: Theme) -> str:
    attributes = _attributes(
        class_="heading",
        transform=f"translate({number(x)} {number(y)}) rotate(-90)",
        text_anchor="middle",
        font_size=12.0,
        font_weight="bold",
        fill=theme.ink,
    )
    return f"<text{attributes}>{escape(line)}</text>"


def _arrow(arrow: Arrow, theme: Theme) -> str:
    """Return a line that ends inside its head, so that the tip stays sharp."""
    tip, left, right = arrow_head(arrow)
    end = ((left[0] + right[0] + tip[0]) / 3, (left[1] + right[1] + tip[1]) / 3)
    path = " L".join(f"{number(x)} {number(y)}" for x, y in (*arrow.points[:-1], end))
    head = " L".join(f"{number(x)} {number(y)}" for x, y in (tip, left, right))
    line = _attributes(
        class_="arrow", d=f"M{path}", fill="none", stroke=theme.stroke, stroke_width="1.2"
    )

    return f"<path{line}/><path{_attributes(class_='head', d=f'M{head}Z', fill=theme.stroke)}/>"
