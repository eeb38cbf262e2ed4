"""The boxes of an edition: contradictions, what would change our view, vulnerabilities, drift, gaps, glossary."""

from __future__ import annotations

from collections.abc import Iterable

from geppo.model.assessment import Assessment, AssessmentKind
from geppo.model.claim import Predicate
from geppo.model.edition import EditionKind, Role, Row, Table
from geppo.model.entity import Kind
from geppo.write import networks
from geppo.write.cite import Citations
from geppo.write.compose import Composer
from geppo.write.outline import Planner
from geppo.write.phrases import fill
from geppo.write.statement import Statement

_VULNERABILITY = frozenset({Predicate.EXPLOITS, Predicate.FIXES, Predicate.LISTS})
MOST_ROWS = 20


def tables(planner: Planner, composer: Composer, citations: Citations, kind: EditionKind) -> tuple[Table, ...]:
    """The boxes that the month has material for. The public excerpt shows the gaps only."""
    made: list[Table | None] = []
    if kind is EditionKind.MEMBER:
        made += [
            networks.table(planner, composer, citations),
            _contradictions(planner, composer, citations),
            _would_change(planner, composer, citations),
            _vulnerabilities(planner, composer, citations),
            _drift(planner, composer, citations),
        ]
    made += [_gaps(planner, composer), _glossary(planner, composer) if kind is EditionKind.MEMBER else None]
    return tuple(table for table in made if table is not None and table.rows)


def _head(composer: Composer, *names: str) -> tuple[str, ...]:
    return tuple(composer.phrases.text("column", name) for name in names)


def _of_kind(planner: Planner, *kinds: AssessmentKind) -> Iterable[Assessment]:
    order = {story: story_.rank for story_ in planner.month.stories for story in story_.assessments}
    found = [one for one in planner.month.assessments if one.kind in kinds]
    return sorted(found, key=lambda one: (order.get(one.id, 999), one.kind.value, one.id))


def _judged(made: Iterable[tuple[Assessment, tuple[str, ...] | None]], citations: Citations) -> tuple[Row, ...]:
    """One row for each judgement that has words for its cells."""
    rows = [
        Row(cells=cells, claims=one.claims, assessments=(one.id,), citations=citations.marks(one.claims))
        for one, cells in made
        if cells is not None
    ]
    return tuple(rows[:MOST_ROWS])


def _contradictions(planner: Planner, composer: Composer, citations: Citations) -> Table:
    made = ((one, _contradiction_row(composer, one)) for one in _of_kind(planner, AssessmentKind.CONTRADICTION))
    return Table(
        id="contradictions",
        heading=composer.phrases.text("table", "contradictions"),
        columns=_head(composer, "matter", "one", "other", "use"),
        rows=_judged(made, citations),
    )


def _contradiction_row(composer: Composer, one: Assessment) -> tuple[str, ...] | None:
    """Matter, both sides with who says so, and what we use."""
    said = Statement(
        id="", form="", role=Role.NOTE, story="", parent="", priority=0.0, claims=one.claims,
        assessments=(one.id,), assessment=one,
    )  # fmt: skip
    if not one.subjects:
        return None
    slot = one.get("slot").partition(" ")[0]
    template = composer.phrases.text("slot", slot if composer.phrases.has("slot", slot) else "other")
    object_ = composer.views.object_of(one)
    matter = fill(template, {"S": composer.views.asked_about(one.subjects[0]), "O": object_ or "…"})
    sides = []
    for side in ("a", "b"):
        value = composer.views.value_of(said, side) or one.get(side)
        by = composer.views.house(one.get(f"{side}_by"))
        sides.append(composer.wording_sentence(f"{value}（{by}）" if composer.language == "ja" else f"{value} ({by})"))
    reason = one.get("reason")
    use = composer.phrases.text("column", "both")
    if one.get("preferred") and composer.phrases.has("reason", reason):
        use = fill(composer.phrases.text("column", "prefer"), {"x": composer.views.value_of(said, "a") or one.get("a")})
        use += fill(composer.phrases.text("column", "because"), {"reason": composer.phrases.text("reason", reason)})
    return (composer.wording_sentence(matter), *sides, composer.wording_sentence(use))


def _drift_row(composer: Composer, one: Assessment) -> tuple[str, ...] | None:
    """Page, what changed, the origin's value, the repeat's value."""
    what = one.get("what")
    if not composer.phrases.has("drift_what", what):
        return None
    values = []
    for side in ("root_value", "repeat_value"):
        value = one.get(side)
        values.append(composer.phrases.text("rung", value) if composer.phrases.has("rung", value) else value)
    page = composer.publishers.get(one.get("repeat_by"), one.get("repeat_by"))
    return (page, composer.phrases.text("drift_what", what), *values)


def _would_change(planner: Planner, composer: Composer, citations: Citations) -> Table:
    rows = []
    for one in _of_kind(planner, AssessmentKind.OVERLAP):
        for key, shift in one.would_change[:4]:
            if not composer.phrases.has("change", key) or one.likelihood is None:
                continue
            after = one.likelihood.point + shift
            rows.append(
                Row(
                    cells=(
                        composer.pair(one),
                        composer.phrases.text("change", key),
                        f"{one.likelihood.point * 100:.0f}% → {after * 100:.0f}%",
                    ),
                    claims=one.claims,
                    assessments=(one.id,),
                    citations=citations.marks(one.claims),
                )
            )
    return Table(
        id="would-change",
        heading=composer.phrases.text("table", "would_change"),
        columns=_head(composer, "judgement", "finding", "shift"),
        rows=tuple(rows[:MOST_ROWS]),
    )


def _vulnerabilities(planner: Planner, composer: Composer, citations: Citations) -> Table:
    rows = []
    seen: set[tuple[str, str]] = set()
    for story in planner.month.stories:
        for fact in planner.facts[story.id]:
            best = fact.best
            if best.predicate not in _VULNERABILITY or best.negated or best.hedge.rung.value != "confirmed":
                continue
            for term in fact.objects:
                key = (term.id, best.predicate.value)
                if term.kind is not Kind.VULNERABILITY or key in seen:
                    continue
                seen.add(key)
                rows.append(
                    Row(
                        cells=(term.name, composer.state(fact), composer.speaker(best)),
                        claims=(best.id,),
                        assessments=(),
                        citations=citations.marks([best.id]),
                    )
                )
    return Table(
        id="vulnerabilities",
        heading=composer.phrases.text("table", "vulnerabilities"),
        columns=_head(composer, "vulnerability", "state", "who"),
        rows=tuple(sorted(rows, key=lambda row: row.cells)[:MOST_ROWS]),
    )


def _drift(planner: Planner, composer: Composer, citations: Citations) -> Table:
    made = ((one, _drift_row(composer, one)) for one in _of_kind(planner, AssessmentKind.DRIFT))
    return Table(
        id="drift",
        heading=composer.phrases.text("table", "drift"),
        columns=_head(composer, "page", "matter", "root", "repeat"),
        rows=_judged(made, citations),
    )


def _gaps(planner: Planner, composer: Composer) -> Table:
    rows = [
        Row(cells=(gap.source, gap.kind, gap.message), claims=(), assessments=(), citations=())
        for gap in planner.month.gaps
    ]
    return Table(
        id="gaps",
        heading=composer.phrases.text("table", "gaps"),
        columns=_head(composer, "source", "kind", "message"),
        rows=tuple(rows),
    )


def _glossary(planner: Planner, composer: Composer) -> Table:
    used = {
        term.id
        for claim in planner.month.claims
        for term in (claim.subject, claim.object, *(t for _, t in claim.qualifiers))
        if term is not None
    }
    rows = [
        Row(
            cells=(composer.label(identifier), composer.phrases.text("glossary", identifier)),
            claims=(),
            assessments=(),
            citations=(),
        )
        for identifier in sorted(used)
        if composer.phrases.has("glossary", identifier)
    ]
    return Table(
        id="glossary",
        heading=composer.phrases.text("table", "glossary"),
        columns=_head(composer, "term", "meaning"),
        rows=tuple(rows),
    )
