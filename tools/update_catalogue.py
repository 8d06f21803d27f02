"""Bring the catalogues in reviewkit/model/locale up to date with the sentences in the code.

    python tools/update_catalogue.py            put new sentences in, take gone ones out
    python tools/update_catalogue.py --missing  list what is not translated yet, by language

A sentence is what `tr`, `tr_n`, `in_english`, `in_english_n` and `mark` of
`reviewkit.model.messages` are called with.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from reviewkit.model.catalogue import Entry, read_entries

PROJECT = Path(__file__).parents[1]
LOCALE = PROJECT / "reviewkit" / "model" / "locale"
LANGUAGES = ("pt", "es")
# Functions whose sentences are recognised in finished English texts.
STORED_MARKS = {"mark", "in_english", "in_english_n"}
# By function, which argument is the sentence.
MARKS = {"tr": 0, "mark": 0, "in_english": 0, "tr_n": 1, "in_english_n": 1}
# An action of a screen: its group, label and words.
ACTION = (0, 3, 4)


def messages(package: Path = PROJECT / "reviewkit") -> dict[str, Entry]:
    """Return every marked sentence of the code, in the order of files and lines."""
    found: dict[str, Entry] = {}
    for path in sorted(package.rglob("*.py")):
        place = str(path.relative_to(package.parent))
        for call in calls(ast.parse(path.read_text(encoding="utf-8"))):
            for entry in entries_of(call, place):
                known = found.get(entry.message, entry)
                found[entry.message] = replace(
                    known,
                    plural=known.plural or entry.plural,
                    stored=known.stored or entry.stored,
                    places=tuple(dict.fromkeys((*known.places, place))),
                )
    return found


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    """Yield the calls that mark a sentence, by line."""
    marked = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {*MARKS, "_act"}
    ]
    yield from sorted(marked, key=lambda call: (call.lineno, call.col_offset))


def entries_of(call: ast.Call, place: str) -> Iterator[Entry]:
    """Yield the sentence of a call; none where it is given as a variable."""
    name = getattr(call.func, "id", "")
    if name == "_act":
        for text in map(literal, (call.args[position] for position in ACTION)):
            if text:
                yield Entry(message=text, stored=True, places=(place,))
        return

    texts = [
        argument.value
        for argument in call.args[MARKS[name] :]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
    if texts:
        plural = texts[1] if name.endswith("_n") else ""
        stored = name in STORED_MARKS
        yield Entry(message=texts[0], plural=plural, stored=stored, places=(place,))


def literal(node: ast.expr) -> str:
    """Return a string of the code; empty for another expression."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ""


def read(language: str) -> tuple[str, dict[str, Entry]]:
    """Return a catalogue's head and its entries."""
    text = (LOCALE / f"{language}.po").read_text(encoding="utf-8")
    head, _, _ = text.partition("\n\n")
    return head, {entry.message: entry for entry in read_entries(text)}


def write(language: str, found: dict[str, Entry]) -> None:
    """Write a catalogue: the sentences of the code, with the translations that it has."""
    head, known = read(language)
    blocks = [head]
    for message, entry in found.items():
        old = known.get(message)
        forms = 2 if entry.plural else 1
        translations = (old.translations if old else ())[:forms]
        blocks.append(block(replace(entry, translations=translations), forms))
    text = "\n\n".join(blocks) + "\n"
    (LOCALE / f"{language}.po").write_text(text, encoding="utf-8")


def block(entry: Entry, forms: int) -> str:
    """Return an entry as a `.po` file writes it."""
    lines = [f"#: {place}" for place in entry.places]
    if entry.stored:
        lines.append("#, stored")
    lines.append(f"msgid {quoted(entry.message)}")
    texts = (*entry.translations, *[""] * (forms - len(entry.translations)))
    if entry.plural:
        lines.append(f"msgid_plural {quoted(entry.plural)}")
        lines += [f"msgstr[{form}] {quoted(text)}" for form, text in enumerate(texts)]
    else:
        lines.append(f"msgstr {quoted(texts[0])}")
    return "\n".join(lines)


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def missing(language: str) -> list[str]:
    """Return the sentences that a catalogue does not translate, in one form at least."""
    _, entries = read(language)
    return [
        entry.message
        for entry in entries.values()
        if not entry.translations or not all(entry.translations)
    ]


def main() -> None:
    if "--missing" in sys.argv:
        for language in LANGUAGES:
            for message in missing(language):
                sys.stdout.write(f"{language}: {message}\n")
        return
    found = messages()
    for language in LANGUAGES:
        write(language, found)


if __name__ == "__main__":
    main()
