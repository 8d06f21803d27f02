"""Normalise each field to a form in which two databases agree, one module per field.

These forms are for comparing only: the Record keeps the raw value.
"""
