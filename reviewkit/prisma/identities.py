"""The sums that a PRISMA 2020 flow must fulfil, each with the slips that usually break it. Pure.

I1 to I7: databases and registers. O1 to O3: other methods. U1 and U2: updates. M1 and M2: the
meta-analysis. The boxes are those of PRISMA 2020 (Page MJ et al. BMJ 2021;372:n71).
"""

from collections.abc import Iterator

from reviewkit.model.flow import Count, Flow, Severity, Tally, total
from reviewkit.model.messages import in_english, mark
from reviewkit.prisma.equation import Equation, Hint, Term
from reviewkit.prisma.labels import LABELS, LISTS


def equations(flow: Flow, *, own: bool, lenient: bool) -> tuple[Equation, ...]:
    """Return every sum of the flow, in the order of the diagram.

    With `lenient` only what is impossible breaks one of them. Without, also what is unusual: more
    studies than reports, a total that is too small, several reports of one record. Those are
    warnings. With `own` each record is one report: O1 is an error.
    """
    return tuple(_equations(flow, own=own, lenient=lenient))


def _equations(flow: Flow, *, own: bool, lenient: bool) -> Iterator[Equation]:
    yield from _lists(flow)
    yield _screened(flow)
    yield _sought(flow, lenient=lenient)
    yield from _parts_of_excluded(flow)
    yield _retrieval("I4", "dbr_assessed", flow)
    if flow.has_other_arm:
        if own or not lenient:
            yield _other_sought(flow, own=own)
        yield _retrieval("O2", "other_assessed", flow)
    yield _included(flow)
    if flow.updated:
        yield _version_total("U1", "studies", flow, lenient=lenient)
        yield _version_total("U2", "reports", flow, lenient=lenient)
    yield from _meta_analysis(flow)
    if not lenient:
        yield from _studies_and_reports(flow)


def negative(count: Count) -> int:
    """Return the count below 0, for a slip that makes a box too large;
    0 where it is not reported.
    """
    return -(count or 0)


def _term(key: str) -> Term:
    return Term(key=key, label=LABELS[key])


def _slack(key: str) -> Term:
    return Term(key=key, label=LABELS[key], slack=True)


def _stated(flow: Flow, *keys: str) -> tuple[Term, ...]:
    """Return the terms that have a count:
    those without a box in the templates count only where stated.
    """
    return tuple(_term(key) for key in keys if getattr(flow, key) is not None)


def _lists(flow: Flow) -> Iterator[Equation]:
    """I1: each total is the sum of its list."""
    if flow.databases:
        yield _list("database_results", "databases", flow.databases, _database_hints(flow))
    if flow.registers:
        yield _list("register_results", "registers", flow.registers, ())


def _list(key: str, parts: str, tallies: tuple[Tally, ...], hints: tuple[Hint, ...]) -> Equation:
    return Equation(
        identities=("I1",),
        target=Term(key=key, label=in_english("records from {parts}", parts=parts)),
        plus=tuple(
            Term(key=f"{parts}[{number}]", label=tally.label)
            for number, tally in enumerate(tallies)
        ),
        hints=hints,
    )


def _database_hints(flow: Flow) -> tuple[Hint, ...]:
    registers = total(flow.registers or None)
    others = total(flow.other_sources or None)
    citations = next(
        (t.n for t in flow.other_sources if t.label.casefold().startswith("citation")), None
    )

    return (
        (negative(registers), mark("the registers seem to be counted among the databases")),
        (
            negative(citations),
            mark("the finds of citation searching seem to be added to the databases"),
        ),
        (
            negative(others),
            mark("the records found by other methods seem to be added to the databases"),
        ),
    )


def _screened(flow: Flow) -> Equation:
    """I2: what was identified was removed, was screened or still waits.

    U3, records of the previous version counted in two lines, shows as a slip of this sum.
    """
    return Equation(
        identities=("I2",),
        target=_term("records_screened"),
        plus=_identified(flow),
        minus=(
            _term("duplicates"),
            _term("excluded_automatic"),
            _term("excluded_other"),
            *_stated(flow, "already_screened", "awaiting_screening", "unscreened_by_rule"),
        ),
        hints=_screening_hints(flow),
        excess=mark("more records are removed or screened than were identified"),
    )


def _identified(flow: Flow) -> tuple[Term, ...]:
    """Return what was identified; a list that stands in for searches takes the place of their
    counts.
    """
    terms: list[Term] = []
    for key, parts in LISTS.items():
        listed = total(getattr(flow, parts) or None)
        if not flow.stand_ins or getattr(flow, key) is not None or listed is not None:
            terms.append(_term(key))
    if flow.stand_ins:
        names = ", ".join(tally.label for tally in flow.stand_ins)
        terms.append(Term(key="stand_ins", label=names))

    return tuple(terms)


def _screening_hints(flow: Flow) -> tuple[Hint, ...]:
    known_before = flow.already_screened
    others = total(flow.other_sources or None)
    tools, other_reasons = flow.excluded_automatic, flow.excluded_other

    return (
        (flow.duplicates, mark("the duplicates seem to be subtracted twice")),
        (negative(flow.duplicates), mark("the duplicates seem not to be subtracted")),
        (flow.register_results, mark("the registers seem to be left out of the sum")),
        (tools, mark("what automation tools removed seems to be subtracted twice")),
        (negative(tools), mark("what automation tools removed seems not to be subtracted")),
        (other_reasons, mark("what was removed for other reasons seems to be subtracted twice")),
        (
            negative(other_reasons),
            mark("what was removed for other reasons seems not to be subtracted"),
        ),
        (
            negative(others),
            mark("the records found by other methods seem to be added to those of the databases"),
        ),
        (
            known_before,
            mark(
                "the records of the previous version seem to be subtracted twice, "
                "once as duplicates (U3)"
            ),
        ),
        (
            negative(known_before),
            mark("the records of the previous version seem to be counted in another line too (U3)"),
        ),
    )


def _sought(flow: Flow, *, lenient: bool) -> Equation:
    """I3: what was screened was excluded or sought.

    Where the review states that records led to several reports, more may be sought.
    """
    plus: tuple[Term, ...] = (_term("records_screened"),)
    severity = Severity.ERROR
    if flow.several_reports_per_record:
        if lenient:
            plus += (_slack("further_reports"),)
        else:
            severity = Severity.WARNING

    return Equation(
        identities=("I3",),
        severity=severity,
        target=_term("dbr_sought_reports"),
        plus=plus,
        minus=(_term("records_excluded"),),
        hints=(
            (flow.records_excluded, mark("the excluded records seem to be subtracted twice")),
            (
                negative(flow.records_excluded),
                mark("the excluded records seem not to be subtracted"),
            ),
        ),
        excess=mark("more records are excluded or sought than were screened"),
    )


def _parts_of_excluded(flow: Flow) -> Iterator[Equation]:
    """I7: the records excluded are the sum of their reasons; automation tools excluded no more."""
    whole = "records_excluded"
    if flow.records_excluded_reasons:
        yield Equation(
            identities=("I7",),
            target=_term("records_excluded_reasons"),
            plus=(_term("records_excluded"),),
            excess=mark(
                "the reasons at title and abstract add up to more records than were excluded"
            ),
        )
        whole = "records_excluded_reasons"
    if flow.records_excluded_automatic is not None:
        yield Equation(
            identities=("I7",),
            target=_term("records_excluded_automatic"),
            plus=(_term(whole),),
            minus=(_slack("records_excluded_by_humans"),),
            excess=mark("automation tools excluded more than were excluded in all"),
        )


def _retrieval(identity: str, target: str, flow: Flow) -> Equation:
    """I4, or O2 for other methods: what was sought was not retrieved, was assessed or waits."""
    arm, waiting = "dbr", "awaiting_assessment"
    if identity == "O2":
        arm, waiting = "other", "other_awaiting_assessment"
    not_retrieved: Count = getattr(flow, f"{arm}_notretrieved_reports")

    return Equation(
        identities=(identity,),
        target=_term(target),
        plus=(_term(f"{arm}_sought_reports"),),
        minus=(_term(f"{arm}_notretrieved_reports"), *_stated(flow, waiting)),
        hints=(
            (not_retrieved, mark("the reports not retrieved seem to be subtracted twice")),
            (negative(not_retrieved), mark("the reports not retrieved seem not to be subtracted")),
        ),
        excess=mark("more reports are assessed or not retrieved than were sought"),
    )


_SCREENED_THERE = ("other_screened_out", "other_awaiting_screening", "other_unscreened_by_rule")


def _other_sought(flow: Flow, *, own: bool) -> Equation:
    """O1: no more is sought than other methods found. A website may lead to several reports."""
    return Equation(
        identities=("O1",),
        severity=Severity.ERROR if own else Severity.WARNING,
        target=_term("other_sought_reports"),
        plus=(_term("other_sources"),),
        minus=(_slack("other_not_sought"), *_stated(flow, *_SCREENED_THERE)),
        excess=mark("more reports are sought from other methods than these methods found"),
    )


def _included(flow: Flow) -> Equation:
    """I5, or O3 where both arms join: what was assessed was excluded for one reason or included."""
    identity, arms = "I5", ["dbr"]
    if flow.has_other_arm:
        identity, arms = "O3", ["dbr", "other"]

    return Equation(
        identities=(identity,),
        target=_term("new_reports"),
        plus=tuple(_term(f"{arm}_assessed") for arm in arms),
        minus=tuple(_term(f"{arm}_excluded") for arm in arms),
        hints=_inclusion_hints(flow),
        otherwise=(
            mark("the reasons add up to fewer reports than were excluded"),
            mark(
                "the reasons add up to more reports than were excluded: "
                "some may be counted under two"
            ),
        ),
        excess=mark("more reports are excluded or included than were assessed"),
    )


def _inclusion_hints(flow: Flow) -> tuple[Hint, ...]:
    other_included = None
    if flow.has_other_arm:
        other_included = _difference(flow.other_assessed, total(flow.other_excluded))
    excluded = total(flow.dbr_excluded)

    return (
        (other_included, mark("the reports from other methods seem to be left out")),
        (
            _difference(flow.new_studies, flow.new_reports),
            mark("the included reports seem to be counted as studies, or the other way round"),
        ),
        (negative(excluded), mark("the excluded reports seem not to be subtracted")),
        (excluded, mark("the excluded reports seem to be subtracted twice")),
    )


def _difference(whole: Count, part: Count) -> Count:
    if whole is None or part is None:
        return None
    return whole - part


_NEW = {"studies": mark("new studies"), "reports": mark("new reports")}


def _version_total(identity: str, unit: str, flow: Flow, *, lenient: bool) -> Equation:
    """U1, U2: what the previous version had and what is new, less what was dropped.

    No template has a box for what was dropped. Where it is not stated, a smaller total is a
    warning.
    """
    dropped = _stated(flow, f"dropped_{unit}")
    severity = Severity.ERROR
    if not dropped and lenient:
        dropped = (_slack(f"dropped_{unit}"),)
    elif not dropped:
        severity = Severity.WARNING
    previous: Count = getattr(flow, f"previous_{unit}")
    new: Count = getattr(flow, f"new_{unit}")

    return Equation(
        identities=(identity,),
        severity=severity,
        target=_term(f"total_{unit}"),
        plus=(
            _term(f"previous_{unit}"),
            Term(key=f"new_{unit}", label=_NEW[unit]),
        ),
        minus=dropped,
        hints=(
            (negative(previous), mark("the previous version seems to be added twice")),
            (previous, mark("the previous version seems to be left out of the total")),
            (negative(new), in_english("the new {unit} seem to be added twice", unit=unit)),
            (new, in_english("the new {unit} seem to be left out of the total", unit=unit)),
            (
                negative(getattr(flow, f"dropped_{unit}")),
                in_english("the dropped {unit} seem to be still in the total", unit=unit),
            ),
        ),
    )


def _meta_analysis(flow: Flow) -> Iterator[Equation]:
    """M1, M2: a meta-analysis takes in no more than the review includes."""
    version = "total" if flow.updated else "new"
    for identity, unit in (("M1", "studies"), ("M2", "reports")):
        if getattr(flow, f"total_{unit}_ma") is not None:
            yield Equation(
                identities=(identity,),
                target=_term(f"total_{unit}_ma"),
                plus=(_term(f"{version}_{unit}"),),
                minus=(_slack(f"{unit}_not_pooled"),),
                excess=in_english(
                    "the meta-analysis has more {unit} than the review includes", unit=unit
                ),
            )


def _studies_and_reports(flow: Flow) -> Iterator[Equation]:
    """I6: more studies than reports are unusual: one article may report several studies."""
    for studies, reports in study_pairs(flow):
        yield Equation(
            identities=("I6",),
            severity=Severity.WARNING,
            target=_term(studies),
            plus=(_term(reports),),
            minus=(_slack(f"further_{reports}"),),
        )


def study_pairs(flow: Flow) -> tuple[tuple[str, str], ...]:
    """Return the keys of each count of studies with that of their reports."""
    pairs = [("new_studies", "new_reports")]
    if flow.updated:
        pairs.insert(0, ("previous_studies", "previous_reports"))
        pairs.append(("total_studies", "total_reports"))
    if flow.total_studies_ma is not None or flow.total_reports_ma is not None:
        pairs.append(("total_studies_ma", "total_reports_ma"))

    return tuple(pairs)
