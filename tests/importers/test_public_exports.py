"""What exports of public projects taught, each kind in a few made lines."""

import io
import json

import pytest

from reviewkit.importers import read_file
from reviewkit.importers.names import family_first
from reviewkit.importers.parsed_file import ParsedFile, Problem, ProblemKind, summarise
from reviewkit.model.languages import language_code
from reviewkit.model.records import Record


def read(text: str) -> ParsedFile:
    return read_file(io.BytesIO(text.encode()), source="x")


def only(text: str) -> Record:
    """The file's one record, of which nothing is wrong."""
    parsed = read(text)
    (record,) = parsed.records
    assert parsed.problems == []
    return record


def csv(header: str, row: str) -> Record:
    return only(f"{header}\n{row}\n")


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("David De Roure", "De Roure, David"),
        ("Max Van Kleek", "Van Kleek, Max"),
        ("Ana De La Cruz", "De La Cruz, Ana"),
        ("De Roure", "Roure, De"),
        ("Hung Van Nguyen", "Nguyen, Hung Van"),
        ("Mai Thi Le Đặng", "Đặng, Mai Thi Le"),
    ],
)
def test_a_particle_with_a_capital_is_of_the_family_but_not_in_vietnam(
    printed: str, wanted: str
) -> None:
    assert family_first(printed) == wanted


def test_old_scopus_tables_have_commas_between_names() -> None:
    header = "Authors,Title,Year,Source title,EID"
    names = "Tobler W., Chen Z.‐t., Haddon W., Jr, Ranade Sanjay"
    record = csv(header, f'"{names}",A title,2001,J,2-s2.0-1')
    assert record.authors == ("Tobler W.", "Chen Z.‐t.", "Haddon W., Jr", "Ranade Sanjay")
    body = "Department of Health, Education, and Welfare"
    assert csv(header, f'"{body}",A title,2001,J,2-s2.0-1').collective_authors == (body,)


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        ("A., Silva, Ana; R., Souza, R.", ("Silva, Ana", "Souza, R.")),
        ("R., Esposti, Roberto", ("Esposti, Roberto",)),
        ("Silva A.; Souza R.", ("Silva A.", "Souza R.")),
    ],
)
def test_scopus_tables_of_2024_have_initials_twice(names: str, wanted: tuple[str, ...]) -> None:
    header = "Authors,Title,Year,Source title,EID"
    assert csv(header, f'"{names}",A title,2024,J,2-s2.0-1').authors == wanted


def test_scopus_has_chinese_columns_too() -> None:
    record = csv(
        "作者,文献标题,年份,来源出版物名称,作者关键字", "Silva A.; Souza R.,A title,2024,J,one; two"
    )
    assert (record.title, record.year, record.journal) == ("A title", 2024, "J")
    assert (record.authors, record.keywords) == (("Silva A.", "Souza R."), ("one", "two"))


def test_scopus_says_in_words_that_there_is_none() -> None:
    header = "Authors,Title,Year,Source title,EID"
    record = csv(header, "[No author name available],[No title available],2001,J,2-s2.0-1")
    assert (record.authors, record.collective_authors, record.title) == ((), (), None)


def test_r_writes_na_for_nothing() -> None:
    header = "Authors,Title,Year,Source title,EID,Volume,Editors"
    record = csv(header, "Silva A.,A title,2001,J,2-s2.0-1,NA,NA")
    assert (record.volume, record.other) == (None, {})


def test_web_of_science_exports_all_databases_with_other_columns() -> None:
    header = "Authors,Article Title,Source Title,Publication Year,UT (Unique ID),Pubmed Id,Author Keywords"
    record = csv(header, '"Silva, Ana; Souza, Rui",A title,J,2020,SCIELO:S01,123,"one; two"')
    assert (record.accession, record.pmid, record.keywords) == ("SCIELO:S01", "123", ("one", "two"))
    assert record.authors == ("Silva, Ana", "Souza, Rui")


def test_pubmed_had_another_table_before_2020() -> None:
    record = csv(
        "Title,URL,Description,Details,ShortDetails,Resource,Type,Identifiers,Db,EntrezUID,Properties",
        '"A title.","/pubmed/7","Silva A, Souza R.","Horm Res. 2019 Jul 18:1-16. doi: 10.1000/a. '
        '[Epub ahead of print]","Horm Res.  2019","PubMed","citation","PMID:7","pubmed","7",'
        '"create date:2019/07/19 | first author:Silva A"',
    )
    assert (record.pmid, record.doi, record.journal) == ("7", "10.1000/a", "Horm Res")
    assert record.authors == ("Silva A", "Souza R")
    assert (record.published, record.created, record.pages) == ("2019-07-18", "2019-07-19", "1-16")


@pytest.mark.parametrize(
    ("author", "wanted"),
    [
        ("이채호; 최인수", ("이채호", "최인수")),
        ("Silva, Ana; Souza, Rui", ("Silva, Ana", "Souza, Rui")),
        ("{Silva, Ana and Souza, Rui}", ("Silva, Ana", "Souza, Rui")),
        ("{Ana Silva and Rui de Souza}", ("Silva, Ana", "de Souza, Rui")),
        ("Tony Chan and William M. {Coughran, Jr.}", ("Chan, Tony", "Coughran, William M., Jr.")),
    ],
)
def test_names_in_bibtex(author: str, wanted: tuple[str, ...]) -> None:
    assert only(f"@article{{a, title={{T}}, year=2020, author={{{author}}}}}").authors == wanted


@pytest.mark.parametrize(
    ("month", "day", "wanted"),
    [
        ("5", "14", "2012-05-14"),
        ("may", "4", "2012-05-04"),
        ("feb", "31", "2012-02"),
        ("¹", "²", "2012"),  # digits, and no numbers
    ],
)
def test_a_day_in_bibtex(month: str, day: str, wanted: str) -> None:
    text = (
        f"@article{{a, title={{T}}, author={{A B}}, year=2012, month={{{month}}}, day={{{day}}}}}"
    )
    assert only(text).published == wanted


@pytest.mark.parametrize(
    "body",
    ["Centers for Disease Control and Prevention", "A well-known and serious institution"],
)
def test_a_body_in_braces_is_one_whatever_words_it_has(body: str) -> None:
    record = only(f"@report{{a, title={{T}}, year=2020, author={{{{{body}}}}}}}")
    assert (record.collective_authors, record.authors) == ((body,), ())


def test_types_of_bibtex_may_have_an_underscore() -> None:
    parsed = read(
        "".join(
            f"@{kind}{{k, title={{T}}, author={{A B}}, year=2020}}\n"
            for kind in (
                "article",
                "web_page",
                "book_section",
                "x-thesis",
            )
        )
    )
    assert len(parsed.all()) == 4


def test_a_brace_in_words() -> None:
    title = r"The interval [0,1\textbraceright{} or \textbraceleft{} x"
    text = f"@article{{a, title={{{title}}}, author={{A B}}, year=2012}}"
    assert only(text).title == "The interval [0,1} or { x"


def test_each_given_name_of_mods_has_its_part() -> None:
    parts = "".join(f'<namePart type="given">{one}</namePart>' for one in ("Charles", "M"))
    name = f'<name type="personal">{parts}<namePart type="family">Beach</namePart></name>'
    title = "<titleInfo><title>T</title></titleInfo>"
    text = f'<mods xmlns="http://www.loc.gov/mods/v3">{title}{name}</mods>'
    assert only(text).authors == ("Beach, Charles M",)


def zotero(**item: object) -> Record:
    return only(json.dumps({"items": [{"itemType": "book", "title": "T", "date": "2010", **item}]}))


def test_editors_of_zotero_are_no_authors() -> None:
    editor = {"creatorType": "editor", "firstName": "Ana", "lastName": "Silva"}
    record = zotero(creators=[editor])
    assert (record.authors, record.other["editor"]) == ((), ("Silva, Ana",))


def test_a_patent_of_zotero_has_inventors() -> None:
    inventor = {"creatorType": "inventor", "firstName": "Ana", "lastName": "Silva"}
    assert zotero(creators=[inventor]).authors == ("Silva, Ana",)


def test_a_name_of_zotero_in_one_field_is_a_body() -> None:
    body = {"creatorType": "author", "name": "Karlebo Kommune"}
    person = {"creatorType": "author", "name": "Silva, A"}
    record = zotero(creators=[body, person])
    assert (record.collective_authors, record.authors) == (("Karlebo Kommune",), ("Silva, A",))


def test_an_item_of_zotero_with_little_in_it_has_its_year() -> None:
    assert zotero(itemID=7, notes=["a note"]).year == 2010
    assert zotero(extra=["Citation Key: a", "DOI: 10.1000/a"]).doi == "10.1000/a"


def test_registers_of_trials_had_another_table_before_2023() -> None:
    record = csv(
        "Rank,NCT Number,Title,Study Results,Conditions,Sponsor/Collaborators,Study Type,First Posted,URL",
        '1,NCT04372602,A title,No Results,COVID-19|ALS,A University|Pharma Inc.,Interventional,"May 4, 2020",https://x.org/1',
    )
    assert (record.source_id, record.title, record.published) == (
        "NCT04372602",
        "A title",
        "2020-05-04",
    )
    assert (record.collective_authors, record.keywords) == (
        ("A University", "Pharma Inc."),
        ("COVID-19", "ALS"),
    )


def test_keywords_of_embase_have_commas_without_blanks() -> None:
    header = "Title,Author Names,Source title,Publication Year,Author Keywords"
    record = csv(header, 'T,"Silva A., Souza R.",J,2020,"gut, small,1,2-propanediol,probiotic"')
    assert record.keywords == ("gut, small,1,2-propanediol", "probiotic")


def test_na_is_nothing_in_a_plain_table_too() -> None:
    record = csv("title,authors,year,doi,issue", "A title,Silva A,2020,NA,NA")
    assert (record.doi, record.issue) == (None, None)


@pytest.mark.parametrize("printed", ["Silva, Ana et al.", "Silva, Ana, et al", "Silva, Ana"])
def test_and_others_is_no_name(printed: str) -> None:
    text = f"TY  - JOUR\nTI  - T\nAU  - {printed}\nAU  - Souza, Rui\nPY  - 2001\nER  - \n"
    assert only(text).authors == ("Silva, Ana", "Souza, Rui")


SUMMARY = """1: Pontes MDS, Francisco LA. REPRODUCIBILITY OF AXES. Acta Ortop Bras. 2021 Mar-
Apr;29(2):97-100. doi: 10.1000/a. PMID: 34248409; PMCID: PMC8244835.

2: Baykal PI, Simonov M. Assessing alignment tools. bioRxiv [Preprint]. 2025 May
13:2025.05.08.652934. doi: 10.1000/b. PMID: 40462896.

3: Iwasaki Y, Hayashi TI. Concerns about Related Issues in Hoondert et al. 2019.
Environ Toxicol Chem. 2020 Jul;39(7):1300-1301. PMID: 32583911.

4: Light microscopy reporting. Nat Cell Biol. 2021 Winter;33(4):946-947. Erratum in: Autophagy.
2025 Jun;21(6):iv-vi. PMID: 34004286.
"""


def test_pubmed_s_summary_as_it_is() -> None:
    parsed = read(SUMMARY)
    found = [(one.pmid, one.title, one.journal, one.published, one.pages) for one in parsed.records]
    assert found == [
        ("34248409", "REPRODUCIBILITY OF AXES.", "Acta Ortop Bras", "2021", "97-100"),
        (
            "40462896",
            "Assessing alignment tools.",
            "bioRxiv [Preprint]",
            "2025-05-13",
            "2025.05.08.652934",
        ),
        (
            "32583911",
            "Concerns about Related Issues in Hoondert et al. 2019.",
            "Environ Toxicol Chem",
            "2020-07",
            "1300-1301",
        ),
        ("34004286", "Light microscopy reporting.", "Nat Cell Biol", "2021", "946-947"),
    ]
    assert parsed.problems == []


def test_a_conference_of_web_of_science_is_no_issue() -> None:
    text = "TY  - CPAPER\nTI  - T\nAU  - Silva, A\nCP  - A Conference\nAN  - WOS:1\nPY  - 2001\nER  - \n"
    assert only(text).issue is None
    assert only(text.replace("AN  - WOS:1\n", "")).issue == "A Conference"


OVID = (
    "{at}. \nTY  - JOUR\nT1  - Title {at}\nA1  - Silva, Ana\nY1  - 2020//\nSP  - No\nEP  - Specified\n"
    "L2  - http://ovidsp.ovid.com/x?AN={at}\nER  -  \nNL  - Abbr {at}\n\n"
    "Link to the Ovid Full Text or citation: http://ovidsp.ovid.com/y\n\n"
)


def test_a_tag_of_ovid_after_the_record_is_the_record_s() -> None:
    parsed = read("".join(OVID.format(at=at) for at in (1, 2, 3)))
    found = [(one.title, one.journal_abbreviation, one.pages) for one in parsed.records]
    assert found == [(f"Title {at}", f"Abbr {at}", None) for at in (1, 2, 3)]
    assert parsed.problems == []


@pytest.mark.parametrize("nobody", ["[Anonymous]", "[No authors listed]"])
def test_nobody_is_no_author(nobody: str) -> None:
    record = only(f"TY  - JOUR\nTI  - T\nAU  - {nobody}\nPY  - 2001\nER  - \n")
    assert (record.authors, record.collective_authors) == ((), ())
    assert record.other["AU"] == (nobody,)


def test_an_abstract_has_no_tags() -> None:
    abstract = (
        "<jats:title>Aim</jats:title><jats:p>x &lt; 5 and H<sub>2</sub>O.</jats:p><p>Two.(#br)3</p>"
    )
    record = only(f"TY  - JOUR\nTI  - T\nAU  - Silva, A\nPY  - 2001\nAB  - {abstract}\nER  - \n")
    assert record.abstract == "Aim\nx < 5 and H2O.\nTwo.\n3"
    assert record.other["AB"] == (abstract,)


def test_problems_of_several_entries_are_one_line() -> None:
    problems = [
        Problem(
            kind=ProblemKind.VALUE, line=line, what=f"in @book{{{key}}}: its larger work '{of}'"
        )
        for line, key, of in ((1, "Green:75", "A"), (2, "FRUMP", "B"))
    ]
    assert summarise(problems) == [
        "line 1: in @book{Green:75}: its larger work 'A' (1 more like it)"
    ]


@pytest.mark.parametrize(
    ("name", "code"),
    [("ngerman", "ger"), ("UKenglish", "eng"), ("norsk", "nor"), ("Čeština", "cze"), ("tl", "tgl")],
)
def test_languages_as_biblatex_names_them(name: str, code: str) -> None:
    assert language_code(name) == code
