"""Search queries: from the protocol's strategies to the query of each database. Pure."""
