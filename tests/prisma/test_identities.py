"""The sums of a flow: which counts stand in each, and with which severity."""

from dataclasses import replace
from typing import Any

import pytest

from reviewkit.model.errors import CheckNotMet
from reviewkit.model.flow import Broken, Flow, Severity, Tally
from reviewkit.prisma.check import check, proven, undecided
from reviewkit.prisma.equation import Equation
from reviewkit.prisma.identities import equations, negative, study_pairs
from reviewkit.prisma.labels import LABELS
from tests.helpers.flows import NEW, STAND_IN, UPDATED_OTHER, tally

# A flow that uses every box of the templates, and every line of reviewkit's own.
EVERYTHING = replace(
    UPDATED_OTHER,
    unscreened_by_rule=0,
    records_excluded_reasons=(tally("Animals", 99_000),),
    other_screened_out=1,
    other_awaiting_screening=0,
    other_unscreened_by_rule=0,
    other_awaiting_assessment=0,
    total_studies_ma=3,
    total_reports_ma=3,
)


def written(equation: Equation) -> str:
    """The sum as it is written by hand; what no box counts has a question mark."""
    names = {term: f"{term.key}{'?' * term.slack}" for term in equation.terms}
    mark = "" if equation.severity is Severity.ERROR else "~"
    text = f"{equation.name}{mark}: {names[equation.target]} = "
    text += " + ".join(names[term] for term in equation.plus)
    return "".join([text, *(f" - {names[term]}" for term in equation.minus)])


def sums(flow: Flow, *, own: bool = True, lenient: bool = True) -> list[str]:
    return [written(equation) for equation in equations(flow, own=own, lenient=lenient)]


I1_TO_I7 = [
    "I1: database_results = databases[0]",
    "I1: register_results = registers[0]",
    "I2: records_screened = database_results + register_results - duplicates - excluded_automatic"
    " - excluded_other - already_screened - awaiting_screening - unscreened_by_rule",
    "I3: dbr_sought_reports = records_screened - records_excluded",
    "I7: records_excluded_reasons = records_excluded",
    "I7: records_excluded_automatic = records_excluded_reasons - records_excluded_by_humans?",
    "I4: dbr_assessed = dbr_sought_reports - dbr_notretrieved_reports - awaiting_assessment",
]
O1 = (
    ": other_sought_reports = other_sources - other_not_sought? - other_screened_out"
    " - other_awaiting_screening - other_unscreened_by_rule"
)
O2_TO_M2 = [
    "O2: other_assessed = other_sought_reports - other_notretrieved_reports"
    " - other_awaiting_assessment",
    "O3: new_reports = dbr_assessed + other_assessed - dbr_excluded - other_excluded",
    "U1: total_studies = previous_studies + new_studies - dropped_studies",
    "U2: total_reports = previous_reports + new_reports - dropped_reports",
    "M1: total_studies_ma = total_studies - studies_not_pooled?",
    "M2: total_reports_ma = total_reports - reports_not_pooled?",
]
I6 = [
    "I6~: previous_studies = previous_reports - further_previous_reports?",
    "I6~: new_studies = new_reports - further_new_reports?",
    "I6~: total_studies = total_reports - further_total_reports?",
    "I6~: total_studies_ma = total_reports_ma - further_total_reports_ma?",
]


def test_every_box_stands_in_its_sums_in_the_order_of_the_diagram() -> None:
    own = [*I1_TO_I7, f"O1{O1}", *O2_TO_M2]
    assert sums(EVERYTHING) == own
    assert sums(EVERYTHING, lenient=False) == [*own, *I6]
    # In a published flow a website may lead to several reports.
    assert sums(EVERYTHING, own=False) == [*I1_TO_I7, *O2_TO_M2]
    unusual = sums(EVERYTHING, own=False, lenient=False)
    assert unusual == [*I1_TO_I7, f"O1~{O1}", *O2_TO_M2, *I6]


def test_boxes_that_are_not_used_stand_in_no_sum() -> None:
    assert sums(replace(NEW, databases=())) == [
        "I2: records_screened = database_results + register_results - duplicates"
        " - excluded_automatic - excluded_other",
        "I3: dbr_sought_reports = records_screened - records_excluded",
        "I4: dbr_assessed = dbr_sought_reports - dbr_notretrieved_reports",
        "I5: new_reports = dbr_assessed - dbr_excluded",
    ]
    by_tools = sums(replace(NEW, records_excluded_automatic=1))
    assert "I7: records_excluded_automatic = records_excluded - records_excluded_by_humans?" in (
        by_tools
    )
    pooled = sums(replace(NEW, total_studies_ma=1))
    assert pooled[-1] == "M1: total_studies_ma = new_studies - studies_not_pooled?"
    pooled = sums(replace(NEW, total_reports_ma=1), lenient=False)
    assert pooled[-3:] == [
        "M2: total_reports_ma = new_reports - reports_not_pooled?",
        "I6~: new_studies = new_reports - further_new_reports?",
        "I6~: total_studies_ma = total_reports_ma - further_total_reports_ma?",
    ]


def test_what_a_flow_states_makes_a_sum_looser() -> None:
    several = replace(NEW, several_reports_per_record=True)
    assert (
        "I3: dbr_sought_reports = records_screened + further_reports? - records_excluded"
        in sums(several)
    )
    assert "I3~: dbr_sought_reports = records_screened - records_excluded" in sums(
        several, lenient=False
    )
    silent = replace(UPDATED_OTHER, dropped_studies=None)
    assert "U1: total_studies = previous_studies + new_studies - dropped_studies?" in sums(silent)
    unusual = sums(silent, lenient=False)
    assert "U1~: total_studies = previous_studies + new_studies" in unusual
    assert "U2: total_reports = previous_reports + new_reports - dropped_reports" in unusual


@pytest.mark.parametrize(
    ("changes", "identified"),
    [
        ({}, ["stand_ins"]),
        ({"database_results": 0}, ["database_results", "stand_ins"]),
        ({"register_results": 7}, ["register_results", "stand_ins"]),
        ({"databases": (tally("PubMed", 7),)}, ["database_results", "stand_ins"]),
        ({"databases": (tally("PubMed", None),)}, ["stand_ins"]),
        ({"stand_ins": ()}, ["database_results", "register_results"]),
    ],
)
def test_a_list_that_stands_in_takes_the_place_of_searches_without_a_count(
    changes: dict[str, Any], identified: list[str]
) -> None:
    flow = replace(STAND_IN, **changes)
    (screened,) = (e for e in equations(flow, own=True, lenient=True) if e.name == "I2")
    assert [term.key for term in screened.plus] == identified


def test_every_count_has_its_name() -> None:
    lists = replace(EVERYTHING, stand_ins=(tally("A list", 1), tally("Another", 2)))
    special = {
        ("I1", "database_results"): "records from databases",
        ("I1", "register_results"): "records from registers",
        ("I1", "databases[0]"): "PubMed",
        ("I1", "registers[0]"): "ClinicalTrials.gov",
        ("I2", "stand_ins"): "A list, Another",
        ("U1", "new_studies"): "new studies",
        ("U2", "new_reports"): "new reports",
    }
    values = {
        (equation.name, term.key): term.label
        for equation in equations(lists, own=True, lenient=False)
        for term in equation.terms
    }
    assert {place: values[place] for place in special} == special
    others = {place: label for place, label in values.items() if place not in special}
    assert others == {place: LABELS[place[1]] for place in others}


def test_studies_go_with_their_reports() -> None:
    new, before = ("new_studies", "new_reports"), ("previous_studies", "previous_reports")
    total = ("total_studies", "total_reports")
    pooled = ("total_studies_ma", "total_reports_ma")
    assert study_pairs(NEW) == (new,)
    assert study_pairs(replace(NEW, total_studies_ma=1)) == (new, pooled)
    assert study_pairs(replace(NEW, total_reports_ma=1)) == (new, pooled)
    assert study_pairs(UPDATED_OTHER) == (before, new, total)
    assert study_pairs(EVERYTHING) == (before, new, total, pooled)


def test_a_slip_that_makes_a_box_too_large_counts_below_zero() -> None:
    assert [negative(count) for count in (3, 0, None)] == [-3, 0, 0]


OTHERS = replace(
    NEW,
    other_sources=(tally("Websites", 3), tally("Citation searching", 4)),
    other_sought_reports=5,
    other_notretrieved_reports=0,
    other_assessed=5,
    other_excluded=(tally("Wrong design", 1),),
    new_reports=9,
    new_studies=9,
)


@pytest.mark.parametrize(
    ("flow", "words"),
    [
        (
            replace(OTHERS, database_results=26),
            "the records found by other methods seem to be added to the databases",
        ),
        (
            replace(OTHERS, database_results=23),
            "the finds of citation searching seem to be added to the databases",
        ),
        (
            replace(OTHERS, databases=(), records_screened=24),
            "the records found by other methods seem to be added to those of the databases",
        ),
        (
            replace(OTHERS, new_reports=5, new_studies=2),
            "the reports from other methods seem to be left out",
        ),
        (replace(NEW, new_reports=8, new_studies=1), "the excluded reports seem not to be subtr"),
        (replace(NEW, new_reports=2, new_studies=1), "the excluded reports seem to be subtracted"),
        (
            replace(NEW, new_reports=4, new_studies=4),
            "the reasons add up to fewer reports than were excluded",
        ),
        (
            replace(UPDATED_OTHER, total_reports=4),
            "the new reports seem to be left out of the total",
        ),
        (
            replace(UPDATED_OTHER, total_reports=16),
            "the new reports seem to be added twice",
        ),
        (
            replace(NEW, excluded_other=3, records_screened=17, database_results=19),
            "what was removed for other reasons seems not to be subtracted",
        ),
        (
            replace(NEW, excluded_automatic=3, records_screened=11),
            "what automation tools removed seems to be subtracted twice",
        ),
        (
            replace(NEW, records_excluded=8, dbr_sought_reports=1, dbr_assessed=0),
            "the excluded records seem to be subtracted twice",
        ),
    ],
)
def test_a_usual_slip_is_named_with_its_sum(flow: Flow, words: str) -> None:
    sentences = [broken.sentence for broken in check(flow)]
    assert any(words in sentence for sentence in sentences), sentences


def test_registers_have_a_list_of_their_own() -> None:
    wrong = replace(UPDATED_OTHER, registers=(tally("ClinicalTrials.gov", 999),))
    (broken,) = check(wrong)
    assert (broken.identity, broken.count) == ("I1", "register_results")
    assert broken.sentence.startswith("Records from registers")


def test_a_meta_analysis_of_an_update_takes_in_what_all_versions_include() -> None:
    assert check(replace(UPDATED_OTHER, total_studies_ma=9, total_reports_ma=10)) == ()
    found = check(replace(UPDATED_OTHER, total_studies_ma=10, total_reports_ma=11))
    assert [broken.identity for broken in found] == ["M1", "M2"]


# More is sought than other methods found: impossible where each record is one report.
MORE_SOUGHT = replace(UPDATED_OTHER, other_sources=(tally("Websites", 2),))


def test_several_reports_of_one_website_are_an_error_in_ones_own_review_alone() -> None:
    (published,) = check(MORE_SOUGHT)
    assert (published.identity, published.severity) == ("O1", Severity.WARNING)
    (own,) = check(MORE_SOUGHT, own=True)
    assert (own.identity, own.severity) == ("O1", Severity.ERROR)

    assert proven(MORE_SOUGHT) is MORE_SOUGHT
    with pytest.raises(CheckNotMet, match="O1, error"):
        proven(MORE_SOUGHT, own=True)
    assert len(proven(MORE_SOUGHT, own=True, force=True).footnotes) == 1


def test_what_breaks_or_is_unusual_is_decided() -> None:
    """What is not known is listed, unless the rest shows already that it cannot be right."""
    silent = replace(NEW, duplicates=None, dbr_notretrieved_reports=None)
    assert [item.identity for item in undecided(silent)] == ["I2", "I4"]
    assert [item.missing for item in undecided(silent)] == [
        ("duplicates",),
        ("dbr_notretrieved_reports",),
    ]
    # More assessed than sought: no count of reports not retrieved can mend that.
    broken = replace(silent, dbr_assessed=10, new_reports=7)
    assert [item.identity for item in undecided(broken)] == ["I2"]
    # A chain of two sums breaks, and both are decided.
    chain = replace(
        NEW, records_screened=None, dbr_sought_reports=12, dbr_assessed=11, new_reports=8
    )
    assert undecided(chain) == ()
    # In a published flow O1 is unusual where it breaks, and open where it cannot be decided.
    silent_sources = replace(UPDATED_OTHER, other_sources=(tally("Websites", None),))
    for own in (False, True):
        assert [item.identity for item in undecided(silent_sources, own=own)] == ["O1"]
    many = replace(silent_sources, other_sources=(), other_sought_reports=3)
    assert [item.identity for item in undecided(many)] == ["O1"]


def test_studies_may_be_open_too() -> None:
    silent = replace(NEW, new_studies=None)
    (item,) = undecided(silent)
    assert (item.identity, item.missing) == ("I6", ("new_studies",))
    assert item.sentence == "not known: studies included."
    # A warning decides as an error does.
    warned = replace(UPDATED_OTHER, dropped_studies=None, new_studies=7, total_studies=12)
    assert "I6" in {broken.identity for broken in check(warned)}
    assert "I6" not in {item.identity for item in undecided(warned)}


def test_a_count_below_zero_is_told_whole() -> None:
    flow = replace(NEW, records_excluded_reasons=(tally("Animals", -1), tally("Mice", 9)))
    assert check(flow)[0] == Broken(
        identity="I7",
        severity=Severity.ERROR,
        sentence="Animals is -1, and no count can be below 0.",
        identities=("I7",),
        count="records_excluded_reasons[0]",
        found=-1,
    )
    nameless = replace(NEW, dbr_excluded=(Tally(label="", n=-2),))
    assert check(nameless)[0].sentence.startswith("Reports excluded for all reasons is -2")
    both = replace(NEW, duplicates=-1, new_reports=-1)
    assert [(broken.count, broken.found) for broken in check(both)[:2]] == [
        ("duplicates", -1),
        ("new_reports", -1),
    ]
