"""The verdict in one line."""

from dataclasses import replace

from reviewkit.model.flow import Flow
from reviewkit.report.verdict import headline
from tests.helpers.reports import DATED, EMPTY, source_of


def test_the_headline_says_how_far_it_went() -> None:
    source = source_of(DATED)
    assert source.run is not None
    exact = replace(source, run=replace(source.run, count=7))
    differs = replace(source, run=replace(source.run, count=9))
    unrun = replace(source, run=None, why_not="offline")
    values = {
        name: headline(DATED, replace(EMPTY, sources=sources), Flow()).text
        for name, sources in {
            "exact": (exact,),
            "differs": (exact, differs),
            "none": (unrun, unrun),
        }.items()
    }
    assert values["exact"].startswith("Reproduced")
    assert values["differs"].startswith("Partly reproduced: of 2 searches, 1 exact, 1 differs")
    assert values["none"] == "Could not be reproduced: none of 2 searches was run."
