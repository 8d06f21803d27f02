"""Files of the formats that are only read, made of known works: one text for each record.

What is made follows each format's documentation. A test can damage one record's text, and say what
every other record has to be.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What every format can say of a record."""

    title: str
    family: str
    given: str
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeFormat:
    """How a format writes one record (of its number, from 1), and what stands around them all."""

    record: Callable[[Work, int], str]
    before: str = ""
    between: str = "\n"
    after: str = "\n"

    def file(self, texts: Sequence[str]) -> bytes:
        return f"{self.before}{self.between.join(texts)}{self.after}".encode()


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
    "dimensions": MadeFormat(
        record=_lines(f'{{number}},pub.{{number}},10.1000/{{number}},{{title}},J,{{year}},"{_PERSON}"'),
        before='"About the data: exported on 2026-01-01"\nRank,Publication ID,DOI,Title,'
        "Source title/Anthology title,PubYear,Authors\n",
    ),
}  # fmt: skip
