"""The plain face of a screening session: a line asks, a line answers. It decides nothing and stores nothing itself."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from reviewkit.cli.plain_record import STAGES, decision_words, progress_line, record_lines
from reviewkit.model.errors import UsageError
from reviewkit.screening.filters import read_filter
from reviewkit.screening.models import Filter, Only, RecordSummary, RetrievalOutcome, Step
from reviewkit.tui.readable import readable

if TYPE_CHECKING:  # the session costs half a second of imports, which `--help` must not pay
    from reviewkit.workflow.session.screening import ScreeningSession

_KEYS = """\
i [note]            include
e [number] [note]   exclude, for the reason of that number
m [note]            maybe: decide later
s                   skip for now
u [times]           undo
b, f                back one record, forward again
g KEY or NUMBER     go to a record, or to one of the last list
l                   list what the filter leaves
/ words             find in titles and abstracts, or by key, PMID or DOI
only WHICH          show only: todo, maybe, included, excluded, decided, skipped, all
where words         show only records with these words, with tag:T source:S year:2020-2024
                    or only:WHICH among them; alone: all again
n text              note on the record; alone: remove it
t tag               put a tag on, or take it off
h term              highlight a term of your own; again: no longer
r OUTCOME [detail]  full text: sought, retrieved or not_retrieved
hist                your latest decisions
a                   show the record again
c                   the citation
x                   the exclusion reasons with their numbers
?                   these keys
q                   quit; everything is stored already"""


class PlainSession:
    """Reads answers from `lines` and gives every line of talk to `write`, until the lines end or one says q."""

    def __init__(self, session: "ScreeningSession", write: Callable[[str], None]) -> None:
        self._session = session
        self._write = write
        self._listed: tuple[RecordSummary, ...] = ()
        self._order_told = ""
        self._verbs: dict[str, Callable[[str], None]] = {
            "i": lambda text: self._step(session.include(text or None)),
            "e": self._exclude,
            "m": lambda text: self._step(session.maybe(text or None)),
            "s": lambda _: self._step(session.skip()),
            "u": self._undo,
            "b": lambda _: self._step(session.back()),
            "f": lambda _: self._step(session.forward()),
            "g": self._go,
            "/": self._find,
            "only": self._only,
            "where": lambda text: self._step(session.set_filter(read_filter(text))),
            "n": lambda text: self._said(session.write_note(text)),
            "t": lambda text: self._said(session.toggle_tag(text)),
            "h": self._highlight,
            "r": self._retrieval,
            "l": lambda _: self._filtered(),
            "hist": lambda _: self._history(),
            "a": lambda _: self._show(),
            "c": lambda _: self._write(
                readable(session.view.citation) if session.view else "no record in view"
            ),
            "x": lambda _: self._reasons(),
            "?": lambda _: self._write(_KEYS),
        }

    def run(self, lines: Iterable[str]) -> None:
        """Show the first record and answer line after line."""
        session = self._session
        blind = "; you screen blind" if session.blind else ""
        self._write(
            readable(
                f"{session.review}. {STAGES[session.stage].capitalize()}, reviewer {session.reviewer}{blind}."
            )
        )
        self._reasons()
        self._write("Type ? and Enter for all keys.")
        self._show()
        for line in lines:
            verb, _, rest = line.strip().partition(" ")
            if verb.startswith("/") and verb != "/":
                verb, rest = "/", f"{verb[1:]} {rest}"
            if verb in {"q", "quit"}:
                break
            if verb:
                self._answer(verb, rest.strip())
        self._write(progress_line(session.progress))

    def _answer(self, verb: str, rest: str) -> None:
        act = self._verbs.get(verb.lower())
        if act is None:
            self._write(f"No key is called {readable(verb)}. ? shows all keys.")
            return
        try:
            act(rest)
        except UsageError as error:
            self._write(readable(f"Not done: {error}." + (f" {error.hint}." if error.hint else "")))

    def _step(self, step: Step) -> None:
        self._said(step)
        self._show()

    def _said(self, step: Step) -> None:
        self._write(readable(step.message))

    def _show(self) -> None:
        view = self._session.view
        self._write("")
        if view is None:
            waiting = self._session.progress.maybe
            more = f" {waiting} are marked maybe: type `only maybe`." if waiting else ""
            self._write(f"{self._session.nothing_left}{more}")
            return
        # Once, and again when ranked order takes the place of the random one.
        if self._session.order_words != self._order_told:
            self._order_told = self._session.order_words
            self._write(f"Records come in {self._order_told}.")
        for line in record_lines(view):
            self._write(line)
        self._write(progress_line(view.progress))

    def _exclude(self, text: str) -> None:
        number, _, note = text.partition(" ")
        if number.isdigit():
            self._step(self._session.exclude(int(number), note.strip() or None))
        else:
            self._step(self._session.exclude(None, text or None))

    def _undo(self, text: str) -> None:
        times = int(text) if text.isdigit() else 1
        for _ in range(times - 1):
            self._said(self._session.undo())
        self._step(self._session.undo())

    def _go(self, text: str) -> None:
        if text.isdigit() and 0 < int(text) <= len(self._listed):
            text = self._listed[int(text) - 1].record
        self._step(self._session.jump(text))

    def _find(self, text: str) -> None:
        self._listed = self._session.find(text, limit=20)
        self._write(
            f"{len(self._listed)} found" + (": type g and a number." if self._listed else ".")
        )
        self._list(self._listed)

    def _filtered(self) -> None:
        self._listed = self._session.list_records(limit=20)
        self._write(f"The first {len(self._listed)} under the filter: type g and a number.")
        self._list(self._listed)

    def _list(self, hits: Sequence[RecordSummary]) -> None:
        for number, hit in enumerate(hits, 1):
            verdict = f", {hit.verdict}" if hit.verdict else ""
            self._write(
                readable(f"{number}. {hit.title or 'no title'} ({hit.year or 'no year'}{verdict})")
            )

    def _only(self, text: str) -> None:
        with suppress(ValueError):
            self._step(self._session.set_filter(Filter(only=Only(text.lower()))))
            return
        raise UsageError(f"{text!r} is no filter", hint="one of " + ", ".join(Only))

    def _highlight(self, text: str) -> None:
        own = {term.text for term in self._session.terms if term.kind == "own"}
        self._said(self._session.remove_term(text) if text in own else self._session.add_term(text))

    def _retrieval(self, text: str) -> None:
        word, _, detail = text.partition(" ")
        if word not in set(RetrievalOutcome):
            raise UsageError(
                f"{word!r} is no outcome", hint="one of " + ", ".join(RetrievalOutcome)
            )
        self._said(self._session.set_retrieval(RetrievalOutcome(word), detail.strip() or None))

    def _history(self) -> None:
        for decision in self._session.history(limit=20):
            self._write(
                readable(f"{decision.decided_at} {decision.record}: {decision_words(decision)}")
            )

    def _reasons(self) -> None:
        for number, reason in enumerate(self._session.reasons, 1):
            self._write(readable(f"Exclusion reason {number}: {reason}"))
