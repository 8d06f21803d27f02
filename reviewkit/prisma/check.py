"""Do the counts of a PRISMA flow add up? Names each identity that does not hold, in words. Pure.

Identities I1 to I7 (databases and registers), O1 to O3 (other methods), U1 to U3 (updates), after the boxes of
PRISMA 2020 (BMJ 2021;372:n71). What is not reported decides nothing, unless no count could make the sum hold.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace

from reviewkit.model.errors import CheckNotMet
from reviewkit.model.flow import Broken, Count, Flow, Severity, Tally, total

Term = tuple[str, Count]
Hint = tuple[Count, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Equation:
    """`target` should be the sum of `plus` less the sum of `minus`.

    A hint names the usual slip that leaves `target` too small by its number (too large when that is negative).
    """

    identity: str
    target: Term
    plus: tuple[Term, ...]
    minus: tuple[Term, ...] = ()
    severity: Severity = Severity.ERROR
    hints: tuple[Hint, ...] = ()
    # What to look for where no usual slip fits: when `target` is too small, when it is too large.
    otherwise: tuple[str, str] = ("", "")


def _known(terms: Iterable[Term]) -> int:
    return sum(n for _, n in terms if n is not None)


def _complete(terms: Iterable[Term]) -> bool:
    return all(n is not None for _, n in terms)


def _listed(terms: tuple[Term, ...], sign: str) -> str:
    """The terms that matter: those that are not 0, or the first where all are."""
    shown = [f"{label} {n:,}" for label, n in terms if n] or [
        f"{label} {n}" for label, n in terms[:1] if n is not None
    ]
    return f" {sign} ".join(shown)


def _swapped(terms: Iterable[Term], change: int) -> Iterator[str]:
    """The counts that fit once two neighbouring digits change places."""
    for label, n in terms:
        if n is None or n < 10:
            continue
        digits = str(n)
        turned = {
            digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :] for i in range(len(digits) - 1)
        }
        if str(n + change) in turned:
            yield f"{label} {n:,} may be {n + change:,} with two digits swapped"


def _guess(equation: _Equation, short: int) -> str:
    """The usual slip that explains the difference, as a clause; nothing when none does."""
    for value, clause in equation.hints:
        if value and value == short:
            return f"; {clause}"
    swaps = (*_swapped((*equation.minus, equation.target), short), *_swapped(equation.plus, -short))
    clause = swaps[0] if swaps else equation.otherwise[0 if short > 0 else 1]
    return f"; {clause}" if clause else ""


def _wrong(equation: _Equation, short: int) -> str:
    """The sentence for an equation whose counts are all known."""
    label, n = equation.target
    sum_ = _listed(equation.plus, "+")
    taken = "".join(
        f" - {part}" for part in (_listed(equation.minus, "-"),) if _known(equation.minus)
    )
    expected = _known(equation.plus) - _known(equation.minus)
    amount = f"{abs(short):,} too {'few' if short > 0 else 'many'}"
    return (
        f"{label[0].upper()}{label[1:]} should be {expected:,} ({sum_}{taken}), but the flow says {n:,}, "
        f"{amount}{_guess(equation, short)}."
    )


def _impossible(more: tuple[Term, ...], less: tuple[Term, ...]) -> str:
    """The sentence for an equation that no value of the counts not reported can save."""
    return (
        f"There can be at most {_known(less):,} ({_listed(less, '+')}), but the flow says {_known(more):,} "
        f"({_listed(more, '+')}), whatever the counts are that are not reported."
    )


def _judge(equation: _Equation) -> Iterator[Broken]:
    """A broken equation. Counts that are not reported are at least 0, so one side may be known to be too large."""
    left, right = equation.plus, (*equation.minus, equation.target)
    short = _known(left) - _known(right)
    sentence = ""
    if _complete(left) and _complete(right):
        sentence = _wrong(equation, short) if short else ""
    elif _complete(left) and short < 0:
        sentence = _impossible(right, left)
    elif _complete(right) and short > 0:
        sentence = _impossible(left, right)
    if sentence:
        yield Broken(
            identity=equation.identity,
            severity=equation.severity,
            sentence=sentence[0].upper() + sentence[1:],
        )


def _identified(flow: Flow) -> tuple[Term, ...]:
    terms: list[Term] = []
    # A list that stands in for searches takes their place in the sum, so they need no count of their own.
    if flow.database_results is not None or flow.databases or not flow.stand_ins:
        searched = (
            flow.database_results
            if flow.database_results is not None
            else total(flow.databases or None)
        )
        if searched is not None or not flow.stand_ins:
            terms.append(("databases", searched))
    registered = (
        flow.register_results
        if flow.register_results is not None
        else total(flow.registers or None)
    )
    if registered is not None or not flow.stand_ins:
        terms.append(("registers", registered))
    terms.extend((tally.label, tally.n) for tally in flow.stand_ins)
    return tuple(terms)


def _stated(*terms: Term) -> tuple[Term, ...]:
    """The terms that have no box in the official templates: they count where they are stated."""
    return tuple((label, n) for label, n in terms if n is not None)


def _lists(flow: Flow) -> Iterator[_Equation]:
    """I1: each total is the sum of its list."""
    others = total(flow.other_sources or None)
    citations = next(
        (t.n for t in flow.other_sources if t.label.casefold().startswith("citation")), None
    )
    lists: tuple[tuple[str, Count, tuple[Tally, ...], tuple[Hint, ...]], ...] = (
        (
            "databases",
            flow.database_results,
            flow.databases,
            (
                (
                    -(total(flow.registers or None) or 0),
                    "the registers seem to be counted among the databases",
                ),
                (
                    -(citations or 0),
                    "the finds of citation searching seem to be added to the databases",
                ),
                (
                    -(others or 0),
                    "the records found by other methods seem to be added to the databases",
                ),
            ),
        ),
        ("registers", flow.register_results, flow.registers, ()),
    )
    for name, stated, tallies, hints in lists:
        if tallies:
            yield _Equation(
                identity="I1",
                target=(f"records from {name}", stated),
                plus=tuple((tally.label, tally.n) for tally in tallies),
                hints=hints,
            )


def _screened(flow: Flow) -> _Equation:
    """I2: what was identified was removed, screened or still waits; U3 when the previous version's records slip."""
    known_before = flow.already_screened
    others = total(flow.other_sources or None)
    hints: list[Hint] = [
        (flow.duplicates, "the duplicates seem to be subtracted twice"),
        (-(flow.duplicates or 0), "the duplicates seem not to be subtracted"),
        (flow.register_results, "the registers seem to be left out of the sum"),
        (flow.excluded_automatic, "what automation tools removed seems to be subtracted twice"),
        (
            -(flow.excluded_automatic or 0),
            "what automation tools removed seems not to be subtracted",
        ),
        (flow.excluded_other, "what was removed for other reasons seems to be subtracted twice"),
        (
            -(flow.excluded_other or 0),
            "what was removed for other reasons seems not to be subtracted",
        ),
        (
            -(others or 0),
            "the records found by other methods seem to be added to those of the databases",
        ),
        (
            known_before,
            "the records of the previous version seem to be subtracted twice, once as duplicates (U3)",
        ),
        (
            -(known_before or 0),
            "the records of the previous version seem to be counted in another line too (U3)",
        ),
    ]
    return _Equation(
        identity="I2",
        target=("records screened", flow.records_screened),
        plus=_identified(flow),
        minus=(
            ("duplicates", flow.duplicates),
            ("removed by automation tools", flow.excluded_automatic),
            ("removed for other reasons", flow.excluded_other),
            *_stated(("already screened in a previous version", known_before)),
            *_stated(("awaiting screening", flow.awaiting_screening)),
            *_stated(("left unscreened by a stopping rule", flow.unscreened_by_rule)),
        ),
        hints=tuple(hints),
    )


def _sought(flow: Flow, severity: Severity) -> _Equation:
    """I3: of a published review only a warning, since one record may lead to several reports."""
    return _Equation(
        identity="I3",
        severity=severity,
        target=("reports sought for retrieval", flow.dbr_sought_reports),
        plus=(("records screened", flow.records_screened),),
        minus=(("records excluded", flow.records_excluded),),
        hints=(
            (flow.records_excluded, "the excluded records seem to be subtracted twice"),
            (-(flow.records_excluded or 0), "the excluded records seem not to be subtracted"),
        ),
    )


def _assessed(
    identity: str, arm: str, sought: Count, lost: Count, assessed: Count, waiting: Count
) -> _Equation:
    """I4 and O2: what was sought was not retrieved, assessed or still waits."""
    return _Equation(
        identity=identity,
        target=(f"reports assessed for eligibility{arm}", assessed),
        plus=(("sought for retrieval", sought),),
        minus=(("not retrieved", lost), *_stated(("awaiting assessment", waiting))),
        hints=(
            (lost, "the reports not retrieved seem to be subtracted twice"),
            (-(lost or 0), "the reports not retrieved seem not to be subtracted"),
        ),
    )


def _included(flow: Flow) -> _Equation:
    """I5, and O3 where the two arms join: what was assessed was excluded for one reason or included."""
    assessed: tuple[Term, ...] = (("assessed", flow.dbr_assessed),)
    excluded: tuple[Term, ...] = (("excluded for all reasons", total(flow.dbr_excluded)),)
    hints: list[Hint] = []
    reasons = total(flow.dbr_excluded)
    if flow.has_other_arm:
        assessed += (("assessed from other methods", flow.other_assessed),)
        excluded += (("excluded from other methods", total(flow.other_excluded)),)
        others = total(flow.other_excluded)
        if flow.other_assessed is not None and others is not None:
            hints.append(
                (flow.other_assessed - others, "the reports from other methods seem to be left out")
            )
    if flow.new_studies is not None and flow.new_reports is not None:
        difference = flow.new_studies - flow.new_reports
        hints.append(
            (
                difference,
                "the included reports seem to be counted as studies, or the other way round",
            )
        )
    hints.append((-(reasons or 0), "the excluded reports seem not to be subtracted"))
    hints.append((reasons, "the excluded reports seem to be subtracted twice"))
    return _Equation(
        identity="O3" if flow.has_other_arm else "I5",
        target=("reports of included studies", flow.new_reports),
        plus=assessed,
        minus=excluded,
        hints=tuple(hints),
        otherwise=(
            "the reasons add up to fewer reports than were excluded",
            "the reasons add up to more reports than were excluded: some may be counted under two",
        ),
    )


def _totals(flow: Flow) -> Iterator[_Equation]:
    """U1 and U2: the total is the previous version and the new finds, less what was dropped."""
    for identity, unit, before, new, gone, whole in (
        (
            "U1",
            "studies",
            flow.previous_studies,
            flow.new_studies,
            flow.dropped_studies,
            flow.total_studies,
        ),
        (
            "U2",
            "reports",
            flow.previous_reports,
            flow.new_reports,
            flow.dropped_reports,
            flow.total_reports,
        ),
    ):
        yield _Equation(
            identity=identity,
            # No template has a box for dropped studies: where they are not stated, this may be the reason.
            severity=Severity.WARNING
            if gone is None
            and None not in (before, new, whole)
            and (whole or 0) < (before or 0) + (new or 0)
            else Severity.ERROR,
            target=(f"total {unit}", whole),
            plus=((f"previous {unit}", before), (f"new {unit}", new)),
            minus=_stated((f"dropped {unit}", gone)),
            hints=(
                (-(before or 0), "the previous version seems to be added twice"),
                (before, "the previous version seems to be left out of the total"),
                (-(new or 0), f"the new {unit} seem to be added twice"),
                (new, f"the new {unit} seem to be left out of the total"),
                (-(gone or 0), f"the dropped {unit} seem to be still in the total"),
            ),
        )


def _equations(flow: Flow, records_to_reports: Severity) -> Iterator[_Equation]:
    yield from _lists(flow)
    yield _screened(flow)
    yield _sought(flow, records_to_reports)
    yield _assessed(
        "I4",
        "",
        flow.dbr_sought_reports,
        flow.dbr_notretrieved_reports,
        flow.dbr_assessed,
        flow.awaiting_assessment,
    )
    if flow.has_other_arm:
        other = (flow.other_sought_reports, flow.other_notretrieved_reports, flow.other_assessed)
        yield _assessed("O2", " from other methods", *other, flow.other_awaiting_assessment)
    yield _included(flow)
    if flow.updated:
        yield from _totals(flow)


def _studies_and_reports(flow: Flow) -> Iterator[Broken]:
    """I6: never more studies than reports; U2 allows new reports of studies that were included before."""
    pairs = [("", flow.new_studies, flow.new_reports)]
    if flow.updated:
        pairs.append(("of the previous version ", flow.previous_studies, flow.previous_reports))
        pairs.append(("in total ", flow.total_studies, flow.total_reports))
    for which, studies, reports in pairs:
        if studies is None or reports is None:
            continue
        if studies > reports:
            sentence = (
                f"Studies {which}included ({studies:,}) outnumber their reports ({reports:,}): each study has at least "
                "one report; the two lines may have changed places."
            )
            yield Broken(identity="I6", severity=Severity.ERROR, sentence=sentence)
        elif studies == 0 and reports > 0 and not flow.updated:
            sentence = f"No study is included, but {reports:,} reports of included studies are."
            yield Broken(identity="I6", severity=Severity.ERROR, sentence=sentence)


def _counts(flow: Flow) -> Iterator[tuple[str, Count]]:
    for item in fields(flow):
        value = getattr(flow, item.name)
        if isinstance(value, tuple):
            yield from ((f"{item.name}, {t.label!r}", t.n) for t in value if isinstance(t, Tally))
        elif item.name != "updated":
            yield item.name, value


def _parts(flow: Flow, records_to_reports: Severity) -> Iterator[Broken]:
    """I7: no count below 0, no part larger than its whole; O1: nothing sought that was not found."""
    for name, n in _counts(flow):
        if n is not None and n < 0:
            yield Broken(
                identity="I7",
                severity=Severity.ERROR,
                sentence=f"{name} is {n:,}, and no count can be below 0.",
            )
    tools, excluded = flow.records_excluded_automatic, flow.records_excluded
    if tools is not None and excluded is not None and tools > excluded:
        sentence = f"Automation tools excluded {tools:,} records, but only {excluded:,} were excluded in all."
        yield Broken(identity="I7", severity=Severity.ERROR, sentence=sentence)
    found, sought = total(flow.other_sources or None), flow.other_sought_reports
    if found is not None and sought is not None and sought > found:
        sentence = (
            f"Reports sought from other methods ({sought:,}) outnumber "
            f"the records these methods found ({found:,})."
        )
        yield Broken(identity="O1", severity=records_to_reports, sentence=sentence)


def check(flow: Flow, *, own: bool = False) -> tuple[Broken, ...]:
    """Every identity of the flow that does not hold, in the order of the diagram; empty when all hold.

    `own`: the flow is counted from reviewkit's store, where each record is one report, so that I3 and O1 are
    errors; in a published flow one record may lead to several reports, and they are warnings.
    """
    records_to_reports = Severity.ERROR if own else Severity.WARNING
    broken: list[Broken] = []
    for equation in _equations(flow, records_to_reports):
        broken.extend(_judge(equation))
    broken.extend(_parts(flow, records_to_reports))
    broken.extend(_studies_and_reports(flow))
    return tuple(broken)


def sentences(broken: Iterable[Broken]) -> tuple[str, ...]:
    """What to print or to draw as footnotes: "I2, error: ..."."""
    return tuple(f"{item.identity}, {item.severity}: {item.sentence}" for item in broken)


def proven(flow: Flow, *, own: bool = False, force: bool = False) -> Flow:
    """The flow, fit to be drawn. Raises CheckNotMet when an identity is broken (a warning does not count).

    With `force` a broken flow comes back with a footnote for each identity that does not hold.
    """
    errors = [broken for broken in check(flow, own=own) if broken.severity is Severity.ERROR]
    if not errors:
        return flow
    if not force:
        raise CheckNotMet(
            "the flow does not add up: " + " ".join(sentences(errors)),
            hint="correct the counts; or draw it as it is with --force, which says so in a footnote",
        )
    notes = tuple(
        f"This flow does not add up ({broken.identity}): {broken.sentence}" for broken in errors
    )
    return replace(flow, footnotes=(*flow.footnotes, *notes))
