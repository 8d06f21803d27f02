"""The recall curve: relevant records by records screened, in characters and as SVG. Pure."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

_LEVELS = " ▁▂▃▄▅▆▇█"


def draw_text(
    found: Sequence[int], *, total: int, width: int = 60, height: int = 8, ascii_only: bool = False
) -> str:
    """Return columns from left to right over all `total` records, and an axis with the counts.

    `found` has the relevant records after each screened one. Only screened records have a column;
    the text is empty where nothing is screened.
    """
    if not found or not total:
        return ""

    top = max(found[-1], 1)
    shares = [_share(found, total, column, width) / top for column in range(width)]
    label = len(str(top))
    lines = []
    for level in range(height - 1, -1, -1):
        cells = [_cell(share * height - level, ascii_only=ascii_only) for share in shares]
        mark = ""
        if level == height - 1:
            mark = str(top)
        lines.append(f"{mark:>{label}} |{''.join(cells)}".rstrip())

    lines.append(f"{0:>{label}} +{'-' * width}")
    lines.append(f"{'':>{label}}  {'0':<{width - len(str(total))}}{total}")
    return "\n".join(lines)


def _share(found: Sequence[int], total: int, column: int, width: int) -> int:
    """Return the relevant records at the end of a column; 0 where it is not screened."""
    if column * total // width >= len(found):
        return 0
    place = min(len(found) - 1, (column + 1) * total // width - 1)
    return found[max(place, 0)]


def _cell(filled: float, *, ascii_only: bool) -> str:
    if ascii_only:
        return " #"[filled >= 0.5]
    return _LEVELS[max(0, min(8, round(filled * 8)))]


def draw_svg(
    found: Sequence[int], *, total: int, title: str, width: int = 640, height: int = 320
) -> str:
    """Return the curve as a picture with axes, real text and a sentence for screen readers."""
    left, bottom, top, right = 56, 44, 36, 16
    across, up = width - left - right, height - bottom - top
    most = max([*found[-1:], 1])

    steps = []
    before = 0
    for place, count in _turns(found):
        x = left + across * place / max(total, 1)
        y_before, y = (top + up * (1 - n / most) for n in (before, count))
        steps.append(f"{x:.1f},{y_before:.1f} {x:.1f},{y:.1f}")
        before = count

    last = sum(found[-1:])
    caption = f"{last} found in {len(found)} screened of {total} records"
    axis = f'stroke="#555" x1="{left}" y1="{top + up}"'
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" \
aria-labelledby="t d" font-family="sans-serif" font-size="13">
<title id="t">{escape(title)}</title>
<desc id="d">{escape(caption)}</desc>
<rect width="{width}" height="{height}" fill="#fff"/>
<text x="{left}" y="20" font-weight="bold" fill="#222">{escape(caption)}</text>
<line {axis} x2="{left + across}" y2="{top + up}"/>
<line {axis} x2="{left}" y2="{top}"/>
<polyline fill="none" stroke="#0b5cad" stroke-width="2" points="{" ".join(steps)}"/>
<text x="{left - 8}" y="{top + 5}" text-anchor="end" fill="#222">{most}</text>
<text x="{left - 8}" y="{top + up + 4}" text-anchor="end" fill="#222">0</text>
<text x="{left + across}" y="{top + up + 18}" text-anchor="end" fill="#222">{total}</text>
<text x="{left + across / 2:.0f}" y="{top + up + 34}" text-anchor="middle" fill="#222">\
records screened</text>
</svg>
"""


def _turns(found: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Return the points of the curve at which it rises, with its first and last."""
    yield 0, 0
    for place, count in enumerate(found, 1):
        ends = place in {1, len(found)}
        if ends or count != found[place - 2]:
            yield place, count
