"""The packaged tables: grouping keys, ports, names in certificates, device words, autonomous systems, weights."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from geppo.errors import DataError

_PACKAGE = "geppo.relay.scan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """By which columns services are grouped, and which rows the key may group."""

    name: str
    columns: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name that certificates of a benign kind carry: all parts of `parts`, or exactly one of `exact` (lower case)."""

    name: str
    parts: tuple[str, ...]
    exact: tuple[str, ...]
    reference: str

    def fits(self, text: str) -> bool:
        """True where a certificate name (lower case) is this one."""
        return text in self.exact or (bool(self.parts) and all(part in text for part in self.parts))


def read_toml(name: str) -> dict[str, Any]:
    """A packaged table. Raises DataError if it is no TOML."""
    try:
        return tomllib.loads(resources.files(_PACKAGE).joinpath(name).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{_PACKAGE}/{name}: expected TOML, got: {error}") from error


def sql(name: str) -> str:
    """A packaged SQL text."""
    return resources.files(_PACKAGE).joinpath(name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def keys() -> tuple[Key, ...]:
    """The grouping keys, in the order of the file."""
    return tuple(
        Key(name=row["name"], columns=tuple(row["columns"]), where=row["where"])
        for row in read_toml("keys.toml")["key"]
    )


@lru_cache(maxsize=1)
def ordinary_ports() -> frozenset[int]:
    """Ports on which a service surprises nobody."""
    return frozenset(port for ports in read_toml("ports.toml")["ordinary"].values() for port in ports)


@lru_cache(maxsize=1)
def customary_ports() -> dict[str, frozenset[int]]:
    """Customary ports by kind of product."""
    return {kind: frozenset(ports) for kind, ports in read_toml("ports.toml")["kinds"].items()}


@lru_cache(maxsize=1)
def authority_pattern() -> str:
    """RE2 pattern of the issuers that are public authorities."""
    return str(read_toml("names.toml")["authority"])


@lru_cache(maxsize=8)
def named(kind: str) -> tuple[Named, ...]:
    """Names of a benign kind: `library`, `panel` or `vpn`."""
    return tuple(
        Named(
            name=row["name"],
            parts=tuple(row.get("all", ())),
            exact=tuple(row.get("exact", ())),
            reference=row["reference"],
        )
        for row in read_toml("names.toml")[kind]
    )


@lru_cache(maxsize=8)
def device_words(kind: str) -> frozenset[str]:
    """Words of device labels: `edge`, `server`, `mobile`, `vpn` or `common`."""
    return frozenset(read_toml("devices.toml")[kind])


@lru_cache(maxsize=2)
def systems(kind: str) -> frozenset[int]:
    """Numbers of autonomous systems: `cdn` or `cloud`."""
    return frozenset(read_toml("systems.toml")[kind])


@lru_cache(maxsize=65536)
def label_has(label: str, kind: str) -> bool:
    """True where a device label holds a word of a kind (`edge`, `server`, `mobile`, `vpn`)."""
    text = label.lower()
    parts = set(re.split(r"[^a-z0-9]+", text))
    return any(
        (word in parts) if " " not in word and "-" not in word else (word in text) for word in device_words(kind)
    )
