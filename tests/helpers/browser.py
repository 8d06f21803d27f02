"""Debian's chromium driven headless over its DevTools pipe: no driver and no library besides the
browser itself.
"""

import base64
import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROJECT

AXE = PROJECT / "node_modules" / "axe-core" / "axe.min.js"
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--remote-debugging-pipe",
)
# What may stand in an error of the page: exceptions, console calls and what the browser itself
# complains of.
_COMPLAINTS = {"Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"}


class Page:
    """One tab. `complaints` are its console messages and errors, `requests` every address that it
    asked for.
    """

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = to, back
        self._number = 0
        self._unread = b""
        self._session = ""
        self.complaints: list[str] = []
        self.requests: list[str] = []

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._unread:
            piece = os.read(self._back, 1 << 16)
            if not piece:
                raise EOFError("the browser has ended")
            self._unread += piece
        line, self._unread = self._unread.split(b"\0", 1)
        message: dict[str, Any] = json.loads(line)
        method = message.get("method", "")
        if method in _COMPLAINTS:
            self.complaints.append(json.dumps(message["params"])[:500])
        elif method == "Network.requestWillBeSent":
            address = message["params"]["request"]["url"]
            # What the page carries itself is asked of nobody.
            if not address.startswith("data:"):
                self.requests.append(address)
        return message

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The answer to one DevTools command."""
        self._number += 1
        values = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            values["sessionId"] = self._session
        os.write(self._to, json.dumps(values).encode() + b"\0")
        while True:
            message = self._read()
            if message.get("id") == self._number:
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result

    def attach(self) -> None:
        """Open the tab and listen to it."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def open(self, address: str) -> None:
        """Load an address and wait until it has."""
        self.call("Page.navigate", url=address)
        while self._read().get("method") != "Page.loadEventFired":
            pass

    def run(self, script: str) -> Any:
        """The value of an expression in the page; a promise is waited for."""
        given = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in given, given["exceptionDetails"]
        return given["result"].get("value")

    def look(self, *, scheme: str = "light", width: int = 1280, media: str = "") -> None:
        """Colour scheme, width of the window and medium ("print" or the screen)."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media=media, features=features)
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def serious_faults(self) -> list[str]:
        """What axe-core finds serious or critical in the page as it looks now."""
        self.run(AXE.read_text(encoding="utf-8") + ";0")
        script = (
            "axe.run(document).then(r => "
            "r.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.html)]))"
        )
        found = self.run(script)
        return [
            f"{rule}: {nodes[:3]}"
            for impact, rule, nodes in found
            if impact in {"serious", "critical"}
        ]

    def picture(self, path: Path) -> None:
        """A PNG of the whole page."""
        path.write_bytes(
            base64.b64decode(
                self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
            )
        )


@contextmanager
def browsing(profile: Path) -> Iterator[Page]:
    """A page of a browser of its own, or a skipped test where there is no chromium."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("needs chromium (apt-get install chromium)")
    asked, replies = os.pipe(), os.pipe()

    # DevTools' pipe has the fixed numbers 3 and 4; the shell puts it there, from numbers out of its
    # way.
    ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (asked[0], replies[1])]
    process = subprocess.Popen(
        [
            "bash",
            "-c",
            f'exec "$@" 3<&{ends[0]} 4>&{ends[1]}',
            "bash",
            browser,
            *_OPTIONS,
            f"--user-data-dir={profile}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=ends,
    )
    for end in (*ends, asked[0], replies[1]):
        os.close(end)
    page = Page(asked[1], replies[0])
    try:
        page.attach()
        yield page
    finally:
        process.terminate()
        process.wait(timeout=30)
        os.close(asked[1])
        os.close(replies[0])
