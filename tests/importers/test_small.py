"""Every layout and format in small, with made-up works: what each exporter's columns and tags come to."""

import io

import openpyxl
import pytest

from reviewkit.importers import read_file
from reviewkit.importers.layouts import guess_mapping
from reviewkit.importers.verdicts import NotedVerdict, noted_verdicts
from reviewkit.model.errors import UsageError
from reviewkit.model.records import Record, RelationKind, Verdict


def only(text: str, source: str = "here") -> Record:
    """The one record of the text, read without any problem."""
    parsed = read_file(io.BytesIO(text.encode()), source=source)
    (record,) = parsed.all()
    assert parsed.problems == [], [str(problem) for problem in parsed.problems]
    return record


TABLES = {
    "scopus": (
        "Authors,Author full names,Title,Year,Source title,Volume,Issue,Art. No.,Page start,Page end,DOI,Link,Abstract,"
        "Author Keywords,Index Keywords,PubMed ID,ISSN,Language of Original Document,Document Type,EID",
        '"Silva A.; Souza R.",x,A work,2020,A Journal,3,2,,117,26,10.1000/a,https://example.org,Abs.,'
        "k1; k2,i1,7,12345678,"
        "English,Article,2-s2.0-1",
    ),
    "wos": (
        "Publication Type,Authors,Article Title,Source Title,Abstract,ISSN,Publication Date,Publicati"
        "on Year,Volume,Issue,"
        "Start Page,End Page,DOI,Author Keywords,Language,Document Type,Pubmed Id,UT (Unique WOS ID)",
        'J,"Silva, A; Souza, R",A work,A Journal,Abs.,1234-5678,FEB 3,2020,3,2,117,126,10.1000/a,k1; '
        "k2,English,Article,7,"
        "WOS:1",
    ),
    "wos-tab": (
        "PT\tAU\tTI\tSO\tLA\tDT\tDE\tAB\tSN\tPD\tPY\tVL\tIS\tBP\tEP\tDI\tPM\tUT",
        "J\tSilva, A; Souza, R\tA work\tA Journal\tEnglish\tArticle\tk1; k2\tAbs.\t1234-5678\tFEB 3\t"
        "2020\t3\t2\t117\t126\t"
        "10.1000/a\t7\tWOS:1",
    ),
    "embase": (
        "Title,Author Names,Source Title,Publication Year,Volume,Issue,First Page,Last Page,Abstract,"
        "Author Keywords,ISSN,"
        "Medline PMID,DOI,Article Language,Publication Type,PUI",
        '"A work","Silva A., Souza R.",A Journal,2020,3,2,117,126,Abs.,k1; k2,1234-5678,7,10.1000/a,English,Article,L1',
    ),
    "covidence": (
        "Title,Authors,Abstract,Published Year,Published Month,Journal,Volume,Issue,Pages,Accession Number,DOI,Ref,"
        "Covidence #,Study,Notes,Tags",
        'A work,"Silva, A; Souza, R",Abs.,2020,2,A Journal,3,2,117-126,,10.1000/a,,#12,Silva 2020,'
        '"Exclusion reason: Wrong population; ",',
    ),
    "rayyan": (
        "key,title,year,month,day,journal,issn,volume,issue,pages,authors,url,language,publisher,loca"
        "tion,abstract,notes,"
        "doi,keywords,pubmed_id,pmc_id",
        'rayyan-1,A work,2020,2,3,A Journal,1234-5678,3,2,117-126,"Silva, A and Souza, R",https://exa'
        "mple.org,en,,,Abs.,"
        '"RAYYAN-INCLUSION: {""ana""=>""Excluded""} | RAYYAN-EXCLUSION-REASONS: wrong population",10.'
        "1000/a,k1; k2,7,PMC1",
    ),
    "asreview": (
        "title,authors,abstract,keywords,doi,year,journal,included",
        'A work,"Silva, A; Souza, R",Abs.,k1; k2,10.1000/a,2020,A Journal,1',
    ),
    "lens": (
        "Lens ID,Title,Date Published,Publication Year,Publication Type,Source Title,ISSNs,Author/s,Abstract,Volume,"
        "Issue Number,Start Page,End Page,DOI,PMID",
        "000-1,A work,2020-02-03,2020,journal article,A Journal,12345678,Ana Silva; Rui Souza,Abs.,3,"
        "2,117,126,10.1000/a,7",
    ),
    "zotero": (
        "Key,Item Type,Publication Year,Author,Title,Publication Title,ISSN,DOI,Url,Abstract Note,Dat"
        "e,Pages,Issue,Volume",
        'ABCD,journalArticle,2020,"Silva, A; Souza, R",A work,A Journal,1234-5678,10.1000/a,,Abs.,202'
        "0-02-03,117-126,2,3",
    ),
    "scielo": (
        "ID,Title,Author(s),Source,Journal,Language(s),Publication year,DOI",
        'S1-scl,A work,"Silva, A; Souza, R",A Journal 3(2),A Journal,pt; en,2020,10.1000/a',
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_each_layout(name: str) -> None:
    text = "\n".join(TABLES[name]) + "\n"
    parsed = read_file(io.BytesIO(text.encode()), source="here")
    (record,) = parsed.all()
    assert parsed.dialect == name
    assert parsed.problems == [], [str(problem) for problem in parsed.problems]
    assert (record.title, record.year, record.doi, record.journal) == (
        "A work",
        2020,
        "10.1000/a",
        "A Journal",
    )
    assert len(record.authors) == 2
    assert record.authors[0].startswith("Silva")
    assert record.pages in {"117-126", None}
    assert set(record.issns) <= {"1234-5678"}


def test_a_spreadsheet_is_read_like_its_csv() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    header, row = TABLES["asreview"]
    sheet.append(header.split(","))
    sheet.append(
        ["A work", "Silva, A; Souza, R", "Abs.", "k1; k2", "10.1000/a", 2020, "A Journal", 1]
    )
    target = io.BytesIO()
    book.save(target)
    from_sheet = read_file(io.BytesIO(target.getvalue()), source="here").all()
    assert from_sheet == read_file(io.BytesIO(f"{header}\n{row}\n".encode()), source="here").all()


def test_rows_before_the_header_and_a_stated_separator() -> None:
    header, row = TABLES["asreview"]
    text = (
        "sep=;\n"
        + header.replace(",", ";")
        + "\n"
        + "A work;x;Abs.;k1;10.1000/a;2020;A Journal;1\n"
    )
    assert only(text).title == "A work"
    assert only(f"Search results of today\n{header}\n{row}\n").doi == "10.1000/a"


def test_the_guess_names_columns_in_three_languages() -> None:
    assert guess_mapping(("Título", "Autores", "Año", "Resumen", "x")) == {
        "title": "Título", "authors": "Autores", "abstract": "Resumen", "year": "Año",
    }  # fmt: skip


PLAIN = (
    'title,authors,year,journal,doi,abstract\nA work,"Silva, Ana; Souza, Rui",2020,Gut,10.1000/a,Abs.',
    'DOI,YEAR,Abstract,Title,Author,Journal\n10.1000/a,2020,Abs.,A work,"Silva, Ana; Souza, Rui",Gut',
    "Título;Autores;Ano;Revista;DOI;Resumo\nA work;Silva, Ana|Souza, Rui;2020;Gut;10.1000/a;Abs.",
    "Search of today\ntítulo\tautores\taño\trevista\tdoi\tresumen\n"
    "A work\tSilva, Ana and Souza, Rui\t2020\tGut\t10.1000/a\tAbs.",
    '题名,作者,年,刊名,DOI,摘要\nA work,"Silva, Ana; Souza, Rui",2020,Gut,10.1000/a,Abs.',
    'Titel,Autoren,Jahr,Zeitschrift,DOI,Zusammenfassung\nA work,"Silva, Ana; Souza, Rui",2020,Gut,'
    "10.1000/a,Abs.",
)


@pytest.mark.parametrize("text", PLAIN)
def test_columns_that_say_themselves_what_they_are_need_no_mapping(text: str) -> None:
    parsed = read_file(io.BytesIO(f"{text}\n".encode()), source="here")
    (record,) = parsed.all()
    assert (parsed.dialect, parsed.problems) == ("plain", [])
    assert (record.title, record.authors, record.year) == (
        "A work", ("Silva, Ana", "Souza, Rui"), 2020,
    )  # fmt: skip
    assert (record.journal, record.doi, record.abstract) == ("Gut", "10.1000/a", "Abs.")


@pytest.mark.parametrize(
    "header",
    [
        "Title",
        "Title,Year",
        "title,abstract",
        "name,email",
        "Authors,Year,Journal",
        "Title,Source,No",
    ],
)
def test_a_table_that_says_too_little_of_its_columns_is_refused(header: str) -> None:
    with pytest.raises(UsageError, match=r"no known layout|no format"):
        only(f"{header}\nA work,2020,7\n")


def test_columns_whose_name_has_several_meanings_are_not_guessed() -> None:
    record = only("No,Title,Authors,Year,Source,Tags\n7,A work,Silva A,2020,PubMed,ana\n")
    assert (record.issue, record.journal, record.keywords) == (None, None, ())
    assert (record.other["No"], record.other["Source"]) == (("7",), ("PubMed",))


def test_verdicts_that_other_tools_wrote_down() -> None:
    excluded = NotedVerdict(
        tool="rayyan", verdict=Verdict.EXCLUDE, reviewer="ana", reason="wrong population"
    )
    assert noted_verdicts(only("\n".join(TABLES["rayyan"]))) == (excluded,)
    assert noted_verdicts(only("\n".join(TABLES["asreview"]))) == (
        NotedVerdict(tool="asreview", verdict=Verdict.INCLUDE),
    )
    assert noted_verdicts(only("\n".join(TABLES["covidence"]))) == (
        NotedVerdict(tool="covidence", verdict=Verdict.EXCLUDE, reason="Wrong population"),
    )
    ris = 'TY  - JOUR\nTI  - A\nN1  - RAYYAN-INCLUSION: {"a"=>"Included", "b"=>"Maybe"}\nER  - \n'
    assert [(said.reviewer, said.verdict.value) for said in noted_verdicts(only(ris))] == [
        ("a", "include"),
        ("b", "maybe"),
    ]
    labelled = "TY  - JOUR\nTI  - A\nKW  - ASReview_irrelevant\nER  - \n"
    assert noted_verdicts(only(labelled)) == (
        NotedVerdict(tool="asreview", verdict=Verdict.EXCLUDE),
    )
    assert noted_verdicts(only("TY  - JOUR\nTI  - A\nER  - \n")) == ()


def test_web_of_science_text() -> None:
    record = only(
        "FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\nAU Silva, A\n   Souza, R\nAF Silva, Ana\n   Souza, Rui\n"
        "CA ALS Study Group\nTI A work of\n   two lines\nSO A JOURNAL\nJI A J.\nLA English\nDT Articl"
        "e; Proceedings Paper\n"
        "DE k1; k2\nAB Abs.\nSN 1234-5678\nEI 8765-4321\nPD FEB 3\nPY 2020\nVL 3\nIS 2\nAR 117\nDI 10.1000/a\nPM 7\n"
        "UT WOS:1\nER\n\nEF\n"
    )
    assert record.title == "A work of two lines"
    assert record.authors == ("Silva, Ana", "Souza, Rui")
    assert record.collective_authors == ("ALS Study Group",)
    assert (record.published, record.pages, record.source_id) == ("2020-02-03", "117", "WOS:1")
    assert record.types == ("Article", "Proceedings Paper")
    assert record.other["AU"] == ("Silva, A", "Souza, R")


def test_web_of_science_text_without_ends() -> None:
    parsed = read_file(
        io.BytesIO(b"PT J\nTI One\nPY 2020\n\nPT J\nTI Two\nPY 2021\n"), source="here"
    )
    assert [record.title for record in parsed.records] == ["One", "Two"]
    assert [problem.line for problem in parsed.problems] == [5, 7]


def test_endnote_xml_with_runs_of_style() -> None:
    record = only(
        '<?xml version="1.0"?><xml><records><record><rec-number>3</rec-number><ref-type name="Journal'
        ' Article">17</ref-type>'
        '<contributors><authors><author><style face="normal">Silva, A.</style></author></authors></co'
        "ntributors><titles>"
        '<title><style face="normal">On </style><style face="italic">E. coli</style><style face="norm'
        'al"> in ALS</style>'
        "</title><secondary-title><style>A Journal</style></secondary-title></titles><periodical><full-title><style>"
        "A Journal</style></full-title></periodical><dates><year><style>2020</style></year></dates>"
        "<electronic-resource-num><style>10.1000/a</style></electronic-resource-num><custom5>kept</custom5>"
        "</record></records></xml>"
    )
    assert (record.title, record.authors, record.year) == (
        "On E. coli in ALS",
        ("Silva, A.",),
        2020,
    )
    assert (record.types, record.other["custom5"]) == (("Journal Article",), ("kept",))


def test_ovid_text() -> None:
    record = only(
        "<1>\nUnique Identifier\n  2020123\nTitle\n  A work. [Review]\nAuthor\n  Silva A;  Souza R\nSource\n"
        "  A Journal.  3(2):117-126, 2020 Feb.\nAbstract\n  Abs.\nLanguage\n  English.\nSomething New\n  kept\n"
    )
    assert (record.title, record.authors, record.journal) == (
        "A work.",
        ("Silva A", "Souza R"),
        "A Journal",
    )
    assert (record.volume, record.issue, record.pages, record.published) == (
        "3",
        "2",
        "117-126",
        "2020-02",
    )
    assert record.other["Something New"] == ("kept",)


ARTICLE = """<PubmedArticleSet><PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">7</PMID><Article>
<Journal><ISSN IssnType="Electronic">1234-5678</ISSN><JournalIssue><Volume>3</Volume><Issue>2</Issue><PubDate>
<MedlineDate>2019 Nov-2020 Jan</MedlineDate></PubDate></JournalIssue><Title>A Journal</Title></Journal>
<ArticleTitle>[A <i>work</i>].</ArticleTitle><Pagination><MedlinePgn>117-26</MedlinePgn></Pagination>
<ELocationID EIdType="doi" ValidYN="Y">10.1000/a</ELocationID><Abstract><AbstractText Label="AIM">One <sub>2</sub>.
</AbstractText><AbstractText Label="END">Two.</AbstractText></Abstract><AuthorList><Author><LastName>Silva</LastName>
<ForeName>Ana</ForeName><Suffix>Jr</Suffix></Author><Author><CollectiveName>ALS Study Group</CollectiveName></Author>
</AuthorList><Language>ENG</Language><Language>por</Language><PublicationTypeList><PublicationType>Preprint
</PublicationType></PublicationTypeList><VernacularTitle>Um trabalho</VernacularTitle></Article>
<CommentsCorrectionsList>
<CommentsCorrections RefType="RetractionIn"><RefSource>A J. 2021</RefSource><PMID>8</PMID></CommentsCorrections>
<CommentsCorrections RefType="UpdateIn"><RefSource>B J. doi: 10.1000/b.</RefSource></CommentsCorrections>
<CommentsCorrections RefType="Cites"><RefSource>C J.</RefSource><PMID>9</PMID></CommentsCorrections>
</CommentsCorrectionsList><MeshHeadingList><MeshHeading><DescriptorName MajorTopicYN="N">Microbiota</DescriptorName>
<QualifierName MajorTopicYN="Y">genetics</QualifierName></MeshHeading></MeshHeadingList></MedlineCitation><PubmedData>
<History><PubMedPubDate PubStatus="entrez"><Year>2020</Year><Month>Feb</Month><Day>3</Day></PubMedPubDate></History>
<ArticleIdList><ArticleId IdType="pmc">PMC1</ArticleId></ArticleIdList><ReferenceList><Reference><Citation>C J.
</Citation><ArticleIdList><ArticleId IdType="doi">10.1000/cited</ArticleId></ArticleIdList></Reference></ReferenceList>
</PubmedData></PubmedArticle></PubmedArticleSet>"""


def test_pubmed_xml_with_its_traps() -> None:
    record = only(ARTICLE, "pubmed")
    assert (record.key, record.title, record.original_title) == (
        "pubmed:7",
        "[A work].",
        "Um trabalho",
    )
    assert (record.authors, record.collective_authors) == (("Silva, Ana Jr",), ("ALS Study Group",))
    assert (record.year, record.published, record.created) == (2019, "2019", "2020-02-03")
    assert (record.doi, record.pmcid, record.pages) == ("10.1000/a", "PMC1", "117-126")
    assert record.languages == ("eng", "por")
    assert record.abstract == "AIM: One 2.\nEND: Two."
    assert record.headings == ("Microbiota/*genetics",)
    assert [(link.kind, link.target) for link in record.relations] == [
        (RelationKind.RETRACTED_BY, "pmid:8"), (RelationKind.PREPRINT_OF, "doi:10.1000/b"),
    ]  # fmt: skip
    assert record.other["PubDate"] == ("2019 Nov-2020 Jan",)
    assert record.other["MedlinePgn"] == ("117-26",)


def test_csl_json_as_zotero_and_others_write_it() -> None:
    record = only(
        '{"items": [{"id": "http://zotero.org/users/1/items/A", "type": "article-journal", "title": "A <i>work</i>",'
        ' "author": [{"family": "Beethoven", "given": "Ludwig", "non-dropping-particle": "van"}, {"literal": "WHO"}],'
        ' "issued": {"date-parts": [["2020", 2, 3]]}, "page": "117-26", "DOI": "https://doi.org/10.1000/a",'
        ' "note": "PMID: 7", "language": "en-US", "extra-field": {"a": 1}}]}'
    )
    assert (record.title, record.authors, record.collective_authors) == (
        "A work",
        ("van Beethoven, Ludwig",),
        ("WHO",),
    )
    assert (record.published, record.pages, record.doi, record.pmid) == (
        "2020-02-03",
        "117-126",
        "10.1000/a",
        "7",
    )
    assert (record.languages, record.other["extra-field"]) == (("eng",), ('{"a": 1}',))


def test_bibtex_letters_macros_and_names() -> None:
    record = only(
        '@string{jams = "J. Amer. Math. Soc."}\n@article{key,\n author = {G{\\"o}del, Kurt and Donald E. Knuth and '
        "{World Health Organization}},\n title = {On {ALS} \\& the \\'etude: 50\\% of x_1},\n journal"
        " = jams,\n year = 2020,"
        "\n month = feb,\n pages = {117--26},\n doi = {10.1000/a\\_b},\n}\n"
    )
    assert record.authors == ("Gödel, Kurt", "Knuth, Donald E.")
    assert record.collective_authors == ("World Health Organization",)
    assert record.title == "On ALS & the étude: 50% of x_1"
    assert (record.journal, record.published, record.pages) == (
        "J. Amer. Math. Soc.",
        "2020-02",
        "117-126",
    )
    assert record.doi == "10.1000/a_b"
