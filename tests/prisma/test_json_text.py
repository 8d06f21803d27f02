"""JSON: what is not reported is null, and what does not add up is named."""

import json
from dataclasses import replace

from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.writers.json_text import write_json
from tests.helpers.flows import NEW


def test_json_keeps_silence_and_tells_what_is_broken() -> None:
    flow = replace(NEW, records_screened=15, excluded_other=None)
    document = json.loads(write_json(flow, lay_out(flow)))
    assert document["counts"]["excluded_other"] is None
    assert document["counts"]["records_screened"] == 15
    broken = json.loads(write_json(replace(NEW, records_screened=15), lay_out(NEW)))["broken"]
    assert [item["identities"] for item in broken] == [["I2", "I3"]]
    assert (broken[0]["count"], broken[0]["expected"]) == ("records_screened", 17)
