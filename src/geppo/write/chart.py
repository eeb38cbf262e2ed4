"""Pictures from claims: who targets whom, sizes beside their counting rules, the month day by day."""

from __future__ import annotations

from collections import defaultdict

from geppo.model.assessment import AssessmentKind
from geppo.model.claim import Claim, Predicate
from geppo.model.edition import Bar, Cell, Counts, Event, Figure, Matrix, Story, Timeline
from geppo.model.entity import Kind, Term
from geppo.write.cite import Citations
from geppo.write.compose import Composer
from geppo.write.outline import HOSTILE, Planner
from geppo.write.phrases import fill
from geppo.write.printable import is_named

MOST_BARS = 12
_NO_SIZE = frozenset({"unit/percent", "unit/country"})
MOST_EVENTS = 24
MOST_ROWS = 10


def figures(planner: Planner, composer: Composer, citations: Citations) -> tuple[Figure, ...]:
    """The pictures that the month has material for."""
    made = (_matrix(planner, composer), _counts(planner, composer, citations), _timeline(planner, composer, citations))
    return tuple(figure for figure in made if figure is not None)


def sizes(planner: Planner) -> list[Claim]:
    """Counts of whole named networks, one a counter and value, from origins only."""
    seen: dict[tuple[str, str, str], Claim] = {}
    for story in planner.month.stories:
        if story.theme != "relay-infrastructure":
            continue
        for fact in planner.facts[story.id]:
            best = fact.best
            whole = best.count is not None and not best.qualifier("place") and best.count.unit.id not in _NO_SIZE
            if best.predicate is not Predicate.COUNTS or not whole or best.count is None or not is_named(best.subject):
                continue
            if best.report in story.origins:
                key = (planner.catalog.canonical(best.subject.id), best.speaker, f"{best.count.value:g}")
                seen.setdefault(key, best)
    return list(seen.values())


def _state_of(planner: Planner, term: Term) -> str:
    if term.kind is Kind.LOCATION:
        return term.id
    known = planner.catalog.nexus(term.id)
    if known:
        return known
    for claim in planner.month.claims:
        if (
            claim.predicate is Predicate.HAS_NEXUS
            and claim.subject.id == term.id
            and not claim.negated
            and claim.object
        ):
            return claim.object.id
    return ""


def _target_states(claim: Claim) -> list[str]:
    states = [term.id for role, term in claim.qualifiers if role == "place"]
    if claim.object is not None and claim.object.kind is Kind.LOCATION:
        states.append(claim.object.id)
    return [state for state in states if state.startswith("country/")]


def _matrix(planner: Planner, composer: Composer) -> Figure | None:
    roots = {report for story in planner.month.stories for report in story.origins}
    found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    states: dict[str, str] = {}
    for claim in planner.month.claims:
        if claim.predicate not in HOSTILE or claim.negated or claim.report not in roots:
            continue
        if claim.subject.id not in states:
            states[claim.subject.id] = _state_of(planner, claim.subject)
        source = states[claim.subject.id]
        for target in _target_states(claim):
            if source and target and source != target:
                found[(source, target)].setdefault(f"{claim.report}/{claim.subject.id}", claim.id)
    if not found:
        return None
    rows = sorted({source for source, _ in found})[:MOST_ROWS]
    columns = sorted({target for _, target in found})[:MOST_ROWS]
    partners = {
        (one.get("source"), one.get("target")): one.get("agreement")
        for one in planner.month.assessments
        if one.kind is AssessmentKind.PARTNER_TARGETING
    }
    cells = []
    for (source, target), claims in sorted(found.items()):
        if source in rows and target in columns:
            pact = planner.catalog.agreement(partners.get((source, target), "") or "")
            name = (pact.name_ja if composer.language == "ja" else pact.name) if pact else ""
            cells.append(
                Cell(
                    row=rows.index(source),
                    column=columns.index(target),
                    value=len(claims),
                    claims=tuple(sorted(claims.values())),
                    partners=name,
                )
            )

    def printed(state: str) -> str:
        return composer.wording.term(Term(kind=Kind.LOCATION, id=state, name=state))

    top = max(cells, key=lambda cell: (cell.value, -cell.row, -cell.column))
    form = composer.phrases
    caption = fill(
        form.text("figure", "matrix_caption"),
        {"A": printed(rows[top.row]), "B": printed(columns[top.column]), "n": str(top.value)},
    )
    alt = "; ".join(f"{printed(rows[c.row])} → {printed(columns[c.column])}: {c.value}" for c in cells)
    return Figure(
        id="matrix",
        title=form.text("figure", "matrix_title"),
        caption=composer.wording_sentence(caption),
        rule=form.text("figure", "matrix_rule"),
        alt=alt,
        body=Matrix(
            rows=tuple(printed(row) for row in rows),
            columns=tuple(printed(column) for column in columns),
            cells=tuple(cells),
        ),
    )


def _counts(planner: Planner, composer: Composer, citations: Citations) -> Figure | None:
    bars = [
        Bar(
            group=composer.wording.term(best.subject),
            label=composer.speaker(best),
            value=best.count.value,
            printed=composer.called_made(best, composer.wording.count(best.count)),
            counter=composer.speaker(best),
            when=composer.wording.when(best.when) if best.when else composer.wording.full_date(best.published),
            claims=(best.id,),
            citations=citations.marks([best.id]),
        )
        for best in sizes(planner)
        if best.count is not None
    ]
    if not bars:
        return None
    bars = sorted(bars, key=lambda bar: (bar.group, bar.when, bar.label, bar.value))[:MOST_BARS]
    form = composer.phrases
    return Figure(
        id="counts",
        title=form.text("figure", "counts_title"),
        caption=form.text("figure", "counts_caption"),
        rule=form.text("figure", "counts_rule"),
        alt="; ".join(f"{bar.group}: {bar.printed} ({bar.counter}, {bar.when})" for bar in bars),
        body=Counts(bars=tuple(bars)),
    )


def _timeline(planner: Planner, composer: Composer, citations: Citations) -> Figure | None:
    span = planner.month.period.span
    events: list[Event] = []
    reports = happenings = 0
    for story in planner.tellable()[:6]:
        lane = _lane(planner, composer, story)
        for report in story.reports:
            document = planner.documents.get(report)
            if document is None or report not in story.origins or not span.start <= document.published <= span.end:
                continue
            reports += 1
            events.append(
                Event(
                    start=document.published,
                    end=document.published,
                    lane=lane,
                    label=composer.publishers.get(document.publisher, document.publisher),
                    published=True,
                    claims=planner.lead(story).ids,
                    citations=(),
                )
            )
        for fact in planner.facts[story.id][:6]:
            when = fact.best.when
            if when is None or not when.overlaps(span) or (when.end - when.start).days > 12:
                continue
            happenings += 1
            events.append(
                Event(
                    start=max(when.start, span.start),
                    end=min(when.end, span.end),
                    lane=lane,
                    label=composer.event(fact),
                    published=False,
                    claims=fact.ids,
                    citations=citations.marks(fact.ids),
                )
            )
    if not events:
        return None
    form = composer.phrases
    caption = fill(form.text("figure", "timeline_caption"), {"n": str(reports), "m": str(happenings)})
    events = sorted(events, key=lambda event: (event.start, event.lane, event.label))[:MOST_EVENTS]
    return Figure(
        id="timeline",
        title=form.text("figure", "timeline_title"),
        caption=composer.wording_sentence(caption),
        rule=form.text("figure", "timeline_rule"),
        alt="; ".join(f"{event.start.isoformat()} {event.lane}: {event.label}" for event in events),
        body=Timeline(start=span.start, end=span.end, events=tuple(events)),
    )


def _lane(planner: Planner, composer: Composer, story: Story) -> str:
    named = [term for term in story.subjects if is_named(term)] or list(story.subjects)
    if not named:
        return composer.phrases.text("theme", story.theme)
    return composer.wording.listed([composer.wording.short(term) for term in named[:2]])
