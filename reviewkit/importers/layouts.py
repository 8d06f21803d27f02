"""Which layout a table has, and a guess for all others. Pure.

A layout fits where all its telling columns are in the header; upper and lower case do not matter.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from reviewkit.importers.layout_table import LAYOUTS, Layout
from reviewkit.importers.mapping import Field, FieldMap
from reviewkit.importers.names import family_first, split_names

Split = Callable[[str], Sequence[str]]


def _list_items(value: str) -> list[str]:
    return re.split(r"[;|]", value)


# What a column may be called when no layout fits; for the guess only, which a person confirms.
_WORDS: Mapping[Field, str] = {
    Field.TITLE: "title|article title|document title|titulo|título|titre|titel|primary title|ti",
    Field.AUTHORS: "authors|author|author(s)|author names|autores|autor|autor(es)|auteurs|creators"
    "|au",
    Field.ABSTRACT: "abstract|summary|resumo|resumen|abstract note|ab",
    Field.JOURNAL: "journal|source title|publication title|journal title|journal/book|revista"
    "|periodical|source",
    Field.YEAR: "year|publication year|published year|pub year|ano|año|ano de publicação"
    "|año de publicación|py",
    Field.PUBLISHED: "date|publication date|date published|data de publicação|fecha de publicación",
    Field.VOLUME: "volume|vol|volumen|volume number",
    Field.ISSUE: "issue|number|issue number|no|número|fascículo",
    Field.PAGES: "pages|page|page range|páginas|paginas",
    Field.FIRST_PAGE: "start page|page start|first page|spage",
    Field.LAST_PAGE: "end page|page end|last page|epage",
    Field.DOI: "doi|doi number|digital object identifier|do",
    Field.PMID: "pmid|pubmed id|pubmed_id|pubmedid|medline pmid",
    Field.PMCID: "pmcid|pmc id|pmc_id|pmc",
    Field.ISSN: "issn|issns|eissn|print issn",
    Field.LANGUAGE: "language|languages|language(s)|idioma|la",
    Field.KEYWORDS: "keywords|author keywords|keyword(s)|palavras-chave|palabras clave|tags|kw",
    Field.HEADINGS: "mesh terms|mesh|descriptor(s)|descriptors|descritores|descriptores"
    "|subject headings",
    Field.TYPES: "type|document type|publication type|item type|reference type|tipo",
    Field.LINKS: "url|link|links|fulltext url|urls|full text url",
    Field.ACCESSION: "accession number|accession|an|eid|ut",
}


def layout_of(header: Sequence[str]) -> Layout | None:
    """Return the layout whose telling columns are all in the header; the one with most of them."""
    names = {name.strip().casefold() for name in header}
    fitting = [layout for layout in LAYOUTS if names.issuperset(layout.telling)]
    return max(fitting, key=lambda layout: len(layout.telling), default=None)


def guess_mapping(header: Sequence[str]) -> dict[str, str]:
    """Return {field: column} by the columns' names alone.

    It is a guess: to be shown to a person before it is used.
    """
    names = {
        " ".join(name.strip().casefold().replace("_", " ").split()): name
        for name in reversed(header)
    }
    guessed: dict[str, str] = {}
    for what, words in _WORDS.items():
        column = next((names[word] for word in words.split("|") if word in names), None)
        if column is not None and column not in guessed.values():
            guessed[what.value] = column

    return guessed


def field_map_of(layout: Layout, header: Sequence[str]) -> FieldMap:
    """Return the layout as a field map of this very header: each column by the name it has here."""
    here = {name.strip().casefold(): name.strip() for name in reversed(header)}
    tags: dict[Field, tuple[str, ...]] = {}
    for field, columns in layout.columns.items():
        present = tuple(here[column] for column in columns if column in here)
        if present:
            tags[field] = present

    return FieldMap(
        name=layout.name,
        tags=tags,
        splits={here[column]: split for column, split in layout.lists.items() if column in here},
        author=layout.author,
        hints=tuple(hint._replace(tag=here[hint.tag]) for hint in layout.hints if hint.tag in here),
        placeholders=layout.placeholders,
        marks_groups=layout.marks_groups,
    )


def field_map_from_columns(mapping: Mapping[str, str]) -> FieldMap:
    """Return a field map of columns that a person named.

    Lists are split at semicolons and bars, names as `split_names` does.
    """
    tags = {Field(what): (column.strip(),) for what, column in mapping.items()}
    listed = (Field.KEYWORDS, Field.HEADINGS, Field.TYPES, Field.ISSN, Field.LANGUAGE, Field.LINKS)
    splits: dict[str, Split] = {tags[what][0]: _list_items for what in listed if what in tags}
    splits |= {
        tags[what][0]: split_names for what in (Field.AUTHORS, Field.COLLECTIVE) if what in tags
    }
    return FieldMap(name="mapped", tags=tags, splits=splits, author=family_first)
