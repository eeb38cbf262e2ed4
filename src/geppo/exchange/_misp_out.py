"""A package as a MISP event: attributes for values, objects of our own templates for the rest, tags, event reports."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib import resources
from typing import Any

from geppo.exchange import _values
from geppo.exchange._ids import stable_uuid
from geppo.exchange._markdown import markdown
from geppo.exchange._package import Frame, Package, markings_of
from geppo.exchange._record import plain
from geppo.exchange._sound import sound_url
from geppo.exchange._stix_bundle import reliability
from geppo.exchange._stix_bundle import tables as stix_tables
from geppo.exchange._values import Value
from geppo.model.assessment import Assessment, AssessmentKind
from geppo.model.claim import Claim
from geppo.model.edition import Story
from geppo.model.entity import Kind
from geppo.model.marking import Tlp
from geppo.model.relay import HostFinding, RelayNetwork, Sighting
from geppo.model.report import Document, Report

_INSUFFICIENT = "insufficient"
Record = dict[str, Any]


@lru_cache(maxsize=1)
def tables() -> Mapping[str, Any]:
    """The tables of misp.toml."""
    return tomllib.loads(resources.files("geppo.exchange").joinpath("misp.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=32)
def template(name: str) -> Mapping[str, Any]:
    """One of our object templates, as MISP installs them."""
    text = resources.files("geppo.exchange").joinpath("misp_objects", f"{name}.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def tag(name: str) -> Record:
    """A tag as feeds write it."""
    colours = tables()["colours"]
    return {"name": name, "colour": colours.get(name, colours["other"])}


def tlp(marking: Tlp) -> str:
    """The tag of a marking."""
    return marking.label.lower()


def _words(value: object) -> str:
    return " ".join(str(value).encode("utf-8", "replace").decode("utf-8").replace("\x00", "").split())


def record_parts(record: Any) -> list[str]:
    """A record as numbered pieces of JSON that MISP can hold, none with a blank at an end, which MISP would cut."""
    data = json.dumps(plain(record), sort_keys=True, separators=(",", ":"))
    pieces: list[str] = []
    while data:
        cut = min(int(tables()["record_part"]), len(data))
        while 1 < cut < len(data) and (data[cut - 1] == " " or data[cut] == " "):
            cut -= 1
        pieces.append(data[:cut])
        data = data[cut:]
    return [f"{n}/{len(pieces)} {piece}" for n, piece in enumerate(pieces, start=1)]


@dataclass(slots=True)
class Event:
    """The event so far."""

    package: Package
    seed: str
    objects: list[Record] = field(default_factory=list)
    uuids: dict[str, str] = field(default_factory=dict)
    marking: dict[str, Tlp] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.marking = markings_of(self.package)

    @property
    def stamp(self) -> str:
        """Seconds since 1970 at which the issue was known."""
        known = self.package.issue.month.as_of
        return str(int((known if known.tzinfo else known.replace(tzinfo=UTC)).timestamp()))

    def uuid(self, *parts: str) -> str:
        """The UUID of a part of this event."""
        return str(stable_uuid("misp", self.seed, *parts))

    def attribute(self, parts: tuple[str, ...], type_: str, category: str, value: str, **more: Any) -> Record:
        """An attribute; nothing is for detection unless it says so."""
        return {
            "uuid": self.uuid("attribute", *parts),
            "type": type_,
            "category": category,
            "value": value,
            "to_ids": False,
            "disable_correlation": False,
            "comment": "",
            "timestamp": self.stamp,
            **more,
        }

    def object(
        self,
        name: str,
        key: str,
        marking: Tlp,
        fields: Iterable[tuple[str, Any]],
        record: Any,
        tags: Mapping[str, list[str]] | None = None,
        references: Iterable[tuple[str, str]] = (),
    ) -> None:
        """An object of one of our templates. Empty fields are left out; `tags` are by field name."""
        known = template(name)
        uuid = self.uuid(name, key)
        self.uuids[key] = uuid
        rows = [(relation, _words(value)) for relation, value in fields]
        rows += [("record", part) for part in record_parts(record)]
        attributes = []
        for n, (relation, value) in enumerate(rows):
            if value:
                kind = known["attributes"][relation]["misp-attribute"]
                made = self.attribute((name, key, relation, str(n)), kind, _CATEGORIES.get(kind, "Other"), value)
                labels = [tlp(marking), *(tags or {}).get(relation, ())]
                made |= {"object_relation": relation, "disable_correlation": kind != "link"}
                attributes.append({**made, "Tag": [tag(label) for label in labels]})
        self.objects.append(
            {
                "uuid": uuid,
                "name": name,
                "meta-category": known["meta-category"],
                "description": known["description"],
                "template_uuid": known["uuid"],
                "template_version": str(known["version"]),
                "timestamp": self.stamp,
                "comment": "",
                "Attribute": attributes,
                "ObjectReference": [
                    {
                        "uuid": self.uuid("reference", key, kind, other),
                        "object_uuid": uuid,
                        "referenced_uuid": self.uuids[other],
                        "relationship_type": kind,
                        "comment": "",
                        "timestamp": self.stamp,
                    }
                    for kind, other in dict.fromkeys(references)
                    if other in self.uuids
                ],
            }
        )


_CATEGORIES = {"link": "External analysis", "sha256": "External analysis", "ip-dst|port": "Network activity"}


def _day(value: date) -> str:
    return f"{value.isoformat()}T00:00:00+00:00"


def _moment(value: datetime) -> str:
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _credibility(claim: Claim, corroborated: frozenset[str]) -> str:
    confidence = stix_tables()["confidence"]["rung"].get(claim.hedge.rung.value)
    if confidence is None or claim.turned:
        return "6"
    value = [row["value"] for row in tables()["credibility"] if row["from"] <= confidence][-1]
    return "1" if value == "2" and claim.id in corroborated else str(value)


def corroborated(assessments: Iterable[Assessment]) -> frozenset[str]:
    """Claims behind which two or more independent origins stand."""
    return frozenset(
        claim
        for one in assessments
        if one.kind is AssessmentKind.CORROBORATION and len(one.origins.roots) > 1
        for claim in one.claims
    )


def add_document(event: Event, document: Document, report: Report | None) -> None:
    """A document, and what was read from it."""
    bare = replace(document, text="", links=())
    record = replace(report, document=bare, mentions=()) if report else bare
    fields = [
        ("title", document.title or document.name),
        ("link", document.url if sound_url(document.url) else ""),
        ("publisher", document.publisher),
        ("published", _day(document.published)),
        ("sha256", document.sha256),
        ("language", document.language),
        ("note", "yes" if document.note else ""),
    ]
    letter = dict(event.package.grades).get(document.publisher)
    tags = {"publisher": [reliability(letter)]} if letter else {}
    event.object("geppo-document", document.sha256, document.marking, fields, record, tags)


def add_claim(event: Event, claim: Claim, known: frozenset[str], url: str) -> None:
    """A claim, its document behind it."""
    count = claim.count
    fields = [
        ("subject", claim.subject.name),
        ("predicate", claim.predicate.value),
        ("object", claim.object.name if claim.object else ""),
        ("negated", "yes" if claim.negated else ""),
        ("hedge", claim.hedge.rung.value),
        ("hedge-text", claim.hedge.text),
        ("source-confidence", claim.hedge.grade.value if claim.hedge.grade else ""),
        ("publisher", claim.publisher),
        *(("voice", voice) for voice in claim.voices),
        ("published", _day(claim.published)),
        ("happened", claim.when.iso() if claim.when else ""),
        ("count", f"{count.bound.value} {count.value:g} {count.unit.name}" if count else ""),
        ("passage", claim.passage.text),
        ("passage-place", f"{claim.passage.start}-{claim.passage.end}"),
        ("link", url if sound_url(url) else ""),
    ]
    tags = {"predicate": [f'admiralty-scale:information-credibility="{_credibility(claim, known)}"']}
    references = [("derived-from", claim.passage.document)]
    event.object("geppo-claim", claim.id, event.marking[claim.id], fields, claim, tags, references)


def add_assessment(event: Event, assessment: Assessment, marking: Tlp) -> None:
    """A judgement of ours; likelihood and confidence are two attributes with two tags."""
    stated = assessment.likelihood if assessment.get("word") != _INSUFFICIENT else None
    confidence = assessment.confidence
    fields = [
        ("kind", assessment.kind.value),
        *(("subject", term.name) for term in assessment.subjects),
        ("likelihood", stated.word.value if stated else ""),
        ("likelihood-range", f"{round(stated.low * 100)}-{round(stated.high * 100)} %" if stated else ""),
        ("confidence", confidence.value if confidence else ""),
        *(
            (
                "evidence",
                f"{one.kind} {one.value}: {one.weight:+.2f} bits{'' if one.used else ' (unused)'}; {one.reason}",
            )
            for one in assessment.evidence
        ),
        *(("would-change", name) for name, _ in assessment.would_change),
    ]
    tags: dict[str, list[str]] = {}
    if stated:
        word = tables()["estimative"][stated.word.value]
        tags["likelihood"] = [f'estimative-language:likelihood-probability="{word}"']
    if confidence:
        tags["confidence"] = [f'estimative-language:confidence-in-analytic-judgment="{confidence.value}"']
    references = [("based-on", one) for one in assessment.claims]
    record = replace(assessment, likelihood=stated)
    event.object("geppo-assessment", assessment.id, marking, fields, record, tags, references)


def add_story(event: Event, story: Story, heading: str, marking: Tlp) -> None:
    """A story and what belongs to it."""
    fields = [
        ("theme", story.theme),
        ("rank", story.rank),
        ("heading", heading),
        *(("subject", term.name) for term in story.subjects),
    ]
    references = [("includes", one) for one in (*story.reports, *story.claims, *story.assessments)]
    event.object("geppo-story", story.id, marking, fields, story, references=references)


def add_telemetry(event: Event) -> None:
    """Findings in our own records. A member of a network is for detection only where the network is no benign kind."""
    marking = event.package.telemetry_marking
    for network in event.package.networks:
        event.object("geppo-relay-network", network.id, marking, _network(network), network)
    for host in event.package.hosts:
        key = f"{host.host} {host.role.value} {_moment(host.first_seen)}"
        event.object("geppo-host", key, marking, _host(host), host)
    for one in event.package.sightings:
        key = f"{one.network} {one.counted} {one.rule} {one.vantage} {_moment(one.first_seen)}"
        event.object("geppo-sighting", key, marking, _sighting(one), one)


def _network(network: RelayNetwork) -> list[tuple[str, Any]]:
    members = sorted({f"{one.ip}|{one.port}" for one in network.members})
    seen = [one.first_seen for one in network.members] + [one.last_seen for one in network.members]
    return [
        ("network", network.id),
        ("class", network.kind.value),
        ("likelihood", network.likelihood.word.value),
        ("confidence", network.confidence.value),
        *(("member", one) for one in members),
        *(("fingerprint", f"{one.kind} {one.value}") for one in network.fingerprints),
        ("first-seen", _moment(min(seen)) if seen else ""),
        ("last-seen", _moment(max(seen)) if seen else ""),
    ]


def _host(host: HostFinding) -> list[tuple[str, Any]]:
    return [
        ("host", host.host),
        ("role", host.role.value),
        ("likelihood", host.likelihood.word.value),
        ("confidence", host.confidence.value),
        ("first-seen", _moment(host.first_seen)),
        ("last-seen", _moment(host.last_seen)),
    ]


def _sighting(one: Sighting) -> list[tuple[str, Any]]:
    return [
        ("network", one.network),
        ("count", one.value),
        ("counted", one.counted),
        ("rule", one.rule),
        ("vantage", one.vantage),
        ("first-seen", _moment(one.first_seen)),
        ("last-seen", _moment(one.last_seen)),
    ]


def _attribute(event: Event, value: Value) -> Record:
    rows = tables()["attributes"]
    otherwise = tables()["otherwise"]
    key = f"{value.type.value} {value.of}".strip()
    type_, category = rows.get(key, (otherwise["type"], otherwise["category"]))
    names = (*value.subjects(Kind.INTRUSION_SET), *value.subjects(Kind.MALWARE))
    comment = "; ".join(part for part in (value.reason, ", ".join(names)) if part)
    return event.attribute(
        (value.type.value, value.of, value.value),
        type_,
        category,
        value.value,
        to_ids=value.alarm,
        comment=_words(comment),
        first_seen=_day(value.first),
        last_seen=_day(value.last),
        Tag=[tag(tlp(value.marking))],
    )


def _galaxies(package: Package) -> list[str]:
    """Names of whom somebody asserts something; nobody is tagged for what is denied."""
    galaxies, targeted = tables()["galaxies"], tables()["targeted"]
    found: set[str] = set()
    for claim in package.issue.month.claims:
        if claim.turned:
            continue
        for term in (claim.subject, *([claim.object] if claim.object else [])):
            galaxy = galaxies.get(term.kind.value)
            if term.kind is Kind.LOCATION and claim.predicate.value in targeted["predicates"] and term is claim.object:
                galaxy = targeted["galaxy"]
            if galaxy:
                found.add(f'misp-galaxy:{galaxy}="{_words(term.name).replace(chr(34), "")}"')
    return sorted(found)


def _most_closed(package: Package) -> Tlp:
    markings = list(markings_of(package).values())
    if package.networks or package.hosts or package.sightings:
        markings.append(package.telemetry_marking)
    return max(markings, default=Tlp.CLEAR)


def _reports(event: Event) -> list[Record]:
    return [
        {
            "uuid": event.uuid("report", edition.kind.value, edition.language),
            "name": _words(f"{edition.title} ({edition.kind.value}, {edition.language})"),
            "content": markdown(edition).encode("utf-8", "replace").decode("utf-8").replace("\x00", ""),
            "distribution": tables()["distribution_of_reports"],
            "timestamp": event.stamp,
        }
        for edition in event.package.issue.editions
    ]


def headings(package: Package) -> dict[str, str]:
    """What the issue calls its stories, in English where there is English."""
    found: dict[str, str] = {}
    for edition in sorted(package.issue.editions, key=lambda one: (one.language != "en", one.language, one.kind)):
        for section in edition.sections:
            found.setdefault(section.story, section.heading)
    return found


def _parts(event: Event) -> None:
    package, month = event.package, event.package.issue.month
    reports = {report.id: report for report in package.reports}
    urls = {document.sha256: document.url for document in month.documents}
    frame = Frame.of(package)
    fields = [("period", frame.period), ("as-of", _moment(frame.as_of)), ("organisation", frame.organisation)]
    event.object("geppo-issue", "issue", _most_closed(package), fields, frame)
    for document in month.documents:
        add_document(event, document, reports.get(document.sha256))
    known = corroborated(month.assessments)
    for claim in month.claims:
        add_claim(event, claim, known, urls.get(claim.passage.document, ""))
    named = headings(package)

    def closed(*ids: str) -> Tlp:
        return max((event.marking[one] for one in ids if one in event.marking), default=Tlp.CLEAR)

    for assessment in month.assessments:
        origins = (*assessment.origins.roots, *assessment.origins.repeats)
        add_assessment(event, assessment, closed(*assessment.claims, *origins))
    for story in month.stories:
        add_story(event, story, named.get(story.id, ""), closed(*story.claims, *story.reports, *story.origins))
    add_telemetry(event)


def event_of(package: Package) -> Record:
    """The package as the object behind `Event`."""
    month = package.issue.month
    marking = _most_closed(package)
    event = Event(package, "\x1f".join((package.organisation.casefold(), str(month.period), marking.label)))
    _parts(event)
    known = month.as_of if month.as_of.tzinfo else month.as_of.replace(tzinfo=UTC)
    tags = [tlp(marking), *tables()["event_tags"], *_galaxies(package)]
    return {
        "uuid": event.uuid("event"),
        "info": _words(f"{package.organisation}: {month.period}") or str(month.period),
        "date": known.astimezone(UTC).date().isoformat(),
        "analysis": tables()["analysis"],
        "threat_level_id": tables()["threat_level_id"],
        "distribution": tables()["distribution"],
        "published": True,
        "timestamp": event.stamp,
        "publish_timestamp": event.stamp,
        "Orgc": {
            "name": _words(package.organisation) or "geppo",
            "uuid": str(stable_uuid("misp", "organisation", package.organisation.casefold())),
        },
        "Tag": [tag(name) for name in tags],
        "Attribute": [_attribute(event, value) for value in _values.values(package)],
        "Object": event.objects,
        "EventReport": _reports(event),
    }
