"""A text as a TOML string. Pure."""


def toml_string(text: str) -> str:
    """Return the text in quotes, with every control character escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(_character(character) for character in escaped) + '"'


def _character(character: str) -> str:
    if character >= " " and character != "\x7f":
        return character
    return f"\\u{ord(character):04x}"
