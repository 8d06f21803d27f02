"""The errors of a flow, and the one number that would mend each, or several at once. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from reviewkit.model.flow import Broken, Count, Severity
from reviewkit.model.messages import number, recognise, tr, tr_n
from reviewkit.prisma.chains import broken_chains
from reviewkit.prisma.equation import Equation, Values, mended
from reviewkit.prisma.sentences import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mend:
    """A count that is changed: its key and value, and the chains that are broken after it."""

    key: str
    label: str
    value: int
    left: tuple[Equation, ...]


def mend_errors(
    equations: Sequence[Equation], chains: tuple[Equation, ...], values: Values
) -> tuple[Broken, ...]:
    """Return the broken chains as errors: one for all that a single number would mend."""
    errors: list[Broken] = []
    current = Values(values)
    while chains:
        mend = _best_mend(equations, chains, current)
        if mend is None:
            return (*errors, *(_alone(broken, equations, current) for broken in chains))

        left = {broken.identities for broken in mend.left}
        gone = [broken for broken in chains if broken.identities not in left]
        errors.append(_together(gone, mend, current))
        current[mend.key] = (mend.value, mend.value)
        chains = mend.left

    return tuple(errors)


def _best_mend(
    equations: Sequence[Equation], chains: tuple[Equation, ...], values: Values
) -> _Mend | None:
    """Return the change of one count that mends most chains, if it mends at least two."""
    if len(chains) < 2:
        return None

    best = None
    for mend in _mends(equations, chains, values):
        if len(mend.left) <= len(chains) - 2 and (best is None or len(mend.left) < len(best.left)):
            best = mend

    return best


def _mends(
    equations: Sequence[Equation], chains: tuple[Equation, ...], values: Values
) -> Iterator[_Mend]:
    """Yield each change that makes one of the chains hold: first those of its target."""
    for broken in chains:
        for term in (broken.target, *broken.plus, *broken.minus):
            value = mended(broken, term.key, values)
            if value is not None and not term.slack and values.is_known(term):
                changed = Values(values)
                changed[term.key] = (value, value)
                left = broken_chains(equations, changed)
                yield _Mend(key=term.key, label=term.label, value=value, left=left)


def _together(gone: Sequence[Equation], mend: _Mend, values: Values) -> Broken:
    """Return the error of all these chains: the sentence is that of the mended count's own sum."""
    first = next((part for part in gone if part.target.key == mend.key), gone[0])
    others = [part.name for part in gone if part is not first]
    text = sentence(first, values)
    if others:
        more = tr_n(
            len(others),
            "With {count} {value}, {names} holds too.",
            "With {count} {value}, {names} hold too.",
            count=recognise(mend.label),
            value=mend.value,
            names=", ".join(others),
        )
        text = f"{text} {more}"

    return Broken(
        identity=first.name,
        severity=Severity.ERROR,
        sentence=text,
        identities=tuple(chain.from_iterable(part.identities for part in gone)),
        count=mend.key,
        found=values[mend.key][0],
        expected=mend.value,
    )


def _alone(broken: Equation, equations: Sequence[Equation], values: Values) -> Broken:
    """Return the error of one chain. Where another count than its target mends the whole flow, and
    its target does not, the sentence says which.
    """
    found: Count = None
    if values.is_known(broken.target):
        found = values.shown(broken.target)
    return Broken(
        identity=broken.name,
        severity=Severity.ERROR,
        sentence=f"{sentence(broken, values)}{_elsewhere(broken, equations, values)}",
        identities=broken.identities,
        count=broken.target.key,
        found=found,
        expected=mended(broken, broken.target.key, values),
    )


def _elsewhere(broken: Equation, equations: Sequence[Equation], values: Values) -> str:
    """Return which other count mends the whole flow; nothing where the target does.

    A count of 0 is of a box that was not used, and is not named.
    """
    whole = {
        mend.key: f"{recognise(mend.label)} {number(mend.value)}"
        for mend in _mends(equations, (broken,), values)
        if not mend.left and values[mend.key][0]
    }
    if not whole or broken.target.key in whole:
        return ""
    counts = tr(" or ").join(whole.values())
    return " " + tr("With {counts} the whole flow holds.", counts=counts)
