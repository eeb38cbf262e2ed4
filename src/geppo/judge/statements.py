"""The same statement by different pages: claims grouped by predicate and arguments, whatever names they print.

An unnamed role or thing ("the operator", "devices") means one thing inside a story and nothing across stories. An act
against a kind of victim ("ministries") is another one in each set of countries, unless one set lies inside the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from geppo.config import Settings
from geppo.judge._catalogue import Catalogue
from geppo.judge._reference import predicates
from geppo.judge.quantities import classes, family
from geppo.judge.speakers import Directory, fold
from geppo.judge.units import term_key
from geppo.model.claim import Claim, Count, Predicate, Rung
from geppo.model.entity import Kind, Term
from geppo.model.time import When

Key = tuple[str, ...]

_UNNAMED = frozenset({Kind.CONCEPT, Kind.TEXT})
_STAND_INS = frozenset({"unit/victim", "unit/organisation", "device/device"})
"""Objects that stand for whatever the number counts."""
_VICTIMS = frozenset({Kind.SECTOR, Kind.CONCEPT, Kind.TEXT})
_DEPTH = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Claims that say the same. `key` ends with `+` or `-`; claims are sorted by publication, report and id."""

    key: Key
    claims: tuple[Claim, ...]

    @property
    def predicate(self) -> Predicate:
        """Their predicate."""
        return self.claims[0].predicate

    @property
    def negated(self) -> bool:
        """Whether they deny it."""
        return self.claims[0].negated

    @property
    def subject(self) -> Term:
        """The subject as most claims print it, seen from the first claim where either side may come first."""
        first = self.claims[0]
        same = [claim.subject for claim in self.claims if not self._turned(claim)]
        return most_printed(same or [first.subject])

    @property
    def object(self) -> Term | None:
        """The object as most claims print it."""
        objects = [claim.object for claim in self.claims if claim.object is not None and not self._turned(claim)]
        return most_printed(objects) if objects else None

    def _turned(self, claim: Claim) -> bool:
        first = self.claims[0]
        either = claim.predicate in predicates("unordered") and claim.object is not None and first.object is not None
        return either and first.object is not None and claim.subject.id == first.object.id

    def of(self, report: str) -> tuple[Claim, ...]:
        """The claims of one report."""
        return tuple(claim for claim in self.claims if claim.report == report)


def most_printed(terms: Sequence[Term]) -> Term:
    """The form that stands for several printings of one thing: the most frequent, then the first in order."""
    counts: dict[Term, int] = defaultdict(int)
    for term in terms:
        counts[term] += 1
    return min(counts, key=lambda term: (-counts[term], not term.name.isascii(), term))


def opposite(key: Key) -> Key:
    """The key of the negation."""
    return (*key[:-1], "-" if key[-1] == "+" else "+")


class Keys:
    """Keys of claims. `stories` maps claim ids to the cluster that their unnamed things belong to."""

    def __init__(
        self,
        claims: Sequence[Claim],
        stories: Mapping[str, str],
        directory: Directory,
        catalogue: Catalogue,
        settings: Settings,
    ) -> None:
        self._stories, self._directory, self._catalogue = stories, directory, catalogue
        self._claims = {claim.id: claim for claim in claims}
        self._keys: dict[str, Key] = {}
        self._agreements: dict[str, list[Term]] = defaultdict(list)
        for claim in sorted(claims, key=lambda one: one.id):
            for term in (claim.subject, claim.object):
                if term is not None and term.kind is Kind.AGREEMENT:
                    self._agreements[stories.get(claim.id, "")].append(term)
        sized: dict[Key, list[tuple[str, Count]]] = defaultdict(list)
        for claim in claims:
            if claim.predicate is Predicate.COUNTS and claim.count is not None:
                sized[self.counted(claim)].append((claim.id, claim.count))
        self._reach = self._reaches(claims)
        self._classes = {name: label for key in sorted(sized) for name, label in classes(sized[key], settings).items()}

    def term(self, term: Term | None, claim: Claim) -> str:
        """Key of an argument; an unnamed thing carries its story."""
        if term is None:
            return ""
        if term.kind in _UNNAMED:
            name = term.id or fold(term.name)
            return f"{name}@{self._stories.get(claim.id, claim.report)}"
        if term.kind is Kind.IDENTITY:
            key = self._directory.key(term.name)
            if self._directory.reports(key):
                return key
        return term_key(term, self._catalogue)

    def _reaches(self, claims: Sequence[Claim]) -> dict[str, str]:
        """Claims of acts against a kind of victim, with the countries that tell their statement from others alike.

        Countries of one set and of a part of it are one statement, told fully and in part. What names none, or lies in
        two larger sets, is a statement of its own where there are several: the wider one, which holds wherever.
        """
        alike: dict[Key, dict[str, frozenset[str]]] = defaultdict(dict)
        beside: dict[tuple[str, int, Predicate, str], set[str]] = defaultdict(set)
        acts = [claim for claim in claims if claim.predicate in predicates("hostile")]
        for claim in acts:
            if claim.object is not None and claim.object.kind is Kind.LOCATION:
                beside[self._told(claim)].add(self.term(claim.object, claim))
        for claim in acts:
            if claim.object is not None and claim.object.kind in _VICTIMS:
                object_ = self._counted_object(claim) or self.term(claim.object, claim)
                thing = (claim.predicate.value, self.term(claim.subject, claim), object_)
                alike[thing][claim.id] = self.places(claim) or frozenset(beside[self._told(claim)])
        found: dict[str, str] = {}
        for places in alike.values():
            largest = [one for one in set(places.values()) if one and not any(one < other for other in places.values())]
            for name, one in places.items():
                around = [other for other in largest if one <= other]
                if len(largest) > 1:
                    found[name] = " ".join(sorted(around[0] if len(around) == 1 else one))
        return found

    def _told(self, claim: Claim) -> tuple[str, int, Predicate, str]:
        """One sentence on acts of one doer."""
        return (claim.report, claim.passage.start, claim.predicate, self.term(claim.subject, claim))

    def place(self, claim: Claim) -> str:
        """All places where a claim says that it holds, as one text; empty without one."""
        return " ".join(sorted(self.places(claim)))

    def places(self, claim: Claim) -> frozenset[str]:
        """Keys of the places where a claim says that it holds."""
        return frozenset(self.term(term, claim) for role, term in claim.qualifiers if role == "place")

    def base(self, claim: Claim) -> Key:
        """Key without polarity."""
        return self.key(claim)[:-1]

    def key(self, claim: Claim) -> Key:
        """Key of a claim's statement."""
        if claim.id not in self._keys:
            self._keys[claim.id] = (claim.predicate.value, *self._arguments(claim, 0), "-" if claim.negated else "+")
        return self._keys[claim.id]

    def _arguments(self, claim: Claim, depth: int) -> Key:
        subject, object_ = self.term(claim.subject, claim), self.term(claim.object, claim)
        if claim.predicate is Predicate.CLASSIFIES:
            return self._classified(claim)
        if claim.predicate in (Predicate.ASSESSES, Predicate.DENIES) and claim.about:
            about = self._claims.get(claim.about)
            if about is not None and depth < _DEPTH:
                return (subject, about.predicate.value, *self._arguments(about, depth + 1))
        if claim.predicate in predicates("unordered"):
            return tuple(sorted((subject, object_)))
        if claim.predicate is Predicate.COUNTS:
            return (*self.counted(claim), self._classes.get(claim.id, ""))
        if claim.predicate in predicates("stages"):
            return self._staged(claim)
        reach = self._reach.get(claim.id, "")
        return (subject, self._counted_object(claim) or object_, *([reach] if reach else []))

    def _counted_object(self, claim: Claim) -> str:
        """The object of "hit 14 firms" by what is counted, however the page words it; empty for a named object."""
        count, object_ = claim.count, claim.object
        if count is None or object_ is None or object_.kind is not Kind.CONCEPT:
            return ""
        if object_.id not in _STAND_INS and object_.id != count.unit.id:
            return ""
        return f"{family(count.unit)}@{self._stories.get(claim.id, claim.report)}"

    def counted(self, claim: Claim) -> Key:
        """What a count is of, whatever the number: thing, part, place and family of the unit."""
        unit = family(claim.count.unit) if claim.count else ""
        return (self.term(claim.subject, claim), self.term(claim.object, claim), self.place(claim), unit)

    def agreement(self, claim: Claim) -> Term:
        """The agreement that a stage is of, in whichever role it stands.

        "The treaty" is the one that its story names, if the story names only one.
        """
        terms = [claim.subject] if claim.object is None else [claim.object, claim.subject]
        named = next((term for term in terms if term.kind is Kind.AGREEMENT), None)
        if named is not None:
            return named
        known = self._agreements.get(self._stories.get(claim.id, ""), [])
        unnamed = all(term.kind in _UNNAMED for term in terms)
        return known[0] if unnamed and len({term_key(term, self._catalogue) for term in known}) == 1 else terms[0]

    def parties(self, claim: Claim) -> tuple[Term, ...]:
        """States and bodies that take part in a stage of an agreement."""
        sides = [claim.subject, claim.object, *(term for role, term in claim.qualifiers if role == "party")]
        agreement = self.agreement(claim)
        return tuple(term for term in sides if term is not None and term != agreement)

    def _staged(self, claim: Claim) -> Key:
        """One stage of one agreement; a ratification also by whom and by which act, since every side has its own."""
        agreement = self.term(self.agreement(claim), claim)
        if claim.predicate is not Predicate.RATIFIES:
            return (agreement,)
        sides = sorted({self.term(term, claim) for term in self.parties(claim)})
        act = claim.qualifier("act")
        return (agreement, act.id if act else "", *sides)

    def _classified(self, claim: Claim) -> Key:
        """Thing and class, without the one who classifies: the same judgement by two houses is one statement."""
        terms = [term for term in (claim.subject, claim.object) if term is not None]
        things = [term for term in terms if term.kind is not Kind.IDENTITY] or terms
        if len(things) == 1:
            things += [term for role, term in claim.qualifiers if role in ("as", "class")]
        return tuple(sorted({self.term(term, claim).partition("@")[0] for term in things}))


def group(claims: Sequence[Claim], keys: Keys) -> dict[Key, Statement]:
    """Statements by key, in order of their keys."""
    held: dict[Key, list[Claim]] = defaultdict(list)
    for claim in claims:
        held[keys.key(claim)].append(claim)
    return {
        key: Statement(
            key=key, claims=tuple(sorted(held[key], key=lambda claim: (claim.published, claim.report, claim.id)))
        )
        for key in sorted(held)
    }


def speaker_name(claim: Claim) -> str:
    """Whose statement it is: the innermost voice, the subject of a predicate of speaking, or the publisher."""
    if claim.voices:
        return claim.voices[-1]
    if claim.predicate in predicates("self-speaking") and claim.subject.kind is Kind.IDENTITY:
        return claim.subject.name
    return claim.publisher


def is_hearsay(claim: Claim) -> bool:
    """True where the page says only that it is reported."""
    return claim.hedge.rung is Rung.REPORTED


def ratifying_acts(statements: Iterable[Statement]) -> frozenset[str]:
    """Ids of "signs" claims whose sentence speaks of ratifying on that day: a signed decree is not the signing."""
    ratified: set[tuple[str, int, When]] = set()
    signs: list[Claim] = []
    for statement in statements:
        for claim in statement.claims:
            if claim.when is not None and statement.predicate is Predicate.RATIFIES:
                ratified.add((claim.report, claim.passage.start, claim.when))
            elif claim.when is not None and statement.predicate is Predicate.SIGNS:
                signs.append(claim)
    return frozenset(
        claim.id for claim in signs if claim.when and (claim.report, claim.passage.start, claim.when) in ratified
    )
