"""STIX 2.1 bundles and MISP events as text: descriptions as they stand, relations as sentences, values as a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from geppo import linear
from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Fetched
from geppo.read.text import _forms
from geppo.read.text._page import Page
from geppo.read.text._records import day, rows, sayings, sentence, text

_VALUE = linear.compile(r"[a-z0-9-]+:[A-Za-z0-9_.'-]+ *= *'((?:[^'\\]|\\.)*)'")


def is_stix(raw: Mapping[str, Any]) -> bool:
    """True for a bundle."""
    return raw.get("type") == "bundle" and isinstance(raw.get("objects"), list)


def stix(raw: Mapping[str, Any], fetched: Fetched, settings: Settings) -> Page:
    """A bundle: its report, notes and opinions, what has a description, relations, values of indicators."""
    del settings
    objects = {text(one, "id"): one for one in rows(raw, "objects") if text(one, "id")}
    report = next((one for one in objects.values() if one.get("type") in ("report", "grouping")), None)
    published = text(report, "published") or max(
        (text(one, "modified") or text(one, "created") for one in objects.values()), default=""
    )
    if day(published) is None:
        raise InputError("no-date", f"{fetched.name}: expected a report with `published`, or objects with `created`.")
    identities = [one for one in objects.values() if one.get("type") == "identity"]
    author = objects.get(text(report, "created_by_ref")) or (identities[0] if len(identities) == 1 else None)
    links = [text(one, "url") for held in objects.values() for one in rows(held, "external_references")]
    return Page(
        text="\n\n".join(_told(report, objects)),
        media_type="application/json",
        title=text(report, "name"),
        publisher=text(author, "name"),
        url=next((text(one, "url") for one in rows(report, "external_references") if text(one, "url")), ""),
        language=text(report, "lang").partition("-")[0],
        published=published[:10],
        links=tuple(dict.fromkeys(link for link in links if link)),
        marking=_forms.marking(raw, ["objects.*.object_marking_refs.*"]),
    )


def _told(report: Mapping[str, Any] | None, objects: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    if report is not None:
        yield f"# {text(report, 'name')}"
        yield text(report, "description")
    for one in objects.values():
        if one.get("type") in ("note", "opinion"):
            yield text(one, "content") or text(one, "explanation")
    for one in objects.values():
        described = text(one, "description")
        if described and one is not report and one.get("type") not in ("relationship", "indicator"):
            yield f"## {text(one, 'name')}\n\n{described}"
    yield " ".join(filter(None, (_relation(one, objects) for one in objects.values())))
    values = [value for one in objects.values() for value in _values(one)]
    if values:
        yield f"## {sayings()['stix']['indicators']}\n\n" + "\n".join(dict.fromkeys(values))


def _relation(one: Mapping[str, Any], objects: Mapping[str, Mapping[str, Any]]) -> str:
    if one.get("type") != "relationship":
        return ""
    verb = sayings()["relations"].get(text(one, "relationship_type"), "")
    ends = [objects.get(text(one, name), {}) for name in ("source_ref", "target_ref")]
    names = [_named(end) for end in ends]
    if not verb or not all(names):
        return ""
    told = f"{names[0]} {verb} {names[1]}."
    return " ".join(filter(None, (told[0].upper() + told[1:], sentence(text(one, "description")))))


def _named(one: Mapping[str, Any]) -> str:
    name = text(one, "name") or text(one, "value")
    kind = text(one, "type")
    if kind == "indicator":
        return ""
    return f"{sayings()['stix'].get(kind, '')}{name}" if name else ""


def _values(one: Mapping[str, Any]) -> Iterator[str]:
    """Values of an indicator's comparisons, or of an observable object."""
    kind = text(one, "type")
    if kind == "indicator" and text(one, "pattern_type") in ("", "stix"):
        for match in _VALUE.finditer(text(one, "pattern")):
            yield match.group(1).replace("\\'", "'").replace("\\\\", "\\")
    elif kind == "file" and isinstance(one.get("hashes"), Mapping):
        yield from (value for value in one["hashes"].values() if isinstance(value, str))
    elif kind in ("ipv4-addr", "ipv6-addr", "domain-name", "url", "email-addr"):
        yield text(one, "value")


def is_misp(raw: Mapping[str, Any]) -> bool:
    """True for one event, bare or in the answer of an instance."""
    return isinstance(_event(raw), Mapping)


def _event(raw: Mapping[str, Any]) -> Mapping[str, Any] | None:
    answer = raw.get("response")
    if isinstance(answer, list) and len(answer) == 1 and isinstance(answer[0], Mapping):
        raw = answer[0]
    event = raw.get("Event")
    if isinstance(event, Mapping):
        return event
    return raw if "info" in raw and isinstance(raw.get("Attribute"), list) else None


def misp(raw: Mapping[str, Any], fetched: Fetched, settings: Settings) -> Page:
    """An event: its event reports, named galaxies, comments, then the values, those to detect on apart."""
    del settings
    event = _event(raw) or {}
    published = text(event, "date")
    if day(published) is None:
        raise InputError("no-date", f"{fetched.name}: expected the event's `date` as YYYY-MM-DD.")
    attributes = [*rows(event, "Attribute")]
    attributes += [one for thing in rows(event, "Object") for one in rows(thing, "Attribute")]
    return Page(
        text="\n\n".join(filter(None, _event_told(event, attributes))),
        media_type="application/json",
        title=text(event, "info"),
        publisher=text(event, "Orgc", "name") or text(event, "Org", "name"),
        published=published,
        links=tuple(text(one, "value") for one in attributes if text(one, "type") == "link"),
        marking=_forms.marking(event, ["Tag.*.name", "Attribute.*.Tag.*.name", "Object.*.Attribute.*.Tag.*.name"]),
    )


def _event_told(event: Mapping[str, Any], attributes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    said = sayings()["misp"]
    yield f"# {text(event, 'info')}"
    yield from (text(one, "content") for one in rows(event, "EventReport"))
    named = []
    for galaxy in rows(event, "Galaxy"):
        form = said["galaxies"].get(text(galaxy, "type"), "")
        named += [form.format(name=text(one, "value")) for one in rows(galaxy, "GalaxyCluster") if form]
    yield " ".join(named)
    yield from (sentence(text(one, "value")) for one in attributes if text(one, "type") in ("text", "comment"))
    for heading, wanted in ((said["indicators"], True), (said["context"], False)):
        values = [
            f"{part} ({' '.join(text(one, 'comment').split())})" if text(one, "comment") else part
            for one in attributes
            if text(one, "type") in said["values"] and bool(one.get("to_ids")) is wanted
            for part in text(one, "value").split("|")
        ]
        if values:
            yield f"## {heading}\n\n" + "\n".join(dict.fromkeys(values))
