"""The query language of ClinicalTrials.gov (Essie): areas before each term."""

import datetime
import re

from reviewkit.protocol.model import Descriptor, Limits, SearchField
from reviewkit.query.dialects.base import Dialect


def write_term(descriptor: Descriptor, field: SearchField | None) -> str:
    """The descriptor in a field. The register adds synonyms of its own to each.

    Headings are those that the register gives to conditions and interventions (MeSH). A title and
    an abstract are its titles and its brief summary.
    """
    term = descriptor.term
    match field:
        case SearchField.HEADING:
            return f'(AREA[ConditionMeshTerm]"{term}" OR AREA[InterventionMeshTerm]"{term}")'
        case SearchField.TITLE_ABSTRACT:
            areas = ("BriefTitle", "OfficialTitle", "BriefSummary")
            clauses = [f'AREA[{area}]"{term}"' for area in areas]
            return f"({' OR '.join(clauses)})"
        case _:
            return f'"{term}"'


def limit_clauses(limits: Limits) -> tuple[str, ...]:
    """The years, as those in which a trial was posted first; and the day up to which it was.

    Every record is in English, so languages are no limit here.
    """
    clauses = []
    if limits.published_from or limits.published_to:
        first = f"{limits.published_from}-01-01" if limits.published_from else "MIN"
        last = f"{limits.published_to}-12-31" if limits.published_to else "MAX"
        clauses.append(_posted(first, last))
    if limits.as_of:
        clauses.append(_posted("MIN", f"{limits.as_of:%Y-%m-%d}"))

    return tuple(clauses)


def created_since(day: datetime.date) -> str:
    """Trials posted first on this day or later."""
    return _posted(f"{day:%Y-%m-%d}", "MAX")


def _posted(first: str, last: str) -> str:
    return f"AREA[StudyFirstPostDate]RANGE[{first},{last}]"


CLINICALTRIALS = Dialect(
    name="clinicaltrials",
    write_term=write_term,
    limit_clauses=limit_clauses,
    created_since=created_since,
    created_until=re.compile(r"AREA\[StudyFirstPostDate\]RANGE\[MIN,(\d{4})-(\d\d)-(\d\d)\]"),
)
