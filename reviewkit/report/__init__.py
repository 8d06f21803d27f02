"""The report of a review or of a rerun as one noun of sections, tables and paragraphs. Pure.

`build` says it once; HTML, PDF, Markdown and JSON in `exports` only write it down.
"""
