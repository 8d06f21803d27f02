"""Each field brought to a form that two databases agree on, one file per field.

Nothing here replaces a value: the raw one stays in the Record, these forms serve comparing only.
"""
