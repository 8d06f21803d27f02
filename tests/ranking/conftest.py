"""Vectors that several modules rank."""

import pytest

from reviewkit.ranking import Vectors, vectorise
from tests.helpers.rankings import POTATO, STROKE, made


@pytest.fixture(scope="session")
def mixed() -> Vectors:
    """Return the vectors of potatoes (0 to 3), strokes (4 to 6), something else and no text."""
    return vectorise(made(*POTATO, *STROKE, "heart surgery in children", None))
