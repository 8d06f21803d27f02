"""Name the rules and settings by a hash: when it changes, all pairs must be compared again."""

import hashlib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from reviewkit.dedupe.settings import DedupeSettings

# What the comparison reads through and other rooms read too.
_NORMALISERS = ("identifiers.py", "text.py", "words.py")


def rules_sha256(settings: DedupeSettings) -> str:
    """Return the SHA-256 of the thresholds, the merged relations, the rules and the weights."""
    options = (settings.same_at, settings.ask_at, sorted(settings.merge), settings.weights)
    digest = hashlib.sha256(repr(options).encode())
    for file in _files_in(files("reviewkit.dedupe")):
        digest.update(file.read_bytes())
    for name in _NORMALISERS:
        digest.update(files("reviewkit.model").joinpath(name).read_bytes())
    return digest.hexdigest()


def _files_in(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _files_in(entry)
        elif entry.name.endswith((".py", ".toml")):
            yield entry
