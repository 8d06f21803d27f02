"""`appendix --hits`: what would be asked, and the asking."""

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewkit.cli.console import data, talk

if TYPE_CHECKING:
    from reviewkit.report.checklist_evidence import ChecklistFacts
    from reviewkit.workflow.auditing.line_hits import LinePlan, Searched
    from reviewkit.workflow.project import ReviewProject


def show_plan(
    project: "ReviewProject", facts: "ChecklistFacts", *, most: int | None, again: bool
) -> None:
    """Say how many requests the hits take, and how long."""
    plans, _ = _plan(project, facts, most=most, again=again)
    for plan in plans:
        n = len(plan.queries)
        requests = f"{n} request" if n == 1 else f"{n} requests"
        data(f"{plan.source.label}: at most {requests}, about {plan.seconds} s.")
    if not plans:
        data("No line is open: nothing would be asked.")
    talk("Nothing was asked.")


def ask_for_hits(
    project: "ReviewProject", facts: "ChecklistFacts", *, most: int | None, again: bool
) -> "ChecklistFacts":
    """Ask for the hits that are not kept yet; return the facts with all that are known."""
    from reviewkit.cli.asking import open_transport
    from reviewkit.cli.progress import show_progress
    from reviewkit.workflow.auditing.line_hits import ask_lines, counted_lines
    from reviewkit.workflow.clock import read_clock

    plans, searched = _plan(project, facts, most=most, again=again)
    if not plans:
        talk("Nothing was asked: no line of a search is open.")
        return facts
    started_at = read_clock(os.environ).strftime("%Y-%m-%dT%H:%M:%SZ")
    with open_transport() as (transport, _), show_progress() as progress:
        asked = ask_lines(
            project, transport, plans, started_at=started_at, again=again, progress=progress
        )
    for why in asked.why_not:
        talk(f"not all hits came: {why}; reviewkit appendix --hits asks for the others")
    talk(f"Requests sent: {asked.requests}. The hits are kept with the review.")
    return replace(facts, lines=counted_lines(project.protocol, searched, asked.answers))


def _plan(
    project: "ReviewProject", facts: "ChecklistFacts", *, most: int | None, again: bool
) -> "tuple[list[LinePlan], Searched]":
    from reviewkit.workflow.auditing.line_hits import (
        MOST_REQUESTS,
        plan_lines,
        read_line_answers,
        searched_queries,
    )

    searched = searched_queries(project.protocol, facts.sources)
    known = read_line_answers(project)
    limit = most or MOST_REQUESTS
    return plan_lines(project.protocol, searched, known, most=limit, again=again), searched
