"""Judging at size: a made month of reports, and a made stream of artefacts, each beside its limit.

The reports are made from a seed: matters with one or two primaries and repeats that credit them, some near-copies, some
roundups. Only judging is timed; nothing is read from text.
"""

from __future__ import annotations

import hashlib
import random
import resource
import time
from datetime import UTC, date, datetime, timedelta

from geppo import config
from geppo.catalog import Catalog
from geppo.judge.among import Item, search
from geppo.judge.evidence import UNKNOWN_BACKGROUND, Artefact, Side
from geppo.judge.month import judge_month
from geppo.model.claim import Bound, Claim, Count, Hedge, Predicate, Rung
from geppo.model.entity import Kind, Mention, Term
from geppo.model.observable import Observable, ObservableType, Verdict
from geppo.model.report import Document, Passage, Report
from geppo.model.time import Period, day

_PERIOD = Period(year=2031, month=3)
_NOON = datetime(2031, 4, 1, tzinfo=UTC)
_ACTS = (Predicate.TARGETS, Predicate.USES, Predicate.EXPLOITS, Predicate.COMPROMISES, Predicate.COUNTS)
_RUNGS = (Rung.CONFIRMED, Rung.LIKELY, Rung.POSSIBLE, Rung.REPORTED)
_WORDS = tuple(f"word{number:04d}" for number in range(3000))


def _name(kind: Kind, number: int) -> Term:
    label = f"{kind.value.title()} {number:04d}"
    return Term(kind=kind, id=f"new:{label.casefold().replace(' ', '-')}", name=label)


class _Maker:
    """Makes the reports of one month, matter after matter."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.reports: list[Report] = []
        self.claims: list[Claim] = []

    def _text(self, words: int) -> str:
        drawn = (" ".join(self._chance.choices(_WORDS, k=12)) for _ in range(words // 12))
        return "\n\n".join(f"{sentence.capitalize()}." for sentence in drawn)

    def report(self, matter: int, number: int, *, body: str, credits: tuple[str, ...], own: bool, when: date) -> Report:
        publisher = f"House {matter if own else self._chance.randrange(120):03d}{'' if own else ' News'}"
        identity = f"{matter}-{number}"
        sha = hashlib.sha256(identity.encode()).hexdigest()
        address = f"198.51.{matter % 256}.{number % 256}"
        text = f"{body}\n\n{address}"
        document = Document(
            sha256=sha,
            name=f"{identity}.html",
            media_type="text/html",
            collected=_NOON,
            publisher=publisher,
            title=f"Matter {matter}",
            url=f"https://house-{identity}.example/{identity}",
            language=self._chance.choice(("en", "ja", "zh", "ru", "ko")),
            published=when,
            text=text,
        )
        seen = Observable(
            type=ObservableType.IPV4,
            value=f"198.51.{matter % 256}.7" if self._chance.random() < 0.3 else address,
            start=len(body) + 2,
            end=len(text),
            defanged=True,
            verdict=Verdict.MALICIOUS,
            reason="",
        )
        actor = _name(Kind.INTRUSION_SET, matter)
        at = body.index(".")
        mention = Mention(kind=actor.kind, id=actor.id, name=actor.name, surface=body[:at], start=0, end=at)
        made = Report(
            id=sha, document=document, mentions=(mention,), observables=(seen,), cites=credits, own_observation=own
        )
        self.reports.append(made)
        return made

    def state(self, report: Report, matter: int, claims: int) -> None:
        text = report.document.text
        ends = [place for place, sign in enumerate(text) if sign == "."]
        for number in range(claims):
            act = _ACTS[number % len(_ACTS)]
            subject = _name(Kind.INTRUSION_SET, matter)
            other = {
                Predicate.USES: _name(Kind.MALWARE, matter * 3 + number % 3),
                Predicate.EXPLOITS: _name(Kind.VULNERABILITY, matter % 97),
                Predicate.COUNTS: None,
            }.get(act, Term(kind=Kind.LOCATION, id=f"country/{('JP', 'KR', 'US', 'TW')[matter % 4]}", name="there"))
            unit = Term(kind=Kind.CONCEPT, id="unit/device", name="device")
            end = ends[number % len(ends)] + 1
            start = text.rfind("\n", 0, end - 1) + 1
            self.claims.append(
                Claim(
                    id=f"{report.id[:16]}-{number:02d}",
                    report=report.id,
                    publisher=report.document.publisher,
                    predicate=act,
                    subject=subject,
                    object=other,
                    qualifiers=(),
                    count=Count(value=float(100 + matter), bound=Bound.EXACT, unit=unit) if other is None else None,
                    when=day(report.document.published),
                    hedge=Hedge(rung=self._chance.choice(_RUNGS)),
                    negated=False,
                    voices=() if report.own_observation else report.cites[:1],
                    passage=Passage(document=report.id, start=start, end=end, text=text[start:end]),
                    published=report.document.published,
                    rule="made",
                )
            )

    def matter(self, matter: int, repeats: int) -> None:
        first = _PERIOD.span.start + timedelta(days=self._chance.randrange(25))
        body = self._text(360)
        primary = self.report(matter, 0, body=body, credits=(), own=True, when=first)
        self.state(primary, matter, 10)
        for number in range(1, repeats + 1):
            copied = self._chance.random() < 0.2
            text = body if copied else self._text(240)
            when = first + timedelta(days=self._chance.randrange(5))
            credited = (primary.document.publisher,)
            page = self.report(matter, number, body=text, credits=credited, own=False, when=when)
            self.state(page, matter, 8)
            if number % 9 == 0:
                self.state(page, (matter * 7 + number) % 500, 4)


def made_month(reports: int, seed: int = 1) -> _Maker:
    """So many reports of one month."""
    maker = _Maker(seed)
    matter = 0
    while len(maker.reports) < reports:
        maker.matter(matter, min(matter % 14, reports - len(maker.reports) - 1))
        matter += 1
    return maker


def _reports(count: int, seed: int = 2) -> list[Item]:
    """Made reports with artefacts: each of one of many actors, who reuse some of their own values."""
    chance = random.Random(seed)
    items = []
    for number in range(count):
        actor = chance.randrange(count // 6)
        values = [f"10.{actor % 250}.{chance.randrange(40)}.{chance.randrange(250)}" for _ in range(12)]
        hosts = [f"h{chance.randrange(60)}.actor{actor}.example" for _ in range(6)]
        shown = [Artefact(type="ip", value=value) for value in values]
        shown += [Artefact(type="host", value=host) for host in hosts]
        shown += [
            Artefact(type="sha256", value=hashlib.sha256(f"{actor}/{number}/{n}".encode()).hexdigest())
            for n in range(8)
        ]
        when = day(date(2030, 1, 1) + timedelta(days=chance.randrange(400)))
        items.append(
            Item(id=f"r{number:05d}", side=Side(date=when, publisher=f"House {number % 40}", artefacts=tuple(shown)))
        )
    return items


def main() -> None:
    """Print the table."""
    settings, catalog = config.load(), Catalog.load()
    print("\njudging a made month (one process)")
    print(f"{'reports':>8}{'claims':>8}{'stories':>9}{'seconds':>9}{'MiB':>7}  limit")
    for size in (750, 3000):
        made = made_month(size)
        start = time.perf_counter()
        judged = judge_month(made.reports, made.claims, period=_PERIOD, catalog=catalog, settings=settings)
        took = time.perf_counter() - start
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        limit = "20 s, 1,024 MiB" if size == 3000 else ""
        print(f"{size:>8}{len(made.claims):>8}{len(judged.stories):>9}{took:>9.2f}{memory:>7.0f}  {limit}")
    print("\nlinks among made reports (one process)")
    print(f"{'reports':>8}{'pairs':>11}{'links':>8}{'seconds':>9}  limit")
    for size in (450, 1415):
        start = time.perf_counter()
        items = _reports(size)
        making = time.perf_counter() - start
        found = search(items, settings, UNKNOWN_BACKGROUND)
        took = time.perf_counter() - start - making
        limit = "60 s" if found.pairs >= 1_000_000 else ""
        print(f"{size:>8}{found.pairs:>11,}{len(found.links):>8}{took:>9.2f}  {limit}")


if __name__ == "__main__":
    main()
