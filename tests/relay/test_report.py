"""The note on our own findings: a month's own numbers, largest network first, and what it says of made records."""

from __future__ import annotations

from datetime import date

import pytest

from geppo.model.relay import NetworkClass
from geppo.model.time import Period
from geppo.relay.report import name_of, note
from geppo.relay.track import Month, Tracked

MARCH = Period.parse("2026-03")


def _month(number: int, addresses: int) -> Month:
    return Month(
        month=date(2026, number, 1),
        network="n",
        addresses=addresses,
        services=addresses,
        new=7,
        gone=5,
        stayed=1,
        size=addresses,
        low=addresses - 9,
        high=addresses + 9,
        method="addresses seen",
        trend="",
        fresh=1.0,
    )


def _track(name: str, kind: NetworkClass, *months: Month) -> Tracked:
    return Tracked(
        name=name,
        kind=kind,
        months=months,
        born=months[0].month,
        died=None,
        joined=(),
        parted=(),
        life=None,
        half_life=29.0,
        half_life_origin="assumed",
    )


def test_a_month_is_told_with_its_own_numbers_and_the_largest_first() -> None:
    small = _track("net-aaaa1", NetworkClass.BOTNET, _month(3, 40))
    large = _track("net-bbbb1", NetworkClass.ORB, _month(2, 1402), _month(3, 1409), _month(4, 1500))
    text = note([small, large], MARCH, "Northgate CSIRT")
    assert text.index("Relaynet-BBBB is an ORB network.") < text.index("Relaynet-AAAA is a botnet.")
    assert "On 31 March 2026 our scans counted 1,409 infected devices." in text
    assert "A month earlier: 1,402." in text
    assert "1,500" not in text
    assert "publisher: Northgate CSIRT\n" in text and "published: 2026-03-31\n" in text
    assert "made by the lab" not in text


@pytest.mark.parametrize(
    "track",
    [
        pytest.param(_track("net-cccc1", NetworkClass.CDN, _month(3, 90)), id="a benign kind"),
        pytest.param(_track("net-dddd1", NetworkClass.ORB, _month(2, 90)), id="another month"),
    ],
)
def test_what_is_no_relay_network_of_the_month_is_not_told(track: Tracked) -> None:
    text = note([track], MARCH, "Northgate CSIRT")
    assert name_of(track) not in text
    assert "hold no relay network" in text


def test_a_kind_that_is_not_known_gets_no_verdict() -> None:
    text = note([_track("net-eeee1", NetworkClass.UNKNOWN, _month(3, 90))], MARCH, "Northgate CSIRT")
    assert "We track a relay network called Relaynet-EEEE." in text
    assert " is a" not in text.split("---")[-1]


def test_made_records_say_so_in_the_first_line() -> None:
    text = note([], MARCH, "lab", made=True)
    assert text.split("---\n\n")[1].startswith("These records were made by the lab")
