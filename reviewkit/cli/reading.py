"""The options of the verbs that read users' files: format, columns, encoding."""

import re
from typing import Annotated

import typer

from reviewkit.model.choices import not_among
from reviewkit.model.errors import UsageError


def _known_format(name: str | None) -> str | None:
    """Return the format by which a file is to be read. Raises UsageError for an unknown one."""
    from reviewkit.importers.detect import Format

    if name is not None and name not in set(Format):
        raise not_among(f"no such format: {name}", name, Format, where="--format")
    return name


FormatOption = Annotated[
    str | None,
    typer.Option(
        "--format",
        help="ris, nbib, csv, …",
        show_default="what the file is",
        callback=_known_format,
    ),
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
