"""The readings as a picture: records returned against included works found. Pure."""

import math
from collections.abc import Sequence
from xml.sax.saxutils import escape

from reviewkit.reproduction.audit import Row, Standing

_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 30, 60, 70
_NEAREST = 22  # between two marks, with a number beside each
_AXIS = "records returned (logarithmic); a number beside a mark: so many readings"
_APART = 18  # between two marks, one above the other
_NO_COUNT = "No reading has a count."
_WITH_OTHERS = "consistent, where others hold the rest"
_SHAPES: dict[str, str] = {
    Standing.CONSISTENT: '<circle cx="{x}" cy="{y}" r="7" fill="#0b6e4f" stroke="#fff"/>',
    _WITH_OTHERS: '<circle cx="{x}" cy="{y}" r="6" fill="#fff" stroke="#0b6e4f" stroke-width="2"/>',
    Standing.RULED_OUT: '<path d="M{x} {y} m-5 -5 l10 10 m0 -10 l-10 10" stroke="#a4243b" '
    'stroke-width="2" fill="none"/>',
    Standing.OPEN: '<rect x="{left}" y="{top}" width="10" height="10" fill="none" '
    'stroke="#33415c" stroke-width="2"/>',
}


def plot_readings(rows: Sequence[Row], reported: Sequence[int], works: int, *, title: str) -> str:
    """The picture as SVG: one mark per reading that has a count, reported numbers as lines.

    Marks differ in shape and colour. Readings with about the same count and as many works share one
    mark, with their number beside it; those of another standing are above or below it. Where the
    part of another database is not known, a mark is at the least count. Where no reading has a
    count, the picture says so.
    """
    counted = [row for row in rows if row.count is not None]
    highest = max([*(row.count or 0 for row in counted), *reported, 1])
    parts = [_frame(title), *_axes(highest, works)]
    parts.extend(_reported(count, highest) for count in reported)

    for mark in _places(counted, highest, works):
        parts.extend(_marks(*mark))
    if not counted:
        parts.append(_text(_WIDTH / 2, _HEIGHT / 2, _NO_COUNT, size=14))
    parts.append(_legend())

    return "\n".join([*parts, "</svg>\n"])


_Mark = tuple[float, float, list[Row]]


def _places(rows: Sequence[Row], highest: int, works: int) -> list[_Mark]:
    """The marks with the readings that each stands for; those too near to be told apart are one."""
    order = sorted(rows, key=lambda row: (len(row.works), _kind(row), row.count or 0))
    marks: list[_Mark] = []
    for row in order:
        x, y = _x(row.count or 0, highest), _y(len(row.works), works)
        if marks:
            last_x, last_y, there = marks[-1]
            is_near = y == last_y and x - last_x < _NEAREST
            if is_near and _kind(there[0]) == _kind(row):
                there.append(row)
                continue
        marks.append((x, y, [row]))

    return _apart(marks)


def _apart(marks: Sequence[_Mark]) -> list[_Mark]:
    """The marks; one that would lie on another is moved towards the middle of the picture."""
    apart: list[_Mark] = []
    for x, y, rows in marks:
        towards = _APART if y < _HEIGHT / 2 else -_APART
        at, beside = y, [high for other, high, _ in apart if abs(x - other) < _NEAREST]
        while any(abs(at - high) < _APART for high in beside):
            at = round(at + towards, 1)
        apart.append((x, at, rows))

    return apart


def _kind(row: Row) -> str:
    """Its standing; a mark of its own where the parts of other databases are not known."""
    if row.standing is Standing.CONSISTENT and not row.is_whole:
        return _WITH_OTHERS
    return row.standing


def _x(count: int, highest: int) -> float:
    """The place of a count on a logarithmic axis that begins at 0."""
    share = math.log10(count + 1) / math.log10(highest + 1)
    return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)


def _y(found: int, works: int) -> float:
    share = found / max(works, 1)
    return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 1)


def _text(x: float, y: float, text: str, *, anchor: str = "middle", size: int = 12) -> str:
    return (
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}" fill="#1b1b1b">'
        f"{escape(text)}</text>"
    )


def _frame(title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" font-family="Reviewkit Sans, Arial, '
        f'sans-serif"><title>{escape(title)}</title>'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>'
        + _text(_LEFT, 24, title, anchor="start", size=15)
    )


def _axes(highest: int, works: int) -> list[str]:
    base = _HEIGHT - _BOTTOM
    beside = "included works returned" if works else "the protocol lists no included works"
    lines = [
        f'<path d="M{_LEFT} {_TOP} V{base} H{_WIDTH - _RIGHT}" stroke="#33415c" fill="none"/>',
        _text((_LEFT + _WIDTH - _RIGHT) / 2, base + 38, _AXIS),
        f'<text transform="translate(18 {(_TOP + base) / 2}) rotate(-90)" text-anchor="middle" '
        f'font-size="12" fill="#1b1b1b">{beside}</text>',
    ]
    tick = 0
    while tick <= highest:
        lines.append(_text(_x(tick, highest), base + 18, f"{tick:,}", size=11))
        tick = max(tick * 10, 1)
    steps = range(0, works + 1, max(1, works // 5)) if works else ()

    return lines + [
        _text(_LEFT - 10, _y(one, works) + 4, str(one), anchor="end", size=11) for one in steps
    ]


def _reported(count: int, highest: int) -> str:
    x = _x(count, highest)
    line = f'<path d="M{x} {_TOP} V{_HEIGHT - _BOTTOM}" stroke="#1b1b1b" stroke-dasharray="5 4"/>'
    return line + _text(x, _TOP - 8, f"reported {count:,}")


def _marks(x: float, y: float, rows: Sequence[Row]) -> list[str]:
    shape = _SHAPES[_kind(rows[0])].format(x=x, y=y, left=round(x - 5, 1), top=round(y - 5, 1))
    if len(rows) == 1:
        return [shape]
    return [shape, _text(x + 10, y - 8, f"{len(rows)}", anchor="start", size=11)]


def _legend() -> str:
    x, y = _LEFT, _HEIGHT - 14
    pieces = []
    for kind, form in _SHAPES.items():
        shape = form.format(x=x, y=y - 4, left=x - 5, top=y - 9)
        pieces += [shape, _text(x + 14, y, str(kind), anchor="start")]
        x += 60 + 7 * len(kind)

    return "".join(pieces)
