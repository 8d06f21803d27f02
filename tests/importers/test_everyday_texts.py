"""Tagged texts, MODS and DataCite as public examples have them, made small: read wrongly once."""

import io
import json

import pytest

from reviewkit.importers import ParsedFile, read_file
from reviewkit.model.records import Record


def read(content: str) -> tuple[list[Record], ParsedFile]:
    parsed = read_file(io.BytesIO(content.encode()), source="x")
    return list(parsed.records), parsed


def test_web_of_science_text_without_indents() -> None:
    """What continues a line is at the margin: only capitals and a blank are a tag."""
    text = (
        "FN Thomson Reuters Web of Knowledge\nVR 1.0\nPT J\nUT BCI:1\nTI A basal resource for two\n"
        "consumers in arctic lakes\nAU Silva, Ana B. (ana@example.org)\nHershey, Anne E.\nPY 2013\n"
        "AB Processing of detritus is important to\ninvertebrate nutrition, but CH4 is\nDNA-free.\n"
        "ER\n\nEF\n"
    )
    (record,), parsed = read(text)
    assert parsed.problems == []
    assert record.title == "A basal resource for two consumers in arctic lakes"
    assert record.authors == ("Silva, Ana B.", "Hershey, Anne E.")
    assert record.abstract is not None
    assert record.abstract.endswith("important to invertebrate nutrition, but CH4 is DNA-free.")


def test_refworks_text_with_its_legend_and_kinds_with_a_comma() -> None:
    text = (
        "Refworks Export Tagged Format\n\nCharacter Set=utf-8\n\nTag legend\n*****\nRT=Reference Type\n"
        "PMID=PMID\n\nFont Attribute Legend\nStart Bold =\n\nRT Book, Section\nID 1\nA1 Silva,Ana\n"
        "T1 One\nYR 2002\nAB A = b, and\nSD=3.\n\nRT Journal Article\nA1 Souza,Rui\nT1 Two\nYR 2003\n"
    )
    (one, two), parsed = read(text)
    assert (parsed.format, parsed.problems) == ("refworks", [])
    assert (one.title, one.types, one.authors) == ("One", ("Book, Section",), ("Silva, Ana",))
    assert (one.abstract, two.title) == ("A = b, and SD=3.", "Two")


OVID = {
    "Behavioural Psychotherapy. Vol.43(5), Sep 2015, pp. 623-634.": (
        "Behavioural Psychotherapy", "43", "5", "623-634",
    ),
    "Health & Fitness Journal January/February 2010;14(1):56": (
        "Health & Fitness Journal", "14", "1", "56",
    ),
    "Kamp, Roza Maria [Editor, Reprint Author], Calvete, Juan J. [Editor]. Methods. 2004.": (
        None, None, None, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("source", OVID)
def test_ovid_s_tagged_text_of_each_database(source: str) -> None:
    text = (
        "<1. >\nVN  - Ovid Technologies\nAN  - Peer Reviewed Journal: 2015-33942-012.\n"
        "AU  - Silva, Ana B. [Author, Reprint Author], E-mail: ana@example.org\n"
        "AU  - Peterson, James A. Ph.D., FACSM\nAU  - Ding, Wei 2,+\nTI  - One.  [Article]\n"
        f"SO  - {source}\nLG  - English.\nYR  - 2015\n"
    )
    (record,), parsed = read(text)
    assert parsed.problems == []
    assert record.authors == ("Silva, Ana B.", "Peterson, James A.", "Ding, Wei")
    assert (record.source_id, record.title, record.languages) == (
        "2015-33942-012", "One.", ("eng",),
    )  # fmt: skip
    assert (record.journal, record.volume, record.issue, record.pages)[:1] == OVID[source][:1]
    if record.journal:
        assert (record.volume, record.issue, record.pages) == OVID[source][1:]


def test_a_kind_that_is_said_twice_is_no_empty_record() -> None:
    (record,), parsed = read("%0 Serial\n%0 Audio\n%T One\n%A Silva, Ana\n%D 2021\n")
    assert (record.title, record.types, parsed.problems) == ("One", ("Serial", "Audio"), [])
    records, parsed = read("%0 Book\n%T One\n%A Silva, Ana\n%D 2021\n\n%0 Serial\n")
    assert len(records) == 1
    assert [problem.kind.value for problem in parsed.problems] == ["refused"]


def test_mods_has_a_title_in_parts_and_says_what_a_person_did() -> None:
    name = (
        '<name type="personal"><namePart>{0}</namePart><role><roleTerm>{1}</roleTerm></role></name>'
    )
    text = (
        '<mods xmlns="http://www.loc.gov/mods/v3"><titleInfo><nonSort>The</nonSort><title>urban '
        'question :</title><subTitle>a reader</subTitle></titleInfo><titleInfo type="alternative">'
        f"<title>Other</title></titleInfo>{name.format('Silva, Ana', 'author')}"
        f'{name.format("Souza, Rui", "editor")}<relatedItem type="host"><part><detail type="issue">'
        "<number>5</number><caption>no.</caption></detail><date>2000</date></part></relatedItem></mods>"
    )
    (record,), _ = read(text)
    assert (record.title, record.authors) == ("The urban question: a reader", ("Silva, Ana",))
    assert (record.issue, record.year, record.other["editor"]) == ("5", 2000, ("Souza, Rui",))


def test_datacite_s_own_json_is_read_as_its_api_s() -> None:
    work = {
        "id": "https://doi.org/10.1000/a", "doi": "10.1000/a", "types": {"resourceTypeGeneral": "Text"},
        "creators": [{"name": "Silva, Ana", "nameType": "Personal"}], "publicationYear": 2020,
        "titles": [{"title": "One"}, {"title": "A study", "titleType": "Subtitle"},
                   {"title": "Um", "titleType": "TranslatedTitle"}],
        "container": {}, "relatedItems": [
            {"relationType": "IsPublishedIn", "titles": [{"title": "The book"}], "firstPage": "9",
             "lastPage": "28"}],
    }  # fmt: skip
    for content in (work, {"data": [{"id": "10.1000/a", "type": "dois", "attributes": work}]}):
        (record,), parsed = read(json.dumps(content))
        assert (parsed.dialect, record.title, record.authors) == (
            "datacite", "One: A study", ("Silva, Ana",),
        )  # fmt: skip
        assert (record.doi, record.year, record.journal, record.pages) == (
            "10.1000/a", 2020, "The book", "9-28",
        )  # fmt: skip
