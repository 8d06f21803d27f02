"""The options of the verbs that read users' files: format, columns, encoding."""

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


def column_mapping(texts: list[str] | None) -> dict[str, str] | None:
    """{field: column} from texts such as "title=Title,year=Year"; `None` without any.

    A comma separates two pairs only where a field's name and = follow: a column's name may hold
    commas. Raises UsageError where a part is not field=column.
    """
    if not texts:
        return None
    mapping = {}
    pairs: list[str] = []
    for text in texts:
        pairs += re.split(r",(?=\s*[a-z_]+=)", text)
    for pair in pairs:
        field, sign, column = pair.strip().partition("=")
        if not (sign and field.strip() and column.strip()):
            raise UsageError(
                f"is not field=column: {pair}",
                where="--map",
                hint="for example title=Title,year=Year",
            )
        mapping[field.strip()] = column.strip()
    return mapping
