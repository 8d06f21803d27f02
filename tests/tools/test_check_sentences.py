"""Every sentence that a user can meet is short and plain; the check itself finds what is not."""

import pytest

from tools.check_sentences import (
    Sentence,
    catalogue,
    complaints,
    documents,
    error_messages,
    help_texts,
    prose,
    sentences,
)

# How many sentences of the documents may be too long or not plain.
MOST_IN_DOCUMENTS = 0


def wrong(found: list[Sentence]) -> list[str]:
    return [str(complaint) for each in found for complaint in complaints(each)]


def test_help_texts_are_plain() -> None:
    found = list(help_texts())
    assert len(found) > 300
    assert wrong(found) == []


@pytest.mark.slow
def test_error_messages_are_plain() -> None:
    found = list(error_messages())
    assert len(found) > 300
    assert wrong(found) == []


@pytest.mark.slow
def test_the_sentences_of_report_and_screens_are_plain() -> None:
    found = list(catalogue())
    assert len(found) > 600
    assert wrong(found) == []


def test_the_documents_get_no_longer_sentences() -> None:
    found = list(documents())
    assert len(found) > 300
    assert len(wrong(found)) <= MOST_IN_DOCUMENTS


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (" ".join(["word"] * 26), "26 words"),
        ("2 record(s) found", "singular and plural in one"),
        ("The reviewer is told of it.", "“told”: write reported, given, shown"),
        ("Utilise the cache.", "“utilis*”: write use"),
    ],
)
def test_what_is_not_plain_is_named(text: str, what: str) -> None:
    assert [each.what for each in complaints(Sentence(where="x", text=text))] == [what]


def test_a_plain_sentence_has_no_complaint() -> None:
    text = "PubMed: {n} records, of which `reviewkit report` lists the first (see the note)."
    assert list(complaints(Sentence(where="x", text=text))) == []


def test_sentences_end_at_full_stops_paragraphs_and_items_not_at_abbreviated_files() -> None:
    text = "Write flow.svg first. Then\nlook at it.\n\n- one\n- two"
    found = [each.text for each in sentences(text, "x")]
    assert found == ["Write flow.svg first.", "Then look at it.", "- one", "- two"]


def test_of_a_document_only_the_running_text_is_read() -> None:
    page = "# Head\n\nSee [the page](a.md) and `x --y`.\n\n```sh\nlong code\n```\n| a | b |\n"
    assert prose(page).split() == ["See", "the", "page", "and", "`code`."]
