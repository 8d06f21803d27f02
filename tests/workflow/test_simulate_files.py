"""Tables of finished reviews as they come: read where they can be, one clear error where they
cannot.
"""

import gzip
from pathlib import Path

import pytest

from reviewkit.model.errors import DamagedFile, FileMistakes, ReviewkitError
from reviewkit.workflow.screening.simulate import read_labelled, run_simulation

HEAD = "record_id,title,abstract,included\n"
ROWS = "".join(f"{i},Title {i} on guts,Text {i},{int(i % 5 == 0)}\n" for i in range(20))


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "finished.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        HEAD + ROWS,
        "\ufeff" + HEAD + ROWS,
        (HEAD + ROWS).replace(",", ";"),
        (HEAD + ROWS).replace(",", "\t"),
        (HEAD + ROWS).replace("\n", "\r\n"),
        (HEAD + ROWS).replace("\n", "\r"),
        HEAD.upper() + ROWS,
        HEAD.replace(",", " , ") + ROWS,
        HEAD + ROWS.replace("\n", "\n\n"),
        HEAD + ROWS.replace(",1\n", ",Yes\n").replace(",0\n", ",no\n"),
        HEAD + ROWS.replace(",1\n", ",TRUE\n").replace(",0\n", ",False\n"),
        HEAD + ROWS.replace(",1\n", ",1.0\n").replace(",0\n", ",0.0\n"),
        gzip.compress((HEAD + ROWS).encode()),
        HEAD + ROWS.replace("Text 3", "word " * 60_000),
    ],
)
def test_tables_that_say_the_same(tmp_path: Path, content: str | bytes) -> None:
    found = read_labelled(written(tmp_path, content))
    assert [record.source_id for record in found.records] == [str(i) for i in range(20)]
    assert [key for key, relevant in found.labels.items() if relevant] == [
        f"labelled:{i}" for i in (0, 5, 10, 15)
    ]
    assert found.records[4].title == "Title 4 on guts"


@pytest.mark.parametrize("abstract", [None, ""])
def test_no_abstracts_will_do(tmp_path: Path, abstract: str | None) -> None:
    head, cell = ("record_id,title,included\n", "") if abstract is None else (HEAD, ",")
    rows = "".join(
        f"{i},Title {i} on {'guts' if i % 5 else 'wheat'}{cell},{int(i % 5 == 0)}\n"
        for i in range(20)
    )
    labelled = read_labelled(written(tmp_path, head + rows))
    found = run_simulation(labelled, priors=["0", "1"], texts=(), seed=1, ranked=True)
    assert found.figures is not None
    assert found.figures.included == 3


@pytest.mark.parametrize(("relevant", "figures"), [((), False), ((7,), True), (range(20), True)])
def test_few_or_all_relevant(tmp_path: Path, relevant: tuple[int, ...], figures: bool) -> None:
    rows = "".join(f"{i},Title {i} on guts,Text,{int(i in relevant)}\n" for i in range(20))
    labelled = read_labelled(written(tmp_path, HEAD + rows))
    found = run_simulation(labelled, priors=(), texts=(), seed=1, ranked=True)
    assert sorted(found.order) == sorted(labelled.labels)
    assert (found.figures is not None) == figures


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("", "has no column included, record_id, title"),
        ("id,name\n1,2\n", "has no column"),
        ((HEAD + ROWS).encode("utf-16"), "is not a whole file of UTF-8 text"),
        ((HEAD + "1,Título,,1\n").encode("latin-1"), "is not a whole file of UTF-8 text"),
        (gzip.compress((HEAD + ROWS).encode(), mtime=0)[:-20], "the gzip archive is cut off"),
        (b"\x1f\x8b" + bytes(40), "the gzip archive is damaged"),
        (gzip.compress(b"x" * 50, mtime=0)[:12] + b"\xff" * 40, "the gzip archive is cut off"),
    ],
)
def test_what_is_no_such_table_is_one_clear_error(
    tmp_path: Path, content: str | bytes, what: str
) -> None:
    with pytest.raises(ReviewkitError, match=what) as raised:
        read_labelled(written(tmp_path, content))
    assert raised.value.hint or not isinstance(raised.value, DamagedFile)


def test_every_wrong_line_is_named_at_once_but_not_thousands(tmp_path: Path) -> None:
    wrong = "3,again,,0\n99,Title,,2\n98,Title\n,Title,,1\n"
    with pytest.raises(FileMistakes) as raised:
        read_labelled(written(tmp_path, HEAD + ROWS + wrong))
    assert [(mistake.path, mistake.found) for mistake in raised.value.mistakes] == [
        ("line 22", "3 again"),
        ("line 23", "a label '2'"),
        ("line 24", "a label ''"),
        ("line 25", "no record_id"),
    ]
    with pytest.raises(FileMistakes) as raised:
        read_labelled(written(tmp_path, HEAD + "".join(f"{n},Title,,maybe\n" for n in range(500))))
    assert len(raised.value.mistakes) == 21
    assert raised.value.mistakes[-1].wanted == "480 more lines are wrong"


def test_a_long_simulation_tells_how_far_it_is(tmp_path: Path) -> None:
    rows = "".join(f"{n},Work {n} on {n % 7},,{int(n in (3, 399))}\n" for n in range(400))
    steps: list[tuple[str, int, int]] = []
    labelled = read_labelled(written(tmp_path, HEAD + rows))
    made = run_simulation(
        labelled,
        priors=(),
        texts=(),
        seed=1,
        ranked=True,
        progress=lambda *step: steps.append(step),
    )
    found = max(made.order.index("labelled:3"), made.order.index("labelled:399")) + 1
    assert [done for _, done, _ in steps] == list(range(100, found + 1, 100))
