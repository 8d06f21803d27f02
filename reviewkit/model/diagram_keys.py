"""What a diagram can be asked for by name: languages, themes, templates, keys of labels. Pure data.

A protocol names these in its [diagram] table, and the diagram draws by them. So neither room reads
the other.
A test compares them with `wording.toml`, the themes and the templates of the diagram.
"""

from typing import Literal, get_args

Language = Literal["en", "pt", "es"]
ThemeName = Literal["official", "quiet", "mono"]
# "auto" is the smallest template that has a box for every count.
TemplateName = Literal["auto", "new", "new-other", "updated", "updated-other"]

# The order of the phases: from top to bottom, or from left to right.
Orientation = Literal["vertical", "horizontal"]
# Whose words are used: PRISMA-ScR (scoping reviews) counts sources of evidence.
StandardName = Literal["prisma-2020", "prisma-scr"]
# Lines that need not be drawn: those that may not apply, and "Reports of ...".
LineName = Literal[
    "database_results",
    "register_results",
    "website_results",
    "organisation_results",
    "citations_results",
    "duplicates",
    "excluded_automatic",
    "excluded_other",
    "already_screened",
    "dbr_notretrieved_reports",
    "other_notretrieved_reports",
    "previous_reports",
    "new_reports",
    "total_reports",
    "total_reports_ma",
]
LINES: tuple[LineName, ...] = get_args(LineName)

LANGUAGES: tuple[Language, ...] = get_args(Language)

_PLAIN_LABELS = (
    "not_reported",
    "not_reported_count",
    "not_run_count",
    "not_known_count",
    "not_run",
    "not_yet_count",
    "not_yet",
    "not_known",
    "not_repeated_count",
    "not_repeated",
    "not_comparable",
    "left_to_screen",
    "included_works",
    "works_returned",
    "works_compiled",
    "works_listed",
    "header_stand_in",
    "definition_not_repeated",
    "title",
    "header_new",
    "header_updated",
    "header_other_new",
    "header_other_updated",
    "header_previous",
    "identification",
    "screening",
    "included",
    "previous_studies",
    "previous_reports",
    "identified",
    "database_results",
    "register_results",
    "removed",
    "duplicates",
    "excluded_automatic",
    "excluded_other",
    "already_screened",
    "records_screened",
    "awaiting_screening",
    "unscreened_by_rule",
    "records_excluded",
    "dbr_sought_reports",
    "dbr_notretrieved_reports",
    "dbr_assessed",
    "awaiting_assessment",
    "other_awaiting_assessment",
    "dbr_excluded",
    "new_studies",
    "new_reports",
    "new_studies_updated",
    "new_reports_updated",
    "total_studies",
    "total_reports",
    "new_participants",
    "total_studies_ma",
    "total_reports_ma",
    "other_identified",
    "website_results",
    "organisation_results",
    "citations_results",
    "other_screened_out",
    "other_awaiting_screening",
    "other_unscreened_by_rule",
    "other_sought_reports",
    "other_notretrieved_reports",
    "other_assessed",
    "other_excluded",
    "note_hidden_other",
    "note_hidden_previous",
    "reported",
    "rerun",
    "page_search",
    "page_lists",
    "page_words",
    "page_back",
    "page_none",
    "page_cut",
)
_BOX_DEFINITIONS = tuple(f"box{number}" for number in range(1, 18))

# Every label that can be overridden, with the placeholders that its text must keep.
LABEL_PLACEHOLDERS: dict[str, frozenset[str]] = {
    **dict.fromkeys((*_PLAIN_LABELS, *_BOX_DEFINITIONS), frozenset[str]()),
    "count": frozenset({"{n}"}),
    "note_automation_split": frozenset({"{human}", "{tools}"}),
    "note_not_sought": frozenset({"{n}"}),
    "note_dropped": frozenset({"{reports}", "{studies}"}),
    "note_compared": frozenset({"{first}", "{second}"}),
    "continues": frozenset({"{label}"}),
    "page_shown": frozenset({"{all}", "{shown}"}),
    "page_missing": frozenset({"{folder}"}),
}
