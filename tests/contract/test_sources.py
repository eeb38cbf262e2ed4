"""What every source must keep to. A new member adds one line to `PLACES`: how to set up a place for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geppo import registry
from geppo.collect import Entry, sources
from geppo.config import Setting, Settings
from geppo.model.report import Fetched, Gap

NOW = datetime(2026, 4, 1, 6, 1, tzinfo=UTC)
LIMIT = 10_000
SETTINGS = Settings(
    known={"collect.max_bytes": Setting(name="", default=LIMIT, unit="", meaning="", origin="")}, values={}
)


def _folder(home: Path) -> str:
    for name, data in {
        "one.md": b"one",
        "sub/two.txt": b"two",
        "large.bin": b"x" * (LIMIT + 1),
        "none.md": b"",
    }.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return str(home)


PLACES: dict[str, Callable[[Path], str]] = {"folder": _folder}


def test_every_member_can_be_imported_and_is_covered_here() -> None:
    assert registry.family("geppo.collect").broken == ()
    assert set(sources()) == set(PLACES)


@pytest.mark.parametrize("kind", sorted(PLACES))
def test_what_a_source_yields(kind: str, tmp_path: Path) -> None:
    entry = Entry(kind=kind, name="desk", place=PLACES[kind](tmp_path / "place"), publisher="Desk", language="en")
    found = list(sources()[kind].fetch(entry, SETTINGS, NOW))
    documents = [one for one in found if isinstance(one, Fetched)]
    gaps = [one for one in found if isinstance(one, Gap)]
    assert documents and len(documents) + len(gaps) == len(found)
    for one in documents:
        assert (one.source, one.collected) == ("desk", NOW)
        assert 0 < len(one.data) <= LIMIT
        assert dict(one.declared) == {"publisher": "Desk", "language": "en"}
        assert one.name and "\\" not in one.name and str(tmp_path) not in one.name
    for gap in gaps:
        assert gap.source and gap.kind and len(gap.message) > 10
    assert len({one.name for one in documents}) == len(documents)
    assert found == list(sources()[kind].fetch(entry, SETTINGS, NOW))


@pytest.mark.parametrize("kind", sorted(PLACES))
def test_a_place_that_is_not_there_is_a_gap(kind: str, tmp_path: Path) -> None:
    entry = Entry(kind=kind, name="desk", place=str(tmp_path / "nowhere"))
    found = list(sources()[kind].fetch(entry, SETTINGS, NOW))
    assert len(found) == 1 and isinstance(found[0], Gap)
