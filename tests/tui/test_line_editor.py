"""A line that is being typed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.tui.line_editor import LineEditor
from reviewkit.tui.theme import THEMES

KEYS = (
    "left",
    "right",
    "home",
    "end",
    "tab",
    "backspace",
    "delete",
    "ctrl+w",
    "ctrl+u",
    "ctrl+k",
    "ctrl+a",
    "f5",
)
steps = st.lists(
    st.sampled_from(KEYS) | st.text(max_size=3).map(lambda text: f"+{text}"), max_size=40
)


@given(steps, st.integers(8, 60))
def test_whatever_is_typed_the_cursor_stays_in_the_text_and_the_line_in_the_room(
    typed: list[str], width: int
) -> None:
    entry = LineEditor("nerve", ["Nerves of steel"])
    for step in typed:
        if step.startswith("+"):
            entry.insert(step[1:])
        else:
            entry.press(step)
        assert 0 <= entry.cursor <= len(entry.text)
        line, column = entry.line(THEMES["dark"], width)
        assert line.cell_len <= width
        assert 0 <= column < width
        assert not {unicodedata.category(c) for c in line.plain} & {"Cc", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (["+key paper", "ctrl+w", "+term"], "key term"),
        (["+abc", "left", "backspace", "+X"], "aXc"),
        (["+abc", "home", "delete", "end", "+d"], "bcd"),
        (["+abc", "left", "ctrl+k"], "ab"),
        (["+abc", "left", "ctrl+u"], "c"),
        (["+met", "tab"], "methods"),
        (["+a\x1b[31m\nb"], "a\ufffd[31m b"),
        (["+肠道", "backspace"], "肠"),
    ],
)
def test_the_keys_of_every_command_line_edit_it(typed: list[str], text: str) -> None:
    entry = LineEditor(suggestions=["methods", "mice"])
    for step in typed:
        if step.startswith("+"):
            entry.insert(step[1:])
        else:
            assert entry.press(step)
    assert entry.text == text


def test_a_key_that_means_nothing_says_so() -> None:
    assert not LineEditor().press("f5")
