"""The report of a review or of a rerun as sections, tables and paragraphs. Pure.

`build` makes its content once; the writers turn it into HTML, PDF, Markdown and JSON.
"""
