"""What a service says where it refuses: its own words, wherever its JSON has them."""

import pytest

from reviewkit.sources.json_answers import own_words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"message": "why \\n not"}', "why not"),
        (b'{"statusText": "why"}', "why"),
        (b'{"error": "why"}', "why"),
        (b'{"errors": ["one", {"message": "two"}, {"message": "three"}]}', "two three"),
        (b'{"service-error": {"status": {"statusText": "why"}}}', "why"),
        (b'{"message": " ", "error": "why"}', "why"),
        (b'{"message": [], "error": "why"}', "why"),
        (b'{"message": "first", "error": "second"}', "first"),
        (b'{"status": "failed"}', "failed"),
        (b'{"status": 400, "other": "x"}', ""),
        (b'[{"message": "one"}, 2]', "one"),
        (b'"why"', ""),
        (b"why \n not", "why not"),
        (b"caf\xe9", "caf\ufffd"),
        (b" <html>why</html>", ""),
        (b"", ""),
        (b"x" * 300, "x" * 240),
        (b'{"message": "' + b"y" * 300 + b'"}', "y" * 240),
    ],
)
def test_the_words_of_a_refusal(body: bytes, words: str) -> None:
    assert own_words(body) == words
