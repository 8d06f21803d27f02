"""The sums that a PRISMA 2020 flow must fulfil, each with the slips that usually break it. Pure.

I1 to I5: databases and registers. O2 and O3: other methods. U1 to U3: updates.
The boxes are those of PRISMA 2020 (Page MJ et al. BMJ 2021;372:n71).
"""

from collections.abc import Iterator

from reviewkit.model.flow import Count, Flow, Severity, Tally, total
from reviewkit.prisma.equation import Equation, Hint, Term, stated


def equations(flow: Flow, records_to_reports: Severity) -> Iterator[Equation]:
    """Yield every sum of the flow, in the order of the diagram.

    `records_to_reports` is the severity of I3, which counts records on one side and reports on the
    other.
    """
    yield from _lists(flow)
    yield _screened(flow)
    yield _sought(flow, records_to_reports)
    yield _assessed(flow)
    if flow.has_other_arm:
        yield _other_assessed(flow)
    yield _included(flow)
    if flow.updated:
        yield _total_studies(flow)
        yield _total_reports(flow)


def negative(count: Count) -> int:
    """Return the count below 0, for a slip that makes a box too large;
    0 where it is not reported.
    """
    return -(count or 0)


def _lists(flow: Flow) -> Iterator[Equation]:
    """I1: each total is the sum of its list."""
    if flow.databases:
        yield _list("databases", flow.database_results, flow.databases, _database_hints(flow))
    if flow.registers:
        yield _list("registers", flow.register_results, flow.registers, ())


def _list(name: str, count: Count, tallies: tuple[Tally, ...], hints: tuple[Hint, ...]) -> Equation:
    return Equation(
        identity="I1",
        target=(f"records from {name}", count),
        plus=tuple((tally.label, tally.n) for tally in tallies),
        hints=hints,
    )


def _database_hints(flow: Flow) -> tuple[Hint, ...]:
    registers = total(flow.registers or None)
    others = total(flow.other_sources or None)
    citations = next(
        (t.n for t in flow.other_sources if t.label.casefold().startswith("citation")), None
    )

    return (
        (negative(registers), "the registers seem to be counted among the databases"),
        (
            negative(citations),
            "the finds of citation searching seem to be added to the databases",
        ),
        (
            negative(others),
            "the records found by other methods seem to be added to the databases",
        ),
    )


def _screened(flow: Flow) -> Equation:
    """I2: what was identified was removed, was screened or still waits.

    U3, records of the previous version counted in two lines, shows as a slip of this sum.
    """
    return Equation(
        identity="I2",
        target=("records screened", flow.records_screened),
        plus=_identified(flow),
        minus=(
            ("duplicates", flow.duplicates),
            ("removed by automation tools", flow.excluded_automatic),
            ("removed for other reasons", flow.excluded_other),
            *stated(("already screened in a previous version", flow.already_screened)),
            *stated(("awaiting screening", flow.awaiting_screening)),
            *stated(("left unscreened by a stopping rule", flow.unscreened_by_rule)),
        ),
        hints=_screening_hints(flow),
    )


def _identified(flow: Flow) -> tuple[Term, ...]:
    """Return what was identified; a list that stands in for searches takes the place of their
    counts.
    """
    terms: list[Term] = []
    searched = _stated_or_listed(flow.database_results, flow.databases)
    registered = _stated_or_listed(flow.register_results, flow.registers)

    if searched is not None or not flow.stand_ins:
        terms.append(("databases", searched))
    if registered is not None or not flow.stand_ins:
        terms.append(("registers", registered))
    terms.extend((tally.label, tally.n) for tally in flow.stand_ins)

    return tuple(terms)


def _stated_or_listed(count: Count, tallies: tuple[Tally, ...]) -> Count:
    """Return the count as stated, or else the sum of its list."""
    if count is not None:
        return count
    return total(tallies or None)


def _screening_hints(flow: Flow) -> tuple[Hint, ...]:
    known_before = flow.already_screened
    others = total(flow.other_sources or None)
    tools, other_reasons = flow.excluded_automatic, flow.excluded_other

    return (
        (flow.duplicates, "the duplicates seem to be subtracted twice"),
        (negative(flow.duplicates), "the duplicates seem not to be subtracted"),
        (flow.register_results, "the registers seem to be left out of the sum"),
        (tools, "what automation tools removed seems to be subtracted twice"),
        (negative(tools), "what automation tools removed seems not to be subtracted"),
        (other_reasons, "what was removed for other reasons seems to be subtracted twice"),
        (
            negative(other_reasons),
            "what was removed for other reasons seems not to be subtracted",
        ),
        (
            negative(others),
            "the records found by other methods seem to be added to those of the databases",
        ),
        (
            known_before,
            "the records of the previous version seem to be subtracted twice, "
            "once as duplicates (U3)",
        ),
        (
            negative(known_before),
            "the records of the previous version seem to be counted in another line too (U3)",
        ),
    )


def _sought(flow: Flow, severity: Severity) -> Equation:
    """I3: what was screened was excluded or sought."""
    return Equation(
        identity="I3",
        severity=severity,
        target=("reports sought for retrieval", flow.dbr_sought_reports),
        plus=(("records screened", flow.records_screened),),
        minus=(("records excluded", flow.records_excluded),),
        hints=(
            (flow.records_excluded, "the excluded records seem to be subtracted twice"),
            (negative(flow.records_excluded), "the excluded records seem not to be subtracted"),
        ),
    )


def _assessed(flow: Flow) -> Equation:
    """I4: what was sought was not retrieved, was assessed or still waits."""
    return _retrieval(
        "I4",
        target=("reports assessed for eligibility", flow.dbr_assessed),
        sought=flow.dbr_sought_reports,
        not_retrieved=flow.dbr_notretrieved_reports,
        waiting=flow.awaiting_assessment,
    )


def _other_assessed(flow: Flow) -> Equation:
    """O2: the same for other methods."""
    return _retrieval(
        "O2",
        target=("reports assessed for eligibility from other methods", flow.other_assessed),
        sought=flow.other_sought_reports,
        not_retrieved=flow.other_notretrieved_reports,
        waiting=flow.other_awaiting_assessment,
    )


def _retrieval(
    identity: str, *, target: Term, sought: Count, not_retrieved: Count, waiting: Count
) -> Equation:
    return Equation(
        identity=identity,
        target=target,
        plus=(("sought for retrieval", sought),),
        minus=(("not retrieved", not_retrieved), *stated(("awaiting assessment", waiting))),
        hints=(
            (not_retrieved, "the reports not retrieved seem to be subtracted twice"),
            (negative(not_retrieved), "the reports not retrieved seem not to be subtracted"),
        ),
    )


def _included(flow: Flow) -> Equation:
    """I5, or O3 where both arms join: what was assessed was excluded for one reason or included."""
    identity = "I5"
    assessed: tuple[Term, ...] = (("assessed", flow.dbr_assessed),)
    excluded: tuple[Term, ...] = (("excluded for all reasons", total(flow.dbr_excluded)),)
    if flow.has_other_arm:
        identity = "O3"
        assessed += (("assessed from other methods", flow.other_assessed),)
        excluded += (("excluded from other methods", total(flow.other_excluded)),)

    return Equation(
        identity=identity,
        target=("reports of included studies", flow.new_reports),
        plus=assessed,
        minus=excluded,
        hints=_inclusion_hints(flow),
        otherwise=(
            "the reasons add up to fewer reports than were excluded",
            "the reasons add up to more reports than were excluded: some may be counted under two",
        ),
    )


def _inclusion_hints(flow: Flow) -> tuple[Hint, ...]:
    other_included = None
    if flow.has_other_arm:
        other_included = _difference(flow.other_assessed, total(flow.other_excluded))
    excluded = total(flow.dbr_excluded)

    return (
        (other_included, "the reports from other methods seem to be left out"),
        (
            _difference(flow.new_studies, flow.new_reports),
            "the included reports seem to be counted as studies, or the other way round",
        ),
        (negative(excluded), "the excluded reports seem not to be subtracted"),
        (excluded, "the excluded reports seem to be subtracted twice"),
    )


def _difference(whole: Count, part: Count) -> Count:
    if whole is None or part is None:
        return None
    return whole - part


def _total_studies(flow: Flow) -> Equation:
    """U1: the studies of the previous version and the new ones, less those that were dropped."""
    return _version_total(
        "U1",
        "studies",
        whole=flow.total_studies,
        previous=flow.previous_studies,
        new=flow.new_studies,
        dropped=flow.dropped_studies,
    )


def _total_reports(flow: Flow) -> Equation:
    """U2: the same for reports."""
    return _version_total(
        "U2",
        "reports",
        whole=flow.total_reports,
        previous=flow.previous_reports,
        new=flow.new_reports,
        dropped=flow.dropped_reports,
    )


def _version_total(
    identity: str, unit: str, *, whole: Count, previous: Count, new: Count, dropped: Count
) -> Equation:
    return Equation(
        identity=identity,
        severity=_total_severity(whole=whole, previous=previous, new=new, dropped=dropped),
        target=(f"total {unit}", whole),
        plus=((f"previous {unit}", previous), (f"new {unit}", new)),
        minus=stated((f"dropped {unit}", dropped)),
        hints=(
            (negative(previous), "the previous version seems to be added twice"),
            (previous, "the previous version seems to be left out of the total"),
            (negative(new), f"the new {unit} seem to be added twice"),
            (new, f"the new {unit} seem to be left out of the total"),
            (negative(dropped), f"the dropped {unit} seem to be still in the total"),
        ),
    )


def _total_severity(*, whole: Count, previous: Count, new: Count, dropped: Count) -> Severity:
    """Return WARNING where unstated drops may explain a total that is too small:
    no template has a box for them.
    """
    if dropped is not None or whole is None or previous is None or new is None:
        return Severity.ERROR
    if whole < previous + new:
        return Severity.WARNING
    return Severity.ERROR
