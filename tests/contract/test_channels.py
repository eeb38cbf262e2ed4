"""What every channel of the family must hold."""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from geppo.deliver.channel import PACKAGE, Config, Parcel, Secret, Takes, channels, config
from geppo.deliver.ledger import Outcome, Reply
from geppo.errors import UsageError
from geppo.registry import family

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "deliver" / "channels.toml").read_text(encoding="utf-8"))
MEMBERS = channels()
WRONG = [(kind, case) for kind in CASES for case in CASES[kind]["wrong"]]


def _config(kind: str, folder: Path, /, **changes: Any) -> Config:
    table = CASES[kind]["table"] | changes
    return config({key: value for key, value in table.items() if value != "-"}, "here", folder, 0.5, "Asia/Tokyo")


def test_no_channel_is_broken_and_each_has_cases() -> None:
    assert family(PACKAGE).broken == ()
    assert set(MEMBERS) == set(CASES) == {"smtp", "folder", "taxii", "webhook"}


@pytest.mark.parametrize("member", MEMBERS.values(), ids=lambda member: str(member.KIND))
def test_a_channel_describes_itself(member: ModuleType, tmp_path: Path) -> None:
    assert member.__doc__ and member.KIND.isascii() and member.__name__.endswith(member.KIND)
    assert all(field.meaning and field.name.islower() for field in member.FIELDS)
    assert isinstance(member.takes(_config(member.KIND, tmp_path)), Takes)


@pytest.mark.parametrize(("kind", "case"), WRONG, ids=lambda value: value["problem"] if isinstance(value, dict) else "")
def test_a_table_that_is_wrong_is_named_and_shows_no_secret(kind: str, case: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        _config(kind, tmp_path, **case["field"])
    assert str(caught.value).startswith("here: ") and case["problem"] in str(caught.value)
    assert "swordfish" not in str(caught.value)


@pytest.mark.parametrize("kind", sorted(CASES))
def test_a_secret_is_never_printed(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEPPO_TEST_SECRET", "swordfish")
    made = _config(kind, tmp_path)
    assert "swordfish" not in f"{made} {made!r}"
    for value in made.values.values():
        if isinstance(value, Secret):
            assert value.reveal() == "swordfish" and str(value) == "env:GEPPO_TEST_SECRET"


@pytest.mark.parametrize("kind", ["taxii", "webhook"])
def test_a_secret_that_is_not_there_is_named(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GEPPO_TEST_SECRET", raising=False)
    with pytest.raises(UsageError, match="GEPPO_TEST_SECRET is not set"):
        asyncio.run(_send(MEMBERS[kind], _config(kind, tmp_path)))


@pytest.mark.parametrize("kind", ["taxii", "webhook"])
@pytest.mark.parametrize(
    "url", ["http://hook.example/", "file:///etc/passwd", "https://u:p@hook.example/", "hook.example", "https://[::1"]
)
def test_only_https_addresses_without_names_in_them(
    kind: str, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEPPO_TEST_SECRET", "swordfish")
    with pytest.raises(UsageError, match="channel x: url"):
        asyncio.run(_send(MEMBERS[kind], _config(kind, tmp_path, url=url)))


@pytest.mark.parametrize("kind", sorted(CASES))
def test_nobody_there_is_unreachable_and_nothing_else(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEPPO_TEST_SECRET", "swordfish")
    places: dict[str, dict[str, Any]] = {
        "smtp": {"host": "127.0.0.1", "port": 1, "security": "starttls"},
        "folder": {"path": str(tmp_path / "missing")},
    }
    nobody = places.get(kind, {"url": "http://127.0.0.1:1/collections/1/"})
    reply = asyncio.run(_send(MEMBERS[kind], _config(kind, tmp_path, **nobody)))
    assert reply.outcome is Outcome.UNREACHABLE and reply.text and not reply.doubt


async def _send(member: ModuleType, made: Config) -> Reply:
    parcel = Parcel(
        id="<1@b.example>",
        sender="geppo@b.example",
        recipient="r@desk.example",
        files=(("", b'{"objects": [{"type": "note", "id": "note--1"}]}'),),
        facts={},
    )
    async with member.session(made) as session:
        answer = await session.send(parcel)
    assert isinstance(answer, Reply)
    return answer
