"""What changed between two versions of a protocol, as far as decisions are about it."""

import pytest

from reviewkit.protocol.changes import ChangeKind, changes_between
from reviewkit.protocol.model import Protocol
from reviewkit.protocol.parse import parse_protocol
from tests.helpers.screening_review import PROTOCOL

OLD = parse_protocol(PROTOCOL, where="old")


def changed(*replacements: tuple[str, str], more: str = "") -> Protocol:
    text = PROTOCOL
    for was, now in replacements:
        assert was in text
        text = text.replace(was, now)
    return parse_protocol(text + more, where="new")


def found(new: Protocol, old: Protocol = OLD) -> list[tuple[str, str, str | None]]:
    return [(change.kind, change.what, change.now) for change in changes_between(old, new)]


def test_a_comment_a_theme_and_a_schedule_change_nothing() -> None:
    more = '# a comment\n[diagram]\ntheme = "quiet"\n[living]\nevery = "month"\n'
    assert found(changed(('title = "Guts and nerves"', 'title = "Other"'), more=more)) == []


@pytest.mark.parametrize(
    ("new", "wanted"),
    [
        (
            changed(("in animals only", "in mice only")),
            [(ChangeKind.REASON_REWORDED, "in animals only", "in mice only")],
        ),
        (
            changed(("on guts", "on bowels")),
            [
                (ChangeKind.REASON_REWORDED, "not on guts", "not on bowels"),
                (ChangeKind.CRITERION_REWORDED, "on guts", "on bowels"),
            ],
        ),
        (
            changed(
                more='[[criteria]]\nid = "new"\nkind = "exclusion"\nwording = "no data"\n'
                'check = { by = "person" }\n'
            ),
            [(ChangeKind.REASON_NEW, "no data", None)],
        ),
        (
            changed(
                (
                    'wording = "on guts"\ncheck = { by = "person" }',
                    'wording = "on guts"\ncheck = { by = "date", from = 2000 }',
                )
            ),
            [
                (
                    ChangeKind.CRITERION_CHANGED,
                    "on guts",
                    "checked by date, as the protocol says now",
                )
            ],
        ),
        (
            changed(more="[screening]\nreviewers = { title_abstract = 2, full_text = 1 }\n"),
            [(ChangeKind.REVIEWERS, "title and abstract, 1 each", "2 each")],
        ),
        (
            changed(more='[screening]\nexclusion_reasons = ["animals", "off_theme"]\n'),
            [
                (
                    ChangeKind.ORDER,
                    "not on guts; in animals only",
                    "in animals only; not on guts",
                )
            ],
        ),
        (
            changed(more='[screening]\nexclusion_reasons = ["animals"]\n'),
            [(ChangeKind.REASON_GONE, "not on guts", None)],
        ),
    ],
)
def test_each_change_is_named_once(
    new: Protocol, wanted: list[tuple[str, str, str | None]]
) -> None:
    assert found(new) == wanted


def test_what_is_gone_one_way_is_new_the_other_way() -> None:
    fewer = changed(more='[screening]\nexclusion_reasons = ["animals"]\n')
    assert found(OLD, fewer) == [(ChangeKind.REASON_NEW, "not on guts", None)]
