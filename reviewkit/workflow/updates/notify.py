"""Where the outcome of an unattended update goes besides the terminal: a log, and an address of the user's."""

import json
from collections.abc import Mapping
from pathlib import Path

from reviewkit.http.messages import user_agent
from reviewkit.model.errors import RemoteError, ReviewkitError, UsageError, system_reason
from reviewkit.workflow.updates.schedule import WEBHOOK
from reviewkit.workflow.updates.update_models import UpdateResult

_LONGEST = 30_000  # characters; services that take messages refuse longer ones
_SECONDS = 30.0


def note_update(log: Path, found: UpdateResult) -> None:
    """Append one line of JSON: when, how it ended, how many of what. Raises ReviewkitError.

    An update that is told of again, as it was killed before it ended, is not noted again.
    """
    told = found.as_json()
    names = (
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
    failed = {source.source: source.failed for source in found.failures}
    line = json.dumps(
        {**{name: told[name] for name in names}, "failed": failed}, ensure_ascii=False
    )
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a+", encoding="utf-8") as file:
            file.seek(0)
            noted = file.read()
            if line not in noted.splitlines()[-1:]:
                # A line that a crash tore stays by itself.
                file.write(("\n" if noted and not noted.endswith("\n") else "") + line + "\n")
    except OSError as error:
        what = f"cannot be written: {system_reason(error)}"
        raise ReviewkitError(what, where=str(log), hint="name another file with --log") from error


def webhook_address(environment: Mapping[str, str]) -> str:
    """Where summaries are sent. Raises UsageError where the environment names no web address."""
    address = environment.get(WEBHOOK, "").strip()
    if not address.startswith(("https://", "http://")):
        raise UsageError(
            "is not a web address", where=WEBHOOK, hint="set it in the job's environment"
        )
    return address


def send_summary(environment: Mapping[str, str], page: str, *, title: str) -> None:
    """Post the page as JSON with the keys `text` and `title` to the address in the environment.

    The address is a secret: no message repeats it. Raises UsageError where it is not set, RemoteError where it fails.
    """
    import requests

    address = webhook_address(environment)
    body = {"title": title, "text": page[:_LONGEST]}
    try:
        answer = requests.post(
            address,
            json=body,
            timeout=_SECONDS,
            allow_redirects=False,
            headers={"User-Agent": user_agent()},
        )
    except requests.RequestException as error:
        what = f"the summary could not be sent ({type(error).__name__}); the update itself is done"
        raise RemoteError(what, where=WEBHOOK, hint="check the address and the network") from None
    if answer.status_code >= 300:
        what = f"the summary was refused (HTTP {answer.status_code}); the update itself is done"
        raise RemoteError(what, where=WEBHOOK, hint="check the address")
