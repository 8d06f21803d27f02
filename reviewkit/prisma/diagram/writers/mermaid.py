"""The layout as Mermaid text, for documents that draw it themselves. Pure."""

from reviewkit.prisma.diagram.credit import CREDIT
from reviewkit.prisma.diagram.metrics import text_width
from reviewkit.prisma.diagram.shapes import DiagramLayout, TextLine
from reviewkit.prisma.diagram.theme import Fill
from reviewkit.prisma.diagram.wrap import NBSP

# Mermaid writes entities as #name; so that no label can end its quotes, open a tag or start a
# directive.
_ENTITIES = {
    "#": "#35;",
    '"': "#quot;",
    "<": "#lt;",
    ">": "#gt;",
    "&": "#amp;",
    "`": "#96;",
    "%": "#37;",
    "{": "#123;",
    "}": "#125;",
    "\\": "#92;",
}


def escape_label(text: str) -> str:
    """Return the text with entities, safe between the double quotes of a Mermaid label."""
    return "".join(_ENTITIES.get(character, character) for character in text)


def _label(lines: tuple[TextLine, ...]) -> str:
    """Return the lines as laid out, since Mermaid breaks no long word;
    no-break spaces indent them.
    """
    space = text_width(NBSP, lines[0].size)
    edge = min(line.x for line in lines)
    return "<br/>".join(
        NBSP * round((line.x - edge) / space) + escape_label(line.text) for line in lines
    )


def write_mermaid(layout: DiagramLayout) -> str:
    """Return a Mermaid flowchart: boxes, the template's arrows and footnotes.

    Grey boxes have the class `optional`.
    """
    lines = ["---", "config:", "  flowchart:", "    wrappingWidth: 1600", "---", "flowchart TD"]
    lines.append(f"  %% {CREDIT.replace(';', ',')}")
    lines.append(f"  accTitle: {escape_label(layout.title)}")
    lines.extend(f'  {box.key}["{_label(box.lines)}"]' for box in layout.boxes)
    lines.extend(f"  {arrow.source} --> {arrow.target}" for arrow in layout.arrows)

    theme = layout.theme
    style = f"fill:{{}},stroke:{theme.stroke},color:{theme.ink},text-align:left"
    lines.append(f"  classDef default {style.format(theme.fills[Fill.MAIN])}")
    optional = [box.key for box in layout.boxes if box.fill is Fill.OPTIONAL]
    if optional:
        lines.append(f"  classDef optional {style.format(theme.fills[Fill.OPTIONAL])}")
        lines.append(f"  class {','.join(optional)} optional")

    if layout.notes:
        lines.append(f'  notes["{_label(layout.notes)}"]')
        lines.append(f"  style notes fill:none,stroke:none,color:{theme.note}")

    return "\n".join(lines) + "\n"
