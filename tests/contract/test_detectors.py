"""Every detector over flows keeps the contract of `geppo.relay.detect`, on hits and near-misses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from types import ModuleType

import duckdb
import pytest

from geppo import config
from geppo.config import Settings
from geppo.model.relay import Detection
from geppo.registry import family
from geppo.relay.detect._stage import Asset, staged
from tests.relay.scenes import Scene, as_six, load, make, rows

FAMILY = family("geppo.relay.detect")
MEMBERS = {str(member.NAME): member for member in FAMILY.members}
SCENES = rows()
SIX = ("2001:db8:a00::/40",)
FOUR = ("10.0.0.0/8",)


@cache
def scene(name: str) -> Scene:
    return make(SCENES[name], int(SCENES[name]["seed"]))


def answers(
    fill: Callable[[duckdb.DuckDBPyConnection], None],
    internal: tuple[str, ...],
    known: dict[str, Asset],
    settings: Settings | None = None,
) -> dict[str, list[Detection]]:
    connection = duckdb.connect(config={"threads": 2})
    fill(connection)
    with staged(connection, settings or config.load(), internal, known) as stage:
        return {name: member.detect(stage) for name, member in MEMBERS.items()}


def inventory(name: str, spelt: Callable[[str], str] = str) -> dict[str, Asset]:
    return {
        spelt(host): Asset(asset_class=kind, role=job, sanctioned=leave == "yes")
        for host, (kind, job, leave) in scene(name).inventory.items()
    }


@cache
def base(name: str) -> dict[str, list[Detection]]:
    return answers(lambda connection: load(scene(name), connection), FOUR, inventory(name))


@cache
def with_gateway() -> dict[str, list[Detection]]:
    """The same scene where the inventory knows a translating gateway: no host of it is one by its records."""
    known = inventory("all")
    host = sorted(known)[0]
    known[host] = replace(known[host], role="NAT gateway of the guest network")
    return answers(lambda connection: load(scene("all"), connection), FOUR, known)


def plain(one: Detection) -> tuple[object, ...]:
    figures = tuple((name, round(value, 6)) for name, value in one.figures)
    rate = None if one.false_rate is None else round(one.false_rate, 6)
    return (
        one.detector,
        one.family,
        one.host,
        set(one.peers),
        one.first_seen,
        one.last_seen,
        round(one.score, 6),
        rate,
        figures,
    )


def same(left: dict[str, list[Detection]], right: dict[str, list[Detection]]) -> None:
    for name in MEMBERS:
        assert [plain(one) for one in left[name]] == [plain(one) for one in right[name]], name


def test_all_members_load_and_say_what_they_are() -> None:
    assert not FAMILY.broken
    assert len(MEMBERS) == len(FAMILY.members) >= 5
    for member in FAMILY.members:
        assert isinstance(member, ModuleType)
        assert member.NAME and member.FAMILY and member.__doc__


@pytest.mark.parametrize("name", MEMBERS)
def test_one_answer_a_host_sorted_with_a_score(name: str) -> None:
    found = (with_gateway() if name == "nat" else base("all"))[name]
    assert found, "the scene has something for every detector"
    hosts = [one.host for one in found]
    assert len(set(hosts)) == len(hosts)
    assert all(one.detector == name and one.score >= 0 and one.first_seen <= one.last_seen for one in found)
    assert all(one.false_rate is None or 0 <= one.false_rate <= 1 for one in found)


@pytest.mark.parametrize("name", sorted(SCENES))
def test_finds_and_keeps_silent(name: str) -> None:
    planted = scene(name).planted
    for detector, plants in SCENES[name]["finds"].items():
        seen = {one.host for one in base(name)[detector]}
        for plant in plants:
            assert set(planted[plant]) <= seen, (detector, plant)
    for detector, plants in SCENES[name]["silent"].items():
        seen = {one.host for one in base(name)[detector]}
        for plant in plants:
            assert not set(planted[plant]) & seen, (detector, plant)


def test_order_of_rows_never_matters() -> None:
    same(base("all"), answers(lambda c: load(scene("all"), c, order=7), FOUR, inventory("all")))


def test_buckets_never_matter() -> None:
    known = config.load()
    few = sum(part["ts"].size for part in scene("hard").parts) // 3
    settings = Settings(known=known.known, values={"relay.flows.bucket_rows": few})
    same(base("hard"), answers(lambda c: load(scene("hard"), c), FOUR, inventory("hard"), settings))


def test_a_shifted_clock_gives_the_same_answer() -> None:
    moved = answers(lambda c: load(scene("all"), c, shift=3 * 86_400), FOUR, inventory("all"))
    span = {name: [(one.first_seen, one.last_seen) for one in found] for name, found in moved.items()}
    back = {
        name: [
            replace(one, first_seen=old.first_seen, last_seen=old.last_seen)
            for one, old in zip(found, base("all")[name], strict=True)
        ]
        for name, found in moved.items()
    }
    same(base("all"), back)
    for name, times in span.items():
        for (first, last), old in zip(times, base("all")[name], strict=True):
            assert (first - old.first_seen).days == (last - old.last_seen).days == 3


def test_ipv6_equals_ipv4() -> None:
    six = answers(lambda c: load(scene("all"), c, six=True), SIX, inventory("all", as_six))
    for name in MEMBERS:
        here = {as_six(one.host): one for one in base("all")[name]}
        there = {one.host: one for one in six[name]}
        assert here.keys() == there.keys()
        for host, old in here.items():
            new = there[host]
            assert plain(replace(new, host=old.host, peers=())) == plain(replace(old, peers=())), (name, host)
            if len(old.peers) < 20:
                assert {as_six(peer) for peer in old.peers} == set(new.peers)


def test_mapped_spelling_is_the_same_host() -> None:
    def fill(connection: duckdb.DuckDBPyConnection) -> None:
        load(scene("hard"), connection)
        connection.execute("""UPDATE flow SET "id.orig_h" = '::ffff:' || "id.orig_h" WHERE "id.orig_p" % 2 = 0""")

    same(base("hard"), answers(fill, FOUR, inventory("hard")))


def test_a_table_without_rows_gives_nothing() -> None:
    def fill(connection: duckdb.DuckDBPyConnection) -> None:
        load(scene("hard"), connection)
        connection.execute("DELETE FROM flow")

    assert all(found == [] for found in answers(fill, FOUR, {}).values())


def test_rows_without_bytes_times_or_states_do_no_harm() -> None:
    def fill(connection: duckdb.DuckDBPyConnection) -> None:
        load(scene("hard"), connection)
        connection.execute("UPDATE flow SET duration = NULL, orig_bytes = NULL, conn_state = NULL, proto = NULL")
        connection.execute("""INSERT INTO flow SELECT * REPLACE ('no address' AS "id.orig_h", NULL AS "id.resp_h")
        FROM flow LIMIT 5""")
        connection.execute("INSERT INTO flow SELECT * REPLACE (NULL AS ts) FROM flow LIMIT 5")

    assert not answers(fill, FOUR, {})["pairs"]
