"""The map says in words what it draws, holds no script, and treats every text as text."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree

from geppo.model.assessment import Confidence, Likelihood
from geppo.model.relay import Member, NetworkClass, RelayNetwork, Tier
from geppo.relay.map import Place, draw

AT = datetime(2026, 3, 1, tzinfo=UTC)
NETWORK = RelayNetwork(
    id="net-<1>",
    kind=NetworkClass.ORB,
    members=tuple(Member(ip=f"192.0.2.{n}", port=1, tier=Tier.NODE, first_seen=AT, last_seen=AT) for n in range(9)),
    fingerprints=(),
    likelihood=Likelihood(low=0.5, point=0.7, high=0.9),
    confidence=Confidence.LOW,
    evidence=(),
)
PLACES = (
    Place(tier=Tier.RELAY_SERVER, country="SG", system=64500, addresses=3),
    Place(tier=Tier.NODE, country="<b>", system=64501, addresses=40),
    Place(tier=Tier.NODE, country="KR", system=-5, addresses=20),
    *(Place(tier=Tier.NODE, country=f"C{n:02}", system=64600 + n, addresses=10 - n // 2) for n in range(15)),
)
SVG = "{http://www.w3.org/2000/svg}"


def test_tiers_stand_one_above_the_other_with_their_counts() -> None:
    root = ElementTree.fromstring(draw(NETWORK, PLACES))
    texts = [one.text or "" for one in root.iter(f"{SVG}text")]
    assert texts.index("relay servers") < texts.index("nodes")
    assert "3 addresses" in texts and "9 more" in texts
    described = root.find(f"{SVG}desc")
    assert described is not None and "SG 3 (100%) AS64500" in (described.text or "")


def test_tiers_differ_in_shape_as_well_as_colour() -> None:
    root = ElementTree.fromstring(draw(NETWORK, PLACES))
    assert len(list(root.iter(f"{SVG}circle"))) == 1 + 9
    squares = [one for one in root.iter(f"{SVG}rect") if one.get("fill") == "#e69f00"]
    assert len(squares) == 1 + 1


def test_no_script_and_no_markup_from_records() -> None:
    text = draw(NETWORK, PLACES)
    assert "<script" not in text and "<b>" not in text and "&lt;b&gt;" in text
    assert "AS-5" not in text


def test_same_network_same_bytes() -> None:
    assert draw(NETWORK, PLACES) == draw(NETWORK, PLACES)
