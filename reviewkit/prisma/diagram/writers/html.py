"""The diagram as one HTML file with the record lists behind its boxes; works offline, without any request. Pure.

Without JavaScript every list is still there; with it, lists sort and filter.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from html import escape
from importlib.resources import files

from reviewkit.prisma.diagram.listing import RecordList, address_of, list_anchor
from reviewkit.prisma.diagram.sentence import content_sentence, describe
from reviewkit.prisma.diagram.shapes import DiagramLayout
from reviewkit.prisma.diagram.wording import Words
from reviewkit.prisma.diagram.wrap import clean
from reviewkit.prisma.diagram.writers.svg import write_svg

_SPLIT = re.compile(r"[;\s]+")


@cache
def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8").strip()


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def breaking(text: str) -> str:
    """The text as HTML, with places to break in runs of letters that no column could hold."""
    return " ".join(
        "<wbr>".join(escape(word[at : at + 20]) for at in range(0, len(word), 20))
        if len(word) > 40
        else escape(word)
        for word in text.split(" ")
    )


def link(address: str, text: str) -> str:
    """An HTML link to another site."""
    return f'<a href="{escape(address)}" rel="noreferrer">{breaking(text)}</a>'


def list_heading(listing: RecordList, layout: DiagramLayout) -> str:
    """What stands over a list: its own heading, or what its box says."""
    return clean(listing.heading) or content_sentence(layout.box(listing.box).content).removesuffix(
        "."
    )


def _cell(column: str, value: str) -> str:
    text = clean(value)
    address = address_of(column, text)
    return f'<td dir="auto">{link(address, text) if address else breaking(text)}</td>'


def _table(listing: RecordList, label: str) -> str:
    heads = "".join(
        f'<th scope="col" aria-sort="none"><button type="button">{escape(clean(column))}</button></th>'
        for column in listing.columns
    )
    rows = "\n".join(
        "<tr>"
        + "".join(_cell(column, value) for column, value in zip(listing.columns, row, strict=True))
        + "</tr>"
        for row in listing.rows
    )
    return scrolling(
        f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>", label
    )


def scrolling(table: str, label: str) -> str:
    """A table that scrolls by itself where the page is too narrow for it; also by keyboard."""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(label)}">{table}</div>'
    )


def list_section(listing: RecordList, layout: DiagramLayout, words: Words) -> str:
    """One list under its box's sentence, with a search field that JavaScript unhides. `words` are the page's own."""
    heading = list_heading(listing, layout)
    anchor = list_anchor(listing.box)
    parts = [f'<div class="list"><h3 id="{anchor}" tabindex="-1">{escape(heading)}</h3>']
    note = clean(listing.note) or layout.box(listing.box).tooltip
    if note:
        parts.append(f'<p class="note">{escape(note)}</p>')
    if listing.rows:
        shown = words.label("page_shown")
        parts.append(
            f'<div class="tools" hidden><label>{escape(words.label("page_search"))} <input type="search" '
            f'autocomplete="off"></label><output class="count" data-shown="{escape(shown)}"></output></div>'
        )
        parts.append(_table(listing, heading))
    else:
        parts.append(f"<p>{escape(words.label('page_none'))}</p>")
    parts.append(
        f'<p class="back"><a href="#diagram">{escape(words.label("page_back"))}</a></p></div>'
    )
    return "\n".join(parts)


def figure(layout: DiagramLayout, linked: Iterable[str], words: Words, *, caption: str = "") -> str:
    """The diagram, each box named in `linked` leading to its list, and the flow in words folded below it."""
    anchors = {box: f"#{list_anchor(box)}" for box in linked}
    boxes = tuple(replace(box, href=anchors.get(box.key, box.href)) for box in layout.boxes)
    picture = write_svg(replace(layout, boxes=boxes), prefix="flow-", standalone=False)
    under = f"<figcaption>{escape(clean(caption))}</figcaption>" if caption else ""
    return (
        f'<figure id="diagram">\n{scrolling(picture, layout.title)}{under}</figure>\n'
        f"<details><summary>{escape(words.label('page_words'))}</summary><p>{escape(describe(layout))}</p></details>"
    )


def _policy(style: str, script: str) -> str:
    """Nothing may be loaded or sent, and only this file's own style and script run."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def document(title: str, body: Iterable[str], *, language: str, style: str = "") -> str:
    """A whole page that loads nothing: this module's style and script, `style` after them, and `body` as it is."""
    styles, script = f"{_asset('page.css')}\n{style}".strip(), _asset("page.js")
    parts = [
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_policy(styles, script))}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(clean(title))}</title>\n<style>{styles}</style>\n</head>",
        "<body>\n<main>",
        *body,
        f"</main>\n<script>{script}</script>\n</body>\n</html>\n",
    ]
    return "\n".join(parts)


def write_html(
    layout: DiagramLayout, listings: Iterable[RecordList] = (), *, title: str = ""
) -> str:
    """One self-contained HTML page. A box with a listing links to it; other links of the layout stay.

    Raises ValueError when a row has not as many cells as its listing has columns, KeyError for an unknown box.
    """
    lists = tuple(listings)
    words = layout.words
    name = clean(title) or layout.title
    parts = [
        f'<h1 dir="auto">{escape(name)}</h1>',
        figure(layout, [listing.box for listing in lists], words),
    ]
    if lists:
        parts.append(f"<h2>{escape(words.label('page_lists'))}</h2>")
        parts.extend(list_section(listing, layout, words) for listing in lists)
    return document(name, parts, language=words.language)
