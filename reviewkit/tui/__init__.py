"""The full-screen faces: screening, conflicts, uncertain pairs. They ask and show, and decide nothing.

Textual is imported by the modules inside only; `screen.run`, `resolve.run` and `pairs.run` are the ways in.
"""
