"""States behind groups: who targets whom, between which partners, and which groups of two states share something.

Assessments of kind `partner-targeting` hold: `source` and `target` (`country/XX`), `agreement` (id), `agreement_name`,
`signed`, `ratified`, `in_force` (ISO, may be empty), `from` and `to` (first and last day of the acts), `origins`,
`primaries`, and for each group i from 1: `i.id`, `i.name`, `i.origins`, `i.reports`. Two groups that two houses saw are
two origins and stay two groups. Context, not evidence: an agreement never raises the likelihood.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from geppo.config import Settings
from geppo.judge._reference import predicates, short_id
from geppo.judge.citations import Citations
from geppo.judge.corroborate import Voice, Weigher, combine, confidence, publishes_evidence
from geppo.judge.nexus import Link, Nexus
from geppo.judge.origins import Attribution, independent
from geppo.judge.pacts import Pact, Pacts
from geppo.judge.statements import Key, Keys, Statement, most_printed
from geppo.model.assessment import Assessment, AssessmentKind, Origins
from geppo.model.claim import STRENGTH, Claim, Rung
from geppo.model.edition import Cell, Matrix
from geppo.model.entity import Kind, Term

_WEAK = frozenset({Rung.OPEN, Rung.NOT_FOUND, Rung.DENIES, Rung.FORECAST})
_ORIGIN_ROLES = frozenset({"from", "origin", "by", "with"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One claim that somebody of one state acts against another state."""

    claim: Claim
    source: str
    target: str
    grounds: Link

    @property
    def day(self) -> date:
        """The last day that it speaks of."""
        return self.claim.when.end if self.claim.when else self.claim.published

    @property
    def rung(self) -> Rung:
        """The weaker of the act's rung and that of the nexus it rests on."""
        held = [self.claim.hedge.rung]
        if self.grounds.claims:
            held.append(max((claim.hedge.rung for claim in self.grounds.claims), key=lambda rung: STRENGTH[rung]))
        return min(held, key=lambda rung: (STRENGTH[rung], rung.value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """A statement that groups of two states have something in common or work together.

    `unusual` are the parts of an assessment that say how unusual it is (`unusual.py`).
    """

    statement: Statement
    states: tuple[str, str]
    pact: Pact | None
    unusual: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """What the claims say between states. `weights`: what a pair of states (in order) counts in the rank, 0 to 1."""

    acts: tuple[Act, ...]
    partner_targeting: tuple[Assessment, ...]
    sharing: tuple[Sharing, ...]
    matrix: Matrix
    weights: Mapping[tuple[str, str], float] = field(default_factory=dict)


def acts(claim: Claim, nexus: Nexus) -> Iterator[Act]:
    """What a claim says that somebody of one state did against another state; nothing for hedges that leave it open."""
    if claim.predicate not in predicates("hostile") or claim.negated or claim.hedge.rung in _WEAK:
        return
    grounds = nexus.link(claim.subject, claim)
    for target in _targets(claim, nexus):
        if grounds.state and target != grounds.state:
            yield Act(claim=claim, source=grounds.state, target=target, grounds=grounds)


def _targets(claim: Claim, nexus: Nexus) -> tuple[str, ...]:
    """States that a claim puts the victim in: the object itself, or a place beside it."""
    terms: list[Term] = [claim.object] if claim.object is not None else []
    terms += [term for role, term in claim.qualifiers if role not in _ORIGIN_ROLES]
    states = [nexus.state(term, claim) for term in terms if term.kind is Kind.LOCATION]
    return tuple(sorted({state for state in states if state}))


def joint_states(claim: Claim, nexus: Nexus) -> tuple[str, str] | None:
    """The two states whose groups a claim says to have something in common, in order; None for any other claim."""
    if claim.predicate not in predicates("joint") or claim.negated or claim.hedge.rung in _WEAK or claim.object is None:
        return None
    one, other = nexus.state(claim.subject, claim), nexus.state(claim.object, claim)
    groups = all(term.kind in (Kind.INTRUSION_SET, Kind.CAMPAIGN) for term in (claim.subject, claim.object))
    return (min(one, other), max(one, other)) if one and other and one != other and groups else None


class RelationFinder:
    """Reads relations out of traced statements."""

    def __init__(
        self,
        keys: Keys,
        nexus: Nexus,
        pacts: Pacts,
        attribution: Attribution,
        graph: Citations,
        weigher: Weigher,
        settings: Settings,
    ) -> None:
        self._keys, self._nexus, self._pacts = keys, nexus, pacts
        self._attribution, self._graph, self._weigher, self._settings = attribution, graph, weigher, settings

    def find(self, statements: Mapping[Key, Statement]) -> Relations:
        """All acts between states, partners among them, and what groups of two states share."""
        told = [claim for key in sorted(statements) for claim in statements[key].claims]
        found = self._grounded([act for claim in told for act in acts(claim, self._nexus)])
        by_pair: dict[tuple[str, str], list[Act]] = defaultdict(list)
        for act in found:
            by_pair[act.source, act.target].append(act)
        partners: dict[tuple[str, str], Pact] = {}
        for pair, held in sorted(by_pair.items()):
            if pact := self._bond(pair, held):
                partners[pair] = pact
        targeting = tuple(self._assess(pair, by_pair[pair], pact) for pair, pact in sorted(partners.items()))
        sharing = tuple(one for key in sorted(statements) for one in self._sharing(statements[key]))
        matrix = self._matrix(by_pair, partners)
        return Relations(acts=found, partner_targeting=targeting, sharing=sharing, matrix=matrix)

    def _bond(self, pair: tuple[str, str], held: Sequence[Act]) -> Pact | None:
        """What binds two states both when one acted against the other and when that was last told.

        Readers take "bound by" for the present: a treaty that has ended since is none.
        """
        last = max(act.claim.published for act in held)
        if self._pacts.in_force(*pair, last) is None:
            return None
        bonds = (self._pacts.in_force(*pair, day) for day in sorted({act.day for act in held}, reverse=True))
        return next((bond for bond in bonds if bond is not None), None)

    def _grounded(self, acts: Sequence[Act]) -> tuple[Act, ...]:
        """Acts that their own origin tells of: a repeat that alone puts the victim into another state adds no pair."""
        told = {(act.claim.report, act.source, act.target) for act in acts}

        def holds(act: Act) -> bool:
            root = self._attribution.root(act.claim)
            return root not in self._graph.reports or (root, act.source, act.target) in told

        return tuple(act for act in acts if holds(act))

    def _sharing(self, statement: Statement) -> Iterable[Sharing]:
        claim = next((one for one in statement.claims if one.hedge.rung not in _WEAK), None)
        states = joint_states(claim, self._nexus) if claim is not None else None
        if states:
            day = max((act.when.end if act.when else act.published) for act in statement.claims)
            yield Sharing(statement=statement, states=states, pact=self._pacts.in_force(*states, day))

    def _voices(self, acts: Sequence[Act]) -> tuple[tuple[Voice, ...], tuple[str, ...], frozenset[str]]:
        traces = {self._keys.key(act.claim): self._attribution.trace(act.claim) for act in acts}
        roots, own = independent([traces[key] for key in sorted(traces)], self._graph)
        voices = []
        for root in roots:
            behind = [act for act in acts if self._attribution.root(act.claim) == root] or list(acts)
            best = max(behind, key=lambda act: (STRENGTH[act.rung], act.claim.id))
            standing = self._weigher.standing(root, root in own)
            voices.append(
                Voice(root=root, rung=best.rung, grade=standing.grade, primary=root in own, concluded=False, bloc="")
            )
        return self._weigher.partners(voices), roots, own

    def _assess(self, pair: tuple[str, str], acts: Sequence[Act], pact: Pact) -> Assessment:
        voices, roots, own = self._voices(acts)
        reports = sorted({act.claim.report for act in acts}, key=lambda report: self._graph.order[report])
        repeats = tuple(report for report in reports if report not in roots)
        groups = self._groups(acts)
        claims = sorted({act.claim.id for act in acts})
        grounds = sorted({claim.id for act in acts for claim in act.grounds.claims})
        detail = [
            ("source", pair[0]),
            ("target", pair[1]),
            *pact.detail(),
            ("from", min((act.claim.when.start if act.claim.when else act.day) for act in acts).isoformat()),
            ("to", max(act.day for act in acts).isoformat()),
            ("origins", str(len(roots))),
            ("primaries", str(len(own))),
            *groups,
        ]
        return Assessment(
            id=short_id("a", "partner-targeting", *pair, *claims),
            kind=AssessmentKind.PARTNER_TARGETING,
            subjects=self._subjects(acts),
            claims=tuple(dict.fromkeys((*claims, *grounds, *pact.claims))),
            likelihood=combine(voices, (), self._settings),
            confidence=confidence(voices, any(publishes_evidence(self._graph.reports[root]) for root in own)),
            origins=Origins(roots=roots, repeats=repeats),
            evidence=self._weigher.evidence(voices, repeats),
            detail=tuple(detail),
            would_change=self._weigher.further(voices, ()),
        )

    def _subjects(self, acts: Sequence[Act]) -> tuple[Term, ...]:
        held: dict[str, list[Term]] = defaultdict(list)
        for act in acts:
            held[self._keys.term(act.claim.subject, act.claim)].append(act.claim.subject)
        terms = [most_printed(held[key]) for key in sorted(held)]
        return tuple([term for term in terms if term.kind is not Kind.LOCATION] or terms)

    def _groups(self, acts: Sequence[Act]) -> list[tuple[str, str]]:
        """Each group apart, with the origins of its own acts."""
        held: dict[str, list[Act]] = defaultdict(list)
        for act in acts:
            if act.claim.subject.kind is not Kind.LOCATION:
                held[self._keys.term(act.claim.subject, act.claim)].append(act)
        detail: list[tuple[str, str]] = []
        for number, key in enumerate(sorted(held), start=1):
            traces = [self._attribution.trace(act.claim) for act in held[key]]
            roots, _ = independent(traces, self._graph)
            reports = {act.claim.report for act in held[key]}
            detail += [
                (f"{number}.id", key),
                (f"{number}.name", most_printed([act.claim.subject for act in held[key]]).name),
                (f"{number}.origins", str(len(roots))),
                (f"{number}.reports", str(len(reports))),
            ]
        return detail

    @staticmethod
    def _matrix(by_pair: Mapping[tuple[str, str], Sequence[Act]], partners: Mapping[tuple[str, str], Pact]) -> Matrix:
        rows = tuple(sorted({source for source, _ in by_pair}))
        columns = tuple(sorted({target for _, target in by_pair}))
        cells = []
        for (source, target), acts in sorted(by_pair.items()):
            claims = tuple(sorted({act.claim.id for act in acts}))
            pact = partners.get((source, target))
            cells.append(
                Cell(
                    row=rows.index(source),
                    column=columns.index(target),
                    value=len(claims),
                    claims=claims,
                    partners=pact.id if pact else "",
                )
            )
        return Matrix(rows=rows, columns=columns, cells=tuple(cells))
