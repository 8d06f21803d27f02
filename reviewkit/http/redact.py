"""Takes secrets out of texts and bodies, in every spelling in which a service may echo them."""

import html
import json
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

REDACTED = "[redacted]"
_SHORT = 8


class Redactor:
    """Replaces secrets wherever they are; blank ones are ignored."""

    def __init__(self, secrets: Iterable[str]) -> None:
        spellings: set[str] = set()
        for secret in secrets:
            if secret.strip():
                spellings.update(_spellings(secret))

        # Longest first: a secret that begins like another would leave the rest of that one.
        longest_first = sorted(spellings, key=lambda spelling: (-len(spelling), spelling))
        pattern = "|".join(map(_pattern, longest_first))
        self._text: re.Pattern[str] | None = None
        self._bytes: re.Pattern[bytes] | None = None
        if pattern:
            self._text = re.compile(pattern, re.IGNORECASE)
            self._bytes = re.compile(pattern.encode(), re.IGNORECASE)

    def __repr__(self) -> str:
        return "Redactor()"

    def text(self, text: str) -> str:
        """The text without secrets."""
        if self._text is None:
            return text
        return self._text.sub(REDACTED, text)

    def body(self, raw: bytes) -> bytes:
        """The bytes without secrets; exactly the same bytes where there are none."""
        if self._bytes is None:
            return raw
        return self._bytes.sub(REDACTED.encode(), raw)


def _spellings(secret: str) -> Iterable[str]:
    plain = (
        secret,
        html.escape(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
    )
    encoded = (quote(secret, safe=""), quote(secret), quote_plus(secret))
    # An echoed form body may have been encoded once more on its way into a URL.
    return (*plain, *encoded, quote(encoded[0], safe=""))


def _pattern(spelling: str) -> str:
    # A short secret is replaced only as a whole word: "key" must not tear "monkey" apart.
    if len(spelling) < _SHORT:
        return rf"(?<![A-Za-z0-9]){re.escape(spelling)}(?![A-Za-z0-9])"
    return re.escape(spelling)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Redacts urllib3's log: it logs each URL, and some services take their secrets there."""

    redactor: Redactor = field(repr=False)

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self.redactor.text(record.getMessage()), ()
        return True
