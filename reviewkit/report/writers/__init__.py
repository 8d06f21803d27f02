"""One module per format of the report."""
