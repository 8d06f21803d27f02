"""Which layout a table has, and a guess for all others. Pure.

A layout fits where all its telling columns are in the header; upper and lower case do not matter.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from reviewkit.importers.layout_table import BLANKS, LAYOUTS, Layout
from reviewkit.importers.mapping import Field, FieldMap
from reviewkit.importers.names import order_by_initials, split_names

Split = Callable[[str], Sequence[str]]


def _list_items(value: str) -> list[str]:
    return re.split(r"[;|]", value)


# What a column may be called in a table of no exporter's, in six languages.
_WORDS: Mapping[Field, str] = {
    Field.TITLE: "title|article title|document title|titulo|título|titre|titel|primary title|ti"
    "|文献标题"
    "|título do artigo|título del artículo|题名|标题|篇名",
    Field.AUTHORS: "authors|author|author(s)|author names|autores|autor|autor(es)|auteurs|auteur"
    "|autoren|verfasser|creators|作者|au",
    Field.ABSTRACT: "abstract|summary|resumo|resumen|résumé|zusammenfassung|摘要|abstract note|ab",
    Field.JOURNAL: "journal|source title|publication title|journal title|journal name|journal/book"
    "|revista|periódico|revue|zeitschrift|刊名|期刊|periodical|source"
    "|来源出版物名称",
    Field.YEAR: "year|publication year|published year|pub year|year of publication|ano|año"
    "|ano de publicação|año de publicación|année|jahr|年|年份|py",
    Field.PUBLISHED: "date|publication date|date published|data de publicação"
    "|fecha de publicación|发表时间",
    Field.VOLUME: "volume|vol|volumen|volume number|band",
    Field.ISSUE: "issue|number|issue number|no|número|fascículo|heft",
    Field.PAGES: "pages|page|page range|páginas|paginas|seiten",
    Field.FIRST_PAGE: "start page|page start|first page|beginning page|spage",
    Field.LAST_PAGE: "end page|page end|last page|ending page|epage",
    Field.DOI: "doi|doi number|digital object identifier|do",
    Field.PMID: "pmid|pubmed id|pubmedid|medline pmid",
    Field.PMCID: "pmcid|pmc id|pmc",
    Field.ISSN: "issn|issns|eissn|print issn",
    Field.LANGUAGE: "language|languages|language(s)|idioma|langue|sprache|la",
    Field.KEYWORDS: "keywords|author keywords|keyword(s)|palavras-chave|palabras clave|mots-clés"
    "|schlagwörter|关键词|作者关键字|tags|kw",
    Field.HEADINGS: "mesh terms|mesh|descriptor(s)|descriptors|descritores|descriptores"
    "|subject headings|索引关键字",
    Field.TYPES: "type|document type|publication type|item type|reference type|tipo",
    Field.LINKS: "url|link|links|链接|fulltext url|urls|full text url",
    Field.ACCESSION: "accession number|accession|an|eid|ut",
}
# Words that also name something else: a database, the number of a row, a reviewer's own tags.
_UNSURE = frozenset({"source", "number", "no", "tags", "an"})
_LISTED = (
    Field.KEYWORDS, Field.HEADINGS, Field.TYPES, Field.ISSN, Field.LANGUAGE, Field.LINKS,
)  # fmt: skip


def layout_of(header: Sequence[str]) -> Layout | None:
    """Return the layout whose telling columns are all in the header; the one with most of them.

    Where there is none, `plain_layout`.
    """
    return exporter_layout_of(header) or plain_layout(header)


def exporter_layout_of(header: Sequence[str]) -> Layout | None:
    """Return the layout of a known exporter; None where none fits."""
    names = {name.strip().casefold() for name in header}
    fitting = [layout for layout in LAYOUTS if names.issuperset(layout.telling)]
    return max(fitting, key=lambda layout: len(layout.telling), default=None)


def plain_layout(header: Sequence[str]) -> Layout | None:
    """Return a layout for columns that say themselves what they are: title, authors, year, doi.

    None where they do not say enough: a title with authors and a date, or with a DOI or PMID.
    """
    guessed = {
        Field(what): column.strip().casefold()
        for what, column in guess_mapping(header).items()
        if _plain(column) not in _UNSURE
    }
    dated = {Field.AUTHORS} <= guessed.keys() and not guessed.keys().isdisjoint(
        {Field.YEAR, Field.PUBLISHED}
    )
    if Field.TITLE not in guessed or not (dated or guessed.keys() & {Field.DOI, Field.PMID}):
        return None

    return Layout(
        name="plain",
        telling=(),
        columns={field: (column,) for field, column in guessed.items()},
        lists=_splits(guessed),
        author=order_by_initials,
        placeholders=BLANKS,
    )


def _splits(columns: Mapping[Field, str]) -> dict[str, Split]:
    """How the lists in these columns are split: at semicolons and bars, names as names are."""
    splits: dict[str, Split] = {columns[what]: _list_items for what in _LISTED if what in columns}
    people = (Field.AUTHORS, Field.COLLECTIVE)

    return splits | {columns[what]: split_names for what in people if what in columns}


def _plain(name: str) -> str:
    """Return a column's name in lower case, with one space between its words."""
    return " ".join(name.strip().casefold().replace("_", " ").split())


def guess_mapping(header: Sequence[str]) -> dict[str, str]:
    """Return {field: column} by the columns' names alone.

    It is a guess: to be shown to a person before it is used.
    """
    names = {_plain(name): name for name in reversed(header)}
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
    columns = {Field(what): column.strip() for what, column in mapping.items()}
    tags = {field: (column,) for field, column in columns.items()}
    return FieldMap(name="mapped", tags=tags, splits=_splits(columns), author=order_by_initials)
