"""Records from the files that databases, reference managers and screening tools export. `read_file` is the way in."""

from reviewkit.sources.files.detect import Format
from reviewkit.sources.files.parsed import Parsed
from reviewkit.sources.files.problems import Problem, ProblemKind
from reviewkit.sources.files.read import read_file

__all__ = ["Format", "Parsed", "Problem", "ProblemKind", "read_file"]
