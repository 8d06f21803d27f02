"""A real terminal for the tests: tmux draws, keys go in as from a keyboard."""

import itertools
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_GIVE_UP = 60.0

_NUMBERS = itertools.count()


class Terminal:
    """One tmux server with one window, of its own socket."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket

    @classmethod
    @contextmanager
    def opened(cls, socket: Path) -> Iterator["Terminal"]:
        """A terminal that is gone at the end, of a socket of its own.

        A server that is told to end may still be there when the next one begins.
        """
        started = cls(socket.with_name(f"{socket.name}{next(_NUMBERS)}"))
        yield started
        command = ["tmux", "-S", str(started.socket), "kill-server"]
        subprocess.run(command, capture_output=True, check=False)

    def run(self, *arguments: str) -> str:
        command = ["tmux", "-S", str(self.socket), "-f", "/dev/null", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def start(self, shell: str, *, width: int = 80, height: int = 24) -> None:
        self.run("new-session", "-d", "-x", str(width), "-y", str(height), "env -u TMUX sh")
        self.run("send-keys", "-l", f"PS1='$ '; clear; {shell}")
        self.run("send-keys", "Enter")

    def press(self, *keys: str) -> None:
        self.run("send-keys", *keys)

    def screen(self, *, styles: bool = False) -> str:
        return self.run("capture-pane", "-p", *(["-e"] if styles else []))

    def wait(self, found: Callable[[str], bool] | str) -> str:
        """The screen, as soon as it shows what is waited for."""
        wanted = (lambda text: found in text) if isinstance(found, str) else found
        end = time.monotonic() + _GIVE_UP
        while not wanted(text := self.screen()):
            assert time.monotonic() < end, f"never came: {found}\n{text}"
            time.sleep(0.05)
        return text

    def start_mortal(self, shell: str, pid: Path) -> None:
        """Start what will be killed: its number goes to `pid`; the shell writes nothing over it."""
        self.start(f"exec 2>/dev/null; sh -c 'echo $$ > {pid}; exec {shell} 2>/dev/tty'")

    def kill(self, pid: Path) -> str:
        """Kill -9 what `start_mortal` started; the screen as it left it."""
        os.kill(int(pid.read_text()), signal.SIGKILL)
        end = time.monotonic() + _GIVE_UP
        while alive(int(pid.read_text())):
            assert time.monotonic() < end, "it outlived SIGKILL"
            time.sleep(0.02)
        # Twice the same: what it had written has arrived.
        while (text := self.screen()) != self.screen():
            time.sleep(0.05)
        return text


def alive(process: int) -> bool:
    """Whether a process runs; one that has ended and was not asked about does not."""
    try:
        os.kill(process, 0)
        # It may end between the two questions; then there is nothing to read, or nobody to read of.
        return (
            "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
            if Path("/proc").is_dir()
            else True
        )
    except (ProcessLookupError, FileNotFoundError):
        return False
