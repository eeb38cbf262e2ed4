"""Rank: every part on its own, the parts beside the total, ties by id."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from geppo.config import Settings
from geppo.judge.rank import Rankable, score
from geppo.judge.severity import Severity, severity
from geppo.model.entity import Kind, Term
from geppo.model.time import Period

MAY = Period(year=2030, month=5)
LYNX = Term(kind=Kind.INTRUSION_SET, id="intrusion-set/lynx", name="Copper Lynx")


@pytest.fixture
def plain(made: Any) -> Rankable:
    made.report("a", "Daily Gull")
    made.claim("a", LYNX, "uses", "B", hedge="possible")
    return Rankable(
        claims=made.claims,
        reports=list(made.reports.values()),
        origins=("x",),
        assessments=(),
        pair=0.0,
        previously=False,
        new_facts=False,
    )


def part(story: Rankable, name: str, settings: Settings) -> float:
    return dict(score(story, MAY, settings))[name]


def with_claim(story: Rankable, made: Any, *args: Any, **more: Any) -> Rankable:
    made.claim("a", *args, **more)
    return replace(story, claims=list(made.claims))


def test_effect_grows_with_event_hedge_and_size(made: Any, plain: Rankable, settings: Settings) -> None:
    low = part(plain, "effect", settings)
    hedged = part(with_claim(plain, made, LYNX, "disrupts", "B", hedge="possible"), "effect", settings)
    firm = part(with_claim(plain, made, LYNX, "disrupts", "B"), "effect", settings)
    large = part(with_claim(plain, made, LYNX, "leaks", "B", count=(2_000_000, "person")), "effect", settings)
    assert low < hedged < firm < large


def test_denied_events_have_no_effect(made: Any, plain: Rankable, settings: Settings) -> None:
    same = with_claim(plain, made, LYNX, "disrupts", "B", negated=True)
    assert part(same, "effect", settings) == part(plain, "effect", settings)


def test_profile_counts_country_and_sector_of_the_reader(made: Any, plain: Rankable, settings: Settings) -> None:
    assert part(plain, "profile", settings) == 0
    named = part(with_claim(plain, made, LYNX, "has-nexus", "JP"), "profile", settings)
    struck = part(with_claim(plain, made, LYNX, "targets", "JP"), "profile", settings)
    assert 0 < named < struck
    own = replace(settings, values={"reader.country": "KR", "reader.sectors": "sector/energy"})
    assert part(plain, "profile", own) == 0
    energy = Term(kind=Kind.SECTOR, id="sector/energy", name="energy")
    assert part(with_claim(plain, made, LYNX, "targets", energy), "profile", own) > 0


def test_support_pairs_warnings_and_novelty(made: Any, plain: Rankable, settings: Settings) -> None:
    assert part(replace(plain, origins=("x", "y")), "support", settings) > part(plain, "support", settings)
    assert part(replace(plain, pair=1.0), "pair", settings) > part(plain, "pair", settings) == 0
    assert part(replace(plain, previously=True), "novelty", settings) < 0
    assert part(with_claim(plain, made, LYNX, "warns", "B"), "warning", settings) > 0


def test_out_of_period_outweighs_everything(plain: Rankable, settings: Settings) -> None:
    parts = dict(score(plain, Period(year=2030, month=6), settings))
    most = sum(settings.number(f"judge.rank.{name}") for name in parts if name != "out-of-period")
    assert parts["out-of-period"] < -most


def test_ties_go_by_id(made: Any) -> None:
    for name in ("a", "b"):
        made.report(name, f"House {name}", own=True)
        made.claim(name, Term(kind=Kind.MALWARE, id=f"new:{name}", name=name), "uses", "JP")
    stories = made.judge().stories
    assert stories[0].total == stories[1].total
    assert stories[0].id < stories[1].id
    assert [story.rank for story in stories] == [1, 2]


def test_a_product_of_the_reader_is_the_readers_matter(made: Any, plain: Rankable, settings: Settings) -> None:
    gate = Term(kind=Kind.PRODUCT, id="product/ostrander", name="Ostrander Edge Gateway")
    hit = with_claim(plain, made, LYNX, "exploits", gate)
    mine = replace(settings, values={"reader.products": "Brindle Mail; ostrander edge"})
    assert part(hit, "profile", settings) == 0
    assert part(hit, "profile", mine) > 0


def test_a_warning_from_home_is_news_from_home(plain: Rankable, settings: Settings) -> None:
    assert part(replace(plain, warned_at_home=True), "profile", settings) > part(plain, "profile", settings)


def test_severity_by_listing_due_date_and_printed_scores(made: Any) -> None:
    flaw = Term(kind=Kind.VULNERABILITY, id="cve/CVE-2030-1111", name="CVE-2030-1111")

    def severe(name: str, text: str, *args: Any, **more: Any) -> Severity:
        made.claims.clear()
        made.report(name, "Daily Gull", text=text)
        made.claim(name, *args, **more)
        return severity(made.claims, {report.id: report for report in made.reports.values()}, MAY)

    plain = severe("a", "CVE-2030-1111 is exploited.", LYNX, "exploits", flaw)
    assert plain == Severity(listed=False, due=False, cvss=0.0, epss=0.0)
    scored = severe("b", "CVE-2030-1111 has a CVSS v3.1 score of 9.8 and an EPSS of 87 %.", LYNX, "exploits", flaw)
    assert (scored.cvss, scored.epss) == (9.8, 0.87)
    odd = severe("c", "CVE-2030-1111, CVSS 98, EPSS 2.5.", LYNX, "exploits", flaw)
    assert (odd.cvss, odd.epss) == (0.0, 0.0)
    listed = severe("d", "CISA lists it.", "CISA", "lists", flaw, due="2030-06-10")
    late = severe("e", "CISA lists it.", "CISA", "lists", flaw, due="2031-01-10")
    assert (listed.listed, late.listed) == (True, True)
    assert plain.share < scored.share < listed.share
    other = severe("f", "Copper Lynx exploits it. CVSS 9.9.", LYNX, "targets", "JP")
    assert other.share == 0.0
