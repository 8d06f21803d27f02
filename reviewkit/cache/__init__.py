"""Raw pages, kept for good: by their content, and by the secret-free request for them."""

from reviewkit.cache.check import Fault, FaultKind, verify
from reviewkit.cache.journal import RunHeader
from reviewkit.cache.pages import Pages
from reviewkit.cache.run_pages import RawPage, RunPages
from reviewkit.cache.runs import Cache, Opening, RunKey, StoredRun

__all__ = [
    "Cache",
    "Fault",
    "FaultKind",
    "Opening",
    "Pages",
    "RawPage",
    "RunHeader",
    "RunKey",
    "RunPages",
    "StoredRun",
    "verify",
]
