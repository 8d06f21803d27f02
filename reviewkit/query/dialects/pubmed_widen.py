"""Wider forms of PubMed's terms: explosion, words beside headings, more fields, endings."""

from collections.abc import Iterator

from reviewkit.query.match import FEWEST_LETTERS, pieces_of
from reviewkit.query.tree import Kind, Part, Term
from reviewkit.query.widen import Wider

_NEAR = 3


def widen(term: Term) -> tuple[Wider, ...]:
    """The wider forms of a term, the closest ones first; none of dates, languages and the like."""
    if term.kind is Kind.HEADING:
        return tuple(_heading(term))
    if term.kind is Kind.WORDS:
        return tuple(_words(term))
    return ()


def _heading(term: Term) -> Iterator[Wider]:
    name = term.text
    if term.subheadings:
        yield Wider(text=f'"{name}"[mh]', how="the heading with any subheading")
    elif term.major:
        yield Wider(text=f'"{name}"[mh]', how="the heading also where it is not the major topic")
    elif not term.explode:
        yield Wider(text=f'"{name}"[mh]', how="the heading exploded")
    yield Wider(text=f'"{name}"[tiab]', how="its name also in title, abstract and keywords")
    yield Wider(text=_together(name, "tiab"), how="the words of its name, apart from each other")


def _words(term: Term) -> Iterator[Wider]:
    in_text = "tiab" if Part.ABSTRACT in term.parts else "ti"
    if Part.ABSTRACT not in term.parts:
        yield Wider(text=f'"{term.text}"[tiab]', how="also in abstract and keywords")
    if Part.HEADING_WORDS not in term.parts:
        yield Wider(text=f'"{term.text}"[tw]', how="also in the words of headings")

    words = pieces_of(term.text)
    is_plain = "*" not in term.text
    if is_plain and len(words) > 1:
        near = f'"{" ".join(words)}"[{in_text}:~{_NEAR}]'
        yield Wider(text=near, how=f"its words at most {_NEAR} words apart, in any order")
        yield Wider(text=_together(term.text, "tiab"), how="its words, apart from each other")
    if is_plain and len(words) == 1 and len(words[0]) >= FEWEST_LETTERS:
        yield Wider(text=f"{words[0]}*[tiab]", how="every ending of the word")
    yield Wider(text=f'"{term.text}"[all]', how="in all fields")


def _together(text: str, tag: str) -> str:
    words = [f"{word}[{tag}]" for word in pieces_of(text)]
    return f"({' AND '.join(words)})"
