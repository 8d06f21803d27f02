"""Publication types in the language of the screen."""

import pytest

from reviewkit.model.messages import in_language
from reviewkit.model.publication_types import type_words


@pytest.mark.parametrize(
    ("language", "name", "words"),
    [
        ("en", "Journal Article", "Journal Article"),
        ("pt", "Journal Article", "Artigo de Revista"),
        ("es", "journal article", "Artículo de Revista"),
        ("pt", "Preprint of a kind", "Preprint of a kind"),
    ],
)
def test_a_common_type_is_said_in_the_language(language: str, name: str, words: str) -> None:
    with in_language(language):
        assert type_words(name) == words
