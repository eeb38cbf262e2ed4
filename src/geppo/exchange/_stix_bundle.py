"""The frame of a STIX bundle: ids, texts, markings, and the object that stands for a name.

Names are never merged: no object has aliases. The library is imported only when the first object is made.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib import resources
from typing import Any

from geppo.errors import InputError, UsageError
from geppo.exchange._ids import stable_id
from geppo.exchange._package import Package, markings_of
from geppo.exchange._record import plain
from geppo.exchange._sound import encoded_url
from geppo.model.claim import Claim
from geppo.model.edition import Issue
from geppo.model.entity import Kind, Term
from geppo.model.marking import Tlp
from geppo.model.report import Document

EXTENSION_VERSION = "2.0.0"

_SAME_TYPE = frozenset(
    (Kind.INTRUSION_SET, Kind.MALWARE, Kind.TOOL, Kind.CAMPAIGN, Kind.INFRASTRUCTURE, Kind.VULNERABILITY)
)
_HASHES = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256", "sha512": "SHA-512", "ssdeep": "SSDEEP"}
_CERTIFICATE = "certificate-"
_VALUES = {"ipv4": "IPv4Address", "ipv6": "IPv6Address", "domain": "DomainName", "url": "URL", "email": "EmailAddress"}


@lru_cache(maxsize=1)
def tables() -> Mapping[str, Any]:
    """The tables of stix.toml."""
    return tomllib.loads(resources.files("geppo.exchange").joinpath("stix.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=64)
def _fits(predicate: str) -> tuple[tuple[frozenset[str], str, frozenset[str]], ...]:
    rows = (row.split("|") for row in tables()["relationships"].get(predicate, ()))
    return tuple((frozenset(left.split()), name.strip(), frozenset(right.split())) for left, name, right in rows)


def relationship_type(predicate: str, source: str, target: str) -> str:
    """The STIX relationship for a predicate between two object types; `related-to` where none is suggested."""
    for sources, name, targets in _fits(predicate):
        if source in sources and target in targets:
            return name
    return "related-to"


def midnight(day: date) -> str:
    """The first moment of a day in UTC, as STIX writes it."""
    return f"{day.isoformat()}T00:00:00.000Z"


def moment(value: datetime) -> str:
    """A moment as STIX writes it; one without a zone is taken as UTC."""
    utc = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03d}Z"


def printable(text: str, fallback: str = "unknown") -> str:
    """Text without lone surrogates, and never empty: STIX texts must hold something."""
    return text.encode("utf-8", "replace").decode("utf-8").strip() or fallback


def clean(value: Any) -> Any:
    """Texts inside lists and objects without lone surrogates."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [clean(one) for one in value]
    if isinstance(value, dict):
        return {name: clean(one) for name, one in value.items()}
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How a consumer wants it: one row of `[profile]` in stix.toml, which explains the fields."""

    name: str
    uuid_version: int
    markings: str
    language_content: bool
    labels: bool
    opencti: bool
    indicator_relation: str


def profile(name: str) -> Profile:
    """The profile of a consumer. Raises UsageError for a name that stix.toml does not have."""
    rows = tables()["profile"]
    if name not in rows:
        raise UsageError(f"no STIX profile {name!r}; expected one of {', '.join(sorted(rows))}")
    return Profile(name=name, **rows[name])


def extension_id(version: int) -> str:
    """Id of our extension in a layout of UUIDs."""
    return stable_id("extension-definition", EXTENSION_VERSION, version=version)


@dataclass(slots=True)
class Bundle:
    """The objects so far, by id, and what is known of the month."""

    package: Package
    profile: Profile
    objects: dict[str, Any] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    names: dict[str, Counter[str]] = field(default_factory=dict)
    openest: dict[str, Tlp] = field(default_factory=dict)
    classes: dict[str, set[str]] = field(default_factory=dict)
    orbs: dict[str, Tlp] = field(default_factory=dict)
    said: dict[str, list[str]] = field(default_factory=dict)
    of_claim: dict[str, str] = field(default_factory=dict)
    of_assessment: dict[str, str] = field(default_factory=dict)
    markings: set[Tlp] = field(default_factory=set)
    marking: dict[str, Tlp] = field(default_factory=dict)
    grades: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """What is known of a name comes from the most open claims alone: its object is marked as they are."""
        self.documents = {document.sha256: document for document in self.issue.month.documents}
        self.marking = markings_of(self.package)
        self.grades = dict(self.package.grades)
        claims = self.issue.month.claims
        for claim in claims:
            for term in (claim.subject, *([claim.object] if claim.object else [])):
                key = key_of(term)
                self.openest[key] = min(self.openest.get(key, Tlp.RED), self.marking[claim.id])
        for claim in claims:
            for term in (claim.subject, *([claim.object] if claim.object else [])):
                key = key_of(term)
                if self.marking[claim.id] is self.openest[key]:
                    self.names.setdefault(key, Counter())[printable(term.name)] += 1
            if claim.object and not claim.turned:
                self._classified(claim, claim.object)

    def _classified(self, claim: Claim, object_: Term) -> None:
        key, types = key_of(claim.subject), tables()["infrastructure_types"]
        if object_.id in types and self.marking[claim.id] is self.openest[key]:
            self.classes.setdefault(key, set()).add(types[object_.id])
        if object_.id in tables()["orb"]["classes"]:
            self.orbs[key] = min(self.orbs.get(key, Tlp.RED), self.marking[claim.id])

    def closed(self, *ids: str) -> list[Tlp]:
        """Markings of claims and of documents, by id."""
        return [self.marking[one] for one in ids if one in self.marking]

    @property
    def issue(self) -> Issue:
        """The issue that goes out."""
        return self.package.issue

    @property
    def organisation(self) -> str:
        """Who signs."""
        return self.package.organisation

    def id(self, type_: str, *parts: str) -> str:
        """The id of a thing in the profile's layout."""
        return stable_id(type_, *parts, version=self.profile.uuid_version)

    @property
    def us(self) -> str:
        """Id of our own identity."""
        return self.id("identity", "us", self.organisation.casefold())

    @property
    def extension(self) -> str:
        """Id of our extension."""
        return extension_id(self.profile.uuid_version)

    def add(self, kind: str, **properties: Any) -> str:
        """Make an object with the library, keep it, and return its id. Raises InputError where it is no valid STIX."""
        import stix2
        from stix2.exceptions import STIXError

        if properties.get("id") in self.objects:
            return str(properties["id"])
        given = {name: value for name, value in properties.items() if value not in (None, "", [], {})}
        try:
            made = getattr(stix2.v21, kind)(allow_custom=self.profile.opencti, **given)
        except STIXError as error:
            raise InputError("stix", f"{kind} {properties.get('id', '')}: no valid STIX 2.1: {error}") from error
        self.objects[made["id"]] = made
        return str(made["id"])

    def marked(self, *markings: Tlp) -> list[str]:
        """References to the most closed of the markings, which the bundle then carries."""
        closed = max(markings, default=Tlp.CLEAR)
        self.markings.add(closed)
        return [f"marking-definition--{one}" for one in tables()["markings"][self.profile.markings][closed.label]]

    def labelled(self, *markings: Tlp, others: tuple[str, ...] = ()) -> list[str] | None:
        """Labels of an object: the TLP as MISP writes its tags, and further ones; None where the profile wants none."""
        if not self.profile.labels:
            return list(others) or None
        return [max(markings, default=Tlp.CLEAR).label.lower(), *others]

    def named(self, **properties: Any) -> dict[str, Any]:
        """Properties of an object that keeps its id and time of creation over all months."""
        return {
            "created_by_ref": self.us,
            "created": tables()["first_created"],
            "modified": moment(self.issue.month.as_of),
            **properties,
        }

    def ours(self, *markings: Tlp) -> dict[str, Any]:
        """Properties of what we say in this issue."""
        created = midnight(self.issue.month.period.span.start)
        return {
            "created_by_ref": self.us,
            "created": created,
            "modified": max(created, moment(self.issue.month.as_of)),
            "object_marking_refs": self.marked(*markings),
        }

    def publisher(self, name: str) -> str:
        """The identity of a publisher."""
        id_ = self.id("identity", "publisher", name.casefold())
        same = (one for house, one in self.package.grades if house.casefold() == name.casefold())
        letter = next(same, "")
        theirs = {"x_opencti_reliability": tables()["opencti_reliability"][letter]} if letter else {}
        return self.add(
            "Identity",
            id=id_,
            name=printable(name),
            identity_class="organization",
            labels=[reliability(letter)] if letter else None,
            **(theirs if self.profile.opencti else {}),
            **self.named(object_marking_refs=self.marked(Tlp.CLEAR)),
        )

    def extended(self, record_type: str, record: Any, **values: Any) -> dict[str, Any]:
        """Our extension: the values that are there, and the model's record."""
        given = {name: clean(value) for name, value in values.items() if value not in (None, "", [], ())}
        ours = {"extension_type": "property-extension", "record_type": record_type, "record": plain(record)}
        return {self.extension: {**ours, **given}}


def reliability(letter: str) -> str:
    """The tag of MISP's taxonomy for the reliability of a source."""
    return f'admiralty-scale:source-reliability="{letter.lower()}"'


def key_of(term: Term) -> str:
    return f"{term.kind.value} {term.id or 'name:' + term.name.casefold()}"


def _most_printed(names: Counter[str]) -> str:
    return min(names, key=lambda name: (-names[name], not name.isascii(), name))


def observable_of(bundle: Bundle, term: Term, marks: list[str]) -> str | None:
    """The cyber-observable of a value; None where STIX has none or the value is none."""
    kind, _, value = term.id.partition("/")
    try:
        if kind == "url":
            value = encoded_url(value)
        if kind in _VALUES and value:
            return bundle.add(_VALUES[kind], value=value, object_marking_refs=marks)
        if kind in _HASHES:
            return bundle.add("File", hashes={_HASHES[kind]: value}, object_marking_refs=marks)
        if kind == "filename":
            return bundle.add("File", name=value, object_marking_refs=marks)
        if kind == "registry-key":
            return bundle.add("WindowsRegistryKey", key=value, object_marking_refs=marks)
        if kind == "mutex":
            return bundle.add("Mutex", name=value, object_marking_refs=marks)
        if kind == "telegram":
            return bundle.add("UserAccount", account_login=value, account_type="telegram", object_marking_refs=marks)
        if kind == "certificate-serial":
            return bundle.add("X509Certificate", serial_number=value, object_marking_refs=marks)
        if kind.removeprefix(_CERTIFICATE) in _HASHES:
            hashes = {_HASHES[kind.removeprefix(_CERTIFICATE)]: value}
            return bundle.add("X509Certificate", hashes=hashes, object_marking_refs=marks)
        if kind == "asn":
            number = int(value.upper().removeprefix("AS"))
            return bundle.add("AutonomousSystem", number=number, object_marking_refs=marks)
    except ValueError:
        return None
    return None


def _location(bundle: Bundle, term: Term, common: dict[str, Any]) -> str | None:
    code = term.id.rpartition("/")[2]
    region = tables()["regions"].get(code)
    if region:
        return bundle.add("Location", region=region, **common)
    if len(code) == 2 and code.isascii() and code.isalpha() and code.isupper():
        return bundle.add("Location", country=code, **common)
    return None


def object_of(bundle: Bundle, term: Term | None) -> str | None:
    """The STIX object that stands for a term; None where STIX has none (agreements, concepts, plain text)."""
    if term is None:
        return None
    key = key_of(term)
    marks = bundle.marked(bundle.openest.get(key, Tlp.CLEAR))
    if term.kind is Kind.OBSERVABLE:
        return observable_of(bundle, term, marks)
    name = _most_printed(bundle.names.get(key, Counter([printable(term.name)])))
    kind = term.kind
    if kind is Kind.PRODUCT:
        return bundle.add("Software", name=name, object_marking_refs=marks)
    common = bundle.named(name=name, object_marking_refs=marks)
    if kind is Kind.LOCATION:
        return _location(bundle, term, {"id": bundle.id("location", key), **common})
    if kind is Kind.SECTOR:
        sector = tables()["sectors"].get(term.id.rpartition("/")[2])
        sectors = [sector] if sector else []
        return bundle.add("Identity", id=bundle.id("identity", key), identity_class="class", sectors=sectors, **common)
    if kind is Kind.IDENTITY:
        known = next(
            (document.publisher for document in bundle.issue.month.documents if document.publisher == name), ""
        )
        if known:
            return bundle.publisher(known)
        return bundle.add("Identity", id=bundle.id("identity", key), identity_class="organization", **common)
    if kind not in _SAME_TYPE:
        return None
    if kind is Kind.MALWARE:
        common["is_family"] = True
    if kind is Kind.INFRASTRUCTURE:
        common["infrastructure_types"] = sorted(bundle.classes.get(key, ()))
    if kind is Kind.VULNERABILITY and name.upper().startswith("CVE-"):
        common["external_references"] = [{"source_name": "cve", "external_id": name.upper()}]
    library_name = "".join(part.capitalize() for part in kind.value.split("-"))
    return bundle.add(library_name, id=bundle.id(kind.value, key), **common)
