"""One module per format of the diagram."""
