"""The diagram as Enhanced Metafile: vectors and text that Word and PowerPoint can edit. Pure.

The records are those of Microsoft's [MS-EMF]. Text is given the width of each letter, because
programs that draw EMF measure fonts differently.
"""

import struct
from collections.abc import Iterable

from reviewkit.prisma.diagram.credit import CREDIT
from reviewkit.prisma.diagram.metrics import text_width
from reviewkit.prisma.diagram.shapes import DiagramLayout, Point
from reviewkit.prisma.diagram.writers.strokes import (
    Line,
    Polygon,
    Rectangle,
    Stroke,
    Text,
    strokes,
)

# Logical units per px.
_SCALE = 20
_HEADER, _POLYGON, _POLYLINE = 1, 3, 4
_WINDOW_SIZE, _VIEWPORT_SIZE, _MAP_MODE = 9, 11, 17
_BACKGROUND_MODE, _TEXT_ALIGN, _TEXT_COLOR = 18, 22, 24
_SELECT, _PEN, _BRUSH, _DELETE = 37, 38, 39, 40
_RECTANGLE, _FONT, _TEXT, _END = 43, 82, 84, 14
_ANISOTROPIC, _TRANSPARENT, _BASELINE = 8, 1, 24
_NULL_PEN, _NULL_BRUSH = 0x80000008, 0x80000005
_SOLID, _DASHED = 0, 1
_HEADER_BYTES = 108
_MILLIMETRES_100 = 2540 / 96


class _Metafile:
    """The records so far; object 1 is the one in use, and is deleted after it."""

    def __init__(self) -> None:
        self.records: list[bytes] = []

    def add(self, kind: int, body: bytes = b"") -> None:
        padded = body + b"\0" * (-len(body) % 4)
        self.records.append(struct.pack("<II", kind, 8 + len(padded)) + padded)

    def select(self, stock: int) -> None:
        self.add(_SELECT, struct.pack("<I", stock))

    def pen(self, number: int, color: str, width: float, *, dashed: bool = False) -> None:
        style = _DASHED if dashed else _SOLID
        wide = round(width * _SCALE)
        self.add(_PEN, struct.pack("<IIiiI", number, style, wide, 0, _color(color)))
        self.select(number)

    def brush(self, number: int, color: str) -> None:
        self.add(_BRUSH, struct.pack("<IIII", number, 0, _color(color), 0))
        self.select(number)

    def release(self, *numbers: int) -> None:
        self.select(_NULL_PEN)
        self.select(_NULL_BRUSH)
        for number in numbers:
            self.add(_DELETE, struct.pack("<I", number))


def write_emf(layout: DiagramLayout) -> bytes:
    """Return an EMF file at the layout's size."""
    width, height = round(layout.width), round(layout.height)
    file = _Metafile()
    file.add(_MAP_MODE, struct.pack("<I", _ANISOTROPIC))
    file.add(_WINDOW_SIZE, struct.pack("<ii", width * _SCALE, height * _SCALE))
    file.add(_VIEWPORT_SIZE, struct.pack("<ii", width, height))
    file.add(_BACKGROUND_MODE, struct.pack("<I", _TRANSPARENT))
    file.add(_TEXT_ALIGN, struct.pack("<I", _BASELINE))
    for stroke in strokes(layout):
        _draw(file, stroke)
    file.add(_END, struct.pack("<III", 0, 16, 20))

    return _header(layout, width, height, file) + b"".join(file.records)


def _header(layout: DiagramLayout, width: int, height: int, file: _Metafile) -> bytes:
    about = f"reviewkit\0{layout.title}. {CREDIT}\0\0".encode("utf-16-le")
    about += b"\0" * (-len(about) % 4)
    size = _HEADER_BYTES + len(about)
    frame = (0, 0, round(width * _MILLIMETRES_100), round(height * _MILLIMETRES_100))
    total = size + sum(len(record) for record in file.records)

    return (
        struct.pack("<II", _HEADER, size)
        + struct.pack("<iiii", 0, 0, width, height)
        + struct.pack("<iiii", *frame)
        + struct.pack("<III", 0x464D4520, 0x10000, total)
        + struct.pack("<IHH", len(file.records) + 1, 3, 0)
        + struct.pack("<III", len(about) // 2, _HEADER_BYTES, 0)
        + struct.pack("<iiii", 1920, 1080, 508, 286)
        + struct.pack("<III", 0, 0, 0)
        + struct.pack("<ii", 508000, 286000)
        + about
    )


def _draw(file: _Metafile, stroke: Stroke) -> None:
    if isinstance(stroke, Rectangle):
        _rectangle(file, stroke)
    elif isinstance(stroke, Line):
        file.pen(1, stroke.color, 1.2)
        file.add(_POLYLINE, _points(stroke.points))
        file.release(1)
    elif isinstance(stroke, Polygon):
        file.select(_NULL_PEN)
        file.brush(1, stroke.color)
        file.add(_POLYGON, _points(stroke.points))
        file.release(1)
    else:
        _text(file, stroke)


def _rectangle(file: _Metafile, stroke: Rectangle) -> None:
    file.select(_NULL_PEN)
    if stroke.stroke:
        file.pen(1, stroke.stroke, 1.0, dashed=stroke.dashed)
    file.brush(2, stroke.fill)
    corners = (stroke.x, stroke.y, stroke.x + stroke.width, stroke.y + stroke.height)
    file.add(_RECTANGLE, struct.pack("<iiii", *(round(n * _SCALE) for n in corners)))
    file.release(2, *([1] if stroke.stroke else []))


def _points(points: Iterable[Point]) -> bytes:
    places = [(round(x * _SCALE), round(y * _SCALE)) for x, y in points]
    flat = [n for place in places for n in place]
    xs, ys = flat[::2], flat[1::2]
    bounds = struct.pack("<iiii", min(xs), min(ys), max(xs), max(ys))
    return bounds + struct.pack("<I", len(places)) + struct.pack(f"<{len(flat)}i", *flat)


def _text(file: _Metafile, stroke: Text) -> None:
    turn = 900 if stroke.upwards else 0
    weight = 700 if stroke.bold else 400
    font = struct.pack("<Iiiiii", 1, -round(stroke.size * _SCALE), 0, turn, turn, weight)
    font += struct.pack("<8B", 0, 0, 0, 1, 0, 0, 0, 0)
    font += "Arial".encode("utf-16-le").ljust(64, b"\0")
    file.add(_FONT, font.ljust(320, b"\0"))
    file.select(1)
    file.add(_TEXT_COLOR, struct.pack("<I", _color(stroke.color)))

    text = stroke.text.encode("utf-16-le")
    padded = text + b"\0" * (-len(text) % 4)
    advances = _advances(stroke)
    place = (round(stroke.x * _SCALE), round(stroke.y * _SCALE))
    offset = 76
    body = struct.pack("<iiiiIff", 0, 0, -1, -1, 2, 1.0, 1.0)
    body += struct.pack("<iiIII", *place, len(text) // 2, offset, 0)
    body += struct.pack("<iiiiI", 0, 0, -1, -1, offset + len(padded))
    file.add(_TEXT, body + padded + struct.pack(f"<{len(advances)}I", *advances))
    file.add(_SELECT, struct.pack("<I", 0x8000000D))
    file.add(_DELETE, struct.pack("<I", 1))


def _advances(stroke: Text) -> list[int]:
    """Return the width of each UTF-16 unit; the second half of a pair has none."""
    advances = []
    for sign in stroke.text:
        advances.append(round(text_width(sign, stroke.size, bold=stroke.bold) * _SCALE))
        if ord(sign) > 0xFFFF:
            advances.append(0)
    return advances


def _color(value: str) -> int:
    red, green, blue = bytes.fromhex(value.removeprefix("#"))
    return red | green << 8 | blue << 16
