"""What real exports of public projects hold, made small: each one was read wrongly once."""

import io
import json
import zipfile
from typing import Any

import pytest

from reviewkit.exports.ris import reference_type
from reviewkit.exports.write import write_records
from reviewkit.importers import ParsedFile, read_file
from reviewkit.importers.plausible import plausible_records
from reviewkit.model.errors import UsageError
from reviewkit.model.records import Record


def read(content: str | bytes) -> tuple[list[Record], ParsedFile]:
    data = content if isinstance(content, bytes) else content.encode()
    parsed = read_file(io.BytesIO(data), source="x")
    return list(parsed.records), parsed


CITAVI = """\ufeff<?xml version="1.0" encoding="utf-8"?>
<CitaviExchangeData Version="6.8.0.0">
  <Keywords><Keyword id="k1"><Name>dysbiosis</Name></Keyword></Keywords>
  <Periodicals><Periodical id="j1"><ISSN>0017-5749</ISSN><Name>Gut</Name>
    <StandardAbbreviation>Gt.</StandardAbbreviation></Periodical></Periodicals>
  <Persons>
    <Person id="p1"><FirstName>Ana</FirstName><LastName>Silva</LastName><MiddleName>B.</MiddleName></Person>
    <Person id="p2"><LastName>World Health Organization</LastName></Person>
    <Person id="p3"><FirstName>Eva</FirstName><LastName>Lima</LastName></Person>
  </Persons>
  <Publishers><Publisher id="u1"><Name>Press</Name></Publisher></Publishers>
  <SeriesTitles><SeriesTitle id="s1"><Name>Notes</Name></SeriesTitle></SeriesTitles>
  <References>
    <Reference id="r1"><PeriodicalID>j1</PeriodicalID><CreatedBy>_Somebody</CreatedBy>
      <AbstractFormatted>{\\rtf1 Abs.}</AbstractFormatted><Abstract>Abs.</Abstract>
      <DOI>10.1000/a</DOI><Number>2</Number><PageRange>&lt;sp&gt;
  &lt;n&gt;24&lt;/n&gt;
  &lt;os&gt;24&lt;/os&gt;
&lt;/sp&gt;
&lt;os&gt;24-31&lt;/os&gt;</PageRange><PMCID>PMC7</PMCID><PubMedID>12345678</PubMedID>
      <ReferenceType>JournalArticle</ReferenceType><Subtitle>A trial</Subtitle><Title>Gut and ALS</Title>
      <Volume>3</Volume><Year>2020</Year></Reference>
    <Reference id="r2"><ReferenceType>BookEdited</ReferenceType><Title>The book</Title><SeriesTitleID>s1</SeriesTitleID>
      <PlaceOfPublication>Berlin</PlaceOfPublication><DateForSorting>2019-01-01T00:00:00</DateForSorting></Reference>
    <Reference id="r3"><ReferenceType>Contribution</ReferenceType><Title>A chapter</Title><Year>2019</Year></Reference>
  </References>
  <ReferenceAuthors><OnetoN>r1;p1</OnetoN><OnetoN>r3;p1</OnetoN></ReferenceAuthors>
  <ReferenceEditors><OnetoN>r2;p3</OnetoN></ReferenceEditors>
  <ReferenceOrganizations><OnetoN>r1;p2</OnetoN></ReferenceOrganizations>
  <ReferencePublishers><OnetoN>r2;u1</OnetoN></ReferencePublishers>
  <ReferenceKeywords><OnetoN>r1;k1</OnetoN></ReferenceKeywords>
  <ReferenceReferences><OnetoN>r2;r3</OnetoN></ReferenceReferences>
</CitaviExchangeData>
"""


@pytest.mark.parametrize("packed", [False, True])
def test_a_citavi_project_and_its_backup(packed: bool) -> None:
    """A backup (.ctv6bak) is a packed project."""
    data = CITAVI.encode()
    if packed:
        backup = io.BytesIO()
        with zipfile.ZipFile(backup, "w") as archive:
            archive.writestr("Project.ctv6", data)
        data = backup.getvalue()
    (article, book, chapter), parsed = read(data)

    assert parsed.problems == []
    assert (article.title, article.authors) == ("Gut and ALS: A trial", ("Silva, Ana B.",))
    assert article.collective_authors == ("World Health Organization",)
    assert (article.journal, article.journal_abbreviation, article.issns) == (
        "Gut", "Gt.", ("0017-5749",),
    )  # fmt: skip
    assert (article.volume, article.issue, article.pages) == ("3", "2", "24-31")
    assert (article.doi, article.pmid, article.pmcid) == ("10.1000/a", "12345678", "PMC7")
    assert (article.abstract, article.keywords) == ("Abs.", ("dysbiosis",))
    assert {"CreatedBy", "AbstractFormatted"}.isdisjoint(article.other)
    assert (book.year, book.published, book.other["editor"]) == (2019, "2019", ("Lima, Eva",))
    assert [book.other[name] for name in ("publisher", "place", "series")] == [
        ("Press",), ("Berlin",), ("Notes",),
    ]  # fmt: skip
    assert (chapter.title, chapter.journal, chapter.year) == ("A chapter", "The book", 2019)


ZOTERO = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:z="http://www.zotero.org/namespaces/export#" xmlns:dcterms="http://purl.org/dc/terms/"
 xmlns:bib="http://purl.org/net/biblio#" xmlns:foaf="http://xmlns.com/foaf/0.1/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:vcard="http://nwalsh.com/rdf/vCard#"
 xmlns:prism="http://prismstandard.org/namespaces/1.2/basic/">
 <bib:Article rdf:about="https://example.org/a">
  <z:itemType>journalArticle</z:itemType>
  <dcterms:isPartOf rdf:resource="urn:issn:0017-5749"/>
  <bib:authors><rdf:Seq><rdf:li><foaf:Person><foaf:surname>Silva</foaf:surname>
   <foaf:givenName>Ana</foaf:givenName></foaf:Person></rdf:li></rdf:Seq></bib:authors>
  <dc:title>One</dc:title><dc:date>2020-03-02</dc:date><bib:pages>12-20</bib:pages>
  <dc:description>PMID: 12345678
PMCID: PMC7654321</dc:description>
 </bib:Article>
 <bib:Journal rdf:about="urn:issn:0017-5749"><prism:volume>69</prism:volume><dc:title>Gut</dc:title>
  <dc:identifier>DOI 10.1136/gutjnl-2020-1</dc:identifier><prism:number>3</prism:number>
  <dcterms:alternative>Gt</dcterms:alternative><dc:identifier>ISSN 0017-5749</dc:identifier>
 </bib:Journal>
 <bib:BookSection rdf:about="#5"><z:itemType>bookSection</z:itemType>
  <dcterms:isPartOf rdf:resource="urn:isbn:978-1"/>
  <dc:publisher><foaf:Organization><vcard:adr><vcard:Address><vcard:locality>Berlin</vcard:locality>
   </vcard:Address></vcard:adr><foaf:name>Press</foaf:name></foaf:Organization></dc:publisher>
  <bib:editors><rdf:Seq><rdf:li><foaf:Person><foaf:surname>Lima</foaf:surname><foaf:givenName>Eva
   </foaf:givenName></foaf:Person></rdf:li></rdf:Seq></bib:editors>
  <dc:title>Two</dc:title><dc:date>March 2019</dc:date></bib:BookSection>
 <bib:Book rdf:about="urn:isbn:978-1"><dc:title>The book</dc:title></bib:Book>
</rdf:RDF>"""


def test_zotero_rdf_keeps_a_work_s_doi_in_its_journal() -> None:
    (one, two), parsed = read(ZOTERO)
    assert parsed.problems == []
    assert (one.doi, one.pmid, one.pmcid) == ("10.1136/gutjnl-2020-1", "12345678", "PMC7654321")
    assert (one.journal, one.journal_abbreviation, one.volume, one.issue) == (
        "Gut", "Gt", "69", "3",
    )  # fmt: skip
    assert one.abstract is None  # the description is Zotero's field "Extra"
    assert (two.journal, two.year, two.other["editor"]) == ("The book", 2019, ("Lima, Eva",))
    assert (two.other["publisher"], two.other["place"]) == (("Press",), ("Berlin",))


def test_isrctn_has_the_day_in_an_attribute_and_the_sponsor_after_the_trial() -> None:
    trial = (
        '<fullTrial><trial publicIdentifierDateAssigned="2020-05-26T15:09:37Z"><isrctn '
        'dateAssigned="2020-05-26T15:09:37Z">{0}</isrctn><trialDescription><title>T{0}</title>'
        "<studyHypothesis>Why.</studyHypothesis><plainEnglishSummary>Plain English summary of "
        "protocol not provided at time of registration</plainEnglishSummary></trialDescription>"
        '</trial><sponsor id="s"><organisation>University of Leeds</organisation></sponsor>'
        "</fullTrial>"
    )
    trials = "".join(trial.format(10_000_000 + number) for number in range(6))
    data = f'<allTrials xmlns="http://www.67bricks.com/isrctn">{trials}</allTrials>'
    parsed = read_file(io.BytesIO(data.encode()), source="x")
    records = list(plausible_records(parsed, where="trials.xml"))
    assert len(records) == 6
    first = records[0]
    assert (first.source_id, first.published) == ("ISRCTN10000000", "2020-05-26")
    assert (first.collective_authors, first.abstract) == (("University of Leeds",), "Why.")


def test_cnki_s_files_for_its_own_program_and_for_refworks() -> None:
    learning = (
        "DataType: 1\nTitle-题名: 一\nAuthor-作者: 张三;李四;\nSource-刊名: 学报\nYear-年: 2008\n"
        "Page-页码: 9-24\nSrcDatabase-来源库: 期刊\nLink-链接: https://example.org/1\n\n"
        "DataType: 1\nTitle-题名: 二\nAuthor-作者: 王五;\nYear-年: 2009\n"
    )
    (one, two), parsed = read(learning)
    assert (parsed.problems, one.authors, one.pages) == ([], ("张三", "李四"), "9-24")
    assert (one.links, two.title, two.authors) == (("https://example.org/1",), "二", ("王五",))

    refworks = (
        "RT Journal Article\nSR 1\nA1 张三;李四;\nT1 一\nJF 学报\nYR 2026\nvo \nIS 03\nOP 1-9\nLA 中文;\n"
        "\nRT Journal Article\nA1 王五\nT1 二\nYR 2025\nvo 57\n"
    )
    (one, two), parsed = read(refworks)
    assert (parsed.problems, one.year, one.languages) == ([], 2026, ("chi",))
    assert (one.volume, one.pages, two.volume) == (None, "1-9", "57")


RIS = {
    "a link after the record": (
        "1.\nTY  - JOUR\nID  - 1\nTI  - One\nA1  - Silva, A.\nER  - \n\n"
        "Link to the Ovid Full Text or citation: https://ovidsp.ovid.com/?AN=1\n\n"
    ),
    "a book's title": "TY  - CHAP\nTI  - One\nAU  - Silva, A.\nBT  - The book\nER  - \n",
    "one person with initials on both sides": (
        "TY  - JOUR\nTI  - One\nAU  - Fonseca C., Efraín R.\nAU  - Marcillo, Diego\nER  - \n"
    ),
    "a link into another service": (
        "TY  - JOUR\nTI  - Other\nL2  - https://ovidsp.ovid.com/?T=JS\nM3  - Journal Article\nER  - \n"
        "TY  - JOUR\nTI  - One\nAU  - Silva, A.\nM3  - Review\nER  - \n"
    ),
    "a note without blanks": (
        "TY  - JOUR\nTI  - One\nAU  - Silva, A.\nDP  - EBSCOhost\n"
        "N1  - Accession Number: 2013-1. Language: EnglishMajor Descriptor: Gambling.\nER  - \n"
    ),
}


@pytest.mark.parametrize("name", RIS)
def test_ris_as_it_is_met(name: str) -> None:
    records, parsed = read(RIS[name])
    record = records[-1]
    assert (parsed.problems, record.title) == ([], "One")
    assert record.journal == ("The book" if name == "a book's title" else None)
    if name.startswith("one person"):
        assert record.authors == ("Fonseca C., Efraín R.", "Marcillo, Diego")
    if name.startswith("a link into"):
        assert [one.types for one in records] == [("Journal Article",), ("Review",)]
        assert all("M3" not in one.other for one in records)
    if name.startswith("a note"):
        assert (record.languages, record.accession) == (("eng",), "2013-1")


def test_ovid_s_text_of_a_work_that_is_not_printed_yet() -> None:
    text = (
        "<6>\nAccession Number\n  00005131-1.\nAuthor\n  Silva, Ana MD *;  van Vugt, Arie MD, PhD +;  "
        "Fu, Qiong 1\nTitle\n  One.[Article]\nSource\n  Journal of Trauma. \nStatus\n"
        "  Publish Ahead of Print, POST ACCEPTANCE, 30 November 2015\n"
    )
    (record,), parsed = read(text)
    assert (parsed.problems, record.journal) == ([], "Journal of Trauma")
    assert (record.year, record.published) == (2015, "2015-11-30")
    assert record.authors == ("Silva, Ana", "van Vugt, Arie", "Fu, Qiong")


def test_bibtex_fields_with_a_number_behind_a_blank() -> None:
    text = "@ARTICLE{a2020,\ntitle={One},\nfunding_text\xa01={A, B},\nfunding_text 2={C},\nyear={2020},\n}"
    (record,), parsed = read(text)
    assert (parsed.problems, record.title, record.year) == ([], "One", 2020)
    assert (record.other["funding_text 1"], record.other["funding_text 2"]) == (("A, B",), ("C",))


@pytest.mark.parametrize(
    "word", [r"\sqrt", r"\sqrt[3]", r"\textcolor{red}", r"\title", r"\frac{1}"]
)
def test_a_command_of_latex_without_what_it_stands_before(word: str) -> None:
    (record,), parsed = read(f"@article{{a,\n title = {{One and {word}}},\n year = 2020\n}}\n")
    assert record.title is not None
    assert (record.title[:7], record.year, parsed.problems) == ("One and", 2020, [])


@pytest.mark.parametrize(
    ("item", "dialect"),
    [
        (
            {"QuickCitation": "S (2020)", "Title": "One", "Authors": "Silva A", "Year": "2020"},
            "eppi",
        ),
        ({"itemType": "book", "title": "One", "tags": [], "date": "2020"}, "zotero"),
    ],
)
def test_json_is_known_by_keys_that_only_it_has(item: dict[str, Any], dialect: str) -> None:
    (record,), parsed = read(json.dumps([item]))
    assert (parsed.dialect, record.title, record.year) == (dialect, "One", 2020)


def test_json_of_another_service_with_a_word_of_zotero_is_refused() -> None:
    item = {
        "mrnumber": 7,
        "titles": {"title": "One"},
        "itemType": "Reviewed",
        "counts": {"cited": 2},
    }
    with pytest.raises(UsageError, match="no known shape"):
        read(json.dumps({"results": [item]}))


def test_mods_of_a_library_may_have_only_the_year_of_its_copyright() -> None:
    text = (
        '<mods xmlns="http://www.loc.gov/mods/v3"><titleInfo><title>One</title></titleInfo>'
        "<originInfo><copyrightDate>2003</copyrightDate></originInfo></mods>"
    )
    (record,), _ = read(text)
    assert (record.title, record.year) == ("One", 2003)


def test_editors_and_organisations_of_json_are_names() -> None:
    """Crossref has more beside a name; Zotero says by a word what a person did."""
    souza = {"given": "Rui", "family": "Souza", "sequence": "first", "affiliation": []}
    crossref = {
        "DOI": "10.1000/a", "title": ["One"], "type": "book-chapter", "reference-count": 1,
        "author": [{"given": "Ana", "family": "Silva", "sequence": "first"},
                   {"name": "World Health Organization", "sequence": "additional"}],
        "editor": [souza], "publisher-location": "Berlin",
    }  # fmt: skip
    (record,), _ = read(json.dumps(crossref))
    assert (record.authors, record.collective_authors) == (
        ("Silva, Ana",), ("World Health Organization",),
    )  # fmt: skip
    assert record.other["editor"] == ("Souza, Rui",)
    text = b"".join(write_records("ris", [record])).decode().split("\n")
    assert {"TY  - CHAP", "A2  - Souza, Rui", "CY  - Berlin"} <= set(text)

    creators = [
        {"creatorType": "author", "firstName": "Ana", "lastName": "Silva"},
        {"creatorType": "editor", "firstName": "Rui", "lastName": "Souza"},
    ]
    zotero = {"key": "K", "data": {"itemType": "bookSection", "title": "One", "creators": creators}}
    (record,), parsed = read(json.dumps([zotero]))
    assert (parsed.format, parsed.dialect) == ("json", "zotero")
    assert (record.authors, record.other["editor"]) == (("Silva, Ana",), ("Souza, Rui",))


def test_dimensions_names_the_book_of_a_chapter() -> None:
    (record,), _ = read(
        "About the data\nPublication ID,Title,Source title,Anthology title,Book editors,PubYear,"
        'Publication date (online),Authors\npub.1,One,,The book,"Souza, Rui",2020,2019-12-01,'
        '"Fonseca C., Efraín R.; Silva, Ana"\n'
    )
    assert (record.journal, record.published_online) == ("The book", "2019-12-01")
    assert record.authors == ("Fonseca C., Efraín R.", "Silva, Ana")
    assert "A2  - Souza, Rui" in b"".join(write_records("ris", [record])).decode().split("\n")


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("book-chapter", "CHAP"), ("bookSection", "CHAP"), ("Book, Chapter", "CHAP"),
        ("proceedings-article", "CPAPER"), ("conferencePaper", "CPAPER"),
        ("Conference Paper", "CPAPER"), ("posted-content", "UNPB"), ("Dissertation", "THES"),
        ("journalArticle", "JOUR"), ("Journal, Article", "JOUR"), ("Comparative Study", "GEN"),
    ],
)  # fmt: skip
def test_a_kind_is_known_in_the_words_of_any_source(printed: str, code: str) -> None:
    assert reference_type(Record(source="x", source_id="1", types=(printed,))) == code


@pytest.mark.parametrize(
    ("bytes_of_title", "said"),
    [
        ("Große".encode("cp1252"), "not valid utf-8; such bytes were read as Windows-1252"),
        (b"Gro\x02\xc3\x9fe", "control characters that XML does not allow were left out"),
    ],
)
def test_a_bad_byte_in_xml_costs_no_record(bytes_of_title: bytes, said: str) -> None:
    record = b"<record><titles><title>%b</title></titles><dates><year>2020</year></dates></record>"
    titles = b"".join(record % title for title in (b"One", bytes_of_title, b"Three"))
    data = b'<?xml version="1.0" encoding="UTF-8"?><xml><records>%b</records></xml>' % titles
    records, parsed = read(data)
    assert [one.title for one in records] == ["One", "Große", "Three"]
    assert [problem.what for problem in parsed.problems] == [said]


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-16", "utf-8"])
def test_xml_is_read_in_the_encoding_that_it_states(encoding: str) -> None:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><xml><records><record><titles><title>Große Straße'
        "</title></titles></record></records></xml>"
    )
    (record,), parsed = read(text.encode(encoding))
    assert (record.title, parsed.problems) == ("Große Straße", [])
