"""What was run: the query as published, compiled, sent and translated."""

from dataclasses import replace

from reviewkit.protocol.parse import parse_protocol
from reviewkit.report.model import Code
from reviewkit.report.sections_searches import runs_section
from tests.helpers.reports import EMPTY, source_of
from tests.helpers.screening_review import PROTOCOL


def test_a_published_query_stands_beside_the_one_compiled_sent_and_translated() -> None:
    printed = """
[[strategies]]
id = "s"
label = "as printed"
origin = "published"
queries = { pubmed = 'gut[tw]  AND "mice"' }
where = "appendix 1"
[limits]
published_from = 2020
[reported]
"""
    protocol = parse_protocol(PROTOCOL + printed, where="p")
    made = replace(EMPTY, sources=(source_of(protocol, "gut[tw]"),))
    codes = {
        b.label: b.text
        for part in runs_section(protocol, made).parts
        for b in part.blocks
        if isinstance(b, Code)
    }
    assert codes == {
        "Query as published (appendix 1)": 'gut[tw]  AND "mice"',
        "Query as compiled": '(gut[tw]  AND "mice") AND 2020/01/01:3000/12/31[dp]',
        "Query as sent; the protocol has changed since": "gut[tw]",
        "As translated by the database": "gut[All Fields]",
    }
