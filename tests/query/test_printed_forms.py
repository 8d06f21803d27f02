"""A printed query in its readings: each named, none of them put in place of the print."""

import pytest

from reviewkit.query.dialects.languages import LANGUAGES
from reviewkit.query.printed_forms import AS_PRINTED, PrintedText, printed_texts


def forms(text: str, language: str = "pubmed", words: str = "[tiab]") -> dict[str, PrintedText]:
    return {one.form.name: one for one in printed_texts(text, LANGUAGES[language], words=words)}


def test_a_query_that_leaves_nothing_open_has_one_reading() -> None:
    text = '"Gut"[mh] AND (flora[tiab] OR microb*[tiab])'
    (only,) = printed_texts(text, LANGUAGES["pubmed"], words="[tiab]")
    assert (only.form, only.text, only.wrong) == (AS_PRINTED, text, "")


@pytest.mark.parametrize(
    ("text", "name", "written"),
    [
        (
            "a1[ti] OR b1[ti] AND c1[ti]",
            "AND before OR, as other databases read it",
            "a1[ti] OR (b1[ti] AND c1[ti])",
        ),
        (
            "(x[ti] OR y[ti] AND z[ti]) AND w[ti]",
            "AND before OR, as other databases read it",
            "(x[ti] OR (y[ti] AND z[ti])) AND w[ti]",
        ),
        (
            "gut AND flora[ti]",
            "untagged words in title or abstract",
            "gut[tiab] AND flora[ti]",
        ),
        (
            'gut AND "gut flora"',
            "untagged words in title or abstract",
            'gut[tiab] AND "gut flora"[tiab]',
        ),
        (
            "“gut flora”[ti] AND brain[ti]",
            "with the repairs of lint: curly_quote",
            '"gut flora"[ti] AND brain[ti]',
        ),
        (
            "((gut[ti]) AND brain[ti]",
            "with the repairs of lint: never_closed",
            "(gut[ti]) AND brain[ti]",
        ),
    ],
)
def test_what_a_print_leaves_open(text: str, name: str, written: str) -> None:
    found = forms(text)
    assert found[name].text == written
    assert found["as printed"].text == text


def test_without_brackets_around_it_an_open_parenthesis_is_not_repaired() -> None:
    (only,) = printed_texts("gut[ti] AND (brain[ti] OR flora[ti]", LANGUAGES["pubmed"])
    assert only.wrong == "a parenthesis is never closed"


LINES = """
1. exp Gut/ (100)
2. flora.mp. (2,000)
3. 1 and 2 (50)
4. Animals/ (9)
5. 3 not 4 (41)
6. limit 5 to yr="2010 -Current" (17)
"""


def test_lines_are_readings_with_the_counts_that_are_printed_behind_them() -> None:
    found = forms(LINES, "ovid", "")
    assert {name: one.count for name, one in found.items()} == {
        "as printed": 17,
        "line 5 alone": 41,
        "line 3 alone": 50,
    }
    assert found["line 3 alone"].text == "(exp Gut/) and (flora.mp.)"


def test_limits_that_stand_in_the_query_are_known() -> None:
    held = forms("gut[ti] AND 2010:2020[dp] AND eng[la]")["as printed"].holds
    assert held.names == {"dates", "languages"}
    assert not forms("gut[ti] AND 2010:2020[crdt]")["as printed"].holds.names
