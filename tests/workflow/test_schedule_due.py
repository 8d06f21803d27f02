"""Status and jobs are of one mind: what each scheduler really starts, day by day, is what the due
days say.
"""

import datetime
import itertools
import json
import plistlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from reviewkit.model.errors import UsageError
from reviewkit.updates.due_dates import EVERY, next_due
from reviewkit.workflow.reporting.status import read_status
from reviewkit.workflow.reporting.update_status import next_due_later
from reviewkit.workflow.updates.schedule import Job, write_job
from tests.helpers.command import reaching, reviewkit
from tests.helpers.living import START, LivingReview, corpus_of, make_living
from tests.servers.eutils_server import EutilsServer, Fault

DAY = datetime.timedelta(days=1)
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
Starts = Callable[[datetime.date], bool]


def job(every: str, hour: int = 2) -> Job:
    return Job(
        review="guts",
        title="Guts",
        program=Path("/bin/reviewkit"),
        protocol=Path("/r/protocols/guts.toml"),
        database=Path("/r/reviews/guts/review.db"),
        log=Path("/r/reviews/guts/update.log"),
        every=every,
        hour=hour,
        minute=30,
    )


def cron_starts(fields: str) -> Starts:
    day, month, weekday = fields.split()[2:5]

    def among(value: int, values: str) -> bool:
        return values == "*" or str(value) in values.split(",")

    return lambda d: (
        among(d.day, day) and among(d.month, month) and among(d.isoweekday() % 7, weekday)
    )


def crontab(text: str) -> Starts:
    return cron_starts(text)


def github(text: str) -> Starts:
    document = yaml.safe_load(text)
    return cron_starts(document[True]["schedule"][0]["cron"])


def systemd(text: str) -> Starts:
    match = re.search(r"OnCalendar=(Mon )?\*-([\d*,]+)-([\d*,]+) ", text)
    assert match
    weekday, months, days = match.groups()

    def among(value: int, listed: str) -> bool:
        return listed == "*" or value in [int(one) for one in listed.split(",")]

    return lambda d: (
        among(d.month, months) and among(d.day, days) and (weekday is None or d.isoweekday() == 1)
    )


def launchd(text: str) -> Starts:
    times = plistlib.loads(text.encode())["StartCalendarInterval"]

    def fits(d: datetime.date, line: dict[str, int]) -> bool:
        found = {"Month": d.month, "Day": d.day, "Weekday": d.isoweekday() % 7}
        return all(found[name] == value for name, value in line.items() if name in found)

    return lambda d: any(fits(d, line) for line in times)


def windows(text: str) -> Starts:
    kind = re.search(r"/SC (\w+)(?: /M ([A-Z,]+))?(?: /D (\w+))?", text)
    assert kind
    if kind[1] == "DAILY":
        return lambda d: True
    if kind[1] == "WEEKLY":
        return lambda d: d.isoweekday() == 1
    months = kind[2].split(",") if kind[2] else MONTHS
    return lambda d: d.day == 1 and MONTHS[d.month - 1] in months


FORMATS = {
    "cron": crontab,
    "systemd": systemd,
    "launchd": launchd,
    "windows": windows,
    "github": github,
}


def text_of(task: Job, form: str) -> str:
    files = write_job(task, form, root=Path("/r"))
    return next(text for name, text in files.items() if not name.endswith((".service", ".cmd")))


def runs(
    task: Job, form: str, zone: str, first: datetime.date, last: datetime.date
) -> Iterator[datetime.date]:
    """The days in UTC on which the job updates, when `last` was the day of an update by hand."""
    starts, day = FORMATS[form](text_of(task, form)), first
    while day < first + 900 * DAY:
        day += DAY
        local = datetime.datetime.combine(
            day, datetime.time(task.hour, task.minute), ZoneInfo(zone)
        )
        at = local.astimezone(datetime.UTC).date()
        if starts(day) and at > last and not (task.when_due and at < next_due(last, task.every)):
            yield at
            last = at


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("every", EVERY)
def test_the_job_updates_on_the_days_that_are_due(every: str, form: str) -> None:
    days = list(
        runs(job(every), form, "UTC", datetime.date(2026, 1, 1), datetime.date(2025, 12, 31))
    )
    assert len(days) >= 2
    assert days[1:] == [next_due(day, every) for day in days[:-1]]


@pytest.mark.slow
@pytest.mark.parametrize(
    "zone", ["Asia/Kolkata", "Pacific/Auckland", "America/Los_Angeles", "Europe/Athens"]
)
@pytest.mark.parametrize("every", EVERY)
def test_nowhere_is_the_job_late_by_more_than_the_hour_of_summer_time(
    every: str, zone: str
) -> None:
    for hour in (2, 5):
        days = list(
            runs(
                job(every, hour),
                "cron",
                zone,
                datetime.date(2026, 1, 1),
                datetime.date(2025, 12, 31),
            )
        )
        off = [abs(day - next_due(before, every)) for before, day in itertools.pairwise(days)]
        assert max(off) <= DAY
        assert sum(one > 0 * DAY for one in off) <= 6


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("every", EVERY)
def test_after_an_update_by_hand_the_job_comes_no_later_than_due(every: str, form: str) -> None:
    for number in range(60):
        by_hand = datetime.date(2026, 1, 1) + number * DAY
        assert next(runs(job(every), form, "UTC", by_hand, by_hand)) <= next_due(by_hand, every)


def test_the_job_of_a_fortnight_waits_for_its_day() -> None:
    for form in FORMATS:
        text = "".join(write_job(job("fortnight"), form, root=Path("/r")).values())
        assert re.search(r"--every\W+(?:string>\W+<string>)?fortnight", text), form
        assert "--every" not in "".join(write_job(job("month"), form, root=Path("/r")).values())


@pytest.fixture
def review(tmp_path: Path) -> Iterator[LivingReview]:
    with EutilsServer(corpus_of(3)) as server:
        yield make_living(tmp_path, server)


def test_an_update_is_waited_for_until_it_is_due(review: LivingReview) -> None:
    assert next_due_later(review.project, "fortnight", now=START) is None
    review.update(days=0)
    due = datetime.date(2026, 1, 19)
    assert next_due_later(review.project, "fortnight", now=START + 13 * DAY) == due
    assert next_due_later(review.project, "fortnight", now=START + 14 * DAY) is None
    review.at += 7 * DAY
    review.server.on("esearch", range(1, 40), Fault.FORBIDDEN)
    review.update(days=0)
    assert next_due_later(review.project, "fortnight", now=review.at) == due
    with pytest.raises(UsageError, match="cannot be 'moon'"):
        next_due_later(review.project, "moon", now=START)


@pytest.mark.slow
def test_the_command_does_nothing_before_its_day(review: LivingReview) -> None:
    review.update(days=0)
    where = review.project.protocol_path.parents[1]
    settings = {
        **reaching(review.server),
        "SOURCE_DATE_EPOCH": str(int((START + 3 * DAY).timestamp())),
    }
    asked = len(review.server.requests)
    done = reviewkit("update", "--every", "fortnight", "--json", cwd=where, settings=settings)
    assert (done.returncode, json.loads(done.stdout)) == (0, {"due": "2026-01-19"})
    quiet = reviewkit("update", "--every", "fortnight", "--quiet", cwd=where, settings=settings)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    assert len(review.server.requests) == asked
    later = {**settings, "SOURCE_DATE_EPOCH": str(int((START + 14 * DAY).timestamp()))}
    assert reviewkit("update", "--every", "fortnight", cwd=where, settings=later).returncode == 0
    assert len(review.server.requests) > asked
    assert read_status(review.project, now=START + 14 * DAY).updates.last_update == "2026-01-19"


def test_a_job_that_differs_from_the_protocol_says_so(review: LivingReview) -> None:
    where = review.project.protocol_path.parents[1]
    done = reviewkit("schedule", "--every", "month", cwd=where)
    assert (
        'The protocol says every week, and reviewkit status goes by it: set [living] every = "month"'
        in done.stderr
    )
    assert reviewkit("schedule", cwd=where).stderr == ""
