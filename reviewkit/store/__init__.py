"""The review's database: the only place that writes SQL to it."""

from reviewkit.store.database import Store
from reviewkit.store.locks import write_lock

__all__ = ["Store", "write_lock"]
