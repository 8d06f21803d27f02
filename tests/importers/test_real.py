"""Every real export: how many records, and of the first and the last what stands in the file, read there by eye."""

import gzip
import html
import io
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from reviewkit.importers import read_file
from reviewkit.model.records import Record
from tests.conftest import SHARED

FORMATS = SHARED / "formats"
pytestmark = pytest.mark.skipif(
    not FORMATS.is_dir(), reason="needs the real exports of ../shared/data/formats"
)


class Seen(NamedTuple):
    """What a person read: the title's beginning, first and last author, how many, year, DOI, abstract or none."""

    title: str
    first: str
    last: str
    authors: int
    year: int | None
    doi: str | None
    abstract: bool


class Export(NamedTuple):
    format: str
    dialect: str
    records: int
    problems: int
    first: Seen
    last: Seen


SCALES = Seen(
    "Cellular structure of dinosaur scales",
    "Yang, Z.",
    "McNamara, M.E.",
    4,
    2024,
    "10.1038/s41467-024-48400-3",
    True,
)
QUARRY = Seen(
    "Description of a new specimen of Haplocanthosaurus",
    "Boisvert, C.",
    "Wilhite, R.",
    4,
    2024,
    "10.1002/ar.25520",
    True,
)
WELSH = Seen(
    "The Incredible Years Therapeutic Dinosaur Programme", "Bywater, T", "Parry, L", 5, 2011,
    "10.1186/1745-6215-12-39", True,
)  # fmt: skip
WELFARE = Seen(
    "The Incredible Years Parenting and Child Treatment",
    "Arruabarrena, I",
    "Paúl, J",
    4,
    2022,
    "10.5093/pi2022a2",
    True,
)
BEHAVIORAL = "Behavioral software engineering: A definition"
NO_ONE = Seen("", "", "", 0, None, "10.1186/s40981-020-0316-0", False)
EDITORIAL = Seen(
    "Editorial: Open Source and Empirical Software", "Harrison, Warren", "Harrison, Warren", 1, 2001,
    "10.1023/A:1017379030770", False,
)  # fmt: skip
LABOR = Seen(
    "La labor docente de las profesoras de educación", "Paéz-Herrera, Jacqueline", "Hurtado-Almonacid, Juan", 7, 2023,
    None, True,
)  # fmt: skip
ERIC = Seen("Paper title", "Smith, Tom", "Hunter, Shawn", 2, 2000, "10.1000/123456789", True)
PROTEOMICS = Seen(
    "Proteomics: A new perspective", "Shruthi, Basavaradhya Sahukar", "Selvamani", 3, 2016,
    "10.4103/2277-9175.180636", True,
)  # fmt: skip
CLOUD = Seen(
    "Cloud water interception",
    "Kohler, Lars",
    "Hertel, Dietrich",
    4,
    2015,
    "10.1002/eco.1563",
    True,
)
SCOPUS_ONE = Seen(
    BEHAVIORAL, "Lenberg, P.", "Wallgren, L.G.", 3, 2015, "10.1016/j.jss.2015.04.084", True
)
WOS_ONE = Seen(
    BEHAVIORAL, "Lenberg, Per", "Wallgren, Lars Goran", 3, 2015, "10.1016/j.jss.2015.04.084", True
)

EXPORTS = {
    "asreview_cochrane.csv": Export("csv", "cochrane", 3, 0, WELSH, WELFARE),
    "asreview_cochrane_endnote.ris": Export("ris", "cochrane", 3, 0, WELSH, WELFARE),
    "asreview_covidence_endnote.ris": Export(
        "ris", "covidence", 10, 0, SCALES,
        Seen("Digestibility of dinosaur food plants", "Howell, M.M.", "Südekum, K.-H.", 4, 2023,
             "10.1371/journal.pone.0291058", True),
    ),
    "asreview_embase.ris": Export("ris", "embase", 10, 0, SCALES, QUARRY),
    "asreview_endnote.ris": Export("ris", "endnote", 10, 0, QUARRY, SCALES._replace(last="McNamara, M. E.")),
    "asreview_eric_ovid.ris": Export(
        "ris", "ovid", 10, 0,
        Seen("Creationism and the Dinosaur Boom.", "Stokes, William Lee", "Stokes, William Lee", 1, 1989, None, True),
        Seen("The Jurassic Spark.", "Czerniak, Charlene M", "Czerniak, Charlene M", 1, 1993, None, True),
    ),
    "asreview_mendeley.ris": Export(
        "ris", "ris", 10, 0, QUARRY._replace(first="Boisvert, C", last="Wilhite, R"),
        Seen("Erratum: Author Correction: A remarkable", "Troiano, L P", "Ghilardi, A M", 4, 2024,
             "10.1038/s41598-024-65283-y", False),
    ),
    "asreview_openalex.csv": Export(
        "csv", "openalex", 9, 0,
        Seen("A bioprovince for the Barremian–Aptian", "Vicente, Alba", "Martín–Closas, Carles", 5, 2024,
             "10.1016/j.cretres.2023.105752", True),
        Seen("Stratigraphy and depositional history", "Lehman, Thomas M.", "Shiller, Thomas A.", 7, 2024,
             "10.1130/ges02662.1", True),
    ),
    "asreview_psychInfo_ovid.ris": Export(
        "ris", "ovid", 10, 0,
        Seen("DINOSAUR: An integrated cognitive", "Keefer, Amy", "Vasa, Roma A", 2, 2021,
             "10.1186/s11689-021-09396-9", True),
        Seen("Presidential address National Academy", "Meyers, John E", "Meyers, John E", 1, 2019,
             "10.1093/arclin/acy039", True),
    ),
    "asreview_pubmed.csv": Export(
        "csv", "pubmed", 10, 0,
        Seen("Time lapse: A glimpse", "Griffin DK", "O'Connor RE", 3, 2020, "10.1016/j.ejmg.2019.03.004", False),
        Seen("Low dinosaur biodiversity", "Han F", "Deng C", 17, 2022, "10.1073/pnas.2211234119", False),
    ),
    "asreview_rayyan.ris": Export("ris", "rayyan", 10, 0, SCALES, QUARRY),
    "asreview_scopus.ris": Export(
        "ris", "scopus", 10, 0,
        Seen("Global latitudinal gradients",
             "Wilson, L.N.", "Organ, C.L.", 8, 2024, "10.1038/s41467-024-46843-2", True),
        Seen("The evolution of femoral morphology", "Pintore, R.", "Houssaye, A.", 5, 2024, "10.1017/pab.2024.6", True),
    ),
    "asreview_webofscience.ris": Export(
        "ris", "wos", 10, 0,
        Seen("New Horned Dinosaurs from Utah",
             "Sampson, SD", "Titus, AL", 7, 2010, "10.1371/journal.pone.0012292", True),
        Seen("The rise of feathered dinosaurs: Kulindadromeus zabaikalicus, the oldest", "Cincotta, A",
             "Godefroit, P", 11, 2019, "10.7717/peerj.6239", True),
    ),
    "asreview_zotero.ris": Export("ris", "zotero", 10, 0, SCALES, QUARRY),
    "bom.ris": Export("ris", "ris", 1, 0, NO_ONE, NO_ONE),
    "bvs_portal_english.csv": Export(
        "csv", "bvs", 13, 0,
        Seen("Stigmatizing attitudes toward psychiatric", "Blum, Gabriela Brendel", "Passos, Ives Cavalcante", 4, 2021,
             "10.1016/j.jpsychires.2021.05.033", True),
        Seen("Stigma and demographic correlates", "Blais, Rebecca K", "Renshaw, Keith D", 2, 2013,
             "10.1002/jts.21772", True),
    ),
    "corrupted.ris": Export("ris", "ris", 1, 1, EDITORIAL, EDITORIAL),
    "ebsco_malformed.bib": Export("bibtex", "bibtex", 1, 0, LABOR, LABOR),
    "ebscohost.ris": Export(
        "ris", "ebsco", 2, 0,
        Seen("A Culturally Adapted Intervention", "Parra‐Cardona, Rubén", "Domenech Rodríguez, Melanie M.", 9, 2019,
             "10.1111/famp.12381", True),
        Seen("Collective stories: the application", "Landis, Heidi", "Landis, Heidi", 1, 2021,
             "10.1080/01609513.2020.1811014", True),
    ),
    "endnote_spidercite.xml": Export(
        "endnote-xml", "endnote", 10, 0,
        Seen("A multicenter, randomized, split-face",
             "Antoniou, C.", "Nikolis, A.", 9, 2016, "10.1111/ijd.13349", True),
        Seen("Blue light phototherapy in the treatment of acne", "Tzung, T. Y.", "Huang, M. L.", 3, 2004,
             "10.1111/j.1600-0781.2004.00109.x", True),
    ),
    "eric.nbib": Export("nbib", "nbib", 1, 0, ERIC, ERIC),
    "europepmc.bib": Export(
        "bibtex", "bibtex", 2, 0,
        Seen("When there is a PERCENTAGE symbol", "Articlewriter, Tom", "Articlewriter, Tom", 1, 2023,
             "10.1111/s5555-333-55555-1", True),
        Seen("This title is a misc", "Miscwriter, Chris", "Miscwriter, Chris", 1, 2022,
             "10.55555/rs.1.rs-1777777/v99", True),
    ),
    "ieee_xplore.csv": Export(
        "csv", "ieee", 10, 0,
        Seen("Exascale Computing Trends: Adjusting to the \"New Normal\"'", "Kogge, P.", "Shalf, J.", 2, 2013,
             "10.1109/MCSE.2013.95", True),
        Seen("Methodology and Application of HPC", "Chang, Y. -T. S.", "Bauer, J.", 3, 2016,
             "10.1109/ESPT.2016.005", True),
    ),
    "jabref.nbib": Export("nbib", "nbib", 1, 0, PROTEOMICS, PROTEOMICS),
    "lilacs_bvs_portal.ris": Export(
        "ris", "lilacs", 5, 0,
        Seen("Estresores de aculturación de los inmigrantes", "Vásquez-Ventura, I.S.", "Fernández-Sánchez, H.", 3, 2021,
             "10.22201/eneo.23958421e.2021.2.934", True),
        Seen("La violencia: Un problema de salud pública", "Franco Agudelo, Saúl", "Franco Agudelo, Saúl", 1, 1990,
             None, False),
    ),
    "ovid_text.txt": Export("ovid", "ovid", 1, 0, CLOUD, CLOUD),
    "pubmed.nbib": Export(
        "nbib", "nbib", 3, 0,
        Seen("The association between cardiovascular health and depression: Results from the 2007-2020",
             "Shen, Ruihuan", "Zou, Tong", 2, 2024, "10.1016/j.psychres.2023.115663", True),
        Seen("Circulating myeloid-derived MMP8", "Cathomas, Flurin", "Russo, Scott J", 30, 2024,
             "10.1038/s41586-023-07015-2", True),
    ),
    "refworks.csv": Export(
        "csv", "refworks", 97, 0,
        Seen("Beyond the written words of informed consent", "Alby, Francesca", "Fatigante, Marilena", 3, 2014,
             "10.1080/19012276.2014.926228", True),
        Seen("Authentic inclusion-utopian thinking?", "Young, Keith", "Coughlan, Barry", 3, 2017,
             "10.1016/j.tate.2017.07.017", True),
    ),
    "rispy_wos_tagged.ris": Export(
        "wos", "wos", 2, 0,
        Seen("Interactions stabilizing the structure of the core light-harvesting complex", "Parkes-Loach, PS",
             "Loach, PA", 4, 2004, "10.1021/bi049798f", True),
        Seen("Proximal and distal influences", "Cao, WX", "Champion, PM", 9, 2004, "10.1021/bi0497291", True),
    ),
    "scielo_search.bib": Export(
        "bibtex", "bibtex", 13, 0,
        Seen("Entre a fralda e a lousa",
             "Oliveira, Rosmari Pereira de", "Viviani, Luciana Maria", 2, 2019, None, False),
        Seen("La organización escolar: punto de partida", "Velásquez, María Teresa", "Mayorga González, Martha Ruth", 3,
             2006, None, False),
    ),
    "scielo_search.ris": Export(
        "ris", "scielo", 15, 0,
        Seen("Comprensión lectora de textos", "Maldonado Alegre, Fernando Camilo", "Trujillo-Solis, Beymar Pedro", 4,
             2023, "10.33936/rehuso.v8i1.4980", True),
        Seen("Entre sueños, montañas y vallenatos.", "Bolívar, Ingrid", "Lizarazo, Sergio", 2, 2021,
             "10.7440/colombiaint107.2021.06", True),
    ),
    "scopus.bib": Export("bibtex", "bibtex", 1, 0, SCOPUS_ONE, SCOPUS_ONE),
    "scopus_malformed.bib": Export(
        "bibtex", "bibtex", 21, 0,
        Seen("Principals' perspectives of inclusive education", "Lüddeckens, J.", "Östlund, D.", 3, 2022,
             "10.1108/JEA-02-2021-0022", False),
        Seen("The rhetoric and reality of leading", "Abawi, L.-A.", "Carter, S.", 4, 2018, "10.3390/educsci8020055",
             False),
    ),
    # Named for Scopus, but these are the examples of BibLaTeX: two @set entries hold no work, three works stand twice.
    "scopus_srdedupe.bib": Export(
        "bibtex", "bibtex", 90, 6,
        Seen("The True Frontier: Confronting and Avoiding the Realities of Space in American Science Fiction Films",
             "Westfahl, Gary", "Westfahl, Gary", 1, 2000, None, False),
        Seen("High-Resolution Micromachined Interferometric", "Loh, Nin C.", "Loh, Nin C.", 1, 1992, None, False),
    ),
    "wos.bib": Export("bibtex", "bibtex", 1, 0, WOS_ONE, WOS_ONE),
    "wos.ris": Export(
        "ris", "wos", 2, 0,
        Seen("Countermeasures and their taxonomies", "Sánchez-García, ID", "Calvo-Manzano, JA", 3, 2023,
             "10.1016/j.cose.2023.103170", True),
        Seen("Renewable Hybrid Systems for water pumping: a review", "Cruz, I", "Carvalho, PCM", 3, 2022,
             "10.1109/TLA.2022.9885164", True),
    ),
    "wos_ciw.ciw": Export(
        "wos", "wos", 5, 0,
        Seen("The determinants of academic career advancement", "Abramo, Giovanni", "Rosati, Francesco", 3, 2015,
             "10.1093/scipol/scu086", True),
        Seen("Multi-criteria group individual research output", "Li, Zongmin", "Gang, Jun", 4, 2015,
             "10.1016/j.omega.2015.09.001", True),
    ),
}  # fmt: skip


def as_seen(record: Record, title: str) -> Seen:
    """The record in the terms of Seen; the title cut to the length that was read."""
    names = record.authors or ("",)
    shown = (record.title or "")[: len(title)]
    return Seen(
        shown,
        names[0],
        names[-1],
        len(record.authors),
        record.year,
        record.doi,
        record.abstract is not None,
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPORTS)
def test_a_real_export_is_read_as_it_stands(name: str) -> None:
    wanted = EXPORTS[name]
    parsed = read_file(FORMATS / name, source="some-source")
    records = parsed.all()
    assert (parsed.format, parsed.dialect, len(records)) == (
        wanted.format,
        wanted.dialect,
        wanted.records,
    )
    assert len(parsed.problems) == wanted.problems, [str(problem) for problem in parsed.problems]
    assert as_seen(records[0], wanted.first.title) == wanted.first
    assert as_seen(records[-1], wanted.last.title) == wanted.last


def test_no_real_export_is_left_out() -> None:
    there = {path.name for path in FORMATS.iterdir() if path.suffix != ".tsv"}
    assert there == set(EXPORTS)


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPORTS)
def test_identifiers_are_there_and_unique(name: str) -> None:
    records = read_file(FORMATS / name, source="some-source").all()
    assert all(record.source == "some-source" and record.source_id for record in records)
    assert len({record.key for record in records}) == len(records)


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPORTS)
def test_reading_twice_gives_the_same(name: str) -> None:
    again = io.BytesIO((FORMATS / name).read_bytes())
    assert read_file(FORMATS / name, source="x").all() == read_file(again, source="x").all()


def words_of(record: Record) -> str:
    """All that a record holds, in one text of letters and digits."""
    parts: list[str] = []
    for slot in record.__slots__:
        value = getattr(record, slot)
        if isinstance(value, str | int):
            parts.append(str(value))
        elif isinstance(value, tuple):
            parts.extend(map(str, value))
    parts.extend(f"{tag} {' '.join(values)}" for tag, values in record.other.items())
    return letters(" ".join(parts))


def letters(text: str) -> str:
    return "".join(letter for letter in html.unescape(text) if letter.isalnum())


AROUND = ("TY", "ER", "Record #", "Provider:", "Content:")


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [name for name in EXPORTS if name.endswith(".ris") and "wos_tagged" not in name]
)
def test_no_line_of_an_ris_export_is_dropped(name: str) -> None:
    held = "".join(map(words_of, read_file(FORMATS / name, source="x").records))
    for line in (FORMATS / name).read_text(encoding="utf-8-sig").splitlines():
        value = line[6:] if line[2:5] == "  -" else line
        if line.startswith(AROUND) or value.strip(" .").isdigit():
            continue
        for piece in value.split("     "):  # Rayyan folds two lines into one
            assert letters(piece.removeprefix("LK  - ").removeprefix("U2  - ")) in held, line


def test_lilacs_keeps_what_it_repeats() -> None:
    first = next(read_file(FORMATS / "lilacs_bvs_portal.ris", source="lilacs").records)
    assert first.key == "lilacs:biblio-1375373"
    assert first.languages == ("spa",)
    assert len(first.other["AD"]) == 3
    assert [title.split()[0] for title in first.other["TT"]] == ["Stressors", "Estressores"]
    assert [text.split()[0] for text in first.other["AB"]] == ["RESUMEN", "ABSTRACT", "RESUMO"]
    assert (first.published, first.created, first.pages) == ("2021-04", "2022-06-22", "112-127")
    second = read_file(FORMATS / "lilacs_bvs_portal.ris", source="lilacs").all()[1]
    assert second.headings[:2] == ("Humanos", "Masculino")
    assert "Suicidio/estadística & datos numéricos" in second.headings


def test_identifiers_of_other_databases_are_read() -> None:
    embase = next(read_file(FORMATS / "asreview_embase.ris", source="embase").records)
    assert (embase.source_id, embase.pmid) == ("L2029880245", "38773066")
    cochrane = next(read_file(FORMATS / "asreview_cochrane_endnote.ris", source="central").records)
    assert (cochrane.accession, cochrane.pmid) == ("CN-00778158", "21314913")
    scopus = next(read_file(FORMATS / "asreview_scopus.ris", source="scopus").records)
    assert (scopus.source_id, scopus.pmid, scopus.issns) == (
        "2-s2.0-85189760133",
        "38580657",
        ("2041-1723",),
    )
    endnote = next(read_file(FORMATS / "endnote_spidercite.xml", source="pubmed").records)
    assert endnote.key == "pubmed:27575854"
    rayyan = read_file(FORMATS / "asreview_rayyan.ris", source="rayyan").all()[5]
    assert rayyan.issns == ("1932-8494", "1932-8486")
    assert rayyan.doi == "10.1002/ar.25299"
    assert rayyan.other["U2"]


XML = SHARED / "pubmed" / "xml"


@pytest.fixture(scope="module")
def corpus() -> dict[str, Record]:
    return {
        record.source_id: record
        for record in read_file(XML / "pubmed_real_corpus.xml.gz", source="pubmed").records
    }


def features(path: Path) -> dict[str, set[str]]:
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    return {pmid: set(said.split(",")) for pmid, _, said in rows}


@pytest.mark.slow
def test_the_real_pubmed_records_hold_what_the_index_says(corpus: dict[str, Record]) -> None:
    index = features(XML / "pubmed_real_corpus.index.tsv")
    assert len(corpus) == 2125
    assert set(corpus) == set(index)
    for pmid, said in index.items():
        record = corpus[pmid]
        assert ("NoTitle" in said) == (record.title is None), pmid
        assert ("NoAbstract" in said) == (record.abstract is None), pmid
        assert ("NoDOI" in said) == (record.doi is None), pmid
        assert ("CollectiveName" in said) == bool(record.collective_authors), pmid
        assert ("NoAuthorList" in said) == (not record.authors and not record.collective_authors), (
            pmid
        )
        assert ("VernacularTitle" in said) == (record.original_title is not None), pmid
        assert ("MultiLanguage" in said) == (len(record.languages) > 1), pmid
        assert ("MeSH" in said) == bool(record.headings), pmid
        kinds = {relation.kind.value for relation in record.relations}
        assert ("CC:RetractionIn" in said) == ("retracted_by" in kinds), pmid
        assert ("CC:RetractionOf" in said) == ("retraction_of" in kinds), pmid
        assert ("CC:ErratumIn" in said) == ("has_erratum" in kinds), pmid
        assert ("CC:ErratumFor" in said) == ("erratum_of" in kinds), pmid
        assert record.year is not None, pmid
        assert record.languages, pmid
        assert record.created, pmid


@pytest.mark.slow
def test_traps_of_pubmed_xml(corpus: dict[str, Record]) -> None:
    assert corpus["15252500"].created  # a month written as a word among the history dates
    assert corpus["21002435"].created == "2010-10-29"
    assert (
        Counter(record.title is not None and "<" in record.title for record in corpus.values())[
            True
        ]
        < 5
    )
    assert {
        code for record in corpus.values() for code in record.languages if not code.islower()
    } == set()
    book = corpus["26389276"]
    assert book.collective_authors == ("PDQ Pediatric Treatment Editorial Board",)
    assert book.other["BookTitle"] == ("PDQ Cancer Information Summaries",)


@pytest.mark.slow
def test_a_doi_of_a_cited_work_is_not_the_works_own(corpus: dict[str, Record]) -> None:
    text = gzip.decompress((XML / "pubmed_real_corpus.xml.gz").read_bytes()).decode()
    for chunk in text.split("<PubmedArticle>")[1:]:
        pmid = chunk.split("</PMID>")[0].rsplit(">", 1)[1]
        cited = chunk.split("<ReferenceList>", 1)
        doi = corpus[pmid].doi
        assert (
            doi is None
            or doi.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in cited[0]
        ), pmid
