"""Report an unattended update: append it to a log, send it to an address of the user's."""

from collections.abc import Mapping
from pathlib import Path

from reviewkit.http.messages import user_agent
from reviewkit.model.errors import RemoteError, ReviewkitError, UsageError, system_reason
from reviewkit.model.text import to_json
from reviewkit.workflow.files import named_place
from reviewkit.workflow.updates.schedule import WEBHOOK
from reviewkit.workflow.updates.update_models import UpdateResult

_LONGEST = 30_000  # characters; services that take messages refuse longer ones
_SECONDS = 30.0
_LOGGED = (
    "number",
    "begun_at",
    "outcome",
    "news",
    "new",
    "gone",
    "changed",
    "queued",
    "waiting",
    "watch_failed",
)


def log_update(log: Path, result: UpdateResult) -> None:
    """Append one line of JSON to the file: when, how it ended, how many of what. Raises
    ReviewkitError.

    An update that was killed before its end is reported again; it is not logged twice.
    """
    line = _log_line(result)
    try:
        # What a crash tore may end within a letter.
        with named_place(log).open("a+", encoding="utf-8", errors="surrogateescape") as file:
            file.seek(0)
            logged = file.read()
            if line in logged.splitlines()[-1:]:
                return
            # A line that a crash tore stays on a line of its own.
            is_torn = logged and not logged.endswith("\n")
            file.write(f"\n{line}\n" if is_torn else f"{line}\n")
    except OSError as error:
        what = f"cannot be written: {system_reason(error)}"
        raise ReviewkitError(what, where=str(log), hint="name another file with --log") from error


def _log_line(result: UpdateResult) -> str:
    values = result.as_json()
    failed = {source.source: source.failed for source in result.failures}
    return to_json({**{name: values[name] for name in _LOGGED}, "failed": failed})


def webhook_address(environment: Mapping[str, str]) -> str:
    """Where summaries are sent. Raises UsageError where the environment holds no web address."""
    address = environment.get(WEBHOOK, "").strip()
    if not address.startswith(("https://", "http://")):
        raise UsageError(
            "is not a web address", where=WEBHOOK, hint="set it in the job's environment"
        )
    return address


def send_summary(environment: Mapping[str, str], page: str, *, title: str) -> None:
    """Post the page as JSON with the keys `text` and `title` to the address in the environment.

    The address is a secret: no message repeats it. Raises UsageError where it is not set,
    RemoteError where sending fails.
    """
    import requests

    address = webhook_address(environment)
    try:
        response = requests.post(
            address,
            json={"title": title, "text": page[:_LONGEST]},
            timeout=_SECONDS,
            allow_redirects=False,
            headers={"User-Agent": user_agent()},
        )
    except requests.RequestException as error:
        what = f"the summary could not be sent ({type(error).__name__}); the update itself is done"
        raise RemoteError(what, where=WEBHOOK, hint="check the address and the network") from None

    if response.status_code >= 300:
        what = f"the summary was refused (HTTP {response.status_code}); the update itself is done"
        raise RemoteError(what, where=WEBHOOK, hint="check the address")
