"""The recall curve: what was found after how many records, in characters and as SVG. Pure."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

_LEVELS = " ▁▂▃▄▅▆▇█"


def draw_text(
    found: Sequence[int], *, total: int, width: int = 60, height: int = 8, ascii_only: bool = False
) -> str:
    """Columns from left to right over all `total` records, screened ones only; the axis says how many.

    Empty where nothing is screened.
    """
    if not found or not total:
        return ""
    top = max(found[-1], 1)
    columns = []
    for column in range(width):
        place = min(len(found) - 1, (column + 1) * total // width - 1)
        reached = column * total // width < len(found)
        columns.append(found[max(place, 0)] / top if reached else None)
    rows = [
        "".join(
            " " if share is None else _cell(share * height - level, ascii_only=ascii_only)
            for share in columns
        )
        for level in range(height - 1, -1, -1)
    ]
    label = len(str(top))
    marked = [f"{top if i == 0 else '':>{label}} |{row}".rstrip() for i, row in enumerate(rows)]
    axis = f"{0:>{label}} +{'-' * width}"
    foot = f"{'':>{label}}  {'0':<{width - len(str(total))}}{total}"
    return "\n".join([*marked, axis, foot])


def _cell(filled: float, *, ascii_only: bool) -> str:
    if ascii_only:
        return "#" if filled >= 0.5 else " "
    return _LEVELS[max(0, min(8, round(filled * 8)))]


def draw_svg(
    found: Sequence[int], *, total: int, title: str, width: int = 640, height: int = 320
) -> str:
    """The curve as a picture with axes, real text and a sentence for those who cannot see it."""
    left, bottom, top, right = 56, 44, 36, 16
    across, up = width - left - right, height - bottom - top
    most = max(found[-1] if found else 0, 1)
    points = [
        (0, 0),
        *((i, n) for i, n in enumerate(found, 1) if i == len(found) or n != found[i - 2] or i == 1),
    ]
    steps = []
    before = 0
    for i, n in points:
        x = left + across * i / max(total, 1)
        steps.append(
            f"{x:.1f},{top + up * (1 - before / most):.1f} {x:.1f},{top + up * (1 - n / most):.1f}"
        )
        before = n
    told = f"{found[-1] if found else 0} found in {len(found)} screened of {total} records"
    axis = f'stroke="#555" x1="{left}" y1="{top + up}"'
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" \
aria-labelledby="t d" font-family="sans-serif" font-size="13">
<title id="t">{escape(title)}</title>
<desc id="d">{escape(told)}</desc>
<rect width="{width}" height="{height}" fill="#fff"/>
<text x="{left}" y="20" font-weight="bold" fill="#222">{escape(told)}</text>
<line {axis} x2="{left + across}" y2="{top + up}"/>
<line {axis} x2="{left}" y2="{top}"/>
<polyline fill="none" stroke="#0b5cad" stroke-width="2" points="{" ".join(steps)}"/>
<text x="{left - 8}" y="{top + 5}" text-anchor="end" fill="#222">{most}</text>
<text x="{left - 8}" y="{top + up + 4}" text-anchor="end" fill="#222">0</text>
<text x="{left + across}" y="{top + up + 18}" text-anchor="end" fill="#222">{total}</text>
<text x="{left + across / 2:.0f}" y="{top + up + 34}" text-anchor="middle" fill="#222">records screened</text>
</svg>
"""
