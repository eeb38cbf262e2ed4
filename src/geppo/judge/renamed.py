"""Another alias in a repeat than its origin gives: "A, also B" that comes back as "A, also C".

An alias that a repeat adds is not wrong: another house may know it. It is named as drift only where it is contradicted:

- by the origin, which gives A another alias that the repeat does not print (the alias was swapped), or says that A and
  C are two, or has them meet as two;
- by the catalogue, which knows both as different things and neither as another name of the other.

A name in another script, or one spelled nearly alike, is a translation or a misprint, and no other alias. The
assessments are of kind `drift` as in `drift.py`, with `what` = `alias`, the names as values, and `against` (`origin` or
`catalogue`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from geppo.judge._catalogue import Catalogue
from geppo.judge._reference import predicates, short_id
from geppo.judge.citations import Citations
from geppo.judge.nexus import TermKeys
from geppo.judge.speakers import fold
from geppo.model.assessment import Assessment, AssessmentKind, Origins
from geppo.model.claim import Claim, Predicate, Rung
from geppo.model.entity import Kind, Term

_KINDS = frozenset({Kind.INTRUSION_SET, Kind.MALWARE, Kind.CAMPAIGN, Kind.INFRASTRUCTURE, Kind.TOOL})
_LEFT_OPEN = frozenset({Rung.OPEN, Rung.NOT_FOUND, Rung.DENIES})
_ALIKE = 0.75
"""Likeness of spelling (Ratcliff and Obershelp) from which two names may be one, misprinted."""


@dataclass(frozen=True, slots=True)
class _Named:
    """An argument with its key."""

    key: str
    term: Term


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What a page says of names: which are one, which are two, and all that it names."""

    same: tuple[tuple[_Named, _Named, Claim], ...]
    apart: frozenset[frozenset[str]]
    names: frozenset[str]

    def aliases(self, key: str) -> list[tuple[_Named, Claim]]:
        """Other names of a thing, over further aliases, with the claim that gives each."""
        found: dict[str, tuple[_Named, Claim]] = {}
        waiting = [key]
        while waiting:
            here = waiting.pop()
            for one, other, claim in self.same:
                for near, far in ((one, other), (other, one)):
                    if near.key == here and far.key != key and far.key not in found:
                        found[far.key] = (far, claim)
                        waiting.append(far.key)
        return [found[name] for name in sorted(found)]


class Renamed:
    """Compares the aliases of repeats with those of their origins."""

    def __init__(self, claims: Iterable[Claim], keys: TermKeys, graph: Citations, catalogue: Catalogue) -> None:
        self._keys, self._graph, self._catalogue = keys, graph, catalogue
        self._held: dict[str, list[Claim]] = defaultdict(list)
        for claim in claims:
            self._held[claim.report].append(claim)
        self._pages: dict[str, _Page] = {}

    def find(self, roots: Mapping[str, str]) -> Iterator[Assessment]:
        """What is named, in order of the repeats' publication. `roots` leads from repeats to their origins."""
        for repeat in sorted(roots, key=lambda report: self._graph.order[report]):
            page, root = self._page(repeat), self._page(roots[repeat])
            told: set[frozenset[str]] = set()
            for one, other, claim in page.same:
                pair = frozenset((one.key, other.key))
                if pair in told:
                    continue
                for name, alias in ((one, other), (other, one)):
                    change = self._change(root, page, name, alias)
                    if change is not None:
                        told.add(pair)
                        yield self._assessment(roots[repeat], claim, name, alias, *change)
                        break

    def _page(self, report: str) -> _Page:
        if report not in self._pages:
            self._pages[report] = self._read(report)
        return self._pages[report]

    def _read(self, report: str) -> _Page:
        same: list[tuple[_Named, _Named, Claim]] = []
        apart: set[frozenset[str]] = set()
        names = {self._catalogue.canonical(one.id) for one in self._graph.reports[report].mentions if one.id}
        for claim in sorted(self._held[report], key=lambda one: one.id):
            terms = [claim.subject, *([claim.object] if claim.object else [])]
            named = [_Named(self._keys.term(term, claim), term) for term in terms]
            names |= {one.key for one in named}
            if len(named) < 2 or not all(term.kind in _KINDS for term in terms) or named[0].key == named[1].key:
                continue
            if claim.predicate in predicates("joint") or (claim.predicate is Predicate.SAME_AS and claim.negated):
                apart.add(frozenset(one.key for one in named))
            elif claim.predicate is Predicate.SAME_AS and claim.hedge.rung not in _LEFT_OPEN:
                same.append((named[0], named[1], claim))
        return _Page(same=tuple(same), apart=frozenset(apart), names=frozenset(names))

    def _change(self, root: _Page, page: _Page, name: _Named, alias: _Named) -> tuple[str, str, Claim | None] | None:
        """What the alias is contradicted by, the name that stands against it, and the origin's claim if it has one."""
        known = root.aliases(name.key)
        if name.key not in root.names or any(one.key == alias.key for one, _ in known):
            return None
        first = known[0] if known else None
        if frozenset((name.key, alias.key)) in root.apart:
            return "origin", name.term.name, None
        if self._known_apart(name.term, alias.term):
            return "catalogue", first[0].term.name if first else name.term.name, first[1] if first else None
        swapped = [(one, claim) for one, claim in known if self._another(one.term, alias.term)]
        if swapped and len(swapped) == len(known) and not any(one.key in page.names for one, _ in known):
            return "origin", swapped[0][0].term.name, swapped[0][1]
        return None

    @staticmethod
    def _another(one: Term, other: Term) -> bool:
        """False for names that may be one, translated, shortened or misprinted."""
        a, b = fold(one.name), fold(other.name)
        if one.name.isascii() != other.name.isascii() or a in b or b in a:
            return False
        return SequenceMatcher(None, a, b, autojunk=False).ratio() < _ALIKE

    def _known_apart(self, one: Term, other: Term) -> bool:
        """True where the catalogue knows both as different things of one kind, and neither as a name of the other."""
        ids = (self._catalogue.canonical(one.id), self._catalogue.canonical(other.id))
        if one.kind is not other.kind or ids[0] == ids[1] or not all(map(self._catalogue.knows, ids)):
            return False
        forms = [{fold(alias.name) for alias in self._catalogue.aliases(name)} for name in ids]
        means = [{alias.means for alias in self._catalogue.aliases(name)} for name in ids]
        named = fold(other.name) in forms[0] or fold(one.name) in forms[1]
        return not (named or ids[1] in means[0] or ids[0] in means[1] or forms[0] & forms[1])

    def _assessment(
        self, root: str, claim: Claim, name: _Named, alias: _Named, against: str, value: str, told: Claim | None
    ) -> Assessment:
        graph, repeat = self._graph, claim.report
        return Assessment(
            id=short_id("a", "alias", root, claim.id, name.key, alias.key),
            kind=AssessmentKind.DRIFT,
            subjects=(name.term,),
            claims=(*([told.id] if told else []), claim.id),
            likelihood=None,
            confidence=None,
            origins=Origins(roots=(root,), repeats=(repeat,)),
            detail=(
                ("what", "alias"),
                ("predicate", Predicate.SAME_AS.value),
                ("root", root),
                ("repeat", repeat),
                ("root_by", graph.reports[root].document.publisher),
                ("repeat_by", graph.reports[repeat].document.publisher),
                ("root_value", value),
                ("repeat_value", alias.term.name),
                ("direction", ""),
                ("against", against),
            ),
        )
