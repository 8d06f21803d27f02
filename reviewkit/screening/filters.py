"""A filter as a reviewer types and reads it: "only:maybe tag:methods year:2020-2024 microbiome". Pure."""

import re

from reviewkit.model.errors import UsageError
from reviewkit.screening.models import Filter, Only

ONLY_WORDS = {
    Only.TODO: "still to do",
    Only.MAYBE: "maybe",
    Only.INCLUDED: "included",
    Only.EXCLUDED: "excluded",
    Only.DECIDED: "decided",
    Only.SKIPPED: "skipped",
    Only.ALL: "all",
}
_PARTS = ("only", "tag", "source", "year")
_YEARS = re.compile(r"(\d{4})?(-)?(\d{4})?")
_PIECE = re.compile(r'(?:(\w+):)?(?:"([^"]*)"|(\S+))')


def read_filter(text: str) -> Filter:
    """The filter that was typed. Raises UsageError for a part that is none."""
    words: list[str] = []
    parts: dict[str, str] = {}
    for name, quoted, plain in _PIECE.findall(text):
        if name in _PARTS:
            parts[name] = quoted or plain
        else:
            words.append(f"{name}:{plain}" if name else quoted or plain)
    only = parts.get("only", Only.TODO)
    if only not in set(Only):
        raise UsageError(f"only:{only} is no filter", hint=f"there are {', '.join(Only)}")
    year_from, year_to = _years(parts.get("year", ""))
    return Filter(
        only=Only(only),
        text=" ".join(words),
        tag=parts.get("tag", ""),
        source=parts.get("source", ""),
        year_from=year_from,
        year_to=year_to,
    )


def _years(text: str) -> tuple[int | None, int | None]:
    if not text:
        return None, None
    found = _YEARS.fullmatch(text)
    if not found or not (found[1] or found[3]):
        raise UsageError(
            f"year:{text} is no span of years",
            hint="year:2020, year:2020-2024, year:2020-, year:-2024",
        )
    first = int(found[1]) if found[1] else None
    last = int(found[3]) if found[3] else None
    return (first, last) if found[2] else (first, first)


def show_filter(wanted: Filter) -> str:
    """The filter as it would be typed; `read_filter` gives it back."""
    parts = [f"only:{wanted.only}"] if wanted.only is not Only.TODO else []
    parts += [
        f'{name}:"{value}"' if " " in value else f"{name}:{value}"
        for name, value in (("tag", wanted.tag), ("source", wanted.source))
        if value
    ]
    if wanted.year_from or wanted.year_to:
        parts.append(f"year:{_span(wanted)}")
    return " ".join([*parts, wanted.text]).strip()


def describe_filter(wanted: Filter) -> str:
    """The filter in words."""
    parts = [ONLY_WORDS[wanted.only]]
    parts += [f"tag {wanted.tag}"] if wanted.tag else []
    parts += [f"from {wanted.source}"] if wanted.source else []
    parts += [_span(wanted)] if wanted.year_from or wanted.year_to else []
    parts += [f"“{wanted.text}”"] if wanted.text else []
    return ", ".join(parts)


def _span(wanted: Filter) -> str:
    if wanted.year_from == wanted.year_to:
        return str(wanted.year_from)
    return f"{wanted.year_from or ''}-{wanted.year_to or ''}"
