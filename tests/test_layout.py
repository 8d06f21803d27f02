"""The tests mirror the package: a folder per room, helpers and servers in theirs."""

from tests.conftest import PROJECT

TESTS = PROJECT / "tests"
ROOMS = {path.name for path in (PROJECT / "reviewkit").iterdir() if path.is_dir()}
# What is tested and is no room of the package.
OTHERS = {"benchmarks", "docs", "fuzz", "tools"}


def test_every_test_stands_in_the_folder_of_its_room() -> None:
    folders = {
        path.relative_to(TESTS).parts[0]: path
        for path in TESTS.rglob("test_*.py")
        if path.parent != TESTS
    }
    assert folders.keys() <= ROOMS | OTHERS
    assert {path.name for path in TESTS.glob("test_*.py")} <= {"test_layout.py", "test_house.py"}


def test_a_test_s_file_says_what_it_tests() -> None:
    for path in TESTS.rglob("*.py"):
        room = path.relative_to(TESTS).parts[0]
        is_test = path.name.startswith("test_")
        assert not (is_test and room in {"helpers", "servers"}), path
        assert (
            is_test or room in {"helpers", "servers"} or path.name in {"__init__.py", "conftest.py"}
        ), path


def test_every_folder_of_tests_is_a_package() -> None:
    """Two files of one name in two folders are two modules."""
    folders = {path.parent for path in TESTS.rglob("*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []
