"""`reviewkit simulate`: what ranking would have saved on a finished review."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import ascii_only, data, data_json
from reviewkit.cli.options import JsonOption, in_a_folder
from reviewkit.cli.progress import show_progress
from reviewkit.model.errors import UsageError
from reviewkit.model.text import plural
from reviewkit.screening.models import Order

if TYPE_CHECKING:  # numpy, which `--help` must not pay
    from reviewkit.ranking import Simulation


def simulate(
    labelled: Annotated[
        Path,
        typer.Argument(help="CSV: record_id, title, abstract, included.", metavar="LABELLED.csv"),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Write the screening order as CSV.", callback=in_a_folder),
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
    """Screen a finished review again and show what the order would have saved.

    Example: reviewkit simulate finished.csv --out order.csv --priors 12,40 --seed 1
    """
    from reviewkit.workflow.screening.simulate import read_labelled, run_simulation, write_order

    if order not in {Order.RANKED, Order.RANDOM}:
        raise UsageError(
            f"the order {order} has nothing to do with relevance",
            hint="--order ranked or --order random",
        )
    finished = read_labelled(labelled)
    with show_progress() as progress:
        simulation = run_simulation(
            finished,
            priors=[
                prior.strip() for prior in priors.replace(" ", ",").split(",") if prior.strip()
            ],
            texts=text or (),
            seed=seed,
            ranked=order is Order.RANKED,
            progress=progress,
        )
    if out:
        write_order(out, simulation)
    if json:
        figures = simulation.figures
        data_json(
            {
                "priors": simulation.priors,
                "order": order,
                "seed": seed,
                "figures": dataclasses.asdict(figures) if figures else None,
                "recall": simulation.recall,
            }
        )
    else:
        _show(simulation)


def _show(simulation: "Simulation") -> None:
    from reviewkit.screening.curve import draw_text

    figures = simulation.figures
    if figures is None:
        data("No included record is left after the priors, so the order cannot be judged.")
        return

    data(
        f"{plural(figures.records, 'record')} after {plural(simulation.priors, 'prior')}, "
        f"{figures.included:,} included."
    )
    included = [round(share * figures.included) for share in simulation.recall]
    data(draw_text(included, total=figures.records, ascii_only=ascii_only()))
    data(f"work saved at 95 % recall (WSS@95)   {figures.wss95:.3f}")
    data(f"work saved at 100 % recall (WSS@100) {figures.wss100:.3f}")
    data(f"recall after 10 % of the records     {figures.recall_10:.3f}")
    data(f"mean place of an included record     {figures.atd:.3f} of all")
