"""The protocol that the tests of this room compile and judge."""

from pathlib import Path

import pytest

from reviewkit.protocol.model import Protocol
from reviewkit.protocol.parse import parse_protocol
from tests.conftest import PROJECT

SHARED = Path(PROJECT).parent / "shared"
CLEF = SHARED / "data" / "screening" / "clef_topics.json"
CASES = SHARED / "cases" / "queries" / "queries.toml"


@pytest.fixture
def als(als_text: str) -> Protocol:
    return parse_protocol(als_text, where="als")
