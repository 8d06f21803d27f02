"""A document (checklist, appendix) as Markdown, HTML, JSON and PDF, by the report's own writers."""

from importlib.resources import files

from reviewkit.model.text import to_json
from reviewkit.prisma.diagram.metrics import is_drawable
from reviewkit.prisma.diagram.writers.html import document as html_page
from reviewkit.prisma.diagram.writers.typesetting import compile_typst
from reviewkit.report.model import DataTable, Document, Section
from reviewkit.report.writers import html, markdown, pdf

_FIRST_LINE = "#text(size: 8pt, fill: soft, report.kind)"
_TAIL = """
#set page(flipped: report.wide)
#text(size: 8pt, fill: soft, report.kind)
#v(-0.5em)
#heading(level: 1, report.title)
#for note in report.notes { par(text(size: 8pt, fill: soft, note)) }
#for section in report.sections { laid(section, 2) }
"""


def is_wide(section: Section) -> bool:
    """Return whether a section has a table that needs a page in landscape."""
    tables = (block for block in section.blocks if isinstance(block, DataTable))
    return any(len(each.head) > 5 for each in tables)


def write_document_markdown(document: Document) -> str:
    """Return the document as Markdown."""
    lines = [f"# {markdown.escaped(document.kind)}: {markdown.escaped(document.title)}", ""]
    for note in document.notes:
        lines += [markdown.escaped(note), ""]
    for section in document.sections:
        lines += markdown.section_lines(section, level=2)
    lines.append(markdown.escaped(document.footer))
    return "\n".join(lines).rstrip("\n") + "\n"


def write_document_html(document: Document) -> str:
    """Return one self-contained page."""
    title = html.shown(document.title)
    body = [
        f'<header><p class="kind">{html.shown(document.kind)}</p>',
        f"<h1>{title}</h1></header>",
    ]
    body += [f"<p>{html.shown(note)}</p>" for note in document.notes]
    for section in document.sections:
        body += html.section_lines(section, level=2)
    body.append(f"<footer><p>{html.shown(document.footer)}</p></footer>")
    return html_page(
        f"{document.title}: {document.kind}",
        iter(body),
        language=document.language,
        style=html.report_style(),
    )


def write_document_json(document: Document) -> str:
    """Return the document's facts as one JSON object."""
    facts = {"title": document.title, "kind": document.kind, **document.facts}
    return to_json(facts, indent=2) + "\n"


def write_document_pdf(document: Document, *, timestamp: int = 0) -> bytes:
    """Return tagged A4 pages; equal documents and timestamps give equal bytes."""
    content = {
        "lang": document.language,
        "kind": pdf.breakable(document.kind),
        "title": pdf.breakable(document.title),
        "notes": [pdf.breakable(note) for note in document.notes],
        "sections": [pdf.section_values(section) for section in document.sections],
        "wide": any(map(is_wide, document.sections)),
        "footer": pdf.breakable(document.footer),
    }
    source = files(__package__).joinpath("report.typ").read_text(encoding="utf-8")
    shared, _, _ = source.partition(_FIRST_LINE)
    return compile_typst(
        shared + _TAIL,
        {"report": to_json(content)},
        "pdf",
        covered=is_drawable("".join(pdf.texts_of(content))),
        timestamp=timestamp,
    )
