"""What every format of the two families must hold."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from geppo.errors import InputError
from geppo.registry import family
from geppo.telemetry.formats import PACKAGES, Hints, members
from geppo.telemetry.layout import Layout, PassOver
from geppo.telemetry.source import Head, Source, head

CASES = Path(__file__).parents[1] / "cases" / "telemetry"
MEMBERS = [(table, member) for table in PACKAGES for member in members(table)]
INPUTS = sorted(path for path in CASES.glob("*/*/*") if path.name != "expected.json")


def _takes(member: ModuleType, found: Head) -> object:
    try:
        return member.recognise(found, Hints())
    except InputError as error:
        return error


@pytest.mark.parametrize("table", PACKAGES)
def test_no_format_is_broken_and_names_differ(table: str) -> None:
    assert family(PACKAGES[table]).broken == ()
    names = [member.FORMAT for member in members(table)]
    assert len(set(names)) == len(names) and all(name.isascii() and name.islower() for name in names)


@pytest.mark.parametrize(("table", "member"), MEMBERS, ids=lambda one: getattr(one, "FORMAT", one))
def test_a_format_says_what_it_is(table: str, member: ModuleType) -> None:
    assert member.__doc__ and callable(member.recognise)


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: "/".join(path.parts[-3:]))
def test_at_most_one_format_takes_a_file(path: Path) -> None:
    found = head(Source(name=str(path), path=path))
    for table in PACKAGES:
        taken = [member.FORMAT for member in members(table) if isinstance(_takes(member, found), Layout)]
        assert len(taken) <= 1


@pytest.mark.parametrize(("table", "member"), MEMBERS, ids=lambda one: getattr(one, "FORMAT", one))
@pytest.mark.parametrize(
    "data", [b"\0" * 64, b"{}\n", b"[]\n", b"\n\n", b"a,b\n1,2\n", b"#\n", b'{"ts": 1}\n', b"\xff\xfe"]
)
def test_a_format_declines_what_is_not_its_own(table: str, member: ModuleType, data: bytes) -> None:
    found = Head(source=Source(name="x", path=Path("x")), compression="none", data=data, whole=True)
    assert member.recognise(found, Hints()) is None


def test_each_format_of_text_has_a_case() -> None:
    """Parquet and nfdump's files are binary: they have tests of their own."""
    covered = set()
    for path in INPUTS:
        found = head(Source(name=str(path), path=path))
        for table in PACKAGES:
            covered |= {
                (table, member.FORMAT)
                for member in members(table)
                if isinstance(_takes(member, found), Layout | PassOver)
            }
    binary = {("flow", "parquet"), ("flow", "nfdump-binary"), ("service", "parquet")}
    assert {(table, member.FORMAT) for table, member in MEMBERS} - covered == binary
