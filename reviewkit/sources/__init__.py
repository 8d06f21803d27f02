"""Where records come from: one module per source, and `files` for what other tools export."""
