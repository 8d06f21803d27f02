"""What `zipfile` raises on an archive that is damaged, locked, or packed in a way it does not know.

A damaged stream inside it is the packer's own error.
"""

import lzma
import zipfile
import zlib

BROKEN_ZIP: tuple[type[Exception], ...] = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError),
    *(NotImplementedError, OverflowError, RuntimeError, ValueError),
)
