"""Values found in a text. An observable is a value; an indicator would be a value with a reason to detect on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ObservableType(StrEnum):
    """Kinds of values, by the names of the command contract; those from SHA512 on came after it.

    PATH is the path of an address, FILE_PATH one of a file system. A fingerprint of a certificate keeps the type of its
    hash and is marked in `detail`; a serial number is no hash. JA3 holds JA3 and JA3S, JA4 the whole family. TELEGRAM
    is an account.
    """

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
    SHA512 = "sha512"
    SSDEEP = "ssdeep"
    CERTIFICATE_SERIAL = "certificate-serial"
    JARM = "jarm"
    JA3 = "ja3"
    JA4 = "ja4"
    FILE_PATH = "file-path"
    REGISTRY_KEY = "registry-key"
    MUTEX = "mutex"
    USER_AGENT = "user-agent"
    TELEGRAM = "telegram"


class Verdict(StrEnum):
    """What a value is taken for. Nothing is dropped: a harmless value comes back with that verdict.

    VICTIM: the text says that the value is a victim's, or a lawful one that was broken into.
    """

    MALICIOUS = "malicious"
    REFERENCE = "reference"
    PUBLISHER_OWN = "publisher-own"
    VERSION_NUMBER = "version-number"
    FILE_NAME = "file-name"
    CLOCK_TIME = "clock-time"
    STATED_BENIGN = "stated-benign"
    INFRASTRUCTURE_COMMON = "infrastructure-common"
    VICTIM = "victim"
    RESERVED = "reserved"
    UNKNOWN = "unknown"


class Role(StrEnum):
    """What a value was used for, by the words around it. PAYLOAD is a file; DOWNLOAD is where one is fetched."""

    NONE = ""
    C2 = "c2"
    PAYLOAD = "payload"
    DOWNLOAD = "download"
    PHISHING = "phishing"
    RELAY = "relay"
    EXFILTRATION = "exfiltration"
    VICTIM = "victim"
    SCANNER = "scanner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observable:
    """One value at one place. `start` and `end` are character offsets into the text as read; `value` is re-fanged.

    `detail` is what is known beyond the value, as sorted (name, value) pairs: `port` behind an address or host, which
    is not part of `value`; `prefix` of a network, which is; `network` tor and `onion` v2 or v3; `of` for a hash that
    is not a file's (certificate, imphash); `kind` within a family; `account` of a Telegram address.
    """

    type: ObservableType
    value: str
    start: int
    end: int
    defanged: bool
    verdict: Verdict
    reason: str
    role: Role = Role.NONE
    detail: tuple[tuple[str, str], ...] = ()
