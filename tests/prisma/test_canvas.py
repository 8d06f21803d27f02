"""The canvas: lines join by themselves."""

from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.writers.text import write_text
from tests.helpers.flows import NEW


def test_the_drawing_joins_its_lines() -> None:
    drawing = write_text(lay_out(NEW), width=80)
    assert "├────▶│" in drawing
    assert "┬" in drawing
    assert "╶" in drawing
    assert drawing.count("▼") == 4
    plain = write_text(lay_out(NEW), width=80, ascii_only=True)
    assert "+---->|" in plain
