"""Takes secrets out of texts and bodies, in every spelling in which a service may echo them. It stores nothing."""

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
    """Replaces the given secrets wherever they stand; blank ones are ignored."""

    def __init__(self, secrets: Iterable[str]) -> None:
        spellings = {
            spelling for secret in secrets if secret.strip() for spelling in _spellings(secret)
        }
        # Longest first, or a secret that begins like another would leave the rest of it standing.
        whole = "|".join(
            _pattern(spelling) for spelling in sorted(spellings, key=lambda s: (-len(s), s))
        )
        self._text = re.compile(whole, re.IGNORECASE) if whole else None
        self._bytes = re.compile(whole.encode(), re.IGNORECASE) if whole else None

    def __repr__(self) -> str:
        return "Redactor()"

    def text(self, told: str) -> str:
        """The text without secrets."""
        return self._text.sub(REDACTED, told) if self._text else told

    def body(self, raw: bytes) -> bytes:
        """The bytes without secrets; exactly the same bytes where there are none."""
        return self._bytes.sub(REDACTED.encode(), raw) if self._bytes else raw


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
    # A short secret is replaced only where it stands alone: "key" must not tear "monkey" apart.
    bounded = len(spelling) < _SHORT
    return (
        rf"(?<![A-Za-z0-9]){re.escape(spelling)}(?![A-Za-z0-9])" if bounded else re.escape(spelling)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """urllib3 logs each URL; a service that takes its secrets there would write them into a debug log."""

    redactor: Redactor = field(repr=False)

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self.redactor.text(record.getMessage()), ()
        return True
