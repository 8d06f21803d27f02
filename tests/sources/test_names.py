"""No source is named outside `sources/`: what depends on a source is on its own object."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewkit.sources.registry import SOURCES

PACKAGE = Path(__file__).parents[2] / "reviewkit"
NAMES = sorted({source.id for source in SOURCES.values()} | {s.label for s in SOURCES.values()})
NAMED = re.compile(rf"(?i)(?<![a-z0-9_])(?:{'|'.join(map(re.escape, NAMES))})(?![a-z0-9_])")
WORDS_OF_A_SENTENCE = 4
# Dialects and file formats have names of their own; released migrations never change.
# Identifiers are printed with the words and addresses that the world gives them.
EXEMPT = ("sources/", "query/dialects/", "importers/", "store/migrations", "model/identifiers.py")
# Values that are no source: the file, the string, and what it is.
NO_SOURCES = {
    ("screening/models.py", "PubMed"): "the label of the link that a PMID gives",
    ("dedupe/normalise/kind.py", "cochrane database"): "a journal's name",
    ("dedupe/normalise/kind.py", r"clinicaltrials\.gov"): "a journal's name",
    ("dedupe/normalise/kind.py", "cochrane db"): "a journal's name",
    ("dedupe/normalise/kind.py", "cochrane library"): "a journal's name",
    ("dedupe/circumstances.py", "cochrane"): "the number of a Cochrane review",
    ("dedupe/compare/fields.py", "cochrane"): "the number of a Cochrane review",
    ("dedupe/merge_rules.py", "cochrane"): "the number of a Cochrane review",
    ("dedupe/prepare.py", "cochrane"): "the number of a Cochrane review",
    ("dedupe/relations.py", "cochrane"): "the number of a Cochrane review",
}


def modules() -> list[Path]:
    paths = sorted(PACKAGE.rglob("*.py"))
    return [path for path in paths if not name_of(path).startswith(EXEMPT)]


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def docstrings(tree: ast.Module) -> set[int]:
    """The ids of all strings that are statements: docstrings, and notes below a name."""
    statements = (node.value for node in ast.walk(tree) if isinstance(node, ast.Expr))
    return {id(node) for node in statements}


def values(path: Path) -> Iterator[str]:
    """Every string of a module that is no docstring, no sentence and no web address."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    ignored = docstrings(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        is_sentence = len(node.value.split()) >= WORDS_OF_A_SENTENCE
        if not (id(node) in ignored or is_sentence or node.value.startswith("https://")):
            yield node.value


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_module_names_no_source(path: Path) -> None:
    named = [value for value in values(path) if NAMED.search(value)]
    assert [value for value in named if (name_of(path), value) not in NO_SOURCES] == []


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ('x = "pubmed"', 1),
        ('x = f"pubmed:{y}"', 1),
        ('x = "pubmed, lilacs"', 1),
        ('x = {"Europe PMC": 1}', 1),
        ('"""PubMed."""', 0),
        ('x = "https://pubmed.ncbi.nlm.nih.gov/1/"', 0),
        ('x = "this sentence explains PubMed to people"', 0),
        ('x = "pubmed_id"', 0),
    ],
)
def test_a_name_is_found_where_it_is_a_value(tmp_path: Path, code: str, count: int) -> None:
    path = tmp_path / "module.py"
    path.write_text(code, encoding="utf-8")
    assert sum(bool(NAMED.search(value)) for value in values(path)) == count
