"""The arithmetic of screening: queue, filters, highlights, agreement, stopping. Pure.

It reads no database and knows no user interface; `workflow/session/` joins it to both.
"""
