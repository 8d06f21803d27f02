"""What each count of a flow is called in the sentences of the checker. Pure data."""

from collections.abc import Mapping

from reviewkit.model.messages import mark

# Each total of box 2 with its list.
LISTS: Mapping[str, str] = {
    "database_results": mark("databases"),
    "register_results": mark("registers"),
}

LABELS: Mapping[str, str] = {
    "database_results": mark("databases"),
    "register_results": mark("registers"),
    "duplicates": mark("duplicates"),
    "excluded_automatic": mark("removed by automation tools"),
    "excluded_other": mark("removed for other reasons"),
    "already_screened": mark("already screened in a previous version"),
    "awaiting_screening": mark("awaiting screening"),
    "unscreened_by_rule": mark("left unscreened by a stopping rule"),
    "records_screened": mark("records screened"),
    "records_excluded": mark("records excluded"),
    "records_excluded_reasons": mark("records excluded for all reasons at title and abstract"),
    "records_excluded_automatic": mark("records excluded by automation tools"),
    "records_excluded_by_humans": mark("records excluded by humans"),
    "dbr_sought_reports": mark("reports sought for retrieval"),
    "dbr_notretrieved_reports": mark("reports not retrieved"),
    "awaiting_assessment": mark("reports awaiting assessment"),
    "dbr_assessed": mark("reports assessed for eligibility"),
    "dbr_excluded": mark("reports excluded for all reasons"),
    "further_reports": mark("further reports of the same records"),
    "other_sources": mark("records found by other methods"),
    "other_not_sought": mark("records of other methods not sought"),
    "other_screened_out": mark("records of other methods screened out before retrieval"),
    "other_awaiting_screening": mark("records of other methods awaiting screening"),
    "other_unscreened_by_rule": mark("records of other methods left unscreened by a stopping rule"),
    "other_sought_reports": mark("reports sought from other methods"),
    "other_notretrieved_reports": mark("reports from other methods not retrieved"),
    "other_awaiting_assessment": mark("reports from other methods awaiting assessment"),
    "other_assessed": mark("reports assessed for eligibility from other methods"),
    "other_excluded": mark("reports excluded from other methods"),
    "new_studies": mark("studies included"),
    "new_reports": mark("reports of included studies"),
    "previous_studies": mark("previous studies"),
    "previous_reports": mark("previous reports"),
    "dropped_studies": mark("dropped studies"),
    "dropped_reports": mark("dropped reports"),
    "total_studies": mark("total studies"),
    "total_reports": mark("total reports"),
    "total_studies_ma": mark("studies in the meta-analysis"),
    "total_reports_ma": mark("reports in the meta-analysis"),
    "studies_not_pooled": mark("studies outside the meta-analysis"),
    "reports_not_pooled": mark("reports outside the meta-analysis"),
    "further_new_reports": mark("further reports of the same studies"),
    "further_previous_reports": mark("further reports of the same studies"),
    "further_total_reports": mark("further reports of the same studies"),
    "further_total_reports_ma": mark("further reports of the same studies"),
}
