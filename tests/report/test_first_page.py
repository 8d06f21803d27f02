"""The first page: a reported flow that does not add up is named."""

from reviewkit.model.flow import Flow
from reviewkit.report.model import Bullets
from tests.helpers.reports import report_of_flows


def test_a_reported_flow_that_does_not_add_up_is_said_on_the_first_page() -> None:
    flow = Flow(
        database_results=10,
        duplicates=2,
        excluded_automatic=0,
        excluded_other=0,
        records_screened=5,
    )
    report = report_of_flows(flow, Flow())
    told = [item for block in report.summary if isinstance(block, Bullets) for item in block.items]
    assert any(item.startswith("The reported flow does not add up") for item in told)
