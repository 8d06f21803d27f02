"""Who has to decide on a record, case by case."""

import pytest

from reviewkit.screening.rules import Rules

TWO = Rules(needed=2)
ASSIGNED = Rules(needed=1, assigned={"r": frozenset({"ana", "rui"}), "nobody": frozenset()})
PILOT = Rules(needed=1, pilot=frozenset({"r"}), assigned={"r": frozenset({"rui"})})
STOPPED = Rules(needed=2, stopped=frozenset({"r"}))
NOT_RETRIEVED = Rules(needed=2, not_retrieved=frozenset({"r"}), pilot=frozenset({"r"}))


@pytest.mark.parametrize(
    ("rules", "deciders", "settled", "open_to_ana", "lacks"),
    [
        (TWO, "", False, True, True),
        (TWO, "r", False, True, True),
        (TWO, "rl", False, False, False),
        (TWO, "rle", False, False, False),
        (TWO, "a", False, False, True),
        (TWO, "ar", False, False, False),
        # Settled: nobody has to decide any more. What nobody decided on is never settled.
        (TWO, "r", True, False, False),
        (TWO, "", True, True, True),
        # Assigned: those who are named, and as many of them.
        (ASSIGNED, "", False, True, True),
        (ASSIGNED, "r", False, True, True),
        (ASSIGNED, "l", False, True, True),
        (ASSIGNED, "ar", False, False, False),
        # The pilot is for all, whoever is assigned.
        (PILOT, "", False, True, True),
        (PILOT, "r", False, True, False),
        (PILOT, "r", True, False, False),
        (PILOT, "a", False, False, False),
        # A stop leaves what nobody has decided on; it does not settle what somebody has.
        (STOPPED, "", False, False, False),
        (STOPPED, "r", False, True, True),
        (NOT_RETRIEVED, "", False, False, False),
        (NOT_RETRIEVED, "r", False, False, False),
    ],
)
def test_who_has_to_decide(
    rules: Rules, deciders: str, settled: bool, open_to_ana: bool, lacks: bool
) -> None:
    names = {"a": "ana", "r": "rui", "l": "li", "e": "eva"}
    decided = [names[letter] for letter in deciders]
    assert rules.about("r").is_open_to("ana", decided, settled=settled) is open_to_ana
    assert rules.about("r").lacks_decisions(decided, settled=settled) is lacks
    # Another record has none of these rules but the number.
    assert rules.about("another").is_open_to("ana", [], settled=False)
    assert rules.about("another").lacks_decisions(decided[:1], settled=False) is (
        len(decided[:1]) < rules.needed
    )


def test_a_record_that_is_assigned_to_others_is_theirs() -> None:
    rules = Rules(needed=1, assigned={"r": frozenset({"rui", "li"})})
    assert not rules.about("r").is_open_to("ana", [], settled=False)
    assert rules.about("r").is_open_to("rui", ["li"], settled=False)
    assert [rules.about(record).needs for record in ("r", "another")] == [2, 1]


def test_a_record_that_is_assigned_to_nobody_needs_the_usual_number() -> None:
    assert [ASSIGNED.about(record).needs for record in ("r", "nobody", "another")] == [2, 1, 1]
    assert ASSIGNED.about("nobody").is_open_to("ana", [], settled=False)
    assert not ASSIGNED.about("nobody").is_open_to("ana", ["li"], settled=False)
