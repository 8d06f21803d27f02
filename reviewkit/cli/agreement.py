"""`reviewkit agreement`: how far reviewers agree, and on what they do not."""

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data, data_json
from reviewkit.cli.options import DatabaseOption, JsonOption, ProtocolOption
from reviewkit.cli.plain_record import STAGES
from reviewkit.model.records import Stage
from reviewkit.model.text import plural, printable

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from reviewkit.workflow.screening.agreement import PairAgreement


def agreement(
    stage: Annotated[
        Stage | None, typer.Option("--stage", help="Only this stage.", show_default="both")
    ] = None,
    confidence: Annotated[float, typer.Option("--confidence", help="Of kappa's interval.")] = 0.95,
    json: JsonOption = False,
    protocol: ProtocolOption = None,
    db: DatabaseOption = None,
) -> None:
    """Cohen's kappa with its interval, PABAK, Gwet's AC1 and raw agreement of every pair, and all disagreements.

    The published review, where one is replayed, counts as a reviewer. Example: reviewkit agreement --json
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.project import find_protocol, open_project
    from reviewkit.workflow.screening.agreement import measure_agreement

    project = open_project(find_protocol(protocol, folder=Path.cwd()), database=db)
    pairs = measure_agreement(
        project, stage=stage, confidence=confidence, now=read_clock(os.environ)
    )
    if json:
        data_json({"pairs": [dataclasses.asdict(pair) for pair in pairs]})
        return
    if not pairs:
        data("No two reviewers have decided on the same records yet.")
    for pair in pairs:
        _show(pair)


def _show(pair: "PairAgreement") -> None:
    figures = pair.figures
    data(
        printable(
            f"{STAGES[pair.stage].capitalize()}: {pair.first} and {pair.second}, {plural(figures.records, 'record')}"
        )
    )
    interval = ""
    if figures.kappa_low is not None and figures.kappa_high is not None:
        interval = f" ({figures.confidence:.0%} interval {figures.kappa_low:.2f} to {figures.kappa_high:.2f})"
    data(f"  Cohen's kappa    {_number(figures.kappa)}{interval}")
    data(f"  PABAK            {_number(figures.pabak)}")
    data(f"  Gwet's AC1       {_number(figures.ac1)}")
    data(f"  raw agreement    {_number(figures.raw)} ({figures.agreed} of {figures.records})")
    if pair.maybes:
        data(f"  left out because one of them said maybe: {pair.maybes}")
    for reason, n in pair.by_reason.items():
        data(printable(f"  {plural(n, 'disagreement')}, excluded by one for: {reason}"))
    for each in pair.disagreements:
        data(
            printable(
                f"    {each.record}: {pair.first} {_said(each.first)}, {pair.second} {_said(each.second)}"
            )
        )
    if pair.reasons_differ:
        data(f"  both exclude, for different reasons: {len(pair.reasons_differ)}")


def _number(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.2f}"


def _said(said: tuple[str, str | None]) -> str:
    return f"{said[0]} ({said[1]})" if said[1] else said[0]
