"""The footnotes: each only where it applies, and what a template has no room for."""

from dataclasses import replace

from reviewkit.prisma.diagram.layout import lay_out
from reviewkit.prisma.diagram.options import DiagramOptions
from tests.helpers.flows import NEW, UPDATED_OTHER, entry_texts


def test_footnotes_stand_only_where_they_apply() -> None:
    assert lay_out(NEW).note_texts == ()
    without = lay_out(NEW, DiagramOptions(detail=False))
    assert entry_texts(without, "box2")[0] == "Records identified from:"
    assert without.note_texts == ()
    used = lay_out(replace(NEW, excluded_automatic=3))
    assert entry_texts(used, "box5") == ["Records excluded (n = 8)"]
    assert used.note_texts == ()
    split = lay_out(replace(NEW, records_excluded_automatic=3))
    assert entry_texts(split, "box5") == ["Records excluded** (n = 8)"]
    assert split.note_texts == (
        "**Excluded by a human (n = 5); excluded by automation tools (n = 3).",
    )


def test_a_template_without_room_says_what_it_hides() -> None:
    assert (
        len(
            [
                note
                for note in lay_out(UPDATED_OTHER, DiagramOptions(template="new")).note_texts
                if "no boxes" in note
            ]
        )
        == 2
    )
