"""Files of the formats that are only read, made of known works: one text for each record.

What is made follows each format's documentation. A test can damage one record's text, and say what
every other record has to be.
"""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from tests.helpers.old_workbook import old_workbook


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What every format can say of a record."""

    title: str
    family: str
    given: str
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeFormat:
    """How a format writes one record (of its number, from 1), and what stands around them all.

    `packed` makes the file of that text, where the format is no text.
    """

    record: Callable[[Work, int], str]
    before: str = ""
    between: str = "\n"
    after: str = "\n"
    packed: Callable[[str], bytes] = str.encode

    def file(self, texts: Sequence[str]) -> bytes:
        return self.packed(f"{self.before}{self.between.join(texts)}{self.after}")


def _lines(*lines: str) -> Callable[[Work, int], str]:
    """A record of lines in which {title}, {family}, {given}, {year} and {number} are put in."""
    return lambda work, number: "\n".join(lines).format(
        title=work.title, family=work.family, given=work.given, year=work.year, number=number
    )


def _xml(text: str) -> Callable[[Work, int], str]:
    return lambda work, number: text.format(
        title=escape(work.title), family=escape(work.family), given=escape(work.given),
        year=work.year, number=number,
    )  # fmt: skip


def _json(shape: Callable[[Work, int], object]) -> Callable[[Work, int], str]:
    return lambda work, number: json.dumps(shape(work, number), indent=1)


_PERSON = "{family}, {given}"
FORMATS: dict[str, MadeFormat] = {
    "refer": MadeFormat(
        record=_lines("%0 Journal Article", "%T {title}", f"%A {_PERSON}", "%D {year}", "%V 3"),
        between="\n\n",
    ),
    "refworks": MadeFormat(
        record=_lines("RT Journal Article", "ID {number}", "T1 {title}", f"A1 {_PERSON}", "YR {year}"),
        between="\n\n",
    ),
    "wos": MadeFormat(
        record=_lines("PT J", f"AU {_PERSON}", "TI {title}", "PY {year}", "UT WOS:{number}", "ER"),
        before="FN Clarivate Analytics Web of Science\nVR 1.0\n", between="\n\n", after="\n\nEF\n",
    ),
    "ovid": MadeFormat(
        record=_lines("<{number}>", "Unique Identifier", "  {number}", "Title", "  {title}", "Authors",
                      f"  {_PERSON}", "Year of Publication", "  {year}"),
    ),
    "ovid-tagged": MadeFormat(
        record=_lines("<{number}. >", "AN  - {number}", "TI  - {title}", f"AU  - {_PERSON}", "YR  - {year}"),
        between="\n\n",
    ),
    "noteexpress": MadeFormat(
        record=_lines("{{Reference Type}}: Journal Article", "{{Title}}: {title}",
                      f"{{{{Author}}}}: {_PERSON}", "{{Year}}: {year}"),
        between="\n\n",
    ),
    "cnki": MadeFormat(
        record=_lines("SrcDatabase-来源库: 期刊", "Title-题名: {title}", f"Author-作者: {_PERSON}",
                      "Source-文献来源: J", "Year-年: {year}"),
        between="\n\n",
    ),
    "cochrane-text": MadeFormat(
        record=_lines("Record #{number} of 9", "ID: CN-{number:08}", f"AU: {_PERSON}", "TI: {title}",
                      "SO: J", "YR: {year}"),
        between="\n\n\n",
    ),
    "proquest-text": MadeFormat(
        record=_lines("Document {number} of 9", "", "{title}", "", f"Author: {_PERSON}", "",
                      "Title: {title}", "", "Publication year: {year}", "",
                      "ProQuest document ID: {number}"),
        before="____________________________________________________________\n\n"
        "Report Information from ProQuest\n03 February 2020 10:00\n\n",
        between="\n\n____________________________________________________________\n\n",
    ),
    "pubmed-summary": MadeFormat(
        record=_lines("{number}: {family} {given[0]}. {title}. Gut. {year} Jan;12(3):4-5. PMID: 123{number}."),
        between="\n\n",
    ),
    "mods": MadeFormat(
        record=_xml("<mods><titleInfo><title>{title}</title></titleInfo><name type=\"personal\">"
                    "<namePart type=\"family\">{family}</namePart><namePart type=\"given\">{given}"
                    "</namePart></name><originInfo><dateIssued>{year}</dateIssued></originInfo></mods>"),
        before='<?xml version="1.0"?><modsCollection xmlns="http://www.loc.gov/mods/v3">\n',
        after="\n</modsCollection>",
    ),
    "endnote-xml": MadeFormat(
        record=_xml("<record><rec-number>{number}</rec-number><contributors><authors><author>"
                    "{family}, {given}</author></authors></contributors><titles><title>{title}</title>"
                    "</titles><dates><year>{year}</year></dates></record>"),
        before='<?xml version="1.0"?><xml><records>\n', after="\n</records></xml>",
    ),
    "openalex": MadeFormat(
        record=_json(lambda work, number: {
            "id": f"https://openalex.org/W{number}", "display_name": work.title, "title": work.title,
            "publication_year": work.year, "ids": {},
            "authorships": [{"author": {"display_name": f"{work.given} {work.family}"}}],
        }),
        before='{"meta": {"count": 9}, "results": [', between=",\n", after="]}",
    ),
    "crossref": MadeFormat(
        record=_json(lambda work, number: {
            "DOI": f"10.1000/{number}", "title": [work.title], "type": "journal-article",
            "author": [{"given": work.given, "family": work.family}],
            "issued": {"date-parts": [[work.year]]},
        }),
        before='{"status": "ok", "message": {"items": [', between=",\n", after="]}}",
    ),
    "zotero": MadeFormat(
        record=_json(lambda work, number: {
            "key": f"K{number}", "data": {
                "key": f"K{number}", "itemType": "journalArticle", "title": work.title,
                "date": str(work.year), "creators": [
                    {"creatorType": "author", "firstName": work.given, "lastName": work.family}]},
        }),
        before="[", between=",\n", after="]",
    ),
    "eppi": MadeFormat(
        record=_json(lambda work, number: {
            "Codes": [{"AttributeId": 2}], "ItemId": number, "Title": work.title, "Year": str(work.year),
            "ParentTitle": "J", "Authors": f"{work.family} {work.given} ; ", "ItemStatus": "I",
        }),
        before='{"CodeSets": [{"SetName": "Screen", "SetId": 1}], "References": [', between=",\n",
        after="]}",
    ),
    "lens": MadeFormat(
        record=_json(lambda work, number: {
            "lens_id": f"000-{number}", "title": work.title, "year_published": work.year,
            "authors": [{"first_name": work.given, "last_name": work.family}],
            "external_ids": [{"type": "doi", "value": f"10.1000/{number}"}],
        }),
        before='{"total": 9, "data": [', between=",\n", after="]}",
    ),
    "datacite": MadeFormat(
        record=_json(lambda work, number: {
            "id": f"10.1000/{number}", "type": "dois", "attributes": {
                "doi": f"10.1000/{number}", "titles": [{"title": work.title}],
                "publicationYear": work.year,
                "creators": [{"name": f"{work.family}, {work.given}", "nameType": "Personal"}]},
        }),
        before='{"data": [', between=",\n", after="]}",
    ),
    "semantic-scholar": MadeFormat(
        record=_json(lambda work, number: {
            "paperId": f"p{number}", "title": work.title, "year": work.year,
            "authors": [{"authorId": "1", "name": f"{work.given} {work.family}"}],
            "externalIds": {"DOI": f"10.1000/{number}"},
        }),
        before='{"total": 9, "data": [', between=",\n", after="]}",
    ),
    "ctgov": MadeFormat(
        record=_json(lambda work, number: {
            "protocolSection": {
                "identificationModule": {"nctId": f"NCT{number:08}", "briefTitle": work.title},
                "statusModule": {"studyFirstPostDateStruct": {"date": f"{work.year}-03-02"}},
                "sponsorCollaboratorsModule": {"leadSponsor": {"name": f"{work.family} Group"}}},
            "hasResults": False,
        }),
        before='{"studies": [', between=",\n", after="]}",
    ),
    "ctgov-xml": MadeFormat(
        record=_xml("<clinical_study><id_info><nct_id>NCT{number:08}</nct_id></id_info><brief_title>"
                    "{title}</brief_title><sponsors><lead_sponsor><agency>{family} Group</agency>"
                    "</lead_sponsor></sponsors><study_first_posted type=\"Actual\">March 2, {year}"
                    "</study_first_posted></clinical_study>"),
        before='<?xml version="1.0"?><search_results>\n', after="\n</search_results>",
    ),
    "ictrp": MadeFormat(
        record=_xml("<Trial><Internal_Number>{number}\n </Internal_Number><TrialID>ChiCTR{number:08}\n"
                    "</TrialID><Public_title>{title}\n </Public_title><Primary_sponsor>{family} Group\n"
                    "</Primary_sponsor><Date_registration3>{year}0302\n</Date_registration3>"
                    "<Contact_Firstname>Zoe</Contact_Firstname></Trial>"),
        before="<?xml version='1.0' encoding='UTF-8' ?>\n<Trials_downloaded_from_ICTRP>\n",
        after="\n</Trials_downloaded_from_ICTRP>",
    ),
    "isrctn": MadeFormat(
        record=_xml('<fullTrial><trial><isrctn dateAssigned="{year}-03-02T10:00:00Z">{number:08}'
                    "</isrctn><trialDescription><title>{title}</title></trialDescription></trial>"
                    '<sponsor id="s"><organisation>{family} Group</organisation></sponsor></fullTrial>'),
        before='<allTrials xmlns="http://www.67bricks.com/isrctn" totalCount="9">\n',
        after="\n</allTrials>",
    ),
    "zotero-rdf": MadeFormat(
        record=_xml("<bib:Article rdf:about=\"#{number}\"><z:itemType>journalArticle</z:itemType>"
                    "<bib:authors><rdf:Seq><rdf:li><foaf:Person><foaf:surname>{family}</foaf:surname>"
                    "<foaf:givenName>{given}</foaf:givenName></foaf:Person></rdf:li></rdf:Seq>"
                    "</bib:authors><dc:title>{title}</dc:title><dc:date>{year}</dc:date></bib:Article>"),
        before='<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:z="http://www.zotero.org/namespaces/export#" xmlns:bib="http://purl.org/net/biblio#" '
        'xmlns:foaf="http://xmlns.com/foaf/0.1/" xmlns:dc="http://purl.org/dc/elements/1.1/">\n',
        after="\n</rdf:RDF>",
    ),
    "citavi": MadeFormat(
        record=_xml("<Reference id=\"r{number}\"><ReferenceType>JournalArticle</ReferenceType>"
                    "<Title>{title}</Title><Year>{year}</Year></Reference>"
                    "<Person id=\"p{number}\"><FirstName>{given}</FirstName><LastName>{family}"
                    "</LastName></Person>"
                    "<ReferenceAuthors><OnetoN>r{number};p{number}</OnetoN></ReferenceAuthors>"),
        before='<CitaviExchangeData Version="6.8.0.0">\n', after="\n</CitaviExchangeData>",
    ),
    "csl": MadeFormat(
        record=_json(lambda work, number: {
            "id": f"k{number}", "type": "article-journal", "title": work.title,
            "author": [{"family": work.family, "given": work.given}],
            "issued": {"date-parts": [[work.year]]},
        }),
        before="[", between=",\n", after="]",
    ),
    "scopus": MadeFormat(
        record=_lines('"{family} {given[0]}.",{title},{year},J,3,2,10.1000/{number},2-s2.0-{number}'),
        before="Authors,Title,Year,Source title,Volume,Issue,DOI,EID\n",
    ),
    "lens-csv": MadeFormat(
        record=_lines("000-{number},{title},{year},journal article,J,{given} {family},10.1000/{number}"),
        before="Lens ID,Title,Publication Year,Publication Type,Source Title,Author/s,DOI\n",
    ),
    "ctgov-csv": MadeFormat(
        record=_lines("NCT{number:08},{title},https://clinicaltrials.gov/study/NCT{number:08},"
                      "{year}-03-02,{family} Group"),
        before="NCT Number,Study Title,Study URL,First Posted,Sponsor\n",
    ),
    "plain": MadeFormat(
        record=_lines(f'{{title}},"{_PERSON}",{{year}},J,10.1000/{{number}},Abs.'),
        before="title,authors,year,journal,doi,abstract\n",
    ),
    "dimensions": MadeFormat(
        record=_lines(f'{{number}},pub.{{number}},10.1000/{{number}},{{title}},J,{{year}},"{_PERSON}"'),
        before='"About the data: exported on 2026-01-01"\nRank,Publication ID,DOI,Title,'
        "Source title/Anthology title,PubYear,Authors\n",
    ),
}  # fmt: skip


def _sheet(text: str) -> bytes:
    return old_workbook(list(csv.reader(io.StringIO(text))))


_FILES = "\0"  # between the files of an archive
_KINDS = tuple(FORMATS.items())


def _export_of_its_own(work: Work, number: int) -> str:
    """One record in a file of its own; the next record's file is of another format."""
    _, made = _KINDS[(number + work.year) % len(_KINDS)]
    return made.file([made.record(work, number)]).decode()


def _archive(text: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for number, content in enumerate(text.split(_FILES), 1):
            archive.writestr(f"exports/{number}.txt", content)
    return written.getvalue()


FORMATS["wos-xls"] = MadeFormat(
    record=_lines(f'"{_PERSON}",{{title}},J,{{year}},10.1000/{{number}},WOS:{{number:015}}'),
    before="Authors,Article Title,Source Title,Publication Year,DOI,UT (Unique WOS ID)\n",
    packed=_sheet,
)
FORMATS["zip"] = MadeFormat(record=_export_of_its_own, between=_FILES, after="", packed=_archive)
