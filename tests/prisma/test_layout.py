"""The layout: no text leaves its box, no boxes overlap, arrows end on edges."""

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.model.diagram_keys import LANGUAGES
from reviewkit.model.errors import UsageError
from reviewkit.model.flow import Flow
from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.metrics import text_width
from reviewkit.prisma.diagram.options import DiagramOptions
from reviewkit.prisma.diagram.shapes import Bar, Box, DiagramLayout
from reviewkit.prisma.diagram.sizes import MARGIN
from reviewkit.prisma.diagram.template import Template
from reviewkit.prisma.diagram.theme import THEMES
from tests.helpers.effort import examples
from tests.helpers.flows import FLOWS, NASTY, NEW, any_flows, entry_texts, tally

templates = st.sampled_from(["auto", *Template])


languages = st.sampled_from(LANGUAGES)


def assert_sound(picture: DiagramLayout) -> None:
    """Everything inside what holds it, nothing on top of anything else, arrows from edge to edge."""
    frames = (*picture.headers, *picture.boxes)
    for box in frames:
        assert box.x >= 0
        assert box.right <= picture.width
        assert box.y >= 0
        assert box.bottom <= picture.height
        for line in box.lines:
            assert line.x >= box.x + 4
            assert line.x + text_width(line.text, line.size, bold=line.bold) <= box.right - 4
            assert box.y + line.size * 0.9 <= line.y <= box.bottom - line.size * 0.2
    places: list[Box | Bar] = [*frames, *picture.bars]
    for one, other in combinations(places, 2):
        apart = (
            one.x + one.width < other.x
            or other.x + other.width < one.x
            or one.y + one.height < other.y
            or other.y + other.height < one.y
        )
        assert apart, (one.key, other.key)
    for bar in picture.bars:
        for text in bar.lines:
            assert text_width(text, 12, bold=True) <= bar.height
    for note in picture.notes:
        assert note.x + text_width(note.text, note.size) <= picture.width - MARGIN + 0.01
        assert note.y < picture.height
    assert_arrows(picture)


def on_edge(box: Box, x: float, y: float) -> bool:
    across = box.x <= x <= box.right and (abs(y - box.y) < 0.01 or abs(y - box.bottom) < 0.01)
    along = box.y <= y <= box.bottom and (abs(x - box.x) < 0.01 or abs(x - box.right) < 0.01)
    return across or along


def assert_arrows(picture: DiagramLayout) -> None:
    for arrow in picture.arrows:
        assert on_edge(picture.box(arrow.source), *arrow.points[0])
        assert on_edge(picture.box(arrow.target), *arrow.points[-1])
        for (x0, y0), (x1, y1) in zip(arrow.points, arrow.points[1:], strict=False):
            assert x0 == x1 or y0 == y1
            for box in picture.boxes:
                crossed = (
                    max(min(x0, x1), box.x) < min(max(x0, x1), box.right) - 0.01
                    if y0 == y1 and box.y < y0 < box.bottom
                    else y0 != y1
                    and box.x < x0 < box.right
                    and max(min(y0, y1), box.y) < min(max(y0, y1), box.bottom) - 0.01
                )
                assert not crossed, (arrow, box.key)


@pytest.mark.slow
@settings(deadline=None)
@given(any_flows(), templates, languages, st.booleans())
def test_no_text_leaves_its_box(flow: Flow, template: str, language: str, detail: bool) -> None:
    assert_sound(lay_out(flow, DiagramOptions(template=template, language=language, detail=detail)))


@pytest.mark.slow
@settings(deadline=None, max_examples=examples(40))
@given(any_flows(), any_flows(), languages)
def test_two_flows_side_by_side_fit_too(flow: Flow, other: Flow, language: str) -> None:
    assert_sound(lay_out(flow, DiagramOptions(language=language), compared=other))


@pytest.mark.slow
@settings(deadline=None, max_examples=examples(40))
@given(any_flows(), templates, languages)
def test_a_horizontal_picture_holds_everything_too(
    flow: Flow, template: str, language: str
) -> None:
    options = DiagramOptions(template=template, language=language, horizontal=True, credit=True)
    picture = lay_out(flow, options)
    assert_sound(picture)
    upright = lay_out(flow, replace(options, horizontal=False))
    assert [box.content for box in picture.boxes] == [box.content for box in upright.boxes]


@settings(deadline=None, max_examples=examples(40))
@given(
    st.dictionaries(
        st.sampled_from(
            ["identification", "screening", "included", "header_new", "records_screened"]
        ),
        st.sampled_from(NASTY) | st.text(max_size=80),
    )
)
def test_labels_of_any_length_fit(labels: dict[str, str]) -> None:
    assert_sound(lay_out(NEW, DiagramOptions(labels=labels)))
    assert_sound(lay_out(NEW, DiagramOptions(labels=labels, horizontal=True)))


@pytest.mark.slow
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", Template)
@pytest.mark.parametrize("name", FLOWS)
def test_every_template_language_and_theme(
    name: str, template: str, language: str, theme: str
) -> None:
    picture = lay_out(
        FLOWS[name], DiagramOptions(template=template, language=language, theme=theme)
    )
    assert_sound(picture)
    assert picture.template == template
    for box in picture.boxes:
        assert box.tooltip


def test_forty_reasons_of_six_hundred_characters() -> None:
    reasons = tuple(tally(text, 1_000_000) for text in NASTY * 4)
    picture = lay_out(replace(NEW, dbr_excluded=reasons))
    assert_sound(picture)
    assert len(picture.box("box9").content.entries) == len(set(NASTY)) * 4 + 1


def test_links_and_labels() -> None:
    links = {
        "box4": "https://example.org/a",
        "records_excluded": "#list",
        "box7": "javascript:alert(1)",
    }
    picture = lay_out(
        NEW,
        DiagramOptions(
            links=links, labels={"records_screened": "Titles read", "box4": "How many were read."}
        ),
    )
    assert picture.box("box4").href == "https://example.org/a"
    assert picture.box("box5").href == "#list"
    assert picture.box("box7").href == ""
    assert picture.box("box4").tooltip == "How many were read."
    assert entry_texts(picture, "box4") == ["Titles read (n = 17)"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("template", "old"), ("language", "xx"), ("theme", "loud"), ("labels", {"nothing": "x"})],
)
def test_unknown_choices_are_one_clear_error(name: str, value: object) -> None:
    choices: dict[str, Any] = {name: value}
    with pytest.raises(UsageError) as error:
        lay_out(NEW, DiagramOptions(**choices))
    assert error.value.hint
