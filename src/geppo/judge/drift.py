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
from geppo.judge._reference import short_id
from geppo.judge.citations import Citations
from geppo.judge.counting import agree, family, printed
from geppo.judge.origins import NAMED, Trace, Tracer
from geppo.judge.statements import Key, Statement
from geppo.model.assessment import Assessment, AssessmentKind, Origins
from geppo.model.claim import STRENGTH, Claim, Grade, Predicate, Rung

_WEIGHT = {Grade.LOW: 1, Grade.MODERATE: 2, Grade.HIGH: 3}
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


def _same_time(one: Claim, other: Claim) -> bool:
    return one.when is None or other.when is None or one.when.overlaps(other.when)


def _date(root: Sequence[Claim], repeat: Sequence[Claim]) -> Iterator[Change]:
    if any(claim.count is not None for claim in (*root, *repeat)):
        return
    dated = [claim for claim in root if claim.when is not None]
    for claim in repeat:
        if claim.when is None or not dated:
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


def _reporter(
    root: Sequence[Claim], repeat: Sequence[Claim], graph: Citations, tracer: Tracer, passed_on: frozenset[str]
) -> Iterator[Change]:
    """A page that credits another house than the root's, and the root's nowhere."""
    source = root[0]
    house, directory = graph.house(source.report), graph.directory
    page = repeat[0].report
    credited = [name for claim in repeat for name in tracer.outside_voices(claim)]
    anywhere = {directory.key(name) for name in (*credited, *graph.credits[page])}
    if house in anywhere or source.report in graph.leans_on[page] or page in graph.copy_of:
        return
    others = [
        name
        for name in dict.fromkeys(credited or graph.credits[page])
        if directory.key(name) not in passed_on and not directory.is_media(name)
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


def _changes(
    statement: Statement,
    trace: Trace,
    assessing: Sequence[Claim],
    graph: Citations,
    tracer: Tracer,
    settings: Settings,
) -> Iterator[Change]:
    passed_on = frozenset(graph.house(report) for report in trace.repeats)
    for report in trace.repeats:
        root = trace.root_of[report]
        if root == report or root.startswith(NAMED) or graph.house(root) == graph.house(report):
            continue
        before, after = statement.of(root), statement.of(report)
        if not before:
            continue
        if statement.predicate not in (Predicate.DISCLOSES, Predicate.DENIES):
            yield from _hedge(before, after)
        yield from _grade(
            [*before, *(claim for claim in assessing if claim.report == root)],
            [*after, *(claim for claim in assessing if claim.report == report)],
        )
        yield from _number(before, after, settings)
        yield from _date(before, after)
        yield from _reporter(before, after, graph, tracer, passed_on - {graph.house(report)})


def find_drift(
    statements: Mapping[Key, Statement],
    traces: Mapping[Key, Trace],
    graph: Citations,
    tracer: Tracer,
    settings: Settings,
) -> tuple[Assessment, ...]:
    """Every change once for a repeat, what changed and both values, in order of the repeat's publication."""
    assessing: dict[Key, list[Claim]] = defaultdict(list)
    for key in sorted(statements):
        if key[0] == Predicate.ASSESSES.value:
            assessing[key[2:-1]].extend(statements[key].claims)
    seen: set[tuple[str, ...]] = set()
    found: list[tuple[tuple[str, str], Assessment]] = []
    for key in sorted(statements):
        statement = statements[key]
        for change in _changes(statement, traces[key], assessing.get(key[:-1], ()), graph, tracer, settings):
            mark: tuple[str, ...] = (change.claim.report, change.what, change.root_value, change.repeat_value)
            if change.what == "hedge":
                mark = (*mark, *key)
            if mark not in seen:
                seen.add(mark)
                found.append((graph.order[change.claim.report], _assessment(statement, change)))
    return tuple(one for _, one in sorted(found, key=lambda pair: (pair[0], pair[1].id)))


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
