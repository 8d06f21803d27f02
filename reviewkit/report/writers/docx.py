"""A document (checklist, appendix) as DOCX: real headings and tables, nothing smartened.

python-docx is an extra. Its files differ at every save, so the archive is written anew with fixed
times.
"""

import datetime
import io
import zipfile
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from reviewkit.prisma.diagram.wrap import clean
from reviewkit.report.model import (
    Block,
    Bullets,
    Code,
    DataTable,
    Document,
    FactList,
    Picture,
    Section,
)
from reviewkit.report.model import Paragraph as TextParagraph
from reviewkit.report.words import verbatim
from reviewkit.report.writers.document import is_wide
from reviewkit.report.writers.pdf import column_shares

_LOCALES = {"en": "en-GB", "pt": "pt-BR", "es": "es-ES"}
_EPOCH = (1980, 1, 1, 0, 0, 0)
_SIZE, _SMALL, _CODE, _GAP = Pt(10), Pt(8), Pt(8.5), Pt(6)


def write_document_docx(document: Document, *, created: datetime.datetime) -> bytes:
    """Return the document; equal documents and dates give equal bytes."""
    file = docx.Document()
    _set_up(file, document, created)
    file.add_heading(clean(document.title), level=0)
    file.add_paragraph(clean(document.kind))
    for note in document.notes:
        file.add_paragraph(clean(note))
    for section in document.sections:
        _add_section(file, section, level=1)
    file.add_paragraph(clean(document.footer))

    target = io.BytesIO()
    file.save(target)
    return _with_fixed_times(target.getvalue())


def _set_up(file: Any, document: Document, created: datetime.datetime) -> None:
    """Landscape A4 for tables of many columns, the language, and the properties."""
    page = file.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    if any(map(is_wide, document.sections)):
        page.orientation = WD_ORIENT.LANDSCAPE
        page.page_width, page.page_height = Mm(297), Mm(210)
    for edge in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(page, edge, Mm(15))

    normal = file.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", _SIZE
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), _LOCALES[document.language])
    normal.element.get_or_add_rPr().append(language)

    properties = file.core_properties
    properties.title, properties.author = clean(document.title), ""
    properties.language, properties.comments = _LOCALES[document.language], ""
    properties.created = properties.modified = created.replace(tzinfo=None, microsecond=0)


def _add_section(file: Any, section: Section, *, level: int) -> None:
    file.add_heading(clean(section.title), level=min(level, 9))
    for block in section.blocks:
        _add_block(file, block)
    for part in section.parts:
        _add_section(file, part, level=level + 1)


def _add_block(file: Any, block: Block) -> None:
    match block:
        case DataTable():
            _add_table(file, block)
        case Picture():
            _add_table(file, block.table)
        case Code():
            file.add_paragraph(clean(block.label)).runs[0].bold = True
            for line in verbatim(block.text).split("\n"):
                _add_code_line(file, line)
            file.paragraphs[-1].paragraph_format.space_after = _GAP
        case Bullets():
            for item in block.items:
                file.add_paragraph(clean(item), style="List Bullet")
        case FactList():
            for name, value in block.pairs:
                line = file.add_paragraph(f"{clean(name)}: {clean(value)}")
                line.paragraph_format.space_after = Pt(2)
        case TextParagraph():
            file.add_paragraph(clean(block.text)).paragraph_format.space_before = _GAP


def _add_code_line(file: Any, line: str) -> None:
    """Add a line of a query letter by letter: no spelling, no quotes made round."""
    paragraph = file.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(line)
    run.font.name, run.font.size = "Courier New", _CODE
    run._element.get_or_add_rPr().append(OxmlElement("w:noProof"))  # python-docx has no name for it
    for text in run._element.findall(qn("w:t")):
        text.set(qn("xml:space"), "preserve")


def _add_table(file: Any, block: DataTable) -> None:
    table = file.add_table(rows=1, cols=len(block.head))
    table.style, table.autofit = "Table Grid", False
    _fill(table.rows[0], [clean(head) for head in block.head], bold=True)
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)  # the head stands on every page

    for row in block.rows:
        texts = [_lines(cell.text) for cell in row]
        added = table.add_row()
        _fill(added, texts)
        added._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))

    page = file.sections[0]
    whole = page.page_width - page.left_margin - page.right_margin
    shares = column_shares(block)
    for place, (column, share) in enumerate(zip(table.columns, shares, strict=True)):
        column.width = int(whole * share / sum(shares))
        for cell in column.cells:
            cell.width = int(whole * share / sum(shares))
            if place in block.numbers:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _lines(text: str) -> str:
    return "\n".join(clean(line) for line in text.split("\n"))


def _fill(row: Any, texts: list[str], *, bold: bool = False) -> None:
    for cell, text in zip(row.cells, texts, strict=True):
        run = cell.paragraphs[0].add_run(text)
        run.bold, run.font.size = bold, _SMALL


def _types_first(name: str) -> tuple[bool, str]:
    """Return a key that sorts the list of types first, as readers of Office files expect it."""
    return name != "[Content_Types].xml", name


def _with_fixed_times(content: bytes) -> bytes:
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as fixed,
    ):
        for name in sorted(source.namelist(), key=_types_first):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            fixed.writestr(entry, source.read(name))
    return target.getvalue()
