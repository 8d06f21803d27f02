"""The lines of a file of decisions, made by hand: which are taken, and which refuse the file."""

import hashlib
import json
from typing import Any

import pytest

from reviewkit.model.errors import DamagedFile
from reviewkit.store.events import event_sha256
from reviewkit.workflow.screening.decision_file import FORMAT, read_decisions

TOML = 'title = "Guts"'
SHA256 = hashlib.sha256(TOML.encode()).hexdigest()
DECISION = {
    "kind": "decision",
    "protocol_sha256": SHA256,
    "step": 1,
    "record": "pubmed:1",
    "stage": "title_abstract",
    "reviewer": "ana",
    "verdict": "include",
    "reason": None,
    "note": None,
    "decided_at": "2026-01-01T00:00:00Z",
    "undoes": None,
}
ASSIGNMENT = {
    "kind": "assignment",
    "protocol_sha256": SHA256,
    "step": 1,
    "stage": "title_abstract",
    "assigned_by": "ana",
    "plan": "",
    "assigned_at": "2026-01-01T00:00:00Z",
    "listed": [["pubmed:1", "ana"], ["pubmed:2", "rui"]],
}


def header(**changed: object) -> dict[str, object]:
    protocols = {SHA256: {"review": "guts", "toml": TOML}}
    plain = {"format": FORMAT, "review": "guts", "protocol_sha256": SHA256, "protocols": protocols}
    return {**plain, "events": 1, **changed}


def line(event: dict[str, Any], **changed: object) -> dict[str, Any]:
    """The event with changes, under the hash that it then has."""
    whole = {**event, **changed}
    return {**whole, "sha256": event_sha256(whole)}


def file(*events: dict[str, Any], **changed: object) -> str:
    head = header(events=len(events)) | changed
    return "\n".join(json.dumps(one) for one in (head, *events)) + "\n"


def refused(text: str) -> DamagedFile:
    with pytest.raises(DamagedFile) as error:
        read_decisions(text, "f.jsonl")
    assert error.value.where == "f.jsonl"
    return error.value


@pytest.mark.parametrize("event", [DECISION, ASSIGNMENT], ids=["decision", "assignment"])
def test_what_is_whole_is_read_without_its_hash(event: dict[str, Any]) -> None:
    head, events = read_decisions(file(line(event)), "f.jsonl")
    assert (head, events) == (header(), [event])


def test_empty_lines_count_as_lines_and_hold_nothing() -> None:
    head, event = file(line(DECISION)).splitlines()
    assert len(read_decisions(f"\n{head}\n\n \n{event}\n\n", "f.jsonl")[1]) == 1
    assert refused(f"{head}\n\n{{").what.startswith("line 3 is not JSON: ")
    assert read_decisions(json.dumps(header(events=0)), "f.jsonl")[1] == []


@pytest.mark.parametrize(
    "head",
    [
        {"format": "reviewkit decisions 2"},
        {"review": 7},
        {"protocol_sha256": None},
        {"protocols": []},
        {"events": "1"},
        {"protocols": {SHA256: "x"}},
        {"protocols": {SHA256: {"review": "guts"}}},
        {"protocols": {SHA256: {"review": "guts", "toml": TOML, "more": ""}}},
        {"protocols": {SHA256: {"review": None, "toml": TOML}}},
        {"protocols": {SHA256: {"review": "guts", "toml": 7}}},
        {"protocols": {SHA256: {"review": "guts", "toml": TOML + " "}}},
    ],
)
def test_a_header_that_is_none(head: dict[str, object]) -> None:
    error = refused(file(line(DECISION), **head))
    assert error.what == "is no export of decisions"
    assert error.hint == "make one with: reviewkit decisions export > clinician.jsonl"


def test_a_file_without_a_line_or_an_object_is_no_export() -> None:
    for text in ("", "\n \n", "[]\n", "7\n"):
        assert refused(text).what == "is no export of decisions"


@pytest.mark.parametrize(
    ("head", "reason"),
    [("{", "Expecting property name"), ("[" * 100_000, "it is too deep or long")],
)
def test_a_line_that_is_no_json(head: str, reason: str) -> None:
    error = refused(head)
    assert error.what.startswith(f"line 1 is not JSON: {reason}")
    assert error.hint == "name a file of `reviewkit decisions export`"


@pytest.mark.parametrize("counted", [0, 2])
def test_a_file_with_more_or_fewer_events_than_it_says(counted: int) -> None:
    error = refused(file(line(DECISION), events=counted))
    assert (error.what, error.hint) == (
        f"has 1 events and should have {counted}",
        "export it again",
    )


CHANGED = "is not as it was exported"


@pytest.mark.parametrize(
    ("event", "what"),
    [
        ({**line(DECISION), "sha256": "0"}, CHANGED),
        (dict(DECISION), CHANGED),
        ({**line(DECISION), "note": "another"}, CHANGED),
        (line(DECISION, kind="gift"), CHANGED),
        (line(DECISION, kind=None), CHANGED),
        (line(DECISION, colour="red"), CHANGED),
        (line(DECISION, listed=[]), CHANGED),
        (line(DECISION, note=["x"]), CHANGED),
        (line(DECISION, note=1.5), CHANGED),
        (line({name: value for name, value in DECISION.items() if name != "note"}), CHANGED),
        (line({name: value for name, value in ASSIGNMENT.items() if name != "listed"}), CHANGED),
        (line(ASSIGNMENT, listed={}), CHANGED),
        (line(ASSIGNMENT, listed=["ab"]), CHANGED),
        (line(ASSIGNMENT, listed=[["pubmed:1"]]), CHANGED),
        (line(ASSIGNMENT, listed=[["pubmed:1", "ana"], ["a", "b", "c"]]), CHANGED),
        (line(ASSIGNMENT, listed=[["pubmed:1", 7]]), CHANGED),
        (line(DECISION, protocol_sha256="0"), "names a protocol that the file does not have"),
        (line(DECISION, step=0), "has a step that no review reaches (0)"),
        (line(DECISION, step=1_000_001), "has a step that no review reaches (1000001)"),
        (line(DECISION, step="1"), "has a step that no review reaches ('1')"),
        (line(DECISION, step=True), "has a step that no review reaches (True)"),
        (line(DECISION, decided_at=None), "has no time that can be (None)"),
        (line(DECISION, decided_at="soon"), "has no time that can be ('soon')"),
        (line(DECISION, decided_at="2026-01-01T00:00:00"), "has no time that can be ("),
        (line(DECISION, decided_at="1989-12-31T00:00:00Z"), "has no time that can be ("),
        (line(DECISION, decided_at="2200-01-01T00:00:00Z"), "has no time that can be ("),
        (line(ASSIGNMENT, assigned_at="1"), "has no time that can be ('1')"),
    ],
)
def test_an_event_that_cannot_be_is_named_by_its_line(event: dict[str, Any], what: str) -> None:
    error = refused(file(line(DECISION), event))
    assert error.what.startswith(f"line 3 {what}")
    assert error.hint == (
        "export it again; to change a decision, decide again with reviewkit screen"
    )


@pytest.mark.parametrize(
    "event",
    [
        line(DECISION, step=1_000_000),
        line(DECISION, decided_at="1990-01-01T00:00:00Z"),
        line(DECISION, decided_at="2199-12-31T23:59:59+02:00"),
        line(ASSIGNMENT, listed=[]),
    ],
)
def test_what_is_just_within_the_bounds_is_read(event: dict[str, Any]) -> None:
    assert len(read_decisions(file(event), "f.jsonl")[1]) == 1
