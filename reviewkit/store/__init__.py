"""The review's database: the only place that writes SQL to it.

`schema.sql` shows its schema whole.
"""

from reviewkit.store.database import Store
from reviewkit.store.locks import write_lock

__all__ = ["Store", "write_lock"]
