"""Screening on the full screen: real keys into a real session on a real SQLite file."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from reviewkit.cli.plain_screening import PlainScreening
from reviewkit.model.messages import in_language
from reviewkit.model.records import Record, Stage
from reviewkit.screening.filters import read_filter
from reviewkit.store import Store
from reviewkit.store.runs import add_run
from reviewkit.tui.actions import Preset
from reviewkit.tui.keys import Keys
from reviewkit.tui.record_page import facts
from reviewkit.tui.screening_screen import ScreeningScreen
from reviewkit.tui.text_parts import pace
from reviewkit.tui.theme import THEMES
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.session.screening import ScreeningSession
from tests.helpers.screening_review import NOW, TWO, make_review, run_of, session_of, ticking
from tests.helpers.screens import drive, shown

SIZES = ((80, 24), (120, 40), (200, 60))


def screen_of(session: ScreeningSession, keys: Keys | None = None) -> ScreeningScreen:
    return ScreeningScreen(session, keys or Keys())


def stored(
    project: ReviewProject, columns: str = "record, verdict, reason"
) -> list[tuple[str | None, ...]]:
    other = sqlite3.connect(project.database)
    rows = other.execute(f"SELECT {columns} FROM decisions ORDER BY decision").fetchall()
    other.close()
    return rows


def one_record(folder: Path, **fields: Any) -> ReviewProject:
    """A review with a single record of one's own."""
    project = make_review(folder, count=0)
    plain = Record(source="pubmed", source_id="1", title="T")
    record = replace(plain, **fields)
    with Store(project.database, now=NOW) as store, store.transaction():
        add_run(
            store, run_of([record]), [record], protocol=project.protocol_sha256, counts_in_flow=True
        )
    return project


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_one_key_each_decides_and_the_next_record_is_shown(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    project = make_review(tmp_path)
    with session_of(project) as session:
        text = drive(screen_of(session), keys="i e 2 m 1 e enter", size=size)
    assert stored(project) == [
        ("pubmed:00000", "include", None),
        ("pubmed:00001", "exclude", "in animals only"),
        ("pubmed:00002", "maybe", None),
        ("pubmed:00003", "exclude", "not on guts"),
        ("pubmed:00004", "exclude", None),
    ]
    assert "Title 5 on the gut" in text
    assert "5 done, 7 left · 1 included" in text
    assert "Silva" in text
    assert "on guts" in text
    assert "1 not on guts" in text
    assert "https://doi.org/10.1000/5" in text


@pytest.mark.slow
def test_undo_takes_back_any_number_and_back_changes_nothing(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    with session_of(project) as session:
        text = drive(screen_of(session), keys="i i u u")
        assert "Title 0 on mice" in text
        assert [row[1] for row in stored(project)] == [
            "include",
            "include",
            "withdrawn",
            "withdrawn",
        ]
        text = drive(screen_of(session), keys="u")
        assert "there is nothing to undo" in text
        text = drive(screen_of(session), keys="i left")
        assert "Title 0 on mice" in text
        assert "You included it" in text
        assert len(stored(project)) == 5


@pytest.mark.slow
def test_a_key_without_meaning_says_so_and_stores_nothing(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    with session_of(project) as session:
        assert "x has no meaning here  ? shows all keys" in drive(screen_of(session), keys="x")
        assert "there is no reason 9" in drive(screen_of(session), keys="9")
        assert "z is not one of these" in drive(screen_of(session), keys="e z")
        assert "reports are sought at full text" in drive(screen_of(session), keys="r")
        assert "has no PubMed" in drive(screen_of(session), keys="p")
        assert "nothing is open to close" in drive(screen_of(session), keys="escape")
    assert stored(project) == []


@pytest.mark.slow
def test_a_note_a_tag_and_a_term_are_typed_at_once_and_nothing_is_taken_for_a_key(
    tmp_path: Path,
) -> None:
    project = make_review(tmp_path)
    with session_of(project) as session:
        text = drive(screen_of(session), keys="n i e space m enter t k e y enter w n e r v * enter")
        view = session.view
        assert view is not None
        assert (view.note, view.tags) == ("ie m", ("key",))
        assert [term.text for term in session.terms.own] == ["nerv*"]
        assert "ie m" in text
        assert "Tags" in text
        text = drive(screen_of(session), keys="n escape t escape")
        assert session.view is not None
        assert session.view.note == "ie m"
        assert "No longer highlighting" in drive(screen_of(session), keys="W 1")
        assert session.terms.own == ()
    assert stored(project) == []


@pytest.mark.slow
def test_more_matches_than_are_listed_are_not_counted_as_if_they_were_all(tmp_path: Path) -> None:
    with session_of(make_review(tmp_path, count=60)) as session:
        text = drive(screen_of(session), keys="slash T i t l e enter")
        assert "More than 50 found for Title" in text
        said: list[str] = []
        PlainScreening(session, said.append).run(["/Title\n", "/number 7\n"])
    assert "More than 20 found: type g and a number." in said
    assert "1 found: type g and a number." in said


@pytest.mark.slow
def test_find_list_and_history_lead_to_any_record(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    with session_of(project) as session:
        text = drive(screen_of(session), keys="slash n u m b e r space 7 enter")
        assert "1 found for number 7" in text
        assert "Title 7 on the gut" in text
        assert "Showing pubmed:00007" in drive(
            screen_of(session), keys="slash n u m b e r space 7 enter enter"
        )
        text = drive(screen_of(session), keys="2 h")
        assert "exclude: in animals only" in text
        assert "You excluded it: in animals only" in drive(screen_of(session), keys="h enter")
        text = drive(screen_of(session), keys="i")
        assert [row[:2] for row in stored(project)] == [
            ("pubmed:00007", "exclude"),
            ("pubmed:00007", "include"),
        ]
        assert "under the filter: still to do" in drive(screen_of(session), keys="l down")
        assert "no record of this stage has 'zzz'" in drive(
            screen_of(session), keys="slash z z z enter"
        )


@pytest.mark.slow
def test_filters_by_one_key_or_typed(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    with session_of(project) as session:
        screen = screen_of(session)
        assert "no record matches this filter" in drive(screen, keys="f 2")
        assert "Filter: maybe" in drive(screen_of(session), keys="m f 2")
        text = drive(screen_of(session), keys="f 9")
        assert "All open records" in text
        drive(screen_of(session), keys="f 8 y e a r colon 2 0 0 3 - 2 0 0 4 enter")
        assert (session.navigation.filter.year_from, session.navigation.filter.year_to) == (
            2003,
            2004,
        )
        assert "is no span of years" in drive(
            screen_of(session), keys="f 8 x space y e a r colon x enter"
        )


@pytest.mark.slow
def test_all_keys_are_shown_and_come_from_what_they_do(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    keys = Keys(preset=Preset.ASREVIEW, where="my.toml")
    with session_of(project) as session:
        text = drive(screen_of(session, keys), keys="question_mark", size=(120, 70))
        assert "asreview; your own in my.toml" in text
        lines = {
            line.split("  ")[-1].strip(): line.split()[0]
            for line in text.splitlines()
            if "  " in line
        }
        assert lines["include the record"] == "r"
        assert lines["exclude the record: choose the reason by its digit"] == "i"
        drive(screen_of(session, keys), keys="question_mark r")
    assert [row[1] for row in stored(project)] == ["include"]


@pytest.mark.slow
def test_the_same_key_means_the_opposite_for_people_from_elsewhere(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    with session_of(project) as session:
        drive(screen_of(session, Keys(preset=Preset.RAYYAN)), keys="i e 1 u z")
        drive(screen_of(session, Keys(preset=Preset.ASREVIEW)), keys="i 1 r")
    verdicts = [row[1] for row in stored(project)]
    assert verdicts == ["include", "exclude", "maybe", "withdrawn", "exclude", "include"]


@pytest.mark.slow
def test_a_mouse_can_do_what_the_bottom_line_names(tmp_path: Path) -> None:
    project = make_review(tmp_path)

    with session_of(project) as session:
        screen = screen_of(session)

        async def click(pilot: Pilot[None]) -> None:
            await pilot.click("#foot", offset=(1, 1))
            await pilot.pause()
            panel = screen.panes.panel.plain().splitlines()
            row = next(y for y, line in enumerate(panel) if "2 in animals only" in line)
            await pilot.click("#panel", offset=(6, row))

        drive(screen, click)
    assert [row[1:] for row in stored(project)] == [
        ("include", None),
        ("exclude", "in animals only"),
    ]


@pytest.mark.slow
def test_full_text_asks_for_the_reason_and_keeps_what_came_of_the_report(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    with session_of(project) as session:
        session.include()
    pdf = project.output / "fulltext" / "pubmed_00000.pdf"
    pdf.parent.mkdir(parents=True)
    pdf.write_bytes(b"%PDF-1.4")
    with session_of(project, stage=Stage.FULL_TEXT) as session:
        text = drive(screen_of(session), size=(200, 60))
        assert "not sought yet" in text
        assert "pubmed_00000.pdf" in text
        assert "Enter is not one of these" in drive(screen_of(session), keys="e enter")
        text = drive(screen_of(session), keys="r 3 n o space c o p y enter", size=(200, 60))
        assert "not retrieved: no copy" in text
        drive(screen_of(session), keys="e 1")
        assert session.view is None
    assert stored(project, "stage, verdict, reason")[1:] == [
        ("full_text", "exclude", "not on guts")
    ]


@pytest.mark.slow
def test_blind_sessions_show_nothing_of_the_others_before_both_have_decided(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=2, screening=TWO)
    with session_of(project, "li") as session:
        session.exclude(2, "secret note of li")
        session.include()
    with session_of(project, "ana") as session:
        for size in SIZES:
            text = drive(screen_of(session), size=size)
            body = text.replace("2 in animals only", "")
            assert "secret" not in text
            assert "li " not in body
            assert "excluded" not in text
            assert "in animals only" not in body
            assert "0 included" in text
        text = drive(screen_of(session), keys="i left", size=(200, 60))
        assert "li  excluded: in animals only" in text
        assert "secret note of li" in text


@pytest.mark.slow
def test_nothing_left_is_said_and_the_way_back_is_open(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=1)
    with session_of(project) as session:
        text = drive(screen_of(session), keys="m")
        assert "Nothing is left for you to screen here" in text
        assert "1 done, 0 left" in text
        assert "no record is in view" in drive(screen_of(session), keys="i")
        assert "Title 0 on mice" in drive(screen_of(session), keys="u")


HOSTILE = (
    "\x1b]0;owned\x07\x1b[2J\x1b[31m[red]Title[/red] \u202eesrever\u2066 "
    "[@click=app.quit]x[/] \x9b5m\x00{b}"
)


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_a_hostile_record_changes_nothing_but_its_own_text(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    project = one_record(
        tmp_path,
        title=HOSTILE,
        abstract=HOSTILE,
        authors=(HOSTILE,),
        journal=HOSTILE,
        keywords=(HOSTILE,),
        doi=HOSTILE,
    )
    with session_of(project) as session:
        screen = screen_of(session)
        seen: list[str] = []

        async def look(_pilot: Pilot[None]) -> None:
            for pane in screen.panes:
                seen.extend(
                    segment.text
                    for y in range(pane.size.height)
                    for segment in pane.render_line(y)
                    if segment.text
                )

        text = drive(screen, look, size=size)
    assert "[red]Title[/red]" in text
    assert "[@click=app.quit]x[/]" in text
    assert not [
        c
        for piece in seen
        for c in piece
        if ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u2066"
    ]
    assert "\N{REPLACEMENT CHARACTER}" in text


@pytest.mark.slow
def test_titles_of_the_world_are_shown_right(tmp_path: Path) -> None:
    titles = {
        "Disbiose intestinal e esclerose lateral amiotrófica: revisão": None,
        "肠道微生物群与肌萎缩侧索硬化症的关系研究": None,
        "الميكروبيوم والتصلب الجانبي الضموري": None,
        "CO<sub>2</sub> and <i>E. coli</i> &amp; "
        "<mml:math><mml:mi>α</mml:mi></mml:math> at p &lt; 0.05": (
            "CO₂ and E. coli & α at p < 0.05"
        ),
    }
    for number, (title, plain) in enumerate(titles.items()):
        project = one_record(tmp_path / str(number), title=title)
        with session_of(project) as session:
            assert (plain or title) in drive(screen_of(session), size=(80, 24))


@pytest.mark.slow
def test_an_abstract_of_any_length_scrolls_to_its_end(tmp_path: Path) -> None:
    words = " ".join(f"word{i}" for i in range(2500))
    project = one_record(tmp_path, abstract=f"BACKGROUND: {words}. CONCLUSION: the-very-end.")
    assert len(words) > 20_000
    with session_of(project) as session:
        assert "the-very-end" not in drive(screen_of(session), size=(80, 24))
        assert "the-very-end" in drive(screen_of(session), keys="end", size=(80, 24))
        assert "this is the end" in drive(screen_of(session), keys="end down", size=(80, 24))


def test_no_abstract_and_no_anything_is_said(tmp_path: Path) -> None:
    project = one_record(tmp_path, title=None)
    with session_of(project) as session:
        text = drive(screen_of(session))
    for words in ("No title", "No authors", "No journal", "No abstract", "No DOI"):
        assert words in text


@pytest.mark.slow
def test_the_size_may_change_at_any_time(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    with session_of(project) as session:
        screen = screen_of(session)

        async def resize(pilot: Pilot[None]) -> None:
            for size in ((80, 24), (200, 60), (40, 12), (20, 5), (120, 40)):
                await pilot.resize_terminal(*size)
                await pilot.pause()
                assert "Title" in shown(screen) or size[1] < 10
            await pilot.press("i")

        assert "1 done" in drive(screen, resize)


@pytest.mark.slow
def test_addresses_go_to_the_browser_and_citations_to_the_clipboard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait_for: Callable[[Path], str]
) -> None:
    project = make_review(tmp_path)
    folder = tmp_path / "told"
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\nprintf %s "$1" > {folder}.part && mv {folder}.part {folder}\n')
    program.chmod(0o755)
    with session_of(project) as session:
        monkeypatch.setenv("BROWSER", str(program))
        assert "DOI opened with" in drive(screen_of(session), keys="o")
        assert wait_for(folder) == "https://doi.org/10.1000/0"
        monkeypatch.setenv("BROWSER", str(tmp_path / "none"))
        text = drive(screen_of(session), keys="o", size=(200, 60))
        assert "cannot be started" in text
        assert "copied instead: https://doi.org/10.1000/0" in text
        assert "Copied: Silva A. Title 0 on mice" in drive(screen_of(session), keys="y")


@pytest.fixture
def wait_for() -> Callable[[Path], str]:
    import time

    def wait(path: Path) -> str:
        for _ in range(500):
            if path.exists():
                return path.read_text(encoding="utf-8")
            time.sleep(0.02)
        raise AssertionError(f"{path} never came")

    return wait


def test_terms_are_underlined_where_they_speak_for_inclusion_and_reversed_against(
    tmp_path: Path,
) -> None:
    highlight = '[screening.highlight]\ninclude = ["gut"]\nexclude = ["mice"]\n'
    project = make_review(tmp_path, screening=highlight)
    with session_of(project) as session:
        session.terms.add("Title")
        screen = screen_of(session)
        found: dict[str, tuple[bool | None, ...]] = {}

        async def look(_pilot: Pilot[None]) -> None:
            for y in range(screen.panes.body.size.height):
                for segment in screen.panes.body.render_line(y):
                    if segment.style and segment.text.strip() in {"gut", "mice", "Title", "nerve"}:
                        style = segment.style
                        found[segment.text.strip()] = (style.underline, style.reverse, style.italic)

        drive(screen, look)
    assert found["mice"][1]
    assert found["gut"][0]
    assert found["Title"][2]
    assert len({found[word] for word in ("mice", "gut", "Title")}) == 3


def test_why_a_record_is_high_is_told_where_the_session_tells_it(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    with session_of(project) as session:
        view = session.view
        assert view is not None
        changed = replace(view, why=(("gut", 1.25), ("[red]\x1b", -0.5)))
    text = "\n".join(line.plain for line in facts(changed, THEMES["dark"], 40))
    assert "Words that weigh most" in text
    assert "gut +1.25" in text
    assert "[red]\N{REPLACEMENT CHARACTER} -0.50" in text
    assert "Words that weigh most" not in "\n".join(
        line.plain for line in facts(view, THEMES["dark"], 40)
    )


@pytest.mark.slow
def test_one_key_decides_alike_on_what_the_filter_leaves(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    with session_of(project) as session:
        assert "a filter chooses" in drive(screen_of(session), keys="A")
        session.navigation.set_filter(read_filter("mice"))
        asked = drive(screen_of(session), keys="A", size=(100, 40))
        assert "6 open records" in asked
        assert "1 include all" in asked
        assert "Title 10 on mice" in asked
        assert stored(project) == []
        assert "6 records excluded" in drive(screen_of(session), keys="A 2 2", size=(100, 40))
    assert {row[1:] for row in stored(project)} == {("exclude", "in animals only")}
    assert len(stored(project)) == 6


@pytest.mark.slow
@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_a_filter_in_force_is_in_view_at_every_width(tmp_path: Path, width: int) -> None:
    project = make_review(tmp_path)
    with session_of(project, "a reviewer with a long name") as session:
        screen = screen_of(session)
        drive(screen, keys="i m", size=(width, 24))
        session.navigation.set_filter(read_filter("only:decided source:pubmed year:2000-"))
        text = drive(screen_of(session), size=(width, 24))
        assert "Filter: decided, from pubmed, 2000-" in text
        # The pages of a list have it as well.
        assert "Filter: decided" in drive(screen_of(session), keys="l", size=(width, 24))
        assert "Filter" not in drive(screen_of(session), keys="f 9", size=(width, 24))


@pytest.mark.slow
@pytest.mark.parametrize("width", [48, 80, 120])
def test_lists_and_the_history_show_titles_beside_keys(tmp_path: Path, width: int) -> None:
    project = make_review(tmp_path)
    with session_of(project) as session:
        history = drive(screen_of(session), keys="i 2 h", size=(width, 24))
        listed = drive(screen_of(session), keys="l", size=(width, 24))
        found = drive(screen_of(session), keys="slash g u t enter", size=(width, 24))
    for text, key in ((history, 1), (listed, 2), (found, 7)):
        row = next(
            line for line in text.splitlines() if line.rstrip().endswith(f"pubmed:0000{key}")
        )
        assert f"Title {key}" in row


@pytest.mark.slow
def test_five_keys_are_shown_until_the_first_key_and_never_to_whom_has_decided(
    tmp_path: Path,
) -> None:
    project = make_review(tmp_path)
    first = "Five keys to begin with"
    with session_of(project) as session:
        text = drive(screen_of(session), size=(40, 40))
        assert first in text
        assert "Title 0 on mice" in text
        # The key that closes them does its own work.
        text = drive(screen_of(session), keys="j")
        assert first not in text
        text = drive(screen_of(session), keys="i")
        assert first not in text
        assert "Title 1 on the gut" in text
    with session_of(project) as session:
        assert first not in drive(screen_of(session))
    with session_of(project, "rui") as session:
        assert first in drive(screen_of(session))


@pytest.mark.slow
def test_the_pace_of_a_session_and_what_is_left_are_beside_the_record(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=500)
    size = (80, 40)
    with session_of(project, clock=ticking(seconds=30)) as session:
        text = drive(screen_of(session), keys="i i", size=size)
        assert "2 records in this session" in text
        assert "498 left" in text
        assert "hour" not in text
        text = drive(screen_of(session), keys="i i i", size=size)
        assert "5 records in this session, 120 an hour" in text
        assert "495 left: about 4 h 8 min, or 5 sessions of an hour" in text
    # The pace of an earlier session says how long; this session has none yet.
    with session_of(project, clock=ticking(NOW + timedelta(days=1))) as session:
        text = drive(screen_of(session), size=size)
        assert "0 records in this session" in text
        assert "an hour" in text
        assert "session, " not in text


def test_the_pace_has_the_decimal_mark_of_the_language() -> None:
    with in_language("pt"):
        assert pace(4.2) == "4,2 s cada"
    assert pace(4.2) == "4.2 s each"
