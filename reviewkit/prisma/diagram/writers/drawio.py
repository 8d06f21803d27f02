"""The diagram as a draw.io file: boxes and arrows that stay joined when they are moved. Pure.

The format is mxGraph's XML, uncompressed (drawio.com). Labels are plain text (`html=0`), so that
nothing in them is taken for markup.
"""

from xml.etree import ElementTree as ET

from reviewkit.prisma.diagram.credit import CREDIT
from reviewkit.prisma.diagram.shapes import Arrow, Bar, Box, DiagramLayout, Point
from reviewkit.prisma.diagram.theme import Fill, Theme
from reviewkit.prisma.diagram.wrap import NBSP
from reviewkit.prisma.diagram.writers.strokes import plain
from reviewkit.prisma.diagram.writers.svg import WITHOUT_OUTLINE, number

_INDENT = NBSP * 4
_VERTEX = {"vertex": "1", "parent": "1"}


def write_drawio(layout: DiagramLayout) -> str:
    """Return the XML of a file with one page; box names are the diagram's own keys."""
    file = ET.Element("mxfile", host="reviewkit", type="device")
    page = ET.SubElement(file, "diagram", id="flow", name=plain(layout.title))
    model = ET.SubElement(
        page,
        "mxGraphModel",
        page="1",
        pageWidth=number(layout.width),
        pageHeight=number(layout.height),
        math="0",
        shadow="0",
    )
    root = ET.SubElement(model, "root")
    first = ET.SubElement(root, "UserObject", {"id": "0", "label": "", "source": CREDIT})
    ET.SubElement(first, "mxCell")
    ET.SubElement(root, "mxCell", {"id": "1", "parent": "0"})
    for bar in layout.bars:
        _bar(root, bar, layout.theme)
    for box in (*layout.headers, *layout.boxes):
        _box(root, box, layout.theme)
    for arrow in layout.arrows:
        _arrow(root, arrow, layout)
    _notes(root, layout)
    ET.indent(file)

    return ET.tostring(file, encoding="unicode", xml_declaration=False) + "\n"


def _style(**values: str | int) -> str:
    return "".join(f"{key}={value};" for key, value in values.items())


def _colors(fill: Fill, theme: Theme) -> dict[str, str]:
    stroke = theme.stroke
    if fill in WITHOUT_OUTLINE:
        stroke = theme.header_stroke or "none"
    return {"fillColor": theme.fills[fill], "strokeColor": stroke, "fontColor": theme.ink}


def _place(cell: ET.Element, item: Box | Bar) -> None:
    _geometry(cell, item.x, item.y, item.width, item.height)


def _geometry(cell: ET.Element, x: float, y: float, width: float, height: float) -> None:
    places = {"x": x, "y": y, "width": width, "height": height}
    attributes = {name: number(value) for name, value in places.items()}
    ET.SubElement(cell, "mxGeometry", {**attributes, "as": "geometry"})


def _box(root: ET.Element, box: Box, theme: Theme) -> None:
    is_heading = box.fill in WITHOUT_OUTLINE
    label = plain("\n".join(_paragraphs(box)))
    style = _style(
        rounded=1,
        arcSize=3,
        whiteSpace="wrap",
        html=0,
        align="center" if is_heading else "left",
        verticalAlign="middle",
        spacingLeft=0 if is_heading else 10,
        spacingRight=0 if is_heading else 8,
        fontFamily="Arial",
        fontSize=12,
        fontStyle=1 if is_heading else 0,
        dashed=1 if box.fill is Fill.PALE else 0,
        **_colors(box.fill, theme),
    )
    holder = ET.SubElement(root, "UserObject", id=box.key, label=label)
    if box.tooltip:
        holder.set("tooltip", plain(box.tooltip))
    if box.href.startswith(("http://", "https://")):
        holder.set("link", box.href)
    cell = ET.SubElement(holder, "mxCell", {"style": style, **_VERTEX})
    _place(cell, box)


def _paragraphs(box: Box) -> list[str]:
    """Return the paragraphs of a box; the program wraps them itself."""
    if not box.content.entries:
        return [box.text]
    return [_INDENT * entry.level + entry.text for entry in box.content.entries]


def _bar(root: ET.Element, bar: Bar, theme: Theme) -> None:
    style = _style(
        rounded=1,
        arcSize=15,
        whiteSpace="wrap",
        html=0,
        horizontal=0,
        fontFamily="Arial",
        fontSize=12,
        fontStyle=1,
        **_colors(bar.fill, theme),
    )
    value = plain(" ".join(bar.lines))
    attributes = {"id": bar.key, "value": value, "style": style, **_VERTEX}
    cell = ET.SubElement(root, "mxCell", attributes)
    _place(cell, bar)


def _arrow(root: ET.Element, arrow: Arrow, layout: DiagramLayout) -> None:
    """Add an arrow that is glued to both boxes at the places where the picture has it."""
    ends = _ends("exit", layout.box(arrow.source), arrow.points[0])
    ends |= _ends("entry", layout.box(arrow.target), arrow.points[-1])
    style = _style(
        edgeStyle="orthogonalEdgeStyle",
        rounded=0,
        html=0,
        endArrow="block",
        endFill=1,
        strokeColor=layout.theme.stroke,
        **ends,
    )
    attributes = {"id": f"{arrow.source}-{arrow.target}", "style": style, "edge": "1"}
    attributes |= {"parent": "1", "source": arrow.source, "target": arrow.target}
    cell = ET.SubElement(root, "mxCell", attributes)
    geometry = ET.SubElement(cell, "mxGeometry", {"relative": "1", "as": "geometry"})
    if len(arrow.points) > 2:
        bends = ET.SubElement(geometry, "Array", {"as": "points"})
        for x, y in arrow.points[1:-1]:
            ET.SubElement(bends, "mxPoint", x=number(x), y=number(y))


def _ends(name: str, box: Box, point: Point) -> dict[str, str]:
    """Return where on the box's edge an arrow begins or ends, as shares of its sides."""
    return {
        f"{name}X": _share(point[0] - box.x, box.width),
        f"{name}Y": _share(point[1] - box.y, box.height),
        f"{name}Dx": "0",
        f"{name}Dy": "0",
    }


def _share(part: float, whole: float) -> str:
    """Return a share so exactly that a straight arrow stays straight on a tall box."""
    return f"{part / whole:.5f}".rstrip("0").rstrip(".")


def _notes(root: ET.Element, layout: DiagramLayout) -> None:
    if not layout.notes:
        return

    first = layout.notes[0]
    style = _style(
        text="",
        html=0,
        whiteSpace="wrap",
        align="left",
        verticalAlign="top",
        fontFamily="Arial",
        fontSize=10,
        fontColor=layout.theme.note,
    )
    value = plain("\n".join(layout.note_texts))
    attributes = {"id": "footnotes", "value": value, "style": style, **_VERTEX}
    cell = ET.SubElement(root, "mxCell", attributes)
    top = first.y - first.size
    _geometry(cell, first.x, top, layout.width - 2 * first.x, layout.height - top)
