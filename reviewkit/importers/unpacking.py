"""How far a packed file may unpack: one limit and one error for all that reads others' files."""

from reviewkit.model.errors import DamagedFile

MOST_EXPANSION = 250  # PubMed XML packs 15 to 1, the most repetitive RIS 40, empty cells 100
FREE_EXPANSION = 1 << 24  # below 16 MB nobody is hurt, whatever the ratio
LARGEST_CONTENT = 2_000_000_000  # of what is held in memory
# How files begin that are packed in ways that nothing here unpacks.
_OTHER_PACKING = {
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"Rar!\x1a\x07": "RAR",
    b"\x28\xb5\x2f\xfd": "Zstandard",
}


def refuse_bomb(packed: int, unpacked: int, *, where: str, kind: str, held: bool) -> None:
    """Raise DamagedFile for a file of so many bytes that unpacks to so many.

    `held`: memory has to hold it whole.
    """
    is_out_of_proportion = unpacked > FREE_EXPANSION and unpacked > MOST_EXPANSION * packed

    if is_out_of_proportion or (held and unpacked > LARGEST_CONTENT):
        most = f"more than {MOST_EXPANSION} times its size"
        if not is_out_of_proportion:
            most = f"more than {LARGEST_CONTENT // 1_000_000_000} GB"
        raise DamagedFile(
            f"unpacks to {most}: it may be a {kind} bomb",
            where=where,
            hint="unpack it by hand if you trust it",
        )


def refuse_other_packing(head: bytes, *, where: str) -> None:
    """Raise DamagedFile for a file that begins as one packed in a way that is not read."""
    for start, name in _OTHER_PACKING.items():
        if head.startswith(start):
            raise DamagedFile(
                f"is packed with {name}; only gzip and zip are read",
                where=where,
                hint="unpack it first",
            )
