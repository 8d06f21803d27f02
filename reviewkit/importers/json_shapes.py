"""Whose JSON it is, by the keys of its objects, and where each shape has its fields.

Facts are from the documentation of each service and from the real answers that the tests read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviewkit.importers.layouts import guess_mapping
from reviewkit.importers.mapping import Field

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonShape:
    """One exporter's objects: the keys that show it (any of them) and the path of each field.

    A path goes through objects and lists: "primary_location.source.display_name".
    """

    name: str
    any_of: frozenset[str]
    paths: Mapping[Field, tuple[str, ...]]
    all_of: frozenset[str] = frozenset()

    def fits(self, item: Item) -> bool:
        return self.all_of <= item.keys() and not self.any_of.isdisjoint(item)


def _shape(name: str, any_of: str, /, all_of: str = "", **paths: str) -> JsonShape:
    return JsonShape(
        name=name,
        any_of=frozenset(any_of.split("|")),
        all_of=frozenset(all_of.split("|")) - {""},
        paths={Field[field]: tuple(path.split("|")) for field, path in paths.items()},
    )


SHAPES: tuple[JsonShape, ...] = (
    _shape("reviewkit", "reviewkit_key"),
    _shape(
        "openalex", "authorships|abstract_inverted_index|primary_location",
        OWN_ID="own openalex", TITLE="title|display_name", AUTHORS="authorships.author",
        JOURNAL="primary_location.source.display_name|host_venue.display_name",
        ISSN="primary_location.source.issn|host_venue.issn", YEAR="publication_year",
        PUBLISHED="publication_date", VOLUME="biblio.volume", ISSUE="biblio.issue",
        FIRST_PAGE="biblio.first_page", LAST_PAGE="biblio.last_page", DOI="doi|ids.doi",
        PMID="ids.pmid", PMCID="ids.pmcid", LANGUAGE="language", ABSTRACT="own abstract|abstract",
        KEYWORDS="keywords.display_name", HEADINGS="mesh.descriptor_name", TYPES="type",
        LINKS="primary_location.landing_page_url|open_access.oa_url",
    ),
    _shape(
        "crossref", "reference-count|is-referenced-by-count|indexed|deposited",
        all_of="DOI",
        TITLE="title", AUTHORS="author", JOURNAL="container-title",
        ABBREVIATION="short-container-title", ISSN="ISSN", YEAR="issued", PUBLISHED="published",
        ONLINE="published-online", CREATED="created", VOLUME="volume", ISSUE="issue",
        PAGES="page|article-number", DOI="DOI", LANGUAGE="language", ABSTRACT="abstract",
        KEYWORDS="subject", TYPES="type", LINKS="URL",
    ),
    _shape(
        "datacite", "attributes", all_of="type|id",
        TITLE="own title", AUTHORS="attributes.creators",
        JOURNAL="attributes.container.title|own titles.title", YEAR="attributes.publicationYear",
        CREATED="attributes.created", VOLUME="attributes.container.volume",
        ISSUE="attributes.container.issue",
        FIRST_PAGE="attributes.container.firstPage|own firstPage",
        LAST_PAGE="attributes.container.lastPage|own lastPage", DOI="attributes.doi",
        LANGUAGE="attributes.language", ABSTRACT="own abstract",
        KEYWORDS="attributes.subjects.subject", TYPES="attributes.types.resourceTypeGeneral",
        LINKS="attributes.url",
    ),
    _shape(
        "semantic-scholar", "paperId|externalIds|corpusId",
        OWN_ID="paperId|corpusId", TITLE="title", AUTHORS="authors", JOURNAL="journal.name|venue",
        YEAR="year", PUBLISHED="publicationDate", VOLUME="journal.volume", PAGES="journal.pages",
        DOI="externalIds.DOI", PMID="externalIds.PubMed", PMCID="own pmcid", ABSTRACT="abstract",
        KEYWORDS="fieldsOfStudy", TYPES="publicationTypes", LINKS="url",
    ),
    _shape(
        "zotero",
        "creators|abstractNote|publicationTitle|libraryCatalog|dateAdded|dateModified|accessDate"
        "|collections|relations|tags|version|key|itemKey|itemID|title|date|notes|attachments",
        all_of="itemType",
        LABEL="key|itemKey", TITLE="title|nameOfAct|caseName", AUTHORS="creators",
        JOURNAL="publicationTitle|bookTitle|proceedingsTitle|encyclopediaTitle|websiteTitle"
        "|blogTitle|repository",
        ABBREVIATION="journalAbbreviation", ISSN="ISSN", YEAR="date", VOLUME="volume",
        ISSUE="issue|number", PAGES="pages", DOI="DOI", PMID="own pmid", PMCID="own pmcid",
        LANGUAGE="language", ABSTRACT="abstractNote", KEYWORDS="tags.tag|tags", TYPES="itemType",
        LINKS="url",
    ),
    _shape(
        "eppi", "ItemId|ParentTitle|OldItemId|QuickCitation|ShortTitle|ItemStatus", all_of="Title",
        LABEL="ItemId", TITLE="Title", AUTHORS="own authors", JOURNAL="ParentTitle", YEAR="Year",
        ISSN="StandardNumber", VOLUME="Volume", ISSUE="Issue", PAGES="Pages", DOI="DOI",
        ABSTRACT="Abstract", KEYWORDS="own keywords", TYPES="TypeName", LINKS="URL",
    ),
    _shape(
        "ctgov", "protocolSection",
        OWN_ID="registration_number", ACCESSION="registration_number",
        TITLE="official_title|brief_title", COLLECTIVE="own groups",
        PUBLISHED="own posted", ABSTRACT="brief_summary", KEYWORDS="own topics",
        TYPES="study_type", LINKS="own url", RELATIONS="related_article",
    ),
    _shape(
        "lens", "lens_id",
        OWN_ID="lens_id", TITLE="title", AUTHORS="authors", JOURNAL="source.title",
        ISSN="own issn", YEAR="year_published", PUBLISHED="date_published", VOLUME="volume",
        ISSUE="issue", FIRST_PAGE="start_page", LAST_PAGE="end_page", DOI="own doi",
        PMID="own pmid", PMCID="own pmcid", LANGUAGE="languages", ABSTRACT="abstract",
        KEYWORDS="keywords", HEADINGS="mesh_terms.mesh_heading", TYPES="publication_type",
        LINKS="source_urls.url",
    ),
)  # fmt: skip
# The types of CSL 1.0.2; "article" and the like are used by other shapes too.
_CSL_NAMES = (
    "article-journal article-magazine article-newspaper bill broadcast chapter collection dataset "
    "document entry entry-dictionary entry-encyclopedia figure graphic hearing interview "
    "legal_case legislation manuscript map motion_picture musical_score pamphlet paper-conference "
    "patent performance periodical personal_communication post post-weblog regulation report "
    "review-book software song speech standard thesis treaty webpage article book review"
)
_CSL_TYPES = frozenset(_CSL_NAMES.split())
_FOREIGN = frozenset(["authors", "year", "doi", "journal", "pmid"])  # what CSL calls otherwise


def shape_named(name: str) -> JsonShape:
    """Return the shape with that name. Raises LookupError for an unknown one."""
    for shape in SHAPES:
        if shape.name == name:
            return shape
    raise LookupError(name)


def shape_of(item: Item) -> JsonShape | None:
    """Return the shape of an object of records; None where its keys are of none."""
    for shape in SHAPES:
        if shape.fits(item):
            return shape
    return _plain_shape(item)


def unwrapped(item: Item) -> Item:
    """Return the fields of an item; those of Zotero's API are in `data`.

    DataCite's own JSON is what its API has in `attributes`.
    """
    data = item.get("data")
    if isinstance(data, Mapping) and "itemType" in data:
        return {"key": item.get("key"), **data}
    if {"creators", "titles", "types"} <= item.keys():
        return {"id": item.get("id"), "type": "dois", "attributes": item}

    return item


def json_name(item: Item) -> str:
    """Return the name of an object's shape: CSL-JSON where it is that, or of none."""
    item = unwrapped(item)
    shape = shape_of(item)
    if shape is None or (shape.name == "plain" and is_csl(item)):
        return "csl-json"
    return shape.name


def is_csl(item: Item) -> bool:
    """Return whether the object is CSL-JSON: by its type, or a title without keys of others."""
    custom = item.get("custom")
    if isinstance(custom, Mapping) and "reviewkit" in custom:
        return True
    if _FOREIGN & item.keys():
        return False
    return str(item.get("type")) in _CSL_TYPES or "title" in item


def _plain_shape(item: Item) -> JsonShape | None:
    """Return a shape for keys that say themselves what they are: title, authors, year, doi."""
    guessed = guess_mapping(list(item))
    if "title" not in guessed or not {"authors", "year", "doi", "pmid"} & guessed.keys():
        return None
    paths = {Field(name): (key,) for name, key in guessed.items()}
    return JsonShape(name="plain", any_of=frozenset(item), paths=paths)
