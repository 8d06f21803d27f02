"""Lines that fit: a count stays with its word, and no text is lost."""

from hypothesis import given
from hypothesis import strategies as st

from reviewkit.prisma.diagram.metrics import text_width
from reviewkit.prisma.diagram.wrap import NBSP, clean, wrap
from tests.helpers.flows import NASTY


def test_a_count_stays_with_its_word() -> None:
    for width in range(60, 400, 7):
        for line in wrap(
            f"Records marked as ineligible by tools{NBSP}(n{NBSP}={NBSP}12)", width, 12
        ):
            assert not line.startswith("(") or text_width(f"tools{NBSP}{line}", 12) > width


@given(st.text(max_size=80) | st.sampled_from(NASTY), st.floats(60, 400))
def test_wrapping_loses_nothing(text: str, width: float) -> None:
    kept = clean(text)
    lines = wrap(kept, width, 12)
    assert "".join(lines).replace(" ", "").replace(NBSP, "") == kept.replace(" ", "").replace(
        NBSP, ""
    )
    for line in lines:
        assert text_width(line, 12) <= width or len(line) == 1
