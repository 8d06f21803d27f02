"""What a register says of a trial: number, status, dates, conditions, interventions. Pure.

The names are those under which the registers' records keep these values, as they print them.
"""

from collections.abc import Iterator

from reviewkit.model.identifiers import registration_in
from reviewkit.model.messages import mark
from reviewkit.model.records import Record

_STARTED, _ENDED = "trial/participants/recruitmentStart", "trial/trialDesign/overallEndDate"
_NAMES = (
    (
        mark("Other numbers"),
        (
            "former_number", "secondary_number", "Secondary_ID",
            "trial/externalRefs/clinicalTrialsGovNumber", "trial/externalRefs/eudraCTNumber",
        ),
    ),
    (mark("Status"), ("status", "Recruitment_Status", "Study Status", "overall_status")),
    (mark("Why stopped"), ("why_stopped",)),
    (mark("Phase"), ("phase", "Phase", "Phases", "trial/interventions/intervention/phase")),
    (mark("First posted"), ("first_posted", "Date_registration")),
    (mark("Started"), ("start_date", "Date_enrollement", "Start Date", _STARTED)),
    (
        mark("Completed"),
        ("completion_date", "results_date_completed", "Completion Date", _ENDED),
    ),
    (
        mark("Results posted"),
        ("results_first_posted", "results_date_posted", "Results First Posted"),
    ),
    (mark("Conditions"), ("condition", "Condition")),
    (
        mark("Interventions"),
        (
            "intervention", "Intervention", "Interventions", "intervention/intervention_name",
            "trial/interventions/intervention/description",
        ),
    ),
    (mark("Sponsor"), ("sponsor", "Primary_sponsor", "Sponsor", "sponsors/lead_sponsor/agency")),
)  # fmt: skip


def registration_facts(record: Record) -> tuple[tuple[str, str], ...]:
    """Return what a register's record says, by name; nothing for any other record."""
    number = record.accession or ""
    if not registration_in(number):
        return ()
    return ((mark("Registration number"), number), *_facts(record))


def _facts(record: Record) -> Iterator[tuple[str, str]]:
    for name, keys in _NAMES:
        values: dict[str, None] = {}
        for key in keys:
            values |= dict.fromkeys(record.other.get(key, ()))
        if name == "Conditions" and not values:
            values = dict.fromkeys(record.keywords)
        if name == "Sponsor" and not values:
            values = dict.fromkeys(record.collective_authors)
        if values:
            yield name, "; ".join(values)
