"""What a value is taken for, and why.

The order of the grounds is the rule: what the shape settles; ranges that nobody can own; the publisher's own names;
what the author calls harmless; sinkholes and common services; defanging, which is itself a sign that the author warns
of the value; a list of indicators or a word of attack near it; a plain full address or a name on a list; reserved
names; else unknown.
"""

from __future__ import annotations

import ipaddress
from bisect import bisect_left

from geppo.model.observable import ObservableType, Verdict
from geppo.read.extract.observables import _data
from geppo.read.extract.observables._candidate import Candidate
from geppo.read.extract.observables.refang import Clean
from geppo.read.extract.observables.surroundings import Surroundings

_BEFORE, _AFTER, _ATTRIBUTE, _STRONG = 110, 70, 26, 40
_LISTED_LINE, _LABEL, _REST = 48, 16, 12
_IP = (ObservableType.IPV4, ObservableType.IPV6)
_HASHES = (ObservableType.MD5, ObservableType.SHA1, ObservableType.SHA256)
_NETWORK = (ObservableType.DOMAIN, ObservableType.URL, ObservableType.EMAIL, *_IP)

Judged = tuple[Verdict, str]


class Judge:
    """Judges the values of one text; all of them are given, to see which is nearest to a word."""

    def __init__(self, clean: Clean, around: Surroundings, publisher_domain: str, values: list[Candidate]) -> None:
        self._clean = clean
        self._around = around
        self._defangs = any(value.defanged for value in values)
        host = publisher_domain.lower().strip(".")
        self._publisher = (_data.registered_domain(host) or host) if host else ""
        self._starts = [value.start for value in values]

    def judge(self, value: Candidate) -> Judged:
        """Verdict and reason."""
        if value.settled:
            return Verdict(value.settled), value.note
        for ground in (_private, self._own, self._benign, self._common, self._bad, self._reference, _reserved):
            found = ground(value)
            if found is not None:
                return found[0], "; ".join(part for part in (found[1], value.note) if part)
        return Verdict.UNKNOWN, value.note or "no ground either way"

    def _own(self, value: Candidate) -> Judged | None:
        if self._publisher and (value.host == self._publisher or value.host.endswith("." + self._publisher)):
            return Verdict.PUBLISHER_OWN, f"belongs to the publisher ({self._publisher})"
        return None

    def _window(self, value: Candidate) -> tuple[int, int]:
        first, last = self._around.sentence(value.start, value.end)
        return max(first, value.start - _BEFORE), min(last, value.end + _AFTER)

    def _benign(self, value: Candidate) -> Judged | None:
        """A word of acquittal that belongs to this value and no other, with no word of abuse in the sentence."""
        first, last = self._window(value)
        place, word = self._around.last_cue("benign_before", max(first, value.start - _ATTRIBUTE), value.start)
        if place >= 0 and not self._value_between(place, value.start) and not self._abused(value):
            return Verdict.STATED_BENIGN, f"called {word} by the author"
        place, word = self._around.first_cue("benign_after", value.end, last)
        if place >= 0 and not self._abused(value):
            return Verdict.STATED_BENIGN, f"the author says: {word}"
        place, word = self._around.last_cue("benign_after", first, value.start)
        if place >= 0 and not self._value_between(first, place) and not self._abused(value):
            return Verdict.STATED_BENIGN, f"the author says: {word}"
        section = self._around.section(value.start)
        if (
            section
            and section.kinds & {"benign_before", "benign_after"}
            and "bad" not in section.kinds
            and self._in_list(value)
        ):
            return Verdict.STATED_BENIGN, f"listed under: {section.title}"
        return None

    def _abused(self, value: Candidate) -> bool:
        first, last = self._window(value)
        return bool(self._around.cue("broken", first, last))

    def _value_between(self, start: int, end: int) -> bool:
        index = bisect_left(self._starts, start)
        return index < len(self._starts) and self._starts[index] < end

    def _common(self, value: Candidate) -> Judged | None:
        if value.type in _HASHES:
            listed = _data.listed(value.value)
            return (Verdict(listed.verdict), f"on the list of {listed.name}") if listed else None
        if value.type not in _NETWORK:
            return None
        first, last = self._window(value)
        word = self._around.cue("sinkhole", first, last)
        if word:
            return Verdict.INFRASTRUCTURE_COMMON, f"near the word {word}"
        listed = _data.listed(value.host)
        if listed is None or (value.scheme and listed.bare_only) or value.type is ObservableType.EMAIL:
            return None
        if listed.bare_only and value.host not in _data.listed_names() and value.defanged:
            return None
        suffix = ", though written defanged" if value.defanged else ""
        return Verdict(listed.verdict), f"on the list of {listed.name}{suffix}"

    def _bad(self, value: Candidate) -> Judged | None:
        if value.defanged:
            return self._defanged(value)
        listed = _data.listed(value.host) if value.host else None
        if listed is not None:
            return None
        first, last = self._window(value)
        section = self._around.section(value.start)
        if section and "indicators" in section.kinds and "source" not in section.kinds and self._in_list(value):
            return Verdict.MALICIOUS, f"listed under: {section.title}"
        if value.type in _HASHES and self._in_list(value):
            return Verdict.MALICIOUS, "a hash in a list"
        if value.scheme and not _is_address(value.host):
            word = self._strong(value, first)
        else:
            word = self._around.cue("bad", first, value.start) or self._around.cue("bad", value.end, last)
        if word and not (section and "source" in section.kinds):
            return Verdict.MALICIOUS, f"offered with the word {word}{_documentation_note(value)}"
        return None

    def _strong(self, value: Candidate, first: int) -> str:
        """A word right before a full address. Where the author defangs elsewhere, a plain address is a pointer."""
        if self._defangs or self._clean.text[value.start - 2 : value.start] == "](":
            return ""
        return self._around.cue("strong", max(first, value.start - _STRONG), value.start)

    def _defanged(self, value: Candidate) -> Judged:
        section = self._around.section(value.start)
        listed = _data.listed(value.host) if value.host else None
        first, _ = self._around.sentence(value.start, value.end)
        pointed = value.scheme and (
            (section and "source" in section.kinds and "indicators" not in section.kinds and self._in_list(value))
            or (
                listed
                and listed.verdict == Verdict.REFERENCE
                and self._around.cue("source", max(first, value.start - 40), value.start)
            )
        )
        if pointed:
            return Verdict.REFERENCE, "written defanged, but in a list of sources"
        return Verdict.MALICIOUS, f"written defanged{_documentation_note(value)}"

    def _reference(self, value: Candidate) -> Judged | None:
        if value.type is ObservableType.URL and not _is_address(value.host):
            listed = _data.listed(value.host)
            extra = f", on the list of {listed.name}" if listed else ""
            return Verdict.REFERENCE, f"a full address, not defanged{extra}"
        return None

    def _in_list(self, value: Candidate) -> bool:
        """True where the value stands in a list or table line, not in running text."""
        start, end = self._around.line(value.start)
        line = self._around.lower[start : min(end, start + 400)].strip()
        rest = end - value.end
        if value.start - start <= _LISTED_LINE and (line[:1] in "-*•|・◦‣" or line[:2].rstrip(".)").isdigit()):
            return True
        return (value.start - start <= _LABEL and rest <= _REST) or "|" in line or "\t" in line


def _private(value: Candidate) -> Judged | None:
    if _within(value, "private"):
        return Verdict.RESERVED, "a private, local or special range"
    return None


def _reserved(value: Candidate) -> Judged | None:
    if _within(value, "documentation"):
        return Verdict.RESERVED, "a range for documentation (RFC 5737, RFC 3849)"
    if _special_name(value.host):
        return Verdict.RESERVED, "a name for special use (RFC 2606, RFC 6761)"
    return None


def _documentation_note(value: Candidate) -> str:
    if _within(value, "documentation"):
        return "; the range is for documentation (RFC 5737, RFC 3849)"
    return "; the name is for special use (RFC 2606, RFC 6761)" if _special_name(value.host) else ""


def _special_name(host: str) -> bool:
    if not host or _is_address(host):
        return False
    above = ".".join(host.split(".")[-2:])
    return host.rpartition(".")[2] in _data.suffixes("reserved") or above in _data.suffixes("reserved_hosts")


def _is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


def _within(value: Candidate, name: str) -> bool:
    if not value.host or not _is_address(value.host):
        return False
    try:
        address = ipaddress.ip_address(value.host)
    except ValueError:
        return False
    return any(address in network for network in _data.ranges(name))
