"""The text of the boxes: the words are the template's, and nothing reported is hidden."""

from dataclasses import replace

from reviewkit.model.flow import Flow, Tally
from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.wrap import NBSP
from tests.helpers.flows import NEW, STAND_IN, UPDATED_OTHER, entry_texts, tally


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
