"""The wording: the keys that the model names are those of the diagram, in every language."""

import re
import tomllib
from dataclasses import replace
from typing import Any, get_args

import pytest

from reviewkit.model.diagram_keys import LABEL_PLACEHOLDERS, LANGUAGES, TemplateName, ThemeName
from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.options import DiagramOptions
from reviewkit.prisma.diagram.template import Template
from reviewkit.prisma.diagram.theme import THEMES
from tests.conftest import PROJECT
from tests.helpers.flows import NEW, entry_texts

WORDING = PROJECT / "reviewkit" / "prisma" / "diagram" / "wording.toml"
TABLES: dict[str, dict[str, Any]] = tomllib.loads(WORDING.read_text(encoding="utf-8"))


def texts_of(language: str) -> dict[str, str]:
    """The labels and definitions of a language; `thousands` is no label."""
    table = TABLES[language]
    labels = {name: text for name, text in table.items() if isinstance(text, str)}
    del labels["thousands"]
    return {**labels, **table["definitions"]}


def test_the_model_names_the_languages_the_themes_and_the_templates() -> None:
    assert set(LANGUAGES) == set(TABLES)
    assert set(get_args(ThemeName)) == set(THEMES)
    assert get_args(TemplateName) == ("auto", *Template)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_model_names_each_label_with_the_placeholders_of_its_text(language: str) -> None:
    placeholders = {
        name: frozenset(re.findall(r"\{[a-z]+\}", text)) - {"{mark}"}
        for name, text in texts_of(language).items()
    }
    assert placeholders == LABEL_PLACEHOLDERS


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "1,234,567"), ("pt", "1.234.567"), ("es", "1 234 567")]
)
def test_numbers_are_written_as_the_language_does(language: str, shown: str) -> None:
    picture = lay_out(replace(NEW, database_results=1_234_567), DiagramOptions(language=language))
    assert f"(n = {shown})" in entry_texts(picture, "box2")[1]
