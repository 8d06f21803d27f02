"""XML record by record: which elements come, in what order, and what is forgotten."""

import gc
import io
import weakref
from itertools import islice

import pytest

from reviewkit.importers.parsed_file import Problem
from reviewkit.importers.xml_records import LONGEST_TOKEN, Tokens, elements
from reviewkit.model.errors import DamagedFile

PADDING = "x" * 20_000  # more than the parser is given at a time


def drawn(text: str, tags: str = "r", problems: list[Problem] | None = None) -> list[str]:
    """The identifiers of the records, in order; of an element without one, its tag."""
    noted: list[Problem] = [] if problems is None else problems
    stream = Tokens(io.BytesIO(text.encode()), "a.xml", noted, is_utf8=True)
    return [element.get("id", element.tag) for element in elements(stream, frozenset(tags), noted)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("<s/>", ""),
        ("<r id='1'/>", "1"),
        ("<s><r id='1'/><q/><r id='2'/></s>", "12"),
        ("<s><a><b><r id='1'/></b></a><a><r id='2'/><r id='3'/></a></s>", "123"),
        (f"<s><a><r id='1'/>{PADDING}<r id='2'/></a>{PADDING}<r id='3'/></s>", "123"),
        (f"<s>{'<a>' * 99}<r id='1'/>{PADDING}<r id='2'/>{'</a>' * 99}<r id='3'/></s>", "123"),
        ("<s><r id='1'><r id='2'/><r id='3'/></r></s>", "231"),
        (f"<s><r id='1'><r id='2'/>{PADDING}<a><r id='3'/></a></r><r id='4'/></s>", "2314"),
    ],
)
def test_records_come_in_the_order_of_their_ends(text: str, wanted: str) -> None:
    assert "".join(drawn(text)) == wanted


def test_records_of_several_tags_come_in_one_order() -> None:
    assert drawn("<s><q/><r/><a><q/></a><r/></s>", "qr") == ["q", "r", "q", "r"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("<s><r id='1'/><r id='2'>", "1"),
        ("<s><r id='1'/>", "1"),
        ("<s><r id='1'></r></q>", "1"),
        ("<r id='1'/><r id='2'/>", "1"),
        ("<s><a><r id='1'/></a><r id='2'><r id='3'/><b>", "13"),
        (f"<s><r id='1'/>{PADDING}<r id='2'/>{PADDING}</q>", "12"),
        ("<s><r id='1'>", ""),
    ],
)
def test_a_record_that_ended_before_the_break_is_not_lost(text: str, wanted: str) -> None:
    problems: list[Problem] = []
    assert "".join(drawn(text, problems=problems)) == wanted
    assert len(problems) == 1


def test_a_long_record_comes_whole() -> None:
    text = f"<s><r><t/>{PADDING}<t/>{PADDING}<t/></r>{PADDING}</s>"
    stream = Tokens(io.BytesIO(text.encode()), "a.xml", [], is_utf8=True)
    record = next(elements(stream, frozenset("r"), []))
    assert [part.tag for part in record] == ["t", "t", "t"]


def test_a_record_before_a_text_without_end_is_given_first() -> None:
    text = f"<s><r id='1'/>{'x' * 2 * LONGEST_TOKEN}"
    stream = Tokens(io.BytesIO(text.encode()), "a.xml", [], is_utf8=True)
    records = elements(stream, frozenset("r"), [])
    assert next(records).get("id") == "1"
    with pytest.raises(DamagedFile, match="longer than 4 MB"):
        next(records)


@pytest.mark.parametrize("around", ["", "<a><b>"])
def test_what_was_drawn_is_forgotten(around: str) -> None:
    ends = around.replace("<", "</").replace("</a></b>", "</b></a>")
    body = "".join(f"<r id='{number}'><t>{PADDING}</t></r><q/>" for number in range(50))
    stream = Tokens(io.BytesIO(f"<s>{around}{body}{ends}</s>".encode()), "a.xml", [], is_utf8=True)
    records = elements(stream, frozenset("r"), [])
    seen = [weakref.ref(element) for element in islice(records, 40)]
    gc.collect()
    assert sum(one() is not None for one in seen) <= 2
    assert len(list(records)) == 10
