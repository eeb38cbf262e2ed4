"""What values are taken for and were used for: decoys, real ones among them, and roles, in five languages."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bench.observables import judged, matrix, own, scores
from geppo.model.observable import Observable, Role, Verdict
from geppo.read.extract.observables import find

CASES = Path(__file__).parents[1] / "cases" / "observables"
NO_INDICATOR = {Verdict.VERSION_NUMBER, Verdict.CLOCK_TIME, Verdict.FILE_NAME}
LEAST = 0.95
"""Share of the decoys that must be right in each language; the lines keep those that are not."""


def _lines(name: str) -> list[tuple[str, dict[str, Any], str]]:
    """Language, line and publisher of every line of a file."""
    groups = tomllib.loads((CASES / name).read_text(encoding="utf-8"))["group"]
    return [
        (group["language"], line, line.get("publisher", group.get("publisher", "")))
        for group in groups
        for line in group["lines"]
    ]


def _right(line: dict[str, Any], found: tuple[Observable, ...]) -> bool:
    got = {f"{one.type} {one.value} {one.verdict}" for one in found}
    want = set(line["want"])
    called = {f"{one.type} {one.value} {one.verdict}" for one in found if one.verdict is Verdict.MALICIOUS}
    if not want:
        return all(one.verdict in NO_INDICATOR for one in found)
    return want <= got and called <= want


@pytest.mark.parametrize("language", ["en", "ja", "zh", "ko", "ru"])
def test_decoys_are_seen_through(language: str) -> None:
    lines = [(line, publisher) for tongue, line, publisher in _lines("decoys.toml") if tongue == language]
    wrong = [
        line["text"]
        for line, publisher in lines
        if not _right(line, find(line["text"], publisher_domain=publisher, language=language))
    ]
    assert len(lines) >= 40
    assert len(wrong) <= (1 - LEAST) * len(lines), wrong


@pytest.mark.parametrize(
    ("language", "line"),
    [pytest.param(one[0], one[1], id=f"{n}-{one[0]}") for n, one in enumerate(_lines("roles.toml"))],
)
def test_roles(language: str, line: dict[str, Any]) -> None:
    found = find(line["text"], language=language)
    assert set(line["want"]) <= {f"{one.type} {one.value} {one.role or '-'}" for one in found}
    for one in found:
        assert (one.role is Role.NONE) or f"; {one.role}: " in one.reason


@pytest.mark.parametrize(
    ("text", "value", "verdict"),
    [
        ("The compromised hosts contacted 203.0.113.5.", "203.0.113.5", Verdict.MALICIOUS),
        ("A compromised account sent the link node8[.]example[.]net.", "node8.example.net", Verdict.MALICIOUS),
        (
            "The site node8[.]example[.]net was not compromised, it is the attackers' own.",
            "node8.example.net",
            Verdict.MALICIOUS,
        ),
        ("The victim opened node8[.]example[.]net in a browser.", "node8.example.net", Verdict.MALICIOUS),
        ("被害組織の端末はnode8[.]example[.]netに接続した。", "node8.example.net", Verdict.MALICIOUS),
        ("受感染主机连接node8[.]example[.]net。", "node8.example.net", Verdict.MALICIOUS),
        ("감염된 PC는 node8[.]example[.]net에 접속했다.", "node8.example.net", Verdict.MALICIOUS),
        ("Заражённый компьютер обращался к node8[.]example[.]net.", "node8.example.net", Verdict.MALICIOUS),
    ],
)
def test_what_a_victim_talks_to_is_no_victim(text: str, value: str, verdict: Verdict) -> None:
    assert [one.verdict for one in find(text) if one.value == value] == [verdict]


@pytest.mark.parametrize("language", ["en", "ja", "zh", "ko", "ru"])
def test_ways_of_writing(language: str) -> None:
    """Every seventh text of the bench's matrix."""
    total: Counter[str] = Counter()
    for cell in [cell for cell in matrix() if cell.language == language][::7]:
        total.update(judged(cell, own(cell.text)))
    assert total["right"] + total["missed"] > 100
    assert scores(total)[2] >= 0.98
