"""Languages by name and code."""

import pytest

from reviewkit.model.languages import language_code, short_code


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("English", "eng"), ("ENG", "eng"), ("en", "eng"), ("pt", "por"), ("pt-BR", "por"), ("Português", "por"),
        ("español", "spa"), ("Chinese", "chi"), ("zho", "chi"), ("deu", "ger"), ("français", "fre"), ("und", "und"),
        ("Klingon", None), ("", None), ("english and french", None),
    ],
)  # fmt: skip
def test_languages_by_name_and_code(printed: str, wanted: str | None) -> None:
    assert language_code(printed) == wanted


def test_the_short_code_is_the_one_of_iso_639_1() -> None:
    codes = ["eng", "chi", "por", "jpn", "arm", "geo"]
    assert [short_code(code) for code in codes] == ["en", "zh", "pt", "ja", "hy", "ka"]
    assert [short_code(code) for code in ("und", "xyz")] == ["und", "xyz"]
