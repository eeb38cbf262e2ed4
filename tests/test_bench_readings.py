"""The comparison of readings puts each change of a claim into one group and is silent where nothing changed."""

from __future__ import annotations

from typing import Any

import pytest

from bench.readings import Row, changes, show

_ROW: Row = {
    "text": "a", "language": "en", "place": 0, "sentence": "Salt Auk used Larkspur.", "predicate": "uses",
    "subject": "Salt Auk", "object": "Larkspur", "negated": False, "hedge": "confirmed", "when": "", "count": "",
    "rule": "en/made",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "group"),
    [
        ({"negated": True, "hedge": "not-found"}, "polarity"),
        ({"hedge": "likely"}, "hedge"),
        ({"when": "2026-03"}, "other"),
        ({"count": "3 server"}, "other"),
        ({"object": "Tinroof"}, "arguments"),
        ({"subject": "Pale Grebe"}, "arguments"),
    ],
)
def test_a_claim_that_is_another_now_is_told_once(changed: dict[str, Any], group: str) -> None:
    other = {**_ROW, **changed}
    assert list(changes([_ROW], [other])) == [(group, _ROW, other)]


def test_what_is_gone_and_what_has_come() -> None:
    other = {**_ROW, "predicate": "exploits", "object": "CVE-2026-90001"}
    assert list(changes([_ROW], [other])) == [("lost", _ROW, None), ("gained", None, other)]


def test_another_rule_for_the_same_claim_is_no_change() -> None:
    assert list(changes([_ROW], [{**_ROW, "rule": "en/other"}])) == []


def test_the_table_names_the_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert show(changes([_ROW], [{**_ROW, "hedge": "likely"}]), ["en"]) == 1
    printed = capsys.readouterr().out
    assert "hedge: 1" in printed
    assert "- Salt Auk uses Larkspur [confirmed] en/made" in printed
    assert show(changes([_ROW], []), ["ja"]) == 0
