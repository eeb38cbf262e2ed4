"""Made months: documents of invented houses about invented groups, with what each of them says as data.

Nothing here knows how geppo reads or writes. The same seed gives the same documents.
"""

from __future__ import annotations

import html
import random
import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from bench.months_words import SLOTS, Known, Pen, Statement, World, make_world


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One document: its file, and what it says. `repeats` is the house that it retells."""

    name: str
    url: str
    house: str
    language: str
    published: date
    story: int
    repeats: str
    statements: tuple[Statement, ...]
    text: str
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeMonth:
    """A month's pages, and its stories by weight: key of the main name, and how many pages tell of it."""

    period: str
    pages: tuple[Page, ...]
    top: tuple[tuple[str, int], ...]


@dataclass(slots=True, kw_only=True)
class Story:
    """A matter with its statements, as its first house tells it."""

    number: int
    main: str
    facts: list[Statement]
    follow: Statement | None = None
    pages: int = 0


@dataclass(slots=True, kw_only=True)
class Maker:
    """Makes the stories and pages of months that follow each other in one world."""

    rng: random.Random
    world: World
    taken: set[str] = field(default_factory=set)
    made: int = 0

    def pick(self, kind: str, *, fresh: bool = False) -> str:
        """A key of that kind; a fresh one is the main name of no other story."""
        keys = [key for key in self.world.of(kind) if not fresh or key not in self.taken]
        key = self.rng.choice(keys or self.world.of(kind))
        self.taken |= {key} if fresh else set()
        return key

    def _day(self, first: date) -> date:
        """A day before any page tells of it."""
        return first.replace(day=self.rng.randint(1, 6))

    def _round(self, low: int, high: int) -> int:
        count = self.rng.randint(low, high)
        return count if self.rng.random() < 0.4 else round(count, -2) or count

    def story(self, first: date) -> Story:
        """A new story of any kind."""
        self.made += 1
        makers = (
            self._campaign,
            self._campaign,
            self._shared,
            self._relay,
            self._flaw,
            self._leak,
            self._ai,
            self._spread,
        )
        return self.rng.choice(makers)(first)

    def _campaign(self, first: date) -> Story:
        group, malware, sector, country = (
            self.pick("group", fresh=True),
            self.pick("malware"),
            self.pick("sector"),
            self.pick("country"),
        )
        other = self.rng.choice([key for key in self.world.of("country") if key != country])
        hedged, denied = self.rng.random() < 0.4, self.rng.random() < 0.4
        facts = [Statement(kind="targets", names=(group, sector, country), when=first, hedged=self.rng.random() < 0.25)]
        facts.append(Statement(kind="uses", names=(group, malware), positive=self.rng.random() > 0.15))
        if self.rng.random() < 0.7:
            denies = self.rng.random() < 0.2
            facts.append(
                Statement(kind="attributed", names=(group, self.pick("state")), hedged=not denies, positive=not denies)
            )
            facts.append(Statement(kind="grade", names=(), level=self.rng.choice(["low", "moderate", "high"])))
        if hedged or denied:
            extra = Statement(kind="targets", names=(group, self.pick("sector"), other), hedged=hedged, positive=hedged)
            facts.append(extra)
        if self.rng.random() < 0.4:
            facts.append(Statement(kind="breach", names=(group, self.pick("victim")), when=self._day(first)))
        if self.rng.random() < 0.3:
            facts.append(Statement(kind="warns", names=(self.pick("agency"), malware, sector)))
        return Story(number=self.made, main=group, facts=facts)

    def _shared(self, first: date) -> Story:
        group, other = self.pick("group", fresh=True), self.pick("group", fresh=True)
        facts = [Statement(kind="shares", names=(group, other), hedged=True)]
        for one in (group, other):
            facts += [Statement(kind="attributed", names=(one, self.pick("state")), hedged=True)]
        return Story(number=self.made, main=group, facts=facts if group != other else facts[1:2])

    def _relay(self, first: date) -> Story:
        relay, unit, country = self.pick("relay", fresh=True), self.pick("unit"), self.pick("country")
        count = self._round(1200, 90_000)
        facts = [Statement(kind="size", names=(relay, unit), count=count, when=self._day(first))]
        facts.append(Statement(kind="relay", names=(relay,)))
        facts.append(Statement(kind="located", names=(relay, unit, country), count=self._round(200, count // 2)))
        later = (first + timedelta(days=33)).replace(day=self.rng.randint(1, 6))
        grown = Statement(kind="size", names=(relay, unit), count=self._round(1000, 2 * count), when=later)
        return Story(number=self.made, main=relay, facts=facts, follow=grown)

    def _flaw(self, first: date) -> Story:
        flaw, product, group = self.pick("flaw", fresh=True), self.pick("product"), self.pick("group")
        exploited = self.rng.random() < 0.75
        facts = [Statement(kind="exploits", names=(group, flaw, product), when=self._day(first), positive=exploited)]
        if exploited:
            due = first + timedelta(days=self.rng.randint(25, 50))
            facts.append(Statement(kind="due", names=(flaw, product, self.pick("agency")), when=due))
        return Story(number=self.made, main=flaw, facts=facts)

    def _leak(self, first: date) -> Story:
        victim = self.pick("victim", fresh=True)
        hedged = self.rng.random() < 0.5
        facts = [Statement(kind="leaks", names=(victim,), count=self._round(800, 400_000), hedged=hedged)]
        if self.rng.random() < 0.5:
            facts.append(Statement(kind="breach", names=(self.pick("group"), victim), when=self._day(first)))
        follow = Statement(kind="leaks", names=(victim,), count=self._round(800, 900_000))
        return Story(number=self.made, main=victim, facts=facts, follow=follow)

    def _ai(self, first: date) -> Story:
        group = self.pick("group", fresh=True)
        facts = [
            Statement(kind="ai-share", names=(group, self.pick("tool")), count=self.rng.choice([30, 45, 60, 75, 90]))
        ]
        facts.append(Statement(kind="targets", names=(group, self.pick("sector"), self.pick("country")), when=first))
        return Story(number=self.made, main=group, facts=facts)

    def _spread(self, first: date) -> Story:
        malware = self.pick("malware", fresh=True)
        facts = [
            Statement(
                kind="victims",
                names=(malware, self.pick("country")),
                count=self.rng.randint(12, 900),
                when=self._day(first),
            )
        ]
        facts.append(Statement(kind="warns", names=(self.pick("agency"), malware, self.pick("sector"))))
        follow = Statement(
            kind="victims",
            names=facts[0].names,
            count=facts[0].count + self.rng.randint(5, 400),
            when=(first + timedelta(days=33)).replace(day=self.rng.randint(1, 6)),
        )
        return Story(number=self.made, main=malware, facts=facts, follow=follow)

    def house(self, kind: str, besides: str, facts: list[Statement]) -> tuple[str, Pen]:
        """A house whose language has phrases for the first fact."""
        keys = [key for key in self.world.of(kind) if key != besides]
        self.rng.shuffle(keys)
        for key in keys:
            pen = Pen(world=self.world, language=self._language(key), rng=self.rng, known=Known())
            if pen.can(facts[0]):
                return key, pen
        raise AssertionError(f"no language has phrases for {facts[0].kind}")

    def _language(self, key: str) -> str:
        name = key.partition("/")[2]
        return str(next(row["language"] for row in self.world.data["house"] if row["name"] == name))

    def page(self, story: Story, published: date, facts: list[Statement], *, repeats: str = "", own: str = "") -> Page:
        """One page; a page that repeats says so in most of its sentences."""
        house, pen = self.house("news" if repeats else "house", own or repeats, facts)
        said: list[Statement] = []
        sentences: list[str] = []
        for number, fact in enumerate(facts):
            if not pen.can(fact):
                continue
            about = {"R": story.main} if self.world.kinds[story.main] == "relay" else {}
            extra = {"P": "", "A": "", "B": house} | about
            text, statement = pen.sentence(
                fact, {slot: key for slot, key in extra.items() if key and slot not in SLOTS[fact.kind]}
            )
            said.append(statement)
            if repeats and (number == 0 or self.rng.random() < 0.6) and fact.kind != "grade":
                text = pen.wrapped(text, repeats)
            sentences.append(text[0].upper() + text[1:] if pen.language in ("en", "ru") else text)
            if self.rng.random() < 0.45:
                sentences.append(self.rng.choice(self.world.phrases[pen.language]["text"]["fill"]))
        return self._bound(story, house, pen, published, repeats, tuple(said), sentences)

    def _bound(
        self,
        story: Story,
        house: str,
        pen: Pen,
        published: date,
        repeats: str,
        said: tuple[Statement, ...],
        sentences: list[str],
    ) -> Page:
        story.pages += 1
        name = f"{published.isoformat()}-{story.number:03d}-{story.pages:02d}"
        slug = re.sub(r"[^a-z]+", "", self.world.form(house, "*").lower()) or "house"
        url = f"https://{slug}.example/{published.year}/{name}"
        title = str(self.rng.choice(self.world.phrases[pen.language]["text"]["titles"]))
        title = title.replace("{X}", self.world.form(story.main, pen.language))
        printed = self.world.form(house, pen.language)
        glue = "" if pen.language in ("ja", "zh") else " "
        cut = self.rng.randint(1, max(1, len(sentences) - 1))
        parts = [glue.join(part) for part in (sentences[:cut], sentences[cut:]) if part]
        as_page = self.rng.random() < 0.3
        data = (_html if as_page else _markdown)(printed, title, url, published, pen.language, parts)
        return Page(
            name=name + (".html" if as_page else ".md"),
            url=url,
            house=house,
            language=pen.language,
            published=published,
            story=story.number,
            repeats=repeats,
            statements=said,
            text="\n".join((title, *parts)),
            data=data,
        )

    def told(self, story: Story, first: date) -> list[Page]:
        """All pages about a story: its first house, pages that retell it, and now and then a second house."""
        published = first.replace(day=self.rng.randint(6, 22))
        opening = self.page(story, published, story.facts)
        pages = [opening]
        while self.rng.random() < 0.55 and len(pages) < 7:
            later = published + timedelta(days=self.rng.randint(0, 5))
            chosen = [story.facts[0], *(fact for fact in story.facts[1:3] if self.rng.random() < 0.5)]
            if chosen[0].count > 500 and self.rng.random() < 0.15:
                chosen[0] = _recounted(chosen[0], self.rng)
            pages.append(self.page(story, later, chosen, repeats=opening.house))
        if self.rng.random() < 0.3:
            second = [_recounted(story.facts[0], self.rng)] if story.facts[0].count > 500 else [story.facts[0]]
            if story.facts[0].kind == "targets" and self.rng.random() < 0.3:
                fact = story.facts[0]
                second = [Statement(kind="targets", names=fact.names, positive=False)]
            pages.append(self.page(story, published + timedelta(days=4), second, own=opening.house))
        return pages


def _recounted(fact: Statement, rng: random.Random) -> Statement:
    """The same with another count and, where it has one, a day later."""
    when = fact.when + timedelta(days=1) if fact.when else None
    count = round(fact.count * rng.choice([0.5, 1.4, 10]))
    return Statement(
        kind=fact.kind, names=fact.names, count=count, when=when, positive=fact.positive, hedged=fact.hedged
    )


def _markdown(house: str, title: str, url: str, published: date, language: str, parts: list[str]) -> str:
    head = f"---\npublisher: {house}\ntitle: {title}\nurl: {url}\nlanguage: {language}\npublished: {published}\n---\n\n"
    return head + "\n\n".join(parts) + "\n"


def _html(house: str, title: str, url: str, published: date, language: str, parts: list[str]) -> str:
    escaped = [html.escape(part) for part in parts]
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<link rel="canonical" href="{url}"><meta property="og:site_name" content="{html.escape(house)}">'
        f'<meta property="article:published_time" content="{published}T09:00:00Z"></head><body>'
        f"<nav><a href='/'>Home</a> <a href='/about'>About</a></nav><article><h1>{html.escape(title)}</h1>"
        + "".join(f"<p>{part}</p>" for part in escaped)
        + "</article><footer>All rights reserved.</footer></body></html>\n"
    )


def make_months(seed: int, first: date, months: int = 2) -> tuple[World, list[MadeMonth]]:
    """Months that follow each other in one world; a third of the stories that can go on do so in the next."""
    rng = random.Random(seed)
    maker = Maker(rng=rng, world=make_world(rng))
    made: list[MadeMonth] = []
    open_stories: list[Story] = []
    for _ in range(months):
        wanted = rng.randint(12, 60)
        pages: list[Page] = []
        stories: list[Story] = []
        for story in [one for one in open_stories if one.follow and rng.random() < 0.4]:
            assert story.follow is not None
            goes_on = Story(number=story.number + 500, main=story.main, facts=[story.follow])
            stories.append(goes_on)
            pages += maker.told(goes_on, first)
        open_stories = []
        while len(pages) < wanted:
            story = maker.story(first)
            stories.append(story)
            open_stories.append(story)
            pages += maker.told(story, first)
        ranked = sorted(stories, key=lambda story: (-story.pages, story.number))
        made.append(
            MadeMonth(
                period=f"{first:%Y-%m}",
                pages=tuple(pages),
                top=tuple((story.main, story.pages) for story in ranked[:5]),
            )
        )
        first = (first + timedelta(days=32)).replace(day=1)
    return maker.world, made
