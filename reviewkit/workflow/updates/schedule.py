"""A job that runs `reviewkit update` by itself, in the format of each scheduler. Pure.

No secret is written into a job: it reads keys from a file of the user's or from the service's own
secrets.
"""

import hashlib
import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from reviewkit.model.choices import not_among
from reviewkit.model.errors import UsageError
from reviewkit.sources.services import key_settings
from reviewkit.updates.due_dates import EVERY

WEBHOOK = "REVIEWKIT_WEBHOOK_URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to run: the program, the review's files, how often, and where the summary goes.

    `hour` and `minute` are the machine's own time; they differ from review to review, so that not
    all ask at once. `summary` is "stdout", "webhook" or a file.
    """

    review: str
    title: str
    program: Path
    protocol: Path
    database: Path
    log: Path
    every: str
    hour: int
    minute: int
    summary: str = "stdout"
    secrets_file: Path | None = None

    @property
    def name(self) -> str:
        return f"reviewkit-{self.review.replace('_', '-')}"

    @property
    def arguments(self) -> tuple[str, ...]:
        """The command with absolute paths: a scheduler has neither the user's folder nor PATH."""
        return (
            str(self.program),
            "update",
            "--protocol",
            str(self.protocol),
            "--db",
            str(self.database),
            *self.when_due,
            "--quiet",
            "--log",
            str(self.log),
            *self._summary_options,
        )

    @property
    def _summary_options(self) -> tuple[str, ...]:
        if self.summary == "stdout":
            return ()
        if self.summary == "webhook":
            return ("--webhook",)
        return ("--summary", self.summary)

    @property
    def when_due(self) -> tuple[str, ...]:
        """What makes a job that is started every day do nothing before it is due."""
        if self.every != "fortnight":
            return ()
        return ("--every", self.every)


def time_of(review: str) -> tuple[int, int]:
    """Hour (2 to 5) and minute for a review, the same each time."""
    number = int.from_bytes(hashlib.sha256(review.encode()).digest()[:4], "big")
    return 2 + number % 4, number // 4 % 60


# No calendar of a scheduler has fortnights: their job is started every day, and `update --every`
# waits for its day.
_CRON_DAYS = {
    "day": "* * *",
    "week": "* * 1",
    "fortnight": "* * *",
    "month": "1 * *",
    "quarter": "1 1,4,7,10 *",
    "year": "1 1 *",
}


def cron_line(job: Job) -> str:
    """A line for `crontab -e`. Every % is escaped: cron takes it for a line's end."""
    command = shlex.join(job.arguments)
    if job.secrets_file:
        command = f"set -a; . {shlex.quote(str(job.secrets_file))}; set +a; {command}"

    escaped = command.replace("%", r"\%")
    return f"{job.minute} {job.hour} {_CRON_DAYS[job.every]} {escaped}\n"


_CALENDAR = {
    "day": "*-*-*",
    "week": "Mon *-*-*",
    "fortnight": "*-*-*",
    "month": "*-*-01",
    "quarter": "*-01,04,07,10-01",
    "year": "*-01-01",
}


def systemd_units(job: Job) -> dict[str, str]:
    """Service and timer by file name, for `~/.config/systemd/user/`.

    A missed run is made up for.
    """
    environment = ""
    if job.secrets_file:
        environment = f"EnvironmentFile={_unit(str(job.secrets_file))}\n"

    # `$` and `%` mean something to systemd; its quoting is C's, not the shell's.
    command = " ".join(_quoted(part) for part in job.arguments)
    service = (
        f"[Unit]\nDescription=Update of the review {_unit(job.review)}\n"
        "Documentation=man:systemd.timer(5)\n"
        "Wants=network-online.target\nAfter=network-online.target\n\n"
        f"[Service]\nType=oneshot\n{environment}ExecStart={command}\n"
        "# Something new is no failure; 10 is only told where --exit-code is given.\n"
        "SuccessExitStatus=10\n"
    )

    timer = (
        f"[Unit]\nDescription=Update of the review {_unit(job.review)}, every {job.every}\n\n"
        f"[Timer]\nOnCalendar={_CALENDAR[job.every]} {job.hour:02}:{job.minute:02}:00\n"
        "Persistent=true\n"
        "RandomizedDelaySec=600\n\n[Install]\nWantedBy=timers.target\n"
    )
    return {f"{job.name}.service": service, f"{job.name}.timer": timer}


def _unit(text: str) -> str:
    return text.replace("%", "%%")


def _quoted(part: str) -> str:
    escaped = _unit(part).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{escaped}"'


def launchd_plist(job: Job) -> str:
    """A property list for `~/Library/LaunchAgents/`."""
    command = job.arguments
    if job.secrets_file:
        load = f"set -a; . {shlex.quote(str(job.secrets_file))}; set +a"
        command = ("/bin/sh", "-c", f"{load}; exec {shlex.join(job.arguments)}")

    def beside_log(suffix: str) -> str:
        # The log holds one JSON line per update: nothing else may be written into it.
        return escape(str(job.log.with_suffix(suffix)))

    times = "".join(_launchd_time(job, day) for day in _launchd_days(job.every))
    arguments = "".join(f"    <string>{escape(part)}</string>\n" for part in command)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" '
        '"http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n'
        '<plist version="1.0">\n<dict>\n'
        f"  <key>Label</key>\n  <string>org.{escape(job.name)}</string>\n"
        f"  <key>ProgramArguments</key>\n  <array>\n{arguments}  </array>\n"
        f"  <key>StartCalendarInterval</key>\n  <array>\n{times}  </array>\n"
        f"  <key>StandardOutPath</key>\n  <string>{beside_log('.out')}</string>\n"
        f"  <key>StandardErrorPath</key>\n  <string>{beside_log('.err')}</string>\n"
        "</dict>\n</plist>\n"
    )


def _launchd_days(every: str) -> list[dict[str, int]]:
    days: dict[str, list[dict[str, int]]] = {
        "day": [{}],
        "week": [{"Weekday": 1}],
        "fortnight": [{}],
        "month": [{"Day": 1}],
        "quarter": [{"Month": month, "Day": 1} for month in (1, 4, 7, 10)],
        "year": [{"Month": 1, "Day": 1}],
    }
    return days[every]


def _launchd_time(job: Job, day: Mapping[str, int]) -> str:
    keys = {**day, "Hour": job.hour, "Minute": job.minute}
    pairs = "".join(
        f"      <key>{key}</key>\n      <integer>{value}</integer>\n" for key, value in keys.items()
    )
    return f"    <dict>\n{pairs}    </dict>\n"


_TASK_SCHEDULES = {
    "day": "/SC DAILY",
    "week": "/SC WEEKLY /D MON",
    "fortnight": "/SC DAILY",
    "month": "/SC MONTHLY /D 1",
    "quarter": "/SC MONTHLY /M JAN,APR,JUL,OCT /D 1",
    "year": "/SC MONTHLY /M JAN /D 1",
}


def windows_files(job: Job) -> dict[str, str]:
    """The job as a command file, and the line that registers it, for a command prompt.

    Task Scheduler takes 261 characters: the command itself is in the file.
    """
    name = f"{job.name}.cmd"
    schedule = f"{_TASK_SCHEDULES[job.every]} /ST {job.hour:02}:{job.minute:02}"
    register = (
        f'schtasks /Create /TN "{job.name}" {schedule} /TR "\\"{job.log.parent / name}\\""\r\n'
    )
    return {name: _command_file(job), "register.txt": register}


def _command_file(job: Job) -> str:
    """A command file that reads the keys and runs the update. Each % is doubled."""
    lines = [
        "@echo off",
        "rem Save this file beside the review's database. Then run the line of register.txt once.",
        "chcp 65001 >nul",
        "setlocal DisableDelayedExpansion",
    ]
    if job.secrets_file:
        keys = _doubled(str(job.secrets_file))
        lines += [
            f'if not exist "{keys}" exit /b 2',
            f'for /f "usebackq eol=# tokens=1,* delims==" %%a in ("{keys}") do set "%%a=%%b"',
        ]
    lines.append(" ".join(f'"{_doubled(part)}"' for part in job.arguments))
    lines.append("exit /b %errorlevel%")

    return "".join(f"{line}\r\n" for line in lines)


def _doubled(text: str) -> str:
    """Text as a command file takes it: a single % would begin the name of a variable."""
    return text.replace("%", "%%")


def github_workflow(job: Job, *, root: Path) -> str:
    """A workflow for `.github/workflows/`. It commits the database and the run log, which also
    keeps the schedule alive (public repositories lose theirs after 60 quiet days), and opens or
    renews one issue with what is new.
    """
    protocol = _inside(job.protocol, root)
    database = _inside(job.database, root)
    secrets = "".join(f"          {key}: ${{{{ secrets.{key} }}}}\n" for key in key_settings())

    return _WORKFLOW.format(
        title=json.dumps(f"Update of {job.review}"),
        cron=json.dumps(f"{job.minute} {job.hour} {_CRON_DAYS[job.every]}"),
        name=job.name,
        secrets=secrets,
        protocol=json.dumps(protocol),
        database=json.dumps(database),
        folder=json.dumps(str(Path(database).parent)),
        issue=json.dumps(f"reviewkit: update of {job.review}"),
        when_due="".join(f" {word}" for word in job.when_due),
    )


def _inside(path: Path, root: Path) -> str:
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        hint = "run it in the repository's folder; protocol and database must lie below it"
        raise UsageError("is not in this repository", where=str(path), hint=hint) from None


_WORKFLOW = """\
name: {title}

on:
  schedule:
    - cron: {cron}
  workflow_dispatch:

permissions: {{}}

concurrency:
  group: {name}
  cancel-in-progress: false

jobs:
  update:
    runs-on: ubuntu-latest
    timeout-minutes: 120
    permissions:
      contents: write  # it commits the database
      issues: write  # it keeps one issue with what is new
    env:
      PROTOCOL: {protocol}
      DATABASE: {database}
      FOLDER: {folder}
      ISSUE: {issue}
    steps:
      # Pinned by commit: a tag can be moved.
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683  # v4.2.2
      - uses: actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065  # v5.6.0
        with:
          python-version: "3.12"
      # Keep reviewkit's wheel in wheels/ of this repository; docs/living.md says how to build it.
      - name: Install reviewkit
        # Never by its name: on the public index that name is a stranger's.
        run: |
          if grep -qs '^name = "systematic-reviewkit"' pyproject.toml; then
            python -m pip install .
          elif ls wheels/systematic_reviewkit-*.whl > /dev/null 2>&1; then
            python -m pip install wheels/systematic_reviewkit-*.whl
          else
            echo "::error::put the wheel of reviewkit: it belongs in the folder wheels"
            exit 1
          fi
      - name: Search again
        id: update
        env:
{secrets}        run: |
          set +e
          reviewkit update --protocol "$PROTOCOL" --db "$DATABASE"{when_due} \\
            --exit-code --markdown > summary.md
          code=$?
          echo "code=$code" >> "$GITHUB_OUTPUT"
          cat summary.md >> "$GITHUB_STEP_SUMMARY"
          mkdir -p "$FOLDER"
          reviewkit log --protocol "$PROTOCOL" --db "$DATABASE" --json > "$FOLDER/runs.json"
          case "$code" in 0|4|10) exit 0 ;; *) exit "$code" ;; esac
      - name: Keep the runs
        if: always()
        run: |
          git config user.name "github-actions[bot]"
          git config user.email "41898282+github-actions[bot]@users.noreply.github.com"
          for path in "$FOLDER" cache; do
            if [ -e "$path" ]; then git add --force -- "$path"; fi
          done
          git diff --cached --quiet && exit 0
          git commit --quiet -m "Update of the review"
          for attempt in 1 2 3; do
            git pull --rebase --quiet && git push --quiet && exit 0
            sleep 5
          done
          echo "::error::the update could not be pushed; run the workflow again"
          exit 1
      - name: Tell what is new
        if: steps.update.outputs.code == '10' || steps.update.outputs.code == '4'
        env:
          GH_TOKEN: ${{{{ github.token }}}}
        run: |
          number=$(gh issue list --state open --search "in:title \\"$ISSUE\\"" \\
            --json number,title \\
            --jq "map(select(.title == \\"$ISSUE\\")) | .[0].number // empty")
          if [ -n "$number" ]; then
            gh issue edit "$number" --body-file summary.md
            gh issue comment "$number" --body-file summary.md
          else
            gh issue create --title "$ISSUE" --body-file summary.md
          fi
      - name: A source failed
        if: steps.update.outputs.code == '4'
        run: exit 4
"""


def write_job(job: Job, form: str, *, root: Path) -> dict[str, str]:
    """The texts of a job by the file they belong in.

    Raises UsageError for another format or frequency.
    """
    if job.every not in EVERY:
        raise not_among(f"cannot be {job.every!r}", job.every, EVERY, where="--every")
    if "\n" in "".join(job.arguments):
        raise UsageError(
            "a path holds a line break, which no scheduler takes", where=str(job.protocol)
        )

    writers: Mapping[str, Callable[[], dict[str, str]]] = {
        "cron": lambda: {"crontab": cron_line(job)},
        "systemd": lambda: systemd_units(job),
        "launchd": lambda: {f"org.{job.name}.plist": launchd_plist(job)},
        "windows": lambda: windows_files(job),
        "github": lambda: {f"{job.name}.yml": github_workflow(job, root=root)},
    }

    if form not in writers:
        raise not_among(f"no format {form!r}", form, writers, where="--format")
    return writers[form]()
