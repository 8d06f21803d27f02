"""One file from an address that a service named: politely, in parts that a later attempt continues.

It carries no secret, so it may follow a site's redirects. The content must begin as a PDF does.
"""

import glob
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reviewkit.http.messages import Clock, user_agent
from reviewkit.http.reach import retry_after
from reviewkit.model.errors import NotARealAnswer, RateLimited, RemoteError
from reviewkit.model.foreign import whole_number

if TYPE_CHECKING:
    import requests

_LARGEST = 200 * 1024 * 1024
_CHUNK = 1 << 16
_TRIES = 3
_PAUSE = 1.0
_LONGEST_WAIT = 90.0
_BUSY = frozenset({429, 500, 502, 503, 504})


class _Busy(Exception):
    """The site asks for another try; `headers` may say when."""

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(f"HTTP {status}")
        self.headers = headers


def download_pdf(url: str, path: Path, *, clock: Clock) -> int:
    """Fetch a PDF to `path`, whole or not at all, and return its size in bytes.

    A part beside it holds what came so far. Only the same address goes on with it, and only while
    the site says that it is the same file (ETag or Last-Modified, RFC 9110 13.1.5). Waits a second
    before each request. Raises RemoteError, RateLimited, and NotARealAnswer for what is no PDF.
    """
    import requests  # noqa: PLC0415  a fifth of a second that --help must not pay
    import urllib3  # noqa: PLC0415  as above

    if urlsplit(url).scheme not in {"http", "https"}:
        raise NotARealAnswer("is no web address", where=url[:200])
    part = path.with_name(f"{path.name}.{hashlib.sha256(url.encode()).hexdigest()[:12]}.part")
    part.parent.mkdir(parents=True, exist_ok=True)

    last = ""
    for attempt in range(1, _TRIES + 1):
        clock.sleep(_PAUSE)
        try:
            _fetch_into(part, url)
        except _Busy as busy:
            last = str(busy)
            _wait(busy.headers, attempt, url, clock)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            last = type(error).__name__
        else:
            return _finish(part, path, url)

    raise RemoteError(
        f"could not be fetched ({last})", where=url[:200], hint="run again; what came is kept"
    )


def _fetch_into(part: Path, url: str) -> None:
    """Ask for what the part lacks, and add it. Raises _Busy."""
    import requests  # noqa: PLC0415  as above

    size, version = _kept(part)
    headers = {
        "User-Agent": user_agent(),
        "Accept": "application/pdf",
        "Accept-Encoding": "identity",
    }
    if size:
        headers |= {"Range": f"bytes={size}-", "If-Range": version}

    with requests.Session() as session:
        session.max_redirects = 5
        with session.get(url, headers=headers, timeout=(10.0, 30.0), stream=True) as answer:
            if answer.status_code in _BUSY:
                raise _Busy(answer.status_code, answer.headers)
            _append(answer, part, size, url)


def _version_file(part: Path) -> Path:
    """The file beside a part that holds its version, as the site named it."""
    return part.with_suffix(".version.part")


def _kept(part: Path) -> tuple[int, str]:
    """The size of the part and its version. A part without a version is of no use: 0."""
    held = _version_file(part)
    version = held.read_text(encoding="utf-8") if held.exists() else ""
    if not version or not part.exists():
        return 0, ""
    return part.stat().st_size, version


def _version(answer: "requests.Response") -> str:
    """How the site names this version of the file, if it does; a weak ETag names no bytes."""
    tag: str = answer.headers.get("ETag", "")
    if tag and not tag.startswith("W/"):
        return tag
    return str(answer.headers.get("Last-Modified", ""))


def _wait(headers: Mapping[str, str], attempt: int, url: str, clock: Clock) -> None:
    wait = retry_after(headers.get("Retry-After"), clock.now())
    if wait is None:
        wait = 2.0**attempt
    if wait > _LONGEST_WAIT:
        raise RateLimited(f"asks to wait {wait:.0f} s", where=url[:200], hint="run again later")
    if attempt < _TRIES:
        clock.sleep(wait)


def _append(answer: "requests.Response", part: Path, size: int, url: str) -> None:
    """Add the answer to the part of this size; a site that cannot continue sends all again."""
    if answer.status_code == 416:
        part.unlink(missing_ok=True)
        raise OSError("the part is longer than the file")
    if answer.status_code >= 300:
        what = f"refused the file (HTTP {answer.status_code})"
        raise RemoteError(what, where=url[:200], hint="look at the address in a browser")

    start = size
    if not _continues(answer, size, part):
        part.unlink(missing_ok=True)
        start = 0
        if answer.status_code == 206:
            raise OSError("a part of another file came")
        _version_file(part).write_text(_version(answer), encoding="utf-8")
    received = _write_content(answer, part, start, url)
    if received < _promised(answer):
        raise OSError("the file came cut off")


def _continues(answer: "requests.Response", size: int, part: Path) -> bool:
    """Whether the answer begins after so many bytes of the same version."""
    content_range = answer.headers.get("Content-Range", "")
    if answer.status_code != 206 or not content_range.startswith(f"bytes {size}-"):
        return False
    is_named = "ETag" in answer.headers or "Last-Modified" in answer.headers
    return not is_named or _version(answer) == _kept(part)[1]


def _promised(answer: "requests.Response") -> int:
    """The length in bytes that the answer states; 0 where it states none that can be checked."""
    length = answer.headers.get("Content-Length", "")
    encoding = answer.headers.get("Content-Encoding", "identity")
    if encoding != "identity":
        return 0
    return whole_number(length) or 0


def _write_content(answer: "requests.Response", part: Path, start: int, url: str) -> int:
    """Append the content to the part, and return how many bytes came."""
    received = 0
    with part.open("ab") as file:
        # `read1` hands over what there is: a break keeps all that came before it.
        while chunk := answer.raw.read1(_CHUNK, decode_content=True):
            received += len(chunk)
            if start + received > _LARGEST:
                raise NotARealAnswer(f"is larger than {_LARGEST:,} bytes", where=url[:200])
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())

    return received


def _finish(part: Path, path: Path, url: str) -> int:
    """Move the whole part to `path`, and return its size.

    Raises NotARealAnswer for what is no PDF.
    """
    with part.open("rb") as file:
        start = file.read(1024)
    if b"%PDF-" not in start:
        for useless in (part, _version_file(part)):
            useless.unlink(missing_ok=True)
        hint = "a page that wants a click, perhaps: look at the address in a browser"
        raise NotARealAnswer("is not a PDF", where=url[:200], hint=hint)

    part.replace(path)
    for other in path.parent.glob(f"{glob.escape(path.name)}.*.part"):
        other.unlink(missing_ok=True)
    return path.stat().st_size
