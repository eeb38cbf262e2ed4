"""What an edition says and in which order, before any language.

A section follows a theme: the strongest story's claim, its weakness, our judgement, the background, a counter-example
or further case, and the sentence that closes the theme. Every statement names what it rests on, what it must follow,
and how much it matters when room is short.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from geppo.catalog import Catalog
from geppo.model.assessment import Assessment, AssessmentKind
from geppo.model.claim import STRENGTH, Claim, Predicate, Rung
from geppo.model.edition import Month, Role, Story
from geppo.model.entity import Kind, Term
from geppo.model.report import Document
from geppo.write.facts import Fact, facts_of, is_known_nexus, own_networks, standing
from geppo.write.order import behind_what_they_deny, elaborates, in_reading_order, is_essence
from geppo.write.retellings import with_changes
from geppo.write.statement import Statement, statement
from geppo.write.weighting import limit, weights

_ELABORATES = 14.0
"""Points by which a fact that explains the lead, or doubts what it is about, is worth less than the lead itself."""

_THEME = 16.0
"""Points by which a fact that says what a thing of its theme is, is worth less than the lead."""

SEVERAL_COUNTERS = 2
MOST_COUNTERS = 4
MOST_CONFLICTS = 3
_BEHIND = 30.0
"""Points by which a dispute about what a story only recalls stands behind one of its own."""

PINNED = "pinned"
"""Part of a pinned story's score: it makes its theme the first, and none of its sentences weightier."""

JOINT = frozenset({Predicate.SHARES, Predicate.COOPERATES})
HOSTILE = frozenset({Predicate.TARGETS, Predicate.COMPROMISES, Predicate.STEALS, Predicate.DISRUPTS})
_STAGES = frozenset({Predicate.SIGNS, Predicate.RATIFIES, Predicate.ENTERS_INTO_FORCE})
_STAGE_ORDER = {Predicate.SIGNS: 0, Predicate.RATIFIES: 1, Predicate.ENTERS_INTO_FORCE: 2}


@dataclass(slots=True)
class Planner:
    """Plans editions of one month."""

    month: Month
    catalog: Catalog
    claims: dict[str, Claim] = field(init=False)
    documents: dict[str, Document] = field(init=False)
    assessments: dict[str, Assessment] = field(init=False)
    facts: dict[str, tuple[Fact, ...]] = field(init=False)
    _leads: dict[str, Fact | None] = field(default_factory=dict)
    sayable: Callable[[Statement], bool] = lambda _: True

    def __post_init__(self) -> None:
        self.claims = {claim.id: claim for claim in self.month.claims}
        self.documents = {document.sha256: document for document in self.month.documents}
        self.assessments = {one.id: one for one in self.month.assessments}
        told = {claim.id: claim for claim in standing(self.month, self.catalog)}
        self.facts = {
            story.id: facts_of(story, self.month, told, self.catalog, self.documents) for story in self.month.stories
        }

    # -- which stories -----------------------------------------------------------------------------------------

    def in_period(self, story: Story) -> bool:
        """True where a report of the story was published in the month."""
        span = self.month.period.span
        return any(
            span.start <= self.documents[report].published <= span.end
            for report in story.reports
            if report in self.documents
        )

    def tellable(self) -> list[Story]:
        """Stories of the month with something new to say, in rank order; our own records have a section of theirs."""
        own = {one.report for one in own_networks(self.month)}
        return [
            story
            for story in sorted(self.month.stories, key=lambda story: (story.rank, story.id))
            if self.in_period(story) and self._brings(story) and not set(story.reports) <= own
        ]

    def _brings(self, story: Story) -> bool:
        return self.leads(story) and not is_known_nexus(self.lead(story).best, self.catalog)

    def background(self, stories: Sequence[Story]) -> list[Story]:
        """Earlier stories that stand behind these: of their theme, of the same things, or about pacts of their states.

        A pact stands for as long as it is in force; what else was reported ages (`background_days`).
        """
        themes = {story.theme for story in stories}
        states = {state for story in stories for state in self.states(story)}
        shown = {story.id for story in stories}
        found = []
        for story in sorted(self.month.stories, key=lambda story: (story.rank, story.id)):
            if story.id in shown or self.in_period(story) or not self._before(story) or not self.leads(story):
                continue
            pact = any(term.kind is Kind.AGREEMENT for term in story.subjects)
            if not (pact or self._recent(story)):
                continue
            if story.theme in themes or (states & self.states(story) and (pact or self._same(story, stories))):
                found.append(story)
        return found

    def _recent(self, story: Story) -> bool:
        least = self.month.period.span.start - timedelta(days=limit("background_days"))
        return any(self.documents[report].published >= least for report in story.reports if report in self.documents)

    def _same(self, earlier: Story, stories: Sequence[Story]) -> bool:
        """True where an earlier story is about something that these are about."""
        mine = {self.catalog.canonical(term.id) for term in earlier.subjects}
        return any(self.catalog.canonical(term.id) in mine for story in stories for term in story.subjects)

    def stands_behind(self, earlier: Story, stories: Sequence[Story]) -> bool:
        """True where an earlier story is about what these are about, or about groups or pacts of the same states.

        One that has only their theme is told as earlier reporting: a reader takes "background" for a reason.
        """
        states = {state for story in stories for state in self.states(story)}
        return self._same(earlier, stories) or bool(self.states(earlier) & states)

    def _before(self, story: Story) -> bool:
        """True where a report of the story came out before the month; what came later is for a later issue."""
        start = self.month.period.span.start
        return any(self.documents[report].published < start for report in story.reports if report in self.documents)

    def houses(self, story: Story, fact: Fact) -> tuple[str, ...]:
        """Whose own pages stand behind a fact, one name for one house, as its first page prints it.

        An origin that only others quote is none: a sentence that names it could not cite it.
        """
        proof = [one for one in self.of_kind(story, AssessmentKind.CORROBORATION) if set(one.claims) & set(fact.ids)]
        roots = proof[0].origins.roots if proof else story.origins
        names: dict[str, str] = {}
        for page in (self.documents[root] for root in roots if root in self.documents):
            name = page.publisher.partition("(")[0].strip()
            names.setdefault(self.house(name), name)
        return tuple(names.values())

    def house(self, name: str) -> str:
        """One id for a house, whichever of its names a page prints."""
        plain = name.partition("(")[0].strip()
        known = self.catalog.publisher(plain)
        return known.id if known else plain.casefold()

    def states(self, story: Story) -> set[str]:
        """States that the groups of a story are linked to."""
        return {self.catalog.nexus(term.id) for term in story.subjects} - {""}

    def themes(self) -> list[tuple[str, list[Story]]]:
        """Themes with their stories, the weightiest first: its three best stories, and half of what stands behind them.

        Earlier stories of a theme count because a structural shift shows over months and not in one.
        """
        groups: dict[str, list[Story]] = {}
        for story in self.tellable():
            groups.setdefault(story.theme, []).append(story)

        def weight(stories: Sequence[Story]) -> float:
            behind = [
                story.total - dict(story.score).get("out-of-period", 0.0)
                for story in self.background(stories)
                if story.theme == stories[0].theme
            ]
            best = sum(sorted((story.total for story in stories), reverse=True)[:3])
            return best + 0.5 * sum(sorted(behind, reverse=True)[:3])

        return sorted(groups.items(), key=lambda item: (item[0] == "other", -weight(item[1]), item[0]))

    # -- what a story says -------------------------------------------------------------------------------------

    def of_kind(self, story: Story, kind: AssessmentKind) -> list[Assessment]:
        """The story's assessments of one kind, by id."""
        found = [self.assessments[one] for one in story.assessments if one in self.assessments]
        return sorted((one for one in found if one.kind is kind), key=lambda one: one.id)

    def leads(self, story: Story) -> bool:
        """True where the story has a fact that can be said."""
        return self._lead(story) is not None

    def lead(self, story: Story) -> Fact:
        """The fact a story opens with. Raises LookupError for a story without one (ask `leads` first)."""
        fact = self._lead(story)
        if fact is None:
            raise LookupError(f"story {story.id} has nothing that can be said")
        return fact

    def _lead(self, story: Story) -> Fact | None:
        if story.id not in self._leads:
            facts = self.facts[story.id]
            order = [fact for fact in facts if not fact.best.negated] + [fact for fact in facts if fact.best.negated]
            self._leads[story.id] = next((fact for fact in order if self._said(story, fact)), None)
        return self._leads[story.id]

    def _said(self, story: Story, fact: Fact) -> bool:
        return self.sayable(statement("fact", Role.LEAD, story.id, 0.0, claims=fact.ids, facts=(fact,)))

    def story_statements(self, story: Story, most: int, connective: str = "") -> list[Statement]:
        """The sentences of a story, in the order of reading."""
        lead = self.lead(story)
        role = Role.LEAD if not connective else Role.CONTRAST
        aside = dict(story.score)
        own = story.total - aside.get("out-of-period", 0.0) - aside.get(PINNED, 0.0)
        base = weights()["role"][role.value] + own
        first = statement("fact", role, story.id, base, claims=lead.ids, facts=(lead,), connective=connective)
        out = [first]
        out += [
            replace(one, priority=one.priority - (40.0 if connective else 0.0))
            for one in self._origins(story, first, lead)
        ]
        out += self._own_doubt(story, lead, first)
        out += self._overlap(story, first)
        out += self._stages(story, lead, first)
        out += self._counting(story, first, lead)
        out += self._contradictions(story, first)
        more = self._more_facts(story, lead, first, most, out)
        return with_changes(behind_what_they_deny(out, more), self.of_kind(story, AssessmentKind.DRIFT))

    def _origins(self, story: Story, first: Statement, lead: Fact) -> list[Statement]:
        """How many stand behind the lead statement itself; other statements of the story have their own."""
        proof = [one for one in self.of_kind(story, AssessmentKind.CORROBORATION) if set(one.claims) & set(lead.ids)]
        links = [one for one in self.of_kind(story, AssessmentKind.OVERLAP) if set(one.claims) & set(lead.ids)]
        if not proof:
            return []
        roots = set(proof[0].origins.roots)
        pages = {self.claims[claim].report for one in (*proof, *links) for claim in one.claims if claim in self.claims}
        repeats = len(pages - roots)
        form = "origins.single" if len(roots) == 1 else "origins.several"
        if len(roots) == 1:
            form += "" if repeats else "_alone"
        else:
            form += "_repeats" if repeats else ""
        # A page that credits nobody and shows no observation is counted as a repeat, and may still be its own work.
        form += "_unseen" if repeats and proof[0].get("uncredited") else ""
        return [
            statement(
                form,
                Role.CAVEAT,
                story.id,
                first.priority - 7.0,
                claims=lead.ids,
                assessments=[one.id for one in (*proof[:1], *links[:1])],
                parent=first.id,
                values={"n": str(len(roots)), "m": str(repeats)},
            )
        ]

    def _own_doubt(self, story: Story, lead: Fact, first: Statement) -> list[Statement]:
        """The source's own grade and the alternatives that it leaves open."""
        out = []
        graded = [
            claim
            for fact in self.facts[story.id]
            for claim in fact.claims
            if claim.hedge.grade is not None
            and claim.report in story.origins
            and claim.predicate is not Predicate.DISCLOSES
        ]
        if graded:
            claim = min(graded, key=lambda claim: (claim.predicate not in JOINT, claim.id))
            fact = next(fact for fact in self.facts[story.id] if claim in fact.claims)
            if claim.hedge.grade is not None and fact is not lead:
                shown = Fact(claims=(claim,), score=fact.score)
                out.append(
                    statement(
                        "fact", Role.CAVEAT, story.id, first.priority - 9.5,
                        claims=[claim.id], facts=(shown,), parent=first.id,
                    )
                )  # fmt: skip
            out.append(
                statement(
                    "grade.own", Role.CAVEAT, story.id, first.priority - 9.6, claims=[claim.id],
                    parent=out[-1].id if out else first.id,
                    values={"grade": claim.hedge.grade.value if claim.hedge.grade else "", "G": claim.speaker},
                )
            )  # fmt: skip
        links = {claim.id for claim in self.month.claims if claim.predicate in JOINT}
        for identifier in story.claims:
            claim_ = self.claims.get(identifier)
            if claim_ is None or STRENGTH[claim_.hedge.rung] > STRENGTH[Rung.SUGGESTS]:
                continue
            if claim_.about in links and claim_.report in story.origins and claim_.object:
                same = [
                    other
                    for other in (self.claims[i] for i in story.claims if i in self.claims)
                    if other.about == claim_.about and other.passage == claim_.passage and other.object
                ]
                out.append(
                    statement(
                        "alternative.may", Role.CAVEAT, story.id, first.priority - 11.0,
                        claims=[other.id for other in same], parent=first.id,
                        values={"G": claim_.speaker},
                        terms={f"O{n}": other.object for n, other in enumerate(same) if other.object},
                    )
                )  # fmt: skip
                break
        return out

    def _overlap(self, story: Story, first: Statement) -> list[Statement]:
        out: list[Statement] = []
        for one in self.of_kind(story, AssessmentKind.OVERLAP)[:1]:
            if one.likelihood is None or one.confidence is None or len(one.subjects) < 2:
                continue
            rests = {"assessments": [one.id], "claims": one.claims}
            likelihood = statement(
                "overlap.likelihood", Role.ASSESSMENT, story.id, first.priority - 8.0,
                claims=rests["claims"], assessments=rests["assessments"], parent=first.id, assessment=one,
            )  # fmt: skip
            out.append(likelihood)
            for form, role, step in (
                ("overlap.confidence", Role.CONFIDENCE, 0.5),
                ("overlap.change", Role.CHANGE, 14.0),
            ):
                out.append(
                    statement(
                        form, role, story.id, likelihood.priority - step, claims=rests["claims"],
                        assessments=rests["assessments"], parent=likelihood.id, assessment=one,
                    )
                )  # fmt: skip
        return out

    def _stages(self, story: Story, lead: Fact, first: Statement) -> list[Statement]:
        """Signed, ratified and in force, each in its own sentence and in the order of time."""
        stages = [fact for fact in self.facts[story.id] if fact.best.predicate in _STAGES and fact is not lead]
        best: dict[Predicate, Fact] = {}
        for fact in sorted(stages, key=lambda fact: bool(fact.best.qualifier("act"))):
            if fact.best.predicate is not lead.best.predicate:
                best.setdefault(fact.best.predicate, fact)
        return [
            statement(
                "fact", Role.BACKGROUND, story.id, first.priority - 16.0 - _STAGE_ORDER[fact.best.predicate],
                claims=fact.ids, facts=(fact,), parent=first.id,
            )
            for fact in sorted(best.values(), key=lambda fact: _STAGE_ORDER[fact.best.predicate])
        ]  # fmt: skip

    def _counting(self, story: Story, first: Statement, lead: Fact) -> list[Statement]:
        """Counts of one thing by several counters, each in its own sentence, and then that they are no series."""
        for one in self.of_kind(story, AssessmentKind.COUNTING):
            latest: dict[str, Fact] = {}
            for fact in self.facts[story.id]:
                best = fact.best
                if best.id in one.claims and best.count is not None and best.predicate is Predicate.COUNTS:
                    held = latest.get(best.speaker)
                    if held is None or _counted_at(best) > _counted_at(held.best):
                        latest[best.speaker] = fact
            if len(latest) < SEVERAL_COUNTERS or one.get("series") != "never":
                continue
            shown = sorted(latest.values(), key=lambda fact: (_counted_at(fact.best), fact.best.id))[-MOST_COUNTERS:]
            parent, out, group = first.id, list[Statement](), f"counts/{one.id}"
            for number, fact in enumerate(shown):
                if fact is lead:
                    continue
                said = statement(
                    "fact", Role.CLAIM, story.id, first.priority - 10.0 - 0.1 * number, claims=fact.ids,
                    facts=(fact,), parent=parent, group=group,
                )  # fmt: skip
                out.append(said)
                parent = said.id
            rests = [claim for fact in shown for claim in fact.ids]
            out.append(
                statement(
                    "counting.apart", Role.CAVEAT, story.id, first.priority - 9.0, claims=rests,
                    assessments=[one.id], parent=parent, assessment=one, group=group,
                )
            )  # fmt: skip
            return out
        return []

    def _contradictions(self, story: Story, first: Statement) -> list[Statement]:
        out: list[Statement] = []
        sides: set[tuple[str, ...]] = set()
        for one in self.of_kind(story, AssessmentKind.CONTRADICTION):
            pair = (one.get("type"), one.get("a"), one.get("b"))
            if len(out) >= MOST_CONFLICTS or pair in sides:
                continue
            sides.add(pair)
            claims = [claim for claim in one.claims if claim in self.claims]
            if len(claims) < 2 or not self._tellable_conflict(one, claims) or self._part_of_another(story, one):
                continue
            behind = _BEHIND if self._of_background(claims, first) else 0.0
            said = statement(
                f"contradiction.{one.get('type') or 'value'}", Role.CAVEAT, story.id,
                first.priority - 20.0 - behind - 6.0 * len(out), claims=claims, assessments=[one.id], parent=first.id,
                assessment=one,
            )  # fmt: skip
            out.append(said)
            if one.get("preferred") and one.get("type") in ("date", "value"):
                out.append(
                    statement(
                        "contradiction.prefer", Role.ASSESSMENT, story.id, said.priority - 0.5, claims=claims,
                        assessments=[one.id], parent=said.id, assessment=one,
                    )
                )  # fmt: skip
        return out

    def _of_background(self, claims: Sequence[str], first: Statement) -> bool:
        """True for what is disputed of a treaty that the story only recalls."""
        treaty = all(self.claims[claim].subject.kind is Kind.AGREEMENT for claim in claims)
        return treaty and all(fact.best.subject.kind is not Kind.AGREEMENT for fact in first.facts)

    def _part_of_another(self, story: Story, one: Assessment) -> bool:
        """True for a corrected number beside a larger one of the same thing: a part is told with its whole."""

        def corrected(update: Assessment) -> float:
            gone = [self.claims[claim].count for claim in update.get("b_claims").split() if claim in self.claims]
            return max((count.value for count in gone if count is not None), default=0.0)

        return one.get("type") == "update" and any(
            other.get("type") == "update" and other.subjects == one.subjects and corrected(other) > corrected(one)
            for other in self.of_kind(story, AssessmentKind.CONTRADICTION)
        )

    def _tellable_conflict(self, one: Assessment, claims: Sequence[str]) -> bool:
        """Conflicts between two speakers, and updates of a figure; the rest stays in the table."""
        if one.get("type") == "update":
            return all(self.claims[claim].count is not None for claim in claims)
        return one.get("a_by") != one.get("b_by")

    def _more_facts(
        self, story: Story, lead: Fact, first: Statement, most: int, said: Sequence[Statement]
    ) -> list[Statement]:
        used = {claim for one in said if self.sayable(one) for claim in one.claims}
        out: list[Statement] = []
        seen = {self._matter(lead)}
        facts = self.facts[story.id]
        for fact in sorted(facts, key=lambda fact: not is_essence(fact, lead, story.theme)):
            kind = self._matter(fact)
            if len(out) >= most or used & set(fact.ids) or kind in seen or fact.best.qualifier("act"):
                continue
            if fact.best.predicate is Predicate.DISCLOSES:
                continue
            seen.add(kind)
            out.append(
                statement(
                    "fact", Role.CAVEAT if _doubtful(fact) else Role.CLAIM, story.id,
                    first.priority - self._below(fact, lead, story.theme),
                    claims=fact.ids, facts=(fact,), parent=first.id,
                )
            )  # fmt: skip
        return in_reading_order(out, lead, self.house)

    def _matter(self, fact: Fact) -> tuple[Predicate, bool, Term | None, str]:
        """What a story tells of once; what a thing is, once by each house that says so."""
        best = fact.best
        by = self.house(best.speaker) if best.predicate is Predicate.CLASSIFIES and not best.negated else ""
        return best.predicate, best.negated, best.qualifier("place"), by

    def _below(self, fact: Fact, lead: Fact, theme: str) -> float:
        """Points by which a further fact is worth less than the lead."""
        same = self.catalog.canonical(fact.best.subject.id) == self.catalog.canonical(lead.best.subject.id)
        if elaborates(fact, lead, self.house) or (same and _doubtful(fact)):
            return _ELABORATES
        behind = same and fact.best.predicate is Predicate.ATTRIBUTED_TO
        return _THEME if behind or is_essence(fact, lead, theme) else 60.0 - 3.0 * fact.score


def _counted_at(claim: Claim) -> tuple[date, float]:
    """When a count holds, as far as it says; the larger of two of one day is the whole of the other."""
    when = claim.when.end if claim.when else claim.published
    return when, claim.count.value if claim.count else 0.0


def _doubtful(fact: Fact) -> bool:
    return fact.best.negated or STRENGTH[fact.best.hedge.rung] <= STRENGTH[Rung.POSSIBLE]


def named_subject(fact: Fact) -> bool:
    """True where the fact speaks of something with a name of its own."""
    return fact.best.subject.kind not in (Kind.CONCEPT, Kind.TEXT)
