"""Secrets are taken out of texts and bodies, in every spelling, and nothing else is."""

import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.http.redact import Redactor


@pytest.mark.slow
@given(
    secret=st.text(
        st.characters(codec="utf-8", exclude_categories=["Z", "C"]), min_size=8, max_size=40
    ),
    before=st.text(max_size=20),
    after=st.text(max_size=20),
)
def test_redaction_leaves_no_spelling(secret: str, before: str, after: str) -> None:
    redactor = Redactor([secret, "another-secret"])
    for written in (secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]):
        text = before + "\n" + written + "\n" + after
        assert "\n[redacted]\n" in redactor.text(text)
        assert b"\n[redacted]\n" in redactor.body(text.encode("utf-8", "replace"))


@given(st.binary(max_size=200))
def test_redaction_touches_nothing_else(body: bytes) -> None:
    assert Redactor(["a secret of forty letters, not to be met"]).body(body) == body
    assert Redactor(["", "  "]).body(body) == body


def test_a_short_secret_tears_no_word_apart() -> None:
    assert (
        Redactor(["key"]).text("monkey, key=key, KEY")
        == "monkey, [redacted]=[redacted], [redacted]"
    )
