"""Words of a text in any script."""

import pytest

from reviewkit.ranking.words import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Aspirin, 75 mg/day: a trial", ["aspirin", "75", "mg", "day", "trial"]),
        ("Reabilitação é AÇÃO", ["reabilitacao", "acao"]),
        ("Болезнь Паркинсона", ["болезнь", "паркинсона"]),
        ("القَلْب والأوعية", ["القلب", "والاوعية"]),
        ("糖尿病 type 2", ["糖", "尿", "病", "type"]),
        ("고혈압 치료", ["고혈압", "치료"]),
        ("H<sub>2</sub>O <i>in vitro</i> p < 0.05 and > 3", ["in", "vitro", "05", "and"]),
        ("", []),
    ],
)
def test_words_of_any_script(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_accents_and_forms_do_not_part_words() -> None:
    assert words("nai\u0308ve ﬁbrosis ＡＢＣ") == words("naïve fibrosis abc")
