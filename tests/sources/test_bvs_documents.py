"""Documents of BVS to records."""

from reviewkit.sources.bvs_documents import document_name, merge_documents, read_document
from tests.servers.bvs_server import document


def test_no_field_of_a_document_is_lost() -> None:
    doc = document(
        7,
        ti=["Título", "Title"], ti_en="Title", fo=["Rev; 1(2): 3-4, 2023."], pg=["3-4"], vi=["1"], ip=["2"],
        aid="10.1590/abc", pmcid="PMC77", entry_date="20230401", ab=["Resumo", "Abstract"],
        ab_en="Abstract", mj=["Disbiose"], kw=["a"], ur=["http://x.org/1"], fulltext=["1"], cp=["BR"],
        accession_number="9", pais_publicacao=["^iBrazil^eBrasil^pBrasil"], type=["article"], no_indexing=1,
        afiliacao_autor=["Universidade"], alternate_id=["lil-9"], unheard_of={"a": [1]},
    )  # fmt: skip
    record, problems = read_document({**doc, "is": ["1234-5678"]}, source="lilacs")
    assert problems == ()
    assert (record.key, record.title, record.year, record.published) == (
        "lilacs:biblio-7",
        "Título",
        2023,
        "2023-03",
    )
    assert (record.doi, record.pmcid, record.issns) == ("10.1590/abc", "PMC77", ("1234-5678",))
    assert (record.languages, record.created, record.abstract) == (("por",), "2023-04-01", "Resumo")
    text = repr(record)
    for value in (
        "Title",
        "Abstract",
        "Rev; 1(2)",
        "^iBrazil",
        "Universidade",
        "lil-9",
        "BR",
        "^d22674",
        "unheard_of",
    ):
        assert value in text


def test_a_medline_record_carries_its_pmid() -> None:
    assert read_document({"id": "mdl-34082220", "ti": ["x"]}, source="lilacs")[0].pmid == "34082220"


def test_merging_keeps_what_either_copy_says() -> None:
    merged = merge_documents(
        [{"id": "1", "ti": ["a"], "vi": "2"}, {"id": "1", "ti": ["a", "b"], "ip": "3"}]
    )
    assert merged["1"] == {"id": ["1"], "ti": ["a", "b"], "vi": ["2"], "ip": ["3"]}


def test_an_identifier_is_the_first_text_of_its_list_or_none() -> None:
    names = [
        document_name({"id": value}) for value in (" 7 ", ["7", "8"], 7, [], None, [" "], "\x00")
    ]
    assert names == ["7", "7", "7", "", "", "", ""]
    assert document_name({"ti": ["x"]}) == ""


def test_copies_are_one_document_whether_the_identifier_is_in_a_list_or_not() -> None:
    assert list(merge_documents([{"id": "1", "ti": ["a"]}, {"id": ["1"], "vi": "2"}])) == ["1"]
