"""Where records come from: one module per source, and the registry that names them all."""
