"""Where studies are counted, their reports are too: what that makes impossible, and what not."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.model.flow import Broken, Flow, Severity
from reviewkit.prisma.chains import have_solution
from reviewkit.prisma.check import check
from reviewkit.prisma.equation import Values
from reviewkit.prisma.identities import equations, study_pairs
from reviewkit.prisma.study_counts import studies_without_reports
from reviewkit.prisma.values import values_of
from tests.helpers.effort import examples
from tests.helpers.flows import NEW, UPDATED_OTHER, tally

NO_REPORT_LEFT = (tally("Wrong population", 8),)
ONE_REPORT_LEFT = (tally("Wrong population", 7),)
# Neither arm says what was included, so that the counts of studies and reports are free.
FREE = replace(UPDATED_OTHER, dbr_excluded=None, other_excluded=None)
# Nothing new and nothing dropped: the total is what the previous version had.
UNCHANGED: dict[str, Any] = {
    "new_studies": 0,
    "new_reports": 0,
    "dropped_studies": 0,
    "dropped_reports": 0,
}
NOT_BOTH = (
    "Studies and their reports{} are both 0, or both 1 or more; "
    "no values of the counts that are not reported make that so."
)


@pytest.mark.parametrize(
    ("flow", "count", "sentence"),
    [
        (
            replace(NEW, new_studies=0),
            "new_studies",
            "No study is included, but 5 reports of included studies are.",
        ),
        (
            replace(NEW, dbr_excluded=NO_REPORT_LEFT, new_reports=0),
            "new_studies",
            "No report is included, but 5 studies are: each has at least one.",
        ),
        (
            replace(NEW, dbr_excluded=NO_REPORT_LEFT, new_reports=None),
            "new_studies",
            "No report is left for the 5 studies included.",
        ),
        # One report is left, though its count is not reported.
        (
            replace(NEW, dbr_excluded=ONE_REPORT_LEFT, new_reports=None, new_studies=0),
            "new_studies",
            "No study is included, but some reports of included studies are.",
        ),
        # One is told as one.
        (
            replace(NEW, dbr_excluded=NO_REPORT_LEFT, new_reports=None, new_studies=1),
            "new_studies",
            "No report is left for the 1 study included.",
        ),
        (
            replace(NEW, total_studies_ma=1, total_reports_ma=0),
            "total_studies_ma",
            "No report is included in the meta-analysis, but 1 study is: it has at least one.",
        ),
        (
            replace(NEW, total_studies_ma=0, total_reports_ma=1),
            "total_studies_ma",
            "No study is included in the meta-analysis, but 1 report of an included study is.",
        ),
        (
            replace(FREE, previous_reports=0, total_reports=5),
            "previous_studies",
            "No report is included of the previous version, but 5 studies are: "
            "each has at least one.",
        ),
        (
            replace(FREE, **UNCHANGED, previous_reports=None, total_studies=5, total_reports=0),
            "total_studies",
            "No report is included in total, but 5 studies are: each has at least one.",
        ),
        (
            replace(FREE, **UNCHANGED, previous_reports=None, total_studies=None, total_reports=0),
            "total_studies",
            "No report is included in total, but some studies are: each has at least one.",
        ),
        (
            replace(NEW, total_studies_ma=3, total_reports_ma=0),
            "total_studies_ma",
            "No report is included in the meta-analysis, but 3 studies are: each has at least one.",
        ),
        (
            replace(NEW, total_studies_ma=0, total_reports_ma=3),
            "total_studies_ma",
            "No study is included in the meta-analysis, but 3 reports of included studies are.",
        ),
    ],
)
def test_studies_without_reports_and_reports_of_no_study(
    flow: Flow, count: str, sentence: str
) -> None:
    errors = {broken.count: broken for broken in check(flow) if broken.severity is Severity.ERROR}
    assert errors[count] == Broken(
        identity="I6",
        severity=Severity.ERROR,
        sentence=sentence,
        identities=("I6",),
        count=count,
    )


def test_each_pair_that_is_impossible_is_told() -> None:
    flow = replace(FREE, **UNCHANGED, previous_reports=0, total_studies=None, total_reports=None)
    assert [(broken.count, broken.sentence) for broken in check(flow)] == [
        (
            "previous_studies",
            "No report is included of the previous version, but 5 studies are: "
            "each has at least one.",
        ),
        ("total_studies", NOT_BOTH.format(" in total")),
    ]


@pytest.mark.parametrize(
    "flow",
    [
        NEW,
        replace(NEW, new_studies=None),
        replace(NEW, dbr_excluded=NO_REPORT_LEFT, new_studies=0, new_reports=0),
        replace(NEW, dbr_excluded=NO_REPORT_LEFT, new_studies=None, new_reports=0),
        replace(NEW, total_studies_ma=0, total_reports_ma=0),
        replace(NEW, total_studies_ma=1, total_reports_ma=1),
        # A new report of an old study is sound.
        replace(FREE, new_studies=0, total_studies=4),
        # Of an earlier version the reports may be counted where its studies are not.
        replace(FREE, previous_studies=0, dropped_studies=0, total_studies=5),
        replace(FREE, **UNCHANGED, previous_studies=0, total_studies=0, total_reports=5),
    ],
)
def test_counts_that_go_together(flow: Flow) -> None:
    assert [broken for broken in check(flow) if broken.severity is Severity.ERROR] == []


def test_one_report_of_no_study_is_one_too_many() -> None:
    flow = replace(NEW, dbr_excluded=None, new_studies=0, new_reports=1)
    assert [broken.identity for broken in check(flow)] == ["I6"]


_COUNTS = (
    *(f"{version}_{unit}" for version in ("previous", "total") for unit in ("studies", "reports")),
    *("new_studies", "new_reports", "dropped_studies", "dropped_reports"),
    *("total_studies_ma", "total_reports_ma"),
)


@given(flow=st.fixed_dictionaries({key: st.sampled_from([None, 0, 1, 2]) for key in _COUNTS}))
@settings(max_examples=examples(300), deadline=None)
def test_pairs_that_are_possible_one_by_one_are_possible_together(
    flow: dict[str, Any],
) -> None:
    """So each pair is looked at alone: `_is_possible` says why that is enough."""
    made = replace(FREE, **flow)
    values, sums = values_of(made), equations(made, own=False, lenient=True)
    if not have_solution(sums, values) or studies_without_reports(made, sums, values):
        return

    pairs = [pair for pair in study_pairs(made) if pair[0] != "new_studies"]
    earlier = {"previous_studies", "total_studies"}
    for choice in product((True, False), repeat=len(pairs)):
        case = Values(values)
        for (studies, reports), is_positive in zip(pairs, choice, strict=True):
            both = [studies] if studies in earlier and not is_positive else [studies, reports]
            for key in both:
                low, high = case[key]
                case[key] = (max(low, 1), high) if is_positive else (low, 0)
        are_bounds = all(high is None or low <= high for low, high in case.values())
        if are_bounds and have_solution(sums, case):
            return
    raise AssertionError(made)
