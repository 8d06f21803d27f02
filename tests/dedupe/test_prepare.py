"""Records as columns."""

import pytest

from reviewkit.dedupe import (
    find_duplicates,
)
from reviewkit.model.errors import ReviewkitError
from tests.helpers.duplicates import (
    record,
)


def test_two_different_records_with_one_key_are_refused() -> None:
    with pytest.raises(ReviewkitError, match="t:a"):
        find_duplicates([record("a"), record("a", "Another title")])
    assert find_duplicates([record("a"), record("a")]).clusters == ()
