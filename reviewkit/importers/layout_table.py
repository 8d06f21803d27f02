"""The column layouts of tables that databases and tools export, as data.

A layout fits where all its telling columns are in the header; upper and lower case do not matter.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reviewkit.importers.mapping import Field, Hint
from reviewkit.importers.names import SUFFIXES, family_first, is_group, split_names, tidy
from reviewkit.importers.normalise import items_of_cell

Split = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One exporter's columns: those that show it, and each field's columns, best first."""

    name: str
    telling: tuple[str, ...]
    columns: Mapping[Field, tuple[str, ...]]
    lists: Mapping[str, Split]
    author: Callable[[str], str] = tidy
    hints: tuple[Hint, ...] = ()
    placeholders: frozenset[str] = frozenset()
    marks_groups: bool = False


def _at(separator: str) -> Split:
    return lambda value: value.split(separator)


def _list_items(value: str) -> list[str]:
    return re.split(r"[;|]", value)


def _embase_terms(value: str) -> list[str]:
    """Return what is between semicolons, or commas without a blank; "1,2-propanediol" is one."""
    return value.split(";") if ";" in value else re.split(r",(?=[^\s\d])", value)


def _medline_names(value: str) -> list[str]:
    return [name for part in value.rstrip(". ").split(",") if (name := part.strip())]


def _run_together(value: str) -> list[str]:
    """Return the names that Springer writes without any sign between: "A. AlphaB. Beta"."""
    return _JOINT.sub("\n", value).split("\n")


def _scopus_names(value: str) -> list[str]:
    """Return the names between semicolons, or between the commas of old exports: "Alpha A., Jr"."""
    if ";" in value or _INITIALS_TWICE.match(value):
        return [_INITIALS_TWICE.sub("", name.strip()) for name in value.split(";")]
    if is_group(value.replace(",", "")) and not _INITIAL.search(value):
        return [value]

    names: list[str] = []
    for part in filter(None, map(str.strip, value.split(","))):
        if names and part.casefold() in SUFFIXES:
            names[-1] += f", {part}"
        else:
            names.append(part)
    return names


_INITIAL = re.compile(r"\b[A-Z]\.")
_INITIALS_TWICE = re.compile(r"^(?:[^\W\d_a-z]\.[ -]?)+, (?=[^,]+, )")  # "A., Alpha, Beta", 2024
# A capital after a small letter, but for the prefixes of names: McNamara, DeLuca.
_JOINT = re.compile(
    r"(?<=[a-zà-öø-ÿ)])(?<!\bMc)(?<!\bMac)(?<!\bDe)(?<!\bDi)(?<!\bLa)(?<!\bLe)(?<!\bVan)"
    r"(?=[A-ZÀ-ÖØ-Þ])"
)


# Exporters that write the given name first.
_AUTHOR_ORDER = dict.fromkeys(
    ("ieee", "openalex", "lens", "springer", "publish-or-perish"), family_first
)
BLANKS = frozenset({"NA"})  # R writes it for nothing
_PLACEHOLDERS = {
    "openalex": {"None", "nan"},
    "scopus": {"[No author name available]", "[No title available]"},
}


def _layout(name: str, telling: str, lists: Mapping[str, Split], /, **columns: str) -> Layout:
    """Return a layout from texts: bars separate columns; a list's column is in lower case."""
    return Layout(
        name=name,
        telling=tuple(telling.split("|")),
        columns={Field[key]: tuple(value.split("|")) for key, value in columns.items()},
        lists=lists,
        author=_AUTHOR_ORDER.get(name, tidy),
        hints=_HINTS.get(name, ()),
        placeholders=frozenset()
        if name == "reviewkit"
        else BLANKS | _PLACEHOLDERS.get(name, set()),
        marks_groups=name == "reviewkit",
    )


# Within PubMed's citation: "Gut. 2019 Jul 3;12(4):5-9."
_DAY = re.compile(r"\. (\d{4}(?: [A-Z][a-z]{2}(?: \d{1,2})?)?)[;:.]")
_VOLUME = re.compile(r"\d{4}[^;.]{0,80};(\w{1,40})(?:\(|:)")
_ISSUE = re.compile(r"\d{4}[^;.]{0,80};\w{0,40}\(([^()]{1,80})\)")
_PAGES = re.compile(r"\d{4}[^;:.]{0,80}(?:;[^:.]{0,80})?:(\w[\w-]{0,40})\.")
_HINTS = {
    "pubmed": (
        Hint("citation", _DAY, Field.PUBLISHED),
        Hint("citation", _VOLUME, Field.VOLUME),
        Hint("citation", _ISSUE, Field.ISSUE),
        Hint("citation", _PAGES, Field.PAGES),
    ),
    "pubmed-2019": (
        Hint("shortdetails", re.compile(r"^(.{1,300}?)\.\s+\d{4}"), Field.JOURNAL),
        Hint("details", _DAY, Field.PUBLISHED),
        Hint("details", _VOLUME, Field.VOLUME),
        Hint("details", _ISSUE, Field.ISSUE),
        Hint("details", _PAGES, Field.PAGES),
        Hint("details", re.compile(r"\bdoi: *(10\.\d{4,9}/\S*[^\s.])"), Field.DOI),
        Hint("properties", re.compile(r"create date: *(\d{4}/\d\d/\d\d)"), Field.CREATED),
    ),
    "zotero": (
        Hint("extra", re.compile(r"\bDOI: *(10\.\d{4,9}/\S+)"), Field.DOI),
        Hint("extra", re.compile(r"\bPMID: *(\d{1,8})\b"), Field.PMID),
        Hint("extra", re.compile(r"\bPMCID: *(PMC\d+)\b"), Field.PMCID),
    ),
    "bvs": (Hint("source", re.compile(r";[^:;]*: ([\w-]+), "), Field.PAGES),),
    "openalex": (Hint("id", re.compile(r"openalex\.org/(W\d+)"), Field.OWN_ID),),
    "ieee": (Hint("pdf link", re.compile(r"arnumber=(\d+)"), Field.ACCESSION),),
}
_SEMI = _at(";")
_WOS_LISTS = dict.fromkeys(("au", "af", "ca", "de", "id", "wc", "dt"), _SEMI)

LAYOUTS: tuple[Layout, ...] = (
    _layout(
        "reviewkit",
        "reviewkit_key|title|authors",
        dict.fromkeys(
            (
                "authors", "collective_authors", "issns", "languages", "headings", "keywords",
                "types", "links",
                "relations",
            ),
            items_of_cell,
        ),
        OWN_ID="reviewkit_key", TITLE="title", ORIGINAL_TITLE="original_title", AUTHORS="authors",
        COLLECTIVE="collective_authors", JOURNAL="journal", ABBREVIATION="journal_abbreviation",
        ISSN="issns",
        YEAR="year", PUBLISHED="published", ONLINE="published_online", CREATED="created",
        VOLUME="volume",
        ISSUE="issue", PAGES="pages", DOI="doi", PMID="pmid", PMCID="pmcid", ACCESSION="accession",
        LANGUAGE="languages", ABSTRACT="abstract", HEADINGS="headings", KEYWORDS="keywords",
        TYPES="types",
        LINKS="links", RELATIONS="relations",
    ),
    _layout(
        "pubmed", "pmid|title|citation|journal/book", {"authors": _medline_names},
        PMID="pmid", TITLE="title", AUTHORS="authors", JOURNAL="journal/book", PMCID="pmcid",
        YEAR="publication year", CREATED="create date", DOI="doi",
    ),
    _layout(  # before 2020; with the citation's own words
        "pubmed-2019", "title|description|details|shortdetails|entrezuid",
        {"description": _medline_names},
        PMID="entrezuid", TITLE="title", AUTHORS="description",
    ),
    _layout(
        "cochrane", "author(s)|title|source|cochrane review group code", {"author(s)": _SEMI,
        "keywords": _SEMI},
        ACCESSION="central id|cochrane review id", TITLE="title", AUTHORS="author(s)",
        JOURNAL="source", YEAR="year",
        VOLUME="volume", ISSUE="issue", PAGES="pages", DOI="doi", PMID="pubmed id",
        ABSTRACT="abstract", KEYWORDS="keywords", TYPES="publication type", LINKS="url",
    ),
    _layout(
        "openalex", "id|display_name|authorships.author.display_name",
        dict.fromkeys(
            ("authorships.author.display_name", "primary_location.source.issn",
            "keywords.display_name"), _at("|")
        ),
        TITLE="title|display_name", AUTHORS="authorships.author.display_name",
        JOURNAL="primary_location.source.display_name", ISSN="primary_location.source.issn",
        YEAR="publication_year", PUBLISHED="publication_date", VOLUME="biblio.volume",
        ISSUE="biblio.issue", FIRST_PAGE="biblio.first_page", LAST_PAGE="biblio.last_page",
        DOI="doi|ids.doi", PMID="ids.pmid", PMCID="ids.pmcid", LANGUAGE="language",
        ABSTRACT="abstract", KEYWORDS="keywords.display_name", TYPES="type",
        LINKS="primary_location.landing_page_url|open_access.oa_url",
    ),
    _layout(
        "bvs", "id|title|authors|source|descriptor(s)|database",
        {"authors": _SEMI, "descriptor(s)": _SEMI, "keyword(s)": _SEMI, "language": _SEMI},
        OWN_ID="id", TITLE="title", AUTHORS="authors", JOURNAL="journal", ISSN="issn",
        YEAR="publication year", CREATED="entry date", VOLUME="volume number",
        ISSUE="issue number", DOI="doi", PMCID="pmcid", LANGUAGE="language", ABSTRACT="abstract",
        HEADINGS="descriptor(s)", KEYWORDS="keyword(s)", TYPES="type", LINKS="fulltext url",
    ),
    _layout(
        "scielo", "id|title|author(s)|source|language(s)", {"author(s)": _SEMI,
        "language(s)": split_names},
        OWN_ID="id", TITLE="title", AUTHORS="author(s)", JOURNAL="journal", ISSN="issn",
        YEAR="publication year", LANGUAGE="language(s)", DOI="doi", LINKS="fulltext url",
        ABSTRACT="abstract", VOLUME="volume", ISSUE="issue",
    ),
    _layout(
        "ieee", "document title|authors|publication title|publication year",
        dict.fromkeys(("authors", "author keywords", "mesh_terms", "mesh terms", "issn"), _SEMI),
        TITLE="document title", AUTHORS="authors", JOURNAL="publication title", ISSN="issn",
        YEAR="publication year",
        PUBLISHED="issue date", ONLINE="online date", CREATED="date added to xplore",
        VOLUME="volume", ISSUE="issue",
        FIRST_PAGE="start page", LAST_PAGE="end page", DOI="doi", ABSTRACT="abstract",
        KEYWORDS="author keywords",
        HEADINGS="mesh_terms|mesh terms", TYPES="document identifier", LINKS="pdf link",
    ),
    _layout(
        "refworks", "reference type|authors, primary|title primary",
        {"authors, primary": _SEMI, "keywords": _SEMI},
        TITLE="title primary", ORIGINAL_TITLE="original foreign title", AUTHORS="authors, primary",
        JOURNAL="periodical full", ABBREVIATION="periodical abbrev", ISSN="issn/isbn",
        YEAR="pub year",
        VOLUME="volume", ISSUE="issue", FIRST_PAGE="start page", LAST_PAGE="other pages",
        DOI="doi", PMID="pmid",
        PMCID="pmcid", ACCESSION="accession number", LANGUAGE="language", ABSTRACT="abstract",
        KEYWORDS="keywords",
        TYPES="reference type", LINKS="url|links",
    ),
    _layout(
        "scopus", "authors|title|source title|eid",
        dict.fromkeys(("author keywords", "index keywords", "issn"),
        _SEMI) | {"authors": _scopus_names},
        ACCESSION="eid", TITLE="title", AUTHORS="authors", JOURNAL="source title",
        ABBREVIATION="abbreviated source title", ISSN="issn", YEAR="year", VOLUME="volume",
        ISSUE="issue",
        FIRST_PAGE="page start|art. no.", LAST_PAGE="page end", DOI="doi", PMID="pubmed id",
        LANGUAGE="language of original document", ABSTRACT="abstract", KEYWORDS="author keywords",
        HEADINGS="index keywords", TYPES="document type", LINKS="link",
    ),
    *(
        _layout(
            "wos", f"article title|source title|{number}",
            dict.fromkeys(("authors", "group authors", "author keywords", "document type",
            "keywords plus"), _SEMI),
            ACCESSION=number, TITLE="article title", AUTHORS="authors", COLLECTIVE="group authors",
            JOURNAL="source title", ABBREVIATION="journal iso abbreviation|journal abbreviation",
            ISSN="issn|eissn", YEAR="publication year", PUBLISHED="publication date",
            ONLINE="early access date", VOLUME="volume", ISSUE="issue", PAGES="article number",
            FIRST_PAGE="start page", LAST_PAGE="end page", DOI="doi", PMID="pubmed id",
            LANGUAGE="language", ABSTRACT="abstract", KEYWORDS="author keywords",
            HEADINGS="keywords plus", TYPES="document type",
        )
        for number in ("ut (unique wos id)", "ut (unique id)")  # the second: of all databases
    ),
    _layout(
        "wos-tab", "pt|au|ti|so|ut", _WOS_LISTS,
        ACCESSION="ut", TITLE="ti", AUTHORS="au", COLLECTIVE="ca", JOURNAL="so",
        ABBREVIATION="ji|j9", ISSN="sn|ei",
        YEAR="py", PUBLISHED="pd", ONLINE="ea", VOLUME="vl", ISSUE="is", PAGES="ar",
        FIRST_PAGE="bp", LAST_PAGE="ep",
        DOI="di", PMID="pm", LANGUAGE="la", ABSTRACT="ab", KEYWORDS="de", HEADINGS="id", TYPES="dt",
    ),
    _layout(
        "embase", "title|author names|source title|publication year",
        dict.fromkeys(("emtree medical index terms", "emtree drug index terms"), _SEMI)
        | {"author names": split_names, "author keywords": _embase_terms},
        ACCESSION="embase accession id|pui", TITLE="title",
        ORIGINAL_TITLE="original non-english title", AUTHORS="author names",
        JOURNAL="source title", ISSN="issn|electronic issn", YEAR="publication year",
        PUBLISHED="date of publication", CREATED="full record entry date", VOLUME="volume",
        ISSUE="issue",
        FIRST_PAGE="first page", LAST_PAGE="last page", DOI="doi", PMID="medline pmid",
        LANGUAGE="article language",
        ABSTRACT="abstract", KEYWORDS="author keywords",
        HEADINGS="emtree medical index terms|emtree drug index terms", TYPES="publication type",
        LINKS="full text link|embase link",
    ),
    _layout(
        "covidence", "title|authors|covidence #|published year", {"authors": split_names},
        LABEL="covidence #", TITLE="title", AUTHORS="authors", JOURNAL="journal",
        YEAR="published year",
        PUBLISHED="published month", VOLUME="volume", ISSUE="issue", PAGES="pages", DOI="doi",
        ACCESSION="accession number", ABSTRACT="abstract",
    ),
    _layout(
        "rayyan", "key|title|authors|journal|issn|notes", {"authors": split_names,
        "keywords": _SEMI},
        LABEL="key", TITLE="title", AUTHORS="authors", JOURNAL="journal", ISSN="issn",
        YEAR="year", VOLUME="volume",
        ISSUE="issue", PAGES="pages", DOI="doi", PMID="pubmed_id", PMCID="pmc_id",
        LANGUAGE="language",
        ABSTRACT="abstract", KEYWORDS="keywords", LINKS="url",
    ),
    _layout(
        "lens", "lens id|title|author/s|source title",
        {"author/s": _SEMI, "keywords": _SEMI, "mesh terms": _SEMI, "issns": _SEMI,
        "source urls": _at(" ")},
        OWN_ID="lens id", TITLE="title", AUTHORS="author/s", JOURNAL="source title", ISSN="issns",
        YEAR="publication year", PUBLISHED="date published", VOLUME="volume", ISSUE="issue number",
        FIRST_PAGE="start page", LAST_PAGE="end page", DOI="doi", PMID="pmid", PMCID="pmcid",
        ABSTRACT="abstract",
        KEYWORDS="keywords", HEADINGS="mesh terms", TYPES="publication type",
        LINKS="external url|source urls",
    ),
    _layout(
        "zotero", "key|item type|author|title|publication title", {"author": _SEMI,
        "manual tags": _SEMI},
        LABEL="key", TITLE="title", AUTHORS="author", JOURNAL="publication title",
        ABBREVIATION="journal abbreviation", ISSN="issn", YEAR="publication year",
        PUBLISHED="date", VOLUME="volume",
        ISSUE="issue", PAGES="pages", DOI="doi", LANGUAGE="language", ABSTRACT="abstract note",
        KEYWORDS="manual tags", TYPES="item type", LINKS="url",
    ),
    *(
        _layout(
            "asreview", f"title|{telling}", {"authors": split_names, "keywords": _list_items},
            TITLE="title|primary_title", AUTHORS="authors|author names|first_authors",
            JOURNAL="journal|secondary_title",
            YEAR="year|publication_year|date", VOLUME="volume", ISSUE="issue|number", PAGES="pages",
            FIRST_PAGE="start_page", LAST_PAGE="end_page", DOI="doi", PMID="pmid|pubmed_id",
            ABSTRACT="abstract|notes_abstract", KEYWORDS="keywords", LINKS="url|urls",
            ACCESSION="accession_number",
            LANGUAGE="language", ISSN="issn",
        )
        for telling in ("asreview_label", "label_included", "included", "asreview_ranking",
        "asreview_prior")
    ),
    _layout(
        "dimensions", "publication id|title|pubyear|authors",
        {"authors": _SEMI, "mesh terms": _SEMI},
        OWN_ID="publication id", TITLE="title", AUTHORS="authors",
        JOURNAL="source title/anthology title|source title|anthology title", YEAR="pubyear",
        PUBLISHED="publication date", ONLINE="publication date (online)", VOLUME="volume",
        ISSUE="issue", PAGES="pagination", DOI="doi", PMID="pmid", PMCID="pmcid",
        ABSTRACT="abstract", HEADINGS="mesh terms",
        TYPES="publication type", LINKS="dimensions url|source linkout", ISSN="issn",
    ),
    _layout(
        "springer", "item title|item doi|publication title|content type",
        {"authors": _run_together},
        TITLE="item title", AUTHORS="authors", JOURNAL="publication title",
        YEAR="publication year", VOLUME="journal volume", ISSUE="journal issue", DOI="item doi",
        TYPES="content type", LINKS="url",
    ),
    _layout(
        "publish-or-perish", "cites|authors|title|year|source|publisher",
        {"authors": split_names},
        TITLE="title", AUTHORS="authors", JOURNAL="source", YEAR="year", VOLUME="volume",
        ISSUE="issue", FIRST_PAGE="startpage", LAST_PAGE="endpage", DOI="doi", ISSN="issn",
        ABSTRACT="abstract", TYPES="type", LINKS="articleurl|fulltexturl",
    ),
    *(
        _layout(
            "ctgov", f"nct number|{telling}",
            dict.fromkeys(("conditions", "sponsor/collaborators"), _at("|")),
            OWN_ID="nct number", ACCESSION="nct number", TITLE="study title|title",
            COLLECTIVE="sponsor|sponsor/collaborators", ABSTRACT="brief summary",
            PUBLISHED="first posted", KEYWORDS="conditions", TYPES="study type",
            LINKS="study url|url",
        )
        for telling in ("study title|study url", "title|study results|url")  # since 2023, before
    ),
    _layout(
        "cnki", "title-题名|author-作者", {"author-作者": _SEMI, "keyword-关键词": _SEMI},
        TITLE="title-题名", AUTHORS="author-作者", JOURNAL="source-文献来源|source-刊名",
        YEAR="year-年", PUBLISHED="pubtime-发表时间", VOLUME="volume-卷", ISSUE="period-期",
        PAGES="pagecount-页码|page-页码", DOI="doi-doi", ISSN="issn-国际标准刊号",
        ABSTRACT="summary-摘要", KEYWORDS="keyword-关键词", TYPES="srcdatabase-来源库",
        LINKS="url-网址",
    ),
    _layout(
        "proquest", "title|authors|pubtitle|storeid",
        {"authors": _SEMI, "subjectterms": _SEMI, "subjects": _SEMI},
        OWN_ID="storeid", ACCESSION="accessionnumber", TITLE="title",
        ORIGINAL_TITLE="alternatetitle|originaltitle", AUTHORS="authors", JOURNAL="pubtitle",
        YEAR="year", PUBLISHED="pubdate", VOLUME="vol|volume", ISSUE="issue", PAGES="pages",
        FIRST_PAGE="startpage", DOI="digitalobjectidentifier|doi", ISSN="issn",
        LANGUAGE="language", ABSTRACT="abstract", HEADINGS="subjectterms|subjects",
        TYPES="documenttype|articletype", LINKS="documenturl",
    ),
    _layout(
        "ebsco", "article title|author|journal title|plink",
        {"author": _SEMI, "subjects": _SEMI, "keywords": _SEMI},
        ACCESSION="accession number", TITLE="article title", AUTHORS="author",
        JOURNAL="journal title", ISSN="issn", PUBLISHED="publication date", VOLUME="volume",
        ISSUE="issue", FIRST_PAGE="first page", DOI="doi", ABSTRACT="abstract",
        HEADINGS="subjects", KEYWORDS="keywords", TYPES="doctype", LINKS="plink",
    ),
    _layout(
        "ebsco", "title|contributors|publicationdate|plink",
        {"contributors": _SEMI, "subjects": _SEMI},
        ACCESSION="an", TITLE="title", AUTHORS="contributors", JOURNAL="source", ISSN="issns",
        PUBLISHED="publicationdate", VOLUME="volume", ISSUE="issue", FIRST_PAGE="pagestart",
        LAST_PAGE="pageend", DOI="doi", ABSTRACT="abstract", HEADINGS="subjects",
        LANGUAGE="language", TYPES="doctypes|pubtypes", LINKS="plink",
    ),
)  # fmt: skip
