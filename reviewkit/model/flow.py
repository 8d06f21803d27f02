"""The PRISMA 2020 flow: its counts, and the check that they add up. Pure.

Boxes carry the keys of the PRISMA2020 R package (Haddaway et al. 2022, doi:10.1002/cl2.1230), so
that a flow goes in and out of its template CSV. `None` is "not reported": it is drawn as such and
never counted as 0.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

Count = int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """One line of a box that lists several: a database, a register, an exclusion reason.

    `not_run` marks a search that could not be run: its count is `None`, and yet it is reported.
    """

    label: str
    n: Count
    not_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Every box of the four official templates.

    Studies and reports are counted apart (PRISMA 2020, item 16a).
    """

    # Identification, databases and registers.
    database_results: Count = None
    register_results: Count = None
    databases: tuple[Tally, ...] = ()
    registers: tuple[Tally, ...] = ()
    stand_ins: tuple[Tally, ...] = ()
    duplicates: Count = None
    excluded_automatic: Count = None
    excluded_other: Count = None
    # U3: known from a previous version of the review; neither duplicates nor screened again.
    already_screened: Count = None
    # Screening. `awaiting_*` are reviewkit's own: a flow may be drawn during the review.
    awaiting_screening: Count = None
    # Left unscreened by a stopping rule: neither screened nor excluded.
    unscreened_by_rule: Count = None
    records_screened: Count = None
    records_excluded: Count = None
    records_excluded_automatic: Count = None
    records_excluded_reasons: tuple[Tally, ...] = ()
    # The review states that a record led to more than one report.
    several_reports_per_record: bool = False
    dbr_sought_reports: Count = None
    dbr_notretrieved_reports: Count = None
    awaiting_assessment: Count = None
    dbr_assessed: Count = None
    dbr_excluded: tuple[Tally, ...] | None = None
    # The other arm: records found by other methods. PRISMA has no screening step there: what
    # citation searching found is screened all the same, and has lines of reviewkit's own.
    other_sources: tuple[Tally, ...] = ()
    other_screened_out: Count = None
    other_awaiting_screening: Count = None
    other_unscreened_by_rule: Count = None
    other_sought_reports: Count = None
    other_notretrieved_reports: Count = None
    other_awaiting_assessment: Count = None
    other_assessed: Count = None
    other_excluded: tuple[Tally, ...] | None = None
    # Included.
    new_studies: Count = None
    new_reports: Count = None
    # A review of one's own: nothing is "not reported"; a search may be one that is not run yet.
    own_review: bool = False
    # Updated reviews.
    updated: bool = False
    previous_studies: Count = None
    previous_reports: Count = None
    dropped_studies: Count = None
    dropped_reports: Count = None
    total_studies: Count = None
    total_reports: Count = None
    # The rerun of a published review. Boxes that nobody filled; sums of which a part is not there,
    # so that they are compared with nothing; the works that the review includes, by where they
    # come from.
    not_repeated: tuple[str, ...] = ()
    not_comparable: tuple[str, ...] = ()
    included_works: tuple[Tally, ...] = ()
    # What is included, by kind or by question; a study may answer several. And its participants.
    study_kinds: tuple[Tally, ...] = ()
    new_participants: Count = None
    # The box of the PRISMA2020 R package (since 1.1.4) that no official template has.
    total_studies_ma: Count = None
    total_reports_ma: Count = None
    # Optional lines that the review did not use: they are not drawn, and add nothing to a sum.
    not_used: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()

    @property
    def has_other_arm(self) -> bool:
        return bool(self.other_sources) or any(
            n is not None
            for n in (
                self.other_sought_reports,
                self.other_assessed,
                self.other_notretrieved_reports,
            )
        )


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """An identity that does not hold: its name (I1 to M2), its severity, and a sentence.

    `identities` are all that break together. `count` is the key of the number that would mend them,
    `found` what the flow says and `expected` what would be right, where that is known.
    """

    identity: str
    severity: Severity
    sentence: str
    identities: tuple[str, ...] = ()
    count: str = ""
    found: Count = None
    expected: Count = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """An identity that cannot be decided, and the counts that are missing: their keys and names."""

    identity: str
    missing: tuple[str, ...]
    labels: tuple[str, ...]

    @property
    def sentence(self) -> str:
        return f"not known: {', '.join(self.labels)}."


def total(tallies: Iterable[Tally] | None) -> Count:
    """Return the sum of the tallies; `None` where the list or any line of it is not reported."""
    if tallies is None:
        return None

    count = 0
    for tally in tallies:
        if tally.n is None:
            return None

        count += tally.n

    return count
