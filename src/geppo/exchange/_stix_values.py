"""Values in STIX: an observable for each, an indicator only where there is a reason to detect on it."""

from __future__ import annotations

from typing import Any

from geppo.config import Settings
from geppo.exchange import _values
from geppo.exchange._sound import encoded_url
from geppo.exchange._stix_bundle import Bundle, midnight, object_of, observable_of, printable, tables
from geppo.exchange._stix_claims import source_of
from geppo.exchange._values import Value
from geppo.model.entity import Kind, Term
from geppo.model.marking import Tlp
from geppo.model.observable import ObservableType

_INDICATED = frozenset((Kind.INTRUSION_SET, Kind.MALWARE, Kind.TOOL, Kind.CAMPAIGN, Kind.INFRASTRUCTURE))


def add_values(bundle: Bundle, settings: Settings) -> None:
    """All values of the package, each named by the reports that print it."""
    for value in _values.values(bundle.package):
        made = _object(bundle, value)
        if made is None:
            continue
        refs = [made]
        if value.alarm and _pattern(value) and made in bundle.objects and made.partition("--")[0] not in _NAMED:
            refs.append(_indicator(bundle, value, made, settings))
        for document, _ in value.sources:
            closed_out = document.marking < value.marking
            bundle.said.setdefault(document.sha256, []).extend(refs[:1] if closed_out else refs)


_NAMED = frozenset(("vulnerability", "attack-pattern"))


def _object(bundle: Bundle, value: Value) -> str | None:
    if value.type is ObservableType.CVE:
        return object_of(bundle, Term(kind=Kind.VULNERABILITY, id=f"cve/{value.value}", name=value.value))
    if value.type is ObservableType.TECHNIQUE:
        reference = {"source_name": "mitre-attack", "external_id": value.value}
        return bundle.add(
            "AttackPattern",
            id=bundle.id("attack-pattern", value.value),
            name=value.value,
            external_references=[reference],
            **bundle.named(object_marking_refs=bundle.marked(value.openest)),
        )
    if value.of not in ("", "certificate"):
        return None
    kind = f"certificate-{value.type.value}" if value.of else value.type.value
    term = Term(kind=Kind.OBSERVABLE, id=f"{kind}/{value.value}", name=value.value)
    return observable_of(bundle, term, bundle.marked(value.openest))


def _pattern(value: Value) -> str:
    """The STIX pattern of a value, or an empty text where none fits its type."""
    path = _values.tables()["patterns"].get(f"{value.type.value} {value.of}".strip(), "")
    written = encoded_url(value.value) if value.type is ObservableType.URL else value.value
    quoted = written.replace("\\", "\\\\").replace("'", "\\'")
    return f"[{path} = '{quoted}']" if path and quoted else ""


def _indicator(bundle: Bundle, value: Value, observable: str, settings: Settings) -> str:
    rules = _values.tables()
    until = value.valid_until(settings)
    confidence = tables()["confidence"]["rung"]
    rungs = [confidence.get(claim.hedge.rung.value, 0) for claim in value.claims if not claim.turned]
    made = bundle.ours(value.marking) | {"created": midnight(value.first)}
    opencti: dict[str, Any] = {}
    if bundle.profile.opencti:
        opencti = {
            "x_opencti_main_observable_type": rules["opencti_types"].get(value.type.value),
            "x_opencti_score": max(rungs, default=confidence["reported"]) or None,
        }
    id_ = bundle.add(
        "Indicator",
        id=bundle.id("indicator", value.type.value, value.of, value.value),
        name=printable(value.value),
        description=printable(value.reason),
        indicator_types=[rules["indicator_types"].get(value.role.value, "malicious-activity")],
        pattern=_pattern(value),
        pattern_type="stix",
        valid_from=midnight(value.first),
        valid_until=midnight(until) if until else None,
        confidence=max(rungs, default=confidence["reported"]),
        external_references=[source_of(document) for document, _ in value.sources],
        labels=bundle.labelled(value.marking),
        **opencti,
        **made,
    )
    _join(bundle, bundle.profile.indicator_relation, id_, observable, value.marking)
    for claim in value.claims:
        target = object_of(bundle, claim.subject) if claim.subject.kind in _INDICATED and not claim.turned else None
        if target:
            _join(bundle, "indicates", id_, target, value.marking)
    return id_


def _join(bundle: Bundle, kind: str, source: str, target: str, marking: Tlp) -> None:
    bundle.add(
        "Relationship",
        id=bundle.id("relationship", kind, source, target),
        relationship_type=kind,
        source_ref=source,
        target_ref=target,
        labels=bundle.labelled(marking),
        **bundle.ours(marking),
    )
