"""Findings with their line in the file, and the line that would be right. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping

from reviewkit.model.errors import Mistake
from reviewkit.protocol.finding import Finding, Fix, FixKind
from reviewkit.protocol.toml_places import Place, toml_places
from reviewkit.protocol.value_mistakes import path_of

_LAST_STEP = re.compile(r"(?:\.|^)[^.\[\]]*$|\[\d+\]$")


def placed(findings: Iterable[Finding], text: str, *, original: str) -> Iterator[Mistake]:
    """Yield findings as mistakes, in the order of their lines.

    `text` is the TOML that was read, `original` the file's, with the same lines.
    """
    places = {path_of(path): place for path, place in toml_places(text).items()}
    lines = original.replace("\r\n", "\n").split("\n")
    mistakes = [_placed(finding, places, text, lines) for finding in findings]
    yield from sorted(mistakes, key=lambda mistake: mistake.line or 0)


def _placed(finding: Finding, places: Mapping[str, Place], text: str, lines: list[str]) -> Mistake:
    wanted_path = finding.at or finding.path
    path = wanted_path
    while path and path not in places:
        path = _LAST_STEP.sub("", path)
    fix = finding.fix
    if path != wanted_path and fix and fix.kind is not FixKind.ADD:
        fix = None

    place = places.get(path)
    line, shown = 1, ""
    if place is not None:
        line += text.count("\n", 0, place.start)
        shown = lines[line - 1].strip()
    return Mistake(
        path=finding.path,
        found=finding.found,
        wanted=finding.wanted,
        line=line,
        shown=shown,
        mend=_mend(fix, place, text),
        verb=_verb(fix),
    )


def _verb(fix: Fix | None) -> str:
    if fix and fix.is_example:
        return "for example"
    if fix and fix.kind is FixKind.ADD:
        return "add"
    return "write"


def _mend(fix: Fix | None, place: Place | None, text: str) -> str:
    """Return the line with the right text in its place."""
    if fix is None:
        return ""
    is_whole = fix.kind is FixKind.LINE and not fix.old
    if fix.kind is FixKind.ADD or place is None or is_whole:
        return fix.text

    begin = text.rfind("\n", 0, place.start) + 1
    line = text[begin : _line_end(text, place.start)].strip()
    if fix.kind is FixKind.COMMENT:
        return f"# {line}"
    if fix.kind is FixKind.LINE:
        return _replaced_name(line, fix)

    span = place.key if fix.kind is FixKind.KEY else place.value
    if span is None:
        return ""
    after = text[span[1] : _line_end(text, span[1])]
    return f"{text[begin : span[0]]}{fix.text}{after}".strip()


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _replaced_name(line: str, fix: Fix) -> str:
    """Return the line with one name for another, wherever it stands as a word of its own."""
    return re.sub(rf"(?<!\w){re.escape(fix.old)}(?!\w)", lambda _: fix.text, line)
