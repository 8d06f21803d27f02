"""The values that every room shares: records, the flow, errors, identifiers."""
