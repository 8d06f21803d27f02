"""When the next update of a living review is due. Pure."""

import datetime

EVERY = ("day", "week", "fortnight", "month", "quarter", "year")
_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def next_due(last: datetime.date, every: str) -> datetime.date:
    """Return the day on which the next update is due after the last one.

    A month later is the same day of the month, or that month's last day. After the last day of a
    month comes the last day of another. So a job that runs on each first of the month, east of
    Greenwich the day before in UTC, is never late.
    """
    if every in _DAYS:
        return last + datetime.timedelta(_DAYS[every])

    end = _last_day_after(last, _MONTHS[every])
    is_month_end = (last + datetime.timedelta(1)).day == 1
    if is_month_end or last.day > end.day:
        return end
    return end.replace(day=last.day)


def _last_day_after(day: datetime.date, months: int) -> datetime.date:
    """Return the last day of the month that is so many months later."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = datetime.date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return first_of_next - datetime.timedelta(1)
