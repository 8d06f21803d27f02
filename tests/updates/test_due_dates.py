"""When the next update is due: the same day of a later month, or that month's last day."""

import datetime

import pytest

from reviewkit.updates.due_dates import next_due


@pytest.mark.parametrize(
    ("last", "every", "due"),
    [
        ("2026-01-01", "day", "2026-01-02"),
        ("2026-01-01", "week", "2026-01-08"),
        ("2026-01-01", "fortnight", "2026-01-15"),
        ("2026-01-15", "month", "2026-02-15"),
        ("2026-01-30", "month", "2026-02-28"),
        ("2026-02-28", "month", "2026-03-31"),
        ("2026-12-31", "month", "2027-01-31"),
        ("2026-10-15", "month", "2026-11-15"),
        ("2026-11-15", "month", "2026-12-15"),
        ("2026-12-15", "year", "2027-12-15"),
        ("2026-11-30", "quarter", "2027-02-28"),
        ("2028-02-29", "year", "2029-02-28"),
    ],
)
def test_the_next_update_is_due(last: str, every: str, due: str) -> None:
    assert next_due(datetime.date.fromisoformat(last), every).isoformat() == due
