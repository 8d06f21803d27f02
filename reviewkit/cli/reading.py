"""Options that say how files are to be read, for the verbs that read users' files."""

import re
from typing import Annotated

import typer

from reviewkit.model.errors import UsageError

FormatOption = Annotated[
    str | None, typer.Option("--format", help="ris, nbib, csv, …", show_default="what the file is")
]
MapOption = Annotated[
    list[str] | None,
    typer.Option(
        "--map", help="Columns of a table, such as title=Title,authors=Authors.", show_default=False
    ),
]
EncodingOption = Annotated[
    str | None,
    typer.Option("--encoding", help="For example cp1252.", show_default="what the file shows"),
]


def column_mapping(told: list[str] | None) -> dict[str, str] | None:
    """{field: column}; a comma separates two only where a field's name and = follow: columns have commas in them too.

    Raises UsageError where a part is not field=column.
    """
    if not told:
        return None
    found = {}
    for pair in (pair for text in told for pair in re.split(r",(?=\s*[a-z_]+=)", text)):
        field, sign, column = pair.strip().partition("=")
        if not (sign and field.strip() and column.strip()):
            raise UsageError(
                f"is not field=column: {pair}",
                where="--map",
                hint="for example title=Title,year=Year",
            )
        found[field.strip()] = column.strip()
    return found
