"""Check whether the counts of a PRISMA flow add up, and name each identity that does not hold.

I1 to I7 are about databases and registers, O1 to O3 about other methods, U1 to U3 about updates.
The boxes are those of PRISMA 2020 (Page MJ et al. BMJ 2021;372:n71).
A count that is not reported breaks no identity, unless no value of it could make the sum hold.
"""

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace

from reviewkit.model.errors import CheckNotMet
from reviewkit.model.flow import Broken, Count, Flow, Severity, Tally, total
from reviewkit.prisma.equation import judge
from reviewkit.prisma.identities import equations


def check(flow: Flow, *, own: bool = False) -> tuple[Broken, ...]:
    """Return every identity of the flow that does not hold, in the order of the diagram.

    With `own` the flow is counted from reviewkit's store, where each record is one report: I3 and
    O1 are errors.
    In a published flow one record may lead to several reports, so they are warnings.
    """
    records_to_reports = Severity.ERROR if own else Severity.WARNING
    broken: list[Broken] = []
    for equation in equations(flow, records_to_reports):
        broken.extend(judge(equation))
    broken.extend(_below_zero(flow))
    broken.extend(_larger_parts(flow, records_to_reports))
    broken.extend(_studies_and_reports(flow))

    return tuple(broken)


def sentences(broken: Iterable[Broken]) -> tuple[str, ...]:
    """Return what to print or to draw as footnotes: "I2, error: ..."."""
    return tuple(f"{item.identity}, {item.severity}: {item.sentence}" for item in broken)


def proven(flow: Flow, *, own: bool = False, force: bool = False) -> Flow:
    """Return the flow, fit to be drawn.

    Raise CheckNotMet for a broken identity; a warning does not count.
    With `force` a broken flow comes back with a footnote for each identity that does not hold.
    """
    errors = [broken for broken in check(flow, own=own) if broken.severity is Severity.ERROR]
    if not errors:
        return flow

    if not force:
        raise CheckNotMet(
            "the flow does not add up: " + " ".join(sentences(errors)),
            hint="correct the counts; "
            "or draw it as it is with --force, which says so in a footnote",
        )

    notes = tuple(
        f"This flow does not add up ({broken.identity}): {broken.sentence}" for broken in errors
    )

    return replace(flow, footnotes=(*flow.footnotes, *notes))


def _below_zero(flow: Flow) -> Iterator[Broken]:
    """I7: no count is below 0."""
    for name, n in _counts(flow):
        if n is not None and n < 0:
            yield _error("I7", f"{name} is {n:,}, and no count can be below 0.")


def _larger_parts(flow: Flow, records_to_reports: Severity) -> Iterator[Broken]:
    """I7: no part is larger than its whole. O1: no more is sought than other methods found."""
    tools, excluded = flow.records_excluded_automatic, flow.records_excluded
    if _is_more(tools, excluded):
        yield _error(
            "I7",
            f"Automation tools excluded {tools:,} records, "
            f"but only {excluded:,} were excluded in all.",
        )

    identified, sought = total(flow.other_sources or None), flow.other_sought_reports
    if _is_more(sought, identified):
        sentence = (
            f"Reports sought from other methods ({sought:,}) outnumber "
            f"the records these methods found ({identified:,})."
        )
        yield Broken(identity="O1", severity=records_to_reports, sentence=sentence)


def _is_more(part: Count, whole: Count) -> bool:
    return part is not None and whole is not None and part > whole


def _studies_and_reports(flow: Flow) -> Iterator[Broken]:
    """I6: never more studies than reports.

    U2: an update may bring new reports of studies included before.
    """
    yield from _more_studies_than_reports("", flow.new_studies, flow.new_reports)
    if flow.updated:
        previous = (flow.previous_studies, flow.previous_reports)
        yield from _more_studies_than_reports("of the previous version ", *previous)
        yield from _more_studies_than_reports("in total ", flow.total_studies, flow.total_reports)
    elif flow.new_studies == 0 and flow.new_reports is not None and flow.new_reports > 0:
        yield _error(
            "I6",
            f"No study is included, but {flow.new_reports:,} reports of included studies are.",
        )


def _more_studies_than_reports(which: str, studies: Count, reports: Count) -> Iterator[Broken]:
    if _is_more(studies, reports):
        yield _error(
            "I6",
            f"Studies {which}included ({studies:,}) outnumber their reports ({reports:,}): "
            "each study has at least one report; the two lines may have changed places.",
        )


def _counts(flow: Flow) -> Iterator[tuple[str, Count]]:
    """Yield every count of the flow with its name: the field's, and the label of a listed one."""
    for item in fields(flow):
        value = getattr(flow, item.name)
        if isinstance(value, tuple):
            yield from ((f"{item.name}, {t.label!r}", t.n) for t in value if isinstance(t, Tally))
        elif item.name != "updated":
            yield item.name, value


def _error(identity: str, sentence: str) -> Broken:
    return Broken(identity=identity, severity=Severity.ERROR, sentence=sentence)
