"""Nobody who does not exist is named: reviewers are roles, authors of examples Greek letters."""

import re

import pytest

from tests.conftest import PROJECT

PAGES = [
    PROJECT / "README.md",
    PROJECT / "CONTRIBUTING.md",
    *sorted((PROJECT / "docs").rglob("*.md")),
    *sorted((PROJECT / "reviewkit").rglob("*.py")),
]
OLD = re.compile(
    r"\b(?:ana|rui)\b|--(?:reviewer|by) (?:li|ben|anna|tom)\b|\b(?:Silva|Souza|Rossi)\b",
    re.IGNORECASE,
)


@pytest.mark.slow
def test_no_page_and_no_help_names_a_person_who_does_not_exist() -> None:
    names = {
        str(page.relative_to(PROJECT)): found
        for page in PAGES
        if (found := OLD.findall(page.read_text(encoding="utf-8")))
    }
    assert names == {}


def test_the_pattern_finds_the_names_that_stood_there() -> None:
    found = OLD.findall('screen --reviewer ana, assign rui; resolve --reviewer li, "Silva, A"')
    assert found == ["ana", "rui", "--reviewer li", "Silva"]
