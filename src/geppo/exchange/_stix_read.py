"""A foreign STIX bundle in our terms. Whatever does not fit is counted and left; nothing of it stops the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import re2

from geppo.config import Settings
from geppo.errors import InputError
from geppo.exchange import _restored
from geppo.exchange._imported import Imported, Reading, Resolve, claim_id, day_of
from geppo.exchange._json import Bounds, Part, elements, inside, members, successive, text_of, texts, whole, words
from geppo.exchange._record import build
from geppo.exchange._stix_bundle import extension_id, tables
from geppo.model.claim import STRENGTH, Claim, Hedge, Predicate, Rung
from geppo.model.entity import Kind, Term
from geppo.model.marking import Tlp
from geppo.model.observable import Observable, ObservableType, Verdict
from geppo.model.report import Fetched
from geppo.model.time import When

MEDIA_TYPE = "application/stix+json"
MOST_A_PART = 4
"""Names, values and claims read from a bundle, by object that it may hold."""
_OURS = tuple(extension_id(version) for version in (4, 5))
_COMPARED = re2.compile(r"([a-z0-9-]+:[A-Za-z0-9_.'-]+)\s*=\s*'((?:[^'\\]|\\.)*)'")
_SILENT = frozenset(("report", "grouping", "marking-definition", "extension-definition", "language-content", "bundle"))
"""Types that say something of the file and nothing of the world."""


_READ = frozenset(("indicator", "autonomous-system", "attack-pattern"))


@dataclass(frozen=True, slots=True)
class _Object:
    """An object of the bundle: its values, and where it stands."""

    raw: Mapping[str, Any]
    part: Part
    type: str

    def word(self, name: str) -> str:
        return words(self.raw.get(name))


@dataclass(slots=True)
class _Bundle:
    """The bundle while it is read."""

    reading: Reading
    objects: dict[str, _Object] = field(default_factory=dict)
    tlp: dict[str, Tlp | None] = field(default_factory=dict)
    terms: dict[str, Term] = field(default_factory=dict)
    compared: dict[str, list[Term]] = field(default_factory=dict)
    records: _restored.Records = field(default_factory=_restored.Records)

    @property
    def left(self) -> Any:
        return self.reading.left


def read(fetched: Fetched, settings: Settings, resolve: Resolve) -> Imported:
    """See `stix.from_bundle`."""
    bounds = Bounds.of(settings)
    text = text_of(fetched.data, fetched.name, bounds)
    bundle = _Bundle(Reading(fetched, text, MOST_A_PART * bounds.parts, resolve))
    for part in _parts(text, fetched.name, bounds):
        raw = part.value
        type_ = words(raw.get("type")) if isinstance(raw, dict) else ""
        if not type_ or not isinstance(raw.get("id"), str):
            bundle.left["object without type or id"] += 1
            continue
        bundle.objects[raw["id"]] = _Object(raw, part, type_)
    _markings(bundle)
    for one in bundle.objects.values():
        _object(bundle, one)
    for one in bundle.objects.values():
        _statement(bundle, one)
    head = next((one for one in bundle.objects.values() if one.type == "report"), None)
    author = bundle.objects.get(head.word("created_by_ref")) if head else None
    return bundle.reading.finish(
        media_type=MEDIA_TYPE,
        publisher=author.word("name") if author else "",
        title=head.word("name") if head else "",
        language=head.word("lang") if head else "",
        restored=bundle.records.package(),
    )


def _parts(text: str, name: str, bounds: Bounds) -> list[Part]:
    root = whole(text, name, bounds)
    objects = members(text, root).get("objects") if isinstance(root.value, dict) else None
    if objects is None or not isinstance(objects.value, list):
        raise InputError("not-stix", f"{name}: expected a STIX bundle or a TAXII envelope: an object with `objects`")
    if len(objects.value) > bounds.parts:
        raise InputError(
            "too-many", f"{name}: {len(objects.value)} objects; at most {bounds.parts} are taken (exchange.most_parts)"
        )
    return list(elements(text, objects))


def _markings(bundle: _Bundle) -> None:
    """What each marking means: a TLP, or nothing of the kind."""
    for name in ("oasis", "opencti", "tlp1"):
        for label, ids in tables()["markings"][name].items():
            marking = next(one for one in Tlp if one.label == label)
            for uuid in ids:
                known = bundle.tlp.get(f"marking-definition--{uuid}")
                bundle.tlp[f"marking-definition--{uuid}"] = marking if known is None else min(known, marking)
    statement = tables()["markings"]["tlp1"]["TLP:AMBER+STRICT"][-1]
    bundle.tlp[f"marking-definition--{statement}"] = Tlp.AMBER_STRICT
    for id_, one in bundle.objects.items():
        if one.type == "marking-definition" and id_ not in bundle.tlp:
            bundle.tlp[id_] = _tlp(one.raw)


def _tlp(raw: Mapping[str, Any]) -> Tlp | None:
    definition, extensions = raw.get("definition"), raw.get("extensions")
    said = [raw.get("x_opencti_definition"), raw.get("name")]
    said += [definition.get("tlp")] if isinstance(definition, dict) else []
    if isinstance(extensions, dict):
        said += [one.get("tlp_2_0") for one in extensions.values() if isinstance(one, dict)]
    for one in said:
        level = words(one).upper().removeprefix("TLP:").replace("WHITE", "CLEAR")
        for marking in Tlp:
            if marking.label == f"TLP:{level}":
                return marking
    return None


def _marking(bundle: _Bundle, one: _Object) -> Tlp:
    """The most closed TLP of an object; RED where a marking is not known, the file's where there is none."""
    refs = texts(one.raw.get("object_marking_refs"))
    granular = one.raw.get("granular_markings")
    if isinstance(granular, list):
        refs += [words(row.get("marking_ref")) for row in granular if isinstance(row, dict)]
    found: list[Tlp] = []
    for ref in refs:
        if ref and ref not in bundle.tlp:
            bundle.left["marking that the bundle does not hold, taken for TLP:RED"] += 1
        level = bundle.tlp.get(ref, Tlp.RED) if ref else None
        found += [level] if level is not None else []
    return max(found, default=bundle.reading.unmarked)


def _object(bundle: _Bundle, one: _Object) -> None:
    """Names, values and records of an object."""
    if one.type not in ("marking-definition", "extension-definition"):
        bundle.reading.markings.append(_marking(bundle, one))
    for name in ("modified", "created", "published"):
        found = day_of(one.word(name))
        if found:
            bundle.reading.dates.append(bundle.reading.day(one.word(name)))
    _record(bundle, one)
    parts = members(bundle.reading.text, one.part)
    if one.type in tables()["kinds"]:
        _named(bundle, one, parts)
    elif one.type == "attack-pattern":
        _technique(bundle, one, parts)
    elif one.type == "indicator":
        _pattern(bundle, one, parts)
    elif one.type in tables()["values"] or one.type == "autonomous-system":
        _value(bundle, one, parts)


def _record(bundle: _Bundle, one: _Object) -> None:
    extensions = one.raw.get("extensions")
    if isinstance(extensions, dict):
        for id_ in _OURS:
            if isinstance(extensions.get(id_), dict) and not bundle.records.take(extensions[id_]):
                bundle.left["record of ours that does not fit"] += 1


def _named(bundle: _Bundle, one: _Object, parts: Mapping[str, Part]) -> None:
    kind = Kind(tables()["kinds"][one.type])
    if kind is Kind.IDENTITY and one.word("identity_class") == "class":
        kind = Kind.SECTOR
    name, id_ = one.word("name"), ""
    where = "name"
    if kind is Kind.LOCATION:
        country = one.word("country").upper()
        id_ = f"country/{country}" if len(country) == 2 and country.isalpha() else ""
        where = "name" if name else "country"
        name = name or country
    if kind is Kind.VULNERABILITY and name.upper().startswith("CVE-"):
        id_ = f"cve/{name.upper()}"
    if not name.strip() or where not in parts:
        bundle.left[f"{one.type} without a name"] += 1
        return
    term = bundle.reading.term(kind, name, id_)
    bundle.terms[one.word("id")] = term
    start, end = inside(bundle.reading.text, parts[where], name)
    bundle.reading.mention(term, start, end)
    for property_ in tables()["aliases"]["properties"]:
        if property_ in parts and isinstance(parts[property_].value, list):
            _aliases(bundle, one, term, parts[property_])


def _aliases(bundle: _Bundle, one: _Object, term: Term, part: Part) -> None:
    """Each further name is a mention and a claim that both are one."""
    for element in elements(bundle.reading.text, part):
        name = words(element.value)
        if not name.strip() or name == term.name:
            continue
        other = bundle.reading.term(term.kind, name)
        start, end = inside(bundle.reading.text, element, name)
        bundle.reading.mention(other, start, end)
        _claim(bundle, one, Predicate.SAME_AS, term, other, extra=name)


def _technique(bundle: _Bundle, one: _Object, parts: Mapping[str, Part]) -> None:
    references = one.raw.get("external_references")
    rows = references if isinstance(references, list) else []
    numbers = [words(row.get("external_id")) for row in rows if isinstance(row, dict)]
    number = next((id_ for id_ in numbers if id_.startswith("T") and id_[1:5].isdigit()), "")
    name = one.word("name")
    if not number and name.strip() and "name" in parts:
        term = bundle.reading.term(Kind.CONCEPT, name)
        bundle.terms[one.word("id")] = term
        bundle.reading.mention(term, *inside(bundle.reading.text, parts["name"], name))
    if not number:
        return
    bundle.terms[one.word("id")] = Term(kind=Kind.OBSERVABLE, id=f"technique/{number}", name=name or number)
    start, end = inside(bundle.reading.text, parts["external_references"], number)
    _seen(bundle, ObservableType.TECHNIQUE, number, start, end, Verdict.UNKNOWN, "attack-pattern of a STIX bundle")


def _seen(
    bundle: _Bundle, kind: ObservableType, value: str, start: int, end: int, verdict: Verdict, reason: str, of: str = ""
) -> None:
    detail = [("of", of)] if of else []
    if kind in (ObservableType.IPV4, ObservableType.IPV6) and "/" in value:
        detail.append(("prefix", value.rpartition("/")[2]))
    bundle.reading.value(
        Observable(
            type=kind,
            value=value,
            start=start,
            end=end,
            defanged=False,
            verdict=verdict,
            reason=reason,
            detail=tuple(detail),
        )
    )


def _value(bundle: _Bundle, one: _Object, parts: Mapping[str, Part]) -> None:
    reason = f"{one.type} of a STIX bundle"
    found: list[tuple[ObservableType, str, Part, str]] = []
    of = "certificate" if one.type == "x509-certificate" else ""
    hashes = parts.get("hashes")
    if hashes is not None and isinstance(hashes.value, dict):
        for name, part in members(bundle.reading.text, hashes).items():
            kind = tables()["hashes"].get(name)
            if kind and words(part.value):
                found.append((ObservableType(kind), words(part.value).lower(), part, of))
    number = one.raw.get("number")
    if one.type == "autonomous-system" and isinstance(number, int) and not isinstance(number, bool):
        found.append((ObservableType.ASN, f"AS{number}", parts["number"], ""))
    property_, kind = tables()["values"].get(one.type, ("", ""))
    if one.word(property_):
        found.append((ObservableType(kind), one.word(property_), parts[property_], ""))
    for type_, value, part, of_ in found:
        start, end = inside(bundle.reading.text, part, value) if part.value != number else (part.start, part.end)
        _seen(bundle, type_, value, start, end, Verdict.UNKNOWN, reason, of_)
    if found:
        type_, value, _, of_ = found[0]
        prefix = f"{of_}-" if of_ and type_ is not ObservableType.CERTIFICATE_SERIAL else ""
        bundle.terms[one.word("id")] = Term(kind=Kind.OBSERVABLE, id=f"{prefix}{type_.value}/{value}", name=value)
    else:
        bundle.left[f"{one.type} without a value"] += 1


def _pattern(bundle: _Bundle, one: _Object, parts: Mapping[str, Part]) -> None:
    """The values that a pattern compares with; what they are taken for follows from the indicator's types."""
    verdicts = tables()["indicator_verdicts"]
    types = texts(one.raw.get("indicator_types"))
    said = [Verdict(verdicts[kind]) for kind in types if kind in verdicts] or [Verdict.MALICIOUS]
    verdict = Verdict.MALICIOUS if Verdict.MALICIOUS in said else said[0]
    reason = f"indicator of a STIX bundle ({', '.join(types[:5])[:80] or 'no type given'})"
    known = tables()["pattern_values"]
    rows = [(known.get(path.replace("'", "")), quoted) for path, quoted in _COMPARED.findall(one.word("pattern"))]
    kinds = [kind for kind, _ in rows if kind]
    plain = [re2.sub(r"\\(.)", r"\1", quoted) for kind, quoted in rows if kind]
    number = len(kinds)
    where = parts.get("pattern", one.part)
    for kind, (value, start, end) in zip(kinds, successive(bundle.reading.text, where, plain), strict=True):
        if value:
            _seen(bundle, ObservableType(kind), value, start, end, verdict, reason)
            term = Term(kind=Kind.OBSERVABLE, id=f"{kind}/{value}", name=value)
            bundle.compared.setdefault(one.word("id"), []).append(term)
    if not number:
        bundle.left["indicator without a value that can be told"] += 1


def _statement(bundle: _Bundle, one: _Object) -> None:
    """The claim that an object makes: ours by its record, a foreign one by its relationship."""
    extensions = one.raw.get("extensions")
    ours = [extensions[id_] for id_ in _OURS if id_ in extensions] if isinstance(extensions, dict) else []
    if ours and isinstance(ours[0], dict) and ours[0].get("record_type") == "claim":
        _recorded(bundle, one, ours[0].get("record"))
    elif one.type == "relationship":
        _relationship(bundle, one)
    elif one.type not in _SILENT and not _counted(one.type) and not ours:
        bundle.left[f"{one.type[:40]} that has no place here"] += 1


def _counted(type_: str) -> bool:
    """Whether an object of this type was read, or counted where it could not be."""
    known = tables()
    return type_ in known["kinds"] or type_ in known["values"] or type_ in _READ


def _recorded(bundle: _Bundle, one: _Object, record: Any) -> None:
    reading = bundle.reading
    try:
        claim: Claim = build(Claim, record)
    except InputError:
        return
    reading.claims[claim_id(reading.sha256, claim.id)] = replace(
        claim,
        id=claim_id(reading.sha256, claim.id),
        about=claim_id(reading.sha256, claim.about) if claim.about else "",
        report=reading.sha256,
        passage=reading.passage(one.part.start, one.part.end),
        marking=max(claim.marking, _marking(bundle, one)),
        rule="stix/record",
    )


def _relationship(bundle: _Bundle, one: _Object) -> None:
    kind = one.word("relationship_type")
    source, target = bundle.terms.get(one.word("source_ref")), bundle.terms.get(one.word("target_ref"))
    predicates = tables()["predicates"]
    predicate = predicates.get(f"{kind} {one.word('target_ref').partition('--')[0]}") or predicates.get(kind)
    if kind == "indicates" and target and one.raw.get("revoked") is not True:
        _indicated(bundle, one, target)
    elif predicate is None:
        bundle.left[f"relationship {kind[:40]!r} without a predicate of ours"] += 1
    elif source is None or target is None:
        bundle.left["relationship with an end that is no name and no value here"] += 1
    elif one.raw.get("revoked") is True:
        bundle.left["relationship that was revoked"] += 1
    else:
        _claim(bundle, one, Predicate(predicate), source, target)


def _indicated(bundle: _Bundle, one: _Object, target: Term) -> None:
    """That a pattern can detect a thing says that the thing uses the pattern's values, and no more than suggests it.

    In a bundle of ours the claims stand beside it, as their sources said them.
    """
    values = bundle.compared.get(one.word("source_ref"), ())
    if not values:
        bundle.left["relationship with an end that is no name and no value here"] += 1
    elif "frame" not in bundle.records.found:
        for value in values:
            _claim(bundle, one, Predicate.USES, target, value, extra=value.id, most=Rung.SUGGESTS)


def _claim(
    bundle: _Bundle,
    one: _Object,
    predicate: Predicate,
    subject: Term,
    object_: Term,
    extra: str = "",
    most: Rung = Rung.CONFIRMED,
) -> None:
    reading = bundle.reading
    author = bundle.objects.get(one.word("created_by_ref"))
    id_ = claim_id(reading.sha256, one.word("id"), predicate.value, extra)
    reading.claims[id_] = Claim(
        id=id_,
        report=reading.sha256,
        publisher=author.word("name") if author else "",
        predicate=predicate,
        subject=subject,
        object=object_,
        qualifiers=(),
        count=None,
        when=_when(one),
        hedge=Hedge(rung=min(_rung(one.raw.get("confidence")), most, key=STRENGTH.__getitem__)),
        negated=False,
        voices=(),
        passage=reading.passage(one.part.start, one.part.end),
        published=reading.day(one.word("modified") or one.word("created")),
        rule=f"stix/{one.word('relationship_type') or 'alias'}"[:60],
        marking=_marking(bundle, one),
    )


def _rung(confidence: Any) -> Rung:
    if not isinstance(confidence, int) or isinstance(confidence, bool) or not 0 <= confidence <= 100:
        return Rung.REPORTED
    return Rung([row["rung"] for row in tables()["rung_in"] if row["from"] <= confidence][-1])


def _when(one: _Object) -> When | None:
    """From start_time to stop_time, both ends included; a stop at midnight is the end of the day before."""
    start, stop = day_of(one.word("start_time")), day_of(one.word("stop_time"))
    if start is None:
        return None
    end: date = stop or start
    if stop and stop > start and one.word("stop_time")[10:19] == "T00:00:00":
        end = stop - timedelta(days=1)
    return When(start=start, end=max(start, end))
