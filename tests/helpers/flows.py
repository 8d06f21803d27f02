"""Flows for the diagram's tests: some written out, some generated."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from reviewkit.model.flow import Count, Flow, Tally, total
from reviewkit.prisma.diagram.shapes import DiagramLayout
from reviewkit.prisma.diagram.template_rows import OPTIONAL_COUNTS
from reviewkit.prisma.diagram.wrap import NBSP

NASTY = (
    'Wrong "population", adults; 12, or <b>more</b> & others',
    "=HYPERLINK(1)",
    "@cmd",
    "x" * 600,
    "Wrong outcome " * 45,
    "https://doi.org/10.1000/a-very-long/identifier_without.any-space/"
    "0123456789/0123456789/0123456789",
    "السكان غير المناسبين",
    "不符合纳入标准的研究人群不符合纳入标准的研究人群",
    "a\u202eb\x00c\x1b[31md\ud800e\ufffef",
    "Z" + "\u0301" * 60 + "algo",
    "]]> --> <!-- </script><script>alert(1)</script>",
    '#image("x") `code` {directive} %%{init}%%',
)


def tally(label: str, n: int | None) -> Tally:
    return Tally(label=label, n=n)


NEW = Flow(
    database_results=19,
    register_results=0,
    databases=(tally("PubMed", 17), tally("LILACS", 2)),
    duplicates=2,
    excluded_automatic=0,
    excluded_other=0,
    records_screened=17,
    records_excluded=8,
    dbr_sought_reports=9,
    dbr_notretrieved_reports=1,
    dbr_assessed=8,
    dbr_excluded=(tally("Wrong population", 2), tally("Outcome not reported", 1)),
    new_studies=5,
    new_reports=5,
)

UPDATED_OTHER = Flow(
    database_results=1_234_567,
    register_results=1_000,
    databases=(tally("PubMed", 1_234_567),),
    registers=(tally("ClinicalTrials.gov", 1_000),),
    duplicates=200_000,
    excluded_automatic=35_567,
    excluded_other=0,
    already_screened=900_000,
    awaiting_screening=10,
    records_screened=99_990,
    records_excluded=99_000,
    records_excluded_automatic=90_000,
    dbr_sought_reports=990,
    dbr_notretrieved_reports=10,
    awaiting_assessment=5,
    dbr_assessed=975,
    dbr_excluded=(tally("Wrong population", 970),),
    other_sources=(
        tally("Websites", 0),
        tally("Citation searching", 4),
        tally("Letters to authors", 1),
    ),
    other_sought_reports=3,
    other_notretrieved_reports=1,
    other_assessed=2,
    other_excluded=(tally("Wrong study design", 1),),
    new_studies=5,
    new_reports=6,
    updated=True,
    previous_studies=5,
    previous_reports=5,
    dropped_studies=1,
    dropped_reports=1,
    total_studies=9,
    total_reports=10,
)

STAND_IN = Flow(
    databases=(
        Tally(label="PubMed", n=None, not_run=True),
        Tally(label="LILACS", n=None, not_run=True),
    ),
    stand_ins=(tally("Compiled list, not a database search", 84),),
    duplicates=3,
    excluded_automatic=0,
    excluded_other=0,
    records_screened=81,
    records_excluded=76,
    dbr_sought_reports=5,
    dbr_notretrieved_reports=0,
    dbr_assessed=5,
    dbr_excluded=(),
    new_studies=5,
    new_reports=5,
    footnotes=("Whether the review saw the other records is not reported.",),
)

FLOWS = {"empty": Flow(), "new": NEW, "updated-other": UPDATED_OTHER, "stand-in": STAND_IN}

counts = st.integers(0, 40) | st.integers(1_000, 9_999_999)
maybe = st.none() | counts
labels = st.text(min_size=1, max_size=60) | st.sampled_from(NASTY)
tallies = st.lists(st.builds(Tally, label=labels, n=maybe), max_size=6).map(tuple)
many = st.lists(st.builds(Tally, label=labels, n=maybe), min_size=30, max_size=40).map(tuple)


@st.composite
def any_flows(draw: st.DrawFn) -> Flow:
    """Flows of every shape, whose counts need not add up."""
    names = [name for name in Flow.__dataclass_fields__ if _is_count(name)]
    counted: dict[str, Any] = {name: draw(maybe) for name in names}
    return Flow(
        **counted,
        databases=draw(tallies),
        registers=draw(tallies),
        stand_ins=draw(tallies),
        records_excluded_reasons=draw(tallies),
        several_reports_per_record=draw(st.booleans()),
        not_used=tuple(draw(st.sets(st.sampled_from(OPTIONAL_COUNTS)))),
        dbr_excluded=draw(st.none() | tallies | many),
        other_sources=draw(tallies),
        other_excluded=draw(st.none() | tallies),
        own_review=draw(st.booleans()),
        updated=draw(st.booleans()),
        footnotes=tuple(draw(st.lists(labels, max_size=3))),
    )


def _is_count(name: str) -> bool:
    return bool(Flow.__dataclass_fields__[name].type == Count)


@st.composite
def sound_flows(draw: st.DrawFn) -> Flow:
    """Flows counted forwards from their parts, so that every identity holds."""
    few = st.integers(0, 50)
    known = st.lists(st.builds(Tally, label=st.just("Source"), n=few), min_size=1, max_size=3).map(
        tuple
    )
    databases, registers, reasons = draw(known), draw(known), draw(known)
    included, waiting, lost, excluded = draw(few), draw(few), draw(few), draw(few)
    assessed = included + sum(t.n or 0 for t in reasons)
    sought = assessed + waiting + lost
    screened = sought + excluded
    identified = (total(databases) or 0) + (total(registers) or 0)
    # What is left over went before screening; sources are topped up where there is too little.
    removed = [draw(few) for _ in range(4)]
    databases = (*databases, Tally(label="Rest", n=max(0, screened + sum(removed) - identified)))
    removed[0] += max(0, identified - screened - sum(removed))
    other = draw(st.booleans())
    other_included, other_out, other_lost, other_more = (
        draw(few) if other else 0 for _ in range(4)
    )
    updated = draw(st.booleans())
    reports = included + other_included
    studies = draw(st.integers(min(1, reports), reports))
    before, before_reports = draw(few), draw(st.integers(50, 99))
    return Flow(
        database_results=total(databases),
        register_results=total(registers),
        databases=databases,
        registers=registers,
        duplicates=removed[0],
        excluded_automatic=removed[1],
        excluded_other=removed[2],
        already_screened=removed[3],
        records_screened=screened,
        records_excluded=excluded,
        dbr_sought_reports=sought,
        dbr_notretrieved_reports=lost,
        awaiting_assessment=waiting,
        dbr_assessed=assessed,
        dbr_excluded=reasons,
        other_sources=(
            Tally(label="Websites", n=other_included + other_out + other_lost + other_more),
        )
        if other
        else (),
        other_sought_reports=other_included + other_out + other_lost if other else None,
        other_notretrieved_reports=other_lost if other else None,
        other_assessed=other_included + other_out if other else None,
        other_excluded=(Tally(label="Design", n=other_out),) if other else None,
        new_studies=studies,
        new_reports=reports,
        updated=updated,
        previous_studies=before if updated else None,
        previous_reports=before_reports if updated else None,
        total_studies=before + studies if updated else None,
        total_reports=before_reports + reports if updated else None,
    )


HOSTILE = replace(NEW, dbr_excluded=tuple(tally(text, 3) for text in NASTY), footnotes=NASTY)


def entry_texts(picture: DiagramLayout, key: str) -> list[str]:
    return [entry.text.replace(NBSP, " ") for entry in picture.box(key).content.entries]
