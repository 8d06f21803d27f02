"""Help costs nothing that it does not need."""

import json
import subprocess
import sys

HEAVY = {"requests", "sqlite_utils", "numpy", "Bio", "rapidfuzz", "textual", "rispy", "typst", "rich", "pydantic"}


def test_the_command_line_imports_nothing_heavy() -> None:
    script = "import json, sys, reviewkit.cli; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert HEAVY.isdisjoint(json.loads(loaded))


def test_a_session_and_its_database_do_without_numpy_which_can_be_had_afterwards() -> None:
    script = (
        "import sys; sys.modules['pandas'] = None; import reviewkit.workflow.screening.screen; "
        "assert not {'numpy', 'rapidfuzz'} & set(sys.modules), 'numpy'; "
        "assert 'pandas' in sys.modules; import numpy; print(numpy.arange(3).sum())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout == "3\n", done.stderr
