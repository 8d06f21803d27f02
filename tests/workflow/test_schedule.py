"""Jobs as each scheduler takes them; logs and diffs; when an update is due."""

import datetime
import importlib.resources
import json
import plistlib
import re
import shlex
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from reviewkit.model.errors import ProtocolError, UsageError
from reviewkit.protocol.parse import parse_protocol
from reviewkit.updates.changes import ChangeKind
from reviewkit.updates.due_dates import EVERY, next_due
from reviewkit.workflow.reporting.differences import find_differences, read_log
from reviewkit.workflow.reporting.status import read_status
from reviewkit.workflow.updates.schedule import Job, time_of, write_job
from tests.conftest import PROJECT
from tests.helpers.command import reaching, reviewkit
from tests.helpers.living import PROTOCOL, START, LivingReview, corpus_of, make_living, work
from tests.servers.eutils_server import EutilsServer, Fault

AWKWARD = 'A review\'s 100% $HOME "é"'


def job(folder: Path, every: str = "week", **more: Any) -> Job:
    hour, minute = time_of("guts")
    values: dict[str, Any] = {
        "review": "guts",
        "title": "Guts",
        "program": Path("/usr/bin/env"),
        "protocol": folder / "protocols" / "guts.toml",
        "database": folder / "reviews" / "guts" / "review.db",
        "log": folder / "reviews" / "guts" / "update.log",
        "every": every,
        "hour": hour,
        "minute": minute,
    }
    return Job(**{**values, **more})


@pytest.fixture
def review(tmp_path: Path) -> Iterator[LivingReview]:
    with EutilsServer(corpus_of(5)) as server:
        yield make_living(tmp_path, server)


@pytest.mark.parametrize("every", EVERY)
def test_a_cron_line_has_five_fields_and_one_command(tmp_path: Path, every: str) -> None:
    task = job(tmp_path / AWKWARD, every)
    line = write_job(task, "cron", root=tmp_path)["crontab"]
    fields = line.split(" ", 5)
    assert line.count("\n") == 1
    assert all(re.fullmatch(r"[\d*,]+", field) for field in fields[:5])
    assert not re.search(r"(?<!\\)%", fields[5])
    assert shlex.split(fields[5].replace(r"\%", "%")) == list(task.arguments)


@pytest.mark.slow
def test_a_cron_line_does_what_it_says(review: LivingReview) -> None:
    folder = review.project.database.parent
    folder.mkdir(parents=True)
    keys = folder / "keys.env"
    settings = reaching(review.server)
    keys.write_text(
        "".join(f"{name}={value}\n" for name, value in settings.items()), encoding="utf-8"
    )
    done = reviewkit("schedule", "--secrets", keys, cwd=review.project.protocol_path.parents[1])
    command = done.stdout.split(" ", 5)[5].replace(r"\%", "%")
    ran = subprocess.run(
        ["/bin/sh", "-c", command], cwd="/", capture_output=True, text=True, check=False, env={}
    )
    assert ran.returncode == 0, ran.stderr
    assert "5 new records to be screened" in ran.stdout
    assert json.loads((folder / "update.log").read_text())["new"] == 5


@pytest.mark.slow
@pytest.mark.parametrize("every", EVERY)
def test_systemd_takes_the_units(tmp_path: Path, every: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not on this machine")
    units = write_job(job(tmp_path / AWKWARD, every), "systemd", root=tmp_path)
    for name, text in units.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in units)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "reviewkit" in line]
    assert (done.returncode, ours) == (0, [])
    calendar = re.search(r"OnCalendar=(.+)", units["reviewkit-guts.timer"])
    assert calendar
    subprocess.run(["systemd-analyze", "calendar", calendar[1]], check=True, capture_output=True)


@pytest.mark.parametrize("every", EVERY)
def test_launchd_takes_the_list(tmp_path: Path, every: str) -> None:
    task = job(tmp_path / AWKWARD, every)
    read = plistlib.loads(next(iter(write_job(task, "launchd", root=tmp_path).values())).encode())
    assert read["ProgramArguments"] == list(task.arguments)
    assert all({"Hour", "Minute"} <= set(time) for time in read["StartCalendarInterval"])
    written = {read["StandardOutPath"], read["StandardErrorPath"], str(task.log)}
    assert len(written) == 3, "the log holds JSON lines and nothing else"


@pytest.mark.parametrize("every", EVERY)
def test_windows_gets_the_keys_and_every_percent_sign(tmp_path: Path, every: str) -> None:
    folder = job(tmp_path / "A review's 100%", every, secrets_file=tmp_path / "100%" / "keys.env")
    files = write_job(folder, "windows", root=tmp_path)
    lines = files["reviewkit-guts.cmd"].split("\r\n")
    assert all("\n" not in line for line in lines)
    (command,) = (line for line in lines if '"update"' in line)
    assert shlex.split(command.replace("%%", "%")) == list(folder.arguments)
    assert "100%%" in next(line for line in lines if "for /f" in line)
    task = re.search(r'/TR "\\"(.+)\\""', files["register.txt"])
    assert task
    assert Path(task[1]) == folder.log.parent / "reviewkit-guts.cmd"


@pytest.mark.slow
@pytest.mark.parametrize("every", EVERY)
def test_the_workflow_is_valid_and_holds_no_secret(tmp_path: Path, every: str) -> None:
    text = write_job(job(tmp_path / AWKWARD, every), "github", root=tmp_path / AWKWARD)[
        "reviewkit-guts.yml"
    ]
    read = yaml.safe_load(text)
    schema = (
        importlib.resources.files("check_jsonschema")
        / "builtin_schemas"
        / "vendor"
        / "github-workflows.json"
    )
    # YAML 1.1 reads the key `on` as true.
    document = {("on" if key is True else key): value for key, value in read.items()}
    jsonschema.Draft7Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(document)
    update = document["jobs"]["update"]
    assert update["env"]["PROTOCOL"] == "protocols/guts.toml"
    assert document["permissions"] == {}
    assert update["permissions"] == {"contents": "write", "issues": "write"}
    keyed = [step["name"] for step in update["steps"] if "NCBI_API_KEY" in step.get("env", {})]
    assert keyed == ["Search again"], "no other step may see the keys"
    for step in update["steps"]:
        assert "${{" not in step.get("run", ""), "a script must not be put together from values"
        if "run" in step:
            subprocess.run(["bash", "-n", "-c", step["run"]], check=True)


def step_of(tmp_path: Path, name: str) -> str:
    """The script of a step of the workflow."""
    text = write_job(job(tmp_path), "github", root=tmp_path)["reviewkit-guts.yml"]
    steps = yaml.safe_load(text)["jobs"]["update"]["steps"]
    return str(next(step["run"] for step in steps if step.get("name") == name))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("put_there", "installs"),
    [
        ("", None),
        ("pyproject.toml", "."),
        ("wheels/systematic_reviewkit-0.1-py3-none-any.whl", "wheels/"),
    ],
)
def test_the_workflow_installs_reviewkit_from_the_repository_only(
    tmp_path: Path, put_there: str, installs: str | None
) -> None:
    repository, tools = tmp_path / "repository", tmp_path / "tools"
    for folder in (repository, tools):
        folder.mkdir()
    (tools / "python").write_text('#!/bin/sh\necho "$@"\n', encoding="utf-8")
    (tools / "python").chmod(0o755)
    if put_there:
        (repository / put_there).parent.mkdir(exist_ok=True)
        project = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
        (repository / put_there).write_text(project, encoding="utf-8")

    ran = subprocess.run(
        ["bash", "-e", "-c", step_of(tmp_path, "Install reviewkit")],
        cwd=repository,
        env={"PATH": f"{tools}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    if installs is None:
        assert ran.returncode == 1
        assert "put the wheel of reviewkit" in ran.stdout
    else:
        assert ran.returncode == 0
        assert ran.stdout.split()[:3] == ["-m", "pip", "install"]
        assert ran.stdout.split()[3].startswith(installs)


@pytest.mark.slow
def test_the_workflow_keeps_the_runs_also_where_somebody_pushed_meanwhile(tmp_path: Path) -> None:
    def git(*arguments: str, folder: Path = tmp_path) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)

    git("init", "--quiet", "--bare", "-b", "main", "origin.git")
    for name in ("job", "other"):
        git("clone", "--quiet", "origin.git", name)
    job_folder, other = tmp_path / "job", tmp_path / "other"
    git("commit", "--allow-empty", "-qm", "begin", folder=job_folder)
    git("push", "-q", "origin", "HEAD:main", folder=job_folder)
    git("pull", "-q", "origin", "main", folder=other)
    (other / "notes.txt").write_text("x", encoding="utf-8")
    git("add", ".", folder=other)
    git("commit", "-qm", "meanwhile", folder=other)
    git("push", "-q", "origin", "HEAD:main", folder=other)
    (job_folder / "reviews").mkdir()
    (job_folder / "reviews" / "review.db").write_text("new", encoding="utf-8")

    subprocess.run(
        ["bash", "-e", "-c", step_of(tmp_path, "Keep the runs")],
        cwd=job_folder,
        env={"PATH": "/usr/bin:/bin", "FOLDER": "reviews", "HOME": str(tmp_path)},
        check=True,
        capture_output=True,
    )
    git("clone", "--quiet", "origin.git", "seen")
    assert (tmp_path / "seen" / "reviews" / "review.db").read_text(encoding="utf-8") == "new"
    assert (tmp_path / "seen" / "notes.txt").exists()


def test_a_review_outside_the_repository_and_unknown_words_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not in this repository"):
        write_job(job(tmp_path), "github", root=tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="no format"):
        write_job(job(tmp_path), "at", root=tmp_path)
    with pytest.raises(UsageError, match="--every: cannot be"):
        write_job(job(tmp_path, "hour"), "cron", root=tmp_path)


def test_nothing_is_installed_unasked(review: LivingReview, tmp_path: Path) -> None:
    home = tmp_path / "home"
    run = ("schedule", "--format", "systemd", "--install")
    where = review.project.protocol_path.parents[1]
    refused = reviewkit(*run, cwd=where, settings={"HOME": str(home)})
    assert refused.returncode == 2
    assert not home.exists()
    done = reviewkit(*run, "--yes", cwd=where, settings={"HOME": str(home)})
    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in (home / ".config" / "systemd" / "user").iterdir())
    assert names == ["reviewkit-guts.service", "reviewkit-guts.timer"]


@pytest.mark.slow
def test_the_summary_goes_to_the_address_in_the_environment(review: LivingReview) -> None:
    got: list[dict[str, str]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
            """Tests look at `got`."""

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        settings = {
            **reaching(review.server),
            "REVIEWKIT_WEBHOOK_URL": f"http://127.0.0.1:{server.server_port}/x",
        }
        where = review.project.protocol_path.parents[1]
        done = reviewkit("update", "--quiet", "--webhook", cwd=where, settings=settings)
        again = reviewkit("update", "--quiet", "--webhook", cwd=where, settings=settings)
    finally:
        server.shutdown()
        server.server_close()
    assert (done.returncode, again.returncode) == (0, 0)
    assert [document["title"] for document in got] == ["Guts and nerves"]
    assert again.stdout == ""


@pytest.mark.slow
def test_the_log_and_the_differences_of_any_two_runs(review: LivingReview) -> None:
    review.update()
    review.server.corpus.add(work(2000, day="2026/01/09"))
    review.update()
    review.server.corpus.delete("2000")
    review.server.corpus.revise(
        "1001", "PT  - Journal Article", "PT  - Journal Article\nMH  - Dysbiosis"
    )
    review.update()
    assert [
        run["update"] for run in read_log(review.project, now=review.at) if run["counts_in_flow"]
    ] == [1, 2, 3]

    def kinds(one: str, two: str) -> list[tuple[str, str]]:
        (found,) = find_differences(review.project, one, two, now=review.at)
        return [(change.kind, change.identifier) for change in found.changes]

    runs = [
        str(run["run"]) for run in read_log(review.project, now=review.at) if run["counts_in_flow"]
    ]
    assert kinds(runs[0], runs[1]) == [(ChangeKind.NEW, "2000")]
    assert kinds("previous", "last") == [(ChangeKind.GONE, "2000"), (ChangeKind.CHANGED, "1001")]
    assert kinds("2026-01-05", "2026-01-12") == [(ChangeKind.NEW, "2000")]
    assert kinds("first", "last") == kinds("last", "first") == [(ChangeKind.CHANGED, "1001")]
    for wrong in ("99", "yesterday"):
        with pytest.raises(UsageError):
            kinds(wrong, "last")


def test_status_says_when_the_next_update_is_due(review: LivingReview) -> None:
    review.update(days=3)
    due = read_status(review.project, now=review.at).updates
    assert (due.state, due.last_update, due.next_due) == ("active", "2026-01-05", "2026-01-12")
    assert (due.searched_through, due.included_through, due.pending) == ("2026-01-05", None, 5)
    status = read_status(review.project, now=START + datetime.timedelta(days=8))
    assert status.updates.state == "overdue"
    assert status.next[0].endswith("reviewkit update")


@pytest.mark.slow
def test_a_failed_update_does_not_push_the_due_day_on(review: LivingReview) -> None:
    review.update()
    review.server.on("esearch", range(1, 40), Fault.FORBIDDEN)
    review.update(days=1)
    due = read_status(review.project, now=review.at).updates
    assert (due.state, due.next_due, list(due.failed)) == ("overdue", "2026-01-12", ["pubmed"])


@pytest.mark.slow
def test_an_update_of_a_retired_review_says_so_and_is_made(tmp_path: Path) -> None:
    with EutilsServer(corpus_of(3)) as server:
        make_living(tmp_path, server, PROTOCOL + "retired = 2026-02-01\n")
        after, before = (
            reviewkit(
                "update", cwd=tmp_path, settings={**reaching(server), "SOURCE_DATE_EPOCH": epoch}
            )
            for epoch in ("1772000000", "1769000000")
        )
    assert "This review was retired on 2026-02-01. It is updated all the same" in after.stderr
    assert (after.returncode, "3 new" in after.stdout) == (0, True)
    assert "retired" not in before.stderr


def test_a_retired_review_is_never_overdue(tmp_path: Path) -> None:
    with EutilsServer(corpus_of(2)) as server:
        review = make_living(tmp_path, server, PROTOCOL + "retired = 2026-02-01\n")
        review.update()
    status = read_status(review.project, now=START + datetime.timedelta(days=90))
    assert (status.updates.state, status.updates.next_due) == ("retired", None)
    assert not any("due" in sentence for sentence in status.next)


@pytest.mark.parametrize(
    ("day", "every", "due"),
    [
        ("2026-01-31", "month", "2026-02-28"),
        ("2026-11-30", "quarter", "2027-02-28"),
        ("2024-02-29", "year", "2025-02-28"),
        ("2026-12-15", "month", "2027-01-15"),
        ("2026-12-30", "week", "2027-01-06"),
        ("2026-02-28", "month", "2026-03-31"),
        ("2026-06-30", "quarter", "2026-09-30"),
        ("2026-02-15", "month", "2026-03-15"),
    ],
)
def test_due_days(day: str, every: str, due: str) -> None:
    assert next_due(datetime.date.fromisoformat(day), every).isoformat() == due


def test_mistakes_in_the_living_table_are_named_by_path() -> None:
    with pytest.raises(ProtocolError) as caught:
        parse_protocol(
            PROTOCOL.replace('every = "week"', 'every = "hour"\nretired = "soon"\nevry = 1'),
            where="x",
        )
    assert {mistake.path for mistake in caught.value.mistakes} == {
        "living.every",
        "living.retired",
        "living.evry",
    }
