"""The one function through which everything shown goes."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.tui.readable import make_readable, readable

_PIECES = st.sampled_from(
    [
        *(
            "<i>",
            "</i>",
            "<sub>2</sub>",
            "<mml:math>",
            "&amp;",
            "&lt;",
            "&#27;",
            "&#x9b;31m",
            "\x1b[31m",
            "\u202e",
        ),
        *(
            "\u200d",
            "\n",
            "\t",
            "a",
            " ",
            "é",
            "e\u0301",
            "中",
            "<",
            "&",
            "\ud800",
            "\x00",
            "<b onclick=x>",
        ),
        *("\u2028", "\ue000"),
    ]
)
texts = st.lists(_PIECES | st.text(max_size=8), max_size=30).map("".join)


@given(texts, st.booleans())
def test_nothing_that_could_steer_a_terminal_comes_out(text: str, lines: bool) -> None:
    shown = readable(text, lines=lines)
    allowed = {"\n"} if lines else set()
    kinds = {unicodedata.category(c) for c in shown if c not in allowed and c not in "\u200c\u200d"}
    assert not kinds & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@given(texts, st.data())
def test_a_stretch_of_the_source_is_found_again(text: str, data: st.DataObject) -> None:
    shown = make_readable(text, lines=True)
    assert len(shown.places) == len(text) + 1
    assert list(shown.places) == sorted(shown.places)
    assert shown.places[-1] == len(shown.text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    one, two = shown.span(start, end)
    assert 0 <= one <= two <= len(shown.text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("[red]not markup[/red]", "[red]not markup[/red]"),
        ("H<sub>2</sub>O and 10<sup>-3</sup>", "H₂O and 10⁻³"),
        ("x<sub>max</sub>", "xmax"),
        ("<mml:math><mml:mi>α</mml:mi><mml:mo>=</mml:mo><mml:mn>2</mml:mn></mml:math>", "α=2"),
        ("a &lt;b&gt; c &amp;amp; d", "a <b> c &amp; d"),
        ("p<0.05 and q>1", "p<0.05 and q>1"),
        ("<p>One.</p><p>Two.</p>", "One. Two. "),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\u202eb", "ab"),
        ("Z" + "\u0301" * 60, "Z" + "\u0301" * 4),
        ("&#27;[31m", "[31m"),
        ("a\nb", "a b"),
    ],
)
def test_what_journals_print_becomes_what_it_stands_for(text: str, shown: str) -> None:
    assert readable(text) == shown


def test_a_highlighted_stretch_stays_on_its_word() -> None:
    text = "<i>Gut</i> microbiome &amp; CO<sub>2</sub> dysbiosis"
    shown = make_readable(text)
    start = text.index("dysbiosis")
    one, two = shown.span(start, start + len("dysbiosis"))
    assert shown.text[one:two] == "dysbiosis"
