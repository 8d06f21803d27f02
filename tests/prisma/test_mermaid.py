"""Mermaid: no label can end its quotes or begin a directive."""

from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.writers.mermaid import write_mermaid
from tests.helpers.flows import HOSTILE, UPDATED_OTHER


def test_mermaid_labels_cannot_break_out() -> None:
    text = write_mermaid(lay_out(HOSTILE))
    for line in text.splitlines():
        if "[" in line:
            label = line.partition('["')[2].removesuffix('"]')
            assert not set(label.replace("<br/>", "")) & set('"<>`{}%\\')
    assert "box8 --> box9" in text
    updated = write_mermaid(lay_out(UPDATED_OTHER))
    assert "class box1,box11,box12,box13,box14,box15,box16 optional" in updated
    assert 'notes["' in updated
