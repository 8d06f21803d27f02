"""Every mistake of a protocol, in words: those of single values, and those between parts.

The second kind works on the raw TOML, so that a wrong value in one place does not hide a wrong reference in another.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reviewkit.model.diagram_keys import LABEL_PLACEHOLDERS
from reviewkit.model.errors import Mistake

Raw = Mapping[str, Any]

_PLAIN_WORDS = {
    "missing": "is required",
    "string_type": "must be text, in quotes",
    "int_type": "must be a whole number, without quotes",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list, in square brackets",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "date_from_datetime_parsing": "must be a date such as 2026-04-10",
    "date_from_datetime_inexact": "must be a date without a time, such as 2026-04-10",
    "date_parsing": "must be a date such as 2026-04-10",
    "date_type": "must be a date such as 2026-04-10",
}

_PATTERNS = {
    "id": "must be a short name of small letters, digits and _, beginning with a letter",
    "mesh": "must be a MeSH identifier such as D000690",
    "decs": "must be a DeCS code of digits, such as 704",
    "doi": "must be a DOI that begins with 10., without https://doi.org/",
    "pmid": "must be a PMID of digits",
    "pmcid": "must be a PMCID such as PMC9864694",
    "languages": "must be a code of three small letters (ISO 639-2), such as por or eng",
}


def path_of(location: Sequence[object]) -> str:
    """ "criteria[2].check.from" from ("criteria", 2, "check", "from"); list positions count from 1, as people do."""
    path = ""
    for step in location:
        path += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if path else str(step)
    return path


def field_mistakes(errors: Sequence[Any], known_keys: frozenset[str]) -> tuple[Mistake, ...]:
    """pydantic's errors (its `ErrorDetails`) in a reviewer's words."""
    return tuple(
        _field_mistake(error, known_keys) for error in errors if not _follows(error, errors)
    )


def _follows(error: Mapping[str, Any], errors: Sequence[Any]) -> bool:
    """A list whose items are all wrong counts as too short for pydantic; its items' own mistakes are enough."""
    place = error["loc"]
    return error["type"] == "too_short" and any(
        len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in errors
    )


def _field_mistake(error: Mapping[str, Any], known_keys: frozenset[str]) -> Mistake:
    # A tagged union puts its tag into the location, right behind its own key; it is no key of the file.
    places = error["loc"]
    location = [
        step for step, before in zip(places, (None, *places), strict=False) if before != "check"
    ]
    path, kind = path_of(location), error["type"]
    found = "" if kind == "missing" else _shown(error["input"])
    if kind == "extra_forbidden":
        close = difflib.get_close_matches(str(location[-1]), sorted(known_keys), n=1)
        wanted = "is not a key here" + (f"; did you mean {close[0]!r}?" if close else "")
    elif kind == "string_pattern_mismatch":
        names = [str(step) for step in location if not isinstance(step, int)]
        wanted = next(
            (_PATTERNS[name] for name in reversed(names) if name in _PATTERNS), _PATTERNS["id"]
        )
    else:
        wanted = _PLAIN_WORDS.get(kind) or _sentence(error["msg"])
    return Mistake(path=path, found=found, wanted=wanted)


def _sentence(message: str) -> str:
    return message[:1].lower() + message[1:].replace("Input should", "should")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def cross_check(raw: Raw) -> tuple[Mistake, ...]:
    """Mistakes between the parts of a raw protocol; parts of the wrong shape are passed over here."""
    return (
        *_repeated_ids(raw),
        *_strategy_mistakes(raw),
        *_limit_mistakes(raw),
        *_criterion_mistakes(raw),
        *_dedupe_mistakes(raw),
        *_screening_mistakes(raw),
        *_diagram_mistakes(raw),
        *_reported_mistakes(raw),
    )


def _tables(raw: Raw, key: str) -> list[Raw]:
    value = raw.get(key)
    return [table for table in value if isinstance(table, dict)] if isinstance(value, list) else []


def _table(raw: Raw, key: str) -> Raw:
    value = raw.get(key)
    return value if isinstance(value, dict) else {}


def _ids(raw: Raw, key: str) -> list[str]:
    return [table["id"] for table in _tables(raw, key) if isinstance(table.get("id"), str)]


def _repeated_ids(raw: Raw) -> Iterator[Mistake]:
    named = {key: _ids(raw, key) for key in ("sources", "descriptors", "strategies", "criteria")}
    named["reported.works"] = _ids(_table(raw, "reported"), "works")
    stand_in = _table(raw, "stand_in").get("id")
    if stand_in in named["sources"]:
        yield Mistake(
            path="stand_in.id", found=repr(stand_in), wanted="must differ from every source's id"
        )
    for key, ids in named.items():
        for name, times in Counter(ids).items():
            if times > 1:
                yield Mistake(
                    path=f"{key}.id", found=f"{name!r} {times} times", wanted="must not repeat"
                )


def _strategy_mistakes(raw: Raw) -> Iterator[Mistake]:
    strategies = _tables(raw, "strategies")
    primaries = [s for s in strategies if s.get("primary") is True]
    if len(strategies) > 1 and len(primaries) != 1:
        yield Mistake(
            path="strategies",
            found=f"{len(primaries)} primary ones",
            wanted="exactly one must say primary = true",
        )
    for number, strategy in enumerate(strategies, 1):
        yield from _one_strategy(raw, strategy, f"strategies[{number}]")


def _one_strategy(raw: Raw, strategy: Raw, path: str) -> Iterator[Mistake]:
    blocks, queries = strategy.get("blocks"), strategy.get("queries")
    if bool(blocks) == bool(queries):
        yield Mistake(
            path=path,
            found="both" if blocks else "neither",
            wanted="needs either blocks or queries",
        )
    if blocks and "field" not in strategy:
        yield Mistake(path=f"{path}.field", found="", wanted="is required where there are blocks")
    descriptors, sources = _ids(raw, "descriptors"), _ids(raw, "sources")
    for row, block in enumerate(blocks if isinstance(blocks, list) else [], 1):
        if block == []:
            yield Mistake(path=f"{path}.blocks[{row}]", found="[]", wanted="must not be empty")
        for column, name in enumerate(block if isinstance(block, list) else [], 1):
            if isinstance(name, str) and name not in descriptors:
                yield _unknown(f"{path}.blocks[{row}][{column}]", name, descriptors, "descriptor")
    for name in queries if isinstance(queries, dict) else {}:
        if name not in sources:
            yield _unknown(f"{path}.queries.{name}", name, sources, "source")


def _unknown(path: str, name: str, names: list[str], what: str) -> Mistake:
    close = difflib.get_close_matches(name, names, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return Mistake(path=path, found=repr(name), wanted=f"names no {what} of this protocol{hint}")


def _limit_mistakes(raw: Raw) -> Iterator[Mistake]:
    yield from _span(_table(raw, "limits"), "limits", "published_from", "published_to")


def _criterion_mistakes(raw: Raw) -> Iterator[Mistake]:
    for number, criterion in enumerate(_tables(raw, "criteria"), 1):
        check = _table(criterion, "check")
        path = f"criteria[{number}].check"
        yield from _span(check, path, "from", "to")
        if check.get("by") == "date" and "from" not in check and "to" not in check:
            yield Mistake(
                path=path,
                found="neither from nor to",
                wanted="a check by date needs at least one of them",
            )


def _dedupe_mistakes(raw: Raw) -> Iterator[Mistake]:
    table = _table(raw, "dedupe")
    same, ask = table.get("same_at", 0.95), table.get("ask_at", 0.3)
    if isinstance(same, int | float) and isinstance(ask, int | float) and ask > same:
        yield Mistake(
            path="dedupe.ask_at", found=str(ask), wanted=f"must not be above same_at ({same})"
        )
    sources = _ids(raw, "sources")
    preferred = table.get("prefer")
    for number, name in enumerate(preferred if isinstance(preferred, list) else [], 1):
        if isinstance(name, str) and name not in sources:
            yield _unknown(f"dedupe.prefer[{number}]", name, sources, "source")


def _screening_mistakes(raw: Raw) -> Iterator[Mistake]:
    screening = _table(raw, "screening")
    highlight = _table(screening, "highlight")
    for name in ("include_patterns", "exclude_patterns"):
        patterns = highlight.get(name)
        for number, pattern in enumerate(patterns if isinstance(patterns, list) else [], 1):
            if isinstance(pattern, str) and (wrong := _wrong_pattern(pattern)):
                yield Mistake(
                    path=f"screening.highlight.{name}[{number}]", found=repr(pattern), wanted=wrong
                )
    criteria = {c.get("id"): c.get("wording") for c in _tables(raw, "criteria")}
    reasons = screening.get("exclusion_reasons")
    seen = set()
    for number, reason in enumerate(reasons if isinstance(reasons, list) else [], 1):
        if isinstance(reason, str):
            wording = criteria.get(reason, reason)
            if wording in seen:
                path = f"screening.exclusion_reasons[{number}]"
                yield Mistake(path=path, found=repr(reason), wanted="must not repeat")
            seen.add(wording)


def _diagram_mistakes(raw: Raw) -> Iterator[Mistake]:
    for name, text in _table(_table(raw, "diagram"), "labels").items():
        path = f"diagram.labels.{name}"
        if name not in LABEL_PLACEHOLDERS:
            close = difflib.get_close_matches(name, sorted(LABEL_PLACEHOLDERS), n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            yield Mistake(path=path, found=repr(name), wanted=f"is no label of the diagram{hint}")
        elif isinstance(text, str) and (
            lost := sorted(p for p in LABEL_PLACEHOLDERS[name] if p not in text)
        ):
            yield Mistake(path=path, found=_shown(text), wanted=f"must hold {' and '.join(lost)}")


def _wrong_pattern(pattern: str) -> str:
    try:
        matches_nothing = re.compile(pattern).fullmatch("") is not None
    except re.error as error:
        return f"must be a regular expression: {error}"
    return "matches the empty text, so it would highlight nothing" if matches_nothing else ""


def _span(table: Raw, path: str, first: str, last: str) -> Iterator[Mistake]:
    start, end = table.get(first), table.get(last)
    if isinstance(start, int) and isinstance(end, int) and start > end:
        yield Mistake(
            path=f"{path}.{first}", found=str(start), wanted=f"must not be after {last} ({end})"
        )


def _reported_mistakes(raw: Raw) -> Iterator[Mistake]:
    reported = _table(raw, "reported")
    sources = _ids(raw, "sources")
    for name in _table(reported, "sources"):
        if name not in sources:
            yield _unknown(f"reported.sources.{name}", name, sources, "source")
    boxes = [*_table(reported, "flow")]
    told = {"notes": boxes, "where": [*boxes, "sources", "search_date"]}
    for part, known in told.items():
        for name in _table(reported, part):
            if name not in known:
                yield _unknown(f"reported.{part}.{name}", name, known, "box in reported.flow")
