"""Mistakes between the parts of a protocol: those of its [diagram] table, by their paths."""

import pytest

from reviewkit.model.errors import ProtocolError
from reviewkit.protocol.parse import parse_protocol
from tests.helpers.screening_review import PROTOCOL

DIAGRAM = """
[diagram]
language = "pt"
theme = "mono"
[diagram.labels]
records_screened = "Registros lidos"
box4 = "Lidos por duas pessoas."
"""


def test_it_is_read_and_silent_where_nothing_is_said() -> None:
    assert parse_protocol(PROTOCOL, where="p.toml").diagram.model_dump() == {
        "language": "en",
        "theme": "official",
        "template": "auto",
        "labels": {},
        "credit": False,
        "hide": (),
        "layout": "vertical",
        "show_zero": True,
        "standard": "prisma-2020",
    }
    assert parse_protocol(PROTOCOL + DIAGRAM, where="p.toml").diagram.theme == "mono"


def test_every_mistake_is_named_by_its_path() -> None:
    wrong = """
[diagram]
language = "de"
theme = "loud"
template = "old"
[diagram.labels]
record_screened = "Seen"
count = "(n)"
duplicates = ""
"""
    with pytest.raises(ProtocolError) as raised:
        parse_protocol(PROTOCOL + wrong, where="p.toml")
    document = {mistake.path: str(mistake) for mistake in raised.value.mistakes}
    assert set(document) == {
        "diagram.language",
        "diagram.theme",
        "diagram.template",
        "diagram.labels.record_screened",
        "diagram.labels.count",
        "diagram.labels.duplicates",
    }
    assert "did you mean 'records_screened'" in document["diagram.labels.record_screened"]
    assert "{n}" in document["diagram.labels.count"]
    assert "'en', 'pt' or 'es'" in document["diagram.language"]
