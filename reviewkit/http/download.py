"""One file from an address that a service named: politely, in parts that a later attempt goes on from.

It carries no secret, so it may follow a site's redirects. What comes must begin as a PDF does.
"""

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reviewkit.http.messages import Clock, user_agent
from reviewkit.http.reach import retry_after
from reviewkit.model.errors import NotARealAnswer, RateLimited, RemoteError

if TYPE_CHECKING:
    import requests

_LARGEST = 200 * 1024 * 1024
_CHUNK = 1 << 16
_TRIES = 3
_LONGEST_WAIT = 90.0
_BUSY = frozenset({429, 500, 502, 503, 504})


def download_pdf(url: str, path: Path, *, clock: Clock, pause: float = 1.0) -> int:
    """The size in bytes of the file at `path`, written whole or not at all; `path`.part holds what came so far.

    Waits `pause` seconds before each request. Raises RemoteError, RateLimited, NotARealAnswer for what is no PDF.
    """
    import requests  # noqa: PLC0415  a fifth of a second that --help must not pay
    import urllib3  # noqa: PLC0415  as above

    if urlsplit(url).scheme not in {"http", "https"}:
        raise NotARealAnswer("is no web address", where=url[:200])
    part = path.with_name(f"{path.name}.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    last = ""
    for attempt in range(1, _TRIES + 1):
        clock.sleep(pause)
        held = part.stat().st_size if part.exists() else 0
        headers = {
            "User-Agent": user_agent(),
            "Accept": "application/pdf",
            "Accept-Encoding": "identity",
        }
        if held:
            headers["Range"] = f"bytes={held}-"
        with requests.Session() as session:
            session.max_redirects = 5
            try:
                with session.get(url, headers=headers, timeout=(10.0, 30.0), stream=True) as answer:
                    if answer.status_code in _BUSY:
                        last = f"HTTP {answer.status_code}"
                        _wait(answer.headers, attempt, url, clock)
                        continue
                    _append(answer, part, held, url)
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
                last = type(error).__name__
                continue
        return _whole(part, path, url)
    raise RemoteError(
        f"could not be fetched ({last})", where=url[:200], hint="run again; what came is kept"
    )


def _wait(headers: Mapping[str, str], attempt: int, url: str, clock: Clock) -> None:
    asked = retry_after(headers.get("Retry-After"), clock.now())
    wait = 2.0**attempt if asked is None else asked
    if wait > _LONGEST_WAIT:
        raise RateLimited(f"asks to wait {wait:.0f} s", where=url[:200], hint="run again later")
    if attempt < _TRIES:
        clock.sleep(wait)


def _append(answer: "requests.Response", part: Path, held: int, url: str) -> None:
    """Add what comes to the part; a site that does not go on from a place sends all from the start."""
    if answer.status_code == 416:
        part.unlink(missing_ok=True)
        raise OSError("the part is longer than the file")
    if answer.status_code >= 300:
        what = f"refused the file (HTTP {answer.status_code})"
        raise RemoteError(what, where=url[:200], hint="look at the address in a browser")
    goes_on = answer.status_code == 206 and answer.headers.get("Content-Range", "").startswith(
        f"bytes {held}-"
    )
    promised = answer.headers.get("Content-Length", "")
    size = held if goes_on else 0
    start = size
    with part.open("ab" if goes_on else "wb") as file:
        # `read1` hands over what there is, so that a break keeps all that came before it.
        while chunk := answer.raw.read1(_CHUNK, decode_content=True):
            size += len(chunk)
            if size > _LARGEST:
                raise NotARealAnswer(f"is larger than {_LARGEST:,} bytes", where=url[:200])
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    encoded = answer.headers.get("Content-Encoding", "identity") != "identity"
    if promised.isdigit() and not encoded and size - start < int(promised):
        raise OSError("the file came cut off")


def _whole(part: Path, path: Path, url: str) -> int:
    with part.open("rb") as file:
        begins = file.read(1024)
    if b"%PDF-" not in begins:
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
        hint = "a page that wants a click, perhaps: look at the address in a browser"
        raise NotARealAnswer("is not a PDF", where=url[:200], hint=hint)
    part.replace(path)
    return path.stat().st_size
