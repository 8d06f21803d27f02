"""Sentences are said in the language that is asked for; numbers and days as it writes them."""

import pytest

from reviewkit.model.catalogue import read_catalogue, read_entries
from reviewkit.model.messages import (
    current_language,
    day,
    decimal,
    in_english,
    in_english_n,
    in_language,
    number,
    recognise,
    tr,
    tr_n,
)

SHARE = "{part} of {whole}"


def test_without_a_language_everything_is_english() -> None:
    assert current_language() == "en"
    assert tr(SHARE, part=3, whole=1200) == "3 of 1,200"
    assert recognise("not known") == "not known"


def test_a_sentence_is_said_in_the_language_of_the_block_and_its_numbers_too() -> None:
    with in_language("pt"):
        assert tr(SHARE, part=3, whole=1200) == "3 de 1.200"
    with in_language("es"):
        assert tr(SHARE, part=3, whole=12000) == "3 de 12\N{NO-BREAK SPACE}000"
    assert tr(SHARE, part=3, whole=5) == "3 of 5"


def test_a_sentence_that_is_in_no_catalogue_stays_english() -> None:
    with in_language("pt"):
        assert tr("a sentence of no catalogue, {n}", n=1) == "a sentence of no catalogue, 1"
        assert tr_n(2, "one {n}", "many {n}") == "many 2"


@pytest.mark.parametrize(
    ("language", "none", "one", "many"),
    [
        ("en", "0 records", "1 record", "2 records"),
        ("pt", "0 registro", "1 registro", "2 registros"),
        ("es", "0 registros", "1 registro", "2 registros"),
    ],
)
def test_plural_forms_are_those_of_the_language(
    language: str, none: str, one: str, many: str
) -> None:
    with in_language(language):
        said_forms = [tr_n(n, "{n} record", "{n} records") for n in (0, 1, 2)]
    assert said_forms == [none, one, many]


@pytest.mark.parametrize(
    ("language", "n", "text"),
    [
        ("en", 1234, "1,234"),
        ("pt", 1234, "1.234"),
        ("es", 1234, "1234"),
        ("es", 12345, "12\N{NO-BREAK SPACE}345"),
        ("es", -12345, "-12\N{NO-BREAK SPACE}345"),
    ],
)
def test_numbers_are_grouped_as_the_diagram_groups_them(language: str, n: int, text: str) -> None:
    with in_language(language):
        assert number(n) == text


def test_decimals_and_days_are_written_as_in_portuguese() -> None:
    with in_language("pt"):
        assert decimal(0.825, ".3f") == "0,825"
        assert decimal(5.93, "+.1f") == "+5,9"
        assert day("2026-04-10") == "10/04/2026"
        assert day("2026-04-10T08:15:00Z") == "10/04/2026 08:15:00Z"
        assert day("2026") == "2026"
        assert day("not a day") == "not a day"


def test_what_is_said_for_the_store_is_english_in_every_language() -> None:
    with in_language("pt"):
        assert in_english("in {languages}", languages="Portuguese") == "in Portuguese"
        assert in_english_n(1, "{n} reviewer took part", "{n} reviewers took part") == (
            "1 reviewer took part"
        )


def test_stored_evidence_is_recognised_with_the_evidence_inside() -> None:
    with in_language("pt"):
        assert recognise("in English and Portuguese") == "em inglês e português"
        assert recognise("published 2019, published online 2018") == (
            "publicado em 2019, publicado on-line em 2018"
        )
        known = recognise("added after the search date (2021-03-04); LILACS could not be run")
    assert known == (
        "acrescentado depois da data da busca (04/03/2021); não foi possível executar: LILACS"
    )


def test_what_no_sentence_gives_stays_letter_by_letter() -> None:
    title = "Faecal transplants and motor decline; a pilot"
    with in_language("pt"):
        assert recognise(title) == title


def test_a_language_without_a_file_has_an_empty_catalogue() -> None:
    assert read_catalogue("xx").text("anything") is None


def test_entries_with_several_lines_quotes_and_plurals_are_read() -> None:
    text = (
        'msgid ""\nmsgstr "Language: x\\n"\n\n#: a.py\n#, stored\nmsgid "a \\"b\\" "\n"c"\n'
        'msgid_plural "d"\nmsgstr[0] "e"\nmsgstr[1] ""\n'
    )
    (entry,) = read_entries(text)
    assert (entry.message, entry.plural, entry.translations) == ('a "b" c', "d", ("e", ""))
    assert entry.stored
    assert entry.places == ("a.py",)
