"""Fingerprints: of certificates, of handshakes (JARM, JA3, the JA4 family), and fuzzy hashes (ssdeep).

A hash says by its length what made it, not of what it was taken. Only a word right before it, or a heading that is
nothing but that word, says that. A certificate's fingerprint keeps the type of its hash and says in its detail what it
is of; a serial number is no hash, and a JA3 hash is looked up among handshakes only: these have types of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from geppo.model.observable import ObservableType
from geppo.read.extract.observables import _data
from geppo.read.extract.observables._candidate import Candidate, Taken, word_byte
from geppo.read.extract.observables.refang import Clean
from geppo.read.extract.observables.surroundings import Surroundings

_BY_BYTES = {16: ObservableType.MD5, 20: ObservableType.SHA1, 32: ObservableType.SHA256}
_HASHES = frozenset(_BY_BYTES.values())
_SSDEEP_PART = 20
"""Characters of the first part from which an ssdeep hash is known without the word."""
_SERIAL = 80


def coloned(clean: Clean, taken: Taken, around: Surroundings) -> Iterator[Candidate]:
    """Fingerprints and serial numbers in pairs of digits with colons between."""
    if ":" not in clean.text:
        return
    for match in _data.pattern("fingerprint", "coloned").finditer(clean.view):
        start, end = match.span()
        size = (end - start + 1) // 3
        serial = bool(around.labelled("serial", start))
        if _glued(clean, start, end, b":") or not taken.free(start, end) or not (serial or size in _BY_BYTES):
            continue
        value = clean.text[start:end].replace(":", "").lower()
        kind = _BY_BYTES.get(size, ObservableType.CERTIFICATE_SERIAL)
        detail: tuple[tuple[str, str], ...] = ()
        if serial:
            kind = ObservableType.CERTIFICATE_SERIAL
        elif around.labelled("certificate", start) or around.labelled("fingerprint", start):
            detail = (("of", "certificate"),)
        taken.take(start, end)
        yield Candidate(type=kind, value=value, start=start, end=end, detail=detail)


def serials(clean: Clean, taken: Taken, around: Surroundings) -> Iterator[Candidate]:
    """Serial numbers of certificates, in hexadecimal digits, behind the word and near one that names a certificate."""
    for _, end_of_label in around.places("label:serial"):
        match = _data.pattern("fingerprint", "serial").search(clean.view, end_of_label, end_of_label + _SERIAL)
        if match is None:
            continue
        start, end = match.span()
        surface = clean.text[start:end]
        if _glued(clean, start, end) or not taken.free(start, end) or not around.only("label", end_of_label, start):
            continue
        first, last = around.sentence(start, end)
        certificate = any(around.cue(f"label:{kind}", first, last) for kind in ("certificate", "fingerprint"))
        if not certificate or surface.isdigit() or surface.isalpha():
            continue
        taken.take(start, end)
        value = surface.replace(" ", "").lower()
        yield Candidate(type=ObservableType.CERTIFICATE_SERIAL, value=value, start=start, end=end)


def handshakes(clean: Clean, taken: Taken, around: Surroundings) -> Iterator[Candidate]:
    """The JA4 family by its shapes; the shape of JA4T is common, so it needs its word."""
    if "_" not in clean.text:
        return
    for kind in ("JA4H", "JA4X", "JA4S", "JA4SSH", "JA4", "JA4T"):
        for match in _data.pattern("fingerprint", kind.lower()).finditer(clean.view):
            start, end = match.span()
            if _glued(clean, start, end) or not taken.free(start, end):
                continue
            if kind == "JA4T" and not around.labelled("ja4t", start):
                continue
            taken.take(start, end)
            value = clean.text[start:end]
            yield Candidate(type=ObservableType.JA4, value=value, start=start, end=end, detail=(("kind", kind),))


def fuzzy(clean: Clean, taken: Taken, around: Surroundings) -> Iterator[Candidate]:
    """ssdeep: a block size of three times a power of two, then two runs of base64 characters."""
    for match in _data.pattern("fingerprint", "ssdeep").finditer(clean.view):
        start, end = match.span()
        size, first, _ = clean.text[start:end].split(":")
        blocks, rest = divmod(int(size), 3)
        if rest or blocks & (blocks - 1) or not blocks or _glued(clean, start, end, b"+/:"):
            continue
        known = len(first) >= _SSDEEP_PART and not (first.islower() or first.isupper() or first.isdigit())
        if not (known or around.labelled("ssdeep", start)) or not taken.free(start, end):
            continue
        taken.take(start, end)
        yield Candidate(type=ObservableType.SSDEEP, value=clean.text[start:end], start=start, end=end)


def _glued(clean: Clean, start: int, end: int, more: bytes = b"") -> bool:
    view, wider = clean.view, b"_" + more
    before, after = view[start - 1 : start] if start else b"", view[end : end + 1]
    return (
        word_byte(view, start - 1)
        or word_byte(view, end)
        or (before != b"" and before in wider)
        or (after != b"" and after in wider and word_byte(view, end + 1))
    )


def named(found: list[Candidate], around: Surroundings) -> list[Candidate]:
    """The same values, hashes by what they are hashes of. `found` is sorted by start."""
    out: list[Candidate] = []
    last: Candidate | None = None
    for one in found:
        if one.type in _HASHES and not one.detail:
            new = _named(one, around)
            if new is one and last is not None and last.detail and _follows(last, one, around):
                new = replace(one, type=last.type, detail=last.detail)
            one = last = new
        out.append(one)
    return out


def _follows(last: Candidate, one: Candidate, around: Surroundings) -> bool:
    """A list behind one label: hashes of one length in one line with nothing but separators between."""
    return (
        last.end - last.start == one.end - one.start
        and around.line(one.start)[0] <= last.start
        and around.only("chain", last.end, one.start)
    )


def _named(one: Candidate, around: Surroundings) -> Candidate:
    if one.type is ObservableType.MD5:
        for kind in ("ja3s", "ja3"):
            if around.labelled(kind, one.start) or around.headed(kind, one.start):
                return replace(one, type=ObservableType.JA3, detail=(("kind", kind.upper()),))
    word = around.labelled("imphash", one.start)
    if word:
        return replace(one, detail=(("of", word),))
    if around.labelled("serial", one.start):
        return replace(one, type=ObservableType.CERTIFICATE_SERIAL)
    if (
        around.labelled("certificate", one.start)
        or around.headed("certificate", one.start)
        or (around.labelled("fingerprint", one.start) and _of_certificate(one, around))
    ):
        return replace(one, detail=(("of", "certificate"),))
    return one


def _of_certificate(one: Candidate, around: Surroundings) -> bool:
    first, last = around.sentence(one.start, one.end)
    return bool(around.cue("label:certificate", first, last))
