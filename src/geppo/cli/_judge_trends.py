"""`geppo judge trends`: what more, or fewer, origins report than in the months before, and which pairs are unusual."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from geppo.cli import _place
from geppo.errors import UsageError
from geppo.model.assessment import Assessment, AssessmentKind
from geppo.model.entity import Kind, Term
from geppo.model.time import Period

if TYPE_CHECKING:
    from geppo.catalog import Catalog
    from geppo.config import Settings
    from geppo.deliver._words import Words
    from geppo.judge.background import Observed
    from geppo.model.edition import Month

_LOOKED_BACK = 24
"""Months that are looked through for the last judged one."""


def run(month: str, language: str, workspace: Path | None, *, json_: bool) -> int:
    """Print the trends of a judged month of the workspace, by default the last one."""
    from geppo.judge.background import observe
    from geppo.judge.trends import find_trends, silent
    from geppo.knowledge.codec import plain
    from geppo.pipeline import months_before

    place = _place.open_workspace(workspace, otherwise=Path(_place.DEMO))
    now = _place.moment(None)
    judged = _judged(place, month, now)
    catalog = _place.catalog(place, now)
    before = months_before(place.store, judged.period, judged.as_of, catalog, place.settings)
    place.store.close()
    here = observe(judged, catalog)
    found, why = find_trends(here, before, place.settings), silent(here, before, place.settings)
    pairs = _pairs(judged)
    if json_:
        answer = {"month": str(judged.period), "silent": why, "trends": plain(found), "unusual": plain(pairs)}
        print(json.dumps(answer, ensure_ascii=False))
        return 0
    shown = _Shown(language, catalog, place.settings)
    print("\n".join((*shown.trends(here, found, why), *shown.unusual(pairs))))
    return 0


def _judged(place: _place.Workspace, month: str, now: datetime) -> Month:

    try:
        period = Period.parse(month) if month else Period(year=now.year, month=now.month)
    except ValueError as error:
        raise UsageError(f"judge trends: --month: {error}") from error
    for _ in range(1 if month else _LOOKED_BACK):
        held = place.store.month(period)
        if held is not None:
            return held
        period = period.previous
    place.store.close()
    what = f"{month} was not judged here" if month else f"no month of the last {_LOOKED_BACK} was judged here"
    raise UsageError(f"judge trends: {what}; write it with `geppo month {month or 'YYYY-MM'}`")


def _pairs(month: Month) -> list[Assessment]:
    """Assessments of pairs of states with their surprise, one a pair, the most unusual first."""
    found: dict[tuple[str, ...], Assessment] = {}
    for one in month.assessments:
        if one.get("surprise"):
            found.setdefault(_states(one), one)
    return sorted(found.values(), key=lambda one: (int(one.get("surprise.rank")), one.id))


def _states(one: Assessment) -> tuple[str, ...]:
    if one.kind is AssessmentKind.PARTNER_TARGETING:
        return ("states", one.get("source"), one.get("target"))
    return ("shares", *one.get("states").split())


class _Shown:
    """Assessments as lines of one language."""

    def __init__(self, language: str, catalog: Catalog, settings: Settings) -> None:
        from geppo.deliver._words import words

        self._said: Words = words(language)
        self._form = self._said.groups["trends"]
        self._catalog, self._settings = catalog, settings

    def trends(self, here: Observed, found: tuple[Assessment, ...], why: str) -> Iterator[str]:
        """A heading with the basis, then each trend with its series and confidence; or why there is none."""
        settings = self._settings
        if why:
            yield self._form[f"silent-{why}"].format(
                least=settings.integer("judge.trends.least_months"),
                window=settings.integer("judge.trends.months"),
                houses=settings.integer("judge.trends.least_houses"),
                change=f"{settings.number('judge.trends.exposure_change'):g}",
            )
            return
        if not found:
            yield self._form["none"]
            return
        one, period = found[0], self._said.period(here.period)
        yield self._form["heading"].format(
            month=period, months=one.get("months"), houses=one.get("panel"), tested=one.get("tested")
        )
        for one in found:
            yield ""
            yield from self._trend(one, period)

    def _trend(self, one: Assessment, month: str) -> Iterator[str]:
        form = "ratio" if one.get("ratio.high") else "open-ratio"
        ratio = self._form[form].format(point=one.get("ratio"), low=one.get("ratio.low"), high=one.get("ratio.high"))
        yield self._form[one.get("direction")].format(
            what=self._what(one), now=one.get("now"), panel=one.get("panel"), month=month, before=one.get("before"),
            exposure=one.get("exposure.before"), ratio=ratio,
        )  # fmt: skip
        if one.get("first"):
            yield self._form["first"].format(months=one.get("months"))
        numbers = range(1, int(one.get("months")) + 2)
        rows = (f"{one.get(f'{n}.month')} {one.get(f'{n}.origins')}/{one.get(f'{n}.houses')}" for n in numbers)
        yield self._form["series"].format(rows=self._said.mark("list").join(rows))
        if one.confidence is not None:
            yield self._form["confidence"].format(level=self._said.of("confidence", one.confidence.value))

    def _what(self, one: Assessment) -> str:
        label = one.get(f"label.{self._said.language}")
        names = [label] if label else [self._name(term) for term in one.subjects]
        return self._form[one.get("what")].format(**dict(zip("ab", names, strict=False)))

    def _name(self, term: Term) -> str:
        return self._catalog.label(term, self._said.language) or term.name

    def unusual(self, pairs: list[Assessment]) -> Iterator[str]:
        """Pairs of states, the most unusual first, each with its basis."""
        if not pairs:
            return
        yield ""
        yield self._form["unusual"].format(months=pairs[0].get("months"))
        for one in pairs:
            form, *states = _states(one)
            named = [self._name(Term(kind=Kind.LOCATION, id=state, name=state)) for state in states]
            basis = "unseen" if one.get("first") else "seen"
            yield self._form["pair"].format(
                rank=one.get("surprise.rank"),
                what=self._form[form].format(a=named[0], b=named[1]),
                bits=one.get("surprise"),
                seen=self._form[basis].format(seen=one.get("months.seen"), months=one.get("months")),
            )
