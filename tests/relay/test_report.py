"""The note on our own findings: a month's own numbers, largest network first, and what it says of made records."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from geppo.model.relay import NetworkClass
from geppo.model.report import Document
from geppo.model.time import Period
from geppo.pipeline import loose_document
from geppo.relay.report import name_of, note, own_networks
from geppo.relay.track import Month, Tracked

MARCH = Period.parse("2026-03")


def _month(number: int, addresses: int, trend: str = "") -> Month:
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
        trend=trend,
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
    small = _track("net-aaa11", NetworkClass.BOTNET, _month(3, 40))
    large = _track("net-bbb11", NetworkClass.ORB, _month(2, 1402), _month(3, 1409), _month(4, 1500))
    text = note([small, large], MARCH, "Northgate CSIRT")
    assert text.index("Relaynet-BBB1 is an ORB network.") < text.index("Relaynet-AAA1 is a botnet.")
    assert "On 31 March 2026 our scans counted 1,409 infected devices." in text
    assert "A month earlier: 1,402." in text
    assert "1,500" not in text
    assert "publisher: Northgate CSIRT\n" in text and "published: 2026-03-31\n" in text
    assert "made by the lab" not in text


@pytest.mark.parametrize(
    "track",
    [
        pytest.param(_track("net-ccc11", NetworkClass.CDN, _month(3, 90)), id="a benign kind"),
        pytest.param(_track("net-ddd11", NetworkClass.ORB, _month(1, 90)), id="another month"),
        pytest.param(_track("net-ddd11", NetworkClass.ORB, _month(4, 90)), id="a month to come"),
    ],
)
def test_what_is_no_relay_network_of_the_month_is_not_told(track: Tracked) -> None:
    text = note([track], MARCH, "Northgate CSIRT")
    assert name_of(track) not in text
    assert "hold no relay network" in text


def test_a_kind_that_is_not_known_gets_no_verdict() -> None:
    text = note([_track("net-eee11", NetworkClass.UNKNOWN, _month(3, 90))], MARCH, "Northgate CSIRT")
    assert "We track a relay network called Relaynet-EEE1." in text
    assert " is a" not in text.split("---")[-1]


def test_made_records_say_so_in_the_first_line() -> None:
    text = note([], MARCH, "lab", made=True)
    assert text.split("---\n\n")[1].startswith("These records were made by the lab")


@pytest.mark.parametrize(
    ("track", "name"),
    [("net-1da2331b", "Relaynet-1DA2"), ("net-abcd12ef", "Relaynet-ABCD1"), ("net-abcdef", "Relaynet-ABCDEF")],
)
def test_a_name_holds_a_digit_where_its_id_does(track: str, name: str) -> None:
    assert name_of(_track(track, NetworkClass.ORB, _month(3, 90))) == name


def _document(text: str, publisher: str = "Northgate CSIRT", url: str = "") -> Document:
    return replace(loose_document(text, "en", date(2026, 3, 31), publisher), url=url)


def test_rows_are_read_back_as_they_were_written() -> None:
    gone = _track("net-bbb11", NetworkClass.BOTNET, _month(1, 30), _month(2, 31))
    here = _track("net-aaa11", NetworkClass.ORB, _month(2, 1402), _month(3, 1409), _month(4, 1500))
    text = note([here, gone], MARCH, "Northgate CSIRT")
    one, other = own_networks([_document(text)], "Northgate CSIRT")
    assert (one.name, one.track, one.kind, one.made) == ("Relaynet-AAA1", "net-aaa11", NetworkClass.ORB, False)
    assert [(str(row.month), row.addresses, row.low, row.high, row.new, row.gone) for row in one.rows] == [
        ("2026-02", 1402, 1393, 1411, 7, 5),
        ("2026-03", 1409, 1400, 1418, 7, 5),
    ]
    assert all(text[row.start : row.end].startswith(f"- {row.month}: {row.addresses} addresses") for row in one.rows)
    assert other.row(MARCH) is None and [row.addresses for row in other.rows] == [30, 31]
    assert "The records of March 2026 hold nothing of Relaynet-BBB1 any more." in text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1409 addresses", "many addresses"),
        ("2026-03: 1409", "2026-13: 1409"),
        ("7 new", "-7 new"),
        (", within", ""),
        ("other", "p" * 200),
        ("other", "guessed"),
        (", within", ", doubled"),
    ],
)
def test_a_row_that_is_none_is_left_out(old: str, new: str) -> None:
    here = _track("net-aaa11", NetworkClass.ORB, _month(3, 1409, "no change beyond the interval"))
    text = note([here], MARCH, "Northgate CSIRT")
    assert old in text
    assert own_networks([_document(text.replace(old, new))], "Northgate CSIRT") == ()


def test_what_is_signed_by_others_or_has_an_address_is_not_ours() -> None:
    text = note([_track("net-aaa11", NetworkClass.ORB, _month(3, 1409))], MARCH, "Northgate CSIRT")
    made = note([_track("net-aaa11", NetworkClass.ORB, _month(3, 1409))], MARCH, "a lab", made=True)
    assert own_networks([_document(text)], "Northgate CSIRT")
    assert own_networks([_document(text)], "") == ()
    assert own_networks([_document(text, "Another House")], "Northgate CSIRT") == ()
    assert own_networks([_document(text, url="https://a.example/own")], "Northgate CSIRT") == ()
    assert own_networks([_document(made, url="https://a.example/own")], "") == ()
    assert [one.made for one in own_networks([_document(made, "a lab")], "")] == [True]
