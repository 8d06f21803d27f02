"""Lines of text at their places: baselines, and the footnotes under a picture. Pure."""

from reviewkit.prisma.diagram.metrics import ASCENT, DESCENT
from reviewkit.prisma.diagram.shapes import TextLine
from reviewkit.prisma.diagram.sizes import MARGIN, NOTE_LEADING, NOTE_SIZE
from reviewkit.prisma.diagram.wrap import isolated, wrap


def baseline(top: float, leading: float, size: float) -> float:
    return top + (leading + (ASCENT - DESCENT) * size) / 2


def note_lines(texts: tuple[str, ...], top: float, width: float) -> tuple[TextLine, ...]:
    lines: list[TextLine] = []
    for number, text in enumerate(texts):
        for piece in wrap(text, width, NOTE_SIZE):
            y = baseline(top + NOTE_LEADING * len(lines), NOTE_LEADING, NOTE_SIZE)
            line = TextLine(text=isolated(piece), x=MARGIN, y=y, size=NOTE_SIZE, entry=number)
            lines.append(line)

    return tuple(lines)
