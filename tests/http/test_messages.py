"""A request's text is its name."""

from hypothesis import given
from hypothesis import strategies as st

from reviewkit.http import Request

pairs = st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=4).map(tuple)


@given(one=pairs, other=pairs)
def test_a_request_has_one_name_and_one_line(
    one: tuple[tuple[str, str], ...], other: tuple[tuple[str, str], ...]
) -> None:
    a, b = (Request(service="s", path="p", parameters=line) for line in (one, other))
    try:
        same = a.text == b.text
    except UnicodeEncodeError:
        return
    assert same == (one == other)
    assert len(a.text.splitlines()) == 1
