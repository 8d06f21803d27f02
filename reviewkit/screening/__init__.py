"""Screening, as far as it is arithmetic: what is shown, in which order, what stands, how far it is. Pure.

Nothing here reads a database or knows a face; `workflow/screening/session.py` joins these to both.
"""
