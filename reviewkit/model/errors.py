"""What can go wrong, each with an exit code and a way out.

ReviewkitError                1  failed
  UsageError                  2  wrong use
    FileMistakes              2  a file written by hand is wrong (all its mistakes at once)
      ProtocolError           2  the protocol is
  CheckNotMet                 3  a reproduction differs, conflicts remain
  RemoteError                 4  a remote service failed
    Unreachable               4  no connection to the service could be made
    RateLimited               4  the service asked us to wait longer than we may
    NotARealAnswer            4  an error, warning or web page where an answer should be
      SteepFall               4  a count that is far below the one before
      CutOff                  4  an answer that did not come to its end, or not in time
  NotCached                   1  offline, and the page was never fetched
  CacheError                  1  the cache cannot be read or written
    CacheLocked               1  another process is filling the same run
  DamagedCache                1  a cached page is not what its name says
  DamagedFile                 1  a file cannot be read as what it should be
    NoRecordInFile            1  an export holds no record
  StoreError                  1  the database cannot be used
    StoreLocked               1  another process holds it
    StoreTooNew               1  a newer reviewkit wrote it
"""

from dataclasses import dataclass

from reviewkit.model.text import plural


class ReviewkitError(Exception):
    """The base of all errors that reviewkit raises on purpose: what happened, where, what to do.

    `details` are what it happened to, one line each. `paste` are lines for a file, after the hint.
    """

    exit_code = 1

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        hint: str = "",
        paste: str = "",
        details: tuple[str, ...] = (),
    ) -> None:
        super().__init__(what)
        self.paste = paste
        self.details = details
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        if not self.where:
            return self.what
        return f"{self.where}: {self.what}"

    @property
    def what_and_hint(self) -> str:
        """What happened and what to do, without where."""
        return "; ".join(part for part in (self.what, self.hint) if part)


class UsageError(ReviewkitError):
    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One mistake in a file: its path in the file, what was found, and what would be right.

    `line` counts from 1, `shown` is that line. `mend` is text to paste, `verb` says how.
    """

    path: str
    found: str
    wanted: str
    line: int | None = None
    shown: str = ""
    mend: str = ""
    verb: str = "write"

    def __str__(self) -> str:
        what = f"{self.path}: {self.wanted}"
        if self.found:
            what += f" (found {self.found})"
        if self.line is None:
            return what
        return f"line {self.line}: {what}"

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the line of the file and its mend, where they are known."""
        shown = [f"    {self.shown}"] if self.shown else []
        if self.mend:
            shown.append(f"    {self.verb}: {self.mend}")
        return tuple(shown)


class FileMistakes(UsageError):
    """A file written by hand is wrong. It names every mistake at once."""

    def __init__(self, mistakes: tuple[Mistake, ...], *, where: str, hint: str) -> None:
        super().__init__(plural(len(mistakes), "mistake"), where=where, hint=hint)
        self.mistakes = mistakes


class ProtocolError(FileMistakes):
    def __init__(self, mistakes: tuple[Mistake, ...], *, where: str) -> None:
        super().__init__(
            mistakes, where=where, hint="correct the protocol, then run `reviewkit check` again"
        )


class CheckNotMet(ReviewkitError):
    exit_code = 3


class RemoteError(ReviewkitError):
    exit_code = 4


class Unreachable(RemoteError):
    pass


class RateLimited(RemoteError):
    pass


class NotARealAnswer(RemoteError):
    pass


class CutOff(NotARealAnswer):
    pass


class SteepFall(NotARealAnswer):
    pass


class NotCached(ReviewkitError):
    pass


class CacheError(ReviewkitError):
    pass


class CacheLocked(CacheError):
    pass


class DamagedCache(ReviewkitError):
    pass


class DamagedFile(ReviewkitError):
    pass


class NoRecordInFile(DamagedFile):
    pass


class StoreError(ReviewkitError):
    pass


class StoreLocked(StoreError):
    pass


class StoreTooNew(StoreError):
    pass


# A terminal of another encoding hands over bytes that are no text.
TYPE_AGAIN = "type it again in a terminal whose encoding is UTF-8"


def not_utf8(error: UnicodeEncodeError) -> str:
    """Return which text cannot be stored or written, in words."""
    text = error.object[max(0, error.start - 20) : error.end + 20]
    return f"{text!r} is not UTF-8 text"


def system_reason(error: OSError) -> str:
    """Return why the operating system refused, in words for the middle of a sentence."""
    return (error.strerror or str(error)).lower()
