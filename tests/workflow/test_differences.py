"""Two runs side by side: how runs are named."""

from pathlib import Path

import pytest

from reviewkit.model.errors import UsageError
from reviewkit.workflow.reporting.differences import find_differences
from tests.helpers.living import PROTOCOL, corpus_of, make_living
from tests.servers.eutils_server import EutilsServer

WITH_A_SOURCE_NEVER_SEARCHED = PROTOCOL.replace(
    "[[strategies]]",
    '[[sources]]\nid = "lilacs"\nname = "LILACS"\nrole = "database"\n[[strategies]]',
)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["first", "last", "1", "2026-12-31"])
def test_a_source_without_a_run_is_left_out(tmp_path: Path, name: str) -> None:
    with EutilsServer(corpus_of(3)) as server:
        review = make_living(tmp_path, server, WITH_A_SOURCE_NEVER_SEARCHED)
        review.update()
    differences = find_differences(review.project, name, "last", now=review.at)
    assert [difference.source for difference in differences] == ["pubmed"]


def test_a_run_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with EutilsServer(corpus_of(3)) as server:
        review = make_living(tmp_path, server, WITH_A_SOURCE_NEVER_SEARCHED)
        review.update()
    with pytest.raises(UsageError, match="no source has both previous and last"):
        find_differences(review.project, "previous", "last", now=review.at)
