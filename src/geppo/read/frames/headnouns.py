"""What of a Korean noun fills a role: its name, its last mention with what narrows it, or the noun itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from geppo.model.claim import Count
from geppo.model.claim import Predicate as Said
from geppo.model.entity import Kind, Term
from geppo.read.counts import PERCENT
from geppo.read.frames.eojeol import AND, BARE, OF, Element, Noun, Reader, Word
from geppo.read.frames.frame import OPEN, Frame, filling
from geppo.read.names import slug
from geppo.read.typed import Item

LONGEST_NOUN = 30
"""Characters of a noun that no list knows."""
MOST_WORDS = 3
"""Words of such a noun."""
FARTHEST_SECTOR = 8
"""Characters between a sector and the common noun that ends it ("반도체 장비 업체")."""

NAMES = frozenset({"actor", "malware", "tool", "campaign", "network", "vuln", "agreement"})
_FIRST = NAMES | {"observable"}
"""Mentions that a noun is of, whatever common nouns stand beside them."""
_COMMON: dict[str, frozenset[str]] = {
    "actor": frozenset({"group-kind", "unit", "role", "count", "place"}),
    "malware": frozenset({"malware-kind", "relay-class", "count", "shared-thing", "place"}),
    "network": frozenset({"malware-kind", "relay-class", "count", "shared-thing", "place"}),
    "vuln": frozenset({"shared-thing", "technique-word"}),
    "observable": frozenset({"address", "relay-class", "device", "service", "malware-kind"}),
    "campaign": frozenset({"campaign-kind"}),
    "role": frozenset({"unit", "count", "place"}),
    "": frozenset({"unit", "count", "shared-thing"}),
}
"""Kinds of nouns behind a mention that say what it is; another one behind it is the head ("악성코드 제작자")."""
OWNED = frozenset({Said.TARGETS, Said.COMPROMISES, Said.DISRUPTS, Said.CLAIMS_RESPONSIBILITY})
"""Who owns the thing that is attacked is attacked as well."""
_BROKEN_INTO = frozenset({Said.TARGETS, Said.COMPROMISES})
_STATES = frozenset({Said.DENIES, Said.SANCTIONS})
"""Acts of a state by whatever house of it: "중국 외교부는 부인했다"."""
_OF_HOUSES = frozenset({"device", "shared-thing", "service"})
"""What a house owns whose name stands right before it: "대학병원 서버"."""
_HOUSES = frozenset({"sector", "org", "body"})
_COUNTERS = frozenset({"unit/person", "unit/item", "unit/organisation", "device/device"})
"""What words that only count stand for; the noun before them is what is meant: "일당 5명"."""


_SUSPECT = Term(kind=Kind.CONCEPT, id="role/suspect", name="suspect")
"""What a person is called whom a text names by a family name."""


def by(
    reader: Reader, near: Sequence[Element], roles: Sequence[str] | frozenset[str], kinds: frozenset[str], frame: Frame
) -> list[Item]:
    """The nearest noun with a particle of these roles, if its kind fits, and those that are listed before it."""
    for number in range(len(near) - 1, -1, -1):
        one = near[number]
        if isinstance(one, Noun) and one.role in roles:
            found = fits(reader, one, kinds, frame)
            if not found and one.role == BARE:
                continue
            if not found and frame.predicate is Said.CLAIMS_RESPONSIBILITY:
                return robbed(reader, near[:number], kinds, frame)
            if found and found[0].kind not in NAMES:
                found = owners(reader, near[:number], one, found, kinds, frame)
            return [*listed(reader, near[:number], kinds, frame), *found] if found else []
    return []


def listed(reader: Reader, row: Sequence[Element], kinds: frozenset[str], frame: Frame) -> list[Item]:
    found: list[Item] = []
    for one in reversed(row):
        if not isinstance(one, Noun) or one.role != AND:
            break
        these = fits(reader, one, kinds, frame)
        if not these:
            break
        found = [*these, *found]
    return found


def owners(
    reader: Reader, row: Sequence[Element], noun: Noun, found: list[Item], kinds: frozenset[str], frame: Frame
) -> list[Item]:
    """Whose a network or a server is, where that is told and fits: "북문은행의 서버"."""
    owner = row[-1] if row else None
    plain = "".join(word.plain for word in noun.words)
    if not isinstance(owner, Noun) or owner.role != OF:
        return found
    if found[0].count is not None and found[0].count.unit == PERCENT:
        whole = fits(reader, owner, kinds, frame)
        return [replace(item, count=found[0].count) for item in whole] or found
    if frame.predicate not in OWNED:
        return found
    if frame.predicate is Said.DISRUPTS and reader.lexicon.search("function", plain):
        return fits(reader, owner, kinds, frame) or found
    if not reader.lexicon.search("container", plain[: len(plain) - (noun.end - noun.stem_end)] or plain):
        return found
    owned = fits(reader, owner, kinds & {"org", "sector", "body"}, frame)
    return owned or found


def robbed(reader: Reader, row: Sequence[Element], kinds: frozenset[str], frame: Frame) -> list[Item]:
    """Whose data somebody claims to have stolen: "북문병원의 3TB 규모의 데이터"."""
    for one in reversed(row):
        if not isinstance(one, Noun) or one.role != OF:
            break
        found = fits(reader, one, kinds & {"org", "sector"}, frame)
        if found:
            return found
    return []


def fits(reader: Reader, noun: Element | None, kinds: frozenset[str], frame: Frame) -> list[Item]:
    """What of a noun fills a role: its name, its last mention with what narrows it, or the noun itself."""
    if not isinstance(noun, Noun):
        return []
    items = [item for item in noun.items if item.end <= noun.stem_end]
    count = next((item.count for item in items if item.count is not None and item.kind == "count"), None)
    order = sorted(range(len(items)), key=lambda number: (items[number].kind not in _FIRST, -number))
    for number in order:
        item = items[number]
        fit = filling(item, kinds)
        behind = rest(reader, noun, items[number + 1 :], item.end, item.kind)
        if fit is None or not (reader.lexicon.whole("apposed", behind) or _its_own(reader, item, behind, frame)):
            continue
        if item.kind == "place" and kinds is frame.agent and not reader.lexicon.whole("state", behind):
            continue  # "중국 국적 남성" is no state
        unit = item.count.unit.id if item.count is not None and frame.only is not None else ""
        if (
            unit in _COUNTERS
            and item.terms[0].id == unit
            and (whole := unlisted(reader, noun, items, item.count, kinds, frame))
        ):
            return whole
        if item.kind not in NAMES:
            fit = narrowed(items[:number], fit, kinds)
        if frame.predicate in _STATES and kinds is frame.agent and number and items[number - 1].kind == "place":
            fit = filling(items[number - 1], kinds) or fit
        things = count is not None and count.unit.id == "unit/item" and frame.predicate in OWNED
        if fit.count is None and count is not None and kinds is frame.patient and item.kind != "place" and not things:
            fit = replace(fit, count=count)
        return [fit] if worth(frame, fit, kinds, reader) else []
    return unlisted(reader, noun, items, count, kinds, frame)


def _its_own(reader: Reader, item: Item, behind: str, frame: Frame) -> bool:
    """True for what a house has, where who breaks in breaks into the house: "북문은행 업무망을"."""
    return item.kind == "org" and frame.predicate in _BROKEN_INTO and reader.lexicon.whole("container", behind)


def rest(reader: Reader, noun: Noun, behind: Sequence[Item], at: int, kind: str) -> str:
    """The letters between a mention and the particle without common nouns and counts."""
    common = _COMMON.get(kind, _COMMON[""])
    inside = {place for item in behind if item.kind in common for place in range(item.start, item.end)}
    return "".join(
        reader.text[place]
        for word in noun.words
        for place in word.places
        if at <= place < noun.stem_end and place not in inside
    )


def narrowed(before: Sequence[Item], fit: Item, kinds: frozenset[str]) -> Item:
    """The sector or house before a common noun or a count that it narrows: "반도체 장비 업체 세 곳"."""
    if fit.kind not in ("unit", "body", *_OF_HOUSES):
        return fit
    if fit.kind in _OF_HOUSES and before and fit.start - before[-1].end <= 1 and before[-1].kind in _HOUSES:
        return filling(before[-1], kinds) or fit
    wanted = ("sector",) if fit.kind == "device" else ("sector", "org")
    for other in reversed(before):
        if other.kind in wanted and fit.start - other.end <= FARTHEST_SECTOR:
            narrow = filling(other, kinds)
            return replace(narrow, count=fit.count or narrow.count) if narrow is not None else fit
    return fit


def worth(frame: Frame, item: Item, kinds: frozenset[str], reader: Reader) -> bool:
    if item.kind in kinds - {OPEN} or not item.terms or item.terms[0].id in kinds:
        return True
    return (
        frame.only is None
        or kinds is not frame.patient
        or frame.only.search(reader.text[item.start : item.end]) is not None
    )


def unlisted(
    reader: Reader, noun: Noun, items: Sequence[Item], count: Count | None, kinds: frozenset[str], frame: Frame
) -> list[Item]:
    named = [item for item in items if item.kind in NAMES]
    if OPEN not in kinds or kinds is not frame.patient or (named and frame.predicate is not Said.ARRESTS):
        return []
    words, last = _uncounted(noun, items)
    if not words:
        return []
    start = words[-1].start
    # A member of a group is arrested, not the group: "모래담비 간부를".
    words = [word for word in words if not named or word.start >= named[-1].end] or words
    for word in reversed(words[-MOST_WORDS:-1]):
        if (
            word.stop
            or reader.lexicon.whole("adverb", word.plain)
            or any(item.kind in ("date", "place", "count") for item in word.items)
        ):
            break
        start = word.start
    counted = reader.lexicon.expressions["counted"].search(reader.text[start:last])
    end = start + counted.start() if counted is not None else last
    name = reader.text[start:end].strip(" '\"‘’“”「」『』")
    if (
        not 1 < len(name) <= LONGEST_NOUN
        or not any(char.isalpha() for char in name)
        or reader.lexicon.whole("empty", name)
    ):
        return []
    if frame.only is not None and frame.only.search(name) is None:
        return []
    if reader.lexicon.search("named_person", name):
        return [Item(kind="role", start=start, end=end, terms=(_SUSPECT,), count=count)]
    person = reader.lexicon.expressions["person"].search(name)
    if person is not None:
        start, name = start + reader.text[start:end].rindex(person[1]), person[1]
    term = Term(kind=Kind.TEXT, id=f"text/{slug(name)}", name=name)
    return [Item(kind=OPEN, start=start, end=end, terms=(term,), count=count)]


def holds(near: Sequence[Element], roles: Sequence[str]) -> bool:
    return any(isinstance(one, Noun) and one.role in roles for one in near)


def _uncounted(noun: Noun, items: Sequence[Item]) -> tuple[Sequence[Word], int]:
    """The words of a noun without the count that ends it ("생산 라인 두 곳"), and where they end."""
    last = items[-1] if items else None
    if last is None or last.kind != "count" or last.end != noun.stem_end:
        return noun.words, noun.stem_end
    words = [word for word in noun.words if word.end <= last.start]
    return (words, words[-1].end) if words else (noun.words, noun.stem_end)
