"""The PowerPoint slide: every box as a shape, connectors glued."""

import io
from dataclasses import replace

import pytest

from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.options import DiagramOptions
from tests.helpers.flows import NASTY, NEW, UPDATED_OTHER, tally


@pytest.mark.slow
def test_the_slide_has_every_box_and_glued_connectors() -> None:
    pptx = pytest.importorskip("pptx", reason="the PowerPoint extra is not installed")
    from reviewkit.prisma.diagram.writers.pptx import write_pptx

    picture = lay_out(UPDATED_OTHER, DiagramOptions(links={"box4": "https://example.org/"}))
    file = write_pptx(picture)
    hostile = replace(NEW, dbr_excluded=tuple(tally(text, 1) for text in NASTY), footnotes=NASTY)
    assert pptx.Presentation(io.BytesIO(write_pptx(lay_out(hostile))))
    shapes = {shape.name: shape for shape in pptx.Presentation(io.BytesIO(file)).slides[0].shapes}
    for box in picture.boxes:
        lines = [entry.text for entry in box.content.entries]
        assert shapes[box.key].text_frame.text.split("\n") == lines
        assert shapes[box.key]._element.xpath(".//p:cNvPr/@descr")
    for arrow in picture.arrows:
        connector = shapes[f"{arrow.source} to {arrow.target}"]._element
        assert connector.xpath(".//a:stCxn") or connector.xpath(".//a:endCxn")
    assert shapes["box4"].click_action.hyperlink.address == "https://example.org/"


def test_a_slide_too_long_for_powerpoint_is_scaled() -> None:
    pptx = pytest.importorskip("pptx", reason="the PowerPoint extra is not installed")
    from reviewkit.prisma.diagram.writers.pptx import write_pptx

    reasons = tuple(tally(f"{number} {'long reason ' * 50}", 1) for number in range(40))
    file = write_pptx(lay_out(replace(NEW, dbr_excluded=reasons)))
    assert pptx.Presentation(io.BytesIO(file)).slide_height <= 56 * 914_400
