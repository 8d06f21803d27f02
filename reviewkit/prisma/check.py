"""Check whether the counts of a PRISMA flow add up, and name each identity that does not hold.

I1 to I7 are about databases and registers, O1 to O3 about other methods, U1 and U2 about updates,
M1 and M2 about a meta-analysis. The boxes are those of PRISMA 2020 (Page MJ et al. BMJ
2021;372:n71). A count that is not reported is 0 or more. The identities are solved together: a flow
fails exactly where no values of the missing counts can save it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from reviewkit.model.errors import CheckNotMet
from reviewkit.model.flow import Broken, Flow, Severity, Undecided
from reviewkit.model.messages import in_english, recognise, tr
from reviewkit.prisma.chains import broken_chains
from reviewkit.prisma.equation import Values
from reviewkit.prisma.identities import equations
from reviewkit.prisma.mend import mend_errors
from reviewkit.prisma.sentences import warning
from reviewkit.prisma.study_counts import studies_without_reports
from reviewkit.prisma.values import below_zero, values_of


def check(flow: Flow, *, own: bool = False) -> tuple[Broken, ...]:
    """Return every identity of the flow that does not hold, in the order of the diagram.

    With `own` the flow is counted from reviewkit's store, where each record is one report: O1 is
    an error. In a published flow one record of other methods may lead to several reports.
    """
    values = values_of(flow)
    lenient = equations(flow, own=own, lenient=True)
    chains = broken_chains(lenient, values)
    errors = mend_errors(lenient, chains, values)
    if not chains:
        errors = studies_without_reports(flow, lenient, values)

    return (*_below_zero(flow), *errors, *_warnings(flow, errors, values, own=own))


def undecided(flow: Flow, *, own: bool = False) -> tuple[Undecided, ...]:
    """Return every identity that cannot be decided, with the counts that are missing."""
    values = values_of(flow)
    named = _named(check(flow, own=own))
    listed = []
    for equation in equations(flow, own=own, lenient=False):
        missing = [term for term in equation.terms if not term.slack and not values.is_known(term)]
        if missing and equation.name not in named:
            keys = tuple(term.key for term in missing)
            labels = tuple(term.label for term in missing)
            listed.append(Undecided(identity=equation.name, missing=keys, labels=labels))

    return tuple(listed)


def _named(found: Iterable[Broken]) -> set[str]:
    """Return the identities that are decided: those that break, and those that give a warning."""
    named: set[str] = set()
    for broken in found:
        named.add(broken.identity)
        if broken.severity is Severity.ERROR:
            named.update(broken.identities)
    return named


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
        in_english(
            "This flow does not add up ({identity}): {sentence}",
            identity=broken.identity,
            sentence=broken.sentence,
        )
        for broken in errors
    )

    return replace(flow, footnotes=(*flow.footnotes, *notes))


def _below_zero(flow: Flow) -> Iterator[Broken]:
    """I7: no count is below 0."""
    for key, label, n in below_zero(flow):
        yield Broken(
            identity="I7",
            severity=Severity.ERROR,
            sentence=_negative_sentence(recognise(label), n),
            identities=("I7",),
            count=key,
            found=n,
        )


def _negative_sentence(label: str, n: int) -> str:
    name = f"{label[0].upper()}{label[1:]}"
    return tr("{count} is {n}, and no count can be below 0.", count=name, n=n)


def _warnings(
    flow: Flow, errors: tuple[Broken, ...], values: Values, *, own: bool
) -> Iterator[Broken]:
    """Yield what is possible, and yet unusual.

    What has a count that an error names is left out: it may be gone once that is corrected.
    """
    wrong = {error.count for error in errors}
    for chain in broken_chains(equations(flow, own=own, lenient=False), values):
        keys = {term.key for term in chain.terms if values.is_known(term)}
        if chain.severity is Severity.WARNING and not keys & wrong:
            yield warning(chain, values)
