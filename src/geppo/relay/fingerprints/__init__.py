"""Published fingerprints of relay networks as data: one TOML file a network, facts in our words with their references.

A file says how services of the network can be told (`match`), who calls it what, how well it is established
(`confirmed`, `reported`, `retired`), what innocent things match too (`counter`), and how fast a claim about one of its
addresses ages (`half_life`, days).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import Any

from geppo.errors import DataError
from geppo.model.relay import NetworkClass


class Status(StrEnum):
    """How well a fingerprint is established."""

    CONFIRMED = "confirmed"
    REPORTED = "reported"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Conditions on one service, all of which must hold. `every_port`: each of `ports` is open on the address."""

    text: str
    issuer_has: str
    subject_has: str
    device_has: str
    jarm: str
    ja4x: str
    banner_hash: str
    cert_sha256: str
    days_least: int
    ports: tuple[tuple[int, int], ...]
    every_port: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Where the facts were published."""

    publisher: str
    date: date
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A network as published. `called` are (name, publisher); `half_life` is in days."""

    name: str
    kind: NetworkClass
    status: Status
    half_life: float
    called: tuple[tuple[str, str], ...]
    references: tuple[Reference, ...]
    matches: tuple[Match, ...]
    counters: tuple[str, ...]


def _match(row: dict[str, Any]) -> Match:
    texts = {
        name: str(row.get(name, "")).lower()
        for name in ("issuer_has", "subject_has", "device_has", "jarm", "ja4x", "banner_hash", "cert_sha256")
    }
    return Match(
        text=row["text"],
        days_least=int(row.get("days_least", 0)),
        ports=tuple((int(low), int(high)) for low, high in row.get("ports", ())),
        every_port=bool(row.get("every_port", False)),
        **texts,
    )


def read(text: str, where: str) -> Known:
    """A fingerprint file. Raises DataError that names the file and what is missing."""
    try:
        raw = tomllib.loads(text)
        return Known(
            name=raw["name"],
            kind=NetworkClass(raw["class"]),
            status=Status(raw["status"]),
            half_life=float(raw["half_life"]),
            called=tuple((row["name"], row["by"]) for row in raw["called"]),
            references=tuple(
                Reference(publisher=row["publisher"], date=date.fromisoformat(row["date"]), title=row["title"])
                for row in raw["reference"]
            ),
            matches=tuple(_match(row) for row in raw.get("match", ())),
            counters=tuple(row["text"] for row in raw["counter"]),
        )
    except (tomllib.TOMLDecodeError, KeyError, ValueError, TypeError) as error:
        raise DataError(f"{where}: expected a fingerprint file, got: {error!r}") from error


@lru_cache(maxsize=1)
def known() -> tuple[Known, ...]:
    """All packaged fingerprints, by file name. Raises DataError if one breaks the format."""
    folder = resources.files("geppo.relay.fingerprints")
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".toml")), key=lambda item: item.name)
    return tuple(read(item.read_text(encoding="utf-8"), item.name) for item in files)
