"""What brings groups of units together, or takes them apart, beside the names that they share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from geppo.config import Settings
from geppo.judge.citations import Citations
from geppo.judge.grouping import Group, Grouping
from geppo.judge.units import Unit
from geppo.language.numbers import find_counts
from geppo.model.claim import Predicate
from geppo.model.entity import Kind
from geppo.model.report import Report

_SEVERAL = 2
_READ = 20_000
_SHORT = 10
_LONG = 1_000
_YEARS = range(1950, 2100)


def join_nameless(grouping: Grouping, settings: Settings) -> None:
    """Join parts without a name of their own whose concepts are alike, where one page credits the other, or both were
    published about the same time and print the same figures.
    """
    units, citations = grouping.units, grouping.citations
    least = settings.number("judge.stories.concepts")
    nameless: dict[str, list[int]] = defaultdict(list)
    for place, unit in enumerate(units):
        if not unit.terms and unit.concepts:
            nameless[unit.report].append(place)
    credited = [
        (place, other)
        for report in sorted(nameless, key=lambda name: citations.order[name])
        for place in nameless[report]
        for page in citations.leans_on[report]
        for other in nameless.get(page, ())
    ]
    for place, other in (*credited, *_same_figures(nameless, citations, settings)):
        a, b = units[place].concepts, units[other].concepts
        if grouping.home[place] != grouping.home[other] and len(a & b) >= least * len(a | b):
            grouping.join(grouping.home[place], grouping.home[other])


def _same_figures(
    nameless: Mapping[str, Sequence[int]], citations: Citations, settings: Settings
) -> Iterator[tuple[int, int]]:
    """Parts of two pages that print one long figure or two short ones alike, within the time of near texts."""
    near, crowd = settings.integer("judge.stories.near_days"), settings.integer("judge.stories.crowd")
    figures = {report: _figures(citations.reports[report]) for report in nameless}
    holders: dict[float, list[str]] = defaultdict(list)
    for report in sorted(nameless, key=lambda name: citations.order[name]):
        for figure in figures[report]:
            holders[figure].append(report)
    pairs: set[tuple[str, str]] = set()
    for pages in holders.values():
        pairs.update(combinations(pages, 2) if len(pages) <= crowd else ())
    for one, other in sorted(pairs, key=lambda pair: (citations.order[pair[0]], citations.order[pair[1]])):
        days = [citations.reports[page].document.published.toordinal() for page in (one, other)]
        shared = figures[one] & figures[other]
        if abs(days[0] - days[1]) <= near and (len(shared) >= _SEVERAL or max(shared) >= _LONG):
            yield from ((place, further) for place in nameless[one] for further in nameless[other])


def _figures(report: Report) -> frozenset[float]:
    """Numbers that tell a page's matter from others: from 10 on, no percentages, no years."""
    document = report.document
    found = find_counts(document.text[:_READ], document.language)
    return frozenset(one.value for one in found if not one.percent and one.value >= _SHORT and one.value not in _YEARS)


def join_parted(grouping: Grouping) -> None:
    """Join two groups that the pages themselves hold together.

    Half of the pages of the smaller one have a part in the other, among them one with own observation: that house tells
    both as its one matter, and a page that is no copy of it does so too. A roundup observes nothing itself.
    """
    citations, groups = grouping.citations, grouping.groups
    shared: dict[tuple[int, int], set[str]] = defaultdict(set)
    for report, places in grouping.places.items():
        for pair in combinations(sorted({grouping.home[place] for place in places}), 2):
            shared[pair].add(report)
    for (low, high), pages in sorted(shared.items()):
        texts = {citations.copy_of.get(page, page) for page in pages}
        own = any(citations.reports[page].own_observation for page in texts)
        if len(texts) < _SEVERAL or not own or low not in groups or high not in groups:
            continue
        if 2 * len(pages) >= min(len(grouping.reports(at)) for at in (low, high)):
            grouping.join(low, high)


def settle(grouping: Grouping) -> None:
    """Bring the loose parts of a page to its one matter.

    A part that no other page shares, and that no story could be named after, belongs to the matter of its page if that
    page has only one; a roundup has several.
    """
    for report in sorted(grouping.places):
        homes = sorted({grouping.home[place] for place in grouping.places[report]})
        loose = {at for at in homes if _is_loose(grouping.groups[at], grouping.units, report)}
        anchors = [at for at in homes if at not in loose]
        if len(homes) < _SEVERAL or len(anchors) > 1:
            continue
        target = anchors[0] if anchors else homes[0]
        for at in [one for one in homes if one != target]:
            # The place of what is joined is that of its first member.
            target = grouping.join(at, target)


def _is_loose(group: Group, units: Sequence[Unit], report: str) -> bool:
    """A part that only this page has and that no story could be named after; an exploited flaw names one."""
    members = [units[place] for place in group.members]
    if any(unit.heads or _exploited(unit) for unit in members):
        return False
    return all(unit.report == report for unit in members)


def _exploited(unit: Unit) -> bool:
    return any(
        claim.predicate is Predicate.EXPLOITS and claim.object is not None and claim.object.kind is Kind.VULNERABILITY
        for claim in unit.claims
    )
