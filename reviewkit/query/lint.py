"""What is wrong with a query before anybody runs it. Pure."""


def unbalanced(query: str) -> str:
    """What is open or closed too often in a query, in words; empty where nothing is.

    Some databases answer such a query with an empty result instead of an error.
    """
    depth, quoted = 0, False
    for character in query:
        if character in '"“”':
            quoted = not quoted
        elif not quoted:
            depth += {"(": 1, ")": -1}.get(character, 0)
            if depth < 0:
                return "a parenthesis closes that was never opened"

    if quoted:
        return "a quotation mark is never closed"
    if depth:
        return "a parenthesis is never closed"
    return ""
