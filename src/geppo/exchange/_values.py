"""Values of a package, each once: who printed it, what it is taken for, whether to detect on it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib import resources
from typing import Any

from geppo.config import Settings
from geppo.exchange._package import Package, markings_of, terms
from geppo.model.claim import Claim
from geppo.model.edition import Story
from geppo.model.entity import Kind
from geppo.model.marking import Tlp
from geppo.model.observable import Observable, ObservableType, Role, Verdict
from geppo.model.report import Document


@lru_cache(maxsize=1)
def tables() -> Mapping[str, Any]:
    """The tables of values.toml."""
    return tomllib.loads(resources.files("geppo.exchange").joinpath("values.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value that one or more documents print.

    `of` tells a hash that is not a file's (certificate, imphash). `sources` are documents by date with the place in
    each; `openest` is the most open marking of these. `claims` are those that name the value, `markings` those of
    sources and claims, `story` the highest ranked that holds one of the documents.
    """

    type: ObservableType
    value: str
    of: str
    sources: tuple[tuple[Document, Observable], ...]
    verdict: Verdict
    claims: tuple[Claim, ...]
    markings: tuple[Tlp, ...]
    story: Story | None

    @property
    def marking(self) -> Tlp:
        """The most closed marking of its sources and of the claims that name it."""
        return max(self.markings)

    @property
    def openest(self) -> Tlp:
        """The most open marking of its sources."""
        return min(document.marking for document, _ in self.sources)

    @property
    def first(self) -> date:
        """Day of the first publication."""
        return min(document.published for document, _ in self.sources)

    @property
    def last(self) -> date:
        """Day of the last publication."""
        return max(document.published for document, _ in self.sources)

    @property
    def alarm(self) -> bool:
        """Whether there is a reason to detect on it: a source says that it is malicious and none doubts it."""
        said = {seen.verdict.value for _, seen in self.sources}
        rules = tables()["verdicts"]
        return bool(said & set(rules["alarm"])) and not said & set(rules["doubt"])

    @property
    def reason(self) -> str:
        """Who takes it for what, and why, one source after the other."""
        said = dict.fromkeys(
            f"{document.publisher}: {seen.verdict.value}: {seen.reason}" for document, seen in self.sources
        )
        return "; ".join(said)

    @property
    def role(self) -> Role:
        """What it was used for, by the first source that says so."""
        return next((seen.role for _, seen in self.sources if seen.role is not Role.NONE), Role.NONE)

    def valid_until(self, settings: Settings) -> date | None:
        """The day from which it is not worth detecting on any more; None for a type that is never an indicator."""
        setting = tables()["valid"].get(self.type.value)
        return self.last + timedelta(days=settings.integer(setting)) if setting else None

    def subjects(self, *kinds: Kind) -> tuple[str, ...]:
        """Names of those whom asserted claims connect with it, by kind."""
        asserted = (claim for claim in self.claims if not claim.turned)
        return tuple(sorted({claim.subject.name for claim in asserted if claim.subject.kind in kinds}))


def values(package: Package) -> tuple[Value, ...]:
    """The values of the package's reports that go out, by type and value."""
    claims: dict[str, list[Claim]] = {}
    for claim in package.issue.month.claims:
        for term in terms(claim):
            if term.kind is Kind.OBSERVABLE:
                claims.setdefault(term.id, []).append(claim)
    story_of: dict[str, Story] = {}
    for story in sorted(package.issue.month.stories, key=lambda one: (-one.rank, one.id)):
        story_of |= dict.fromkeys(story.reports, story)
    found: dict[tuple[str, str, str], list[tuple[Document, Observable]]] = {}
    for report in sorted(package.reports, key=lambda one: (one.document.published, one.id)):
        for seen in report.observables:
            of = dict(seen.detail).get("of", "")
            found.setdefault((seen.type.value, seen.value, of), []).append((report.document, seen))
    marking = markings_of(package)
    made = []
    for (type_, value, of), sources in sorted(found.items(), key=lambda item: item[0]):
        naming = dict.fromkeys(claims.get(f"{of}-{type_}/{value}" if of else f"{type_}/{value}", ()))
        closed = (marking[one] for one in (*(d.sha256 for d, _ in sources), *(claim.id for claim in naming)))
        made.append(
            Value(
                type=ObservableType(type_),
                value=value,
                of=of,
                sources=tuple(sources),
                verdict=_verdict(seen for _, seen in sources),
                claims=tuple(naming),
                markings=tuple(closed),
                story=_first(story_of, sources),
            )
        )
    return tuple(one for one in made if one.verdict.value in tables()["verdicts"]["out"])


def _verdict(seen: Iterable[Observable]) -> Verdict:
    order: list[str] = tables()["verdicts"]["order"]
    return min((one.verdict for one in seen), key=lambda verdict: order.index(verdict.value))


def _first(story_of: Mapping[str, Story], sources: Iterable[tuple[Document, Observable]]) -> Story | None:
    stories = [story_of[document.sha256] for document, _ in sources if document.sha256 in story_of]
    return min(stories, key=lambda one: (one.rank, one.id), default=None)
