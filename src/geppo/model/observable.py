"""Values found in a text. An observable is a value; an indicator would be a value with a reason to detect on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ObservableType(StrEnum):
    """Kinds of values, by the names of the command contract."""

    IPV4 = "ipv4"
    IPV6 = "ipv6"
    DOMAIN = "domain"
    URL = "url"
    EMAIL = "email"
    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    CVE = "cve"
    TECHNIQUE = "technique"
    ASN = "asn"
    CRYPTOCURRENCY = "cryptocurrency"
    FILENAME = "filename"
    PATH = "path"


class Verdict(StrEnum):
    """What a value is taken for. Nothing is dropped: a harmless value comes back with that verdict."""

    MALICIOUS = "malicious"
    REFERENCE = "reference"
    PUBLISHER_OWN = "publisher-own"
    VERSION_NUMBER = "version-number"
    FILE_NAME = "file-name"
    CLOCK_TIME = "clock-time"
    STATED_BENIGN = "stated-benign"
    INFRASTRUCTURE_COMMON = "infrastructure-common"
    RESERVED = "reserved"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observable:
    """One value at one place. `start` and `end` are character offsets into the text as read; `value` is re-fanged."""

    type: ObservableType
    value: str
    start: int
    end: int
    defanged: bool
    verdict: Verdict
    reason: str
