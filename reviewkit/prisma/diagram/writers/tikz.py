"""The diagram as a TikZ picture for LaTeX: each box is one node whose text can be edited. Pure."""

from collections.abc import Iterator

from reviewkit.prisma.diagram.credit import CREDIT
from reviewkit.prisma.diagram.metrics import is_drawable
from reviewkit.prisma.diagram.shapes import Arrow, Bar, Box, DiagramLayout
from reviewkit.prisma.diagram.sizes import PADDING_X
from reviewkit.prisma.diagram.theme import Fill, Theme
from reviewkit.prisma.diagram.writers.strokes import plain
from reviewkit.prisma.diagram.writers.svg import WITHOUT_OUTLINE, number

_PX = 0.75
_ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "^": r"\textasciicircum{}",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "%": r"\%",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        '"': r"\textquotedbl{}",
        "\u00a0": "~",
        "–": "--",
        "—": "---",
        "−": r"\textminus{}",
        "≥": r"\ensuremath{\geq}",
        "≤": r"\ensuremath{\leq}",
        "…": r"\dots{}",
    }
)
_LATIN = (
    "% pdfLaTeX: \\usepackage[T1]{fontenc} \\usepackage[utf8]{inputenc} \\usepackage{textcomp}",
    "% \\usepackage{tikz} \\usetikzlibrary{arrows.meta}; then \\input{this file}",
)
_OTHER = (
    "% Some letters need XeLaTeX or LuaLaTeX and a font that has them: \\usepackage{fontspec}",
    "% \\setmainfont{...} \\usepackage{tikz} \\usetikzlibrary{arrows.meta}",
)


def write_tikz(layout: DiagramLayout) -> str:
    """Return a `tikzpicture` to \\input; the packages that it needs are named in comments."""
    is_latin = all(is_drawable(text) and _is_western(text) for text in _texts(layout))
    font = r"\fontfamily{phv}" if is_latin else ""
    lines = [
        f"% {plain(layout.title)}, written by reviewkit. {CREDIT}",
        *(_LATIN if is_latin else _OTHER),
        f"\\begin{{tikzpicture}}[x={_PX}bp, y=-{_PX}bp,",
        f"  every node/.style={{inner sep=0pt, font={font}\\fontsize{{9bp}}{{12bp}}\\selectfont}},",
        "  flow/.style={-{Triangle[length=5bp, width=5bp]}, line width=0.8bp}]",
        *_colors(layout.theme),
        *(_bar(bar) for bar in layout.bars),
        *(_box(box, layout.theme) for box in (*layout.headers, *layout.boxes)),
        *(_arrow(arrow) for arrow in layout.arrows),
        *_notes(layout),
        "\\end{tikzpicture}",
    ]

    return "\n".join(lines) + "\n"


def _texts(layout: DiagramLayout) -> Iterator[str]:
    for box in (*layout.headers, *layout.boxes):
        yield box.text
    for bar in layout.bars:
        yield from bar.lines
    yield from layout.note_texts


def _is_western(text: str) -> bool:
    return all(ord(sign) < 0x180 or sign.translate(_ESCAPES) != sign for sign in plain(text))


def _escaped(text: str) -> str:
    return plain(text).translate(_ESCAPES)


def _colors(theme: Theme) -> Iterator[str]:
    colors = {str(fill): value for fill, value in theme.fills.items()}
    for name, value in (*colors.items(), ("ink", theme.ink), ("stroke", theme.stroke)):
        yield f"\\definecolor{{flow-{name}}}{{HTML}}{{{value.removeprefix('#').upper()}}}"


def _outline(fill: Fill, theme: Theme) -> str:
    if fill in WITHOUT_OUTLINE and not theme.header_stroke:
        return "draw=none"
    if fill is Fill.PALE:
        return "draw=flow-stroke, dashed"
    return "draw=flow-stroke"


def _box(box: Box, theme: Theme) -> str:
    is_heading = box.fill in WITHOUT_OUTLINE
    inner = number((box.width - 2 * PADDING_X) * _PX)
    align = "center" if is_heading else "left"
    options = (
        f"anchor=north west, minimum width={number(box.width * _PX)}bp, "
        f"minimum height={number(box.height * _PX)}bp, text width={inner}bp, align={align}, "
        f"{_outline(box.fill, theme)}, fill=flow-{box.fill}, text=flow-ink, rounded corners=2bp"
    )
    text = " \\\\\n    ".join(_line(box, number_) for number_ in range(len(box.lines)))
    return f"\\node[{options}] ({box.key}) at ({number(box.x)}, {number(box.y)}) {{%\n    {text}}};"


def _line(box: Box, position: int) -> str:
    line = box.lines[position]
    text = _escaped(line.text)
    if line.bold:
        text = f"\\textbf{{{text}}}"
    text = f"\\mbox{{{text}}}"  # broken where it was measured, and nowhere else
    offset = line.x - box.x - PADDING_X
    if box.fill in WITHOUT_OUTLINE or offset < 1:
        return text
    return f"\\hspace*{{{number(offset * _PX)}bp}}{text}"


def _bar(bar: Bar) -> str:
    left, top = number(bar.x), number(bar.y)
    right, bottom = number(bar.x + bar.width), number(bar.y + bar.height)
    middle = f"({number(bar.x + bar.width / 2)}, {number(bar.y + bar.height / 2)})"
    text = " \\\\ ".join(f"\\textbf{{{_escaped(line)}}}" for line in bar.lines)
    return (
        f"\\fill[flow-{bar.fill}, rounded corners=4bp] ({left}, {top}) "
        f"rectangle ({right}, {bottom});\n"
        f"\\node[rotate=90, align=center, text=flow-ink] at {middle} {{{text}}};"
    )


def _arrow(arrow: Arrow) -> str:
    places = " -- ".join(f"({number(x)}, {number(y)})" for x, y in arrow.points)
    return f"\\draw[flow, flow-stroke] {places}; % {arrow.source} to {arrow.target}"


def _notes(layout: DiagramLayout) -> Iterator[str]:
    for line in layout.notes:
        place = f"({number(line.x)}, {number(line.y)})"
        text = f"\\fontsize{{8bp}}{{10bp}}\\selectfont {_escaped(line.text)}"
        yield f"\\node[anchor=base west, text=flow-ink] at {place} {{{text}}};"
