"""The screens speak the language of the reviewer: asked for, or that of the system."""

from pathlib import Path

import pytest

from reviewkit.cli.options import screen_language
from reviewkit.model.errors import UsageError
from reviewkit.model.messages import in_language, tr
from tests.helpers.command import reviewkit
from tests.helpers.screening_review import make_review


@pytest.mark.parametrize(
    ("wanted", "environment", "language"),
    [
        (None, {}, "en"),
        (None, {"LANG": "C.UTF-8"}, "en"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
        (None, {"LANG": "pt_BR.UTF-8"}, "pt"),
        (None, {"LANG": "pt_BR.UTF-8", "LC_ALL": "", "LC_MESSAGES": "es_ES"}, "es"),
        (None, {"LANG": "pt_BR.UTF-8", "LC_ALL": "C"}, "en"),
        ("en", {"LANG": "pt_BR.UTF-8"}, "en"),
        ("es", {}, "es"),
    ],
)
def test_a_screen_speaks_what_is_asked_for_or_what_the_system_speaks(
    wanted: str | None, environment: dict[str, str], language: str
) -> None:
    assert screen_language(wanted, environment) == language


def test_a_language_without_sentences_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="no language 'fr'") as caught:
        screen_language("fr", {})
    assert caught.value.hint == "one of en, pt, es"


@pytest.fixture
def protocol(tmp_path: Path) -> Path:
    return make_review(tmp_path, count=3).protocol_path


def test_line_by_line_screening_in_portuguese(protocol: Path) -> None:
    shown = screened(protocol, "i\nu\nq\n", "--lang", "pt")
    assert "Título e resumo, revisor ana" in shown
    assert "1 de 3 feitos, restam 2; incluídos 1, excluídos 0, talvez 0." in shown
    assert "Retirado: incluído." in shown


@pytest.mark.parametrize(("language", "ending"), [("pt", "ído"), ("es", "ido")])
def test_what_is_said_of_one_record_is_said_of_one(language: str, ending: str) -> None:
    with in_language(language):
        assert (tr("included"), tr("excluded")) == (f"inclu{ending}", f"exclu{ending}")


def test_mistakes_and_corrections_are_told_in_portuguese(protocol: Path) -> None:
    typed = "i\nb\ned year 20x // w\ned foo x\ndup xx\nnodup pubmed:00001\nhist\nq\n"
    shown = screened(protocol, typed, "--lang", "pt")
    assert "'20x' não serve como ano. escreva como 2024." in shown
    assert "'foo' não é campo que se corrija" in shown
    assert "pubmed:00000 e pubmed:00001 são dois registros." in shown
    assert "Sua decisão: incluir" in shown
    english = ("write it as", "is no field", "are two records", "include", "no record")
    assert [words for words in english if words in shown] == []


def test_the_system_decides_where_nothing_is_asked_for(protocol: Path) -> None:
    settings = {"LC_ALL": "es_ES.UTF-8"}
    assert "Título y resumen, revisor ana" in screened(protocol, "q\n", settings=settings)


def test_a_file_of_decisions_is_answered_in_english(protocol: Path, tmp_path: Path) -> None:
    steps = tmp_path / "steps.csv"
    steps.write_text("record,verdict\n.,note\n", encoding="utf-8")
    done = reviewkit(
        *("screen", "-p", protocol, "--reviewer", "ana", "--yes", "--lang", "pt"),
        *("--decisions", steps),
    )
    assert "Nota" not in done.stdout + done.stderr


def screened(
    protocol: Path, typed: str, *options: str, settings: dict[str, str] | None = None
) -> str:
    done = reviewkit(
        *("screen", "-p", protocol, "--plain", "--order", "id", "--reviewer", "ana", "--yes"),
        *options,
        stdin=typed,
        settings=settings or {},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
