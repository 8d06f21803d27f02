"""Who corrects something, when and why, under which protocol."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """The person in whose name something is corrected, and the time (ISO 8601, UTC)."""

    reviewer: str
    at: str
    protocol_sha256: str
    why: str | None = None
