"""A filter as a reviewer types it: "only:maybe tag:methods year:2020-2024 microbiome". Pure."""

import re

from reviewkit.model.errors import UsageError
from reviewkit.model.messages import mark, tr
from reviewkit.screening.models import Filter, Only

ONLY_WORDS = {
    Only.TODO: mark("still to do"),
    Only.MAYBE: mark("maybe"),
    Only.INCLUDED: mark("included"),
    Only.EXCLUDED: mark("excluded"),
    Only.DECIDED: mark("decided"),
    Only.SKIPPED: mark("skipped"),
    Only.ALL: mark("all"),
}
_PARTS = ("only", "tag", "source", "year")
_YEARS = re.compile(r"(\d{4})?(-)?(\d{4})?")
_PIECE = re.compile(r'(?:(\w+):)?(?:"([^"]*)"|(\S+))')


def read_filter(text: str) -> Filter:
    """Return the filter that was typed. Raises UsageError for a wrong part."""
    words, parts = _split(text)
    only = parts.get("only", Only.TODO)
    if only not in set(Only):
        raise UsageError(
            tr("only:{only} is no filter", only=only),
            hint=tr("there are {names}", names=", ".join(Only)),
        )

    year_from, year_to = _years(parts.get("year", ""))
    return Filter(
        only=Only(only),
        text=" ".join(words),
        tag=parts.get("tag", ""),
        source=parts.get("source", ""),
        year_from=year_from,
        year_to=year_to,
    )


def _split(text: str) -> tuple[list[str], dict[str, str]]:
    """Return the words, and the parts that have a name."""
    words: list[str] = []
    parts: dict[str, str] = {}

    for name, quoted, plain in _PIECE.findall(text):
        if name in _PARTS:
            parts[name] = quoted or plain
        elif name:
            words.append(f"{name}:{quoted or plain}")
        else:
            words.append(quoted or plain)
    return words, parts


def _years(text: str) -> tuple[int | None, int | None]:
    if not text:
        return None, None

    match = _YEARS.fullmatch(text)
    if not match or not (match[1] or match[3]):
        raise UsageError(
            tr("year:{text} is no span of years", text=text),
            hint=tr("year:2020, year:2020-2024, year:2020-, year:-2024"),
        )

    first, last = _year(match[1]), _year(match[3])
    if match[2]:
        return first, last
    return first, first


def _year(digits: str | None) -> int | None:
    if digits is None:
        return None
    return int(digits)


def show_filter(wanted: Filter) -> str:
    """Return the filter as it would be typed; `read_filter` reads it back."""
    parts = []
    if wanted.only is not Only.TODO:
        parts.append(f"only:{wanted.only}")
    for name, value in (("tag", wanted.tag), ("source", wanted.source)):
        if " " in value:
            parts.append(f'{name}:"{value}"')
        elif value:
            parts.append(f"{name}:{value}")

    if wanted.year_from or wanted.year_to:
        parts.append(f"year:{_span(wanted)}")
    return " ".join([*parts, wanted.text]).strip()


def describe_filter(wanted: Filter) -> str:
    """Return the filter in words."""
    parts = [tr(ONLY_WORDS[wanted.only])]
    if wanted.tag:
        parts.append(tr("tag {tag}", tag=wanted.tag))
    if wanted.source:
        parts.append(tr("from {source}", source=wanted.source))

    if wanted.year_from or wanted.year_to:
        parts.append(_span(wanted))
    if wanted.text:
        parts.append(f"“{wanted.text}”")
    return ", ".join(parts)


def _span(wanted: Filter) -> str:
    if wanted.year_from == wanted.year_to:
        return str(wanted.year_from)
    return f"{wanted.year_from or ''}-{wanted.year_to or ''}"
