"""Author names: the family first, groups apart from persons, lists split where it is certain."""

import io
import time

import pytest

from reviewkit.importers import read_file
from reviewkit.importers.names import (
    are_plain,
    family_first,
    is_group,
    order_by_initials,
    people_in,
    split_names,
    without_degrees,
)


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("Alba Vicente", "Vicente, Alba"),
        ("P. Kogge", "Kogge, P."),
        ("Maximiliano L. Ponte de Souza", "de Souza, Maximiliano L. Ponte"),
        ("Ludwig van Beethoven", "van Beethoven, Ludwig"),
        ("Thomas A. Shiller Jr", "Shiller, Thomas A., Jr"),
        ("Silva, Ana", "Silva, Ana"),
        ("Selvamani", "Selvamani"),
        ("World Health Organization", "World Health Organization"),
        ("王 伟", "王 伟"),
        ("Efraín R. Fonseca C.", "Efraín R. Fonseca C."),
        ("Silva AB", "Silva AB"),
        ("Jin O", "O, Jin"),
    ],
)
def test_names_with_the_family_first(printed: str, wanted: str) -> None:
    assert family_first(printed) == wanted


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("Silva A", "Silva A"),
        ("García Márquez G.J.", "García Márquez G.J."),
        ("A. Silva", "Silva, A."),
        ("Ana Silva", "Silva, Ana"),
        ("Henry Ford III", "Ford, Henry, III"),
        ("Silva", "Silva"),
    ],
)
def test_initials_at_the_end_are_no_family_name(printed: str, wanted: str) -> None:
    assert order_by_initials(printed) == wanted


@pytest.mark.parametrize(
    ("listed", "wanted"),
    [
        ("Griffin DK, Larkin DM, O'Connor RE.", ["Griffin DK", "Larkin DM", "O'Connor RE"]),
        ("Lenberg P., Feldt R., Wallgren L.G.", ["Lenberg P.", "Feldt R.", "Wallgren L.G."]),
        ("Silva, Ana; Souza, Rui", ["Silva, Ana", "Souza, Rui"]),
        ("Silva, Ana and Souza, Rui", ["Silva, Ana", "Souza, Rui"]),
        ("Alba Vicente|Josep Sanjuan", ["Alba Vicente", "Josep Sanjuan"]),
        ("Silva, Ana", ["Silva, Ana"]),
        ("Silva, Ana, Souza, Rui", ["Silva, Ana, Souza, Rui"]),
        ("", []),
    ],
)
def test_lists_of_names_are_split_where_it_is_certain(listed: str, wanted: list[str]) -> None:
    assert split_names(listed) == wanted


def test_groups_are_told_from_persons() -> None:
    assert is_group("beta-Blocker Heart Attack Study Group")
    assert is_group("PDQ Pediatric Treatment Editorial Board")
    assert not is_group("Group, Ana")
    assert not is_group("Silva, Ana Maria")
    assert not is_group("Selvamani")


@pytest.mark.parametrize(
    "name",
    [
        "Silva, Ana", "Silva, A.B.", "García López, Ana M.", "O’Connor, R.-E.", "Souza, Rui de",
        "Lopez A, Ana B", "A Silva, B Souza", "Silva, Ana and Souza", "Study Group, The",
        "Silva, Ana, Souza, Rui", "Silva; Souza", "Silva, ana@b.org", "Silva,  Ana", "Silva, Ana;",
        "Trial Council, Study Board", "Silva &amp; Souza, Ana", "Silva", "",
    ],
)  # fmt: skip
def test_a_plain_name_is_one_person_as_it_stands(name: str) -> None:
    assert not are_plain([name]) or (people_in(name) == [name] and not is_group(name))


def test_many_plain_names_before_an_odd_one_cost_nothing() -> None:
    began = time.process_time()
    assert not are_plain([*["García Silva, Ana Maria"] * 5_000, "Silva, Ana; Souza, Rui"])
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("Alpha, Ada, PhD", "Alpha, Ada"),
        ("Alpha, Ada, M.D., Ph. D.", "Alpha, Ada"),
        ("Smith J, MD", "Smith J"),
        ("van der Berg J.A., MD, MSc", "van der Berg J.A."),
        ("Alpha, Ada, Jr, MD", "Alpha, Ada, Jr"),
        ("Smith, MD, PhD", "Smith, MD"),
        ("Rahman, Md, MD", "Rahman, Md"),
        ("Alpha, Ada, MBChB, DSc", "Alpha, Ada"),
    ],
)
def test_a_degree_behind_a_whole_name_is_left_out(printed: str, wanted: str) -> None:
    assert without_degrees(printed) == wanted
    assert people_in(printed) == [wanted]


@pytest.mark.parametrize(
    "printed",
    [
        "Smith, MD",  # two initials
        "Rahman, Md",
        "Garcia Lopez, MD",
        "Ma, MD, Li",
        "Alpha, Ada, MA",  # also a name
        "Alpha, Ada, Jr",
        "Smith, PhD, MD",
        "Alpha, Ada, Beta, MD",
        "Alpha A, MD, Beta B, PhD",
        "Institute of Health, MD",
        "National Institutes of Health, Bethesda, MD",
        "Health Research Group, Bethesda, MD",
        "MD",
        "",
    ],
)
def test_what_may_be_no_degree_stays(printed: str) -> None:
    assert without_degrees(printed) == printed


@pytest.mark.parametrize(
    "text",
    [
        "TY  - JOUR\nTI  - T\nAU  - Alpha, Ada, PhD\nAU  - Smith J, MD\nPY  - 2020\nER  - \n",
        "@article{a, title={T}, year=2020, author={Alpha, Ada, PhD and Smith J, MD}}",
        'title,authors,year\nT,"Alpha, Ada, PhD; Smith J, MD",2020\n',
    ],
)
def test_degrees_are_no_names_in_any_format_and_are_kept_as_printed(text: str) -> None:
    (record,) = read_file(io.BytesIO(text.encode()), source="here").all()
    assert record.authors == ("Alpha, Ada", "Smith J")
    assert "Ada, PhD" in str(record.other)


def test_each_name_of_a_list_loses_its_degrees() -> None:
    assert people_in("Alpha, Ada, PhD; Smith J, MD") == ["Alpha, Ada", "Smith J"]
