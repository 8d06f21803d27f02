"""The text of the boxes: the words are the template's, and nothing reported is hidden."""

from dataclasses import replace
from typing import Any

import pytest

from reviewkit.model.diagram_keys import LANGUAGES
from reviewkit.model.errors import UsageError
from reviewkit.model.flow import Flow, Tally
from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.options import DiagramOptions
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


def test_hidden_lines_are_left_out_and_a_line_with_a_count_is_not() -> None:
    picture = lay_out(NEW, DiagramOptions(hide=("register_results", "new_reports")))
    assert entry_texts(picture, "box2")[-1] == "LILACS (n = 2)"
    assert entry_texts(picture, "box10") == ["Studies included in review (n = 5)"]
    without_box = lay_out(
        replace(NEW, dbr_notretrieved_reports=0, dbr_assessed=9, new_reports=6),
        DiagramOptions(hide=("dbr_notretrieved_reports",)),
    )
    assert "box7" not in {box.key for box in without_box.boxes}
    assert ("box6", "box7") not in {(a.source, a.target) for a in without_box.arrows}
    with pytest.raises(UsageError, match="duplicates is 2: a line with a count"):
        lay_out(NEW, DiagramOptions(hide=("duplicates",)))
    with pytest.raises(UsageError, match="no line that can be hidden: box4"):
        lay_out(NEW, DiagramOptions(hide=("box4",)))


def test_zeros_are_drawn_or_not_as_the_protocol_says_line_by_line() -> None:
    flow = replace(UPDATED_OTHER, already_screened=0)
    hidden = lay_out(flow, DiagramOptions(show_zero=False))
    assert "Websites (n = 0)" not in entry_texts(hidden, "box11")
    assert "Records removed for other reasons (n = 0)" not in entry_texts(hidden, "box3")
    some = lay_out(flow, DiagramOptions(show_zero=("website_results",)))
    assert "Websites (n = 0)" in entry_texts(some, "box11")
    assert "Records removed for other reasons (n = 0)" not in entry_texts(some, "box3")


def test_lines_that_were_not_used_are_not_drawn() -> None:
    not_used = ("register_results", "excluded_automatic", "excluded_other")
    nothing: dict[str, Any] = dict.fromkeys(not_used)
    picture = lay_out(replace(NEW, not_used=not_used, **nothing))
    assert entry_texts(picture, "box3") == [
        "Records removed before screening:",
        "Duplicate records removed (n = 2)",
    ]
    assert entry_texts(picture, "box2")[-1] == "LILACS (n = 2)"


def test_kinds_participants_reasons_at_title_and_abstract_and_the_meta_analysis() -> None:
    flow = replace(
        NEW,
        records_excluded_reasons=(tally("Wrong topic", 8),),
        study_kinds=(tally("Randomised trials", 3), tally("Cohort studies", 2)),
        new_participants=1234,
        total_studies_ma=4,
        total_reports_ma=4,
    )
    picture = lay_out(flow)
    assert entry_texts(picture, "box5") == ["Records excluded (n = 8)", "Wrong topic (n = 8)"]
    assert entry_texts(picture, "box10") == [
        "Studies included in review (n = 5)",
        "Randomised trials (n = 3)",
        "Cohort studies (n = 2)",
        "Reports of included studies (n = 5)",
        "Participants in included studies (n = 1,234)",
    ]
    assert entry_texts(picture, "box17")[0] == "Total studies included in meta-analysis (n = 4)"
    assert ("box10", "box17") in {(a.source, a.target) for a in picture.arrows}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_scoping_review_counts_sources_of_evidence(language: str) -> None:
    picture = lay_out(NEW, DiagramOptions(standard="prisma-scr", language=language))
    assert "PRISMA-ScR" in picture.title
    words = {"en": "Sources of evidence", "pt": "Fontes de evidência", "es": "Fuentes de evidencia"}
    assert entry_texts(picture, "box8")[0].startswith(words[language])
    with pytest.raises(UsageError, match="no wording of 'prisma-lsr'"):
        lay_out(NEW, DiagramOptions(standard="prisma-lsr"))


def test_source_and_licence_stand_under_the_picture_if_wanted() -> None:
    assert "CC BY 4.0" in lay_out(NEW, DiagramOptions(credit=True)).note_texts[-1]
    assert lay_out(NEW).note_texts == ()


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
