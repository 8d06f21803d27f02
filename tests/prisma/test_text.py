"""The terminal drawing: fits its width, and has every line of every box."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.model.errors import UsageError
from reviewkit.model.flow import Flow
from reviewkit.prisma.diagram.canvas import cell_width
from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.wrap import NBSP
from reviewkit.prisma.diagram.writers.text import write_text
from tests.helpers.effort import examples
from tests.helpers.flows import FLOWS, NEW, any_flows


@pytest.mark.slow
@settings(deadline=None, max_examples=examples(60))
@given(any_flows(), st.integers(30, 170), st.booleans())
def test_no_line_of_the_terminal_drawing_is_wider_than_asked(
    flow: Flow, width: int, ascii_only: bool
) -> None:
    drawing = write_text(lay_out(flow), width=width, ascii_only=ascii_only)
    assert max(map(cell_width, drawing.splitlines())) <= width
    assert drawing.isascii() or not ascii_only


@pytest.mark.parametrize("name", FLOWS)
def test_one_box_under_the_other_says_every_line(name: str) -> None:
    picture = lay_out(FLOWS[name])
    shown = re.sub(r"[^\w=(),*]+", "", write_text(picture, width=40))
    said = Counter(
        re.sub(r"[^\w=(),*]+", "", entry.text)
        for box in picture.boxes
        for entry in box.content.entries
    )
    for text, times in said.items():
        assert shown.count(text) >= times, text


@pytest.mark.parametrize("width", [60, 80, 120, 160])
@pytest.mark.parametrize("name", FLOWS)
def test_side_by_side_every_count_stands_on_one_line(name: str, width: int) -> None:
    picture = lay_out(FLOWS[name])
    shown = write_text(picture, width=width)
    for box in picture.boxes:
        for entry in box.content.entries:
            _, mark, count = entry.text.rpartition(f"{NBSP}(")
            if mark:
                assert f"({count}".replace(NBSP, " ") in shown


def test_a_narrow_terminal_is_one_clear_error() -> None:
    with pytest.raises(UsageError, match="at least 30"):
        write_text(lay_out(NEW), width=20)
