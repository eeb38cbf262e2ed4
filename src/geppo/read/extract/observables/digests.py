"""Hashes by length, and wallet addresses by their check sums.

A hash is never cut out of a longer run of hexadecimal digits, and `0x` before forty digits makes an Ethereum address.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from geppo.model.observable import ObservableType
from geppo.read.extract.observables import _data
from geppo.read.extract.observables._candidate import Candidate, Taken, word_byte
from geppo.read.extract.observables.refang import Clean

_LENGTHS = {
    32: ObservableType.MD5,
    40: ObservableType.SHA1,
    62: ObservableType.JARM,
    64: ObservableType.SHA256,
    128: ObservableType.SHA512,
}
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def hashes(clean: Clean, taken: Taken) -> Iterator[Candidate]:
    """MD5, SHA-1, JARM, SHA-256 and SHA-512 by their 32, 40, 62, 64 and 128 digits."""
    for match in _data.pattern("digest", "hex").finditer(clean.view):
        start, end = match.span()
        kind = _LENGTHS.get(end - start)
        if kind is None or word_byte(clean.view, start - 1) or word_byte(clean.view, end) or not taken.free(start, end):
            continue
        value = clean.text[start:end].lower()
        if value.isdigit() or len(set(value)) == 1:
            continue
        taken.take(start, end)
        yield Candidate(type=kind, value=value, start=start, end=end)


def wallets(clean: Clean, taken: Taken) -> Iterator[Candidate]:
    """Bitcoin, Litecoin, Dogecoin, Dash, Tron, Ethereum and Monero addresses."""
    for match in _data.pattern("digest", "wallet").finditer(clean.view):
        start, end = match.span()
        if word_byte(clean.view, start - 1) or word_byte(clean.view, end) or not taken.free(start, end):
            continue
        value = clean.text[start:end]
        if not _is_wallet(value):
            continue
        taken.take(start, end)
        yield Candidate(type=ObservableType.CRYPTOCURRENCY, value=value, start=start, end=end)


def _is_wallet(value: str) -> bool:
    if value.startswith("0x"):
        return True
    if value[:3].lower() in {"bc1", "ltc"}:
        return _bech32(value)
    if value[0] in "48" and len(value) in {95, 106}:
        return len(set(value)) > 20
    return _base58check(value)


def _base58check(value: str) -> bool:
    """Bitcoin, Litecoin, Dogecoin, Dash and Tron addresses: 25 bytes, the last four a double SHA-256 of the others."""
    if not 26 <= len(value) <= 35:
        return False
    number = 0
    for char in value:
        number = number * 58 + _BASE58.index(char)
    try:
        data = number.to_bytes(25, "big")
    except OverflowError:
        return False
    return hashlib.sha256(hashlib.sha256(data[:-4]).digest()).digest()[:4] == data[-4:]


def _bech32(value: str) -> bool:
    """BIP 173 and BIP 350: the check sum over the human-readable part and the data."""
    if value not in {value.lower(), value.upper()} or not 14 <= len(value) <= 90:
        return False
    prefix, _, data = value.lower().partition("1")
    if any(char not in _BECH32 for char in data):
        return False
    expanded = [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]
    check = 1
    for five in expanded + [_BECH32.index(char) for char in data]:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ five
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if (top >> bit) & 1 else 0
    return check in {1, 0x2BC830A3}
