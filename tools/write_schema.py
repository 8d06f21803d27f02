"""Write `reviewkit/store/schema.sql` anew from the migrations: `python tools/write_schema.py`."""

from pathlib import Path

from reviewkit.store.schema import schema_text

STORE = Path(__file__).parents[1] / "reviewkit" / "store"

(STORE / "schema.sql").write_text(schema_text(), encoding="utf-8")
