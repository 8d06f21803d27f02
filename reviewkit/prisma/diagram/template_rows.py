"""The rows of the PRISMA2020 R package's template CSV: key, node and box of each. Pure data.

Haddaway NR et al. 2022, doi:10.1002/cl2.1230; keys and order as in the package's example file.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

COLUMNS = ("data", "node", "box", "description", "boxtext", "tooltips", "url", "n")


class RowKind(StrEnum):
    """The content of a row's column `n`."""

    TEXT = "text"
    COUNT = "count"
    TALLIES = "tallies"
    SOURCE = "source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row.

    `label` and `updated_label` are keys of our wording, `field` is the field of the flow.
    """

    data: str
    node: str
    box: str
    label: str
    kind: RowKind = RowKind.COUNT
    field: str = ""
    updated_label: str = ""

    def label_for(self, *, updated: bool) -> str:
        """Return the key of the row's label in a template for new or for updated reviews."""
        if updated and self.updated_label:
            return self.updated_label
        return self.label


def _text(data: str, node: str, box: str, label: str, updated_label: str = "") -> Row:
    return Row(
        data=data, node=node, box=box, label=label, kind=RowKind.TEXT, updated_label=updated_label
    )


def _count(data: str, node: str, box: str, updated_label: str = "") -> Row:
    return Row(data=data, node=node, box=box, label=data, field=data, updated_label=updated_label)


def _tallies(data: str, node: str, box: str, field: str, label: str) -> Row:
    return Row(data=data, node=node, box=box, label=label, kind=RowKind.TALLIES, field=field)


def _source(data: str, node: str) -> Row:
    return Row(
        data=data, node=node, box="box11", label=data, kind=RowKind.SOURCE, field="other_sources"
    )


ROWS = (
    _text("NA", "node4", "prevstud", "header_previous"),
    _count("previous_studies", "node5", "box1"),
    _count("previous_reports", "NA", "box1"),
    _text("NA", "node6", "newstud", "header_new", "header_updated"),
    _count("database_results", "node7", "box2"),
    _tallies("database_specific_results", "NA", "box2", "databases", "database_results"),
    _count("register_results", "NA", "box2"),
    _tallies("register_specific_results", "NA", "box2", "registers", "register_results"),
    _text("NA", "node16", "othstud", "header_other_new", "header_other_updated"),
    _source("website_results", "node17"),
    _source("organisation_results", "NA"),
    _source("citations_results", "NA"),
    _count("duplicates", "node8", "box3"),
    _count("excluded_automatic", "NA", "box3"),
    _count("excluded_other", "NA", "box3"),
    _count("records_screened", "node9", "box4"),
    _count("records_excluded", "node10", "box5"),
    _count("dbr_sought_reports", "node11", "box6"),
    _count("dbr_notretrieved_reports", "node12", "box7"),
    _count("other_sought_reports", "node18", "box12"),
    _count("other_notretrieved_reports", "node19", "box13"),
    _count("dbr_assessed", "node13", "box8"),
    _tallies("dbr_excluded", "node14", "box9", "dbr_excluded", "dbr_excluded"),
    _count("other_assessed", "node20", "box14"),
    _tallies("other_excluded", "node21", "box15", "other_excluded", "other_excluded"),
    _count("new_studies", "node15", "box10", "new_studies_updated"),
    _count("new_reports", "NA", "box10", "new_reports_updated"),
    _count("total_studies", "node22", "box16"),
    _count("total_reports", "NA", "box16"),
    _count("total_studies_ma", "node23", "box17"),
    _count("total_reports_ma", "NA", "box17"),
    _text("identification", "node1", "identification", "identification"),
    _text("screening", "node2", "screening", "screening"),
    _text("included", "node3", "included", "included"),
)

# Lines that a review may not have used: left blank, their count is 0 and they are not drawn.
OPTIONAL_COUNTS = ("register_results", "excluded_automatic", "excluded_other")

# The rows that reviewkit adds. The package finds its rows by a part of the key,
# so none of these may contain one of its keys.
OWN_COUNTS = {
    "reviewkit_known_before": "already_screened",
    "reviewkit_waiting_titles": "awaiting_screening",
    "reviewkit_left_by_rule": "unscreened_by_rule",
    "reviewkit_waiting_texts": "awaiting_assessment",
    "reviewkit_waiting_others": "other_awaiting_assessment",
    "reviewkit_out_before_texts": "other_screened_out",
    "reviewkit_waiting_other_titles": "other_awaiting_screening",
    "reviewkit_others_left_by_rule": "other_unscreened_by_rule",
    "reviewkit_by_tools": "records_excluded_automatic",
    "reviewkit_dropped_works": "dropped_studies",
    "reviewkit_dropped_papers": "dropped_reports",
    "reviewkit_people": "new_participants",
}
OWN_TALLIES = {
    "reviewkit_stand_ins": "stand_ins",
    "reviewkit_other_finds": "other_sources",
    "reviewkit_kinds": "study_kinds",
    "reviewkit_title_reasons": "records_excluded_reasons",
}
OWN_NOTE = "reviewkit_note"
OWN_SOURCE = "reviewkit_licence"
OWN_UPDATED = "reviewkit_update"
OWN_SEVERAL = "reviewkit_records_with_more_papers"

# Tooltips and addresses of the package's example file: they are not the user's own.
PACKAGE_TOOLTIP_ENDS = ("(databases and registers)", "(other)", " box")
PACKAGE_TOOLTIPS = frozenset(
    {
        "Studies included in previous version of review",
        "Records identified from: Databases and Registers",
        "Records identified from: Websites, Organisations and Citation Searching",
        "Duplicate records",
        "New studies included in review",
        "Total studies included in review",
        "Total studies included in meta-analysis",
    }
)
PACKAGE_ADDRESS = re.compile(r"[a-z]+(_[a-z]+)*\.html")

# Box texts of the package's example file: they are not the user's own words.
PACKAGE_TEXTS = {
    "duplicates": "Duplicate records",
    "new_studies": "New studies included in review",
    "new_reports": "Reports of new included studies",
    "database_specific_results": "Specific Databases",
    "register_specific_results": "Specific Registers",
}
SOURCE_LABELS = {
    "website_results": "Websites",
    "organisation_results": "Organisations",
    "citations_results": "Citation searching",
}
