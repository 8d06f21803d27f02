"""The search audit: readings of a method, lost works, known records, drift; asked and cached."""
