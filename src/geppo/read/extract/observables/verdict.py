"""What a value is taken for, and why.

The order of the grounds is the rule: what the shape settles; ranges that nobody can own; the publisher's own names;
what is called a victim's; what the author calls harmless; sinkholes, common services and programs of the system;
examples; defanging, which is itself a sign that the author warns of the value; a list of indicators or a word of attack
near it; a plain full address or a name on a list; reserved names; else unknown.
"""

from __future__ import annotations

import ipaddress
from bisect import bisect_left
from functools import lru_cache

from geppo.model.observable import ObservableType, Verdict
from geppo.read.extract.observables import _data
from geppo.read.extract.observables._candidate import Candidate
from geppo.read.extract.observables.chains import Chains
from geppo.read.extract.observables.refang import Clean
from geppo.read.extract.observables.surroundings import Surroundings

_BEFORE, _AFTER, _ATTRIBUTE, _STRONG = 110, 70, 26, 40
_REMARK = 24
_IP = (ObservableType.IPV4, ObservableType.IPV6)
_HASHES = (
    *(ObservableType.MD5, ObservableType.SHA1, ObservableType.SHA256, ObservableType.SHA512, ObservableType.SSDEEP),
    *(ObservableType.JARM, ObservableType.JA3, ObservableType.JA4, ObservableType.CERTIFICATE_SERIAL),
)
_FILES = (ObservableType.FILENAME, ObservableType.FILE_PATH)
_NETWORK = (ObservableType.DOMAIN, ObservableType.URL, ObservableType.EMAIL, *_IP)

Judged = tuple[Verdict, str]


class Judge:
    """Judges the values of one text; all of them are given, to see which is nearest to a word."""

    def __init__(
        self,
        clean: Clean,
        around: Surroundings,
        publisher_domain: str,
        values: list[Candidate],
        chains: Chains,
    ) -> None:
        self._clean = clean
        self._around = around
        self._defangs = any(value.defanged for value in values)
        host = publisher_domain.lower().strip(".")
        self._publisher = (_data.registered_domain(host) or host) if host else ""
        self._values = values
        self._chains = chains
        self._starts = [value.start for value in values]

    def judge(self, value: Candidate) -> Judged:
        """Verdict and reason."""
        if value.settled:
            return Verdict(value.settled), value.note
        grounds = (_private, self._own, self._victim, self._benign, self._common, self._example, self._bad)
        for ground in (*grounds, self._reference, _reserved):
            found = ground(value)
            if found is not None:
                return found[0], "; ".join(part for part in (found[1], value.note) if part)
        return Verdict.UNKNOWN, value.note or "no ground either way"

    def _own(self, value: Candidate) -> Judged | None:
        if self._publisher and (value.host == self._publisher or value.host.endswith("." + self._publisher)):
            return Verdict.PUBLISHER_OWN, f"belongs to the publisher ({self._publisher})"
        return None

    def _victim(self, value: Candidate) -> Judged | None:
        """A word of break-in right beside the value or the list that it opens, with only nouns between.

        "The compromised host contacted A" says nothing of A.
        """
        if value.type not in _NETWORK:
            return None
        first, last = self._window(value)
        head, tail = self._list(value)
        linked = self._clean.text[max(0, head - 2) : head] == "]("
        word = self._around.beside("victim_before", "victim", max(first, head - _BEFORE), head, before=True)
        if not word and self._around.lower.startswith(_data.copula(), tail):
            word = self._around.beside("victim_before", "topic", max(first, head - _BEFORE), head, before=True)
        if word and not linked:
            return Verdict.VICTIM, f"follows the word {word}{_documentation_note(value)}"
        for end in dict.fromkeys((value.end, tail)):
            word = self._around.beside("victim_after", "topic", end, last, before=False)
            word = word or self._marked(end, last)
            if word:
                return Verdict.VICTIM, f"followed by the words {word}{_documentation_note(value)}"
        section = self._around.section(value.start)
        if section and self._around.in_list(value.start, value.end):
            begins, ends = self._around.line(section.start)
            word = self._around.beside("victim_before", "victim", begins, ends, before=True)
            if word and not section.kinds & {"source"}:
                return Verdict.VICTIM, f"listed under: {section.title}{_documentation_note(value)}"
        return None

    def _marked(self, end: int, last: int) -> str:
        """A remark such as "(compromised)" right behind a value."""
        place, word = self._around.first_cue("victim_mark", end, min(last, end + _REMARK))
        between = self._around.lower[end:place] if place >= 0 else ""
        return word if between.strip() and not between.strip(" \t(|、-–:") else ""

    def _list(self, value: Candidate) -> tuple[int, int]:
        """Start and end of the list ("A, B and C") that a value stands in."""
        number = bisect_left(self._starts, value.start)
        head, tail = self._values[self._chains.heads[number]], self._values[self._chains.tails[number]]
        return head.start, max(tail.end, value.end)

    def _example(self, value: Candidate) -> Judged | None:
        """A range for documentation in an example. Elsewhere such an address may stand for a real one."""
        first, last = self._window(value)
        if value.defanged or not _within(value, "documentation") or not self._around.cue("example", first, last):
            return None
        return Verdict.RESERVED, "a range for documentation (RFC 5737, RFC 3849), in an example"

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
        if place >= 0 and not self._around.cue("broken", value.end, last):
            return Verdict.STATED_BENIGN, f"the author says: {word}"
        place, word = self._around.last_cue("benign_after", first, value.start)
        if place >= 0 and not self._value_between(first, place) and not self._abused(value):
            return Verdict.STATED_BENIGN, f"the author says: {word}"
        section = self._around.section(value.start)
        if (
            section
            and section.kinds & {"benign_before", "benign_after"}
            and "bad" not in section.kinds
            and self._around.in_list(value.start, value.end)
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
        if value.type in _FILES:
            return self._of_system(value)
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

    def _of_system(self, value: Candidate) -> Judged | None:
        alone = value.type is ObservableType.FILENAME
        if alone and self._clean.text[max(0, value.start - 1) : value.start] in {"\\", "/"}:
            return None
        named = self._around.beside("bad", "name", value.start - _STRONG, value.start, before=True)
        if not _data.of_system(value.value, alone) or self._indicated(value) or named:
            return None
        return Verdict.INFRASTRUCTURE_COMMON, "comes with an operating system"

    def _indicated(self, value: Candidate) -> str:
        """The heading of the list of indicators that a value stands in, or ""."""
        section = self._around.section(value.start)
        if section is None or "indicators" not in section.kinds or "source" in section.kinds:
            return ""
        return section.title if self._around.in_list(value.start, value.end) else ""

    def _bad(self, value: Candidate) -> Judged | None:
        if value.defanged:
            return self._defanged(value)
        listed = _data.listed(value.host) if value.host else None
        if listed is not None:
            return None
        first, last = self._window(value)
        section = self._around.section(value.start)
        title = self._indicated(value)
        if title:
            return Verdict.MALICIOUS, f"listed under: {title}"
        if value.type in _HASHES and self._around.in_list(value.start, value.end):
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
            (
                section
                and "source" in section.kinds
                and "indicators" not in section.kinds
                and self._around.in_list(value.start, value.end)
            )
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


def private(value: Candidate) -> bool:
    """True for an address that nobody can own on the Internet."""
    return _within(value, "private")


def _private(value: Candidate) -> Judged | None:
    if private(value):
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
    return bool(value.host) and _is_address(value.host) and _in_range(value.host, name)


@lru_cache(maxsize=50_000)
def _in_range(host: str, name: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in _data.ranges(name))
