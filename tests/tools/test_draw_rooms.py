"""The picture of the rooms: current, the same every time, and small enough to be understood."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tools.draw_rooms import PICTURE, ROOMS, House, draw, read_house


@pytest.fixture(scope="module")
def house() -> House:
    return read_house()


@pytest.mark.slow
def test_the_picture_is_current(house: House) -> None:
    assert PICTURE.read_text(encoding="utf-8") == draw(house), "run `make picture`"


@pytest.mark.slow
def test_the_house_has_at_most_22_rooms_on_9_floors(house: House) -> None:
    assert 15 < len(house.floors) <= 22
    assert house.height <= 9
    assert all(house.floors[upper] > house.floors[lower] for upper, lower in house.imports)


@pytest.mark.slow
def test_every_room_is_drawn_and_described(house: House) -> None:
    assert ROOMS.keys() == house.floors.keys()
    texts = [
        text.text for text in ET.fromstring(draw(house)).iter("{http://www.w3.org/2000/svg}text")
    ]
    assert set(ROOMS) | set(ROOMS.values()) <= set(texts)


@pytest.mark.slow
def test_an_arrow_ends_at_each_room_that_is_imported(house: House) -> None:
    drawn = draw(house)
    heads = len(re.findall(r"Z\"", drawn))
    assert heads >= len({lower for _, lower in house.imports})
    assert f"{len(house.imports)} arrows" in drawn


def test_a_circle_is_refused(tmp_path: Path) -> None:
    for room, other in (("one", "two"), ("two", "one")):
        (tmp_path / "house" / room).mkdir(parents=True)
        (tmp_path / "house" / room / "__init__.py").write_text(f"import house.{other}\n")
    with pytest.raises(ValueError, match="one, two"):
        read_house(tmp_path / "house")


def test_only_the_ways_without_a_detour_are_strong() -> None:
    floors = {"top": 2, "middle": 1, "ground": 0}
    imports = frozenset({("top", "middle"), ("middle", "ground"), ("top", "ground")})
    assert House(floors, imports).only_ways() == {("top", "middle"), ("middle", "ground")}
