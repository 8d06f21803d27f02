"""The first page: a reported flow that does not add up is named."""

import pytest

from reviewkit.model.flow import Flow
from reviewkit.model.messages import in_language
from reviewkit.protocol.parse import parse_protocol
from reviewkit.report.first_page import first_page
from reviewkit.report.model import Bullets, Tiles
from tests.helpers.reports import EMPTY, report_of_flows
from tests.helpers.screening_review import PROTOCOL


def test_a_reported_flow_that_does_not_add_up_is_said_on_the_first_page() -> None:
    flow = Flow(
        database_results=10,
        duplicates=2,
        excluded_automatic=0,
        excluded_other=0,
        records_screened=5,
    )
    report = report_of_flows(flow, Flow())
    lines = [item for block in report.summary if isinstance(block, Bullets) for item in block.items]
    assert any(item.startswith("The reported flow does not add up") for item in lines)


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        (
            "en",
            ["record screened", "study included, in 1 report"],
            "studies included, in 2 reports",
        ),
        ("pt", ["registro triado", "estudo incluído, em 1 publicação"], "estudos incluídos, em 2"),
        (
            "es",
            ["registro cribado", "estudio incluido, en 1 publicación"],
            "estudios incluidos, en",
        ),
    ],
)
def test_one_is_no_plural(language: str, one: list[str], many: str) -> None:
    protocol = parse_protocol(f"kind = 'own'\n{PROTOCOL}", where="p")

    def labels(n: int) -> list[str]:
        flow = Flow(records_screened=n, new_studies=n, new_reports=n)
        with in_language(language):
            blocks = first_page(protocol, EMPTY, reported=Flow(), rerun=flow)
        [tiles] = (block for block in blocks if isinstance(block, Tiles))
        return [tile.label for tile in tiles.tiles]

    assert [labels(1)[1], labels(1)[3]] == one
    assert labels(2)[3].startswith(many)
