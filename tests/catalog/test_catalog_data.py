"""The packaged data keep their own rules."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from geppo.catalog import Catalog, ready
from geppo.catalog.folding import key
from geppo.catalog.names import RELATIONS, Names, read_names, read_overlay
from geppo.catalog.rules import read_rules
from geppo.catalog.tables import COMPILED, Folder, packaged

ID = re.compile(r"(actor|malware|tool|campaign)/[a-z0-9-]+|technique/T\d{4}(\.\d{3})?")
DATA = Path(str(packaged("")))


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


def test_every_overlay_alias_has_namer_source_and_date_and_means_an_entry(catalog: Catalog) -> None:
    aliases = catalog.names.overlay_aliases
    assert len(aliases) >= 40
    for alias in aliases:
        assert alias.namer and alias.source and alias.date, alias
        assert alias.relation in RELATIONS
        assert catalog.entry(alias.means), alias


def test_every_overlay_alias_resolves(catalog: Catalog) -> None:
    for alias in catalog.names.overlay_aliases:
        if alias.relation in ("same", "former"):
            name = alias.name.rstrip("*")
            found = [catalog.canonical(m.id) for m in catalog.match(f"group {name} group", "en") if "/" in m.id]
            assert catalog.canonical(alias.means) in found, (alias, found)


def test_lines_of_the_name_list(catalog: Catalog) -> None:
    lines = gzip.decompress((DATA / "names.jsonl.gz").read_bytes()).decode().splitlines()
    rows = [json.loads(line) for line in lines]
    ids = [row["id"] for row in rows]
    assert ids == sorted(set(ids))
    for row in rows:
        assert re.fullmatch(r"(actor|malware|tool|campaign)/[a-z0-9-]+|technique/T\d{4}(\.\d{3})?", row["id"]), row[
            "id"
        ]
        assert row["name"].strip() == row["name"] != ""
        assert re.fullmatch(r"|[A-Z]{2}", row.get("nexus", ""))


def test_the_name_list_stays_small_and_its_gzip_has_no_time() -> None:
    data = (DATA / "names.jsonl.gz").read_bytes()
    assert len(data) < 700_000
    assert data[4:8] == b"\0\0\0\0"


def test_withheld_names_are_never_found(catalog: Catalog) -> None:
    for name in catalog.rules.withheld:
        for mention in catalog.match(f"The {name} group.", "en"):
            assert not mention.id.startswith(("actor/", "malware/", "tool/")) or key(mention.surface) != key(name), name


def test_actor_groups_stay_apart(catalog: Catalog) -> None:
    """Each joined group is small: a fused one would be a union by alias."""
    groups: dict[str, int] = {}
    for identity in list(catalog.names.same):
        first = catalog.canonical(identity)
        groups[first] = groups.get(first, 1) + 1
    assert max(groups.values()) <= 6


def test_states_of_agreements_publishers_and_names_are_places(catalog: Catalog) -> None:
    codes = {place.code for place in catalog.places}
    if not codes:
        pytest.skip("no countries yet")
    for agreement in catalog._agreements:
        assert set(agreement.parties) <= codes, agreement.id
        for earlier, later in ((agreement.signed, agreement.in_force), (agreement.in_force, agreement.ended)):
            assert not (earlier and later) or earlier <= later, agreement.id
    assert {row.country for row in catalog.publishers} - {""} <= codes
    states = {catalog.nexus(identity) for identity in catalog.names.ids} - {""}
    assert {state.removeprefix("country/") for state in states} <= codes


def test_the_compiled_files_are_current() -> None:
    """`python tools/compile_catalog.py` after an edit of a TOML file keeps the start fast."""
    compiled = json.loads(gzip.decompress((DATA / COMPILED).read_bytes()))
    for path in sorted(DATA.glob("*.toml")):
        assert compiled[path.name]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest(), path.name


def test_the_names_kept_ready_are_those_worked_out() -> None:
    kept = ready.kept(Folder(DATA))
    assert kept is not None, "run tools/compile_catalog.py"
    rules = read_rules(Folder(DATA))
    overlay = read_overlay(packaged("overlay.toml"))
    lines = partial(read_names, packaged("names.jsonl.gz"))
    assert kept == ready.made(Names(lines, [overlay], rules.suffixes, rules.withheld), DATA)


def test_an_edited_name_list_is_read_without_what_is_kept_ready(tmp_path: Path) -> None:
    for path in (*DATA.glob("*.toml"), DATA / COMPILED, DATA / "names.jsonl.gz"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    row = '{"id":"malware/lampwick","name":"Lampwick","lists":["malpedia"]}\n'
    old = gzip.decompress((DATA / "names.jsonl.gz").read_bytes())
    (tmp_path / "names.jsonl.gz").write_bytes(gzip.compress(old + row.encode()))
    (mention,) = Catalog(tmp_path).match("Lampwick", "en")
    assert mention.id == "malware/lampwick"


def test_a_stale_compiled_file_is_not_used(tmp_path: Path) -> None:
    for path in (*DATA.glob("*.toml"), DATA / COMPILED):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "sectors.toml").write_text('[[sector]]\nid = "x"\nname.en = "x"\nname.ja = "x"\n', encoding="utf-8")
    assert [row["id"] for row in Folder(tmp_path).tables("sectors.toml")["sector"]] == ["x"]


def test_an_understanding_binds_nobody_as_a_partner(catalog: Catalog) -> None:
    day = date(2025, 11, 1)
    assert catalog.agreement("agreement/cn-us-2015") is not None
    assert catalog.agreements("CN", "US", day) == ()
    assert [row.id for row in catalog.agreements("JP", "US", day)] != []
