"""A feed's bytes in a form on which the expressions of feedparser 6 take linear time.

Four of them are quadratic: for the encoding in the XML declaration (it looks as far as the line goes), for entities and
document types (from each blank line on), and for a mail address in an author (from each letter on). On 200 kB made for
it each takes minutes. What is cut here no feed needs.
"""

from __future__ import annotations

import re

_DECLARATION = 400
"""Bytes in which an XML declaration ends; the longest sound one has about 80."""
_HEAD = 10_000
"""Bytes before the first element, beyond which they are dropped but for the declaration."""
_RUN = 1_024
"""Letters, digits and `_-.+` on end. Addresses of items have up to some hundred; pictures inside a text have more."""
_WIDE = 200_000
"""Bytes of a feed in UTF-16 or UTF-32, whose runs are not seen here."""

_TEXT = bytes(120 if (chr(code).isalnum() and code < 128) or chr(code) in "_-.+" else 32 for code in range(256))
_FIRST = re.compile(rb"<\w")


def tamed(data: bytes) -> bytes | None:
    """The feed without what takes endless time; None for one that cannot be made safe."""
    if b"\x00" in data[:16]:
        return data if len(data) <= _WIDE else None
    return _short_runs(_short_head(data))


def _short_head(data: bytes) -> bytes:
    bare = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    end = bare.find(b"?>", 0, _DECLARATION) if bare.startswith(b"<?") else -1
    declaration = bare[: end + 2] if end >= 0 else b""
    rest = bare[len(declaration) :]
    first = _FIRST.search(rest)
    if first is not None and first.start() > _HEAD:
        rest = rest[first.start() :]
    # The line break ends the search for the encoding; before a declaration without end it prevents it.
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    return mark + declaration + b"\n" + rest


def _short_runs(data: bytes) -> bytes:
    mask, kept, at = data.translate(_TEXT), [], 0
    long = b"x" * (_RUN + 1)
    while (start := mask.find(long, at)) >= 0:
        kept.append(data[at : start + _RUN])
        at = mask.find(b" ", start)
        if at < 0:
            return b"".join(kept)
    return b"".join([*kept, data[at:]])
