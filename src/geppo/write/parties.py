"""Which groups and states a fact is about, so that only what divides those who join is set in contrast."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from geppo.catalog import Catalog
from geppo.model.claim import Claim, Predicate
from geppo.model.entity import Kind
from geppo.write.facts import Fact

_PARTIES = frozenset({Kind.INTRUSION_SET, Kind.CAMPAIGN, Kind.LOCATION})


class Parties:
    """Groups and states behind the facts of a month: by the catalogue, and by what its reports say."""

    def __init__(self, catalog: Catalog, claims: Iterable[Claim]) -> None:
        self._catalog = catalog
        self._states: dict[str, set[str]] = defaultdict(set)
        for claim in claims:
            if claim.predicate is Predicate.HAS_NEXUS and claim.object is not None and not claim.negated:
                self._states[catalog.canonical(claim.subject.id)].add(catalog.canonical(claim.object.id))

    def of(self, fact: Fact) -> frozenset[str]:
        """Ids of the groups and places that a fact names, and of the states that a named group is said to belong to."""
        terms = [fact.best.subject, *fact.objects, *(term for _, term in fact.best.qualifiers)]
        named = {self._catalog.canonical(term.id) for term in terms if term.kind in _PARTIES}
        states = {state for one in named for state in self._states.get(one, ())}
        states |= {self._catalog.nexus(term.id) for term in terms}
        return frozenset((named | states) - {""})

    def against(self, attack: Fact, joined: Fact) -> bool:
        """True where an attack is aimed at a group or state of those who join: what they do together, it divides.

        An attack of one of them on somebody else contradicts nothing.
        """
        terms = [*attack.objects, *(term for _, term in attack.best.qualifiers)]
        aims = {self._catalog.canonical(term.id) for term in terms if term.kind in _PARTIES}
        return not aims.isdisjoint(self.of(joined))
