"""`reviewkit agreement`: how far reviewers agree, and on which records they do not."""

import dataclasses
import os
from typing import TYPE_CHECKING, Annotated

import typer

from reviewkit.cli.console import data, data_json
from reviewkit.cli.options import DatabaseOption, JsonOption, ProtocolOption, chosen_project
from reviewkit.model.records import STAGE_WORDS, Stage
from reviewkit.model.text import plural

if TYPE_CHECKING:  # costs half a second of imports, which `--help` must not pay
    from reviewkit.screening.agreement import Agreement
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
    """Measure how far reviewers agree, per pair, and list their disagreements.

    The measures are Cohen's kappa with its interval, PABAK, Gwet's AC1 and raw agreement.
    A published review that is rerun counts as a reviewer.

    Example: reviewkit agreement --json
    """
    from reviewkit.workflow.clock import read_clock
    from reviewkit.workflow.screening.agreement import measure_agreement

    project = chosen_project(protocol, database=db)
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
    records = plural(figures.records, "record")
    data(f"{STAGE_WORDS[pair.stage].capitalize()}: {pair.first} and {pair.second}, {records}")
    data(f"  Cohen's kappa    {_number(figures.kappa)}{_interval(figures)}")
    data(f"  PABAK            {_number(figures.pabak)}")
    data(f"  Gwet's AC1       {_number(figures.ac1)}")
    data(f"  raw agreement    {_number(figures.raw)} ({figures.agreed} of {figures.records})")
    if pair.maybes:
        data(f"  left out because one of them said maybe: {pair.maybes}")
    for reason, n in pair.by_reason.items():
        data(f"  {plural(n, 'disagreement')}, excluded by one for: {reason}")
    for both in pair.disagreements:
        first = f"{pair.first} {_decision(*both.first)}"
        second = f"{pair.second} {_decision(*both.second)}"
        data(f"    {both.record}  {both.title or 'no title'}")
        data(f"      {first}, {second}")
    if pair.reasons_differ:
        data(f"  both exclude, for different reasons: {len(pair.reasons_differ)}")


def _interval(figures: "Agreement") -> str:
    """Kappa's interval in brackets; nothing where it is not defined."""
    if figures.kappa_low is None or figures.kappa_high is None:
        return ""
    interval = f"{figures.kappa_low:.2f} to {figures.kappa_high:.2f}"
    return f" ({figures.confidence:.0%} interval {interval})"


def _number(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.2f}"


def _decision(verdict: str, reason: str | None) -> str:
    return f"{verdict} ({reason})" if reason else verdict
