"""Actions that leave the screen: open a link or a PDF, copy the citation."""

import os
from collections.abc import Callable, Sequence
from typing import Protocol

from reviewkit.model.errors import ReviewkitError, UsageError
from reviewkit.model.messages import tr
from reviewkit.screening.models import Link, LinkLabel
from reviewkit.tui.desktop import open_outside
from reviewkit.tui.readable import readable
from reviewkit.tui.review_screen import Handler, ReviewScreen


class HasLinks(Protocol):
    """An item with links and a citation."""

    @property
    def links(self) -> Sequence[Link]: ...

    @property
    def citation(self) -> str: ...


class OpeningActions:
    """Opens what the item in view points to; `current` raises UsageError when none is in view."""

    def __init__(self, screen: ReviewScreen, current: Callable[[], HasLinks]) -> None:
        self._screen = screen
        self._current = current

    def handlers(self) -> dict[str, Handler]:
        return {
            "open_doi": lambda: self.open_labelled(LinkLabel.DOI, tr("this record has no DOI")),
            "open_pubmed": lambda: self.open_labelled(
                LinkLabel.PUBMED, tr("this record has no PubMed identifier")
            ),
            "open_link": lambda: self.open_labelled(
                LinkLabel.LINK, tr("this record has no other link")
            ),
            "copy": self.copy_citation,
        }

    def open_labelled(self, label: LinkLabel, missing: str) -> None:
        """Open the first link with a label; `missing` says that there is none."""
        links = self._current().links
        for link in links:
            if link.label == label:
                self.open_address(link.url, label)
                return

        labels = ", ".join(link.label for link in links)
        raise UsageError(missing, hint=tr("it has: {text}", text=labels or tr("no link at all")))

    def open_place(self, place: int) -> None:
        """Open a link by its place in the list, from 0."""
        link = self._current().links[place]
        self.open_address(link.url, link.label)

    def open_address(self, address: str, label: str) -> None:
        """Open an address in the browser; where there is none, copy it and say so."""
        try:
            program = open_outside(address, os.environ)
        except ReviewkitError as error:
            self._screen.app.copy_to_clipboard(address)
            self._screen.complain(
                tr("copied instead: {address}", address=address), f"{error}. {error.hint}"
            )
        else:
            self._screen.say(tr("{label} opened with {program}.", label=label, program=program))

    def copy_citation(self) -> None:
        citation = self._current().citation
        self._screen.app.copy_to_clipboard(readable(citation))
        self._screen.say(tr("Copied: {citation}", citation=citation))
