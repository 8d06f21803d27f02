"""`reviewkit simulate`: what ranking would have saved on a finished review."""

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data, data_json
from reviewkit.cli.options import JsonOption
from reviewkit.cli.progress import show_progress
from reviewkit.model.errors import UsageError
from reviewkit.screening.models import Order

if TYPE_CHECKING:  # numpy, which `--help` must not pay
    from reviewkit.ranking import Simulation


def simulate(
    labelled: Annotated[
        Path,
        typer.Argument(help="CSV: record_id, title, abstract, included.", metavar="LABELLED.csv"),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the screening order as CSV.")
    ] = None,
    priors: Annotated[
        str,
        typer.Option(
            "--priors", help="Records screened before the ranking begins, separated by commas."
        ),
    ] = "",
    text: Annotated[
        list[str] | None,
        typer.Option("--text", help="The review's own words, to begin from: its title, say."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed")] = 1,
    order: Annotated[Order, typer.Option("--order", help="ranked or random.")] = Order.RANKED,
    json: JsonOption = False,
) -> None:
    """Screen a finished review again and say what the order would have saved.

    Example: reviewkit simulate finished.csv --out order.csv --priors 12,40 --seed 1
    """
    from reviewkit.workflow.screening.simulate import read_labelled, run_simulation, write_order

    if order not in {Order.RANKED, Order.RANDOM}:
        raise UsageError(
            f"the order {order} has nothing to do with relevance",
            hint="--order ranked or --order random",
        )
    given = [prior.strip() for prior in priors.replace(" ", ",").split(",") if prior.strip()]
    finished = read_labelled(labelled)
    ranked = order is Order.RANKED
    with show_progress() as progress:
        made = run_simulation(
            finished, priors=given, texts=text or (), seed=seed, ranked=ranked, progress=progress
        )
    if out:
        write_order(out, made)
    if json:
        data_json(
            {
                "priors": made.priors,
                "order": order,
                "seed": seed,
                "figures": dataclasses.asdict(made.figures) if made.figures else None,
                "recall": made.recall,
            }
        )
    else:
        _show(made)


def _show(made: "Simulation") -> None:
    from reviewkit.screening.curve import draw_text

    if made.figures is None:
        data("No included record is left after the priors, so nothing can be said of the order.")
        return
    figures = made.figures
    data(
        f"{figures.records} records after {made.priors} priors, {figures.included} of them included."
    )
    found = [round(share * figures.included) for share in made.recall]
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    data(draw_text(found, total=figures.records, ascii_only=not encoding.startswith("utf")))
    data(f"work saved at 95 % recall (WSS@95)   {figures.wss95:.3f}")
    data(f"work saved at 100 % recall (WSS@100) {figures.wss100:.3f}")
    data(f"recall after 10 % of the records     {figures.recall_10:.3f}")
    data(f"mean place of an included record     {figures.atd:.3f} of all")
