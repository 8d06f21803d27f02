"""Queries without a mistake, and the same ones with one mistake planted at a known place."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

WORDS = [
    "gut",
    "flora",
    "brain",
    "nerve",
    "muscle",
    "trial",
    "mouse",
    "kidney",
    "sleep",
    "stroke",
    "diet",
    "virus",
]
HEADINGS = ("Dysbiosis", "Asthma", "Stroke", "Kidney Failure, Chronic", "Sleep Wake Disorders")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A query, the kind of its mistake, and where that is; without a mistake both are empty."""

    language: str
    kind: str
    text: str
    place: tuple[int, int] | None


def pubmed_query(chance: random.Random) -> str:
    """Two or three blocks joined by AND, each with parentheses of its own."""
    blocks = []
    for _ in range(chance.randint(2, 3)):
        words = chance.sample(WORDS, 3)
        terms = [f"{word}[tiab]" for word in words[:2]]
        terms.append(f'"{chance.choice(HEADINGS)}"[mh]')
        terms.append(f'"{words[2]} {chance.choice(WORDS)}s"[tiab]')
        blocks.append(f"({' OR '.join(dict.fromkeys(terms))})")

    return " AND ".join(blocks)


def wos_query(chance: random.Random) -> str:
    """Two blocks of topic terms."""
    first, second, third, fourth = chance.sample(WORDS, 4)
    return f'TS=({first} OR "{second} {third}s") AND TI=({fourth} OR {second}*)'


def ebsco_query(chance: random.Random) -> str:
    """Two blocks in titles and abstracts."""
    first, second, third, fourth = chance.sample(WORDS, 4)
    return f'(TI {first} OR AB "{second} {third}s") AND (MH "Asthma+" OR TI {fourth})'


Change = tuple[str, tuple[int, int]]
"""The text with the mistake, and its place in it."""


def _replaced(text: str, chance: random.Random, pattern: str, by: str) -> Change:
    """One of the places that fit the pattern, replaced."""
    match = chance.choice(list(re.finditer(pattern, text)))
    new = match.expand(by)
    return text[: match.start()] + new + text[match.end() :], (
        match.start(),
        match.start() + len(new),
    )


def _behind(text: str, addition: str) -> Change:
    return text + addition, (len(text), len(text) + len(addition))


def _lost(text: str, chance: random.Random, sign: str) -> Change:
    """One sign lost: the mistake may be seen at any place from there on, or where its mate is."""
    at = chance.choice([match.start() for match in re.finditer(re.escape(sign), text)])
    return text[:at] + text[at + 1 :], (0, len(text) - 1)


def _mixed(text: str, chance: random.Random) -> Change:
    """A pair of parentheses lost, so that AND and OR are on one level."""
    match = chance.choice(list(re.finditer(r"\(([^()]+)\)", text)))
    return text[: match.start()] + match[1] + text[match.end() :], (0, len(text) - 2)


PUBMED: dict[str, Callable[[str, random.Random], Change]] = {
    "curly quotes": lambda text, chance: _replaced(text, chance, r'"([^"]+)"', r"“\1”"),
    "parenthesis not opened": lambda text, chance: _lost(text, chance, "("),
    "parenthesis not closed": lambda text, chance: _lost(text, chance, ")"),
    "quotation mark lost": lambda text, chance: _lost(text, chance, '"'),
    "unknown field": lambda text, chance: _replaced(text, chance, r"\[tiab\]", "[tittle]"),
    "AND and OR on one level": _mixed,
    "operator twice": lambda text, chance: _replaced(text, chance, r" OR ", " OR OR "),
    "operator in small letters": lambda text, chance: _replaced(text, chance, r" AND ", " and "),
    "truncation too short": lambda text, chance: _replaced(text, chance, r"\w+\[tiab\]", "gu*[tiab]"),
    "a wildcard PubMed lacks": lambda text, chance: _replaced(text, chance, r"\w+\[tiab\]", "wom?n[tiab]"),
    "truncation in proximity": lambda text, _: _behind(text, ' AND "gut micro*"[tiab:~2]'),
    "distance of another language": lambda text, _: _behind(text, " AND gut adj3 flora[tiab]"),
    "Ovid's exp": lambda text, chance: _replaced(text, chance, r'"(Asthma|Stroke|Dysbiosis)"\[mh\]|"[^"]+"\[mh\]', "exp Asthma[mh]"),
    "NOT animals": lambda text, _: _behind(text, " NOT animals[mh]"),
    "line that is not there": lambda text, _: _behind(text, " AND #9"),
    "limit on one side of OR": lambda text, _: (f"({text}) OR (mice[tiab] AND 2010:2020[dp])", (len(text) + 6, len(text) + 38)),
    "filter of the site": lambda text, _: _behind(text, " Filters: Humans, English"),
    "clause twice": lambda text, chance: _replaced(text, chance, r"(\w+\[tiab\])", r"\1 OR \1"),
    "subheading MeSH lacks": lambda text, chance: _replaced(text, chance, r'"([^"/]+)"\[mh\]', r'"\1/healing"[mh]'),
    "en dash": lambda text, _: _behind(text, " AND gut–brain[tiab]"),
    "proximity in a field without it": lambda text, _: _behind(text, ' AND "gut brain"[mh:~2]'),
}  # fmt: skip
OTHERS: dict[str, Callable[[str, random.Random], Change]] = {
    "curly quotes": PUBMED["curly quotes"],
    "parenthesis not closed": PUBMED["parenthesis not closed"],
    "operator twice": PUBMED["operator twice"],
    "quotation mark lost": PUBMED["quotation mark lost"],
    "AND and OR on one level": lambda text, _: (f"{text} OR {text}", (0, 2 * len(text) + 4)),
    "line that is not there": PUBMED["line that is not there"],
}


def right_queries(*, seed: int, number: int) -> Iterator[Planted]:
    """Queries without a mistake, in three languages."""
    chance = random.Random(seed)
    makers = {"pubmed": pubmed_query, "wos": wos_query, "cinahl": ebsco_query}
    for language, make in makers.items():
        for _ in range(number):
            yield Planted(language=language, kind="", text=make(chance), place=None)


def wrong_queries(*, seed: int, number: int) -> Iterator[Planted]:
    """The same ones, each with every mistake of its language."""
    chance = random.Random(seed)
    for one in right_queries(seed=seed, number=number):
        for kind, change in (PUBMED if one.language == "pubmed" else OTHERS).items():
            text, place = change(one.text, chance)
            if one.language == "cinahl":
                text = text.replace("#9", "S9")
            yield Planted(language=one.language, kind=kind, text=text, place=place)
