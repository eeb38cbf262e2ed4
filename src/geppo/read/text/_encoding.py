"""Bytes to text: marks first, then UTF-8, then what the file declares if it reads like a language, else a trial.

A file that breaks its encoding in a few places keeps a replacement character (U+FFFD) there; more is refused.
"""

from __future__ import annotations

import codecs
from functools import cache
from typing import Any

from geppo import linear, shipped
from geppo.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = linear.compile(rb"(?i)(?:charset|encoding)\s*=\s*[\"']?\s*([a-z0-9_.:-]{2,40})")
_HEAD = 4096
_SAMPLE = 200_000
_FEW = 8
"""Characters beyond ASCII from which a language can be told."""

_JIS = frozenset({"iso2022_jp", "euc_jp"})
_MOST_JIS = 5_000_000
BROKEN = 0.002
"""Used where no setting is at hand; see `text.broken_share`."""


@cache
def _table() -> dict[str, Any]:
    return shipped.table(__package__, "encodings.toml")


def declared_charset(data: bytes) -> str:
    """The encoding that the head of a page or an XML declaration names, or ""."""
    match = _DECLARED.search(data[:_HEAD])
    return match.group(1).decode("ascii").lower() if match else ""


def decode(data: bytes, declared: str = "", broken: float = BROKEN) -> str:
    """The text of `data`; at most the share `broken` of its characters may be unreadable.

    Raises InputError("encoding") where no encoding fits.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _strict(data, name) or _refuse(declared)
    if b"\x1b$" in data or b"\x1b(" in data:
        text = _strict(data, "iso2022_jp") or _strict(data, "iso2022_kr")
        if text is not None:
            return text
    text = _strict(data, "utf-8")
    if text is None:
        text = _chosen(data, _python_name(declared.lower()) if declared else "")
    if text is None:
        text = _repaired(data, _python_name(declared.lower()) if declared else "", broken)
    return text if text is not None else _refuse(declared)


def _refuse(declared: str) -> str:
    said = f"; the file says {declared}" if declared else ""
    raise InputError("encoding", f"no encoding fits all bytes{said}. Save the file as UTF-8 and add it again.")


def _python_name(declared: str) -> str:
    return str(_table()["alias"].get(declared, declared))


def _strict(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeDecodeError, LookupError, ValueError):
        return _by_vendor(data, name) if name.replace("-", "_") in _JIS else None


def _by_vendor(data: bytes, name: str) -> str | None:
    """Japanese text with characters that vendors added (circled numbers, company signs), through their Shift_JIS."""
    if len(data) > _MOST_JIS:
        return None
    try:
        return bytes(_shifted(data, seven=name.startswith("iso"))).decode("cp932")
    except (UnicodeDecodeError, ValueError, IndexError):
        return None


def _shifted(data: bytes, *, seven: bool) -> bytearray:
    """The bytes of EUC-JP or ISO-2022-JP as Shift_JIS (JIS X 0208 annex 1). Raises ValueError, IndexError."""
    out = bytearray()
    place, wide, kana = 0, False, False
    while place < len(data):
        byte = data[place]
        if seven and byte == 0x1B:
            mark = data[place + 1 : place + 3]
            wide, kana = mark in {b"$B", b"$@"}, mark == b"(I"
            if not wide and not kana and mark not in {b"(B", b"(J"}:
                raise ValueError("unknown escape")
            place += 3
        elif (seven and wide and byte > 0x20) or (not seven and byte >= 0xA1):
            out += _pair(byte & 0x7F, data[place + 1] & 0x7F)
            place += 2
        elif not seven and byte == 0x8E:
            out.append(data[place + 1])
            place += 2
        elif byte < 0x80:
            out.append(byte | 0x80 if kana and byte > 0x20 else byte)
            place += 1
        else:
            raise ValueError("no such lead byte")
    return out


def _pair(one: int, two: int) -> bytes:
    if not (0x21 <= one <= 0x7E and 0x21 <= two <= 0x7E):
        raise ValueError("outside the table")
    lead = ((one - 0x21) >> 1) + 0x81
    lead += 0x40 if lead > 0x9F else 0
    trail = two + 0x1F + (two >= 0x60) if one & 1 else two + 0x7E
    return bytes((lead, trail))


def _chosen(data: bytes, declared: str) -> str | None:
    """The declared decoding unless it reads like no language and a trial reads like one; else the best trial."""
    trials = [trial for trial in _table()["trial"] if trial["name"] != declared]
    own = next((trial for trial in _table()["trial"] if trial["name"] == declared), None)
    text = _strict(data, declared) if declared else None
    if text is not None and _fits(text, own):
        return text
    found = [
        (_share(other, trial) / trial["share"], other)
        for trial in trials
        if (other := _strict(data, trial["name"])) is not None
    ]
    best = max(found, key=lambda pair: pair[0], default=(0.0, ""))
    if best[0] >= 1:
        return best[1]
    if text is not None:
        return text
    if sum(byte > 0x7F for byte in data) * 20 < len(data):
        return _strict(data, "cp1252")
    return None


def _fits(text: str, trial: dict[str, Any] | None) -> bool:
    """True where the characters are those of a language: frequent ones, or for Western text single ones in words."""
    beyond = [char for char in text[:_SAMPLE] if char > "\x7f"]
    if len(beyond) < _FEW:
        return True
    if trial is not None:
        return _share(text, trial) >= float(trial["share"]) / 2
    runs = sum(before <= "\x7f" < char for before, char in zip("a" + text[:_SAMPLE], text[:_SAMPLE], strict=False))
    return len(beyond) < 2 * runs


def _share(text: str, trial: dict[str, Any]) -> float:
    beyond = [char for char in text[:_SAMPLE] if char > "\x7f"]
    return sum(char in trial["common"] for char in beyond) / len(beyond) if beyond else 0.0


def _repaired(data: bytes, declared: str, broken: float) -> str | None:
    """The decoding with fewest replaced characters, if they are few."""
    best: tuple[int, str] | None = None
    for name in ("utf-8", declared, *(trial["name"] for trial in _table()["trial"])):
        try:
            text = data.decode(name, "replace") if name else ""
        except (LookupError, ValueError):
            continue
        trial = next((one for one in _table()["trial"] if one["name"] == name), None)
        lost = text.count("\ufffd")
        if text and lost <= max(1, len(text) * broken) and (trial is None or _share(text, trial) >= trial["share"]):
            beyond = sum(char > "\x7f" for char in text[:_SAMPLE])
            if beyond > 4 * lost and (best is None or lost < best[0]):
                best = (lost, text)
    return best[1] if best else None
