"""Made reports and claims for the judge: from rows of a case file, and from the made months' facts."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from geppo import config
from geppo.config import Settings
from geppo.judge.month import Judged, judge_month
from geppo.model.claim import Bound, Claim, Count, Grade, Hedge, Predicate, Rung
from geppo.model.edition import Story
from geppo.model.entity import Kind, Mention, Term
from geppo.model.observable import Observable, ObservableType, Verdict
from geppo.model.report import Document, Passage, Report
from geppo.model.time import Period, When, day, month, year

CASES = Path(__file__).parent.parent / "cases"
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    id: str
    name: str
    parties: tuple[str, ...]
    signed: date | None = None
    ratified: date | None = None
    in_force: date | None = None
    ended: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    id: str
    name: str
    kind: str
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    name: str
    means: str


@dataclass(slots=True, kw_only=True)
class Catalogue:
    """A stand-in that knows what a case says; `names` are aliases by id."""

    same: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    pacts: Sequence[Agreement] = ()
    houses: Mapping[str, House] = field(default_factory=dict)
    grades: Mapping[str, str] = field(default_factory=dict)

    def grade(self, name: str, /) -> str:
        return self.grades.get(name, "")

    def canonical(self, identity: str, /) -> str:
        return self.same.get(identity, identity)

    def knows(self, identity: str, /) -> bool:
        return identity in self.names

    def aliases(self, identity: str, /) -> Sequence[Alias]:
        return [Alias(name=name, means=identity) for name in self.names.get(identity, ())]

    def nexus(self, identity: str, /) -> str:
        return self.states.get(identity, "")

    def agreement(self, identity: str, /) -> Agreement | None:
        return next((pact for pact in self.pacts if pact.id == identity), None)

    def partners(self, a: str, b: str, on: date, /) -> Agreement | None:
        for pact in self.pacts:
            holds = pact.in_force is not None and pact.in_force <= on and not (pact.ended and pact.ended <= on)
            if {a, b} <= {f"country/{party}" for party in pact.parties} and holds:
                return pact
        return None

    def publisher(self, name: str, /) -> House | None:
        return self.houses.get(name)


def read_when(text: str) -> When | None:
    if not text:
        return None
    if "/" in text:
        first, last = text.split("/")
        return When(start=date.fromisoformat(first), end=date.fromisoformat(last))
    parts = [int(part) for part in text.split("-")]
    return day(date(*parts)) if len(parts) == 3 else month(*parts) if len(parts) == 2 else year(parts[0])


def report_id(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


@dataclass(slots=True, kw_only=True)
class Made:
    """Reports and claims by short names, and what judging them gives."""

    settings: Settings
    catalogue: Catalogue = field(default_factory=Catalogue)
    period: Period = field(default_factory=lambda: Period(year=2030, month=5))
    terms: dict[str, Term] = field(default_factory=dict)
    reports: dict[str, Report] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)

    def term(self, name: str) -> Term:
        if name in self.terms:
            return self.terms[name]
        if re.fullmatch(r"[A-Z]{2}", name):
            return Term(kind=Kind.LOCATION, id=f"country/{name}", name=name)
        slug = re.sub(r"\W+", "-", name.casefold()).strip("-")
        return Term(kind=Kind.IDENTITY, id=f"new:{slug}", name=name)

    def report(
        self,
        name: str,
        publisher: str,
        published: str = "2030-05-10",
        *,
        text: str = "",
        own: bool = False,
        cites: Iterable[str] = (),
        links: Iterable[str] = (),
        url: str = "",
        language: str = "en",
        title: str = "",
        values: Iterable[str] = (),
        mentions: Iterable[Mention] = (),
    ) -> str:
        body = text or f"Page {name}."
        body += "".join(f"\n{value}" for value in values)
        document = Document(
            sha256=report_id(name),
            name=name,
            media_type="text/plain",
            collected=NOON,
            publisher=publisher,
            title=title or name,
            url=url or f"https://{name}.example/",
            language=language,
            published=date.fromisoformat(published),
            text=body,
            links=tuple(links),
        )
        self.reports[name] = Report(
            id=document.sha256,
            document=document,
            mentions=tuple(mentions),
            observables=tuple(
                Observable(
                    type=ObservableType.IPV4,
                    value=value,
                    start=body.index(value),
                    end=body.index(value) + len(value),
                    defanged=True,
                    verdict=Verdict.MALICIOUS,
                    reason="",
                )
                for value in values
            ),
            cites=tuple(cites),
            own_observation=own,
        )
        return name

    def claim(
        self,
        report: str,
        subject: str | Term,
        predicate: str,
        obj: str | Term | None = None,
        *,
        hedge: str = "confirmed",
        grade: str = "",
        negated: bool = False,
        when: str = "",
        count: tuple[float, str] | tuple[float, str, str] | None = None,
        voices: Sequence[str] = (),
        place: str = "",
        about: str = "",
        at: int = 0,
        **qualifiers: str,
    ) -> str:
        page = self.reports[report]
        number = len(self.claims)
        roles = {**({"place": place} if place else {}), **qualifiers}
        read_count = None
        if count is not None:
            bound = Bound(count[2]) if len(count) == 3 else Bound.EXACT
            unit = Term(kind=Kind.CONCEPT, id=f"unit/{count[1]}", name=count[1])
            read_count = Count(value=float(count[0]), bound=bound, unit=unit)
        text = page.document.text
        claim = Claim(
            id=f"c-{report}-{number:04d}",
            report=page.id,
            publisher=page.document.publisher,
            predicate=Predicate(predicate),
            subject=self.term(subject) if isinstance(subject, str) else subject,
            object=self.term(obj) if isinstance(obj, str) else obj,
            qualifiers=tuple((role, self.term(value)) for role, value in sorted(roles.items())),
            count=read_count,
            when=read_when(when),
            hedge=Hedge(rung=Rung(hedge), grade=Grade(grade) if grade else None),
            negated=negated,
            voices=tuple(voices),
            passage=Passage(document=page.id, start=at, end=len(text), text=text[at:]),
            published=page.document.published,
            rule="made",
            about=about,
        )
        self.claims.append(claim)
        return claim.id

    def judge(self, earlier: Sequence[Story] = ()) -> Judged:
        return judge_month(
            list(self.reports.values()),
            self.claims,
            period=self.period,
            catalog=self.catalogue,
            settings=self.settings,
            earlier=earlier,
        )

    def name_of(self, root: str) -> str:
        """The short name of a report id; a named origin stays as it is."""
        return next((name for name, report in self.reports.items() if report.id == root), root)

    def names_of(self, roots: Iterable[str]) -> list[str]:
        return sorted(self.name_of(root) for root in roots)

    def story(self, judged: Judged, report: str) -> Story:
        """The best-ranked story that a report is in."""
        wanted = self.reports[report].id
        return next(story for story in judged.stories if wanted in story.reports)


def made_from(case: Mapping[str, Any], terms: Mapping[str, Sequence[str]], settings: Settings) -> Made:
    """The reports and claims of one case of a case file."""
    made = Made(settings=settings, period=Period.parse(case.get("period", "2030-05")))
    for name, (kind, identity, printed) in {**terms, **case.get("terms", {})}.items():
        made.terms[name] = Term(kind=Kind(kind), id=identity, name=printed)
    known = case.get("catalogue", {})
    made.catalogue = Catalogue(
        same=known.get("same", {}),
        names=known.get("names", {}),
        states=known.get("states", {}),
        pacts=[Agreement(**{**row, "parties": tuple(row["parties"])}) for row in known.get("agreements", [])],
        houses={row["name"]: House(**row) for row in known.get("publishers", [])},
    )
    for row in case["reports"]:
        made.report(**row)
    for row in case["claims"]:
        made.claim(
            row["in"],
            row["s"],
            row["p"],
            row.get("o"),
            hedge=row.get("hedge", "confirmed"),
            grade=row.get("grade", ""),
            negated=row.get("negated", False),
            when=row.get("when", ""),
            count=tuple(row["count"]) if "count" in row else None,
            voices=row.get("voices", ()),
            place=row.get("place", ""),
            at=row.get("at", 0),
            **row.get("q", {}),
        )
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case of a file: what it shows, what is given, what is expected."""

    id: str
    expect: Mapping[str, Any]
    make: Callable[[Settings], Made]


def cases(name: str) -> list[Any]:
    """The cases of `tests/cases/judge/<name>.toml` as test parameters."""
    raw = tomllib.loads((CASES / "judge" / f"{name}.toml").read_text(encoding="utf-8"))
    found = []
    for case in raw["case"]:
        make = partial(made_from, case, raw.get("terms", {}))
        found.append(pytest.param(Case(id=case["id"], expect=case["expect"], make=make), id=case["id"]))
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `<file>_case` runs once for each case of that file."""
    for name in metafunc.fixturenames:
        if name.endswith("_case"):
            metafunc.parametrize(name, cases(name.removesuffix("_case")))


def load_settings() -> Settings:
    """The packaged settings."""
    return config.load()


def read_document(path: Path) -> tuple[dict[str, str], str]:
    _, front, text = path.read_text(encoding="utf-8").split("---\n", 2)
    return dict(line.split(": ", 1) for line in front.strip().splitlines()), text


class MonthReader:
    """Turns the facts of a made month into claims as a reader would give them."""

    def __init__(self, name: str, made: Made) -> None:
        self.made = made
        self.plan = tomllib.loads((CASES / "judge" / f"{name}.toml").read_text(encoding="utf-8"))
        folder = CASES / "months" / self.plan["month"]
        self.truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        made.period = Period.parse(self.truth["period"])
        for slug, entry in self.plan["documents"].items():
            front, text = read_document(folder / "documents" / f"{slug}.md")
            made.report(
                slug,
                front["publisher"],
                front["published"],
                text=text,
                own=entry.get("own", False),
                cites=entry.get("cites", ()),
                url=front["url"],
                language=front["language"],
                title=front["title"],
                mentions=self.mentions(text),
            )
        for fact in self.truth["facts"]:
            self.read(fact)

    def mentions(self, text: str) -> list[Mention]:
        """Every printed name of the month in a text."""
        found: dict[int, Mention] = {}
        for printed in sorted(self.plan["names"], key=len, reverse=True):
            kind, slug = self.plan["names"][printed]
            for match in re.finditer(re.escape(printed), text):
                mention = Mention(
                    kind=Kind(kind),
                    id=f"new:{slug}",
                    name=printed,
                    surface=printed,
                    start=match.start(),
                    end=match.end(),
                )
                if not any(one.start <= mention.start < one.end for one in found.values()):
                    found[mention.start] = mention
        return [mention for _, mention in sorted(found.items())]

    def named(self, text: str) -> Term | None:
        for printed in sorted(self.plan["names"], key=len, reverse=True):
            if printed in text:
                kind, slug = self.plan["names"][printed]
                return Term(kind=Kind(kind), id=f"new:{slug}", name=printed)
        return None

    def all_named(self, text: str) -> list[Term]:
        found: dict[str, Term] = {}
        for printed, (kind, slug) in self.plan["names"].items():
            if printed in text:
                found.setdefault(slug, Term(kind=Kind(kind), id=f"new:{slug}", name=printed))
        return list(found.values())

    def country(self, text: str) -> str:
        for code, forms in self.plan["countries"].items():
            if any(form in text for form in forms):
                return str(code)
        return ""

    def thing(self, text: str, predicate: str) -> Term | None:
        if not text:
            return None
        speaking = predicate in ("counts", "discloses", "warns", "assesses", "denies", "classifies", "fixes", "lists")
        named = None if speaking else self.named(text)
        country = self.country(text)
        if named:
            return named
        if country and text in self.plan["countries"][country]:
            return Term(kind=Kind.LOCATION, id=f"country/{country}", name=text)
        kind = Kind.IDENTITY if speaking else Kind.CONCEPT
        slug = re.sub(r"\W+", "-", text.casefold()).strip("-")
        return Term(kind=kind, id=f"new:{slug}" if kind is Kind.IDENTITY else f"role/{slug}", name=text)

    def read(self, fact: Mapping[str, Any]) -> None:
        slug, predicate = fact["document"], fact["predicate"]
        entry = self.plan["documents"][slug]
        text = self.made.reports[slug].document.text
        voices = list(entry.get("voices", ()))
        if entry.get("attack-voices") and predicate in ("targets", "compromises", "attributed-to"):
            voices = [cites for cites in entry["cites"] if (cites == "棱湾安全") == ("沙漏" in fact["subject"])][:1]
        if predicate in ("counts", "discloses", "lists", "assesses"):
            voices = []
        common: dict[str, Any] = {
            "hedge": fact["hedge"].replace(" ", "-"),
            "grade": fact.get("confidence", ""),
            "negated": fact["negated"],
            "when": fact["date"] or "",
            "voices": voices,
            "at": max(0, text.find(fact["sentence"])),
        }
        if predicate == "does-not-pay":
            predicate, common["negated"] = "pays", True
        if fact["count"]:
            common["count"] = (fact["count"]["value"], fact["count"]["unit"])
        groups = [term for term in self.all_named(fact["object"]) if term.kind is Kind.INTRUSION_SET]
        if predicate == "assesses" and len(groups) == 2:
            self.made.claim(slug, groups[0], "cooperates-with", groups[1], **common)
            return
        if predicate == "signs":
            for code in sorted(
                code for code, forms in self.plan["countries"].items() if any(form in fact["subject"] for form in forms)
            ):
                self.made.claim(slug, code, predicate, self.named(fact["object"]), **common)
            return
        subject, obj = self.thing(fact["subject"], predicate), self.named(fact["object"])
        if predicate == "ratifies":
            subject = self.made.term(self.country(fact["subject"]))
        if obj is None:
            obj = self.thing(fact["object"], "")
        if self.country(fact["object"]) and (obj is None or obj.kind is not Kind.LOCATION):
            common["place"] = self.country(fact["object"])
        if subject is not None:
            self.made.claim(slug, subject, predicate, obj, **common)


@pytest.fixture(scope="session")
def settings() -> Settings:
    return load_settings()


@pytest.fixture(scope="session")
def fresh(settings: Settings) -> Callable[[], Made]:
    """A maker of empty months, for tests that need many."""

    def make() -> Made:
        return Made(settings=settings)

    return make


@pytest.fixture
def made(settings: Settings) -> Made:
    return Made(settings=settings)


@pytest.fixture(scope="session")
def month_reader(settings: Settings) -> Callable[[str], MonthReader]:
    def read(name: str) -> MonthReader:
        return MonthReader(name, Made(settings=settings))

    return read
