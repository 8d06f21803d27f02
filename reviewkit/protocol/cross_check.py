"""The mistakes between the parts of a protocol. Pure.

They are found in the raw TOML, so that a wrong value in one place does not hide a wrong reference
in another. Parts of the wrong shape are left to `value_mistakes`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reviewkit.model.diagram_keys import LABEL_PLACEHOLDERS
from reviewkit.model.names import fold_name, is_orcid
from reviewkit.protocol.finding import Finding, Fix, FixKind
from reviewkit.protocol.mends import closest
from reviewkit.protocol.toml_line import quoted
from reviewkit.protocol.value_mistakes import did_you_mean, shown

Raw = Mapping[str, Any]
_ORCID_LENGTH = 19
_MOST_NAMES = 12


def cross_check(raw: Raw) -> tuple[Finding, ...]:
    """Return the mistakes between the parts of a raw protocol."""
    return (
        *_kind_mistakes(raw),
        *_citation_mistakes(raw),
        *_repeated_ids(raw),
        *_strategy_mistakes(raw),
        *_limit_mistakes(raw),
        *_criterion_mistakes(raw),
        *_dedupe_mistakes(raw),
        *_highlight_mistakes(raw),
        *_reason_mistakes(raw),
        *_team_mistakes(raw),
        *_diagram_mistakes(raw),
        *_reported_mistakes(raw),
    )


def _kind_mistakes(raw: Raw) -> Iterator[Finding]:
    """Yield where the kind of review and what it reports contradict each other."""
    kind, is_reported = raw.get("kind"), "reported" in raw
    if kind == "own" and is_reported:
        wanted = 'must be "published" where there is [reported]; one\'s own review reports nothing'
        fix = Fix(FixKind.VALUE, '"published"')
        yield Finding(path="kind", found=shown(kind), wanted=wanted, fix=fix)
    if kind == "published" and not is_reported:
        wanted = 'needs [reported], what the published review reports; one\'s own review is "own"'
        fix = Fix(FixKind.VALUE, '"own"')
        yield Finding(path="kind", found=shown(kind), wanted=wanted, fix=fix)
    if not is_reported:
        return

    for number, strategy in enumerate(_tables(raw, "strategies"), 1):
        if "origin" not in strategy:
            wanted = 'is required in a published review: "published" or "reading"'
            path, fix = f"strategies[{number}].origin", Fix(FixKind.ADD, 'origin = "published"')
            yield Finding(path=path, found="", wanted=wanted, fix=fix)


def _citation_mistakes(raw: Raw) -> Iterator[Finding]:
    """Yield where citations are to be searched and no source takes what they lead to."""
    roles = [source.get("role") for source in _tables(raw, "sources")]
    if "citations" in raw and "citations" not in roles:
        wanted = (
            'needs a [[sources]] with id = "citations", name = "Citation searching" and '
            'role = "citations"'
        )
        yield Finding(path="citations", found="", wanted=wanted)


def _tables(raw: Raw, key: str) -> list[Raw]:
    return [table for table in _list(raw.get(key)) if isinstance(table, dict)]


def _table(raw: Raw, key: str) -> Raw:
    value = raw.get(key)
    if isinstance(value, dict):
        return value
    return {}


def _list(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    return []


def _texts(value: object) -> Iterator[tuple[int, str]]:
    """Yield the texts of a list with their positions, from 1."""
    for number, item in enumerate(_list(value), 1):
        if isinstance(item, str):
            yield number, item


def _ids(raw: Raw, key: str) -> list[str]:
    return [table["id"] for table in _tables(raw, key) if isinstance(table.get("id"), str)]


def _unknown(path: str, name: str, names: list[str], what: str) -> Finding:
    hint = did_you_mean(name, names)
    if not hint and names:
        hint = f"; there are: {', '.join(names[:_MOST_NAMES])}"
    wanted = f"names no {what} of this protocol{hint}"
    return Finding(path=path, found=repr(name), wanted=wanted, fix=_instead(name, names))


def _instead(name: str, names: Iterable[str]) -> Fix | None:
    """Return the similar name in place of a wrong one, else the first that there is."""
    known = [*names]
    close = closest(name, known)
    if close or not known:
        return Fix(FixKind.LINE, close, old=name) if close else None
    return Fix(FixKind.LINE, known[0], old=name, is_example=True)


def _repeated_ids(raw: Raw) -> Iterator[Finding]:
    ids = {key: _ids(raw, key) for key in ("sources", "descriptors", "strategies", "criteria")}
    ids["reported.works"] = _ids(_table(raw, "reported"), "works")
    stand_in = _table(raw, "stand_in").get("id")
    if stand_in in ids["sources"]:
        wanted = "must differ from every source's id"
        yield Finding(path="stand_in.id", found=repr(stand_in), wanted=wanted)

    for key, names in ids.items():
        for name, times in Counter(names).items():
            if times > 1:
                found = f"{name!r} {times} times"
                last = len(names) - names[::-1].index(name)
                fix = Fix(FixKind.VALUE, f'"{name}_{times}"')
                at = f"{key}[{last}].id"
                yield Finding(
                    path=f"{key}.id", found=found, wanted="must not repeat", at=at, fix=fix
                )


def _strategy_mistakes(raw: Raw) -> Iterator[Finding]:
    strategies = _tables(raw, "strategies")
    primaries = [s for s in strategies if s.get("primary") is True]
    if len(strategies) > 1 and len(primaries) != 1:
        yield Finding(
            path="strategies",
            found=f"{len(primaries)} primary ones",
            wanted="exactly one must say primary = true",
            at=_at_primary(strategies, primaries),
            fix=_fix_primary(primaries),
        )

    for number, strategy in enumerate(strategies, 1):
        path = f"strategies[{number}]"
        yield from _strategy_shape(strategy, path)
        yield from _block_mistakes(strategy.get("blocks"), _ids(raw, "descriptors"), path)
        yield from _unknown_sources(
            _table(strategy, "queries"), _ids(raw, "sources"), f"{path}.queries"
        )


def _at_primary(strategies: list[Raw], primaries: list[Raw]) -> str:
    """Return where to mend it: the last primary one of several, else the first strategy."""
    if not primaries:
        return "strategies[1]"
    number = max(n for n, strategy in enumerate(strategies, 1) if strategy in primaries)
    return f"strategies[{number}].primary"


def _fix_primary(primaries: list[Raw]) -> Fix:
    if primaries:
        return Fix(FixKind.VALUE, "false")
    return Fix(FixKind.ADD, "primary = true")


def _strategy_shape(strategy: Raw, path: str) -> Iterator[Finding]:
    blocks, queries = strategy.get("blocks"), strategy.get("queries")
    if bool(blocks) == bool(queries):
        found = "both" if blocks else "neither"
        yield Finding(path=path, found=found, wanted="needs either blocks or queries")
    if blocks and "field" not in strategy:
        yield Finding(
            path=f"{path}.field",
            found="",
            wanted="is required where there are blocks: heading, title_abstract or any",
            fix=Fix(FixKind.ADD, 'field = "any"'),
        )


def _block_mistakes(blocks: object, descriptors: list[str], path: str) -> Iterator[Finding]:
    for row, block in enumerate(_list(blocks), 1):
        if block == []:
            yield Finding(path=f"{path}.blocks[{row}]", found="[]", wanted="must not be empty")
        for column, name in _texts(block):
            if name not in descriptors:
                place = f"{path}.blocks[{row}][{column}]"
                yield _unknown(place, name, descriptors, "descriptor")


def _unknown_sources(names: Iterable[str], sources: list[str], path: str) -> Iterator[Finding]:
    for name in names:
        if name not in sources:
            yield _unknown(f"{path}.{name}", name, sources, "source")


def _limit_mistakes(raw: Raw) -> Iterator[Finding]:
    yield from _span(_table(raw, "limits"), "limits", "published_from", "published_to")


def _criterion_mistakes(raw: Raw) -> Iterator[Finding]:
    for number, criterion in enumerate(_tables(raw, "criteria"), 1):
        check = _table(criterion, "check")
        path = f"criteria[{number}].check"
        yield from _span(check, path, "from", "to")
        if check.get("by") == "date" and check.keys() == {"by"}:
            yield Finding(
                path=path,
                found="neither from nor to",
                wanted="a check by date needs at least one of them",
                fix=Fix(FixKind.VALUE, '{ by = "date", from = 2015 }', is_example=True),
            )


def _span(table: Raw, path: str, first: str, last: str) -> Iterator[Finding]:
    start, end = table.get(first), table.get(last)
    if isinstance(start, int) and isinstance(end, int) and start > end:
        wanted = f"must not be after {last} ({end})"
        fix = Fix(FixKind.VALUE, str(end), is_example=True)
        yield Finding(path=f"{path}.{first}", found=str(start), wanted=wanted, fix=fix)


def _dedupe_mistakes(raw: Raw) -> Iterator[Finding]:
    table = _table(raw, "dedupe")
    same, ask = table.get("same_at", 0.95), table.get("ask_at", 0.3)
    if isinstance(same, int | float) and isinstance(ask, int | float) and ask > same:
        wanted = f"must not be above same_at ({same})"
        fix = Fix(FixKind.VALUE, str(same), is_example=True)
        yield Finding(path="dedupe.ask_at", found=str(ask), wanted=wanted, fix=fix)

    sources = _ids(raw, "sources")

    for number, name in _texts(table.get("prefer")):
        if name not in sources:
            yield _unknown(f"dedupe.prefer[{number}]", name, sources, "source")


def _highlight_mistakes(raw: Raw) -> Iterator[Finding]:
    highlight = _table(_table(raw, "screening"), "highlight")
    for name in ("include_patterns", "exclude_patterns"):
        for number, pattern in _texts(highlight.get(name)):
            wanted = _wrong_pattern(pattern)
            if wanted:
                path = f"screening.highlight.{name}[{number}]"
                yield Finding(path=path, found=repr(pattern), wanted=wanted)


def _wrong_pattern(pattern: str) -> str:
    """Return what is wrong with a regular expression, or nothing."""
    try:
        matches_nothing = re.compile(pattern).fullmatch("") is not None
    except re.error as error:
        return f"must be a regular expression: {error}"

    if matches_nothing:
        return "matches the empty text, so it would highlight nothing"
    return ""


def _reason_mistakes(raw: Raw) -> Iterator[Finding]:
    """Yield the exclusion reasons that repeat; a criterion's id is its wording."""
    wordings = {c.get("id"): c.get("wording") for c in _tables(raw, "criteria")}
    seen = set()
    for number, reason in _texts(_table(raw, "screening").get("exclusion_reasons")):
        wording = wordings.get(reason, reason)
        if wording in seen:
            path = f"screening.exclusion_reasons[{number}]"
            yield Finding(path=path, found=repr(reason), wanted="must not repeat")
        seen.add(wording)


def _team_mistakes(raw: Raw) -> Iterator[Finding]:
    """Yield the team's names that are one when folded, and ORCIDs with a wrong check digit."""
    published = _table(raw, "review").get("reviewer")
    taken = {fold_name(published): "the published review's own name"} if published else {}

    for number, member in enumerate(_tables(_table(raw, "screening"), "team"), 1):
        path = f"screening.team[{number}]"
        orcid = member.get("orcid")
        if isinstance(orcid, str) and len(orcid) == _ORCID_LENGTH and not is_orcid(orcid):
            yield Finding(path=f"{path}.orcid", found=repr(orcid), wanted="has a wrong digit")

        names = [(key, member.get(key)) for key in ("id", "name")]
        for key, name in names:
            owner = f"the name of team member {number}"
            if isinstance(name, str) and taken.setdefault(fold_name(name), owner) != owner:
                wanted = f"is {taken[fold_name(name)]} too: case and accents do not count"
                yield Finding(path=f"{path}.{key}", found=repr(name), wanted=wanted)


def _diagram_mistakes(raw: Raw) -> Iterator[Finding]:
    for name, text in _table(_table(raw, "diagram"), "labels").items():
        path = f"diagram.labels.{name}"
        if name not in LABEL_PLACEHOLDERS:
            hint = did_you_mean(name, sorted(LABEL_PLACEHOLDERS))
            fix = _instead(name, sorted(LABEL_PLACEHOLDERS))
            wanted = f"is no label of the diagram{hint}"
            yield Finding(path=path, found=repr(name), wanted=wanted, fix=fix)
        elif isinstance(text, str):
            missing = sorted(p for p in LABEL_PLACEHOLDERS[name] if p not in text)
            if missing:
                wanted = f"must hold {' and '.join(missing)}"
                fix = Fix(FixKind.VALUE, quoted(f"{text} {' '.join(missing)}"))
                yield Finding(path=path, found=shown(text), wanted=wanted, fix=fix)


def _reported_mistakes(raw: Raw) -> Iterator[Finding]:
    reported = _table(raw, "reported")
    sources, works = _ids(raw, "sources"), _ids(reported, "works")
    for part in ("sources", "search_dates"):
        yield from _unknown_sources(_table(reported, part), sources, f"reported.{part}")

    for study, members in _table(reported, "studies").items():
        for number, work in _texts(members):
            if work not in works:
                path = f"reported.studies.{study}[{number}]"
                yield _unknown(path, work, works, "work in reported.works")

    boxes = [*_table(reported, "flow")]
    stated = ["sources", "search_date", "search_dates", *_table(reported, "methods")]
    allowed = {"notes": boxes, "where": [*boxes, *stated]}

    for part, names in allowed.items():
        for name in _table(reported, part):
            if name not in names:
                yield _unknown(f"reported.{part}.{name}", name, names, "box in reported.flow")
