"""Screening line by line."""

from collections.abc import Callable, Iterator, Sequence

from reviewkit.cli.plain_corrections import PlainCorrections
from reviewkit.cli.plain_record import decision_words, progress_line, record_lines
from reviewkit.cli.plain_session import PlainKey, PlainSession, write_line
from reviewkit.model.errors import UsageError
from reviewkit.model.foreign import whole_number
from reviewkit.model.messages import tr, tr_n
from reviewkit.model.records import STAGE_WORDS
from reviewkit.screening.filters import read_filter
from reviewkit.screening.models import Filter, Only, RecordSummary, RecordView, RetrievalOutcome
from reviewkit.screening.pace import pace_sentences
from reviewkit.workflow.session.base import Step
from reviewkit.workflow.session.screening import ScreeningSession

_LISTED = 20


class PlainScreening(PlainSession[RecordView]):
    """The plain interface of a screening session."""

    def __init__(
        self, session: ScreeningSession, write: Callable[[str], None] = write_line
    ) -> None:
        self._screening = session
        self._listed: tuple[RecordSummary, ...] = ()
        self._last_order = ""
        self._corrections = PlainCorrections(session, self._named, self.step)
        super().__init__(session, write, reasons=session.reasons)

    def own_keys(self) -> Iterator[PlainKey]:
        yield PlainKey(key="i", arguments=tr("[note]"), words=tr("include"), run=self._include)
        words = tr("exclude, for the reason of that number")
        yield PlainKey(key="e", arguments=tr("[number] [note]"), words=words, run=self._exclude)
        yield PlainKey(
            key="m", arguments=tr("[note]"), words=tr("maybe: decide later"), run=self._maybe
        )
        yield from self._navigation_keys()
        yield from self._annotation_keys()
        yield from self._corrections.keys()

    def _navigation_keys(self) -> Iterator[PlainKey]:
        navigation = self._screening.navigation
        yield PlainKey(
            key="b", words=tr("back one record"), run=lambda _: self.step(navigation.back())
        )
        yield PlainKey(
            key="f", words=tr("forward again"), run=lambda _: self.step(navigation.forward())
        )
        words = tr("go to a record, or to one of the last list")
        yield PlainKey(key="g", arguments=tr("KEY or NUMBER"), words=words, run=self._go)
        yield PlainKey(key="l", words=tr("list what the filter leaves"), run=self._list_filtered)
        words = tr("find in titles and abstracts, or by key, PMID or DOI")
        yield PlainKey(key="/", arguments=tr("words"), words=words, run=self._find)
        words = tr("show only: {names}", names=", ".join(Only))
        yield PlainKey(key="only", arguments=tr("WHICH"), words=words, run=self._only)
        words = tr(
            "show only records with these words, with tag:T source:S year:2020-2024 "
            "or only:WHICH among them; alone: all again"
        )
        yield PlainKey(key="where", arguments=tr("words"), words=words, run=self._where)
        yield PlainKey(key="hist", words=tr("your latest decisions"), run=self._history)

    def _annotation_keys(self) -> Iterator[PlainKey]:
        notes = self._screening.notes
        yield PlainKey(
            key="n",
            arguments=tr("text"),
            words=tr("note on the record; alone: remove it"),
            run=lambda text: self._say(notes.write_note(text)),
        )
        yield PlainKey(
            key="t",
            arguments=tr("tag"),
            words=tr("put a tag on, or take it off"),
            run=lambda text: self._say(notes.toggle_tag(text)),
        )
        words = tr("highlight a term of your own; again: no longer")
        yield PlainKey(key="h", arguments=tr("term"), words=words, run=self._highlight)
        words = tr("full text: {names}", names=", ".join(RetrievalOutcome))
        yield PlainKey(
            key="r", arguments=tr("OUTCOME [detail]"), words=words, run=self._set_retrieval
        )
        yield PlainKey(
            key="study",
            arguments=tr("name"),
            words=tr("link the report to a study; the same name again takes the link back"),
            run=lambda text: self._say(self._screening.studies.toggle(text)),
        )
        yield PlainKey(key="c", words=tr("the citation"), run=self._cite)

    def title(self) -> str:
        session = self._screening
        title = tr(
            "{text}, reviewer {reviewer}",
            text=tr(STAGE_WORDS[session.stage]).capitalize(),
            reviewer=session.reviewer,
        )
        if session.blind:
            title += tr("; you screen blind")

        return f"{title}."

    def view_lines(self, view: RecordView) -> Iterator[str]:
        # Once, and again when ranked order takes the place of the random one.
        if self._screening.order_words != self._last_order:
            self._last_order = self._screening.order_words
            yield tr("Records come in {order}.", order=self._last_order)
        yield from record_lines(view)

    def nothing_left(self) -> str:
        sentence = self._screening.nothing_left
        if maybes := self._screening.progress.maybe:
            sentence += tr_n(
                maybes,
                " {n} is marked maybe: type `only maybe`.",
                " {n} are marked maybe: type `only maybe`.",
            )
        return sentence

    def is_first_time(self) -> bool:
        return not self._screening.has_decided

    def last_lines(self) -> Iterator[str]:
        if self._screening.progress.session:
            yield ". ".join([*pace_sentences(self._screening.progress), ""]).strip()

    def progress_line(self) -> str:
        return progress_line(self._screening.progress)

    def split(self, line: str) -> tuple[str, str]:
        """`/words` needs no space behind its key."""
        line = line.strip()
        if line.startswith("/"):
            return "/", line[1:].strip()
        return super().split(line)

    def _say(self, step: Step[RecordView]) -> None:
        self.write(step.message)

    def _include(self, note: str) -> None:
        self.step(self._screening.include(note or None))

    def _exclude(self, argument: str) -> None:
        number, note = self.reason_and_text(argument)
        self.step(self._screening.exclude(number, note))

    def _maybe(self, note: str) -> None:
        self.step(self._screening.maybe(note or None))

    def _go(self, text: str) -> None:
        self.step(self._screening.navigation.jump(self._named(text)))

    def _named(self, text: str) -> str:
        """Return a record's key: the text, or that of a number of the last list."""
        place = whole_number(text) or 0
        if 0 < place <= len(self._listed):
            return self._listed[place - 1].record
        return text

    def _find(self, text: str) -> None:
        matches = self._screening.navigation.find(text, limit=_LISTED + 1)
        self._listed = matches[:_LISTED]
        ending = "."
        if matches:
            ending = tr(": type g and a number.")
        if len(matches) > _LISTED:
            self.write(tr("More than {n} found{ending}", n=_LISTED, ending=ending))
        else:
            self.write(tr("{n} found{ending}", n=len(matches), ending=ending))
        self._list(self._listed)

    def _list_filtered(self, _: str) -> None:
        self._listed = self._screening.navigation.list_records(limit=_LISTED)
        self.write(
            tr(
                "The first {n} under the filter: type g and a number.",
                n=len(self._listed),
            )
        )
        self._list(self._listed)

    def _list(self, summaries: Sequence[RecordSummary]) -> None:
        for number, summary in enumerate(summaries, 1):
            facts = str(summary.year or tr("no year"))
            if summary.verdict:
                facts += f", {tr(summary.verdict)}"
            title = summary.title or tr("no title")
            self.write(f"{number}. {title} ({facts}; {summary.record})")

    def _only(self, text: str) -> None:
        if text.lower() not in set(Only):
            raise UsageError(
                tr("{text} is no filter", text=repr(text)),
                hint=tr("one of {names}", names=", ".join(Only)),
            )
        wanted = Filter(only=Only(text.lower()))
        self.step(self._screening.navigation.set_filter(wanted))

    def _where(self, text: str) -> None:
        self.step(self._screening.navigation.set_filter(read_filter(text)))

    def _highlight(self, text: str) -> None:
        terms = self._screening.terms
        if text in {term.text for term in terms.own if term.kind == "own"}:
            self._say(terms.remove(text))
        else:
            self._say(terms.add(text))

    def _set_retrieval(self, argument: str) -> None:
        word, _, detail = argument.partition(" ")
        if word not in set(RetrievalOutcome):
            raise UsageError(
                tr("{word} is no outcome", word=repr(word)),
                hint=tr("one of {names}", names=", ".join(RetrievalOutcome)),
            )
        outcome = RetrievalOutcome(word)
        self._say(self._screening.retrieval.set_outcome(outcome, detail.strip() or None))

    def _history(self, _: str) -> None:
        decisions = self._screening.history(limit=_LISTED)
        titles = self._screening.titles_of(decisions)
        for decision in decisions:
            title = titles.get(decision.record) or tr("no title")
            at, words = decision.decided_at, decision_words(decision)
            self.write(f"{at} {decision.record}, {title}: {words}")

    def _cite(self, _: str) -> None:
        view = self._screening.view
        if view is None:
            self.write(tr("no record in view"))
        else:
            self.write(view.citation)
