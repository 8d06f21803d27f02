"""The errors of a flow, and the one number that would mend each, or several at once. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reviewkit.model.flow import Broken, Count, Severity
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
            return (*errors, *(_alone(chain, current) for chain in chains))

        left = {chain.identities for chain in mend.left}
        gone = [chain for chain in chains if chain.identities not in left]
        errors.append(_together(gone, mend, current))
        current[mend.key] = (mend.value, mend.value)
        chains = mend.left

    return tuple(errors)


def _best_mend(
    equations: Sequence[Equation], chains: tuple[Equation, ...], values: Values
) -> _Mend | None:
    """Return the change of one count that mends most chains, if it mends at least two."""
    best = None
    for mend in _mends(equations, chains, values):
        if len(mend.left) <= len(chains) - 2 and (best is None or len(mend.left) < len(best.left)):
            best = mend
    return best


def _mends(
    equations: Sequence[Equation], chains: tuple[Equation, ...], values: Values
) -> Iterator[_Mend]:
    """Yield each change that makes one of the chains hold: first those of its target."""
    if len(chains) < 2:
        return

    for chain in chains:
        for term in (chain.target, *chain.plus, *chain.minus):
            value = mended(chain, term.key, values)
            if value is not None and not term.slack and values.is_known(term):
                changed = Values(values)
                changed[term.key] = (value, value)
                left = broken_chains(equations, changed)
                yield _Mend(key=term.key, label=term.label, value=value, left=left)


def _together(gone: Sequence[Equation], mend: _Mend, values: Values) -> Broken:
    """Return the error of all these chains: the sentence is that of the mended count's own sum."""
    first = next((chain for chain in gone if chain.target.key == mend.key), gone[0])
    others = [chain.name for chain in gone if chain is not first]
    verb = "holds" if len(others) == 1 else "hold"
    text = sentence(first, values)
    if others:
        text += f" With {mend.label} {mend.value:,}, {', '.join(others)} {verb} too."

    return Broken(
        identity=first.name,
        severity=Severity.ERROR,
        sentence=text,
        identities=tuple(name for chain in gone for name in chain.identities),
        count=mend.key,
        found=values[mend.key][0],
        expected=mend.value,
    )


def _alone(chain: Equation, values: Values) -> Broken:
    found: Count = None
    if values.is_known(chain.target):
        found = values.shown(chain.target)
    return Broken(
        identity=chain.name,
        severity=Severity.ERROR,
        sentence=sentence(chain, values),
        identities=chain.identities,
        count=chain.target.key,
        found=found,
        expected=mended(chain, chain.target.key, values),
    )
