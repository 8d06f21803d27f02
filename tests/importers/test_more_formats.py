"""Formats that are read by their keys or tags: real answers of services, and small made exports.

What is made here follows each format's documentation; the docs say for which no real file was seen.
"""

import io
import json
from typing import Any

import pytest

from reviewkit.importers import ParsedFile, read_file
from reviewkit.importers.plausible import plausible_records
from reviewkit.model.errors import DamagedFile, UsageError
from reviewkit.model.records import Record
from reviewkit.screening.registrations import registration_facts
from tests.conftest import SHARED

SERVICES = SHARED / "services"
real = pytest.mark.skipif(not SERVICES.is_dir(), reason="needs ../shared/data/services")


def read(content: str | bytes, **values: Any) -> tuple[list[Record], ParsedFile]:
    data = content if isinstance(content, bytes) else content.encode()
    parsed = read_file(io.BytesIO(data), source="x", **values)
    return list(parsed.records), parsed


@real
def test_openalex_as_its_api_answers() -> None:
    records, parsed = read((SERVICES / "openalex_works_page.json").read_bytes())
    assert (parsed.format, parsed.dialect) == ("json", "openalex")
    first = records[0]
    assert (first.source_id, first.year, first.doi) == (
        "W4327510205",
        2022,
        "10.3126/nelta.v27i1-2.53203",
    )
    assert first.authors == ("Thadphoothon, Janpha",)
    assert first.abstract is not None
    assert first.abstract.startswith("Since 2016, the development of")


@real
def test_crossref_as_its_api_answers() -> None:
    (record,), parsed = read((SERVICES / "crossref_work_with_preprint.json").read_bytes())
    assert parsed.dialect == "crossref"
    assert (record.doi, record.year, record.volume) == ("10.2196/22081", 2020, "22")
    assert record.authors[0] == "Grenier Ouimet, Antoine"
    assert record.abstract is not None
    assert record.abstract.startswith("Background\nThe COVID-19")


@real
def test_clinicaltrials_gov_as_its_api_answers() -> None:
    (record,), parsed = read((SERVICES / "ctgov_v2_study_NCT01987596.json").read_bytes())
    assert (parsed.dialect, record.source_id, record.year) == ("ctgov", "NCT01987596", 2013)
    assert record.title is not None
    assert record.title.startswith("Prospective and Randomized Study of Fixed")


@real
def test_ictrp_as_it_is_downloaded() -> None:
    (record,), parsed = read((SERVICES / "ictrp_trial.xml").read_bytes())
    assert (parsed.dialect, record.source_id) == ("ictrp", "ChiCTR2600132949")
    assert (record.published, record.other["Source_Register"]) == ("2026-09-20", ("ChiCTR",))


@real
def test_answers_that_hold_no_record_are_refused() -> None:
    with pytest.raises(UsageError, match="no known shape"):
        read((SERVICES / "crossref_errors.json").read_bytes())


JSON: dict[str, tuple[Any, str, tuple[str, ...], int | None]] = {
    "semantic-scholar": (
        {"total": 1, "data": [{"paperId": "p1", "title": "T", "year": 2020,
         "authors": [{"authorId": "1", "name": "Ana Silva"}], "externalIds": {"DOI": "10.1000/a"}}]},
        "T", ("Silva, Ana",), 2020,
    ),
    "datacite": (
        {"data": [{"id": "10.1000/a", "type": "dois", "attributes": {"doi": "10.1000/a",
         "titles": [{"title": "T"}], "publicationYear": 2020,
         "creators": [{"name": "Silva, Ana", "nameType": "Personal"}]}}]},
        "T", ("Silva, Ana",), 2020,
    ),
    "zotero": (
        [{"key": "K1", "data": {"key": "K1", "itemType": "journalArticle", "title": "T",
          "creators": [{"creatorType": "author", "firstName": "Ana", "lastName": "Silva"},
                       {"creatorType": "editor", "firstName": "Rui", "lastName": "Souza"}],
          "date": "2020-05-01"}, "itemType": "journalArticle"}],
        "T", ("Silva, Ana",), 2020,
    ),
    "eppi": (
        {"CodeSets": [{"SetName": "s"}], "References": [{"ItemId": 7, "Title": "T",
         "Authors": "Silva A ; Souza R ;", "Year": "2020", "ParentTitle": "J", "Keywords": "a\r\nb"}]},
        "T", ("Silva A", "Souza R"), 2020,
    ),
    "lens": (
        [{"lens_id": "001", "title": "T", "year_published": 2020,
          "authors": [{"first_name": "Ana", "last_name": "Silva"}],
          "external_ids": [{"type": "doi", "value": "10.1000/a"}]}],
        "T", ("Silva, Ana",), 2020,
    ),
    "plain": ([{"Title": "T", "Authors": ["Silva, Ana"], "Year": 2020}], "T", ("Silva, Ana",), 2020),
}  # fmt: skip


@pytest.mark.parametrize("name", JSON)
def test_json_is_known_by_its_keys(name: str) -> None:
    content, title, authors, year = JSON[name]
    (record,), parsed = read(json.dumps(content))
    assert (parsed.dialect, parsed.problems) == (name, [])
    assert (record.title, record.authors, record.year) == (title, authors, year)


TEXTS = {
    "noteexpress": (
        "{Reference Type}: Journal Article\n{Title}: 标题\n{Author}: 王小明;李雷;\n{Journal}: 医学\n"
        "{Year}: 2020\n{Issue}: 1\n{Pages}: 3-4\n\n{Reference Type}: Thesis\n{Title}: 二\n"
        "{Author}: 韩梅\n{Year}: 2021\n",
        [("标题", ("王小明", "李雷"), 2020), ("二", ("韩梅",), 2021)],
    ),
    "cnki": (
        "SrcDatabase-来源库: 期刊\nTitle-题名: 标题\nAuthor-作者: 王小明;李雷;\nSource-文献来源: 医学\n"
        "Year-年: 2020\nKeyword-关键词: 一;;二\nSummary-摘要: 摘要\n\n"
        "SrcDatabase-来源库: 期刊\nTitle-题名: 二\nAuthor-作者: 韩梅\nYear-年: 2021\n",
        [("标题", ("王小明", "李雷"), 2020), ("二", ("韩梅",), 2021)],
    ),
    "refer": (
        "%A Silva, Ana%A Souza, Rui\n%T One\n%D 2020\n\n%0 Book\n%T Two\n%A Lima, Eva\n%D 2021\n",
        [("One", ("Silva, Ana", "Souza, Rui"), 2020), ("Two", ("Lima, Eva",), 2021)],
    ),
    "pubmed-summary": (
        "1: Silva A, Souza R. A title. Is it? Gut. 2020 Jan;12(3):4-5. doi: 10.1000/a. Epub 2019\n"
        "Dec 1. PMID: 123; PMCID: PMC456.\n\n2: Lima E. Two. J Ment Health. 2021;1:7. PMID: 124.\n",
        [("A title. Is it?", ("Silva A", "Souza R"), 2020), ("Two.", ("Lima E",), 2021)],
    ),
    "mods": (
        '<modsCollection xmlns="http://www.loc.gov/mods/v3"><mods><titleInfo><title>T</title>'
        '</titleInfo><name type="personal"><namePart type="family">Silva</namePart><namePart '
        'type="given">Ana</namePart></name><relatedItem type="host"><titleInfo><title>J</title>'
        '</titleInfo><part><detail type="volume"><number>3</number></detail><date>2020</date>'
        '</part></relatedItem><identifier type="doi">10.1000/a</identifier></mods></modsCollection>',
        [("T", ("Silva, Ana",), 2020)],
    ),
    "trials-xml": (
        '<allTrials xmlns="http://www.67bricks.com/isrctn"><fullTrial><trial><isrctn>12345678'
        "</isrctn><trialDescription><title>T</title></trialDescription></trial></fullTrial>"
        "</allTrials>",
        [("T", (), None)],
    ),
    "zotero-rdf": (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:bib="http://purl.org/net/biblio#" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:foaf="http://xmlns.com/foaf/0.1/">'
        '<bib:Article rdf:about="a"><dcterms:isPartOf rdf:resource="urn:issn:1"/><bib:authors>'
        "<rdf:Seq><rdf:li><foaf:Person><foaf:surname>Silva</foaf:surname><foaf:givenName>Ana"
        "</foaf:givenName></foaf:Person></rdf:li></rdf:Seq></bib:authors><dc:title>T</dc:title>"
        '<dc:date>2020</dc:date></bib:Article><bib:Journal rdf:about="urn:issn:1"><dc:title>J'
        "</dc:title></bib:Journal></rdf:RDF>",
        [("T", ("Silva, Ana",), 2020)],
    ),
    "citavi-xml": (
        '<CitaviExchangeData Version="6"><Persons><Person id="p"><LastName>Silva</LastName>'
        "<FirstName>Ana</FirstName></Person></Persons><References><Reference id=\"r\"><Title>T"
        "</Title><Year>2020</Year></Reference></References><ReferenceAuthors><OnetoN>r;p</OnetoN>"
        "</ReferenceAuthors></CitaviExchangeData>",
        [("T", ("Silva, Ana",), 2020)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_tagged_texts_and_xml(name: str) -> None:
    text, wanted = TEXTS[name]
    records, parsed = read(text)
    assert (parsed.format, parsed.problems) == (name, [])
    assert [(record.title, record.authors, record.year) for record in records] == wanted


TABLES = {
    "dimensions": "About the data\nRank,Publication ID,DOI,Title,Source title/Anthology title,"
    "PubYear,Authors\n1,pub.1,10.1000/a,T,J,2020,\"Silva, Ana; Souza, Rui\"\n",
    "springer": "Item Title,Publication Title,Book Series Title,Journal Volume,Journal Issue,"
    "Item DOI,Authors,Publication Year,URL,Content Type\n"
    "T,J,,1,2,10.1000/a,Ana SilvaRui Souza,2020,https://e.org/a,Article\n",
    "publish-or-perish": "Cites,Authors,Title,Year,Source,Publisher,ArticleURL\n"
    '4,"A Silva, R Souza",T,2020,J,P,https://e.org/a\n',
    "cnki": "SrcDatabase-来源库,Title-题名,Author-作者,Source-文献来源,Year-年\n期刊,T,Silva A;Souza R,J,2020\n",
    "proquest": "Title,Authors,StoreId,pubtitle,year\nT,\"Silva, Ana; Souza, Rui\",1,J,2020\n",
    "ebsco": "Article Title,Author,Journal Title,Publication Date,PLink\n"
    'T,"Silva, Ana; Souza, Rui",J,2020-01-01,https://e.org\n',
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_services(name: str) -> None:
    (record,), parsed = read(TABLES[name])
    assert (parsed.dialect, record.title, record.journal, record.year) == (name, "T", "J", 2020)
    assert [author.split(",")[0].split()[0] for author in record.authors] == ["Silva", "Souza"]


def test_clinicaltrials_gov_csv() -> None:
    (record,), parsed = read(
        "NCT Number,Study Title,Study URL,Brief Summary,Conditions,First Posted\n"
        "NCT00000001,T,https://clinicaltrials.gov/study/NCT00000001,S,ALS|MND,2020-01-02\n"
    )
    assert (parsed.dialect, record.source_id, record.published) == (
        "ctgov",
        "NCT00000001",
        "2020-01-02",
    )
    assert record.keywords == ("ALS", "MND")


def test_a_field_that_is_empty_throughout_is_refused() -> None:
    rows = "".join(f"T{number},,J,2020,E{number}\n" for number in range(30))
    parsed = read_file(
        io.BytesIO(("Title,Authors,Source title,Year,EID\n" + rows).encode()), source="x"
    )
    with pytest.raises(DamagedFile, match="no author; the first one was read as 'T0', 2020"):
        list(plausible_records(parsed, where="a.csv"))


HELD_OUT = {
    "gb18030": "糖尿病患者运动干预的系统评价与荟萃分析",
    "cp932": "糖尿病患者における運動療法のシステマティックレビュー",
    "euc_jp": "うつ病に対する認知行動療法の効果について",
    "cp949": "당뇨병 환자에서 운동 요법의 효과에 대한 체계적 고찰",
    "cp1251": "Систематический обзор влияния физической нагрузки при диабете",
    "koi8_r": "Эффективность лечения депрессии у пожилых людей",
    "cp1253": "Συστηματική ανασκόπηση της άσκησης στον διαβήτη",
    "cp1250": "Wpływ ćwiczeń na chorych z cukrzycą: przegląd systematyczny źródeł",
    "cp1254": "Diyabetli hastalarda egzersizin etkisi: sistematik bir gözden geçirme çalışması",
    "cp1252": "Efeitos do exercício em doentes com diabetes: uma revisão sistemática da intervenção",
}


@pytest.mark.parametrize("encoding", HELD_OUT)
def test_encodings_are_guessed_by_their_letters(encoding: str) -> None:
    text = f"TY  - JOUR\nTI  - {HELD_OUT[encoding]}\nAU  - A, B\nPY  - 2020\nER  - \n"
    (record,), parsed = read(text.encode(encoding))
    assert record.title == HELD_OUT[encoding]
    assert parsed.sample


def test_lines_of_two_encodings_are_each_read_in_their_own() -> None:
    first = "TY  - JOUR\nTI  - Revisão da ação\nAU  - Conceição, João\nER  - \n".encode()
    second = "TY  - JOUR\nTI  - Größe\nAU  - Müller, A\nER  - \n".encode("cp1252")
    records, parsed = read(first + second)
    assert [record.title for record in records] == ["Revisão da ação", "Größe"]
    assert [record.authors for record in records] == [("Conceição, João",), ("Müller, A",)]
    assert parsed.encoding == "utf-8"


def test_an_encoding_that_a_person_names_is_used_for_every_line() -> None:
    text = "TY  - JOUR\nTI  - Größe\nER  - \n"
    (record,), parsed = read(text.encode(), encoding="cp1252")
    assert (record.title, parsed.sample) == ("GrÃ¶ÃŸe", "")


@pytest.mark.parametrize(
    ("printed", "authors"),
    [
        ("Lin JC, Lee H", ("Lin JC", "Lee H")),
        ("Silva, Ana; Souza, Rui", ("Silva, Ana", "Souza, Rui")),
        ("A. B. Author", ("Author, A. B.",)),
        ("Silva, Ana, Souza, Rui", ("Silva, Ana", "Souza, Rui")),
        ("Smith, John, MD, PhD", ("Smith, John",)),
        ("Silva, Ana (ana@example.org)", ("Silva, Ana",)),
        ("Council ML", ("Council ML",)),
        ("King, Martin Luther, Jr", ("King, Martin Luther, Jr",)),
    ],
)
def test_people_are_split_in_every_format(printed: str, authors: tuple[str, ...]) -> None:
    ris = f"TY  - JOUR\nTI  - T\nAU  - {printed}\nPY  - 2020\nER  - \n"
    enw = f"%0 Journal Article\n%T T\n%A {printed}\n%D 2020\n"
    for text in (ris, enw):
        (record,), _ = read(text)
        assert record.authors == authors


def test_an_er_in_an_abstract_ends_no_record() -> None:
    (record,), parsed = read(
        "TY  - JOUR\nTI  - T\nAB  - Tumours that are\nER\npositive, and\nER - negative ones.\n"
        "KW  - k\nER  - \n"
    )
    assert record.abstract == "Tumours that are\nER\npositive, and\nER - negative ones."
    assert (record.keywords, parsed.problems) == (("k",), [])


CTGOV_CSV = (
    "NCT Number,Study Title,Study URL,Study Status,Conditions,Interventions,Sponsor\n"
    "NCT01234567,A trial,https://clinicaltrials.gov/study/NCT01234567,COMPLETED,ALS,DRUG: x,Uni\n"
)
CTGOV_XML = """<?xml version="1.0"?><clinical_study><id_info><nct_id>NCT01234567</nct_id></id_info>
<brief_title>A trial</brief_title><overall_status>Completed</overall_status>
<sponsors><lead_sponsor><agency>Uni</agency></lead_sponsor></sponsors><condition>ALS</condition>
<intervention><intervention_name>x</intervention_name></intervention>
<overall_contact><last_name>Somebody</last_name><email>p@example.org</email></overall_contact>
</clinical_study>"""
ISRCTN_XML = """<?xml version="1.0"?><allTrials xmlns="http://www.67bricks.com/isrctn"><fullTrial>
<trial><isrctn>12345678</isrctn><trialDescription><title>A trial</title></trialDescription></trial>
<contact><surname>Somebody</surname><email>p@example.org</email></contact></fullTrial></allTrials>"""


@pytest.mark.parametrize(
    ("content", "number"),
    [(CTGOV_CSV, "NCT01234567"), (CTGOV_XML, "NCT01234567"), (ISRCTN_XML, "ISRCTN12345678")],
)
def test_a_registration_has_its_number_and_no_contacts(content: str, number: str) -> None:
    (record,), _ = read(content)
    assert (record.accession, record.source_id) == (number, number)
    assert registration_facts(record)[0] == ("Registration number", number)
    assert "Somebody" not in repr(record)
    assert "p@example.org" not in repr(record)


@pytest.mark.parametrize("content", [CTGOV_CSV, CTGOV_XML])
def test_a_registration_says_status_and_interventions(content: str) -> None:
    (record,), _ = read(content)
    facts = dict(registration_facts(record))
    assert (facts["Status"].upper(), facts["Conditions"], facts["Sponsor"]) == (
        "COMPLETED",
        "ALS",
        "Uni",
    )
    assert facts["Interventions"].endswith("x")


@pytest.mark.parametrize("mark", ["<1>", "<1. >", "<1.>"])
def test_ovid_text_is_known_by_any_form_of_its_numbers(mark: str) -> None:
    text = f"{mark}\nUnique Identifier\n  123\nTitle\n  Sleep.\nAuthors\n  Kohler, Lars\n"
    parsed = read_file(io.BytesIO(text.encode()), source="medline")
    (record,) = parsed.all()
    assert (parsed.format, record.title, record.authors) == ("ovid", "Sleep.", ("Kohler, Lars",))
