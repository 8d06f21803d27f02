"""Three-valued checks: yes, no and unknown are three different things."""

from typing import Any

import pytest

from reviewkit.model.records import Answer, Record
from reviewkit.protocol.eligibility import automatic_criteria, check_record
from reviewkit.protocol.model import Protocol
from reviewkit.protocol.parse import parse_protocol

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


@pytest.fixture(scope="module")
def als() -> Protocol:
    from tests.conftest import PROJECT

    return parse_protocol(
        (PROJECT / "protocols" / "als_dysbiosis.toml").read_text(encoding="utf-8"), where="als"
    )


@pytest.mark.parametrize(
    ("criterion", "known", "answer"),
    [
        ("period", {"year": 2022}, YES),
        ("period", {"year": 2021}, NO),
        # It may have been online within the period, well before its issue.
        ("period", {"year": 2026}, UNKNOWN),
        ("period", {"year": 2027}, UNKNOWN),
        ("period", {"year": 2028}, NO),
        ("period", {"year": 2026, "published_online": "2026-01-02"}, NO),
        ("period", {}, UNKNOWN),
        ("period", {"published_online": "2024-05"}, YES),
        ("period", {"published_online": "2021-04-05"}, UNKNOWN),
        ("period", {"published_online": "2026-01"}, NO),
        ("period", {"year": 2026, "published_online": "2025-10-09"}, YES),
        ("before_2022", {"year": 2030}, YES),
        ("before_2022", {"year": 2021}, NO),
        ("language", {"languages": ("por",)}, YES),
        ("language", {"languages": ("spa",)}, NO),
        ("language", {"languages": ("spa", "eng")}, YES),
        ("language", {"languages": ("und",)}, UNKNOWN),
        ("language", {}, UNKNOWN),
        ("full_text", {"pmcid": "PMC1"}, YES),
        ("full_text", {"other": {"free_full_text": ("yes",)}}, YES),
        ("full_text", {"other": {"free_full_text": ("no",)}}, UNKNOWN),
        ("paid", {}, UNKNOWN),
        ("paid", {"other": {"free_full_text": ("not known",)}}, UNKNOWN),
        ("period", {"year": 2025}, YES),
        ("period", {"year": 2021, "published_online": "2021-04-05"}, NO),
        ("period", {"published_online": "2022"}, YES),
        ("before_2022", {"year": 2022}, YES),
        ("before_2022", {"published_online": "2021-04-05"}, UNKNOWN),
    ],
)
def test_answer(als: Protocol, criterion: str, known: dict[str, Any], answer: Answer) -> None:
    checks = check_record(als, Record(source="s", source_id="1", **known))
    assert {check.criterion: check.answer for check in checks}[criterion] is answer
    assert all(check.evidence for check in checks)


def test_what_a_person_must_judge_has_no_check(als: Protocol) -> None:
    checks = check_record(als, Record(source="s", source_id="1"))
    assert {check.criterion for check in checks}.isdisjoint({"theme", "off_theme", "duplicate"})


@pytest.mark.parametrize(
    ("criterion", "known", "evidence"),
    [
        ("period", {"year": 2022}, "published 2022"),
        ("period", {"published_online": "2022-01"}, "published online 2022"),
        (
            "period",
            {"year": 2023, "published_online": "2022-01"},
            "published 2023, published online 2022",
        ),
        ("period", {"published_online": "2021-04"}, "published online 2021, issue not seen"),
        ("period", {"year": 2026}, "published 2026, online date not seen"),
        ("period", {"published_online": "spring"}, "no date seen"),
        ("period", {}, "no date seen"),
        ("language", {"languages": ("spa", "und", "eng")}, "in Spanish and English"),
        ("language", {"languages": ("und",)}, "no language seen"),
        ("full_text", {"pmcid": "PMC7"}, "in PubMed Central as PMC7"),
        ("full_text", {}, "nothing seen on access"),
    ],
)
def test_what_an_answer_rests_on_is_said(
    als: Protocol, criterion: str, known: dict[str, Any], evidence: str
) -> None:
    record = Record(source="s", source_id="1", **known)
    values = {check.criterion: check.evidence for check in check_record(als, record)}
    assert values[criterion] == evidence
    assert {check.record for check in check_record(als, record)} == {record.key}


def test_what_was_seen_when_the_list_was_compiled_is_told_first(als: Protocol) -> None:
    lines = []
    for seen in ("yes", "no"):
        other = {"free_full_text": (seen,)}
        record = Record(source="s", source_id="1", pmcid="PMC7", other=other)
        lines += [c.evidence for c in check_record(als, record) if c.criterion == "full_text"]
    assert lines[0].startswith("free full text seen")
    assert lines[1] == "in PubMed Central as PMC7"
    paid = Record(source="s", source_id="1", other={"free_full_text": ("no",)})
    (evidence,) = {c.evidence for c in check_record(als, paid) if c.criterion == "full_text"}
    assert evidence.startswith("no free full text seen")


def test_checks_stand_in_the_protocols_order_and_access_removes_nothing(als: Protocol) -> None:
    checks = check_record(als, Record(source="s", source_id="1"))
    by_machine = [c.id for c in als.criteria if c.check.by in {"date", "language", "access"}]
    assert [check.criterion for check in checks] == by_machine
    assert [c.id for c in automatic_criteria(als)] == [
        c.id for c in als.criteria if c.check.by in {"date", "language"}
    ]


@pytest.mark.parametrize(
    ("ends", "known", "answer"),
    [
        ({"from": 2022}, {"year": 9999}, YES),
        ({"from": 2022}, {"year": 2021}, NO),
        ({"to": 2025}, {"year": 2025}, YES),
        ({"to": 2025}, {"year": 0}, YES),
        ({"to": 2025}, {"year": 2026}, UNKNOWN),
        ({"to": 2025}, {"year": 2028}, NO),
        ({"to": 2025}, {"published_online": "2026-01"}, NO),
        ({}, {"year": 1}, YES),
    ],
)
def test_a_period_may_be_open_at_either_end(
    als: Protocol, ends: dict[str, int], known: dict[str, Any], answer: Answer
) -> None:
    period = next(criterion for criterion in als.criteria if criterion.id == "period")
    check = type(period.check).model_validate({"by": "date", **ends})
    alone = als.model_copy(update={"criteria": (period.model_copy(update={"check": check}),)})
    (result,) = check_record(alone, Record(source="s", source_id="1", **known))
    assert result.answer is answer
