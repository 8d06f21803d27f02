"""Alerts: what a record says now and did not say before, the gravest first."""

from dataclasses import replace

from reviewkit.model.records import Record, Relation, RelationKind
from reviewkit.updates.alerts import Alert, alerts_in

PLAIN = Record(source="pubmed", source_id="1", title="On guts")
CORRECTED = replace(
    PLAIN, relations=(Relation(kind=RelationKind.HAS_ERRATUM, target="Gut. 2026;1:2"),)
)


def test_a_plain_record_has_none() -> None:
    assert alerts_in(None, PLAIN) == ()


def test_only_what_is_new_is_an_alert_and_the_gravest_comes_first() -> None:
    retracted = replace(CORRECTED, types=("Retracted Publication",), title="RETRACTED: On guts")
    assert [alert for alert, _ in alerts_in(PLAIN, CORRECTED)] == [Alert.ERRATUM]
    assert alerts_in(CORRECTED, CORRECTED) == ()
    assert [alert for alert, _ in alerts_in(CORRECTED, retracted)] == [
        Alert.RETRACTED,
        Alert.RETRACTED,
    ]
    assert [alert for alert, _ in alerts_in(None, retracted)] == [
        Alert.RETRACTED,
        Alert.RETRACTED,
        Alert.ERRATUM,
    ]


def test_a_withdrawal_is_read_from_the_title() -> None:
    withdrawn = replace(PLAIN, title="WITHDRAWN: On guts")
    assert alerts_in(PLAIN, withdrawn) == ((Alert.WITHDRAWN, "its title says so"),)
