"""`prisma`: the flow of a review or of a template CSV, as a picture, a page, a table or text."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from reviewkit.model.choices import not_among
from reviewkit.model.errors import UsageError
from reviewkit.model.extras import install_hint
from reviewkit.model.flow import Flow
from reviewkit.prisma.check import proven
from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.listing import RecordList
from reviewkit.prisma.diagram.options import DiagramOptions
from reviewkit.prisma.diagram.shapes import DiagramLayout
from reviewkit.prisma.diagram.writers.drawio import write_drawio
from reviewkit.prisma.diagram.writers.emf import write_emf
from reviewkit.prisma.diagram.writers.eps import write_eps
from reviewkit.prisma.diagram.writers.html import write_html
from reviewkit.prisma.diagram.writers.json_text import write_json
from reviewkit.prisma.diagram.writers.mermaid import write_mermaid
from reviewkit.prisma.diagram.writers.svg import write_svg
from reviewkit.prisma.diagram.writers.template_csv import write_csv
from reviewkit.prisma.diagram.writers.text import write_text
from reviewkit.prisma.diagram.writers.tikz import write_tikz
from reviewkit.protocol.model import Protocol
from reviewkit.reproduction.flows import reported_flow
from reviewkit.store import Store
from reviewkit.workflow.open_database import read_database
from reviewkit.workflow.open_review import need_database
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.flow_files import read_template
from reviewkit.workflow.reporting.release import read_release, updated_or_refuse
from reviewkit.workflow.reporting.review_flow import (
    DrawingChoice,
    box_listings,
    draw_flow,
    review_flow,
)
from reviewkit.workflow.setup.unnamed_sources import refuse_unnamed


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawingStyle:
    """How a flow is drawn and written; the same style gives the same bytes.

    Where template, language or theme is `None`, the protocol's [diagram] table decides.
    Its labels apply unless another language is chosen. `now` dates the files that carry a date.
    """

    template: str | None = None
    language: str | None = None
    theme: str | None = None
    detail: bool = True
    horizontal: bool | None = None
    standard: str | None = None
    hide: tuple[str, ...] = ()
    show_zero: bool | None = None
    credit: bool = False
    dpi: int = 300
    width: int = 80
    ascii_only: bool = False
    now: datetime.datetime
    # Whether the records behind the boxes are wanted: only a page shows them.
    lists: bool = True

    @property
    def choice(self) -> DrawingChoice:
        """Return the part that `draw_flow` needs."""
        return DrawingChoice(
            template=self.template,
            language=self.language,
            theme=self.theme,
            detail=self.detail,
            horizontal=self.horizontal,
            standard=self.standard,
            hide=self.hide,
            show_zero=self.show_zero,
            credit=self.credit,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A flow with its layout and the records behind its boxes."""

    flow: Flow
    layout: DiagramLayout
    listings: tuple[RecordList, ...] = ()
    title: str = ""
    own: bool = False
    notices: tuple[str, ...] = ()


def draw_review(
    project: ReviewProject,
    style: DrawingStyle,
    *,
    compare_reported: bool,
    force: bool,
    release: str | None = None,
) -> Drawing:
    """Return the current flow of a review; with `compare_reported`, "reported | rerun" in each box.

    A template for updates shows it beside the version before. `release` draws a frozen version.
    Raise UsageError where there is nothing to draw, CheckNotMet for a flow that does not add up.
    """
    need_database(project)

    template = style.template or project.protocol.diagram.template
    updated = template.startswith("updated")

    with read_database(project, now=style.now) as store:
        store.hold_states()
        if release is not None:
            return _draw_release(store, release, style, updated=updated)

        if not force:
            refuse_unnamed(store, project.protocol)
        current = _current_flow(store, project.protocol, updated=updated)
        if compare_reported:
            current = review_flow(store, project.protocol, later=False)
        flow = proven(current, own=True, force=force)
        listings = box_listings(store) if style.lists else ()

    layout = _layout(project, flow, style, compare_reported=compare_reported)
    title = project.protocol.review.title

    return Drawing(flow=flow, layout=layout, listings=listings, title=title, own=True)


def _draw_release(store: Store, release: str, style: DrawingStyle, *, updated: bool) -> Drawing:
    """Return a version as it was frozen."""
    frozen = read_release(store, release, updated=updated)
    return Drawing(
        flow=frozen.flow,
        layout=draw_flow(frozen.flow, frozen.protocol.diagram, style.choice),
        listings=frozen.listings,
        title=f"{frozen.protocol.review.title} ({release})",
        own=True,
    )


def _current_flow(store: Store, protocol: Protocol, *, updated: bool) -> Flow:
    if updated:
        return updated_or_refuse(store, protocol)
    return review_flow(store, protocol)


def _layout(
    project: ReviewProject, flow: Flow, style: DrawingStyle, *, compare_reported: bool
) -> DiagramLayout:
    """Return the flow laid out, beside the reported one if that is to be compared."""
    diagram = project.protocol.diagram
    if not compare_reported:
        return draw_flow(flow, diagram, style.choice)

    if not project.protocol.is_published:
        raise UsageError(
            "there is nothing to compare with: this is a review of one's own",
            where=str(project.protocol_path),
            hint="draw it without --compare; [reported] would make it a published review",
        )

    reported = proven(reported_flow(project.protocol), force=True)

    return draw_flow(reported, diagram, style.choice, compared=flow)


def draw_template(path: Path, style: DrawingStyle, *, force: bool) -> Drawing:
    """Return the flow in a template CSV, with the file's own labels, tooltips and links.

    Its notices are what could not be read. Raise DamagedFile or CheckNotMet.
    """
    template = read_template(path)
    flow = proven(template.flow, force=force)
    language = style.language or template.language
    labels: Mapping[str, str] = {}
    if language == template.language:
        labels = template.labels
    options = DiagramOptions(
        template=style.template or "auto",
        language=language,
        theme=style.theme or "official",
        detail=style.detail,
        horizontal=bool(style.horizontal),
        standard=style.standard or "prisma-2020",
        hide=style.hide,
        show_zero=style.show_zero is not False,
        credit=style.credit,
        labels=labels,
        links=template.links,
        descriptions=template.descriptions,
    )
    notices = tuple(str(mistake) for mistake in template.mistakes)

    return Drawing(flow=flow, layout=lay_out(flow, options), notices=notices)


def _text(drawing: Drawing, style: DrawingStyle) -> bytes:
    return write_text(drawing.layout, width=style.width, ascii_only=style.ascii_only).encode()


def _svg(drawing: Drawing, _: DrawingStyle) -> bytes:
    return write_svg(drawing.layout).encode()


def _html(drawing: Drawing, beside: str) -> bytes:
    page = write_html(drawing.layout, drawing.listings, title=drawing.title, beside=beside)
    return page.encode()


def _pdf(drawing: Drawing, style: DrawingStyle) -> bytes:
    # Typst is imported only to write a PDF or a PNG.
    from reviewkit.prisma.diagram.writers.pdf_png import write_pdf

    return write_pdf(drawing.layout, timestamp=int(style.now.timestamp()))


def _png(drawing: Drawing, style: DrawingStyle) -> bytes:
    from reviewkit.prisma.diagram.writers.pdf_png import write_png

    return write_png(drawing.layout, dpi=style.dpi)


def _pptx(drawing: Drawing, style: DrawingStyle) -> bytes:
    try:
        from reviewkit.prisma.diagram.writers.pptx import write_pptx  # python-pptx is an extra
    except ModuleNotFoundError as error:
        raise UsageError("pptx needs a package of its own", hint=install_hint("pptx")) from error

    return write_pptx(drawing.layout, created=style.now)


def _docx(drawing: Drawing, style: DrawingStyle) -> bytes:
    try:
        from reviewkit.prisma.diagram.writers.docx import write_docx  # python-docx is an extra
    except ModuleNotFoundError as error:
        hint = install_hint("docx", "pdf")  # the document holds a PNG
        raise UsageError("docx needs a package of its own", hint=hint) from error

    return write_docx(drawing.layout, created=style.now)


def _tiff(drawing: Drawing, style: DrawingStyle) -> bytes:
    try:
        from reviewkit.prisma.diagram.writers.tiff import write_tiff  # Pillow is an extra
    except ModuleNotFoundError as error:
        raise UsageError("tiff needs a package of its own", hint=install_hint("figures")) from error

    return write_tiff(drawing.layout, dpi=style.dpi)


def _eps(drawing: Drawing, _: DrawingStyle) -> bytes:
    return write_eps(drawing.layout)


def _emf(drawing: Drawing, _: DrawingStyle) -> bytes:
    return write_emf(drawing.layout)


def _drawio(drawing: Drawing, _: DrawingStyle) -> bytes:
    return write_drawio(drawing.layout).encode()


def _tikz(drawing: Drawing, _: DrawingStyle) -> bytes:
    return write_tikz(drawing.layout).encode()


def _csv(drawing: Drawing, _: DrawingStyle) -> bytes:
    return write_csv(drawing.flow, drawing.layout).encode()


def _json(drawing: Drawing, _: DrawingStyle) -> bytes:
    return write_json(drawing.flow, drawing.layout, own=drawing.own).encode()


def _mermaid(drawing: Drawing, _: DrawingStyle) -> bytes:
    return write_mermaid(drawing.layout).encode()


WRITERS: Mapping[str, Callable[[Drawing, DrawingStyle], bytes]] = {
    "text": _text,
    "svg": _svg,
    "html": lambda drawing, _: _html(drawing, ""),
    "pdf": _pdf,
    "png": _png,
    "pptx": _pptx,
    "docx": _docx,
    "tiff": _tiff,
    "eps": _eps,
    "emf": _emf,
    "drawio": _drawio,
    "tikz": _tikz,
    "csv": _csv,
    "json": _json,
    "mermaid": _mermaid,
}
# Formats that are never written to a terminal.
# Formats whose text follows the order of the boxes, so that they have one arrangement only.
ONE_ARRANGEMENT = frozenset({"text", "mermaid", "csv", "json"})
BINARY = frozenset({"pdf", "png", "pptx", "docx", "tiff", "emf"})
# Other endings of files, and their formats.
_ENDINGS = {"tif": "tiff", "tex": "tikz", "txt": "text", "mmd": "mermaid"}


def write_drawing(
    drawing: Drawing, style: DrawingStyle, *, format_name: str, beside: str = ""
) -> bytes:
    """Return the drawing in a format of WRITERS. Raise UsageError for another one.

    `beside` is the folder beside the page with the files of long lists (`write_beside`).
    """
    if format_name == "html":
        return _html(drawing, beside)
    format_name = _ENDINGS.get(format_name, format_name)
    if format_name not in WRITERS:
        raise not_among(f"no format {format_name!r}", format_name, WRITERS)
    return WRITERS[format_name](drawing, style)
