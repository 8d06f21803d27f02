"""Query languages, one module each.

A dialect is a language, not a source: two sources may share one.
"""
