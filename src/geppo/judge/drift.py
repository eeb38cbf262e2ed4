"""What a repeat makes of the statement that it repeats.

Assessments of kind `drift` hold `what` (`hedge`, `grade`, `number`, `reporter`, `date`), `root` and `repeat` (report
ids), `root_by` and `repeat_by` (publishers), `root_value` and `repeat_value` (a rung, a grade, a number with its unit,
a name, an ISO date or span), `direction` (`stronger`, `weaker` or empty) and `predicate`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from geppo.config import Settings
from geppo.judge._reference import predicates, short_id
from geppo.judge.citations import Citations
from geppo.judge.origins import NAMED, Attribution, Tracer
from geppo.judge.printed import Printed
from geppo.judge.quantities import agree, family, printed
from geppo.judge.speakers import in_other_letters
from geppo.judge.statements import Key, Keys, Statement
from geppo.model.assessment import Assessment, AssessmentKind, Origins
from geppo.model.claim import STRENGTH, Claim, Grade, Predicate, Rung
from geppo.model.entity import Kind

_WEIGHT = {Grade.LOW: 1, Grade.MODERATE: 2, Grade.HIGH: 3}
_EVENTS = predicates("once") | predicates("again")
_UNRANKED = frozenset({Rung.REPORTED, Rung.NOT_FOUND, Rung.DENIES, Rung.TREND})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change from a root to a repeat."""

    what: str
    root_value: str
    repeat_value: str
    direction: str
    claim: Claim
    against: Claim


def _hedge(root: Sequence[Claim], repeat: Sequence[Claim]) -> Iterator[Change]:
    ranked = [claim for claim in root if claim.hedge.rung not in _UNRANKED]
    firm = [claim for claim in repeat if claim.hedge.rung not in _UNRANKED]
    if not ranked or not firm:
        return
    before = max(ranked, key=lambda claim: (STRENGTH[claim.hedge.rung], claim.id))
    after = max(firm, key=lambda claim: (STRENGTH[claim.hedge.rung], claim.id))
    if STRENGTH[after.hedge.rung] > STRENGTH[before.hedge.rung]:
        yield Change(
            what="hedge",
            root_value=before.hedge.rung.value,
            repeat_value=after.hedge.rung.value,
            direction="stronger",
            claim=after,
            against=before,
        )


def _grade(root: Sequence[Claim], repeat: Sequence[Claim]) -> Iterator[Change]:
    held = [(claim, claim.hedge.grade) for claim in root if claim.hedge.grade]
    given = [(claim, claim.hedge.grade) for claim in repeat if claim.hedge.grade]
    if not held or not given or {grade for _, grade in held} & {grade for _, grade in given}:
        return
    before, old = max(held, key=lambda pair: (_WEIGHT[pair[1]], pair[0].id))
    after, new = max(given, key=lambda pair: (_WEIGHT[pair[1]], pair[0].id))
    yield Change(
        what="grade",
        root_value=old.value,
        repeat_value=new.value,
        direction="stronger" if _WEIGHT[new] > _WEIGHT[old] else "weaker",
        claim=after,
        against=before,
    )


def _number(root: Sequence[Claim], repeat: Sequence[Claim], settings: Settings) -> Iterator[Change]:
    for claim in repeat:
        if claim.count is None:
            continue
        alike = [
            other
            for other in root
            if other.count is not None
            and family(other.count.unit) == family(claim.count.unit)
            and _same_time(other, claim)
        ]
        values = [other for other in alike if other.count is not None]
        if values and not any(other.count and agree(other.count, claim.count, settings) for other in values):
            before = values[0].count
            if before is not None:
                yield Change(
                    what="number",
                    root_value=f"{printed(before.value)} {before.unit.name}",
                    repeat_value=f"{printed(claim.count.value)} {claim.count.unit.name}",
                    direction="",
                    claim=claim,
                    against=values[0],
                )


def _same_day_count(one: Claim, other: Claim) -> bool:
    """True where two claims give just one number for a day, and not for the day on which it was announced."""
    exact = one.count is not None and other.count is not None and one.count.value == other.count.value
    announced = other.when is not None and other.when.start == one.published
    return exact and not announced and one.when is not None and one.when.is_day


def _same_time(one: Claim, other: Claim) -> bool:
    return one.when is None or other.when is None or one.when.overlaps(other.when)


def _date(root: Sequence[Claim], repeat: Sequence[Claim]) -> Iterator[Change]:
    counts = all(claim.predicate is Predicate.COUNTS and claim.count is not None for claim in (*root, *repeat))
    if not counts and any(claim.count or claim.predicate not in _EVENTS for claim in (*root, *repeat)):
        return
    for claim in repeat:
        dated = [one for one in root if one.when is not None and (not counts or _same_day_count(one, claim))]
        if claim.when is None or not dated or (counts and not claim.when.is_day):
            continue
        if not any(other.when is not None and other.when.overlaps(claim.when) for other in dated):
            before = dated[0].when
            yield Change(
                what="date",
                root_value=before.iso() if before else "",
                repeat_value=claim.when.iso(),
                direction="",
                claim=claim,
                against=dated[0],
            )


class DriftFinder:
    """Compares every repeat with the root that it leads to."""

    def __init__(
        self,
        statements: Mapping[Key, Statement],
        keys: Keys,
        attribution: Attribution,
        graph: Citations,
        tracer: Tracer,
        numbers: Printed,
        settings: Settings,
    ) -> None:
        self._statements, self._keys, self._attribution = statements, keys, attribution
        self._graph, self._tracer, self._numbers, self._settings = graph, tracer, numbers, settings
        self._assessing: dict[Key, list[Claim]] = defaultdict(list)
        self._given: dict[tuple[str, str], list[Claim]] = defaultdict(list)
        self._sizes: dict[Key, dict[str, list[Claim]]] = defaultdict(lambda: defaultdict(list))
        self._acts: dict[str, dict[Key, list[Claim]]] = defaultdict(lambda: defaultdict(list))
        for key in sorted(statements):
            for claim in statements[key].claims:
                self._acts[claim.report][self._act(claim)].append(claim)
                if claim.count is not None:
                    self._given[claim.report, family(claim.count.unit)].append(claim)
                if key[0] == Predicate.ASSESSES.value:
                    self._assessing[key[2:-1]].append(claim)
                elif claim.predicate is Predicate.COUNTS and claim.count is not None:
                    self._sizes[keys.counted(claim)][graph.house(claim.report)].append(claim)

    def find(self) -> tuple[Assessment, ...]:
        """Every change once for a repeat, what changed and both values, in order of the repeat's publication."""
        seen: set[tuple[str, ...]] = set()
        found: list[tuple[tuple[str, str], Assessment]] = []
        for key in sorted(self._statements):
            statement = self._statements[key]
            for change in self._changes(statement):
                mark: tuple[str, ...] = (change.claim.report, change.what, change.root_value, change.repeat_value)
                if change.what == "hedge":
                    mark = (*mark, *key)
                if mark not in seen:
                    seen.add(mark)
                    found.append((self._graph.order[change.claim.report], _assessment(statement, change)))
        return tuple(one for _, one in sorted(found, key=lambda pair: (pair[0], pair[1].id)))

    def _changes(self, statement: Statement) -> Iterator[Change]:
        trace, graph = self._attribution.of(statement.key), self._graph
        passed_on = frozenset(graph.house(report) for report in trace.repeats)
        assessing = self._assessing.get(statement.key[:-1], ())
        for report in trace.repeats:
            root = trace.root_of[report]
            if root == report or root.startswith(NAMED) or graph.house(root) == graph.house(report):
                continue
            before, after = statement.of(root), statement.of(report)
            if not self._knows(report, root, after):
                continue
            if not before:
                yield from self._resized(root, after)
                yield from self._told_unnamed(root, after)
                continue
            if statement.predicate not in (Predicate.DISCLOSES, Predicate.DENIES):
                yield from _hedge(before, after)
            yield from _grade(
                [*before, *(claim for claim in assessing if claim.report == root)],
                [*after, *(claim for claim in assessing if claim.report == report)],
            )
            yield from _number(before, after, self._settings)
            yield from _date(before, [claim for claim in after if self._only_number(claim)])
            yield from self._reporter(before, after, passed_on - {graph.house(report)})

    def _knows(self, report: str, root: str, claims: Sequence[Claim]) -> bool:
        """False where a page credits other houses that have pages on the matter: it may repeat those."""
        graph = self._graph
        if report in graph.copy_of or root in graph.leans_on[report]:
            return True
        voices = [name for claim in claims for name in self._tracer.outside_voices(claim)]
        credited = voices or graph.credits[report]
        if graph.house(root) in {graph.directory.key(name) for name in credited}:
            return True
        return not any(self._tracer.on_matter(name, report) for name in credited) or any(
            graph.house(other) in {graph.directory.key(name) for name in credited}
            for other in self._attribution.of(self._keys.key(claims[0])).repeats
        )

    def _resized(self, root: str, repeat: Sequence[Claim]) -> Iterator[Change]:
        """A number that the credited house never gave: only where the page credits that house alone for it."""
        for claim in repeat:
            if claim.count is None or not self._credits_only(root, claim):
                continue
            given = self._sizes[self._keys.counted(claim)].get(self._graph.house(root), [])
            if claim.predicate is not Predicate.COUNTS and not self._numbers.holds(root, claim.count):
                given = self._nearest(root, claim)
            yield from _number(given, [claim], self._settings)

    def _told_unnamed(self, root: str, repeat: Sequence[Claim]) -> Iterator[Change]:
        """What a repeat changed where it leaves the doer unnamed ("hackers", "the attack"), and the root names one.

        The root must have just one statement of that act on that object.
        """
        unnamed = [claim for claim in repeat if claim.subject.kind in (Kind.CONCEPT, Kind.TEXT)]
        for act in dict.fromkeys(mark for claim in unnamed if (mark := self._act(claim))):
            before = self._acts[root].get(act, [])
            if len({self._keys.key(claim) for claim in before}) == 1:
                after = [claim for claim in unnamed if self._act(claim) == act]
                yield from _hedge(before, after)
                yield from _date(before, [claim for claim in after if self._only_number(claim)])

    def _act(self, claim: Claim) -> Key:
        """An act on an object without its doer; empty without an object."""
        object_ = self._keys.term(claim.object, claim)
        return (claim.predicate.value, object_, "-" if claim.negated else "+") if object_ else ()

    def _only_number(self, claim: Claim) -> bool:
        """True where a claim's sentence gives one number of its kind: with two, a day may belong to the other."""
        if claim.count is None:
            return True
        beside = self._given[claim.report, family(claim.count.unit)]
        return len({one.count.value for one in beside if one.count and one.passage == claim.passage}) == 1

    def _credits_only(self, root: str, claim: Claim) -> bool:
        voices = {self._graph.directory.key(name) for name in self._tracer.outside_voices(claim)}
        credited = voices or {self._graph.directory.key(name) for name in self._graph.credits[claim.report]}
        return credited == {self._graph.house(root)}

    def _nearest(self, root: str, claim: Claim) -> list[Claim]:
        """What a page says about numbers of the same kind: of the same thing, else the only number that it gives."""
        if claim.count is None:
            return []
        given = self._given[root, family(claim.count.unit)]
        thing = self._keys.term(claim.subject, claim)
        same = [one for one in given if self._keys.term(one.subject, one) == thing]
        values = {one.count.value for one in same or given if one.count is not None}
        return (same or given)[:1] if len(values) == 1 else []

    def _reporter(self, root: Sequence[Claim], repeat: Sequence[Claim], passed_on: frozenset[str]) -> Iterator[Change]:
        """A page that credits another house than the root's, and the root's nowhere.

        No change of reporter: papers that pass it on, houses that have a page on the matter themselves, and a name in
        other letters than the root's, which may be the root's name as it sounds.
        """
        source, page = root[0], repeat[0].report
        graph, directory = self._graph, self._graph.directory
        credited = [name for claim in repeat for name in self._tracer.outside_voices(claim)]
        terms = [term for claim in repeat for term in (claim.subject, claim.object) if term is not None]
        named = [term.name for term in terms if term.kind is Kind.IDENTITY]
        anywhere = {directory.key(name) for name in (*credited, *graph.credits[page], *named)}
        if graph.house(source.report) in anywhere or source.report in graph.leans_on[page] or page in graph.copy_of:
            return
        others = [
            name
            for name in dict.fromkeys(credited or graph.credits[page])
            if directory.key(name) not in passed_on
            and not directory.is_media(name)
            and not in_other_letters(name, source.publisher)
            and not self._tracer.on_matter(name, page)
        ]
        if others:
            yield Change(
                what="reporter",
                root_value=source.publisher,
                repeat_value=others[0],
                direction="",
                claim=repeat[0],
                against=source,
            )


def _assessment(statement: Statement, change: Change) -> Assessment:
    subjects = (statement.subject, *([statement.object] if statement.object else []))
    root, repeat = change.against.report, change.claim.report
    return Assessment(
        id=short_id("a", "drift", change.what, change.against.id, change.claim.id, change.repeat_value),
        kind=AssessmentKind.DRIFT,
        subjects=subjects,
        claims=(change.against.id, change.claim.id),
        likelihood=None,
        confidence=None,
        origins=Origins(roots=(root,), repeats=(repeat,)),
        detail=(
            ("what", change.what),
            ("predicate", statement.predicate.value),
            ("root", root),
            ("repeat", repeat),
            ("root_by", change.against.publisher),
            ("repeat_by", change.claim.publisher),
            ("root_value", change.root_value),
            ("repeat_value", change.repeat_value),
            ("direction", change.direction),
        ),
    )
