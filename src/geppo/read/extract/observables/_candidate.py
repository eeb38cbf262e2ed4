"""A value found in the clean copy, before anything is said about it."""

from __future__ import annotations

from dataclasses import dataclass

from geppo.model.observable import ObservableType


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """`start` and `end` are places in the clean copy.

    `host` is the lower-case host of an address, domain or mail ("" where there is none). `settled` is a verdict that
    the shape alone gives, with `note` as its reason; a note without a verdict is added to the reason found later.
    `scheme` says that a full scheme stood before the value. `detail` is as in the observable.
    """

    type: ObservableType
    value: str
    start: int
    end: int
    host: str = ""
    settled: str = ""
    note: str = ""
    defanged: bool = False
    scheme: bool = False
    detail: tuple[tuple[str, str], ...] = ()


class Taken:
    """Which places of the clean copy belong to a value already."""

    def __init__(self, length: int) -> None:
        self._flags = bytearray(length)

    def free(self, start: int, end: int) -> bool:
        """True where no place of the span is taken."""
        return self._flags.find(1, start, end) < 0

    def take(self, start: int, end: int) -> None:
        """Mark the span."""
        self._flags[start:end] = b"\x01" * (end - start)


def behind_digits(view: bytes, start: int, most: int) -> int:
    """The end of the run of at most `most` ASCII digits at `start`."""
    end = start
    while end - start < most and view[end : end + 1].isdigit():
        end += 1
    return end


def word_byte(view: bytes, index: int) -> bool:
    """True where an ASCII letter or digit stands at `index`."""
    return 0 <= index < len(view) and view[index : index + 1].isalnum()
