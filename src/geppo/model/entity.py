"""Names and other typed things that a claim can speak about."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Kinds of things, STIX 2.1 names where STIX has one."""

    INTRUSION_SET = "intrusion-set"
    MALWARE = "malware"
    TOOL = "tool"
    CAMPAIGN = "campaign"
    INFRASTRUCTURE = "infrastructure"
    VULNERABILITY = "vulnerability"
    IDENTITY = "identity"
    LOCATION = "location"
    SECTOR = "sector"
    PRODUCT = "product"
    AGREEMENT = "agreement"
    OBSERVABLE = "observable"
    CONCEPT = "concept"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A name at a place in a text. A name found is not a statement.

    `surface` is what stands there; `name` is the printed form without inflection; `id` is the catalogue's, or
    `new:<name>` for a name that no catalogue holds, or empty where readings conflict.
    """

    kind: Kind
    id: str
    name: str
    surface: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Term:
    """A typed argument of a claim.

    `id` identifies the thing (catalogue id, term id, `new:…`); `name` is how the document prints it. Two terms mean
    the same thing only if their ids are equal, or the catalogue says so when claims are read.
    """

    kind: Kind
    id: str
    name: str
