"""The words of a template CSV that are its author's own: labels, tooltips, descriptions, links.

What stands in the PRISMA2020 package's example file, or is our own wording, is nobody's. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviewkit.model.diagram_keys import LANGUAGES
from reviewkit.prisma.diagram.csv_values import CsvRow
from reviewkit.prisma.diagram.safe import safe_href
from reviewkit.prisma.diagram.template_rows import (
    PACKAGE_ADDRESS,
    PACKAGE_TEXTS,
    PACKAGE_TOOLTIP_ENDS,
    PACKAGE_TOOLTIPS,
    ROWS,
    SOURCE_LABELS,
)
from reviewkit.prisma.diagram.wording import words
from reviewkit.prisma.diagram.wrap import clean

# Rows of lists: their box text is the package's name of the list, never a label of the user.
_LIST_KEYS = frozenset({"database_specific_results", "register_specific_results"})
_STANDARD_STARTS = ("Records identified from: ", "Grey title box", "Yellow title box")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTexts:
    """The texts: labels by key with tooltips by box; descriptions and links by row or box."""

    language: str
    labels: Mapping[str, str]
    descriptions: Mapping[str, str]
    links: Mapping[str, str]


def own_texts(rows: Sequence[CsvRow]) -> OwnTexts:
    """Return the texts of the file's author, in the language of most labels."""
    boxes = _texts(rows, "boxtext")
    own_labels = {language: _own_labels(boxes, language) for language in LANGUAGES}
    best = min(LANGUAGES, key=lambda language: len(own_labels[language]))

    return OwnTexts(
        language=best,
        labels={**own_labels[best], **_tooltips(rows, best)},
        descriptions=_descriptions(rows, best),
        links=_links(rows),
    )


def _texts(rows: Sequence[CsvRow], column: str) -> dict[str, str]:
    """Return a column's texts by the row's key (its box where it has none)."""
    texts: dict[str, str] = {}
    for row in rows:
        text = clean(row[column])
        if text and text != "NA":
            texts[_key_of(row["data"], row["box"])] = text
    return texts


def _key_of(data: str, box: str) -> str:
    if data in {"", "NA"}:
        return box
    return data


def _own_labels(texts: Mapping[str, str], language: str) -> dict[str, str]:
    """Return the texts that differ from the language's labels, by label."""
    labels = words(language).labels
    own: dict[str, str] = {}
    for row in ROWS:
        text = texts.get(_key_of(row.data, row.box), "")
        keys = [key for key in (row.label, row.updated_label) if key]
        is_standard = text == PACKAGE_TEXTS.get(row.data) or any(
            _is_same(text, labels[key]) for key in keys
        )
        if text and not is_standard and row.data not in _LIST_KEYS:
            own |= dict.fromkeys(keys, text)

    return own


def _is_same(text: str, label: str) -> bool:
    return text.rstrip(":").casefold() == label.replace("{mark}", "").rstrip(":").casefold()


def _tooltips(rows: Sequence[CsvRow], language: str) -> dict[str, str]:
    """Return the tooltips by box: the first of each box that is the author's own."""
    definitions = words(language).definitions
    known = set[str]()
    for other in LANGUAGES:
        known.update(words(other).definitions.values())
    own: dict[str, str] = {}
    for row in rows:
        text = clean(row["tooltips"])
        if row["box"] in definitions and text not in known and not _is_package_text(text):
            own.setdefault(row["box"], text)
    return own


def _descriptions(rows: Sequence[CsvRow], language: str) -> dict[str, str]:
    """Return the descriptions by row that are the author's own."""
    labels = {clean(text).rstrip(":") for text in words(language).labels.values()}
    own: dict[str, str] = {}
    for row in rows:
        text = clean(row["description"])
        is_label = text.rstrip(":") in labels or text == clean(row["boxtext"])
        if row["data"] not in {"", "NA"} and not is_label and not _is_package_text(text):
            own[row["data"]] = text
    return own


def _is_package_text(text: str) -> bool:
    """Return whether the text is empty or stands in the package's example file."""
    plain = text.split(": [separate reasons", maxsplit=1)[0]
    return (
        plain in {"", "NA", "Reports of new included studies"}
        or plain in PACKAGE_TOOLTIPS
        or plain in PACKAGE_TEXTS.values()
        or plain in SOURCE_LABELS.values()
        or plain.startswith(_STANDARD_STARTS)
        or plain.endswith(PACKAGE_TOOLTIP_ENDS)
        or plain.startswith("Reports of ")
    )


def _links(rows: Sequence[CsvRow]) -> dict[str, str]:
    """Return the addresses by box and by row; the package's example names pages that nobody has."""
    links: dict[str, str] = {}
    for row in rows:
        url = row["url"]
        if not url or url == "NA" or PACKAGE_ADDRESS.fullmatch(url) or not safe_href(url):
            continue
        if row["box"]:
            links.setdefault(row["box"], url)
        if row["data"] not in {"", "NA"}:
            links[row["data"]] = url
    return links
