"""When issues are due: cases as data, the list of holidays against the rules of the law, zones and units."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geppo import config
from geppo.deliver.schedule import LAST_DAY, Rules, calendar, cron, due, issue_day, last_month, units, zone
from geppo.errors import UsageError
from geppo.model.edition import EditionKind
from geppo.model.time import Period

RAW = tomllib.loads((Path(__file__).parents[1] / "cases" / "deliver" / "schedule.toml").read_text(encoding="utf-8"))
JP = calendar("JP")
RULES = Rules(calendar=JP, clock=time(6, 1), delay=1)
ZONES = ("Asia/Tokyo", "America/New_York", "Europe/Berlin", "Pacific/Apia", "Asia/Kathmandu", "Pacific/Honolulu")
PERIODS = st.builds(Period, year=st.integers(2023, 2027), month=st.integers(1, 12))


@pytest.mark.parametrize("case", RAW["case"], ids=lambda case: str(case["name"]))
def test_due(case: dict[str, Any]) -> None:
    rules = Rules(calendar=calendar(case["calendar"]), clock=time(6, 1), delay=1)
    for kind in EditionKind:
        assert (
            due(Period.parse(case["period"]), kind, zone(case["zone"]), rules)
            == case["public" if kind is EditionKind.PUBLIC else "member"]
        )


@pytest.mark.parametrize("case", RAW["day"], ids=lambda case: str(case["name"]))
def test_business_day(case: dict[str, Any]) -> None:
    assert JP.business(case["day"]) is case["business"]


def _nth_monday(year: int, month: int, n: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(7 - first.weekday()) % 7 + 7 * (n - 1))


def _by_law(year: int) -> set[date]:
    """The Act on National Holidays as rules, the two equinoxes taken from the list: they are announced each year."""
    fixed = [(1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23)]
    days = {date(year, month, day) for month, day in fixed}
    days |= {_nth_monday(year, month, n) for month, n in ((1, 2), (7, 3), (9, 3), (10, 2))}
    spring = [day for day in JP.days if day.year == year and day.month == 3 and day.day in (20, 21)]
    autumn = [day for day in JP.days if day.year == year and day.month == 9 and day.day in (22, 23)]
    days |= {min(spring), max(day for day in autumn if (year, day.day) != (2024, 23))}
    for day in sorted(days):
        if day.weekday() == 6:
            moved = day + timedelta(days=1)
            while moved in days:
                moved += timedelta(days=1)
            days.add(moved)
    between = {day + timedelta(days=1) for day in days if day + timedelta(days=2) in days}
    return days | {day for day in between if day not in days and day.weekday() != 6}


@pytest.mark.parametrize("year", range(2024, 2028))
def test_the_list_is_what_the_law_says(year: int) -> None:
    assert {day for day in JP.days if day.year == year} == _by_law(year)
    assert JP.covers(date(year, 7, 1)) and not JP.covers(date(2028, 1, 1))


@given(PERIODS, st.sampled_from(ZONES), st.sampled_from(list(EditionKind)))
def test_due_is_the_reader_s_hour_on_a_business_day_of_the_next_month(
    period: Period, name: str, kind: EditionKind
) -> None:
    moment = due(period, kind, ZoneInfo(name), RULES)
    local = moment.astimezone(ZoneInfo(name))
    assert moment.tzinfo is UTC and (local.hour, local.minute, local.second) == (6, 1, 0)
    assert JP.business(local.date()) and local.date() > period.span.end and local.day <= LAST_DAY
    first = issue_day(period, EditionKind.MEMBER, RULES)
    assert not any(JP.business(date(first.year, first.month, day)) for day in range(1, first.day))
    assert issue_day(period, EditionKind.BRIEF, RULES) == first < issue_day(period, EditionKind.PUBLIC, RULES)
    assert last_month(moment) == period, "a run at that moment without a month takes this one"


@given(PERIODS)
def test_the_cron_line_runs_at_every_reader_s_minute(period: Period) -> None:
    minutes = {int(one) for one in cron("geppo deliver", RULES).split()[0].split(",")}
    for name in ZONES:
        assert due(period, EditionKind.MEMBER, ZoneInfo(name), RULES).minute in minutes


def test_an_hour_that_the_clock_skips_is_not_lost() -> None:
    """The last Sunday of March, 02:30 in Berlin, does not exist; here it is made a first business day."""
    rules = Rules(calendar=calendar("none"), clock=time(2, 30), delay=0)
    moment = due(Period(year=2027, month=2), EditionKind.MEMBER, ZoneInfo("Europe/Berlin"), rules)
    assert moment == datetime(2027, 3, 1, 1, 30, tzinfo=UTC)
    skipped = datetime(2027, 3, 28, 2, 30, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)
    assert skipped.astimezone(ZoneInfo("Europe/Berlin")).time() == time(3, 30)


def test_a_month_begins_first_in_the_east() -> None:
    assert last_month(datetime(2026, 11, 30, 9, 59, tzinfo=UTC)) == Period(year=2026, month=10)
    assert last_month(datetime(2026, 11, 30, 10, 0, tzinfo=UTC)) == Period(year=2026, month=11)
    assert last_month(datetime(2026, 1, 1, tzinfo=UTC)) == Period(year=2025, month=12)


def test_units_name_each_zone_once() -> None:
    made = units("/opt/geppo deliver", "/srv/brief", ["Asia/Tokyo", "Europe/Berlin", "Asia/Tokyo"], RULES)
    timer = made["geppo-deliver.timer"]
    assert timer.count("06:01:00 Asia/Tokyo") == 1 and timer.count("OnCalendar=") == 3
    assert "ExecStart=/opt/geppo deliver\n" in made["geppo-deliver.service"]
    assert cron("x", RULES) == "01,16,31,46 * 1-14,28-31 * * x"


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "Asia", "JST-9"])
def test_no_zone(name: str) -> None:
    with pytest.raises(UsageError, match="IANA time zone"):
        zone(name)


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("deliver.holidays", "XX", "none or one of JP"),
        ("deliver.hour", "6:01", "HH:MM"),
        ("deliver.hour", "25:00", "HH:MM"),
        ("deliver.hour", "06:01:30", "HH:MM"),
    ],
)
def test_settings_that_are_wrong(setting: str, value: str, words: str) -> None:
    from dataclasses import replace

    with pytest.raises(UsageError, match=words):
        Rules.of(replace(config.load(), values={setting: value}))
