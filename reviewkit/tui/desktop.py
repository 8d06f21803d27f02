"""The browser and the program for PDFs. Neither may write onto the screen."""

import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping

from reviewkit.model.errors import UsageError, system_reason
from reviewkit.model.messages import tr


def open_outside(target: str, environment: Mapping[str, str]) -> str:
    """Hand an address or a file to the desktop; return the name of the program that got it.

    Raises UsageError where there is none. Over ssh, for example, a text browser would take the
    screen.
    """
    command = _command(target, environment)
    if command is None:
        raise UsageError(
            tr("there is no browser here"),
            hint=tr("set BROWSER to a program that can be started from here"),
        )
    try:
        # A list and no shell; the address is percent-encoded and comes from `links_of`, the file
        # from our own folder.
        started = subprocess.Popen(  # noqa: S603  a list without a shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise UsageError(
            tr("{text} cannot be started: {error}", text=command[0], error=system_reason(error))
        ) from error
    # Some thread must wait for its end; the screen does not.
    threading.Thread(target=started.wait, daemon=True).start()
    return command[0]


def _command(target: str, environment: Mapping[str, str]) -> list[str] | None:
    if browser := environment.get("BROWSER"):
        return _browser_command(browser, target)
    if sys.platform == "darwin":
        return ["open", target]
    if sys.platform == "win32":
        return ["rundll32", "url.dll,FileProtocolHandler", target]

    has_display = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
    if has_display and (opener := shutil.which("xdg-open")):
        return [opener, target]
    return None


def _browser_command(browser: str, target: str) -> list[str] | None:
    """Return the command of BROWSER, where `%s` means the address."""
    parts = shlex.split(browser)
    if any("%s" in part for part in parts):
        return [part.replace("%s", target) for part in parts]
    if not parts:
        return None
    return [*parts, target]
