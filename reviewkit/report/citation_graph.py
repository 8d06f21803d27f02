"""Who led to whom in the citation searches, as a small picture: seeds on the left. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from xml.sax.saxutils import escape

from reviewkit.model.citations import Direction
from reviewkit.model.messages import mark, tr

MOST_NODES = 30  # on either side; what has more is a table alone
_WIDTH, _ROW, _TOP, _FOOT = 760, 26, 46, 34
_LEFT, _RIGHT = 300, 460  # where the lines begin and end
_LONGEST_LABEL = 44


class Place(StrEnum):
    """What a found work is to the review."""

    INCLUDED = mark("included")
    NEW = mark("new to the review")
    KNOWN = mark("in the review already")


_FILLS = {Place.INCLUDED: "#0b6e4f", Place.NEW: "#2b5fa3", Place.KNOWN: "#ffffff"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedWork:
    """A work in the picture: its key, how it is called, what it is to the review."""

    key: str
    label: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A seed led to a work, by keys."""

    seed: str
    work: str
    direction: Direction


def is_small(seeds: Sequence[str], works: Sequence[str]) -> bool:
    """Whether a picture of so many can be read."""
    return max(len(seeds), len(works)) <= MOST_NODES


def draw_graph(
    seeds: Mapping[str, str], works: Mapping[str, CitedWork], edges: Sequence[Edge]
) -> tuple[str, float, float]:
    """The picture as SVG, its width and height. `seeds` are their labels by key.

    A whole line is a reference of the seed; a broken one leads to a work that cites it. Marks
    differ in shape too: what is included has a double ring, what was known is empty.
    """
    rows = max(len(seeds), len(works), 1)
    height = _TOP + rows * _ROW + _FOOT
    left = {key: _y(place, len(seeds), rows) for place, key in enumerate(seeds)}
    right = {key: _y(place, len(works), rows) for place, key in enumerate(works)}
    title = escape(tr("Who led to whom"))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}" role="img" aria-label="{title}" '
        'font-family="Arial, Liberation Sans, Helvetica, sans-serif" font-size="12">',
        f"<title>{title}</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        _heading(_LEFT - 14, tr("Seeds"), "end"),
        _heading(_RIGHT + 14, tr("Works they led to"), "start"),
        *(_line(edge, left[edge.seed], right[edge.work]) for edge in edges),
        *(_seed(label, left[key]) for key, label in seeds.items()),
        *(_work(work, right[key]) for key, work in works.items()),
        *_legend(height),
        "</svg>",
    ]
    return "\n".join(parts), float(_WIDTH), float(height)


def _y(place: int, of: int, rows: int) -> float:
    """Where a row stands: the shorter side is spread over the height of the longer one."""
    return _TOP + (place + 0.5) * rows * _ROW / max(of, 1)


def _heading(x: int, text: str, anchor: str) -> str:
    return (
        f'<text x="{x}" y="24" text-anchor="{anchor}" font-weight="bold" fill="#1d2733">'
        f"{escape(text)}</text>"
    )


def _line(edge: Edge, start: float, end: float) -> str:
    dashes = ""
    if edge.direction is Direction.FORWARD:
        dashes = ' stroke-dasharray="5 3"'
    return (
        f'<path d="M{_LEFT} {start:.1f} C{_LEFT + 70} {start:.1f} {_RIGHT - 70} {end:.1f} '
        f'{_RIGHT} {end:.1f}" fill="none" stroke="#6b7788" stroke-width="1.1"{dashes}/>'
    )


def _seed(label: str, y: float) -> str:
    return (
        f'<circle cx="{_LEFT}" cy="{y:.1f}" r="5" fill="#33415c"/>'
        f'<text x="{_LEFT - 12}" y="{y + 4:.1f}" text-anchor="end" fill="#1d2733">'
        f"{escape(_short(label))}</text>"
    )


def _work(work: CitedWork, y: float) -> str:
    ring = ""
    if work.place is Place.INCLUDED:
        ring = (
            f'<circle cx="{_RIGHT}" cy="{y:.1f}" r="8" fill="none" '
            f'stroke="{_FILLS[Place.INCLUDED]}"/>'
        )
    return (
        f'<circle cx="{_RIGHT}" cy="{y:.1f}" r="5" fill="{_FILLS[work.place]}" '
        f'stroke="#33415c"/>{ring}'
        f'<text x="{_RIGHT + 14}" y="{y + 4:.1f}" fill="#1d2733">'
        f"{escape(_short(work.label))}</text>"
    )


def _short(label: str) -> str:
    if len(label) <= _LONGEST_LABEL:
        return label
    return f"{label[: _LONGEST_LABEL - 1]}…"


def _legend(height: float) -> Iterator[str]:
    """The marks and the lines in words, on one line at the foot."""
    y, x = height - 14, 20
    for place in Place:
        yield (
            f'<circle cx="{x}" cy="{y - 4}" r="5" fill="{_FILLS[place]}" stroke="#33415c"/>'
            f'<text x="{x + 11}" y="{y}" fill="#33415c" font-size="11">{escape(tr(place))}</text>'
        )
        x += 160
    for words, dashes in ((tr("reference"), ""), (tr("cites the seed"), "5 3")):
        yield (
            f'<path d="M{x} {y - 4} h24" stroke="#6b7788" stroke-width="1.1" '
            f'stroke-dasharray="{dashes}"/>'
            f'<text x="{x + 30}" y="{y}" fill="#33415c" font-size="11">{escape(words)}</text>'
        )
        x += 120
