"""Events by themselves: their names, their steps, and the chain in which each follows another."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reviewkit.store import Store
from reviewkit.store.chain import (
    ChainHead,
    adopted_events,
    chain_head,
    continues,
    link_faults,
    member_faults,
)
from reviewkit.store.errors import RowRefused
from reviewkit.store.events import (
    ASSIGNMENT,
    BATCH,
    DECISION,
    KINDS,
    NOTE,
    RENAMING,
    STOP,
    TAG,
    EventKind,
    Value,
    add_event,
    append,
    event_sha256,
    named_events,
    read_events,
)
from reviewkit.store.reviewers import rebuild_aliases
from tests.helpers.damage import behind
from tests.helpers.screening_history import protocol_of
from tests.helpers.screening_review import NOW, make_review

FIRST, SECOND = "pubmed:00000", "pubmed:00001"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(make_review(tmp_path, count=2).database, now=NOW) as store:
        yield store


def write(store: Store, kind: EventKind, **values: Value) -> str:
    with store.transaction():
        return append(store, kind, values, protocol=protocol_of(store))


def note(store: Store, text: str, record: str = FIRST, who: str = "ana", at: str = "2026") -> str:
    return write(store, NOTE, record=record, reviewer=who, text=text, written_at=at)


def steps(store: Store, kind: EventKind) -> list[int]:
    """The steps of all events of a kind, in the order in which they were stored."""
    return [step for (step,) in store.rows(f"SELECT step FROM {kind.table} ORDER BY rowid")]


def test_an_event_is_named_by_its_content_whatever_the_order_of_its_keys(store: Store) -> None:
    name = note(store, "read again")
    content = {
        "kind": "note",
        "protocol_sha256": protocol_of(store),
        "step": 1,
        "record": FIRST,
        "reviewer": "ana",
        "text": "read again",
        "written_at": "2026",
    }
    text = json.dumps(content, sort_keys=True)
    assert name == hashlib.sha256(text.encode()).hexdigest()
    assert event_sha256(dict(reversed(content.items()))) == name
    assert [*named_events(store, NOTE)] == [(name, content)]
    assert read_events(store, NOTE) == [content]


def test_what_an_event_does_not_say_is_empty(store: Store) -> None:
    said: dict[str, Any] = {"record": FIRST, "stage": "title_abstract", "reviewer": "ana"}
    write(store, DECISION, **said, verdict="include", decided_at="2026")
    (content,) = read_events(store, DECISION)
    assert content.keys() == {"kind", "protocol_sha256", "step", *DECISION.values}
    assert {name: content[name] for name in ("reason", "note", "undoes")} == {
        "reason": None,
        "note": None,
        "undoes": None,
    }


def test_steps_count_the_events_of_one_chain(store: Store) -> None:
    for text, record, who in (
        ("a", FIRST, "ana"),
        ("b", SECOND, "ana"),
        ("c", FIRST, "rui"),
        ("d", FIRST, "ana"),
        ("e", FIRST, "ana"),
    ):
        note(store, text, record, who)
    assert steps(store, NOTE) == [1, 1, 1, 2, 3]
    for tag in ("key", "key", "other"):
        write(store, TAG, record=FIRST, reviewer="ana", tag=tag, present=1, tagged_at="2026")
    assert steps(store, TAG) == [1, 2, 1]
    # Renamings have no chain of their own: all of them follow each other.
    for old, new in (("ana", "anna"), ("rui", "rudi")):
        write(store, RENAMING, old=old, new=new, renamed_by="li", renamed_at="2026")
    assert steps(store, RENAMING) == [1, 2]


def test_what_was_said_under_an_earlier_name_is_of_the_same_chain(store: Store) -> None:
    note(store, "a", who="ana", at="2026-01-02")
    note(store, "b", who="rui", at="2026-01-01")
    write(store, RENAMING, old="ana", new="anna", renamed_by="li", renamed_at="2026")
    with store.transaction():
        rebuild_aliases(store)
    note(store, "c", who="anna", at="2026-01-03")
    note(store, "d", who="ana", at="2026-01-04")
    assert steps(store, NOTE) == [1, 1, 2, 3]
    for name in ("ana", "anna"):
        assert [event["text"] for event in read_events(store, NOTE, who=name)] == ["a", "c", "d"]
    assert [event["text"] for event in read_events(store, NOTE, who="rui")] == ["b"]
    assert read_events(store, NOTE, who="nobody") == []


def test_events_come_in_the_order_of_their_times_then_steps_then_names(store: Store) -> None:
    names = {
        text: note(store, text, record, at=at)
        for text, record, at in (
            ("late", FIRST, "2026-02"),
            ("early", FIRST, "2026-01"),
            ("one", FIRST, "2025"),
            ("two", SECOND, "2025"),
        )
    }
    found = [event["text"] for event in read_events(store, NOTE)]
    assert found == ["two", "one", "early", "late"]
    same_step = [note(store, "x", SECOND, who, at="2030") for who in ("c", "a", "b", "d")]
    listed = [name for name, _ in named_events(store, NOTE)]
    assert listed[-4:] == sorted(same_step)
    assert set(names.values()) == set(listed[:4])


def test_an_event_lists_what_it_is_about_in_order(store: Store) -> None:
    protocol = protocol_of(store)
    with store.transaction():
        round_of: dict[str, Value] = {
            "stage": "title_abstract",
            "assigned_by": "li",
            "plan": "by hand",
            "assigned_at": "2026",
        }
        rows = [[SECOND, "ana"], [FIRST, "rui"], [FIRST, "ana"]]
        name = append(store, ASSIGNMENT, round_of, protocol=protocol, listed=rows)
        empty: dict[str, Value] = {"stopped_by": "li", "rule": "r", "evidence": "{}", "lifted": 0}
        append(store, STOP, {**empty, "stopped_at": "2026"}, protocol=protocol)
    ((stored, content),) = named_events(store, ASSIGNMENT)
    assert content["listed"] == sorted(rows)
    assert stored == name == event_sha256(content)
    assert read_events(store, STOP)[0]["listed"] == []
    columns = "SELECT record, reviewer FROM assignments WHERE round_sha256 = ? ORDER BY 1, 2"
    assert [list(row) for row in store.rows(columns, [name])] == sorted(rows)


def test_an_event_that_is_there_already_is_not_stored_again(store: Store) -> None:
    note(store, "a")
    (content,) = read_events(store, NOTE)
    batch = {
        "kind": "batch",
        "protocol_sha256": protocol_of(store),
        "step": 1,
        "reviewer": "ana",
        "chosen_by": "diet",
        "decided_at": "2026",
        "listed": [],
    }
    with store.transaction():
        assert not add_event(store, NOTE, content)
        assert add_event(store, NOTE, {**content, "step": 7})
        assert add_event(store, BATCH, batch)
        assert not add_event(store, BATCH, batch)
    assert steps(store, NOTE) == [1, 7]
    assert chain_head(store).events == 3
    # What breaks a rule of the file is an error, and not passed over.
    with pytest.raises(RowRefused), store.transaction():
        add_event(store, NOTE, {**content, "step": 8, "record": "no:such"})


def test_every_kind_has_its_columns_in_the_database(store: Store) -> None:
    for kind in KINDS.values():
        assert read_events(store, kind) == []
        assert read_events(store, kind, who="ana") == []
    assert [kind.name for kind in KINDS.values()] == [*KINDS]


def link(before: str, kind: str, name: str) -> str:
    return hashlib.sha256(f"{before}\n{kind}\n{name}".encode()).hexdigest()


def test_each_event_names_the_one_before_it(store: Store) -> None:
    assert chain_head(store) == ChainHead(events=0, head="")
    assert list(link_faults(store)) == []
    first = note(store, "a")
    before = chain_head(store)
    assert before == ChainHead(events=1, head=link("", "note", first))

    tagged = write(store, TAG, record=FIRST, reviewer="ana", tag="t", present=1, tagged_at="2026")
    head = chain_head(store)
    assert head == ChainHead(events=2, head=link(before.head, "tag", tagged))
    assert store.rows("SELECT position, kind, event_sha256, link_sha256 FROM event_chain") == [
        (1, "note", first, before.head),
        (2, "tag", tagged, head.head),
    ]
    assert list(link_faults(store)) == []
    assert list(member_faults(store, "note", "notes", "sha256")) == []
    assert adopted_events(store) == 0


def test_a_chain_goes_on_from_a_head_that_it_had(store: Store) -> None:
    heads = [chain_head(store)]
    for text in "abc":
        note(store, text)
        heads.append(chain_head(store))
    assert all(continues(store, head) for head in heads)
    assert not continues(store, ChainHead(events=2, head=heads[1].head))
    assert not continues(store, ChainHead(events=4, head=heads[3].head))
    assert continues(store, ChainHead(events=0, head="anything"))


GONE = "event_chain: {} gone before link {}"
BROKEN = "event_chain: link {} does not follow from the one before it"
SHORT = "event_chain: its end is not the stored head, so the newest events are not complete"


@pytest.mark.parametrize(
    ("sql", "faults"),
    [
        ("DELETE FROM event_chain WHERE position = 1", [GONE.format("1 link is", 2)]),
        ("DELETE FROM event_chain WHERE position IN (2, 3)", [GONE.format("2 links are", 4)]),
        (
            "DELETE FROM event_chain WHERE position IN (1, 3)",
            [GONE.format("1 link is", 2), GONE.format("1 link is", 4)],
        ),
        ("DELETE FROM event_chain WHERE position = 4", [SHORT]),
        ("DELETE FROM event_chain_head", [SHORT]),
        ("UPDATE event_chain_head SET events = 3", [SHORT]),
        ("UPDATE event_chain_head SET link_sha256 = 'x'", [SHORT]),
        ("UPDATE event_chain SET kind = 'tag' WHERE position = 2", [BROKEN.format(2)]),
        ("UPDATE event_chain SET event_sha256 = 'x' WHERE position = 4", [BROKEN.format(4)]),
        (
            "UPDATE event_chain SET link_sha256 = 'x' WHERE position = 3",
            [BROKEN.format(3), BROKEN.format(4)],
        ),
    ],
)
def test_where_the_chain_is_broken_is_told(store: Store, sql: str, faults: list[str]) -> None:
    for text in "abcd":
        note(store, text)
    store.close()
    behind(sql)(store.path)
    with Store(store.path, now=NOW) as again:
        assert list(link_faults(again)) == faults


def test_events_that_are_gone_or_came_aside_are_named_in_order(store: Store) -> None:
    names = [note(store, text) for text in "abcdefg"]
    write(store, TAG, record=FIRST, reviewer="ana", tag="t", present=1, tagged_at="2026")
    store.close()
    behind("DELETE FROM notes WHERE text < 'g'")(store.path)
    with Store(store.path, now=NOW) as again:
        shown = ", ".join(name[:12] for name in names[:5])
        assert list(member_faults(again, "note", "notes", "sha256")) == [
            f"notes: the chain names 6 events not there ({shown} …)"
        ]
        assert list(member_faults(again, "tag", "tags", "sha256")) == []

    behind(
        "INSERT INTO notes (sha256, record, reviewer, text, written_at, protocol_sha256, step) "
        "SELECT 'aside' || value, record, reviewer, text, written_at, protocol_sha256, 9 + value "
        "FROM notes, json_each('[2, 1]') WHERE text = 'g'"
    )(store.path)
    behind("INSERT INTO event_chain VALUES (99, 'tag', 'aside1', 'x')")(store.path)
    with Store(store.path, now=NOW) as again:
        found = list(member_faults(again, "note", "notes", "sha256"))
        assert found[1] == ("notes: 2 events were put in outside of reviewkit (aside2, aside1)")
        (tag_gone,) = member_faults(again, "tag", "tags", "sha256")
        assert tag_gone == "tags: the chain names 1 event not there (aside1)"


def test_up_to_five_names_are_shown_and_one_is_one(store: Store) -> None:
    names = [note(store, text) for text in "abcdef"]
    store.close()
    behind("DELETE FROM notes WHERE text < 'f'")(store.path)
    behind("DELETE FROM event_chain WHERE position = 6")(store.path)
    with Store(store.path, now=NOW) as again:
        shown = ", ".join(name[:12] for name in names[:5])
        assert list(member_faults(again, "note", "notes", "sha256")) == [
            f"notes: the chain names 5 events not there ({shown})",
            f"notes: 1 event was put in outside of reviewkit ({names[5][:12]})",
        ]


def test_events_that_were_there_before_the_chain_are_counted(store: Store) -> None:
    note(store, "a")
    store.close()
    behind("UPDATE event_chain_head SET adopted = 7")(store.path)
    with Store(store.path, now=NOW) as again:
        assert adopted_events(again) == 7
