"""The drift of a search as a picture: counts as of days, the recorded run and the report. Pure."""

import datetime
from collections.abc import Sequence
from xml.sax.saxutils import escape

from reviewkit.reproduction.drift import Drift

_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 80, 40, 60, 60
_LINE, _MARK, _TEXT = "#0b6e4f", "#a4243b", "#1b1b1b"


_Dated = tuple[datetime.date, int]


def plot_drift(drift: Drift) -> str:
    """The picture as SVG: one point per day that was asked, joined by a line from zero upward.

    The recorded run is a square, the reported number a broken line, where there are any.
    """
    title = f"Records of the search, by what {drift.source} held on each day"
    points, recorded = _points(drift), _recorded(drift)
    marks = points + recorded
    if not marks:
        return _page(title, [_text(_WIDTH / 2, _HEIGHT / 2, "Nothing was asked.")])

    days = [day for day, _ in marks]
    highest = max([count for _, count in marks] + [drift.reported or 0, 1])
    axes = _Axes(first=min(days), last=max(days), highest=highest)
    parts = [*axes.drawn(), *_line(axes, points)]
    for one in recorded:
        parts.extend(_square(axes, one))
    if drift.reported is not None:
        parts.extend(_reported(axes, drift.reported))
    return _page(title, parts)


def _points(drift: Drift) -> list[_Dated]:
    """The days with the counts that were asked."""
    return [
        (point.day, point.count)
        for point in drift.points
        if point.day is not None and point.count is not None
    ]


def _recorded(drift: Drift) -> list[_Dated]:
    """The recorded run, if there is one."""
    if drift.moved is None:
        return []
    return [(datetime.date.fromisoformat(drift.moved.recorded_on[:10]), drift.moved.recorded)]


def _square(axes: "_Axes", recorded: _Dated) -> list[str]:
    x, y = axes.place(*recorded)
    return [
        f'<rect x="{x - 5}" y="{y - 5}" width="10" height="10" fill="none" stroke="{_MARK}" '
        'stroke-width="2"/>',
        _text(x, y + 36, f"recorded run: {recorded[1]:,}", anchor="end", fill=_MARK, size=11),
    ]


class _Axes:
    """Places of days and counts on the page."""

    def __init__(self, *, first: datetime.date, last: datetime.date, highest: int) -> None:
        self._first, self._span = first, max((last - first).days, 1)
        self._highest = highest
        self._years = range(first.year, last.year + 1)

    def place(self, day: datetime.date, count: int) -> tuple[float, float]:
        """The place of a count on a day."""
        across = (day - self._first).days / self._span
        x = _LEFT + across * (_WIDTH - _LEFT - _RIGHT)
        return round(x, 1), self.height(count)

    def height(self, count: int) -> float:
        share = count / (self._highest * 1.1)
        return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 1)

    def drawn(self) -> list[str]:
        """Both axes with their numbers."""
        base = _HEIGHT - _BOTTOM
        parts = [
            f'<path d="M{_LEFT} {_TOP} V{base} H{_WIDTH - _RIGHT}" stroke="#33415c" fill="none"/>',
            _text((_LEFT + _WIDTH - _RIGHT) / 2, base + 40, "as of this day (create date)"),
        ]
        parts += [
            _text(_LEFT - 10, self.height(count) + 4, f"{count:,}", anchor="end", size=11)
            for count in range(0, self._highest + 1, _step(self._highest))
        ]
        for year in self._years:
            day = datetime.date(year, 1, 1)
            if day >= self._first:
                x, _ = self.place(day, 0)
                parts.append(_text(x, base + 18, str(year), size=11))

        return parts


def _step(highest: int) -> int:
    """A round step, so that an axis up to this count has at most six numbers."""
    size = 1
    while highest > 5 * size * 10:
        size *= 10
    return next(size * one for one in (1, 2, 5, 10) if highest <= 5 * size * one)


def _line(axes: _Axes, points: Sequence[tuple[datetime.date, int]]) -> list[str]:
    places = [axes.place(day, count) for day, count in points]
    path = " L".join(f"{x} {y}" for x, y in places)
    parts = [f'<path d="M{path}" stroke="{_LINE}" stroke-width="2" fill="none"/>'] if path else []
    for (x, y), (_, count) in zip(places, points, strict=True):
        parts.append(f'<circle cx="{x}" cy="{y}" r="4.5" fill="{_LINE}" stroke="#fff"/>')
        parts.append(_text(x, y - 10, f"{count:,}", size=10))
    return parts


def _reported(axes: _Axes, count: int) -> list[str]:
    y = axes.height(count)
    return [
        f'<path d="M{_LEFT} {y} H{_WIDTH - _RIGHT}" stroke="{_TEXT}" stroke-dasharray="5 4"/>',
        _text(_WIDTH - _RIGHT, y - 6, f"reported {count:,}", anchor="end", size=11),
    ]


def _text(
    x: float, y: float, text: str, *, anchor: str = "middle", size: int = 12, fill: str = _TEXT
) -> str:
    return (
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}" fill="{fill}">'
        f"{escape(text)}</text>"
    )


def _page(title: str, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" font-family="Reviewkit Sans, Arial, '
        f'sans-serif"><title>{escape(title)}</title>'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>'
    )
    return "\n".join([head, _text(_LEFT, 24, title, anchor="start", size=15), *parts, "</svg>\n"])
