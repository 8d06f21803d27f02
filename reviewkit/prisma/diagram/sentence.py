"""The whole flow in sentences, for readers who do not see the picture. Pure."""

from reviewkit.prisma.diagram.shapes import Box, Content, DiagramLayout
from reviewkit.prisma.diagram.wrap import NBSP


def content_sentence(content: Content) -> str:
    """Return one box as a sentence, such as "Records identified from: Databases (n = 19); ..."."""
    heads = [entry.text for entry in content.entries if entry.level == 0]
    items = [entry.text for entry in content.entries if entry.level > 0]
    text = "; ".join(heads)
    if items:
        text = f"{text.removesuffix(':')}: {'; '.join(items)}"
    return f"{text}.".replace(NBSP, " ")


def describe(layout: DiagramLayout) -> str:
    """Return every box in reading order, each arm under its heading, then the footnotes."""
    parts: list[str] = []
    shown: set[str] = set()
    headers: dict[str, Box] = {header.content.column: header for header in layout.headers}

    for box in layout.boxes:
        header = headers.get(box.content.column)
        if header is not None and header.key not in shown:
            shown.add(header.key)
            parts.append(f"{header.text}:")
        parts.append(content_sentence(box.content))

    return " ".join((*parts, *layout.note_texts))
