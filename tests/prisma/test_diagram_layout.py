"""The layout: no text leaves its box, no boxes overlap, arrows end on edges, words are the template's."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.model.diagram_keys import LANGUAGES
from reviewkit.model.errors import UsageError
from reviewkit.model.flow import Flow, Tally
from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.metrics import text_width
from reviewkit.prisma.diagram.options import DiagramOptions
from reviewkit.prisma.diagram.shapes import Bar, Box, DiagramLayout
from reviewkit.prisma.diagram.sizes import MARGIN
from reviewkit.prisma.diagram.template import Template
from reviewkit.prisma.diagram.theme import THEMES
from reviewkit.prisma.diagram.wrap import NBSP, clean, wrap
from tests.helpers.effort import examples
from tests.helpers.flows import FLOWS, NASTY, NEW, STAND_IN, UPDATED_OTHER, any_flows, tally

templates = st.sampled_from(["auto", *Template])
languages = st.sampled_from(LANGUAGES)


def entry_texts(picture: DiagramLayout, key: str) -> list[str]:
    return [entry.text.replace(NBSP, " ") for entry in picture.box(key).content.entries]


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


def test_the_new_template_says_what_the_official_one_says() -> None:
    picture = lay_out(NEW)
    assert picture.template == "new"
    assert picture.headers[0].text == "Identification of studies via databases and registers"
    assert entry_texts(picture, "box2") == [
        "Records identified from:",
        "Databases (n = 19)",
        "PubMed (n = 17)",
        "LILACS (n = 2)",
        "Registers (n = 0)",
    ]
    assert entry_texts(picture, "box4") == ["Records screened (n = 17)"]
    assert entry_texts(picture, "box9") == [
        "Reports excluded:",
        "Wrong population (n = 2)",
        "Outcome not reported (n = 1)",
    ]
    assert entry_texts(picture, "box10") == [
        "Studies included in review (n = 5)",
        "Reports of included studies (n = 5)",
    ]
    assert [(arrow.source, arrow.target) for arrow in picture.arrows] == [
        ("box2", "box3"),
        ("box2", "box4"),
        ("box4", "box5"),
        ("box4", "box6"),
        ("box6", "box7"),
        ("box6", "box8"),
        ("box8", "box9"),
        ("box8", "box10"),
    ]


def test_the_updated_template_joins_all_arms() -> None:
    picture = lay_out(UPDATED_OTHER)
    assert picture.template == "updated-other"
    assert entry_texts(picture, "box10")[0] == "New studies included in review (n = 5)"
    assert entry_texts(picture, "box16") == [
        "Total studies included in review (n = 9)",
        "Reports of total included studies (n = 10)",
    ]
    assert {("box14", "box10"), ("box1", "box16"), ("box10", "box16")} <= {
        (a.source, a.target) for a in picture.arrows
    }
    assert entry_texts(picture, "box11")[1:] == [
        "Websites (n = 0)",
        "Citation searching (n = 4)",
        "Letters to authors (n = 1)",
    ]
    assert any("studies (n = 1), reports (n = 1)" in note for note in picture.note_texts)
    assert any("9,000" in note and "90,000" in note for note in picture.note_texts)
    assert "Already screened in a previous version (n = 900,000)" in entry_texts(picture, "box3")


def test_a_stand_in_is_never_a_database_and_a_search_not_run_is_not_unreported() -> None:
    lines = entry_texts(lay_out(STAND_IN), "box2")
    assert lines == [
        "Records identified from:",
        "Databases (could not be run)",
        "PubMed (could not be run)",
        "LILACS (could not be run)",
        "Compiled list, not a database search (n = 84)",
    ]
    levels = [entry.level for entry in lay_out(STAND_IN).box("box2").content.entries]
    assert levels == [0, 1, 2, 2, 1]


def test_silence_is_drawn_as_silence() -> None:
    picture = lay_out(Flow(database_results=19, new_studies=5))
    assert entry_texts(picture, "box4") == ["Records screened (n not reported)"]
    assert entry_texts(picture, "box9") == ["Reports excluded (n not reported)"]
    assert "(n = 0)" not in " ".join(
        entry.text for box in picture.boxes for entry in box.content.entries
    )


def test_zero_lines_are_dropped_only_for_unused_automation() -> None:
    lines = entry_texts(lay_out(NEW), "box3")
    assert lines == [
        "Records removed before screening:",
        "Duplicate records removed (n = 2)",
        "Records removed for other reasons (n = 0)",
    ]
    used = entry_texts(lay_out(replace(NEW, records_excluded_automatic=3)), "box3")
    assert "Records marked as ineligible by automation tools (n = 0)" in used


def test_footnotes_stand_only_where_they_apply() -> None:
    assert lay_out(NEW).note_texts == ()
    without = lay_out(NEW, DiagramOptions(detail=False))
    assert entry_texts(without, "box2")[0] == "Records identified from*:"
    assert without.note_texts[0].startswith("*Consider, if feasible")
    split = lay_out(replace(NEW, records_excluded_automatic=3))
    assert entry_texts(split, "box5") == ["Records excluded** (n = 8)"]
    assert split.note_texts == (
        "**Excluded by a human (n = 5); excluded by automation tools (n = 3).",
    )


def test_a_template_without_room_says_what_it_hides() -> None:
    assert (
        len(
            [
                note
                for note in lay_out(UPDATED_OTHER, DiagramOptions(template="new")).note_texts
                if "no boxes" in note
            ]
        )
        == 2
    )


def test_two_flows_are_told_apart() -> None:
    rerun = replace(
        NEW,
        database_results=20,
        databases=(tally("PubMed", 18), tally("Embase", 2)),
        records_screened=None,
    )
    picture = lay_out(NEW, compared=rerun)
    entries = {
        entry.text.replace(NBSP, " "): entry.bold for entry in picture.box("box2").content.entries
    }
    assert entries == {
        "Records identified from:": False,
        "Databases (n = 19 | 20)": True,
        "PubMed (n = 17 | 18)": True,
        "LILACS (n = 2 | –)": True,
        "Embase (n = – | 2)": True,
        "Registers (n = 0 | 0)": False,
    }
    screened = picture.box("box4").content.entries[0]
    assert screened.text.replace(NBSP, " ") == "Records screened (n = 17 | not reported)"
    assert not screened.bold
    assert any(line.bold for line in picture.box("box2").lines)


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "1,234,567"), ("pt", "1.234.567"), ("es", "1 234 567")]
)
def test_numbers_are_written_as_the_language_does(language: str, shown: str) -> None:
    picture = lay_out(replace(NEW, database_results=1_234_567), DiagramOptions(language=language))
    assert f"(n = {shown})" in entry_texts(picture, "box2")[1]


def test_a_count_stays_with_its_word() -> None:
    for width in range(60, 400, 7):
        for line in wrap(
            f"Records marked as ineligible by tools{NBSP}(n{NBSP}={NBSP}12)", width, 12
        ):
            assert not line.startswith("(") or text_width(f"tools{NBSP}{line}", 12) > width


@given(st.text(max_size=80) | st.sampled_from(NASTY), st.floats(60, 400))
def test_wrapping_loses_nothing(text: str, width: float) -> None:
    kept = clean(text)
    lines = wrap(kept, width, 12)
    assert "".join(lines).replace(" ", "").replace(NBSP, "") == kept.replace(" ", "").replace(
        NBSP, ""
    )
    for line in lines:
        assert text_width(line, 12) <= width or len(line) == 1


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
    choices: dict[str, object] = {name: value}
    with pytest.raises(UsageError) as error:
        lay_out(NEW, DiagramOptions(**choices))  # type: ignore[arg-type]  # the wrong choice is the test
    assert error.value.hint


def test_a_number_without_reasons_is_drawn_as_one() -> None:
    flow = replace(NEW, dbr_excluded=(Tally(label="", n=3),))
    assert entry_texts(lay_out(flow), "box9") == ["Reports excluded (n = 3)"]


def test_a_source_that_was_not_to_be_searched_is_absent_from_its_side() -> None:
    reported = Flow(database_results=19, databases=(tally("PubMed", None),))
    lines = {
        e.text.replace(NBSP, " "): e.bold
        for e in lay_out(reported, compared=STAND_IN).box("box2").content.entries
    }
    assert lines["Databases (n = 19 | not run)"] is False
    assert lines["PubMed (n = not reported | not run)"] is False
    assert lines["Registers (n = not reported | –)"] is False
    assert lines["Compiled list, not a database search (n = – | 84)"] is True
