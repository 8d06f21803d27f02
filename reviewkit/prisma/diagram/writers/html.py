"""The diagram as one HTML file with the record lists behind its boxes. Pure.

The page works offline, without any request.
Without JavaScript every list is there; with it, lists sort and filter.
"""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from html import escape
from importlib.resources import files

from reviewkit.model.messages import in_language, recognise, tr
from reviewkit.prisma.diagram.listing import RecordList, address_of, list_anchor
from reviewkit.prisma.diagram.sentence import content_sentence, describe
from reviewkit.prisma.diagram.shapes import DiagramLayout
from reviewkit.prisma.diagram.wording import Words
from reviewkit.prisma.diagram.wrap import clean
from reviewkit.prisma.diagram.writers.long_lists import (
    FIRST_SHOWN,
    attributes,
    first_rows,
    is_long,
)
from reviewkit.prisma.diagram.writers.svg import write_svg

# A longer run of letters may break, so that no column is too narrow for it.
_LONGEST_WORD = 40
_BREAK_EVERY = 20


def write_html(
    layout: DiagramLayout,
    listings: Iterable[RecordList] = (),
    *,
    title: str = "",
    beside: str = "",
) -> str:
    """Return one self-contained HTML page.

    A box with a list links to it; other links of the layout stay. `beside` is the folder beside
    the page with the files of long lists; without it such a list shows its first records only.
    Raise ValueError when a row has not as many cells as its list has columns, KeyError for an
    unknown box.
    """
    with in_language(layout.words.language):
        return _page(layout, tuple(listings), title, beside)


def _page(layout: DiagramLayout, lists: tuple[RecordList, ...], title: str, beside: str) -> str:
    words = layout.words
    name = clean(title) or layout.title
    parts = [
        f'<h1 dir="auto">{escape(name)}</h1>',
        figure(layout, [listing.box for listing in lists], words),
    ]
    if lists:
        parts.append(f"<h2>{escape(words.label('page_lists'))}</h2>")
        parts.extend(list_section(listing, layout, words, beside) for listing in lists)

    return document(name, parts, language=words.language, style=picture_fonts(), loads=bool(beside))


@cache
def picture_fonts() -> str:
    """Return the style that gives a page the letters that a diagram's boxes are measured by.

    A browser uses them where the machine has neither Arial nor a font of the same widths.
    """
    fonts = files("reviewkit.prisma.diagram") / "fonts"
    faces = []
    for name, weight in (("Regular", "normal"), ("Bold", "bold")):
        content = (fonts / f"ReviewkitSans-{name}.woff2").read_bytes()
        letters = base64.b64encode(content).decode()
        faces.append(
            f"@font-face {{ font-family: 'Reviewkit Sans'; font-weight: {weight}; "
            f"src: url(data:font/woff2;base64,{letters}) format('woff2'); }}"
        )
    return "\n".join(faces)


def document(
    title: str, body: Iterable[str], *, language: str, style: str = "", loads: bool = False
) -> str:
    """Return a whole page that loads nothing:
    this module's style and script, then `style`; `body` as it is.

    With `loads` its script loads the files of long lists, from the folder beside the page.
    """
    styles, script = f"{_asset('page.css')}\n{style}".strip(), _asset("page.js")
    policy = _policy(styles, script)
    if loads:
        script = f"{script}\n{_asset('page_long.js')}"
        # A script that this one adds may run; "self" would not do, as files on disk have no origin.
        policy = _policy(styles, script, "'strict-dynamic'")
    parts = [
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(clean(title))}</title>\n<style>{styles}</style>\n</head>",
        "<body>\n<main>",
        *body,
        f"</main>\n<script>{script}</script>\n</body>\n</html>\n",
    ]

    return "\n".join(parts)


def figure(layout: DiagramLayout, linked: Iterable[str], words: Words, *, caption: str = "") -> str:
    """Return the diagram, each box named in `linked` leading to its list;
    below it the flow in words, folded.
    """
    anchors = {box: f"#{list_anchor(box)}" for box in linked}
    boxes = tuple(replace(box, href=anchors.get(box.key, box.href)) for box in layout.boxes)
    picture = write_svg(replace(layout, boxes=boxes), prefix="flow-", standalone=False)
    below = f"<figcaption>{escape(clean(caption))}</figcaption>" if caption else ""

    return (
        f'<figure id="diagram">\n{scrolling(picture, layout.title)}{below}</figure>\n'
        f"<details><summary>{escape(words.label('page_words'))}</summary>"
        f"<p>{escape(describe(layout))}</p></details>"
    )


def list_section(listing: RecordList, layout: DiagramLayout, words: Words, beside: str = "") -> str:
    """Return one list under its box's sentence, with a search field that JavaScript unhides.

    `words` are those of the page, which may be in another language than the diagram. The records
    of a long list are in the folder `beside` the page, all but the first.
    """
    heading = _list_heading(listing, layout)
    anchor = list_anchor(listing.box)
    parts = [
        f'<div class="list"{attributes(listing, beside)}>'
        f'<h3 id="{anchor}" tabindex="-1">{escape(heading)}</h3>',
    ]

    note = recognise(clean(listing.note)) or layout.box(listing.box).tooltip
    if note:
        parts.append(f'<p class="note">{escape(note)}</p>')
    if listing.rows:
        parts.append(_tools(listing, words, beside))
        parts.append(_table(listing, heading))
        if is_long(listing) and beside:
            parts.append(
                f'<p><button class="more" type="button" hidden>+ {FIRST_SHOWN}</button></p>'
            )
    else:
        parts.append(f"<p>{escape(words.label('page_none'))}</p>")

    back = escape(words.label("page_back"))
    parts.append(f'<p class="back"><a href="#diagram">{back}</a></p></div>')

    return "\n".join(parts)


def scrolling(table: str, label: str) -> str:
    """Return a table that scrolls by itself, also by keyboard,
    where the page is too narrow for it.
    """
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(label)}">{table}</div>'
    )


def link(address: str, text: str) -> str:
    """Return an HTML link to another site."""
    return f'<a href="{escape(address)}" rel="noreferrer">{breaking(text)}</a>'


def breaking(text: str) -> str:
    """Return the text as HTML, with places to break in runs of letters that no column could
    hold.
    """
    return " ".join(_breaking_word(word) for word in text.split(" "))


def _breaking_word(word: str) -> str:
    if len(word) <= _LONGEST_WORD:
        return escape(word)

    starts = range(0, len(word), _BREAK_EVERY)
    return "<wbr>".join(escape(word[start : start + _BREAK_EVERY]) for start in starts)


def _list_heading(listing: RecordList, layout: DiagramLayout) -> str:
    """Return the list's own heading, or the sentence of its box."""
    sentence = content_sentence(layout.box(listing.box).content)
    return recognise(clean(listing.heading)) or sentence.removesuffix(".")


def _tools(listing: RecordList, words: Words, beside: str) -> str:
    """Return the search field, and how many records are shown. A long list tells that in any case,
    and where the others are.
    """
    label, shown = escape(words.label("page_search")), escape(words.label("page_shown"))
    field = f'<label>{label} <input type="search" autocomplete="off"></label>'
    if not is_long(listing):
        return (
            f'<div class="tools" hidden>{field}'
            f'<output class="count" data-shown="{shown}"></output></div>'
        )

    count = shown.replace("{shown}", f"{FIRST_SHOWN}").replace("{all}", f"{len(listing.rows)}")
    if not beside:
        return f'<p class="count">{count}. {escape(words.label("page_cut"))}</p>'
    missing = escape(words.label("page_missing").replace("{folder}", beside))
    return (
        f'<div class="tools" hidden>{field}</div><output class="count" data-shown="{shown}" '
        f'data-missing="{missing}">{count}</output>'
    )


def _table(listing: RecordList, label: str) -> str:
    heads = "".join(_head(column) for column in listing.columns)
    rows = "\n".join(_row(listing.columns, row) for row in first_rows(listing))
    return scrolling(
        f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>", label
    )


def _head(column: str) -> str:
    button = f'<button type="button">{escape(tr(clean(column)))}</button>'
    return f'<th scope="col" aria-sort="none">{button}</th>'


def _row(columns: Iterable[str], values: Iterable[str]) -> str:
    cells = (_cell(column, value) for column, value in zip(columns, values, strict=True))
    return f"<tr>{''.join(cells)}</tr>"


def _cell(column: str, value: str) -> str:
    text = clean(value)
    address = address_of(column, text)
    shown = link(address, text) if address else breaking(text)
    return f'<td dir="auto">{shown}</td>'


@cache
def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8").strip()


def _policy(style: str, script: str, *more: str) -> str:
    """Return the page's security policy:
    nothing is loaded or sent, only its own style and script run.
    """
    scripts = " ".join((_hash(script), *more))
    return (
        f"default-src 'none'; style-src {_hash(style)}; font-src data:; script-src {scripts}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
