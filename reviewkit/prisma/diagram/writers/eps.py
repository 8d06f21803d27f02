"""The diagram as Encapsulated PostScript: vectors, and text in the printer's own Helvetica. Pure.

PostScript's standard fonts know Western European letters only.
"""

from collections.abc import Iterator

from reviewkit.model.errors import UsageError
from reviewkit.prisma.diagram.credit import CREDIT
from reviewkit.prisma.diagram.shapes import DiagramLayout
from reviewkit.prisma.diagram.writers.strokes import (
    Line,
    Polygon,
    Rectangle,
    Stroke,
    Text,
    plain,
    strokes,
)
from reviewkit.prisma.diagram.writers.svg import number

_POINTS_PER_PX = 0.75
# The encoding has a minus where ASCII has a hyphen, and no dashes or curved double quotes.
_SIGNS = str.maketrans(
    {"-": "\xad", "–": "-", "—": "-", "−": "-", "“": '"', "”": '"', "„": '"', "’": "'", "…": "..."}
)
_PROLOGUE = """/latin { findfont dup length dict begin
  { 1 index /FID ne { def } { pop pop } ifelse } forall
  /Encoding ISOLatin1Encoding def currentdict end definefont pop } bind def
/Plain /Helvetica latin
/Bold /Helvetica-Bold latin"""


def write_eps(layout: DiagramLayout) -> bytes:
    """Return an EPS file; Raise UsageError for letters that its fonts lack."""
    _refuse_unknown(layout)
    width, height = layout.width * _POINTS_PER_PX, layout.height * _POINTS_PER_PX
    lines = [
        "%!PS-Adobe-3.0 EPSF-3.0",
        f"%%BoundingBox: 0 0 {int(width + 0.999)} {int(height + 0.999)}",
        f"%%HiResBoundingBox: 0 0 {number(width)} {number(height)}",
        f"%%Title: {_ascii(layout.title)}",
        "%%Creator: reviewkit",
        f"%%Copyright: {_ascii(CREDIT)}",
        "%%LanguageLevel: 2",
        "%%DocumentNeededResources: font Helvetica Helvetica-Bold",
        "%%EndComments",
        _PROLOGUE,
        "gsave",
        f"{_POINTS_PER_PX} {_POINTS_PER_PX} scale",
    ]
    for stroke in strokes(layout):
        lines.extend(_draw(stroke, layout.height))
    lines += ["grestore", "showpage", "%%EOF"]

    return ("\n".join(lines) + "\n").encode("latin-1")


def _refuse_unknown(layout: DiagramLayout) -> None:
    texts = [stroke.text for stroke in strokes(layout) if isinstance(stroke, Text)]
    unknown = sorted({sign for text in texts for sign in _mapped(text) if ord(sign) > 0xFF})
    if unknown:
        raise UsageError(
            f"EPS has no letter for {' '.join(unknown)}",
            hint="choose pdf, svg or emf; or replace the label",
        )


def _mapped(text: str) -> str:
    return plain(text).translate(_SIGNS)


def _ascii(text: str) -> str:
    return _mapped(text).replace("\xad", "-").encode("ascii", "replace").decode()


def _draw(stroke: Stroke, height: float) -> Iterator[str]:
    """Yield the operators of one stroke; PostScript counts from the bottom."""
    if isinstance(stroke, Rectangle):
        yield from _rectangle(stroke, height)
    elif isinstance(stroke, Text):
        yield from _text(stroke, height)
    else:
        path = _path(stroke, height)
        end = "closepath fill" if isinstance(stroke, Polygon) else "1.2 setlinewidth stroke"
        yield f"{_color(stroke.color)} newpath {path} {end}"


def _path(stroke: Line | Polygon, height: float) -> str:
    places = [f"{number(x)} {number(height - y)}" for x, y in stroke.points]
    return f"{places[0]} moveto " + " ".join(f"{place} lineto" for place in places[1:])


def _rectangle(stroke: Rectangle, height: float) -> Iterator[str]:
    bottom = height - stroke.y - stroke.height
    place = " ".join(number(n) for n in (stroke.x, bottom, stroke.width, stroke.height))
    yield f"{_color(stroke.fill)} {place} rectfill"
    if stroke.stroke:
        dash = "[4 3]" if stroke.dashed else "[]"
        yield f"{_color(stroke.stroke)} 1 setlinewidth {dash} 0 setdash {place} rectstroke"
        yield "[] 0 setdash"


def _text(stroke: Text, height: float) -> Iterator[str]:
    escaped = _mapped(stroke.text)
    for sign in "\\()":
        escaped = escaped.replace(sign, "\\" + sign)
    font = "Bold" if stroke.bold else "Plain"
    place = f"{number(stroke.x)} {number(height - stroke.y)}"
    shown = f"/{font} findfont {number(stroke.size)} scalefont setfont"
    if stroke.upwards:
        turned = f"gsave {place} translate 90 rotate 0 0 moveto ({escaped}) show grestore"
        yield f"{_color(stroke.color)} {shown} {turned}"
    else:
        yield f"{_color(stroke.color)} {shown} {place} moveto ({escaped}) show"


def _color(value: str) -> str:
    parts = bytes.fromhex(value.removeprefix("#"))
    return " ".join(number(part / 255) for part in parts) + " setrgbcolor"
