"""Languages by name and code."""

import pytest

from reviewkit.model.languages import language_code


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
