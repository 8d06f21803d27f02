"""The protocol's [diagram] table: how a flow is drawn, and every mistake in it by its path."""

from pathlib import Path

import pytest

from reviewkit.model.errors import ProtocolError
from reviewkit.protocol.model import parse_protocol
from tests.helpers.command import copy_project, reviewkit
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
    told = {mistake.path: str(mistake) for mistake in raised.value.mistakes}
    assert set(told) == {
        "diagram.language",
        "diagram.theme",
        "diagram.template",
        "diagram.labels.record_screened",
        "diagram.labels.count",
        "diagram.labels.duplicates",
    }
    assert "did you mean 'records_screened'" in told["diagram.labels.record_screened"]
    assert "{n}" in told["diagram.labels.count"]
    assert "'en', 'pt' or 'es'" in told["diagram.language"]


def test_prisma_and_reproduce_draw_as_it_says_and_flags_override(tmp_path: Path) -> None:
    protocol = copy_project(tmp_path)
    with protocol.open("a", encoding="utf-8") as file:
        file.write(DIAGRAM)
    done = reviewkit("reproduce", protocol, "--offline", "--json")
    assert done.returncode == 0, done.stderr
    drawn = (tmp_path / "reviews" / "als_dysbiosis" / "flow_rerun.svg").read_text(encoding="utf-8")
    assert "Registros lidos" in drawn
    assert 'lang="pt"' in drawn
    shown = reviewkit("prisma", "-p", protocol, "--format", "svg").stdout
    assert "Registros lidos" in shown
    assert 'fill="#ffffff" stroke="#000000"' in shown
    shown = reviewkit(
        "prisma", "-p", protocol, "--format", "svg", "--lang", "en", "--theme", "quiet"
    ).stdout
    assert "Records screened" in shown
    assert "Registros lidos" not in shown
    assert 'stroke="#475569"' in shown
