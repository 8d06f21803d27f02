"""The layout as SVG: real text, title and description, the same bytes every time. Pure.

Colours stand in attributes, which any style sheet around the picture (the HTML's dark mode) overrides by class.
"""

from html import escape

from reviewkit.prisma.diagram.sentence import describe
from reviewkit.prisma.diagram.shapes import Arrow, Bar, Box, DiagramLayout, Point, TextLine
from reviewkit.prisma.diagram.theme import Fill, Theme

FONTS = "Arial, 'Liberation Sans', Arimo, Helvetica, 'Reviewkit Sans', sans-serif"
HEAD_LENGTH, HEAD_HALF = 8.0, 4.0
CORNER = 2.5


def number(value: float) -> str:
    """At most two decimals, no trailing zeros, never "-0"."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _attributes(**values: str | float) -> str:
    shown = (
        (k.rstrip("_").replace("_", "-"), number(v) if isinstance(v, float) else v)
        for k, v in values.items()
    )
    return "".join(f' {key}="{escape(value)}"' for key, value in shown if value)


def _text(lines: tuple[TextLine, ...], ink: str, css: str) -> str:
    """One text element with a tspan a line; the newlines between them are the spaces of copied text."""
    spans = [
        f"<tspan{_attributes(x=line.x, y=line.y, font_weight='bold' if line.bold else '')}>{escape(line.text)}</tspan>"
        for line in lines
    ]
    size = lines[0].size
    return (
        f"<text{_attributes(class_=css, font_size=size, fill=ink)}>" + "\n".join(spans) + "</text>"
    )


def _rectangle(box: Box | Bar, fill: Fill, theme: Theme) -> str:
    plain = fill in {Fill.HEADER, Fill.HEADER_OPTIONAL, Fill.BAR}
    stroke = theme.header_stroke if plain else theme.stroke
    corner = 6.0 if plain else CORNER
    return (
        "<rect"
        + _attributes(
            class_=fill.value,
            x=box.x,
            y=box.y,
            width=box.width,
            height=box.height,
            rx=corner,
            fill=theme.fills[fill],
            stroke=stroke or "",
            stroke_width="1" if stroke else "",
        )
        + "/>"
    )


def _box(box: Box, theme: Theme, prefix: str) -> str:
    tooltip = f"<title>{escape(box.tooltip)}</title>" if box.tooltip else ""
    text = _text(
        box.lines,
        theme.ink,
        "heading" if box.fill in {Fill.HEADER, Fill.HEADER_OPTIONAL} else "words",
    )
    inner = f"{tooltip}{_rectangle(box, box.fill, theme)}{text}"
    if box.href:
        inner = f"<a{_attributes(href=box.href)}>{inner}</a>"
    return f"<g{_attributes(id=prefix + box.key)}>{inner}</g>"


def _bar(bar: Bar, theme: Theme, prefix: str) -> str:
    """The label turned to read upwards; each further line stands to the right of the one before."""
    middle = bar.y + bar.height / 2
    first = bar.x + bar.width / 2 - 16.0 * (len(bar.lines) - 1) / 2 + 4.2
    texts = [
        "<text"
        + _attributes(
            class_="heading",
            transform=f"translate({number(first + 16.0 * n)} {number(middle)}) rotate(-90)",
            text_anchor="middle",
            font_size=12.0,
            font_weight="bold",
            fill=theme.ink,
        )
        + f">{escape(line)}</text>"
        for n, line in enumerate(bar.lines)
    ]
    return f"<g{_attributes(id=prefix + bar.key)}>{_rectangle(bar, Fill.BAR, theme)}{''.join(texts)}</g>"


def arrow_head(arrow: Arrow) -> tuple[Point, Point, Point]:
    """The corners of the head: its tip on the target's edge first."""
    (x0, y0), (x, y) = arrow.points[-2:]
    length = max(abs(x - x0), abs(y - y0)) or 1.0
    dx, dy = (x - x0) / length, (y - y0) / length
    back = (x - HEAD_LENGTH * dx, y - HEAD_LENGTH * dy)
    return (
        (x, y),
        (back[0] - HEAD_HALF * dy, back[1] + HEAD_HALF * dx),
        (back[0] + HEAD_HALF * dy, back[1] - HEAD_HALF * dx),
    )


def _arrow(arrow: Arrow, theme: Theme) -> str:
    """A line that ends inside its head, so that the tip stays sharp."""
    tip, left, right = arrow_head(arrow)
    end = ((left[0] + right[0] + tip[0]) / 3, (left[1] + right[1] + tip[1]) / 3)
    path = " L".join(f"{number(x)} {number(y)}" for x, y in (*arrow.points[:-1], end))
    head = " L".join(f"{number(x)} {number(y)}" for x, y in (tip, left, right))
    line = _attributes(
        class_="arrow", d=f"M{path}", fill="none", stroke=theme.stroke, stroke_width="1.2"
    )
    return f"<path{line}/><path{_attributes(class_='head', d=f'M{head}Z', fill=theme.stroke)}/>"


def write_svg(layout: DiagramLayout, *, prefix: str = "", standalone: bool = True) -> str:
    """The picture as an SVG document; `prefix` keeps ids apart where a page holds several.

    Without `standalone` the XML declaration is left out, for an SVG inside HTML.
    """
    theme = layout.theme
    width, height = number(layout.width), number(layout.height)
    # role="img" would hide the links from assistive technology.
    role = "group" if any(box.href for box in layout.boxes) else "img"
    title, description = f"{prefix}flow-title", f"{prefix}flow-description"
    root = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' role="{role}" aria-labelledby="{title}" aria-describedby="{description}" lang="{layout.words.language}"'
        f' xml:lang="{layout.words.language}" font-family="{FONTS}">'
    )
    parts = [
        root,
        f'<title id="{title}">{escape(layout.title)}</title>',
        f'<desc id="{description}">{escape(describe(layout))}</desc>',
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
