"""Packaged fingerprints hold what a reader needs to check them, and weigh by how common their traits are elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from geppo import config
from geppo.errors import DataError
from geppo.model.relay import BENIGN
from geppo.relay.fingerprints import known, read
from geppo.relay.scan import find
from tests.relay.scene import make, write_lines

STREET: list[dict[str, Any]] = [
    {"name": "street", "size": 800, "as_count": 80, "ports": {"443": 5, "80": 1}, "cert": "unique",
     "issuer": "CN={alpha4-9}.lan, O={alpha4-9}", "days": [300, 4000], "jarm": {"a": 3, "b": 2, "c": 1}},
    {"name": "high", "size": 800, "as_count": 80, "port_range": [1024, 65535], "banner": {"a": 2, "b": 1}},
]  # fmt: skip


@pytest.mark.parametrize("one", known(), ids=lambda one: one.name)
def test_a_fingerprint_can_be_checked(one: Any) -> None:
    assert one.references and one.called and one.counters
    assert one.half_life > 0
    assert one.kind not in BENIGN
    assert all(match.text and (match.issuer_has or match.ports or match.jarm) for match in one.matches)


def test_a_broken_file_is_named() -> None:
    with pytest.raises(DataError, match=r"mine\.toml: expected a fingerprint file"):
        read('name = "x"', "mine.toml")


def published(folder: Path, planted: dict[str, Any]) -> list[tuple[str, str, float]]:
    made = make({"population": [*STREET, planted]})
    write_lines(made.rows, folder / "scan.jsonl")
    found = find([folder / "scan.jsonl"], config.load())
    return [
        (item.value, str(one.kind), item.weight)
        for one in found.networks
        for item in one.evidence
        if item.kind == "published-fingerprint"
    ]


def test_both_ports_of_a_shell_network_are_needed(tmp_path: Path) -> None:
    both = {"name": "q", "truth": "network", "size": 120, "as_count": 40, "as_law": "even", "ports_each": [7777, 11288],
            "banner": {"q": 1}, "churn": False}  # fmt: skip
    assert published(tmp_path, both) == [("Quad7", "orb", 3.0)]
    one = {**both, "ports_each": [7777, 11289]}
    assert published(tmp_path, one) == []


def test_a_library_certificate_on_ordinary_ports_is_no_network(tmp_path: Path) -> None:
    test_certificate = {"name": "p", "size": 300, "as_count": 60, "ports": {"443": 1}, "cert": "shared",
                        "issuer": "CN=PolarSSL Test CA, O=PolarSSL, C=NL", "days": [3650, 3650], "jarm": {"p": 1},
                        "churn": False}  # fmt: skip
    assert published(tmp_path, test_certificate) == []


def test_the_published_century_certificate_is_named(tmp_path: Path) -> None:
    century = {"name": "w", "size": 200, "as_count": 60, "ports": {"8443": 1}, "cert": "shared",
               "issuer": "CN=a,OU=a,O=a,L=a,ST=a,C=aa", "days": [36500, 36500], "jarm": {"w": 1},
               "churn": False}  # fmt: skip
    assert published(tmp_path, century) == [("WrtHug", "orb", 3.0)]
