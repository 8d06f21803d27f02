"""The layout of deduplication data sets."""

import pytest

from reviewkit.importers.dedupe_csv import records_from_rows, split_authors


def test_rows_of_the_data_sets_layout() -> None:
    rows = [
        {
            "record_id": "1",
            "title": "A",
            "author": "Mozes S.Sefcikov Z.O'Neil J. K.",
            "year": "2004",
            "issn": "1-2 3-4",
        },
        {
            "record_id": "2",
            "author": "Li, Wei and Smith, J",
            "source": "embase",
            "type": "article",
            "year": "n.d.",
        },
    ]
    first, second = records_from_rows(rows, source="set")
    assert first.authors == ("Mozes S.", "Sefcikov Z.", "O'Neil J. K.")
    assert (first.key, first.year, first.title, first.volume) == ("set:1", 2004, "A", None)
    assert second.authors == ("Li, Wei", "Smith, J")
    assert (second.types, second.other["source"], second.year) == (("article",), ("embase",), None)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("", ()),
        ("Shin", ("Shin",)),
        ("B. Abrahao; P. Parigi", ("B. Abrahao", "P. Parigi")),
        ("de Jong J.M.van der Berg P.", ("de Jong J.M.", "van der Berg P.")),
        ("Satoh-Asahara N.Shimatsu A.", ("Satoh-Asahara N.", "Shimatsu A.")),
        ("Smith, J", ("Smith, J",)),
    ],
)
def test_split_authors(cell: str, names: tuple[str, ...]) -> None:
    assert split_authors(cell) == names
