"""The diagram as a Word document: the picture on one page, with alternative text.

The picture is a PNG, and beside it the SVG, which Word since 2016 shows instead and can convert to
shapes. Needs python-docx, an extra: import this module only to write a document.
"""

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt

from reviewkit.prisma.diagram.credit import CREDIT
from reviewkit.prisma.diagram.sentence import describe
from reviewkit.prisma.diagram.shapes import DiagramLayout
from reviewkit.prisma.diagram.writers.pdf_png import write_png
from reviewkit.prisma.diagram.writers.svg import write_svg

_EMU_PER_PX = 9525
_DPI = 300
_MARGIN_MM = 15
_A4_MM = (210, 297)
# What the page holds besides the picture: the line on its source.
_CAPTION_MM = 14
_SVG_EXTENSION = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
_SVG_NAMESPACE = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


def write_docx(
    layout: DiagramLayout, *, created: datetime = datetime(1980, 1, 1, tzinfo=UTC)
) -> bytes:
    """Return a document of one A4 page; equal layouts and dates give equal bytes."""
    document = Document()
    _set_page(document, layout)
    _set_properties(document, layout, created)
    width, height = _picture_size(layout)
    paragraph = document.paragraphs[0] if document.paragraphs else document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(6)
    picture = io.BytesIO(write_png(layout, dpi=_DPI))
    shape = paragraph.add_run().add_picture(picture, width=width, height=height)
    _describe(shape, layout)
    _add_svg(document, shape, layout)

    caption = document.add_paragraph()
    run = caption.add_run(_caption(layout))
    run.font.size = Pt(8)
    file = io.BytesIO()
    document.save(file)

    return _with_one_date(file.getvalue(), created)


def _caption(layout: DiagramLayout) -> str:
    """Return what the picture is, with its source where the picture does not name it."""
    if CREDIT in layout.note_texts:
        return f"{layout.title}."
    return f"{layout.title}. {CREDIT}"


def _is_wide(layout: DiagramLayout) -> bool:
    """Return whether the picture is larger on a page turned on its side."""
    return _scale(layout, _A4_MM[::-1]) > _scale(layout, _A4_MM)


def _scale(layout: DiagramLayout, page: tuple[int, ...]) -> float:
    """Return how large the picture can be on a page: 1 at most."""
    width = Mm(page[0] - 2 * _MARGIN_MM) / (layout.width * _EMU_PER_PX)
    height = Mm(page[1] - 2 * _MARGIN_MM - _CAPTION_MM) / (layout.height * _EMU_PER_PX)
    return float(min(1.0, width, height))


def _set_page(document: Any, layout: DiagramLayout) -> None:
    section = document.sections[0]
    width, height = (Mm(size) for size in _A4_MM)
    if _is_wide(layout):
        width, height = height, width
        section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = width, height
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(_MARGIN_MM))
    document.styles["Normal"].font.name = "Arial"


def _set_properties(document: Any, layout: DiagramLayout, created: datetime) -> None:
    properties = document.core_properties
    properties.title, properties.author = layout.title[:255], "reviewkit"
    properties.comments = CREDIT
    properties.language = layout.words.language
    properties.created = properties.modified = created
    properties.last_modified_by = "reviewkit"


def _picture_size(layout: DiagramLayout) -> tuple[Emu, Emu]:
    """Return the picture's size: its own, or as large as the page allows."""
    scale = max(_scale(layout, _A4_MM), _scale(layout, _A4_MM[::-1])) * _EMU_PER_PX
    return Emu(round(layout.width * scale)), Emu(round(layout.height * scale))


def _describe(shape: Any, layout: DiagramLayout) -> None:
    """Set what screen readers read. python-docx has no call for it."""
    properties = shape._inline.docPr
    properties.set("name", "flow")
    properties.set("title", layout.title)
    properties.set("descr", describe(layout))


def _add_svg(document: Any, shape: Any, layout: DiagramLayout) -> None:
    """Add the SVG to the picture as an extension, which older programs pass over."""
    part = Part(
        PackURI("/word/media/flow.svg"),
        "image/svg+xml",
        write_svg(layout).encode(),
        document.part.package,
    )
    relation = document.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE)
    blip = shape._inline.graphic.graphicData.pic.blipFill.blip
    extensions = blip.makeelement(f"{{{_DRAWING}}}extLst", {})
    extension = blip.makeelement(f"{{{_DRAWING}}}ext", {"uri": _SVG_EXTENSION})
    svg = blip.makeelement(
        f"{{{_SVG_NAMESPACE}}}svgBlip", {qn("r:embed"): relation}, {"asvg": _SVG_NAMESPACE}
    )
    extension.append(svg)
    extensions.append(extension)
    blip.append(extensions)


def _with_one_date(content: bytes, created: datetime) -> bytes:
    """Return the ZIP with the same date on every member, so that the bytes do not change."""
    date = max(created, datetime(1980, 1, 1, tzinfo=UTC)).timetuple()[:6]
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, date_time=(date[0], *date[1:]))
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return file.getvalue()
