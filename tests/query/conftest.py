"""The protocol that the tests of this room compile and judge."""

import pytest

from reviewkit.protocol.model import Protocol
from reviewkit.protocol.parse import parse_protocol


@pytest.fixture
def als(als_text: str) -> Protocol:
    return parse_protocol(als_text, where="als")
