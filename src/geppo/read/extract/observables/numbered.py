"""Numbers out of a catalogue: CVE, ATT&CK techniques, autonomous systems."""

from __future__ import annotations

from collections.abc import Iterator

from geppo.model.observable import ObservableType, Verdict
from geppo.read.extract.observables import _data
from geppo.read.extract.observables._candidate import Candidate, Taken, word_byte
from geppo.read.extract.observables.refang import Clean

# RFC 5398: numbers for documentation; RFC 6996: for private use.
_DOCUMENTATION = ((64496, 64511), (65536, 65551))
_PRIVATE = ((64512, 65534), (4200000000, 4294967294))


def find(clean: Clean, taken: Taken) -> Iterator[Candidate]:
    """Every number of the three catalogues that stands free."""
    for name, make in (("cve", _cve), ("technique", _technique), ("asn", _asn)):
        for match in _data.pattern("numbered", name).finditer(clean.view):
            start, end = match.span()
            if word_byte(clean.view, start - 1) or word_byte(clean.view, end) or not taken.free(start, end):
                continue
            found = make(clean, start, end)
            if found is not None:
                taken.take(start, end)
                yield found


def _cve(clean: Clean, start: int, end: int) -> Candidate | None:
    """CVE numbers have four digits or more in their last part (CVE rules of 2014), at most 19."""
    rest = clean.text[start + 3 : end].lstrip(" _:-")
    year, number = rest[:4], rest[5:]
    two_years = rest[4] == " " and len(number) == 4 and number[:2] in {"19", "20"}
    if not (1999 <= int(year) <= 2099 and len(number) <= 19) or two_years:
        return None
    return Candidate(
        type=ObservableType.CVE,
        value=f"CVE-{year}-{number}",
        start=start,
        end=end,
        settled=Verdict.REFERENCE,
        note="names a vulnerability record",
    )


def _technique(clean: Clean, start: int, end: int) -> Candidate:
    value = clean.text[start:end].upper()
    known = value in _data.techniques()
    return Candidate(
        type=ObservableType.TECHNIQUE,
        value=value,
        start=start,
        end=end,
        settled=Verdict.REFERENCE if known else Verdict.UNKNOWN,
        note="names an ATT&CK technique" if known else "the number is not in the packaged ATT&CK list",
    )


def _asn(clean: Clean, start: int, end: int) -> Candidate | None:
    """`AS` with up to three digits is more often a standard or a machine than a network."""
    surface = clean.text[start:end]
    digits = surface.lstrip("ASN #")
    number = int(digits)
    if digits.startswith("0") or number > 4294967295:
        return None
    if len(digits) < 4 and not surface.startswith("ASN"):
        return None
    if clean.text[start : start + 3] == "AS " and len(digits) == 4 and 1900 <= number <= 2099:
        return None
    reserved = _within(number, _DOCUMENTATION) or _within(number, _PRIVATE)
    return Candidate(
        type=ObservableType.ASN,
        value=f"AS{number}",
        start=start,
        end=end,
        settled=Verdict.RESERVED if reserved else "",
        note="a number for documentation or private use (RFC 5398, RFC 6996)" if reserved else "",
    )


def _within(number: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= number <= high for low, high in ranges)
