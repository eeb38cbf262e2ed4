"""Trends over months: how many independent origins report a category, against the months before.

Compared are only houses that published in this month and in some month before (the panel): a source that is new, or has
gone, makes no trend. The rate is taken per house and month, and once more per document; both must differ, since a house
that publishes more has more to say of everything. Test, range and the reading of many tests at once: `chances.py`.

A rise needs two houses of the panel in two stories, and a rate above that of every month before; a fall needs two
houses before, and a rate below all of them. Nothing is said where too few months are there, the panel is small, or
what was collected changed too much.

Assessments of kind `trend` have no likelihood: the range is of a ratio of rates, not of a probability. They hold `what`
(`acts`, `states`, `targets`, `exploits`, `kind`), `category` (ids), `label.en` and `label.ja` (kinds only),
`direction` (`rising`, `falling`), `first` (`yes` where no month before has it), `from`, `to` (first and last month
compared), `months` (before this one), `now`, `before` (sightings of panel houses: one a house and month), `panel`
(houses), `exposure.now`, `exposure.before` (months in which a house of the panel published, summed over houses),
`documents.now`, `documents.before` (of the panel), `ratio`, `ratio.low`, `ratio.high` (per house and month; empty for
no upper end), `p` (the larger of the two), `tested` (categories), and for each month i from 1, the oldest first:
`i.month`, `i.origins`, `i.houses`, `i.documents` (of all houses).
`subjects` are the terms of the category (whom; who and whom), `claims` and `origins` those of this month.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from geppo.config import Settings
from geppo.judge._reference import short_id, trend_categories
from geppo.judge.background import Category, Observed, months_compared
from geppo.judge.chances import compare, discoveries, least_p, two_sided
from geppo.model.assessment import Assessment, AssessmentKind, Confidence, Origins
from geppo.model.entity import Kind, Term

_SEVERAL = 2
_UNTESTED = 1.0
_LOOSE = frozenset({"shares"})
"""Categories of pairs that are too rare to count; `unusual.py` weighs them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Exposure:
    """What the panel published: months of houses, and documents, now and before."""

    houses_now: int
    houses_before: int
    documents_now: int
    documents_before: int

    @property
    def by_house(self) -> float:
        """This month's share of the months of houses."""
        return self.houses_now / (self.houses_now + self.houses_before)

    @property
    def by_document(self) -> float:
        """This month's share of the documents."""
        return self.documents_now / (self.documents_now + self.documents_before)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tested:
    """A category with its sightings in the panel; `p` is the larger of both tests, 1 where they point apart."""

    category: Category
    now: int
    before: int
    rising: bool
    p: float


class _Panel:
    """The houses that can be compared, over a month and those before it."""

    def __init__(self, now: Observed, before: Sequence[Observed]) -> None:
        self.now, self.before = now, before
        earlier = frozenset(house for month in before for house in month.houses)
        self.houses = earlier & frozenset(now.houses)
        self.exposure = _Exposure(
            houses_now=len(self.houses),
            houses_before=sum(len(self.houses & month.houses.keys()) for month in before),
            documents_now=self._documents(now),
            documents_before=sum(map(self._documents, before)),
        )

    def _documents(self, month: Observed) -> int:
        return sum(count for house, count in month.houses.items() if house in self.houses)

    def count(self, month: Observed, category: Category) -> int:
        """Houses of the panel that speak of a category in a month."""
        return len(month.origins(category) & self.houses)

    def rate(self, month: Observed, category: Category) -> float:
        """The same by house of the panel that published."""
        published = len(self.houses & month.houses.keys())
        return self.count(month, category) / published if published else 0.0

    def test(self, category: Category) -> _Tested:
        """Compare this month with those before, by house and by document."""
        now, before = self.count(self.now, category), sum(self.count(month, category) for month in self.before)
        shares = (self.exposure.by_house, self.exposure.by_document)
        above = [now > share * (now + before) for share in shares]
        p = max(two_sided(now, before, share) for share in shares) if above[0] is above[1] else _UNTESTED
        return _Tested(category=category, now=now, before=before, rising=above[0], p=p)

    def could_differ(self, category: Category, level: float) -> bool:
        """False for a category with so few sightings that no month of it could stand out."""
        n = sum(self.count(month, category) for month in (self.now, *self.before))
        return n > 0 and least_p(n, self.exposure.by_house) <= level


def _steady(panel: _Panel, settings: Settings) -> bool:
    """Whether about as much was collected as before, of all houses and of the panel."""
    most, months = settings.number("judge.trends.exposure_change"), len(panel.before)
    held = panel.exposure
    pairs = (
        (held.houses_now, held.houses_before),
        (held.documents_now, held.documents_before),
        (panel.now.documents, sum(month.documents for month in panel.before)),
        (len(panel.now.houses), sum(len(month.houses) for month in panel.before)),
    )
    return all(before and 1 / most <= now * months / before <= most for now, before in pairs)


def silent(now: Observed, earlier: Sequence[Observed], settings: Settings) -> str:
    """Why no trend can be named: `months`, `documents` or `houses` that are too few, a changed `exposure`, or empty."""
    before = months_compared(now.period, earlier, settings)
    if not before:
        return "months"
    if now.documents < settings.integer("judge.trends.least_documents"):
        return "documents"
    panel = _Panel(now, before)
    if len(panel.houses) < settings.integer("judge.trends.least_houses"):
        return "houses"
    return "" if _steady(panel, settings) else "exposure"


def find_trends(now: Observed, earlier: Sequence[Observed], settings: Settings) -> tuple[Assessment, ...]:
    """What origins report more, or less, than in the months before; the clearest first.

    `earlier` may hold months in any order, this one or later ones too. Gives nothing where the base carries nothing
    (`silent`).
    """
    if silent(now, earlier, settings):
        return ()
    panel = _Panel(now, months_compared(now.period, earlier, settings))
    level = settings.number("judge.trends.false_share")
    months = (now, *panel.before)
    held = {category for month in months for category in month.sightings if category[0] not in _LOOSE}
    tested = [panel.test(one) for one in sorted(held) if panel.could_differ(one, level)]
    limit = discoveries([one.p for one in tested], level)
    found = [one for one in tested if one.p <= limit and _carried(panel, one)]
    found.sort(key=lambda one: (one.p, -one.now, one.category))
    return tuple(_assessment(panel, one, len(tested), settings) for one in found)


def _carried(panel: _Panel, one: _Tested) -> bool:
    """Whether two independent houses stand behind it, and this month stands out from each of those before."""
    others = [panel.rate(month, one.category) for month in panel.before]
    here = panel.rate(panel.now, one.category)
    if not one.rising:
        behind = frozenset(house for month in panel.before for house in month.origins(one.category)) & panel.houses
        return len(behind) >= _SEVERAL and here < min(others)
    sightings = [one for one in panel.now.sightings[one.category] if one.house in panel.houses]
    several = min(len({one.house for one in sightings}), len({one.story for one in sightings}))
    return several >= _SEVERAL and here > max(others)


def _confidence(panel: _Panel, one: _Tested, settings: Settings) -> Confidence:
    """High: a clear difference, many months, several houses on the side with more; moderate: half of that; else low."""
    houses = one.now if one.rising else one.before / len(panel.before)
    for name, level in (("high", Confidence.HIGH), ("moderate", Confidence.MODERATE)):
        months = settings.integer(f"judge.trends.{name}.months")
        least = settings.integer(f"judge.trends.{name}.houses")
        if len(panel.before) >= months and houses >= least and one.p <= settings.number(f"judge.trends.{name}.p"):
            return level
    return Confidence.LOW


def _assessment(panel: _Panel, one: _Tested, tested: int, settings: Settings) -> Assessment:
    now, what = panel.now, one.category[0]
    sightings = now.sightings.get(one.category, ())
    label = next((row for row in trend_categories() if what == "kind" and row.id == one.category[1]), None)
    months = [part for number, month in enumerate((*panel.before, now), 1) for part in _month(number, month, one)]
    held = panel.exposure
    ratio = compare(one.now, one.before, held.by_house)
    return Assessment(
        id=short_id("a", "trend", str(now.period), *one.category),
        kind=AssessmentKind.TREND,
        subjects=tuple(_terms(panel, one.category)),
        claims=tuple(dict.fromkeys(seen.claim for seen in sightings)),
        likelihood=None,
        confidence=_confidence(panel, one, settings),
        origins=Origins(roots=tuple(sorted({seen.root for seen in sightings})), repeats=()),
        detail=(
            ("what", what),
            ("category", " ".join(one.category[1:])),
            ("label.en", label.en if label else ""),
            ("label.ja", label.ja if label else ""),
            ("direction", "rising" if one.rising else "falling"),
            ("first", "" if any(one.category in month.sightings for month in panel.before) else "yes"),
            ("from", str(panel.before[0].period)),
            ("to", str(now.period)),
            ("months", str(len(panel.before))),
            ("now", str(one.now)),
            ("before", str(one.before)),
            ("panel", str(len(panel.houses))),
            ("exposure.now", str(held.houses_now)),
            ("exposure.before", str(held.houses_before)),
            ("documents.now", str(held.documents_now)),
            ("documents.before", str(held.documents_before)),
            ("ratio", _plain(ratio.point)),
            ("ratio.low", _plain(ratio.low)),
            ("ratio.high", _plain(ratio.high)),
            ("p", f"{one.p:.2g}"),
            ("tested", str(tested)),
            *months,
        ),
    )


def _plain(value: float) -> str:
    return "" if math.isinf(value) else f"{value:.2g}"


def _month(number: int, month: Observed, one: _Tested) -> list[tuple[str, str]]:
    return [
        (f"{number}.month", str(month.period)),
        (f"{number}.origins", str(len(month.origins(one.category)))),
        (f"{number}.houses", str(len(month.houses))),
        (f"{number}.documents", str(month.documents)),
    ]


def _terms(panel: _Panel, category: Category) -> Iterator[Term]:
    """The terms of a category as this month prints them, else an earlier one."""
    if category[0] == "kind":
        return
    for key in category[1:]:
        printed = (month.terms[key] for month in (panel.now, *reversed(panel.before)) if key in month.terms)
        yield next(printed, Term(kind=Kind.TEXT, id=key, name=key))
