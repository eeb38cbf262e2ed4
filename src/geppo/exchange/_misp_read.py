"""Foreign MISP events in our terms. Whatever does not fit is counted and left; nothing of it stops the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import re2

from geppo.config import Settings
from geppo.errors import InputError
from geppo.exchange._imported import Imported, Reading, Resolve, claim_id, day_of
from geppo.exchange._json import Bounds, Part, elements, inside, members, text_of, whole, words
from geppo.exchange._misp_out import tables
from geppo.exchange._record import LABELS
from geppo.exchange._restored import Records
from geppo.exchange._stix_bundle import tables as stix_tables
from geppo.model.claim import Claim, Hedge, Predicate, Rung
from geppo.model.entity import Kind, Term
from geppo.model.marking import Tlp
from geppo.model.observable import Observable, ObservableType, Verdict
from geppo.model.report import Fetched

MEDIA_TYPE = "application/vnd.misp+json"
MOST_A_PART = 4
"""Names, values and claims read from a file, by attribute that it may hold."""
_GALAXY = re2.compile(r'misp-galaxy:([a-z0-9-]+)="([^"]+)"')
_NUMBERED = re2.compile(r" - [A-Z]{1,2}\d{4,5}$")
_PIECE = re2.compile(r"(?s)(\d{1,6})/(\d{1,6}) (.*)")
_RELIABILITY = re2.compile(r'admiralty-scale:source-reliability="([a-f])"')
_RECORDS = {
    "geppo-issue": "frame",
    "geppo-claim": "claim",
    "geppo-assessment": "assessment",
    "geppo-story": "story",
    "geppo-relay-network": "network",
    "geppo-host": "host",
    "geppo-sighting": "sighting",
    "geppo-document": "document",
}
Parts = Mapping[str, Part]


@dataclass(slots=True)
class _File:
    """The file while it is read."""

    reading: Reading
    bounds: Bounds
    terms: dict[str, Term] = field(default_factory=dict)
    references: list[tuple[Part, Tlp, Mapping[str, Any], str]] = field(default_factory=list)
    records: Records = field(default_factory=Records)
    attributes: int = 0
    publishers: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.reading.text

    def rows(self, parts: Parts, name: str) -> Iterator[tuple[Part, Parts]]:
        """Objects of an array of an object, with their members; others are counted and left."""
        part = parts.get(name)
        if part is None or not isinstance(part.value, list):
            return
        for element in elements(self.text, part):
            if isinstance(element.value, dict):
                yield element, members(self.text, element)
            else:
                self.reading.left[f"{name} that is no object"] += 1


def read(fetched: Fetched, settings: Settings, resolve: Resolve) -> Imported:
    """See `misp.from_event`."""
    bounds = Bounds.of(settings)
    text = text_of(fetched.data, fetched.name, bounds)
    file = _File(Reading(fetched, text, MOST_A_PART * bounds.parts, resolve), bounds)
    events = list(_events(file, whole(text, fetched.name, bounds)))
    if not events:
        raise InputError(
            "not-misp", f"{fetched.name}: expected MISP events: an object with `Event`, a list or a `response` of such"
        )
    for event in events:
        _event(file, event)
    for reference in file.references:
        _reference(file, *reference)
    return file.reading.finish(
        media_type=MEDIA_TYPE,
        publisher=file.publishers[0] if file.publishers else "",
        title=file.titles[0] if file.titles else "",
        language="",
        restored=file.records.package(),
    )


def _events(file: _File, part: Part, depth: int = 3) -> Iterator[Part]:
    """The events of `{"Event": …}`, of a list of such, of `{"response": [...]}`; at most three levels down."""
    if isinstance(part.value, list) and depth:
        for element in elements(file.text, part):
            yield from _events(file, element, depth - 1)
    elif isinstance(part.value, dict) and depth:
        parts = members(file.text, part)
        if "Event" in parts and isinstance(parts["Event"].value, dict):
            yield parts["Event"]
        elif "response" in parts:
            yield from _events(file, parts["response"], depth - 1)
        elif "Orgc" in parts and "info" in parts:
            yield part


def _event(file: _File, event: Part) -> None:
    reading = file.reading
    parts = members(file.text, event)
    orgc = event.value.get("Orgc")
    publisher = words(orgc.get("name")) if isinstance(orgc, dict) else ""
    file.publishers += [publisher] if publisher else []
    file.titles += [words(event.value.get("info"))] if words(event.value.get("info")) else []
    day = day_of(event.value.get("date")) or day_of(event.value.get("timestamp"))
    if day:
        reading.dates.append(reading.day(day.isoformat()))
    tagged = _tags(file, parts)
    level = tables()["distribution_markings"].get(str(event.value.get("distribution")))
    marking = max(tagged, default=LABELS[level] if level else reading.unmarked)
    reading.markings.append(marking)
    for element, row in file.rows(parts, "Attribute"):
        _attribute(file, element, row, marking, publisher)
    for element, row in file.rows(parts, "Object"):
        _object(file, element, row, marking, publisher, str(day or ""))


def _tags(file: _File, parts: Parts) -> list[Tlp]:
    """Markings among the tags of something; its galaxy tags become mentions."""
    found: list[Tlp] = []
    for _, row in file.rows(parts, "Tag"):
        part = row.get("name")
        name = words(part.value) if part else ""
        label = name.upper().replace("TLP:WHITE", "TLP:CLEAR")
        if label in LABELS:
            found.append(LABELS[label])
        elif label.startswith("TLP:") and label.partition(":")[2] not in ("EX:CHR", "UNCLEAR"):
            found.append(Tlp.RED)
        match = _GALAXY.fullmatch(name)
        kind = tables()["named_galaxies"].get(match.group(1)) if match else None
        if part and match and kind:
            called = _NUMBERED.sub("", match.group(2))
            start, end = inside(file.text, part, called)
            file.reading.mention(file.reading.term(Kind(kind), called), start, end)
    return found


def _closed(file: _File, parts: Parts, outer: Tlp) -> Tlp:
    """The marking of a part of an event: its own tags, else the event's; a sharing group or less is never more open."""
    marking = max(_tags(file, parts), default=outer)
    file.reading.markings.append(marking)
    return marking


def _count(file: _File) -> None:
    file.attributes += 1
    if file.attributes > file.bounds.parts:
        raise InputError(
            "too-many",
            f"{file.reading.fetched.name}: more than {file.bounds.parts} attributes (exchange.most_parts)",
        )


def _attribute(file: _File, element: Part, row: Parts, outer: Tlp, publisher: str) -> Term | None:
    """The values and names of an attribute; the first is what references to it mean."""
    _count(file)
    raw = element.value
    if raw.get("deleted") in (True, "1", 1):
        file.reading.left["attribute that was deleted"] += 1
        return None
    _closed(file, row, outer)
    type_, value = words(raw.get("type")), words(raw.get("value"))
    part = row.get("value")
    if not type_ or not value.strip() or part is None:
        file.reading.left["attribute without type or value"] += 1
        return None
    found: Term | None = None
    kinds, values = type_.split("|")[:2], value.split("|") if "|" in type_ else [value]
    for kind, one in zip(kinds, values, strict=False):
        made = _one(file, kind, one, part, raw, publisher)
        found = found or made
    if found is None:
        file.reading.left[f"attribute of type {type_[:40]!r}"] += 1
    elif isinstance(raw.get("uuid"), str):
        file.terms[raw["uuid"]] = found
    return found


def _one(file: _File, kind: str, value: str, part: Part, raw: Mapping[str, Any], publisher: str) -> Term | None:
    start, end = inside(file.text, part, value)
    name = tables()["names"].get(kind)
    if name:
        term = file.reading.term(Kind(name), value)
        file.reading.mention(term, start, end)
        return term
    type_ = tables()["values"].get(kind)
    if type_ is None or not value:
        return None
    if type_ == "ipv4" and ":" in value:
        type_ = "ipv6"
    if type_ == "asn" and value.isdigit():
        value = f"AS{value}"
    alarm = raw.get("to_ids") in (True, 1, "1")
    house = publisher or "the event"
    of = tables()["of"].get(kind, "")
    detail = [("of", of)] if of else []
    detail += [("prefix", value.rpartition("/")[2])] if type_ in ("ipv4", "ipv6") and "/" in value else []
    file.reading.value(
        Observable(
            type=ObservableType(type_),
            value=value,
            start=start,
            end=end,
            defanged=False,
            verdict=Verdict.MALICIOUS if alarm else Verdict.UNKNOWN,
            reason=f"to_ids set by {house[:200]}" if alarm else f"attribute of {house[:200]} without to_ids",
            detail=tuple(detail),
        )
    )
    if type_ == "cve":
        return file.reading.term(Kind.VULNERABILITY, value, f"cve/{value.upper()}")
    return Term(kind=Kind.OBSERVABLE, id=f"{of}-{type_}/{value}" if of else f"{type_}/{value}", name=value)


def _object(file: _File, element: Part, row: Parts, outer: Tlp, publisher: str, day: str) -> None:
    name = words(element.value.get("name"))
    if name in _RECORDS:
        _recorded(file, element, row, name, outer)
        return
    first: Term | None = None
    for inner, parts in file.rows(row, "Attribute"):
        made = _attribute(file, inner, parts, outer, publisher)
        first = first or made
    uuid = element.value.get("uuid")
    if first and isinstance(uuid, str):
        file.terms[uuid] = first
    for inner, _ in file.rows(row, "ObjectReference"):
        _count(file)
        file.references.append((inner, outer, {**inner.value, "publisher": publisher, "day": day}, str(uuid)))


def _recorded(file: _File, element: Part, row: Parts, name: str, outer: Tlp) -> None:
    """A record of ours out of its numbered pieces."""
    pieces: dict[int, str] = {}
    total, letter = 0, ""
    markings: list[Tlp] = []
    for inner, parts in file.rows(row, "Attribute"):
        _count(file)
        markings.append(_closed(file, parts, outer))
        letter = letter or _letter(inner.value)
        match = _PIECE.fullmatch(words(inner.value.get("value")))
        if inner.value.get("object_relation") == "record" and match:
            pieces[int(match.group(1))], total = match.group(3), int(match.group(2))
    record = _joined(pieces, total)
    kind = (
        "report" if name == "geppo-document" and isinstance(record, dict) and "document" in record else _RECORDS[name]
    )
    if not file.records.take({"record_type": kind, "record": record, "source_reliability": letter}):
        file.reading.left["record of ours that does not fit"] += 1
    elif kind == "claim":
        _claimed(file, element, file.records.found["claim"][-1], max(markings, default=outer))


def _letter(attribute: Mapping[str, Any]) -> str:
    """The reliability of a source that a tag of an attribute states; empty without one."""
    tags = attribute.get("Tag")
    names = (words(tag.get("name")) for tag in (tags if isinstance(tags, list) else ()) if isinstance(tag, dict))
    return next((match.group(1).upper() for match in map(_RELIABILITY.fullmatch, names) if match), "")


def _joined(pieces: Mapping[int, str], total: int) -> Any:
    if not total or len(pieces) != total or set(pieces) != set(range(1, total + 1)):
        return None
    try:
        return json.loads("".join(pieces[n] for n in range(1, total + 1)))
    except (ValueError, RecursionError):
        return None


def _claimed(file: _File, element: Part, claim: Claim, marking: Tlp) -> None:
    reading = file.reading
    id_ = claim_id(reading.sha256, claim.id)
    reading.claims[id_] = replace(
        claim,
        id=id_,
        about=claim_id(reading.sha256, claim.about) if claim.about else "",
        report=reading.sha256,
        passage=reading.passage(element.start, element.end),
        marking=max(claim.marking, marking),
        rule="misp/record",
    )


def _reference(file: _File, part: Part, marking: Tlp, raw: Mapping[str, Any], owner: str) -> None:
    """A reference between two things that are names or values, with a relation that is a predicate of ours."""
    relation = words(raw.get("relationship_type"))
    source, target = file.terms.get(owner), file.terms.get(words(raw.get("referenced_uuid")))
    predicate = stix_tables()["predicates"].get(relation)
    if predicate is None or source is None or target is None or source == target:
        file.reading.left[f"reference {relation[:40]!r} without a predicate or an end of ours"] += 1
        return
    reading = file.reading
    id_ = claim_id(reading.sha256, str(part.start), predicate)
    reading.claims[id_] = Claim(
        id=id_,
        report=reading.sha256,
        publisher=str(raw["publisher"]),
        predicate=Predicate(predicate),
        subject=source,
        object=target,
        qualifiers=(),
        count=None,
        when=None,
        hedge=Hedge(rung=Rung.REPORTED),
        negated=False,
        voices=(),
        passage=reading.passage(part.start, part.end),
        published=reading.day(str(raw["day"])),
        rule=f"misp/{relation}"[:60],
        marking=marking,
    )
