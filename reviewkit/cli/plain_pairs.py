"""Uncertain pairs of records, answered line by line."""

from collections.abc import Callable, Iterator

from reviewkit.cli.plain_session import PlainKey, PlainSession, write_line
from reviewkit.model.errors import UsageError
from reviewkit.model.foreign import whole_number
from reviewkit.model.messages import recognise, tr
from reviewkit.workflow.session.pairs import RELATIONS, PairSession, PairView


class PlainPairs(PlainSession[PairView]):
    """The plain interface of a session over uncertain pairs."""

    # `s` means "the same record" here.
    SKIP_KEY = "n"

    def __init__(self, session: PairSession, write: Callable[[str], None] = write_line) -> None:
        self._pairs = session
        super().__init__(session, write)

    def own_keys(self) -> Iterator[PlainKey]:
        pairs = self._pairs
        yield PlainKey(key="s", words=tr("the same record"), run=lambda _: self.step(pairs.same()))
        yield PlainKey(
            key="d", words=tr("different works"), run=lambda _: self.step(pairs.different())
        )
        group = tr("all records that hang together by open pairs are the same record")
        yield PlainKey(key="sa", words=group, run=lambda _: self.step(pairs.same_group()))
        group = tr("all open pairs that hang together are different works")
        yield PlainKey(key="da", words=group, run=lambda _: self.step(pairs.different_group()))
        kind = tr("all open pairs with these titles and this journal are different works")
        yield PlainKey(key="dk", words=kind, run=lambda _: self.step(pairs.different_kind()))
        words = tr("related: what the first is to the second")
        yield PlainKey(key="r", arguments=tr("number"), words=words, run=self._related)

    def title(self) -> str:
        return tr("Uncertain pairs, answered by {reviewer}.", reviewer=self._pairs.reviewer)

    def view_lines(self, view: PairView) -> Iterator[str]:
        keys = tr("{key} and {other}", key=view.first.key, other=view.second.key)
        yield tr(
            "{keys}: {words} (score {score})",
            keys=keys,
            words=recognise(view.words),
            score=f"{view.score:.3f}",
        )
        yield from view.group_sentences()
        yield view.to_find.sentence()
        for field in view.explanation.fields:
            if field.value_a == field.value_b:
                yield tr(
                    "  {name}: the same: {value_a}", name=tr(field.name), value_a=field.value_a
                )
            else:
                yield tr(
                    "  {name}: first: {text}", name=tr(field.name), text=field.value_a or tr("none")
                )
                yield tr(
                    "  {name}: second: {text}",
                    name=tr(field.name),
                    text=field.value_b or tr("none"),
                )

    def nothing_left(self) -> str:
        return tr("No pair waits.")

    def _related(self, number: str) -> None:
        place = whole_number(number) or 0
        if not 1 <= place <= len(RELATIONS):
            names = [kind.replace("_", " ") for kind in RELATIONS]
            numbered = ", ".join(f"{place} {name}" for place, name in enumerate(names, 1))
            raise UsageError(tr("a relation is chosen by its number"), hint=numbered)
        self.step(self._pairs.related(RELATIONS[place - 1]))
