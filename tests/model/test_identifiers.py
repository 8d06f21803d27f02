"""DOI, PMID, PMCID and title keys: one normaliser for each, however the identifier is printed."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reviewkit.model.identifiers import (
    doi_in,
    doi_key,
    pmcid_in,
    pmid_in,
    pmid_key,
    title_key,
    work_doi_key,
)


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("10.1002/ar.25520", "10.1002/ar.25520"),
        ("https://dx.doi.org/10.1186/s11689-021-09396-9", "10.1186/s11689-021-09396-9"),
        ("doi:10.1016/S0140-6736(05)67889-7.", "10.1016/S0140-6736(05)67889-7"),
        ("(10.1000/a)", "10.1000/a"),
        (
            "10.1002/(SICI)1097-0258(19980815)17:15<1661::AID-SIM968>3.0.CO;2-2",
            "10.1002/(SICI)1097-0258(19980815)17:15<1661::AID-SIM968>3.0.CO;2-2",
        ),
        ('<a href="https://doi.org/10.1000/b">10.1000/b</a>', "10.1000/b"),
        ("<10.1000/c>", "10.1000/c"),
        ("10.1016%2fj.jss.2015.04.084", "10.1016/j.jss.2015.04.084"),
        ("10.1002/%28SICI%291097-0258", "10.1002/(SICI)1097-0258"),
        ("https://doi.org/10.1000/d/", "10.1000/d"),
        ("10.1000/a&amp;b", "10.1000/a&b"),
        ("BMJ 2010.1136/x", None),
        ("10.1000/.", None),
        ("not yet", None),
        ("10.1/x", None),
    ],
)
def test_dois_without_what_stands_around_them(printed: str, wanted: str | None) -> None:
    assert doi_in(printed) == wanted


@pytest.mark.parametrize(
    "printed",
    [
        "10.1000/ABC.1",
        "https://doi.org/10.1000/abc.1",
        "http://dx.doi.org/10.1000/abc.1",
        "doi.org/10.1000/abc.1",
        "DOI: 10.1000/abc.1",
        "doi:10.1000/abc.1.",
        " 10.1000/ abc.1 ",
        "10.1000%2Fabc.1",
        "ARTN 106\n10.1000/abc.1",
    ],
)
def test_every_way_of_printing_a_doi_has_one_key(printed: str) -> None:
    assert doi_key(printed) == "10.1000/abc.1"


def test_no_identifier_has_an_empty_key() -> None:
    assert doi_key(None) == doi_key("") == doi_key("none") == ""
    assert pmid_key(None) == pmid_key("") == pmid_key("none") == ""
    assert title_key(None) == title_key("") == title_key("<i></i> ...") == ""


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("10.1101/2020.01.02.900001v2", "10.1101/2020.01.02.900001"),
        ("10.21203/rs.3.rs-1/v1", "10.21203/rs.3.rs-1"),
        ("10.2196/1.v3", "10.2196/1"),
        ("10.1000/v2", "10.1000/v2"),
    ],
)
def test_the_version_of_a_deposit_is_not_in_the_key_of_the_work(printed: str, key: str) -> None:
    assert work_doi_key(printed) == key


@pytest.mark.parametrize(
    ("printed", "pmid"),
    [
        ("39218769", "39218769"),
        ("PMID: 7", "7"),
        ("PUBMED 21314913", "21314913"),
        ("MEDLINE:0012", "12"),
        ("https://pubmed.ncbi.nlm.nih.gov/39218769/", "39218769"),
        ("https://www.ncbi.nlm.nih.gov/pubmed/39218769", "39218769"),
        ("L2029880245", None),
        ("123456789", None),
        ("10.1000/12", None),
        ("0", None),
        ("", None),
    ],
)
def test_a_pmid_is_read_bare_behind_its_label_or_in_its_address(
    printed: str, pmid: str | None
) -> None:
    assert pmid_in(printed) == pmid
    assert pmid_key(printed) == (pmid or "")


def test_a_pmcid_is_read_wherever_it_is_printed() -> None:
    assert pmcid_in("PMC7026692") == "PMC7026692"
    assert pmcid_in("https://europepmc.org/articles/PMC7777777") == "PMC7777777"
    assert pmcid_in("x") is None


def test_titles_that_differ_in_print_alone_have_one_key() -> None:
    printed = (
        "Dysbiosis in <i>ALS</i>: the gut\u2013brain axis",
        "DYSBIOSIS IN ALS. The gut-brain axis",
    )
    assert {title_key(title) for title in printed} == {"dysbiosis in als the gut brain axis"}


_PIECES = st.sampled_from(
    ["10.1000/", "doi:", "(", ")", "<", ">", "a", ".", "/", "%28", "&lt;", " ", "1"]
)


@example(["10.1000/", "a", "(", ")", "."])
@given(st.lists(_PIECES, max_size=12))
def test_a_doi_found_once_is_found_again_in_itself(pieces: list[str]) -> None:
    doi = doi_in("".join(pieces))
    if doi is not None and "%" not in doi and "&" not in doi:
        assert doi_in(doi) == doi
        assert doi_key(doi) == doi.lower()
