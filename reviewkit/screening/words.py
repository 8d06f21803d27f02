"""Words that several faces of screening say alike. Pure."""


def many(count: int, one: str, more: str = "") -> str:
    """ "1 record", "2 records"; `more` where the plural is not `one` with an s."""
    return f"{count} {one if count == 1 else more or one + 's'}"
