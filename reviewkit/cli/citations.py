"""`reviewkit citations`: what chosen records refer to, and what cites them."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reviewkit.cli.console import data, data_json, talk
from reviewkit.cli.options import (
    CacheOption,
    DatabaseOption,
    JsonOption,
    OfflineOption,
    ProtocolOption,
    chosen_project,
)
from reviewkit.model.errors import UsageError

if TYPE_CHECKING:
    from reviewkit.model.citations import Direction

_DIRECTIONS = {
    "backward": ("backward",),
    "forward": ("forward",),
    "both": ("backward", "forward"),
}


def citations(
    of: Annotated[
        list[str] | None,
        typer.Option(
            "--of",
            help="The seeds: included, or a record's key; again for more.",
            metavar="included|KEY",
            show_default="included",
        ),
    ] = None,
    direction: Annotated[
        str,
        typer.Option(
            "--direction",
            help="backward finds what the seeds refer to, forward what cites them.",
            metavar="backward|forward|both",
        ),
    ] = "both",
    rounds: Annotated[
        int,
        typer.Option(
            "--rounds",
            help="Go on from what a round found, until nothing is new.",
            min=1,
            max=20,
        ),
    ] = 1,
    index: Annotated[
        list[str] | None,
        typer.Option(
            "--index",
            help="Ask only this index: openalex, europepmc or crossref; again for more.",
            show_default="every index",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many requests it takes; ask nobody.")
    ] = False,
    protocol: ProtocolOption = None,
    offline: OfflineOption = False,
    json: JsonOption = False,
    db: DatabaseOption = None,
    cache: CacheOption = None,
) -> None:
    """Search by citations: what chosen records refer to, and what cites them.

    It asks OpenAlex, Europe PMC and, backward, Crossref. What is found is deduplicated against the
    whole review, screened, and counted in the other arm of the flow. Exit code 4 where an index
    failed.

    Example: reviewkit citations --of included --direction both --rounds 2
    """
    from reviewkit.cli.asking import open_searcher
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.searching.search import NetworkUse
    from reviewkit.workflow.updates.citation_seeds import CitationOptions
    from reviewkit.workflow.updates.citations import plan_citations, search_citations

    project = chosen_project(protocol, database=db, cache=cache)
    options = CitationOptions(
        keys=_keys(of or []),
        directions=_directions(direction),
        rounds=rounds,
        indexes=tuple(dict.fromkeys(index or ())),
    )
    if dry_run:
        plan = plan_citations(project, options, now=read_clock(os.environ))
        _show(plan.as_json(), plan.sentences(), json=json)
        return

    with open_searcher(NetworkUse.NEVER if offline else NetworkUse.ALWAYS) as searcher:
        result = search_citations(project, searcher, options)
    _show(result.as_json(), result.sentences(), json=json)
    if any(one.new for one in result.rounds) and not json:
        talk(
            "Next: reviewkit screen shows them; reviewkit dedupe review asks about doubtful pairs."
        )
    if result.failures:
        raise typer.Exit(4)


def _show(content: dict[str, Any], lines: Iterator[str], *, json: bool) -> None:
    if json:
        data_json(content)
        return
    for line in lines:
        data(line)


def _keys(of: list[str]) -> tuple[str, ...]:
    """The keys that were named; none for all included. Raises UsageError for both at once."""
    named = " ".join(of).replace(",", " ").split()
    if "included" not in named:
        return tuple(dict.fromkeys(named))
    if len(set(named)) > 1:
        raise UsageError(
            "included and single records cannot be mixed",
            where="--of",
            hint="run it once for each",
        )
    return ()


def _directions(direction: str) -> "tuple[Direction, ...]":
    from reviewkit.model.citations import Direction

    if direction not in _DIRECTIONS:
        raise UsageError(
            f"no such direction: {direction}",
            where="--direction",
            hint="write backward, forward or both",
        )
    return tuple(Direction(name) for name in _DIRECTIONS[direction])
