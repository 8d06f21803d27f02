"""One polite HTTP transport for all services: pace, timeouts, retries, patience, redaction."""

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
from reviewkit.http.refusals import own_words
from reviewkit.http.services import Credential, Service, ServiceDefinition, read_services
from reviewkit.http.transport import Flight, Transport

__all__ = [
    "Clock",
    "Credential",
    "Flaw",
    "Flight",
    "Judge",
    "Patience",
    "Request",
    "Response",
    "Service",
    "ServiceDefinition",
    "Transport",
    "own_words",
    "read_services",
    "system_clock",
    "user_agent",
]
