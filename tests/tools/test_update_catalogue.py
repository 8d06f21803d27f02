"""The catalogues hold every sentence of the code, and nothing else; translations keep its places."""

import re
from pathlib import Path

import pytest

from reviewkit.model.catalogue import Entry
from reviewkit.prisma.diagram.wording import words
from tools.update_catalogue import LANGUAGES, LOCALE, block, messages, missing, read

COMPLETE = ["pt"]


@pytest.fixture(scope="module")
def found() -> dict[str, Entry]:
    return messages()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_the_sentences_of_the_code_and_no_other(
    language: str, found: dict[str, Entry]
) -> None:
    text = (LOCALE / f"{language}.po").read_text(encoding="utf-8")
    head, known = read(language)
    blocks = [head]
    for message, entry in found.items():
        translations = known[message].translations if message in known else ()
        forms = 2 if entry.plural else 1
        blocks.append(block(entry_with(entry, translations[:forms]), forms))
    assert text == "\n\n".join(blocks) + "\n", "run `python tools/update_catalogue.py`"


def entry_with(entry: Entry, translations: tuple[str, ...]) -> Entry:
    return Entry(
        message=entry.message,
        plural=entry.plural,
        translations=translations,
        stored=entry.stored,
        places=entry.places,
    )


@pytest.mark.parametrize("language", COMPLETE)
def test_a_complete_catalogue_translates_every_sentence(language: str) -> None:
    assert missing(language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_the_places_and_the_ends_of_its_sentence(language: str) -> None:
    wrong = []
    for entry in read(language)[1].values():
        for english, translation in zip(forms_of(entry), entry.translations, strict=True):
            if translation and marks_of(english) != marks_of(translation):
                wrong.append((english, translation))
    assert wrong == []


def forms_of(entry: Entry) -> tuple[str, ...]:
    return (entry.message, entry.plural) if entry.plural else (entry.message,)


def marks_of(text: str) -> tuple[list[str], str, bool]:
    """Return the places of a sentence, sorted, and the white space and full stop at its ends."""
    edges = re.match(r"(\s*).*?(\s*)\Z", text, re.DOTALL)
    spaces = edges.groups() if edges else ("", "")
    return sorted(re.findall(r"\{\w+\}|`[^`]+`", text)), "".join(spaces), text.rstrip()[-1:] == "."


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_uses_the_words_of_the_diagram(language: str) -> None:
    english, other = words("en").labels, words(language).labels
    known = read(language)[1]
    different = {
        text: (other[key], known[text].translations[0])
        for key, text in english.items()
        if text in known
        and key != "included"  # a phase there, a record here
        and other[key].lower() != known[text].translations[0].lower()
    }
    assert different == {}


def test_a_sentence_is_found_where_it_is_marked_and_nowhere_else(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "one.py").write_text(
        'A = mark("a mark, " "of two parts")\nB = "not marked"\n'
        'def f(n): return tr(A), tr_n(n, "{n} one", "{n} many"), in_english("for the store {x}", x=1)\n'
    )
    found = messages(folder)
    assert list(found) == ["a mark, of two parts", "{n} one", "for the store {x}"]
    assert found["{n} one"].plural == "{n} many"
    assert [entry.stored for entry in found.values()] == [True, False, True]
