"""Dates in prose: a day where a day is printed, else a span; nothing finer than what is written is implied.

A date without a year is read as the nearest past one, counted from publication, unless its sentence names a year or
speaks of what will come. Numbers in versions, identifiers and addresses are no dates.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from geppo.language import _data
from geppo.language._dateforms import Forms, Guard, forms
from geppo.language._lexicon import fold, spans, whole
from geppo.model.time import When, day, month, year

_NAMED_BEFORE = 100
"""Offsets from here up count from the year or month named before (`同年`, "the same year"), not from publication."""

_NEAR = 60
"""Characters around a date in which a word can say that it is still to come."""

_NEXT = 12
"""The same after a date that another one follows: what stands later speaks of that one."""

_END = "。！？!?\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A date in a text. `open` is `since` or `until` where only that end is given; `when` is the end itself.

    The stretch holds the date with its part ("end of July") and not the words before it ("since", "between").
    """

    start: int
    end: int
    when: When
    open: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Point:
    """One date as printed, not yet completed."""

    year: int | None = None
    relative_year: int | None = None
    month: int | None = None
    relative_month: int | None = None
    day: int | None = None
    relative_day: int | None = None
    part: str = ""
    block: tuple[int, int] | None = None
    near: int | None = None

    @property
    def has_year(self) -> bool:
        """True where the year need not be guessed."""
        return any(
            value is not None for value in (self.year, self.relative_year, self.relative_month, self.relative_day)
        )

    @property
    def is_year(self) -> bool:
        """True for a year and nothing else."""
        return self.year is not None and self.month is None and self.block is None and not self.part


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    start: int
    end: int
    first: _Point
    second: _Point | None


def find_dates(text: str, language: str, published: date) -> tuple[Dated, ...]:
    """Dates in order, not overlapping, completed from the publication date and the sentence.

    Where two dates are joined ("from January to May 2025") they are one span. A language without data gives ISO dates
    only. A date that no calendar has is left out.
    """
    known = forms(_data.code(language))
    folded = fold(text)
    reader = _Reader(known, folded, published)
    return tuple(reader.read(_joined(list(_matches(folded, known, published)), folded, known)))


def _matches(folded: str, known: Forms, published: date) -> Iterator[_Found]:
    for start, end in spans(known.union, folded):
        numbers = known.which.Match(folded[start:end])
        if not numbers:
            continue
        number = min(numbers)
        parsed = known.parsers[number].fullmatch(folded[start:end])
        if parsed is None:
            continue
        fields = {name: value for name, value in parsed.groupdict().items() if value is not None}
        start += min(at for at in (parsed.start(n) for n in range(1, known.parsers[number].groups + 1)) if at >= 0)
        if _glued(folded, start, end) or (known.words and not whole(folded, start, end)):
            continue
        guard = known.guards[number]
        if guard is not None and _guarded(folded, start, end, guard):
            continue
        if "y" in fields and len(fields) == 1:
            limits = known.limits
            if not limits["first_year"] <= int(fields["y"]) <= published.year + limits["years_ahead"]:
                continue
        yield _Found(start=start, end=end, first=_first(fields, known), second=_second(fields, known))


def _guarded(folded: str, start: int, end: int, guard: Guard) -> bool:
    if guard.before is not None and guard.before(folded[max(0, start - 16) : start]):
        return True
    return guard.after is not None and guard.after(folded[end : end + 32])


def _glued(folded: str, start: int, end: int) -> bool:
    """True where the match is a piece of a number, an identifier or an address."""
    before = folded[start - 1] if start else " "
    after = folded[end] if end < len(folded) else " "
    following = folded[end + 1 : end + 2]
    if folded[start].isdigit():
        if (before.isascii() and before.isalnum()) or before in "_-/#@$€£¥+=%]":
            return True
        if before in ".,:" and folded[max(0, start - 2)].isdigit():
            return True
    if folded[end - 1].isdigit():
        stamp = after == "T" and following.isdigit()
        if after.isascii() and (after.isalnum() or after in "_%") and not stamp:
            return True
        if after in ".,:/-[" and (following.isdigit() or following == "." or (after == "-" and following.isupper())):
            return True
    return _in_address(folded, start, end)


def _in_address(folded: str, start: int, end: int) -> bool:
    first, last = start, end
    while first > 0 and start - first < 200 and "!" <= folded[first - 1] <= "~":
        first -= 1
    while last < len(folded) and last - end < 200 and "!" <= folded[last] <= "~":
        last += 1
    token = folded[first:last]
    if len(token) <= end - start + 2:
        return False
    if any(mark in token for mark in ("://", "[.]", "[:]", "www.", "hxxp", "\\")):
        return True
    return "/" in folded[first:start] and any(character.isalpha() for character in folded[first:start])


def _first(fields: dict[str, str], known: Forms) -> _Point:
    tables = known.tables
    number = None
    if "era" in fields:
        number = tables["era"][fields["era"].lower()] + (1 if fields["ey"] == "元" else int(fields["ey"]))
    elif "y" in fields:
        number = int(fields["y"])
    relative = fields.get("ry", "").lower() or None
    short = fields.get("sy", "").lower() or None

    def listed(field: str) -> Any:
        return tables[field][_key(fields[field])] if field in fields else None

    block = listed("block")
    return _Point(
        year=number,
        relative_year=tables["ry"][_key(relative)] if relative else tables["sy"][_key(short)] if short else None,
        month=listed("m") if "m" in fields else int(fields["mn"]) if "mn" in fields else None,
        relative_month=listed("rm"),
        day=int(fields["d"]) if "d" in fields else None,
        relative_day=listed("rd"),
        part=listed("part") or "",
        block=(block[0], block[1]) if block else None,
        near=listed("near"),
    )


def _key(word: str) -> str:
    return " ".join(word.lower().split())


def _second(fields: dict[str, str], known: Forms) -> _Point | None:
    if not any(name.endswith("2") for name in fields):
        return None
    number = int(fields["y2"]) if "y2" in fields else None
    if "yy2" in fields:
        number = int(fields["y"]) // 100 * 100 + int(fields["yy2"])
    if "d2" in fields:
        return replace(_first(fields, known), day=int(fields["d2"]))
    named = known.tables["m"][_key(fields["m2"])] if "m2" in fields else None
    return _Point(year=number, month=int(fields["mn2"]) if "mn2" in fields else named)


def _joined(found: list[_Found], folded: str, known: Forms) -> list[_Found]:
    out: list[_Found] = []
    for item in found:
        if out and item.second is None and out[-1].second is None and _join(out[-1], item, folded, known):
            last = out.pop()
            out.append(_Found(start=last.start, end=item.end, first=last.first, second=item.first))
        else:
            out.append(item)
    return out


def _join(left: _Found, right: _Found, folded: str, known: Forms) -> bool:
    between = folded[left.end : right.start]
    if len(between) > 24:
        return False
    for join in known.joins:
        if not join.between(between):
            continue
        if join.before is not None and not join.before(folded[max(0, left.start - 16) : left.start]):
            continue
        if join.years:
            one, two = left.first, right.first
            if not (one.is_year and two.is_year and one.year is not None and two.year == one.year + 1):
                continue
        return True
    return False


class _Reader:
    """Completes dates in reading order; remembers the year and month named last."""

    def __init__(self, known: Forms, folded: str, published: date) -> None:
        self._known = known
        self._text = folded
        self._published = published
        self._year: int | None = None
        self._month: tuple[int, int] | None = None
        self._at = 0

    def read(self, found: list[_Found]) -> Iterator[Dated]:
        """The dates that can be completed."""
        for number, item in enumerate(found):
            open_ = "" if item.second is not None else self._open(item)
            left = found[number - 1].end if number else 0
            right = found[number + 1].start if number + 1 < len(found) else len(self._text)
            ahead = self._ahead(item, open_, left, right)
            near = self._text[self._at : item.start]
            if len(near) > 400 or ". " in near or any(mark in near for mark in _END):
                self._month = None
            when = self._span(item.first, item.second, ahead) if item.second else self._when(item.first, ahead)
            if when is None:
                continue
            self._at = item.end
            self._remember(item, when)
            yield Dated(start=item.start, end=item.end, when=when, open=open_)

    def _remember(self, item: _Found, when: When) -> None:
        last = item.second or item.first
        self._year = when.end.year
        fine = last.month is not None or last.day is not None or last.relative_month is not None
        self._month = (when.end.year, when.end.month) if fine else None

    def _open(self, item: _Found) -> str:
        before = self._text[max(0, item.start - 40) : item.start]
        after = self._text[item.end : item.end + 16]
        cues = self._known.cues
        for name, left, right in (
            ("since", cues.since_before, cues.since_after),
            ("until", cues.until_before, cues.until_after),
        ):
            if left is not None and left(before):
                return name
            if right is not None and right(after):
                return name
        return ""

    def _ahead(self, item: _Found, open_: str, left: int, right: int) -> int:
        """Days after publication up to which the date may lie if its year is not printed.

        `left` and `right` bound the text that speaks of this date and not of its neighbours.
        """
        limits = self._known.limits
        forward = self._known.cues.forward
        before = self._text[max(left, item.start - _NEAR) : item.start]
        after = self._text[item.end : item.end + (_NEAR if right >= item.end + _NEAR else min(right - item.end, _NEXT))]
        for mark in (*_END, ". "):
            before = before.rpartition(mark)[2]
            after = after.partition(mark)[0]
        if forward is not None and any(forward(part) for part in (before, after)):
            return limits["ahead_days_forward"]
        return limits["ahead_days_until"] if open_ == "until" else limits["ahead_days"]

    def _year_of(self, point: _Point) -> int | None:
        if point.year is not None or point.relative_year is None:
            return point.year
        if point.relative_year < _NAMED_BEFORE // 2:
            return self._published.year + point.relative_year
        return (self._year or self._published.year) + point.relative_year - _NAMED_BEFORE

    def _month_of(self, offset: int) -> tuple[int, int]:
        base = (self._published.year, self._published.month)
        if offset > _NAMED_BEFORE // 2:
            base = self._month or base
            offset -= _NAMED_BEFORE
        number = base[0] * 12 + base[1] - 1 + offset
        return number // 12, number % 12 + 1

    def _when(self, point: _Point, ahead: int) -> When | None:
        try:
            return self._completed(point, ahead)
        except (ValueError, OverflowError):
            return None

    def _completed(self, point: _Point, ahead: int) -> When | None:
        if point.relative_day is not None:
            return day(self._published + timedelta(days=point.relative_day))
        number = self._year_of(point)
        if point.relative_month is not None:
            number, named = self._month_of(point.relative_month)
            point = replace(point, month=named)
        if point.block is not None:
            return self._block(point.block, number, point.near)
        if point.month is None and point.day is None:
            return self._part(year(number), point.part, "year") if number is not None else None
        if point.month is None and point.day is not None:
            return self._day(point.day, ahead)
        if point.month is None:
            return None
        if number is None:
            number = self._nearest(point.month, point.day, point.near, ahead)
        if point.day is not None:
            return day(date(number, point.month, point.day))
        return self._part(month(number, point.month), point.part, "month")

    def _part(self, whole_: When, part: str, unit: str) -> When:
        if not part:
            return whole_
        first, last = self._known.parts_of[part][unit]
        if unit == "year":
            return When(start=month(whole_.start.year, first).start, end=month(whole_.start.year, last).end)
        return When(start=whole_.start.replace(day=first), end=whole_.start.replace(day=min(last, whole_.end.day)))

    def _block(self, block: tuple[int, int], number: int | None, near: int | None) -> When:
        """A season, quarter or half; without a year the latest that has begun, "last" the latest that is over."""
        first, count = block

        def at(begin: int) -> When:
            end = begin * 12 + first + count - 2
            return When(start=date(begin, first, 1), end=month(end // 12, end % 12 + 1).end)

        if number is not None:
            late = at(number).start > self._published and first + count > 13 and count < 12
            return at(number - 1) if late else at(number)
        begin = self._published.year + 1
        if near == 1:
            begin -= 1
            while at(begin).start <= self._published:
                begin += 1
            return at(begin)
        while at(begin).start > self._published or (near == -1 and at(begin).end >= self._published):
            begin -= 1
        return at(begin)

    def _nearest(self, number: int, of_month: int | None, near: int | None, ahead: int) -> int:
        """The year of a month, or of a day in it."""
        published = self._published
        if near == 0:
            return published.year
        if near == 1:
            return published.year + (number <= published.month)
        if near == -1 and of_month is None:
            return published.year - (number >= published.month)
        only_past = of_month is None and ahead <= self._known.limits["ahead_days_until"]
        limit = published + timedelta(days=0 if only_past or near == -1 else ahead)
        if self._month is not None and self._month[1] <= number and near is None:
            begin = date(self._month[0], number, of_month or 1)
            if begin <= limit:
                return begin.year
        if of_month == 29 and number == 2:
            return next(y for y in range(limit.year, 0, -1) if calendar.isleap(y) and date(y, 2, 29) <= limit)
        return limit.year - (date(limit.year, number, of_month or 1) > limit)

    def _day(self, number: int, ahead: int) -> When:
        """A day of a month that is not printed: of the month named before in the sentence, else the nearest past."""
        limit = self._published + timedelta(days=min(ahead, 31))
        if self._month is not None and number <= calendar.monthrange(*self._month)[1]:
            named = date(self._month[0], self._month[1], number)
            if named <= limit:
                return day(named)
        here = limit
        while here.day != number:
            here -= timedelta(days=1)
        return day(here)

    def _span(self, first: _Point, second: _Point, ahead: int) -> When | None:
        """A span of two dates; what one of them lacks is taken from the other."""
        if first.has_year and not second.has_year:
            one = self._when(first, ahead)
            two = self._when(self._after(second, one), ahead) if one else None
        else:
            two = self._when(
                second if second.month or second.is_year or second.block else self._with(second, first), ahead
            )
            one = self._when(self._before(first, two), ahead) if two else None
        if one is None or two is None or one.start > two.end:
            return None
        return When(start=one.start, end=two.end)

    def _with(self, second: _Point, first: _Point) -> _Point:
        return replace(second, month=first.month) if second.month is None and second.day is not None else second

    def _after(self, second: _Point, one: When) -> _Point:
        number = second.month
        if number is None and second.day is not None:
            later = second.day < one.start.day
            carried = one.start.month + later
            return replace(second, year=one.start.year + (carried > 12), month=(carried - 1) % 12 + 1)
        begin = second.block[0] if second.block else number or 1
        return replace(second, year=one.start.year + (begin < one.start.month))

    def _before(self, first: _Point, two: When) -> _Point:
        if first.has_year:
            return first
        if first.month is None and first.day is not None:
            return replace(first, month=two.start.month, year=two.start.year)
        begin = first.block[0] if first.block else first.month or 1
        return replace(first, year=two.end.year - (begin > two.end.month))
