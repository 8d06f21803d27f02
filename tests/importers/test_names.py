"""Author names: the family first, groups apart from persons, lists split where it is certain."""

import pytest

from reviewkit.importers.names import family_first, is_group, split_names


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
    ],
)
def test_names_with_the_family_first(printed: str, wanted: str) -> None:
    assert family_first(printed) == wanted


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
