"""When an issue is due on a reader's desk: first business day of the next month, 06:01 in the reader's own zone.

Pure functions: the clock is given in. Zones are IANA names (zoneinfo); holidays are `holidays.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from jinja2 import StrictUndefined, Template

from geppo.config import Settings
from geppo.errors import UsageError
from geppo.model.edition import EditionKind
from geppo.model.time import Period

_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Days without business. `years` are the first and the last year that `days` covers, both included."""

    days: frozenset[date]
    closed: frozenset[tuple[int, int]]
    years: tuple[int, int] | None

    def business(self, day: date) -> bool:
        """True where people are at their desks: no weekend, no holiday, no yearly closure."""
        return day.weekday() < _SATURDAY and day not in self.days and (day.month, day.day) not in self.closed

    def covers(self, day: date) -> bool:
        """False where only weekends and yearly closures are known."""
        return self.years is None or self.years[0] <= day.year <= self.years[1]

    def first(self, day: date) -> date:
        """The first business day from `day` on."""
        while not self.business(day):
            day += timedelta(days=1)
        return day

    def after(self, day: date, count: int) -> date:
        """The business day `count` business days after `day`."""
        for _ in range(count):
            day = self.first(day + timedelta(days=1))
        return day


@lru_cache(maxsize=1)
def _tables() -> Mapping[str, Mapping[str, object]]:
    return tomllib.loads(resources.files("geppo.deliver").joinpath("holidays.toml").read_text(encoding="utf-8"))


def calendar(name: str) -> Calendar:
    """A table of `holidays.toml` by name, or weekends only for `none`. Raises UsageError for another name."""
    if name == "none":
        return Calendar(days=frozenset(), closed=frozenset(), years=None)
    table = _tables().get(name)
    if table is None:
        known = ", ".join(sorted(_tables()))
        raise UsageError(f"setting deliver.holidays: expected none or one of {known}, got {name!r}")
    days, closed, years = table["days"], table["closed"], table["years"]
    assert isinstance(days, list) and isinstance(closed, list) and isinstance(years, list)
    return Calendar(
        days=frozenset(days),
        closed=frozenset((int(one[:2]), int(one[3:])) for one in closed),
        years=(years[0], years[1]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """When editions are due. `clock` is local time, `delay` counts business days for the public excerpt."""

    calendar: Calendar
    clock: time
    delay: int

    @classmethod
    def of(cls, settings: Settings) -> Rules:
        """From the settings. Raises UsageError where one is wrong."""
        text = settings.text("deliver.hour")
        try:
            clock = time.fromisoformat(text)
        except ValueError:
            clock = time.max
        if clock.second or clock.tzinfo or len(text) != len("HH:MM"):
            raise UsageError(f"setting deliver.hour: expected HH:MM, got {text!r}")
        return cls(
            calendar=calendar(settings.text("deliver.holidays")),
            clock=clock,
            delay=max(0, settings.integer("deliver.public_delay")),
        )


def zone(name: str) -> ZoneInfo:
    """An IANA time zone. Raises UsageError for a name that is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:  # unknown, the name of a folder, a path
        raise UsageError(f"expected an IANA time zone such as Asia/Tokyo, got {name!r}") from error


def next_month(period: Period) -> date:
    """The first day after the month."""
    return period.span.end + timedelta(days=1)


def issue_day(period: Period, kind: EditionKind, rules: Rules) -> date:
    """The day on which an edition is due everywhere."""
    first = rules.calendar.first(next_month(period))
    return first if kind is not EditionKind.PUBLIC else rules.calendar.after(first, rules.delay)


def due(period: Period, kind: EditionKind, place: ZoneInfo, rules: Rules) -> datetime:
    """The moment (UTC) at which an edition of the month is due for a reader in a zone.

    A local time that the zone skips on that day (summer time begins) is due as much later as the clock jumps.
    """
    local = datetime.combine(issue_day(period, kind, rules), rules.clock, tzinfo=place)
    return local.astimezone(UTC)


_FIRST_ZONE = timedelta(hours=14)
"""Offset of the zone where a month begins first (Pacific/Kiritimati)."""


def last_month(now: datetime) -> Period:
    """The month that is over somewhere: readers east of the organisation have their morning first."""
    day = (now.astimezone(UTC) + _FIRST_ZONE).date().replace(day=1) - timedelta(days=1)
    return Period(year=day.year, month=day.month)


LAST_DAY = 14
"""Of the month: no first business day lies later, the public excerpt and mail that was put off included."""


def units(command: str, workspace: str, zones: Iterable[str], rules: Rules) -> dict[str, str]:
    """The systemd service and timer: once at the reader's hour in each zone, and each quarter of an hour for the rest.

    `command` and `workspace` must not need quoting by systemd (systemd.service(5), "Quoting"). Runs on days when
    nothing is due, and repeated runs, send nothing.
    """
    clock = rules.clock.strftime("%H:%M")
    lines = [f"OnCalendar=*-*-01..{LAST_DAY} {clock}:00 {name}" for name in sorted(set(zones))]
    lines.append(f"OnCalendar=*-*-01..{LAST_DAY},28..31 *:{_quarters(rules)}:30 UTC")
    values = {"command": command, "workspace": workspace, "clock": clock, "lines": "\n".join(lines)}
    return {f"geppo-deliver.{kind}": _filled(f"unit.{kind}.j2", values) for kind in ("service", "timer")}


def _filled(name: str, values: Mapping[str, str]) -> str:
    text = resources.files("geppo.deliver").joinpath(name).read_text(encoding="utf-8")
    made: str = Template(text, undefined=StrictUndefined, keep_trailing_newline=True).render(values)
    return made


def _quarters(rules: Rules) -> str:
    """Minutes of the hour at which the reader's hour can fall: every zone's offset is a multiple of 15 minutes."""
    return ",".join(f"{(rules.clock.minute + step) % 60:02d}" for step in range(0, 60, 15))


def cron(command: str, rules: Rules) -> str:
    """One line for crontab(5), in any zone: four runs an hour meet the reader's hour everywhere.

    The days reach over the month's end, because cron counts them in the machine's own zone.
    """
    return f"{_quarters(rules)} * 1-{LAST_DAY},28-31 * * {command}"
