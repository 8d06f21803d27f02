"""What lies outside the terminal: the browser and the program for PDFs. Neither may ever write onto the screen."""

import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping

from reviewkit.model.errors import UsageError, system_reason


def open_outside(target: str, environment: Mapping[str, str]) -> str:
    """Hand an address or a file to the desktop; the name of the program that got it comes back.

    Raises UsageError where there is none, over ssh for instance, where a text browser would take the screen.
    """
    command = _command(target, environment)
    if command is None:
        raise UsageError(
            "there is no browser here",
            hint="set BROWSER to a program that can be started from here",
        )
    try:
        # A list and no shell; the address is percent-encoded and comes from `links_of`, the file from our own folder.
        started = subprocess.Popen(  # noqa: S603  as told above
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise UsageError(f"{command[0]} cannot be started: {system_reason(error)}") from error
    # Somebody has to hear when it ends; the screen does not wait for it.
    threading.Thread(target=started.wait, daemon=True).start()
    return command[0]


def _command(target: str, environment: Mapping[str, str]) -> list[str] | None:
    if wanted := environment.get("BROWSER"):
        parts = shlex.split(wanted)
        if any("%s" in part for part in parts):
            return [part.replace("%s", target) for part in parts]
        return [*parts, target] if parts else None
    if sys.platform == "darwin":
        return ["open", target]
    if sys.platform == "win32":
        return ["rundll32", "url.dll,FileProtocolHandler", target]
    if environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"):
        opener = shutil.which("xdg-open")
        return [opener, target] if opener else None
    return None
