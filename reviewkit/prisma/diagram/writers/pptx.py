"""The diagram as one PowerPoint slide of native shapes that can be edited; connectors stay glued to
boxes.

Needs python-pptx, an extra: import this module only to write a slide.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.shapes.autoshape import Shape
from pptx.shapes.connector import Connector
from pptx.shapes.shapetree import SlideShapes
from pptx.util import Emu, Pt

from reviewkit.prisma.diagram.credit import CREDIT
from reviewkit.prisma.diagram.sentence import content_sentence
from reviewkit.prisma.diagram.shapes import Arrow, Bar, Box, DiagramLayout, Point
from reviewkit.prisma.diagram.sizes import HANG, INDENT, LEADING, NOTE_LEADING, PADDING_X, SIZE
from reviewkit.prisma.diagram.theme import Fill, Theme

Glue = Callable[[Shape, int], None]

EMU_PER_PX = 9525
POINTS_PER_PX = 0.75
# PowerPoint refuses slides longer than 56 inches.
LONGEST_PX = 5300.0
# Connection sites of a rectangle.
TOP, LEFT, BOTTOM, RIGHT = range(4)


def _color(value: str) -> RGBColor:
    red, green, blue = bytes.fromhex(value.removeprefix("#"))
    make: Callable[[int, int, int], RGBColor] = RGBColor
    return make(red, green, blue)


class _Slide:
    """The slide as it is built: its shapes, and the scale from px."""

    def __init__(self, layout: DiagramLayout) -> None:
        self.layout = layout
        self.theme: Theme = layout.theme
        self.scale = min(1.0, LONGEST_PX / max(layout.width, layout.height))
        self.file = Presentation()
        self.file.slide_width = self.emu(layout.width)
        self.file.slide_height = self.emu(layout.height)
        self.shapes: SlideShapes = self.file.slides.add_slide(self.file.slide_layouts[6]).shapes
        self.by_key: dict[str, Shape] = {}

    def emu(self, px: float) -> Emu:
        return Emu(round(px * self.scale * EMU_PER_PX))

    def points(self, px: float) -> Pt:
        return Pt(max(1.0, px * self.scale * POINTS_PER_PX))


@dataclass(frozen=True, slots=True, kw_only=True)
class _TextStyle:
    """How a paragraph is set, in px."""

    bold: bool
    leading: float = LEADING
    size: float = SIZE


def _name(shape: Shape | Connector, name: str, description: str) -> None:
    """Set the name in the selection pane, and the text that screen readers read for the shape."""
    shape.name = name
    # python-pptx has no call for alternative text.
    shape._element.xpath(".//p:cNvPr")[0].set("descr", description)


def _rectangle(slide: _Slide, box: Box | Bar, fill: Fill) -> Shape:
    places = (slide.emu(value) for value in (box.x, box.y, box.width, box.height))
    shape = slide.shapes.add_shape(MSO_SHAPE.ROUNDED_RECTANGLE, *places)
    shape.adjustments[0] = min(0.5, 3.0 / min(box.width, box.height))
    shape.fill.solid()
    shape.fill.fore_color.rgb = _color(slide.theme.fills[fill])
    _outline(slide, shape, _stroke(slide.theme, fill))
    _remove_style(shape)

    return shape


def _stroke(theme: Theme, fill: Fill) -> str | None:
    if fill in {Fill.MAIN, Fill.OPTIONAL, Fill.PALE}:
        return theme.stroke
    return theme.header_stroke


def _outline(slide: _Slide, shape: Shape, stroke: str | None) -> None:
    if stroke is None:
        shape.line.fill.background()
        return

    shape.line.color.rgb = _color(stroke)
    shape.line.width = slide.points(1.0)


def _remove_style(shape: Shape | Connector) -> None:
    """Remove the default style: it would add a shadow and the colours of the file's theme."""
    for style in shape._element.findall(qn("p:style")):
        shape._element.remove(style)


def _frame(slide: _Slide, shape: Shape) -> None:
    frame = shape.text_frame
    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    frame.margin_left = frame.margin_right = slide.emu(PADDING_X - 1)
    frame.margin_top = frame.margin_bottom = 0


def _paragraph(slide: _Slide, shape: Shape, number: int, text: str, style: _TextStyle) -> None:
    frame = shape.text_frame
    paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
    paragraph.line_spacing = slide.points(style.leading)
    run = paragraph.add_run()
    run.text = text
    run.font.name = "Arial"
    run.font.size = slide.points(style.size)
    run.font.bold = style.bold
    run.font.color.rgb = _color(slide.theme.ink)


def _draw_box(slide: _Slide, box: Box) -> None:
    shape = _rectangle(slide, box, box.fill)
    _frame(slide, shape)

    for number, entry in enumerate(box.content.entries):
        _paragraph(slide, shape, number, entry.text, _TextStyle(bold=entry.bold))
        properties = shape.text_frame.paragraphs[number]._p.get_or_add_pPr()
        hang = HANG if box.content.hangs(entry) else 0.0
        properties.set("marL", str(slide.emu(INDENT * entry.level + hang)))
        properties.set("indent", str(-slide.emu(hang)))
        shape.text_frame.paragraphs[number].alignment = PP_ALIGN.LEFT

    if box.href.startswith(("http://", "https://")):
        shape.click_action.hyperlink.address = box.href
    _name(shape, box.key, content_sentence(box.content))
    slide.by_key[box.key] = shape


def _draw_heading(slide: _Slide, box: Box) -> None:
    shape = _rectangle(slide, box, box.fill)
    _frame(slide, shape)
    text = " ".join(line.text for line in box.lines)
    _paragraph(slide, shape, 0, text, _TextStyle(bold=True))
    shape.text_frame.paragraphs[0].alignment = PP_ALIGN.CENTER
    _name(shape, box.key, text)


def _draw_bar(slide: _Slide, bar: Bar) -> None:
    shape = _rectangle(slide, bar, bar.fill)
    frame = shape.text_frame
    _paragraph(slide, shape, 0, " ".join(bar.lines), _TextStyle(bold=True))
    frame.paragraphs[0].alignment = PP_ALIGN.CENTER
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    body = frame._txBody.bodyPr
    body.set("vert", "vert270")
    _name(shape, bar.key, " ".join(bar.lines))


def _straight(slide: _Slide, arrow: Arrow) -> Connector:
    (x0, y0), (x1, y1) = arrow.points
    connector = slide.shapes.add_connector(
        MSO_CONNECTOR.STRAIGHT, slide.emu(x0), slide.emu(y0), slide.emu(x1), slide.emu(y1)
    )

    # Glue moves an end to the middle of an edge, so it is set only where the arrow ends there
    # already.
    ends: tuple[tuple[str, Point, Glue], ...] = (
        (arrow.source, arrow.points[0], connector.begin_connect),
        (arrow.target, arrow.points[1], connector.end_connect),
    )

    for key, end, glue in ends:
        site = _site(slide.layout.box(key), end)
        if site is not None:
            glue(slide.by_key[key], site)

    return connector


def _site(box: Box, point: tuple[float, float]) -> int | None:
    """Return the connection site of the box at the point, or `None`."""
    middle_x, middle_y = box.x + box.width / 2, box.y + box.height / 2
    sites = {
        TOP: (middle_x, box.y),
        LEFT: (box.x, middle_y),
        BOTTOM: (middle_x, box.bottom),
        RIGHT: (box.right, middle_y),
    }

    for site, (x, y) in sites.items():
        if abs(x - point[0]) < 0.5 and abs(y - point[1]) < 0.5:
            return site

    return None


def _elbow(slide: _Slide, arrow: Arrow) -> Connector:
    """Draw an arrow down and then sideways, from its target,
    because the shape bends only that way.
    """
    if arrow.points[0][1] == arrow.points[1][1]:
        return _sideways_elbow(slide, arrow)

    (x0, y0), _, (x1, y1) = arrow.points
    connector = slide.shapes.add_connector(
        MSO_CONNECTOR.ELBOW, slide.emu(x1), slide.emu(y1), slide.emu(x0), slide.emu(y0)
    )
    leftwards = x1 < x0
    begin: Glue = connector.begin_connect
    end: Glue = connector.end_connect
    begin(slide.by_key[arrow.target], RIGHT if leftwards else LEFT)
    end(slide.by_key[arrow.source], BOTTOM)

    properties = connector._element.spPr
    properties.find(qn("a:prstGeom")).set("prst", "bentConnector2")
    frame = properties.find(qn("a:xfrm"))
    for name in ("flipH", "flipV", "rot"):
        frame.attrib.pop(name, None)
    frame.set("flipV", "1")
    if not leftwards:
        frame.set("flipH", "1")

    return connector


def _sideways_elbow(slide: _Slide, arrow: Arrow) -> Connector:
    """Draw an arrow to the right and then up or down, as a line of two pieces from its end."""
    (x0, y0), _, (x1, y1) = arrow.points
    connector = slide.shapes.add_connector(
        MSO_CONNECTOR.ELBOW, slide.emu(x1), slide.emu(y1), slide.emu(x0), slide.emu(y0)
    )
    upwards = y1 < y0
    begin: Glue = connector.begin_connect
    end: Glue = connector.end_connect
    begin(slide.by_key[arrow.target], BOTTOM if upwards else TOP)
    end(slide.by_key[arrow.source], RIGHT)

    properties = connector._element.spPr
    properties.find(qn("a:prstGeom")).set("prst", "bentConnector2")
    frame = properties.find(qn("a:xfrm"))
    for name in ("flipH", "flipV", "rot"):
        frame.attrib.pop(name, None)
    # The shape bends right and then down; turned by 90 degrees it comes from above or from below.
    width, height = slide.emu(abs(x1 - x0)), slide.emu(abs(y1 - y0))
    middle_x, middle_y = slide.emu((x0 + x1) / 2), slide.emu((y0 + y1) / 2)
    place, size = frame.find(qn("a:off")), frame.find(qn("a:ext"))
    place.set("x", str(middle_x - height // 2))
    place.set("y", str(middle_y - width // 2))
    size.set("cx", str(height))
    size.set("cy", str(width))
    frame.set("rot", "5400000")
    if upwards:
        frame.set("flipH", "1")

    return connector


def _draw_arrow(slide: _Slide, arrow: Arrow) -> None:
    straight = len(arrow.points) == 2
    connector = _straight(slide, arrow) if straight else _elbow(slide, arrow)
    _remove_style(connector)
    connector.line.color.rgb = _color(slide.theme.stroke)
    connector.line.width = slide.points(1.2)

    line = connector.line._get_or_add_ln()
    end = "a:tailEnd" if straight else "a:headEnd"
    head = line.makeelement(qn(end), {"type": "triangle", "w": "med", "len": "med"})
    line.append(head)
    _name(connector, f"{arrow.source} to {arrow.target}", "")


def _draw_notes(slide: _Slide) -> None:
    notes = slide.layout.notes
    if not notes:
        return

    top = notes[0].y - NOTE_LEADING
    height = slide.layout.height - top
    width = slide.layout.width - 2 * notes[0].x
    shape = slide.shapes.add_textbox(
        *(slide.emu(value) for value in (notes[0].x, top, width + PADDING_X, height))
    )

    frame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    style = _TextStyle(bold=False, leading=NOTE_LEADING, size=notes[0].size)
    for number, text in enumerate(slide.layout.note_texts):
        _paragraph(slide, shape, number, text, style)
    _name(shape, "footnotes", " ".join(slide.layout.note_texts))


def write_pptx(
    layout: DiagramLayout, *, created: datetime = datetime(1970, 1, 1, tzinfo=UTC)
) -> bytes:
    """Return a PowerPoint file of one slide as large as the layout,
    its shapes named and described.
    """
    slide = _Slide(layout)
    properties = slide.file.core_properties
    # The format allows a property 255 characters.
    properties.title, properties.author = layout.title[:255], "reviewkit"
    properties.comments = CREDIT
    properties.created = properties.modified = created
    properties.language = layout.words.language

    for bar in layout.bars:
        _draw_bar(slide, bar)
    for header in layout.headers:
        _draw_heading(slide, header)
    for box in layout.boxes:
        _draw_box(slide, box)
    for arrow in layout.arrows:
        _draw_arrow(slide, arrow)
    _draw_notes(slide)

    file = io.BytesIO()
    slide.file.save(file)

    return file.getvalue()
