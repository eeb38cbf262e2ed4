"""Makes scan records with truth from a case file: populations of services, each under its own laws.

A population says how many addresses it has, over which autonomous systems and countries they spread, which ports,
certificates and stacks they show, and how they live. Nothing here knows how geppo looks for networks.
"""

from __future__ import annotations

import hashlib
import json
import random
import string
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

START = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = 30
ALPHABETS = {
    "hex": "0123456789abcdef",
    "alpha": string.ascii_lowercase,
    "ALPHA": string.ascii_uppercase,
    "digit": string.digits,
    "mixed": string.ascii_letters + string.digits,
}
LANGUAGE_OF = {"jarm": 62, "ja4x": 38, "banner_hash": 40, "cert_sha256": 64}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Records, and which (ip, port) belong to which planted or innocent population."""

    rows: tuple[dict[str, Any], ...]
    networks: dict[str, frozenset[tuple[str, int]]]
    innocent: dict[str, frozenset[tuple[str, int]]]
    kinds: dict[str, str]


def digest(kind: str, text: str) -> str:
    """A hex text of the right length that follows from a short name."""
    return hashlib.sha512(f"{kind}:{text}".encode()).hexdigest()[: LANGUAGE_OF[kind]]


def _fill(template: str, chance: random.Random) -> str:
    out: list[str] = []
    for index, part in enumerate(template.split("{")):
        if index == 0:
            out.append(part)
            continue
        name, _, rest = part.partition("}")
        alphabet = ALPHABETS[name.rstrip("0123456789-")]
        low, _, high = name.lstrip(string.ascii_letters).partition("-")
        length = chance.randint(int(low), int(high or low))
        out.append("".join(chance.choice(alphabet) for _ in range(length)) + rest)
    return "".join(out)


def _pick(weights: dict[str, float], chance: random.Random) -> str:
    return chance.choices(list(weights), weights=list(weights.values()))[0]


def _address(population: dict[str, Any], number: int, block: int) -> str:
    if population.get("ipv6"):
        return str(IPv6Address((0x20010DB8 << 96) + (block << 80) + (number << 16) + 1))
    return str(IPv4Address((10 << 24) + block * 65536 + number) if number < 65536 else IPv4Address(0))


def _ports(population: dict[str, Any], batch: int, chance: random.Random) -> list[int]:
    if "ports_each" in population:
        return [int(port) for port in population["ports_each"]]
    if "many_ports" in population:
        return chance.sample(range(1, 60000), int(population["many_ports"]))
    if population.get("port_by_batch"):
        low, high = population["port_range"]
        return [random.Random(f"{population['name']}{batch}").randint(low, high)]
    if "port_range" in population:
        low, high = population["port_range"]
        return [chance.randint(low, high)]
    return [int(_pick(population["ports"], chance))]


def _certificate(population: dict[str, Any], batch: int, number: int, chance: random.Random) -> dict[str, Any]:
    mode = population.get("cert", "none")
    if mode == "none":
        return {}
    of = {"shared": "one", "unique": str(number), "batch": f"b{batch}"}[mode]
    own = random.Random(f"{population['name']}:{of}") if mode != "unique" else chance
    issuer = _fill(population["issuer"], own)
    subject = issuer if population.get("subject", "=") == "=" else _fill(population["subject"], own)
    if "batches" in population:
        begun = datetime(2025, 6, 1, tzinfo=UTC) + timedelta(days=3 * batch, minutes=own.randint(0, 300))
    else:
        begun = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=own.randint(0, 900000))
    low, high = population.get("days", [365, 365])
    days = own.randint(low, high)
    ends = min(begun + timedelta(days=days), datetime(9999, 1, 1, tzinfo=UTC))
    return {
        "cert_sha256": digest("cert_sha256", f"{population['name']}:{of}"),
        "cert_subject": subject,
        "cert_issuer": issuer,
        "not_before": begun,
        "not_after": ends,
        "ja4x": digest("ja4x", population.get("ja4x", population["name"])),
    }


def _life(population: dict[str, Any], chance: random.Random) -> list[datetime]:
    """When an address is seen: every `every` days between its birth and its death."""
    every = int(population.get("every", 7))
    born = chance.randint(-DAYS, DAYS - 1)
    mean = float(population.get("mean_days", 90))
    dies = born + chance.expovariate(1 / mean) + 1
    if not population.get("churn", True):
        born, dies = 0, DAYS
    offset = chance.randint(0, every - 1)
    days = [day for day in range(offset, DAYS, every) if born <= day <= dies]
    return [START + timedelta(days=day, minutes=chance.randint(0, 1439)) for day in days]


def _population(population: dict[str, Any], block: int, scale: float) -> Iterator[dict[str, Any]]:
    chance = random.Random(f"{population['name']}:{population.get('seed', 0)}")
    size = max(
        1, round(int(population["size"]) * (scale if population.get("truth", "background") == "background" else 1))
    )
    systems = int(population.get("as_count", 50))
    base = int(population.get("as_base", 64600 + 100 * block))
    weights = [1 / (rank + 1) if population.get("as_law", "zipf") == "zipf" else 1.0 for rank in range(systems)]
    batches = int(population.get("batches", 1))
    for number in range(size):
        times = _life(population, chance)
        if not times:
            continue
        place = chance.choices(range(systems), weights=weights)[0]
        batch = number * batches // size
        common = {
            "ip": _address(population, number % 65536, block + number // 65536),
            "asn": base + place,
            "country": _pick(population.get("countries", {"JP": 1}), chance),
            "device": _pick(population.get("devices", {"": 1}), chance) or None,
        }
        certificate = _certificate(population, batch, number, chance)
        stack = {
            "jarm": digest("jarm", _pick(population["jarm"], chance)) if "jarm" in population and certificate else None,
            "banner_hash": digest("banner_hash", _pick(population["banner"], chance))
            if "banner" in population
            else None,
        }
        for port in _ports(population, batch, chance):
            turn = chance.randint(0, len(times)) if chance.random() < population.get("renewed", 0) else len(times)
            for place_in_time, ts in enumerate(times):
                shown = dict(certificate)
                if place_in_time >= turn and shown:
                    shown["cert_sha256"] = digest("cert_sha256", f"{population['name']}:{number}:new")
                yield {"ts": ts, "port": port, **common, **shown, **stack}


def make(case: Path | dict[str, Any], scale: float = 1.0) -> Scene:
    """The scene of a case file; `scale` multiplies the background only."""
    raw = case if isinstance(case, dict) else tomllib.loads(case.read_text(encoding="utf-8"))
    rows: list[dict[str, Any]] = []
    networks: dict[str, frozenset[tuple[str, int]]] = {}
    innocent: dict[str, frozenset[tuple[str, int]]] = {}
    kinds: dict[str, str] = {}
    block = 0
    for population in raw["population"]:
        made = list(_population(population, block, scale))
        block += 1 + int(population["size"] * scale) // 65536
        rows.extend(made)
        members = frozenset((str(row["ip"]), int(row["port"])) for row in made)
        truth = population.get("truth", "background")
        name = str(population.get("network", population["name"]))
        if truth == "network":
            networks[name] = networks.get(name, frozenset()) | members
            kinds[name] = str(population.get("kind", "orb"))
        else:
            innocent[name] = members
            kinds[name] = str(population.get("kind", truth))
    random.Random(7).shuffle(rows)
    return Scene(rows=tuple(rows), networks=networks, innocent=innocent, kinds=kinds)


def write_lines(rows: tuple[dict[str, Any], ...], path: Path) -> None:
    """The records as JSON lines, nulls left out."""
    with path.open("w", encoding="utf-8") as stream:
        for row in rows:
            shown = {
                key: value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value
                for key, value in row.items()
                if value is not None
            }
            stream.write(json.dumps(shown) + "\n")
