"""Three-valued checks: yes, no and unknown are three different things."""

from typing import Any

import pytest

from reviewkit.model.records import Answer, Record
from reviewkit.protocol.eligibility import check_record
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
        ("period", {"year": 2026}, NO),
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
    ],
)
def test_answer(als: Protocol, criterion: str, known: dict[str, Any], answer: Answer) -> None:
    checks = check_record(als, Record(source="s", source_id="1", **known))
    assert {check.criterion: check.answer for check in checks}[criterion] is answer
    assert all(check.evidence for check in checks)


def test_what_a_person_must_judge_has_no_check(als: Protocol) -> None:
    checks = check_record(als, Record(source="s", source_id="1"))
    assert {check.criterion for check in checks}.isdisjoint({"theme", "off_theme", "duplicate"})
