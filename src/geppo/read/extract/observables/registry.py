"""Keys of the Windows registry. The normal form has the full name of the hive, as STIX 2.1 (section 6.17) asks."""

from __future__ import annotations

from collections.abc import Iterator

from geppo.model.observable import ObservableType
from geppo.read.extract.observables import _data, segments
from geppo.read.extract.observables._candidate import Candidate, Taken, word_byte
from geppo.read.extract.observables.refang import Clean

_HIVES = {
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKCU": "HKEY_CURRENT_USER",
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKCC": "HKEY_CURRENT_CONFIG",
    "HKU": "HKEY_USERS",
}


def find(clean: Clean, taken: Taken) -> Iterator[Candidate]:
    """Every hive that is followed by a key."""
    if "\\" not in clean.text:
        return
    done = 0
    for match in _data.pattern("system", "hive").finditer(clean.view):
        start, place = match.start(), match.end() - 1
        if start < done or clean.view[start - 1 : start] == b"_" or not taken.free(start, place):
            continue
        end = segments.end_of(clean, start, place)
        if end <= place + 1 or word_byte(clean.view, end):
            continue
        hive = clean.text[start:place].rstrip(":").upper()
        key = segments.single(clean.text[place:end])
        taken.take(start, end)
        done = end
        yield Candidate(type=ObservableType.REGISTRY_KEY, value=_HIVES.get(hive, hive) + key, start=start, end=end)
