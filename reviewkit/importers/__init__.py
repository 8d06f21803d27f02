"""Records from the files that databases, reference managers and screening tools export.

`read_file` is the way in.
"""

from reviewkit.importers.detect import Format
from reviewkit.importers.parsed_file import ParsedFile, Problem, ProblemKind
from reviewkit.importers.read import identify_file, read_file, read_unlabelled

__all__ = [
    "Format",
    "ParsedFile",
    "Problem",
    "ProblemKind",
    "identify_file",
    "read_file",
    "read_unlabelled",
]
