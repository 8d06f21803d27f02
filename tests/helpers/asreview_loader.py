"""ASReview's own loader of data sets, without the rest of ASReview.

Its package imports a web server and models of learning; its loader needs pandas and SQLAlchemy.
"""

import sys
from collections.abc import Callable
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import pytest


def asreview_loader() -> Callable[..., list[Any]]:
    """Return ASReview's `load_records`; the test is skipped where ASReview 3 is not installed."""
    if "asreview" not in sys.modules:
        spec = find_spec("asreview")
        if spec is None or spec.submodule_search_locations is None:
            pytest.skip("needs ASReview 3: make asreview")
        package = ModuleType("asreview")
        package.__path__ = list(spec.submodule_search_locations)
        sys.modules["asreview"] = package
        sys.modules["synergy_dataset"] = ModuleType("synergy_dataset")  # data sets to download

    load: Callable[..., list[Any]] = pytest.importorskip("asreview.data.loader").load_records
    return load
