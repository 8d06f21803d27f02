"""`prisma`: the flow of a review, or of a template CSV, as a picture, a page, a table or text."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewkit.model.errors import FileMistakes, UsageError, system_reason
from reviewkit.model.flow import Flow
from reviewkit.prisma.check import check, proven, sentences
from reviewkit.prisma.diagram.listing import RecordList
from reviewkit.prisma.diagram.read_csv import TemplateFile, read_csv
from reviewkit.prisma.diagram.shapes import DiagramLayout
from reviewkit.prisma.diagram.writers.html import write_html
from reviewkit.prisma.diagram.writers.json_text import write_json
from reviewkit.prisma.diagram.writers.mermaid import write_mermaid
from reviewkit.prisma.diagram.writers.svg import write_svg
from reviewkit.prisma.diagram.writers.template_csv import write_csv
from reviewkit.prisma.diagram.writers.text import write_text
from reviewkit.protocol.model import Diagram
from reviewkit.reproduction.flows import reported_flow
from reviewkit.store import Store
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.release import read_release, updated_or_refuse
from reviewkit.workflow.reporting.review_flow import box_listings, draw_flow, review_flow


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a flow is drawn. `now` dates the files that carry a date; the same style gives the same bytes.

    Where template, language or theme is `None`, the protocol's [diagram] table says it, and its labels hold unless
    another language is asked for.
    """

    template: str | None = None
    language: str | None = None
    theme: str | None = None
    detail: bool = True
    dpi: int = 300
    width: int = 80
    ascii_only: bool = False
    now: datetime.datetime

    @property
    def chosen(self) -> dict[str, Any]:
        """What `draw_flow` takes of it."""
        return {name: getattr(self, name) for name in ("template", "language", "theme", "detail")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A flow with its layout and the records behind its boxes."""

    flow: Flow
    layout: DiagramLayout
    listings: tuple[RecordList, ...] = ()
    title: str = ""
    own: bool = False


def draw_review(
    project: ReviewProject,
    style: Style,
    *,
    compare_reported: bool,
    force: bool,
    release: str | None = None,
) -> Drawing:
    """The current flow of a review; with `compare_reported`, "reported | rerun" in each box.

    A template for updates shows it beside the version before; `release` draws a version as it was frozen. Raises
    UsageError where there is nothing to draw yet, CheckNotMet for a flow that does not add up.
    """
    if not project.database.exists():
        raise UsageError(
            "there is no database yet",
            where=str(project.database),
            hint="run `reviewkit reproduce` or `reviewkit search`",
        )
    updated = (style.template or project.protocol.diagram.template).startswith("updated")
    with Store(project.database, now=style.now) as store:
        if release is not None:
            frozen = read_release(store, release, updated=updated)
            drawn = draw_flow(frozen.flow, frozen.protocol.diagram, **style.chosen)
            title = f"{frozen.protocol.review.title} ({release})"
            return Drawing(
                flow=frozen.flow, layout=drawn, listings=frozen.listings, title=title, own=True
            )
        current = (
            updated_or_refuse(store, project.protocol)
            if updated
            else review_flow(store, project.protocol)
        )
        if compare_reported:
            current = review_flow(store, project.protocol, later=False)
        flow = proven(current, own=True, force=force)
        listings = box_listings(store)
    first, second = (flow, None)
    if compare_reported:
        if project.protocol.reported is None:
            raise UsageError(
                "the protocol reports nothing",
                where=str(project.protocol_path),
                hint="add [reported]",
            )
        first, second = proven(reported_flow(project.protocol), force=True), flow
    drawn = draw_flow(first, project.protocol.diagram, compared=second, **style.chosen)
    return Drawing(
        flow=flow, layout=drawn, listings=listings, title=project.protocol.review.title, own=True
    )


def draw_template(path: Path, style: Style, *, force: bool) -> Drawing:
    """The flow in a template CSV, with the file's own labels. Raises DamagedFile, FileMistakes, CheckNotMet."""
    template = read_template(path)
    flow = proven(template.flow, force=force)
    look = Diagram.model_construct(language=template.language, labels=template.labels)
    return Drawing(flow=flow, layout=draw_flow(flow, look, **style.chosen))


def read_template(path: Path) -> TemplateFile:
    """The flow of a template CSV, in UTF-8 or Latin-1. Raises FileMistakes naming every cell that cannot be read."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = system_reason(error)
        hint = "name a template CSV of the PRISMA2020 package"
        raise UsageError(f"cannot be read: {reason}", where=str(path), hint=hint) from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    template = read_csv(text)
    if template.mistakes:
        raise FileMistakes(template.mistakes, where=str(path), hint="correct the cells named above")
    return template


def check_template(path: Path) -> tuple[str, ...]:
    """Every identity that the flow of a template CSV breaks, in words; errors and warnings."""
    return sentences(check(read_template(path).flow))


def _pptx(drawing: Drawing, style: Style) -> bytes:
    try:
        from reviewkit.prisma.diagram.writers.pptx import write_pptx  # python-pptx is an extra
    except ModuleNotFoundError as error:
        raise UsageError(
            "pptx needs a package of its own", hint="pip install 'reviewkit[pptx]'"
        ) from error
    return write_pptx(drawing.layout, created=style.now)


def _pdf(drawing: Drawing, style: Style) -> bytes:
    from reviewkit.prisma.diagram.writers.pdf_png import (
        write_pdf,  # Typst, only where a PDF is wanted
    )

    return write_pdf(drawing.layout, timestamp=int(style.now.timestamp()))


def _png(drawing: Drawing, style: Style) -> bytes:
    from reviewkit.prisma.diagram.writers.pdf_png import (
        write_png,  # Typst, only where a PNG is wanted
    )

    return write_png(drawing.layout, dpi=style.dpi)


def _text(drawing: Drawing, style: Style) -> bytes:
    return write_text(drawing.layout, width=style.width, ascii_only=style.ascii_only).encode()


WRITERS: Mapping[str, Callable[[Drawing, Style], bytes]] = {
    "text": _text,
    "svg": lambda drawing, _: write_svg(drawing.layout).encode(),
    "html": lambda drawing, _: write_html(
        drawing.layout, drawing.listings, title=drawing.title
    ).encode(),
    "pdf": _pdf,
    "png": _png,
    "pptx": _pptx,
    "csv": lambda drawing, _: write_csv(drawing.flow, drawing.layout).encode(),
    "json": lambda drawing, _: write_json(drawing.flow, drawing.layout, own=drawing.own).encode(),
    "mermaid": lambda drawing, _: write_mermaid(drawing.layout).encode(),
}
# Formats that no terminal should be sent.
BINARY = frozenset({"pdf", "png", "pptx"})


def write_drawing(drawing: Drawing, style: Style, *, format_name: str) -> bytes:
    """The drawing in a format of WRITERS. Raises UsageError for another one."""
    if format_name not in WRITERS:
        raise UsageError(f"no format {format_name!r}", hint=f"formats: {', '.join(WRITERS)}")
    return WRITERS[format_name](drawing, style)
