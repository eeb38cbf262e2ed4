"""Statements that cannot both be right, side by side, with the value we prefer and why. Nothing is overwritten.

Assessments of kind `contradiction` hold: `type` (`value`, `date`, `polarity`, `identity`, `update`), `slot` (what is
compared: a predicate and, after a blank, the printed subject), `a` and `b` (values as text: ISO dates, numbers with
unit, names, `yes` / `no`), `a_by` and `b_by` (speakers), `a_reports` and `b_reports` (ids, separated by blanks),
`b_claims` (likewise), `a_origins` and `b_origins` (numbers of independent origins), `preferred` (`a`, or empty where
undecided), `reason` (`newer-correction`, `primary-over-repeat`, `own-observation`, `more-origins`, `catalogue`,
`kind-of-publisher`, `undecided`) and `matches` (another stage of an agreement that the rejected date is the date of).
`a` is the preferred value.

Signing, ratification and entry into force are three slots. Counts by different counters are never compared here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from geppo.config import Settings
from geppo.judge._catalogue import Catalogue
from geppo.judge._reference import predicates, short_id
from geppo.judge.corroborate import Weigher
from geppo.judge.counting import Counted
from geppo.judge.nexus import Nexus
from geppo.judge.origins import NAMED, Attribution
from geppo.judge.printed import Printed
from geppo.judge.quantities import agree, family, printed
from geppo.judge.statements import Key, Keys, Statement, ratifying_acts
from geppo.model.assessment import Assessment, AssessmentKind, Origins
from geppo.model.claim import STRENGTH, Claim, Predicate, Rung
from geppo.model.entity import Kind, Term
from geppo.model.time import When

_SEEN = "own-observation"
_DECIDE_AUTHORSHIP = frozenset({"primary-over-repeat", _SEEN, "more-origins"})
"""Who is behind a thing is argued, not seen: nearness settles nothing, own observation only a plain yes or no."""
_NOBODY = ("group-kind/", "role/attacker", "role/hacker", "role/cybercriminal")
"""Subjects of whom one page says this and another that: "groups" are not the same groups."""
_OPEN = frozenset({Rung.OPEN, Rung.NOT_FOUND, Rung.FORECAST, Rung.DENIES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of a slot with the claims that give it. `sort` compares values; `text` is printed."""

    text: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    """What stands behind a value: own observation, independent origins, the catalogue, nearness, the newest claim."""

    own: bool
    origins: frozenset[str]
    catalogued: bool
    precedence: int
    newest: date


class Contradictions:
    """Finds contradictions among statements that are traced already."""

    def __init__(
        self,
        statements: Mapping[Key, Statement],
        attribution: Attribution,
        keys: Keys,
        weigher: Weigher,
        nexus: Nexus,
        catalogue: Catalogue,
        numbers: Printed,
        settings: Settings,
    ) -> None:
        self._statements, self._attribution, self._keys = statements, attribution, keys
        self._numbers = numbers
        self._weigher, self._nexus, self._catalogue, self._settings = weigher, nexus, catalogue, settings

    def find(self, counted: Sequence[Counted]) -> tuple[Assessment, ...]:
        """All contradictions, in order of their ids."""
        found = [
            *self._dates(),
            *self._repeated_dates(),
            *self._polarity(),
            *self._identity(),
            *self._values(counted),
        ]
        return tuple(sorted({one.id: one for one in found}.values(), key=lambda one: one.id))

    def backing(self, value: Value) -> Backing:
        """What stands behind a value. A repeat that gives another value than its own root has nobody behind it.

        Who is behind a thing is a conclusion from something seen: pages that saw nothing and credit nobody have it from
        somewhere, so they are one origin together, and none beside others.
        """
        argued = value.claims[0].predicate in predicates("behind")
        own, origins, loose, precedence = False, set[str](), set[tuple[date, str]](), 0
        for claim in value.claims:
            trace, root = self._attribution.trace(claim), self._attribution.root(claim)
            observed = root == claim.report and root in trace.own
            precedence = max(precedence, self._weigher.standing(claim.report, observed).precedence)
            own = own or observed
            if argued and root == claim.report and not observed:
                loose.add((claim.published, root))
            elif root == claim.report or root.startswith(NAMED) or any(one.report == root for one in value.claims):
                origins.add(root)
        if loose and not origins:
            origins.add(min(loose)[1])
        return Backing(
            own=own,
            origins=frozenset(origins),
            catalogued=self._catalogued(value.claims[0]),
            precedence=precedence,
            newest=max(claim.published for claim in value.claims),
        )

    def _catalogued(self, claim: Claim) -> bool:
        """True where the catalogue has the day of this stage of the agreement inside the claim's date."""
        if claim.predicate not in predicates("stages") or claim.when is None:
            return False
        known = self._catalogue.agreement(self._keys.term(self._keys.agreement(claim), claim))
        dates = {
            Predicate.SIGNS: known.signed if known else None,
            Predicate.RATIFIES: known.ratified if known else None,
            Predicate.ENTERS_INTO_FORCE: known.in_force if known else None,
        }
        date_ = dates[claim.predicate]
        return date_ is not None and claim.when.start <= date_ <= claim.when.end

    def _preferred(self, a: Value, b: Value, kind: str) -> tuple[Value, Value, str, str]:
        """(preferred, other, kind, reason): the first difference that decides."""
        one, other = self.backing(a), self.backing(b)
        altered = (self._altered(b, a), self._altered(a, b))
        printed = (self._printed(a), self._printed(b))
        if kind == "value" and printed[0] != printed[1]:
            return (a, b, kind, "primary-over-repeat") if printed[0] else (b, a, kind, "primary-over-repeat")
        corrects = self._speakers(a) == self._speakers(b) and one.newest != other.newest and not any(altered)
        if corrects and (kind != "value" or all(printed)):
            newer, older = (a, b) if one.newest > other.newest else (b, a)
            return newer, older, "update", "newer-correction"
        tests: list[tuple[str, int, int]] = [
            ("primary-over-repeat", int(altered[0]), int(altered[1])),
            (_SEEN, int(one.own), int(other.own)),
            ("more-origins", len(one.origins), len(other.origins)),
            ("catalogue", int(one.catalogued), int(other.catalogued)),
            ("kind-of-publisher", one.precedence, other.precedence),
        ]
        if a.claims[0].predicate in predicates("behind"):
            quoted = any(root.startswith(NAMED) for root in one.origins | other.origins)
            argued = quoted or kind == "identity"
            tests = [test for test in tests if test[0] in _DECIDE_AUTHORSHIP and not (argued and test[0] == _SEEN)]
        for reason, left, right in tests:
            if left != right:
                return (a, b, kind, reason) if left > right else (b, a, kind, reason)
        first, second = sorted((a, b), key=lambda value: (value.claims[0].published, value.text))
        return first, second, kind, "undecided"

    def _printed(self, value: Value) -> bool:
        """True where a number stands on its root's own page, or the root has no page here that could hold it."""
        for claim in value.claims:
            root = self._attribution.root(claim)
            if root.startswith(NAMED) or root == claim.report:
                return True
            if claim.count is not None and self._numbers.holds(root, claim.count):
                return True
        return False

    def _speakers(self, value: Value) -> frozenset[str]:
        return frozenset(self._attribution.speaker(claim) for claim in value.claims)

    def _altered(self, value: Value, other: Value) -> bool:
        """True where a value is only given by repeats of pages that give the other one."""
        held = {claim.report for claim in other.claims}
        return all(
            self._attribution.root(claim) in held and self._attribution.root(claim) != claim.report
            for claim in value.claims
        )

    def conflict(self, kind: str, slot: str, subject: Term, a: Value, b: Value, matches: str = "") -> Assessment:
        """The object that holds both values."""
        decided = (a, b, kind, "newer-correction") if kind == "update" else self._preferred(a, b, kind)
        first, second, kind, reason = decided
        backing = self.backing(first), self.backing(second)
        claims = tuple(dict.fromkeys(claim.id for claim in (*first.claims, *second.claims)))
        reports = [tuple(dict.fromkeys(claim.report for claim in value.claims)) for value in (first, second)]
        roots = tuple(sorted(backing[0].origins | backing[1].origins))
        return Assessment(
            id=short_id("a", "contradiction", kind, slot, *sorted((first.text, second.text)), *sorted(claims)),
            kind=AssessmentKind.CONTRADICTION,
            subjects=(subject,),
            claims=claims,
            likelihood=None,
            confidence=None,
            origins=Origins(roots=roots, repeats=tuple(sorted({one for held in reports for one in held} - set(roots)))),
            detail=(
                ("type", kind),
                ("slot", slot),
                ("a", first.text),
                ("b", second.text),
                ("a_by", self._names(first)),
                ("b_by", self._names(second, apart_from=first)),
                ("a_reports", " ".join(reports[0])),
                ("b_reports", " ".join(reports[1])),
                ("b_claims", " ".join(claim.id for claim in second.claims)),
                ("a_origins", str(len(backing[0].origins))),
                ("b_origins", str(len(backing[1].origins))),
                ("preferred", "" if reason == "undecided" else "a"),
                ("reason", reason),
                ("matches", matches),
            ),
        )

    def _names(self, value: Value, apart_from: Value | None = None) -> str:
        """Who says it; where both sides name the same speaker, the pages that print the second value."""
        names = dict.fromkeys(self._attribution.name(claim) for claim in value.claims)
        if apart_from is not None and set(names) & {self._attribution.name(claim) for claim in apart_from.claims}:
            names = dict.fromkeys(claim.publisher for claim in value.claims)
        return "; ".join(names)

    def _against_best(
        self, values: Sequence[Value], apart: Callable[[Value, Value], bool]
    ) -> Iterator[tuple[Value, Value]]:
        """The best-backed value with each one that cannot stand beside it."""
        ranked = sorted(values, key=self._rank)
        for other in ranked[1:]:
            if apart(ranked[0], other):
                yield ranked[0], other

    def _rank(self, value: Value) -> tuple[bool, bool, int, bool, int, str]:
        held = self.backing(value)
        return (
            not held.origins,
            not held.own,
            -len(held.origins),
            not held.catalogued,
            -held.precedence,
            value.text,
        )

    def _dated(self, claims: Iterable[Claim]) -> list[Value]:
        by_date: dict[When, list[Claim]] = defaultdict(list)
        for claim in claims:
            past = claim.when is not None and claim.when.start <= claim.published
            if claim.when is not None and past and claim.hedge.rung not in _OPEN and not claim.negated:
                by_date[claim.when].append(claim)
        return [Value(text=when.iso(), claims=tuple(held)) for when, held in sorted(by_date.items())]

    @staticmethod
    def _given(values: Sequence[Value]) -> dict[str, set[When]]:
        """The dates that each page gives for one slot."""
        dates: dict[str, set[When]] = defaultdict(set)
        for value in values:
            for claim in value.claims:
                if claim.when is not None:
                    dates[claim.report].add(claim.when)
        return dates

    @staticmethod
    def _apart(a: Value, b: Value, given: Mapping[str, set[When]]) -> bool:
        """True where two dates share no day, and no page of one gives the other too, as one that lists steps does."""
        pairs = ((a, b), (b, a))
        return not any(
            when.overlaps(theirs)
            for value, against in pairs
            for when in {claim.when for claim in against.claims if claim.when is not None}
            for page in {claim.report for claim in value.claims}
            for theirs in given[page]
        )

    def _dates(self) -> Iterator[Assessment]:
        slots: dict[Key, list[Claim]] = defaultdict(list)
        signed = ratifying_acts(self._statements.values())
        for key, statement in self._statements.items():
            if statement.predicate in predicates("once") and not statement.negated:
                slots[key[:-1]].extend(claim for claim in statement.claims if claim.id not in signed)
        for slot in sorted(slots):
            values = self._dated(slots[slot])
            given = self._given(values)
            for best, other in self._against_best(values, partial(self._apart, given=given)):
                claim = best.claims[0]
                staged = claim.predicate in predicates("stages")
                subject = self._keys.agreement(claim) if staged else claim.object or claim.subject
                yield self.conflict(
                    "date", f"{slot[0]} {subject.name}", subject, best, other, self._stage(slot, best, other)
                )

    def _stage(self, slot: Key, best: Value, other: Value) -> str:
        """Another stage of the agreement that has the weaker value as its date: a wrong predicate, not a wrong day."""
        stages = predicates("stages")
        weak = self._preferred(best, other, "date")[1].claims[0].when
        if Predicate(slot[0]) not in stages or weak is None:
            return ""
        agreement = slot[1]
        other_stages = [
            statement
            for key, statement in self._statements.items()
            if statement.predicate in stages and key[0] != slot[0] and agreement in key and not statement.negated
        ]
        for statement in other_stages:
            if any(claim.when is not None and claim.when.overlaps(weak) for claim in statement.claims):
                return statement.predicate.value
        return ""

    def _repeated_dates(self) -> Iterator[Assessment]:
        """Days that a repeat moved. Two pages that observed for themselves may well have seen a thing twice."""
        for key in sorted(self._statements):
            statement = self._statements[key]
            if statement.predicate not in predicates("again") or statement.negated:
                continue
            if any(claim.count is not None for claim in statement.claims):
                continue
            by_root: dict[str, list[Claim]] = defaultdict(list)
            for claim in statement.claims:
                by_root[self._attribution.root(claim)].append(claim)
            for root in sorted(by_root):
                values = self._dated(by_root[root])
                given = self._given(values)
                firsts = [value for value in values if any(claim.report == root for claim in value.claims)]
                for value in values:
                    if firsts and all(self._apart(first, value, given) for first in firsts):
                        yield self.conflict(
                            "date", f"{key[0]} {statement.subject.name}", statement.subject, firsts[0], value
                        )

    def _polarity(self) -> Iterator[Assessment]:
        for key in sorted(self._statements):
            other = self._statements.get((*key[:-1], "-"))
            statement = self._statements[key]
            if key[-1] == "-" or other is None or statement.predicate not in predicates("deniable"):
                continue
            if statement.subject.id.startswith(_NOBODY):
                continue
            if statement.predicate is Predicate.HAS_NEXUS and self._nexus.settled(
                statement.subject, statement.claims[0]
            ):
                continue
            unseen = all(claim.hedge.rung is Rung.NOT_FOUND for claim in other.claims)
            least = STRENGTH[Rung.SUGGESTS if unseen else Rung.POSSIBLE]
            yes = [
                claim
                for claim in statement.claims
                if claim.hedge.rung not in _OPEN and STRENGTH[claim.hedge.rung] >= least
            ]
            if statement.predicate not in (Predicate.CLASSIFIES, Predicate.SAME_AS) and statement.object is None:
                continue
            pair = self._clash(yes, list(other.claims))
            if pair is not None:
                yield self.conflict("polarity", f"{key[0]} {statement.subject.name}", statement.subject, *pair)

    def _clash(self, yes: Sequence[Claim], no: Sequence[Claim]) -> tuple[Value, Value] | None:
        """Claims for and against that speak of the same place and time, by different speakers or at different times."""
        both = {claim.report for claim in yes} & {claim.report for claim in no}
        yes = [claim for claim in yes if claim.report not in both]
        no = [claim for claim in no if claim.report not in both]

        def meets(one: Claim, other: Claim) -> bool:
            same_time = one.when is None or other.when is None or one.when.overlaps(other.when)
            here, there = self._keys.places(one), self._keys.places(other)
            return same_time and (here == there or bool(here & there))

        left = tuple(claim for claim in yes if any(meets(claim, other) for other in no))
        right = tuple(claim for claim in no if any(meets(claim, other) for other in yes))
        if not left or not right:
            return None
        return Value(text="yes", claims=left), Value(text="no", claims=right)

    def _identity(self) -> Iterator[Assessment]:
        """Who is behind a thing: different answers that no nexus brings together.

        The state behind a group is not asked where the catalogue has it: a page that slips there is no dispute.
        """
        slots: dict[str, list[Claim]] = defaultdict(list)
        for statement in self._statements.values():
            if statement.predicate in predicates("behind") and not statement.negated:
                for claim in statement.claims:
                    if statement.predicate is Predicate.HAS_NEXUS and self._nexus.settled(claim.subject, claim):
                        continue
                    if claim.object is not None and STRENGTH[claim.hedge.rung] >= STRENGTH[Rung.SUGGESTS]:
                        slots[self._keys.term(claim.subject, claim)].append(claim)
        for slot in sorted(slots):
            answers: dict[str, list[Claim]] = defaultdict(list)
            for claim in slots[slot]:
                if claim.object is not None and claim.object.kind in (Kind.LOCATION, Kind.INTRUSION_SET, Kind.CAMPAIGN):
                    answers[self._keys.term(claim.object, claim)].append(claim)
            values = [
                Value(text=held[0].object.name if held[0].object else "", claims=tuple(held))
                for _, held in sorted(answers.items())
            ]
            for best, other in self._against_best(values, self._different):
                yield self.conflict(
                    "identity", f"behind {best.claims[0].subject.name}", best.claims[0].subject, best, other
                )

    def _different(self, a: Value, b: Value) -> bool:
        one, other = a.claims[0], b.claims[0]
        if one.object is None or other.object is None or self._nexus.same(one, other):
            return False
        left, right = self._speakers(a), self._speakers(b)
        changed_mind = left == right and len(left) == 1 and self.backing(a).newest != self.backing(b).newest
        if left & right and not changed_mind:
            return False
        if Kind.LOCATION in (one.object.kind, other.object.kind):
            states = self._nexus.state(one.object, one), self._nexus.state(other.object, other)
            return bool(states[0] and states[1]) and states[0] != states[1]
        return True

    def _values(self, counted: Sequence[Counted]) -> Iterator[Assessment]:
        """Numbers of one counter for one thing at one time, and numbers that a repeat changed."""
        told = [
            row for row in counted if row.claim.hedge.rung not in (Rung.FORECAST, Rung.OPEN) and not row.claim.negated
        ]
        corrections = list(self._corrected(told))
        yield from corrections
        settled = {claim for one in corrections for claim in one.claims}
        slots: dict[tuple[Key, str, str], list[Counted]] = defaultdict(list)
        for row in told:
            if row.claim.id not in settled:
                slots[row.thing, row.place, family(row.count.unit)].append(row)
        for slot in sorted(slots):
            rows = slots[slot]
            sources: dict[str, list[Counted]] = defaultdict(list)
            for row in rows:
                sources[row.counter].append(row)
            for source in sorted(sources):
                yield from self._one_counter(sources[source])

    def _corrected(self, rows: Sequence[Counted]) -> Iterator[Assessment]:
        """What a page corrects by its own words ("the correct figure is"): the counter's number before it.

        A correction often says neither the time nor the state of what it counts, so only counter, thing and unit bind.
        """
        for row in rows:
            if row.claim.qualifier("corrects") is None:
                continue
            before = [
                other
                for other in rows
                if other.counter == row.counter
                and other.term.id == row.term.id
                and family(other.count.unit) == family(row.count.unit)
                and other.count.value != row.count.value
                and other.claim.qualifier("corrects") is None
                and other.claim.published <= row.claim.published
            ]
            named = {
                other.count.value
                for other in before
                if other.claim.report == row.claim.report and _near(other.claim, row.claim)
            }
            old = [other for other in before if not named or other.count.value in named]
            if len({other.count.value for other in old}) == 1:
                yield self.conflict(
                    "update", f"{row.claim.predicate.value} {row.term.name}", row.term, _value([row]), _value(old)
                )

    def _one_counter(self, rows: Sequence[Counted]) -> Iterator[Assessment]:
        by_value: dict[float, list[Counted]] = defaultdict(list)
        for row in rows:
            by_value[row.count.value].append(row)
        held = {value: _value(same) for value, same in by_value.items()}
        counts = {id(held[value]): same for value, same in by_value.items()}

        def apart(a: Value, b: Value) -> bool:
            pairs = [(one, other) for one in counts[id(a)] for other in counts[id(b)]]
            if any(one.claim.report == other.claim.report for one, other in pairs):
                return False
            met = [(one, other) for one, other in pairs if _same_time(one.claim, other.claim)]
            return bool(met) and not any(agree(one.count, other.count, self._settings) for one, other in met)

        for best, other in self._against_best([held[value] for value in sorted(held)], apart):
            row = counts[id(best)][0]
            yield self.conflict("value", f"{row.claim.predicate.value} {row.term.name}", row.term, best, other)


def _value(rows: Sequence[Counted]) -> Value:
    """Counts of one value as a side of a conflict, in order of time."""
    held = sorted(rows, key=lambda row: (row.claim.published, row.claim.id))
    text = f"{printed(held[0].count.value)} {held[0].count.unit.name}"
    return Value(text=text, claims=tuple(row.claim for row in held))


def _near(one: Claim, other: Claim) -> bool:
    """True for claims of one sentence: their passages meet."""
    return one.passage.start < other.passage.end and other.passage.start < one.passage.end


def _same_time(one: Claim, other: Claim) -> bool:
    return one.when is None or other.when is None or one.when.overlaps(other.when)
