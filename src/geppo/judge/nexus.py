"""Which state a group, campaign or network is linked to, and on whose word. A link is not a chain of command."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from geppo.judge._catalogue import Catalogue
from geppo.model.claim import STRENGTH, Claim, Predicate, Rung
from geppo.model.entity import Kind, Term

_STATE = "country/"
_CODE = 2
_DEPTH = 3
_DENIED = frozenset({Rung.OPEN, Rung.NOT_FOUND, Rung.DENIES, Rung.FORECAST})


def is_state(key: str) -> bool:
    """True for `country/XX`; a region (`country/west`) is no state."""
    code = key.removeprefix(_STATE)
    return key != code and len(code) == _CODE and code.isupper()


class TermKeys(Protocol):
    """What gives a claim's argument its key."""

    def term(self, term: Term | None, claim: Claim) -> str:
        """Key of an argument."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A state and the claims that name it; no claims where the catalogue does, or where the term is the state."""

    state: str
    claims: tuple[Claim, ...] = ()


class Nexus:
    """States behind terms: the catalogue first, then what the claims say, over attribution where needed."""

    def __init__(self, claims: Iterable[Claim], keys: TermKeys, catalogue: Catalogue) -> None:
        self._keys, self._catalogue = keys, catalogue
        self._stated: dict[str, dict[str, list[Claim]]] = defaultdict(lambda: defaultdict(list))
        self._attributed: dict[str, list[Claim]] = defaultdict(list)
        self._same: set[tuple[str, str]] = set()
        for claim in claims:
            if claim.negated or claim.object is None or claim.hedge.rung in _DENIED:
                continue
            subject, object_ = keys.term(claim.subject, claim), keys.term(claim.object, claim)
            if claim.predicate is Predicate.HAS_NEXUS and is_state(object_):
                self._stated[subject][object_].append(claim)
            elif claim.predicate is Predicate.ATTRIBUTED_TO:
                self._attributed[subject].append(claim)
            elif claim.predicate is Predicate.SAME_AS:
                self._same |= {(subject, object_), (object_, subject)}

    def settled(self, term: Term, claim: Claim) -> bool:
        """True where the catalogue itself links a thing to a state."""
        return bool(self._catalogue.nexus(self._keys.term(term, claim)))

    def same(self, one: Claim, other: Claim) -> bool:
        """True where somebody says that the objects of two claims are one thing."""
        pair = (self._keys.term(one.object, one), self._keys.term(other.object, other))
        return pair[0] == pair[1] or pair in self._same

    def state(self, term: Term, claim: Claim) -> str:
        """The state of a term (`country/XX`), or an empty text."""
        return self.link(term, claim).state

    def link(self, term: Term, claim: Claim, depth: int = 0) -> Link:
        """The state of a term with the claims that it rests on."""
        key = self._keys.term(term, claim)
        if is_state(key):
            return Link(state=key)
        if term.kind is Kind.LOCATION:
            return Link(state="")
        known = self._catalogue.nexus(key)
        stated = self._stated.get(key, {})
        if known:
            return Link(state=known, claims=tuple(stated.get(known, ())))
        if stated:
            best = min(stated, key=lambda state: (-self._force(stated[state]), state))
            return Link(state=best, claims=tuple(stated[best]))
        if depth < _DEPTH:
            for attribution in sorted(
                self._attributed.get(key, ()), key=lambda one: (-STRENGTH[one.hedge.rung], one.id)
            ):
                if attribution.object is not None:
                    found = self.link(attribution.object, attribution, depth + 1)
                    if found.state:
                        return Link(state=found.state, claims=(attribution, *found.claims))
        return Link(state="")

    @staticmethod
    def _force(claims: Iterable[Claim]) -> int:
        """How many publishers say it, each time the strongest rung among them."""
        held = list(claims)
        return max(STRENGTH[claim.hedge.rung] for claim in held) * len({claim.publisher for claim in held})
