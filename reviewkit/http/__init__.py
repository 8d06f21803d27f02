"""One polite HTTP transport for all services: pace, timeouts, retries, patience, redaction, base URLs."""

from reviewkit.http.messages import (
    Clock,
    Flaw,
    Judge,
    Patience,
    Request,
    Response,
    system_clock,
    user_agent,
)
from reviewkit.http.services import Service, services_from
from reviewkit.http.transport import Transport

__all__ = [
    "Clock",
    "Flaw",
    "Judge",
    "Patience",
    "Request",
    "Response",
    "Service",
    "Transport",
    "services_from",
    "system_clock",
    "user_agent",
]
