"""Identities of a flow: sound flows pass, each slip is found and named."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.model.errors import CheckNotMet
from reviewkit.model.flow import Flow, Severity, Tally
from reviewkit.prisma.check import check, proven, sentences, undecided
from tests.helpers.effort import examples
from tests.helpers.flows import FLOWS, NEW, UPDATED_OTHER, any_flows, sound_flows, tally


@given(sound_flows())
def test_a_flow_counted_from_its_parts_has_nothing_broken(flow: Flow) -> None:
    assert check(flow, own=True) == ()


@pytest.mark.parametrize("name", FLOWS)
def test_the_written_flows_are_sound(name: str) -> None:
    assert check(FLOWS[name], own=True) == ()


COUNTS = [
    "database_results",
    "duplicates",
    "excluded_automatic",
    "excluded_other",
    "records_screened",
    "dbr_sought_reports",
    "dbr_assessed",
    "dbr_notretrieved_reports",
    "awaiting_assessment",
    "new_reports",
]


@given(sound_flows(), st.sampled_from(COUNTS), st.integers(1, 500))
def test_one_count_changed_breaks_an_identity(flow: Flow, name: str, more: int) -> None:
    changed = replace(flow, **{name: getattr(flow, name) + more})
    assert any(broken.severity is Severity.ERROR for broken in check(changed, own=True))


@given(sound_flows(), st.sets(st.sampled_from([item.name for item in fields(Flow)])))
def test_what_is_not_reported_breaks_nothing(flow: Flow, silent: set[str]) -> None:
    kept = {"updated", "other_sources", "databases", "registers", "stand_ins", "footnotes"}
    # Where a count of its own box is known, silence about it must not turn a sound flow into a
    # broken one.
    optional = {
        "already_screened",
        "awaiting_screening",
        "unscreened_by_rule",
        "awaiting_assessment",
    }
    unknown: dict[str, Any] = dict.fromkeys(silent - kept - optional)
    assert check(replace(flow, **unknown), own=True) == ()


@pytest.mark.slow
@given(any_flows())
def test_any_flow_can_be_judged(flow: Flow) -> None:
    for sentence in sentences(check(flow)):
        assert sentence.endswith(".")


SLIPS = [
    (replace(NEW, records_screened=15), "I2", "the duplicates seem to be subtracted twice"),
    (replace(NEW, records_screened=19), "I2", "the duplicates seem not to be subtracted"),
    (replace(NEW, register_results=5), "I2", "the registers seem to be left out of the sum"),
    (
        replace(NEW, database_results=20, records_screened=18),
        "I1",
        "should be 19 (PubMed 17 + LILACS 2)",
    ),
    (
        replace(NEW, database_results=22, other_sources=(tally("Citation searching", 3),)),
        "I1",
        "the finds of citation searching seem to be added to the databases",
    ),
    (
        replace(
            NEW,
            database_results=26,
            registers=(tally("ClinicalTrials.gov", 7),),
            register_results=7,
        ),
        "I1",
        "the registers seem to be counted among the databases",
    ),
    (
        replace(NEW, dbr_sought_reports=8, dbr_assessed=7),
        "I3",
        "should be 9 (records screened 17 - records excluded 8)",
    ),
    (replace(NEW, dbr_assessed=9), "I4", "the reports not retrieved seem not to be subtracted"),
    (replace(NEW, dbr_assessed=7), "I4", "the reports not retrieved seem to be subtracted twice"),
    (
        replace(NEW, dbr_excluded=(tally("Wrong population", 1),)),
        "I5",
        "the reasons add up to fewer reports",
    ),
    (
        replace(NEW, dbr_excluded=(tally("Wrong population", 4),)),
        "I5",
        "some may be counted under two",
    ),
    (replace(NEW, new_reports=7), "I5", "seem to be counted as studies"),
    (replace(NEW, new_studies=6), "I6", "Studies included (6) outnumber their reports (5)"),
    (replace(NEW, new_studies=0), "I6", "No study is included"),
    (replace(NEW, duplicates=-2), "I7", "Duplicates is -2"),
    (replace(NEW, records_excluded_automatic=9), "I7", "automation tools excluded more"),
    (replace(NEW, records_screened=71), "I2", "71 may be 17 with two digits swapped"),
    (replace(NEW, duplicates=None, records_screened=30), "I2", "There can be at most 19"),
    (
        replace(UPDATED_OTHER, other_sought_reports=6),
        "O1",
        "more reports are sought from other methods than these methods found",
    ),
    (replace(UPDATED_OTHER, other_assessed=3), "O2", "not retrieved seem not to be subtracted"),
    (replace(UPDATED_OTHER, new_reports=5), "O3", "should be 6"),
    (
        replace(UPDATED_OTHER, total_studies=14),
        "U1",
        "the previous version seems to be added twice",
    ),
    (
        replace(UPDATED_OTHER, total_studies=10),
        "U1",
        "the dropped studies seem to be still in the total",
    ),
    (
        replace(UPDATED_OTHER, total_reports=5),
        "U2",
        "the previous version seems to be left out of the total",
    ),
    (
        replace(UPDATED_OTHER, duplicates=1_100_000),
        "I2",
        "the previous version seem to be counted in another line",
    ),
]


@pytest.mark.parametrize(
    ("flow", "identity", "words"), SLIPS, ids=[f"{s[1]}-{s[2][:30]}" for s in SLIPS]
)
def test_the_slip_is_named(flow: Flow, identity: str, words: str) -> None:
    found = [broken.sentence for broken in check(flow) if broken.identity == identity]
    assert any(words in sentence for sentence in found), found


def test_a_published_record_may_lead_to_several_reports() -> None:
    flow = replace(NEW, dbr_sought_reports=10, dbr_assessed=9, new_reports=6)
    assert [broken.severity for broken in check(flow)] == [Severity.ERROR]
    stated = replace(flow, several_reports_per_record=True)
    assert [broken.severity for broken in check(stated)] == [Severity.WARNING]
    too_few = replace(stated, dbr_sought_reports=8, dbr_assessed=7, new_reports=4, new_studies=4)
    assert [broken.severity for broken in check(too_few)] == [Severity.ERROR]


def test_dropped_studies_that_are_not_stated_are_a_warning() -> None:
    flow = replace(UPDATED_OTHER, dropped_studies=None, dropped_reports=None)
    assert {(broken.identity, broken.severity) for broken in check(flow)} == {
        ("U1", Severity.WARNING),
        ("U2", Severity.WARNING),
    }


def test_a_new_report_of_an_old_study_is_sound() -> None:
    flow = replace(UPDATED_OTHER, new_studies=0, total_studies=4)
    assert check(flow) == ()


def test_a_stand_in_counts_as_identified() -> None:
    flow = replace(FLOWS["stand-in"], stand_ins=(Tally(label="Compiled list", n=90),))
    assert [broken.identity for broken in check(flow)] == ["I2"]


def test_a_broken_flow_is_drawn_only_by_force_and_says_so() -> None:
    broken = replace(NEW, records_screened=15)
    with pytest.raises(CheckNotMet, match="subtracted twice") as error:
        proven(broken)
    assert error.value.exit_code == 3
    assert proven(NEW) is NEW
    forced = proven(broken, force=True)
    assert forced.records_screened == 15
    assert [note.startswith("This flow does not add up (I2)") for note in forced.footnotes] == [
        True
    ]


# The boxes of a review of databases alone, in the order in which records pass them.
SILENT = [item.name for item in fields(Flow) if str(item.type) == "int | None"]


@given(sound_flows(), st.sets(st.sampled_from(SILENT)), st.integers(0, 6))
def test_no_subset_of_blank_boxes_is_a_false_alarm(
    flow: Flow, silent: set[str], known_reasons: int
) -> None:
    boxless = {"already_screened", "awaiting_screening", "unscreened_by_rule"}
    waiting = {"awaiting_assessment", "other_awaiting_assessment"}
    changes: dict[str, Any] = dict.fromkeys(silent - boxless - waiting)
    reasons = flow.dbr_excluded or ()
    changes["dbr_excluded"] = tuple(
        tally if number < known_reasons else replace(tally, n=None)
        for number, tally in enumerate(reasons)
    )
    blank = replace(flow, **changes)
    for own in (True, False):
        assert check(blank, own=own) == ()
    # Nothing that is missing is passed over in silence.
    missing = {key for item in undecided(blank, own=True) for key in item.missing}
    assert {"duplicates", "dbr_notretrieved_reports"} & silent <= missing


STEPS = (
    "database_results",
    "duplicates",
    "records_screened",
    "records_excluded",
    "dbr_sought_reports",
    "dbr_notretrieved_reports",
    "dbr_assessed",
    "new_reports",
)
MOST = 80


def possible(flow: Flow) -> bool:
    """Whether whole numbers from 0 exist for the blank boxes: every value that each step can have."""

    def values(name: str) -> range:
        n = getattr(flow, name)
        return range(MOST) if n is None else range(n, n + 1)

    reached = set(values("database_results"))
    passed = iter(STEPS[1:])
    for removed, kept in zip(passed, passed, strict=False):
        left = {n - less for n in reached for less in values(removed)}
        reached = {n for n in left if n in values(kept)}
    excluded = range(MOST) if flow.dbr_excluded is None else [flow.dbr_excluded[0].n or 0]
    left = {n - less for n in reached for less in excluded}
    return any(n in values("new_reports") for n in left)


@settings(deadline=None, max_examples=examples(150))
@given(
    st.lists(st.integers(0, 9), min_size=5, max_size=5),
    st.sets(st.sampled_from((*STEPS, "dbr_excluded"))),
    st.sampled_from(STEPS),
    st.integers(0, 45),
)
def test_a_corrupted_count_is_an_error_exactly_where_nothing_can_save_the_flow(
    parts: list[int], silent: set[str], name: str, n: int
) -> None:
    included, excluded, lost, out, duplicates = parts
    assessed, sought = included + excluded, included + excluded + lost
    true = Flow(
        database_results=sought + out + duplicates,
        register_results=0,
        duplicates=duplicates,
        excluded_automatic=0,
        excluded_other=0,
        records_screened=sought + out,
        records_excluded=out,
        dbr_sought_reports=sought,
        dbr_notretrieved_reports=lost,
        dbr_assessed=assessed,
        dbr_excluded=(tally("Wrong design", excluded),),
        new_reports=included,
    )
    blank: dict[str, Any] = dict.fromkeys(silent)
    flow = replace(true, **blank)
    assert check(flow) == ()
    changed: dict[str, Any] = {name: n}
    corrupted = replace(flow, **changed)
    errors = [item for item in check(corrupted) if item.severity is Severity.ERROR]
    assert bool(errors) is not possible(corrupted), corrupted
    if errors:
        terms = {"I2": STEPS[:3], "I3": STEPS[2:5], "I4": STEPS[4:7], "I5": STEPS[6:]}
        assert any(name in terms[identity] for item in errors for identity in item.identities)


def test_a_chain_over_a_blank_box_is_named_whole() -> None:
    flow = replace(
        NEW, records_screened=None, dbr_sought_reports=12, dbr_assessed=11, new_reports=8
    )
    (broken,) = check(flow)
    assert (broken.identity, broken.identities) == ("I2+I3", ("I2", "I3"))
    assert broken.sentence.startswith("Reports sought for retrieval should be 9 (databases 19")


def test_one_wrong_number_gets_one_sentence_with_the_number_that_mends_it() -> None:
    (broken,) = check(replace(NEW, dbr_assessed=9))
    assert (broken.count, broken.found, broken.expected) == ("dbr_assessed", 9, 8)
    assert broken.sentence.endswith("With reports assessed for eligibility 8, I5 holds too.")
    assert broken.identities == ("I4", "I5")


def test_studies_without_any_report_are_an_error_also_where_the_reports_are_blank() -> None:
    flow = replace(NEW, dbr_excluded=(tally("Wrong population", 8),), new_reports=None)
    (broken,) = check(flow)
    assert (broken.identity, broken.severity) == ("I6", Severity.ERROR)
    assert broken.sentence == "No report is left for the 5 studies included."


def test_the_meta_analysis_takes_in_no_more_than_the_review() -> None:
    assert check(replace(NEW, total_studies_ma=4, total_reports_ma=5)) == ()
    (broken,) = check(replace(NEW, total_studies_ma=6, total_reports_ma=5))
    assert broken.identity == "M1"


def test_reasons_at_title_and_abstract_add_up_to_the_records_excluded() -> None:
    flow = replace(NEW, records_excluded_reasons=(tally("Wrong topic", 5), tally("Animals", 2)))
    (broken,) = check(flow)
    assert broken.identity == "I7"
    assert "should be 8" in broken.sentence


def test_what_cannot_be_decided_is_listed_with_the_count_that_is_missing() -> None:
    flow = replace(NEW, duplicates=None)
    (open_identity,) = undecided(flow)
    assert (open_identity.identity, open_identity.missing) == ("I2", ("duplicates",))
    assert open_identity.sentence == "not known: duplicates."
    assert undecided(NEW) == ()
