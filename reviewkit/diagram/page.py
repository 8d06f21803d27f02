"""The diagram as one HTML file with the record lists behind its boxes; works offline, without any request. Pure.

Without JavaScript every list is still there; with it, lists sort and filter.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from importlib.resources import files
from urllib.parse import quote

from reviewkit.diagram.safe import safe_href
from reviewkit.diagram.sentence import content_sentence, describe
from reviewkit.diagram.shapes import Layout
from reviewkit.diagram.svg import write_svg
from reviewkit.diagram.wording import Words
from reviewkit.diagram.wrap import clean

_SPLIT = re.compile(r"[;\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The records behind a box ("box4"), as rows of plain text.

    Columns named DOI, PMID and URL become links. `note` stands under the heading.
    """

    box: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    heading: str = ""
    note: str = ""


@cache
def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8").strip()


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def _address(column: str, value: str) -> str:
    """Where a cell leads: its DOI, its PubMed record or its page; nothing for other columns."""
    kind = column.strip().casefold()
    if kind == "doi" and value.startswith("10."):
        return f"https://doi.org/{quote(value, safe='/:;().-_')}"
    if kind == "pmid" and value.isascii() and value.isdigit():
        return f"https://pubmed.ncbi.nlm.nih.gov/{value}/"
    if kind in {"url", "link"} and value.startswith(("http://", "https://")):
        return safe_href(value)
    return ""


def _cell(column: str, value: str) -> str:
    text = clean(value)
    address = _address(column, text)
    shown = f'<a href="{escape(address)}" rel="noreferrer">{escape(text)}</a>' if address else escape(text)
    return f'<td dir="auto">{shown}</td>'


def _table(listing: Listing, label: str) -> str:
    heads = "".join(
        f'<th scope="col" aria-sort="none"><button type="button">{escape(clean(column))}</button></th>'
        for column in listing.columns
    )
    rows = "\n".join(
        "<tr>" + "".join(_cell(column, value) for column, value in zip(listing.columns, row, strict=True)) + "</tr>"
        for row in listing.rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(label)}"><table>'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>"
    )


def _section(listing: Listing, layout: Layout) -> str:
    """One list under its box's sentence, with a search field that JavaScript unhides."""
    words = layout.words
    heading = clean(listing.heading) or content_sentence(layout.box(listing.box).content).removesuffix(".")
    anchor = f"list-{listing.box}"
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
    parts.append(f'<p class="back"><a href="#diagram">{escape(words.label("page_back"))}</a></p></div>')
    return "\n".join(parts)


def _policy(style: str, script: str) -> str:
    """Nothing may be loaded or sent, and only this file's own style and script run."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )


def _head(title: str, words: Words, style: str, script: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{words.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_policy(style, script))}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>"
    )


def write_html(layout: Layout, listings: Iterable[Listing] = (), *, title: str = "") -> str:
    """One self-contained HTML page. A box with a listing links to it; other links of the layout stay.

    Raises ValueError when a row has not as many cells as its listing has columns, KeyError for an unknown box.
    """
    lists = tuple(listings)
    words = layout.words
    style, script = _asset("page.css"), _asset("page.js")
    name = clean(title) or layout.title
    linked = {listing.box: f"#list-{listing.box}" for listing in lists}
    boxes = tuple(replace(box, href=linked.get(box.key, box.href)) for box in layout.boxes)
    picture = write_svg(replace(layout, boxes=boxes), prefix="flow-", standalone=False)
    parts = [
        _head(name, words, style, script),
        f'<body>\n<main>\n<h1 dir="auto">{escape(name)}</h1>',
        f'<figure id="diagram" tabindex="0" aria-label="{escape(layout.title)}">\n{picture}</figure>',
        f"<details><summary>{escape(words.label('page_words'))}</summary><p>{escape(describe(layout))}</p></details>",
    ]
    if lists:
        parts.append(f"<h2>{escape(words.label('page_lists'))}</h2>")
        parts.extend(_section(listing, layout) for listing in lists)
    parts.append(f"</main>\n<script>{script}</script>\n</body>\n</html>\n")
    return "\n".join(parts)
