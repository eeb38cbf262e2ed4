"""Stories: clusters of reports with what they are named after, who stands behind them, and their background.

Clusters join where they speak of one pair of partner states (two groups of one state inside another), and an agreement
between two states is background of the story about that pair. A story is of the month if the month published at least
one of its reports; the others are kept as background for the writer and ranked after all.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from geppo.config import Settings
from geppo.judge._reference import naming, predicates, short_id, themes
from geppo.judge.citations import Citations
from geppo.judge.clusters import Cluster
from geppo.judge.origins import Attribution, Trace, independent
from geppo.judge.pacts import Pacts
from geppo.judge.relations import Relations
from geppo.judge.statements import Key, Keys, Statement, most_printed
from geppo.judge.units import Linking
from geppo.model.assessment import Assessment
from geppo.model.claim import STRENGTH, Claim, Predicate, Rung
from geppo.model.entity import Kind, Term

_SUBJECTS = 4
_SUBJECT_SHARE = 0.3
_CENTRAL_SHARE = 0.8
_OBJECT = 0.7
_PACT_SHARE = 0.5
_FULL = 3


@dataclass(slots=True, kw_only=True)
class Draft:
    """A story while it is put together: what it is about, and what stands behind it as background."""

    core: list[Cluster]
    background: list[Cluster] = field(default_factory=list)
    pairs: set[tuple[str, str]] = field(default_factory=set)

    @property
    def id(self) -> str:
        """Stable over runs: the units that it is made of."""
        return short_id("s", *sorted(unit.id for cluster in self.core for unit in cluster.units))

    def claims(self, core_only: bool = False) -> list[Claim]:
        """All claims, in no order that matters."""
        clusters = self.core if core_only else [*self.core, *self.background]
        return [claim for cluster in clusters for unit in cluster.units for claim in unit.claims]

    def reports(self) -> set[str]:
        """All report ids."""
        return {unit.report for cluster in (*self.core, *self.background) for unit in cluster.units}


class Editor:
    """Puts stories together from clusters."""

    def __init__(
        self,
        clusters: Sequence[Cluster],
        statements: Mapping[Key, Statement],
        keys: Keys,
        attribution: Attribution,
        graph: Citations,
        linking: Linking,
        settings: Settings,
    ) -> None:
        self._clusters, self._statements, self._keys = clusters, statements, keys
        self._attribution, self._graph, self._linking, self._settings = attribution, graph, linking, settings

    def drafts(self, relations: Relations, pacts: Pacts) -> list[Draft]:
        """Stories: joined over pairs of states, agreements put behind the pair they concern.

        A matter of which no claim was read is a story where pages of two houses tell it; a page alone is none.
        """
        held = [cluster for cluster in self._clusters if self._tells(cluster)]
        home = {claim.id: place for place, one in enumerate(held) for unit in one.units for claim in unit.claims}
        drafts = {place: Draft(core=[cluster]) for place, cluster in enumerate(held)}
        for assessment in relations.partner_targeting:
            pair = (assessment.get("source"), assessment.get("target"))
            acts = [act.claim.id for act in relations.acts if (act.source, act.target) == pair]
            self._join(drafts, home, acts, pair)
        for sharing in relations.sharing:
            for place in sorted({home[claim.id] for claim in sharing.statement.claims}):
                drafts[place].pairs.add(sharing.states)
        self._background(drafts, pacts)
        return [draft for _, draft in sorted(drafts.items())]

    def _tells(self, cluster: Cluster) -> bool:
        if any(unit.claims for unit in cluster.units):
            return True
        return len({self._graph.house(unit.report) for unit in cluster.units}) > 1

    def _join(self, drafts: dict[int, Draft], home: dict[str, int], acts: Sequence[str], pair: tuple[str, str]) -> None:
        """Join the stories of which a good share speaks of one pair of partners."""
        least = self._settings.number("judge.stories.pair_share")
        counts: dict[int, int] = defaultdict(int)
        for claim in acts:
            counts[home[claim]] += 1
        most = min(counts, key=lambda place: (-counts[place], place))
        about = sorted(
            place for place, n in counts.items() if place == most or n >= least * len(drafts[place].claims())
        )
        first = drafts[about[0]]
        first.pairs.add((min(pair), max(pair)))
        for place in about[1:]:
            other = drafts.pop(place)
            first.core.extend(other.core)
            first.pairs |= other.pairs
            for moved in other.claims():
                home[moved.id] = about[0]

    def _background(self, drafts: dict[int, Draft], pacts: Pacts) -> None:
        """Put a cluster that is about an agreement behind the story about the same two states."""
        stages = predicates("stages")
        for place in sorted(drafts):
            draft = drafts[place]
            claims = draft.claims()
            staged = [claim for claim in claims if claim.predicate in stages]
            if draft.pairs or len(staged) < _PACT_SHARE * len(claims):
                continue
            parties: set[str] = set()
            for claim in staged:
                parties |= pacts.parties(self._keys.term(self._keys.agreement(claim), claim))
            homes = [
                other
                for other, one in sorted(drafts.items())
                if other != place and any(set(pair) <= parties for pair in one.pairs)
            ]
            if homes:
                best = max(homes, key=lambda other: (len(drafts[other].reports()), -other))
                drafts[best].background.extend(draft.core)
                del drafts[place]

    def subjects(self, draft: Draft) -> tuple[Term, ...]:
        """What a story is named after: things that most of its reports make statements about."""
        scores: dict[str, float] = defaultdict(float)
        terms: dict[str, list[Term]] = defaultdict(list)
        seen: set[tuple[str, str]] = set()
        for claim in sorted(draft.claims(core_only=True), key=lambda one: one.id):
            for term, share in ((claim.subject, 1.0), (claim.object, _OBJECT)):
                if term is None or (term.kind is Kind.IDENTITY and not self._linking.weight(term)):
                    continue
                key = self._keys.term(term, claim)
                terms[key].append(term)
                repeated = (claim.report, key) in seen
                seen.add((claim.report, key))
                scores[key] += naming()[term.kind][0] * share * (0.2 if repeated else 1.0)
        if not scores:
            return self._mentioned(draft) if not draft.claims(core_only=True) else self._fallback(draft)
        most = max(scores.values())
        ranked = sorted(
            scores, key=lambda key: (-round(scores[key], 6), naming()[most_printed(terms[key]).kind][1], key)
        )
        kept = [key for key in ranked if scores[key] >= _SUBJECT_SHARE * most][:_SUBJECTS]
        return tuple(most_printed(terms[key]) for key in kept)

    @staticmethod
    def _fallback(draft: Draft) -> tuple[Term, ...]:
        return (most_printed([claim.subject for claim in draft.claims(core_only=True)]),)

    def _mentioned(self, draft: Draft) -> tuple[Term, ...]:
        """What most pages of a story name, where no claim was read from any."""
        terms: dict[tuple[str, str], Term] = {}
        pages: dict[tuple[str, str], set[str]] = defaultdict(set)
        for report in sorted(draft.reports()):
            for one in self._graph.reports[report].mentions:
                if one.id and one.kind in naming():
                    key = (one.kind.value, one.id)
                    terms.setdefault(key, Term(kind=one.kind, id=one.id, name=one.name))
                    pages[key].add(report)
        best = min(
            (key for key in pages if len(pages[key]) > 1),
            key=lambda key: (naming()[terms[key].kind][1], -len(pages[key]), key),
            default=None,
        )
        return (terms[best],) if best else ()

    def _first_hand(self, draft: Draft) -> tuple[str, ...]:
        """Pages with own observation that copy nobody and lean on no other of them; else the first page."""
        graph = self._graph
        pages = sorted(draft.reports(), key=lambda report: graph.order[report])
        own = [one for one in pages if graph.reports[one].own_observation and one not in graph.copy_of]
        first: dict[str, str] = {}
        for one in own:
            if not any(other in graph.leans_on[one] for other in first.values()):
                first.setdefault(graph.house(one), one)
        return tuple(first.values()) or tuple(pages[:1])

    def origins(self, draft: Draft) -> tuple[str, ...]:
        """Independent origins of what the story says happened; its background does not count."""
        if not draft.claims(core_only=True):
            return self._first_hand(draft)
        central, seen = self._origins(draft, True)
        if not seen:
            central, seen = self._origins(draft, False)
        if not seen:
            return central
        houses = {self._graph.house(report) for report in central if report in self._graph.reports}
        further = [
            one for one in self._first_hand(draft) if self._graph.house(one) not in houses and self._retold(one, draft)
        ]
        return tuple(sorted((*central, *further), key=lambda root: self._graph.order.get(root, ("9999", root))))

    def _retold(self, page: str, draft: Draft) -> bool:
        """True for a page with own observation that credits nobody, and whose house another page of the story names."""
        graph = self._graph
        house = graph.house(page)
        if not graph.reports[page].own_observation or graph.credits[page]:
            return False
        return any(
            page in graph.leans_on[other]
            or any(
                one.kind is Kind.IDENTITY and graph.directory.key(one.name) == house
                for one in graph.reports[other].mentions
            )
            for other in draft.reports()
            if graph.house(other) != house
        )

    def _origins(self, draft: Draft, central_only: bool) -> tuple[tuple[str, ...], frozenset[str]]:
        traces: list[Trace] = []
        for cluster in draft.core:
            central = self._central(cluster) if central_only else frozenset[str]()
            keys = {
                self._keys.key(claim)
                for unit in cluster.units
                for claim in unit.claims
                if claim.predicate in predicates("observed") and central <= set(unit.terms)
            }
            traces.extend(self._attribution.of(key) for key in sorted(keys))
        if not traces:
            traces = [self._attribution.trace(claim) for claim in draft.claims(core_only=True)]
        return independent(traces, self._graph)

    def _central(self, cluster: Cluster) -> frozenset[str]:
        """The names that a page must have to be an origin of the story: two where two weigh about the same."""
        weights = sorted(cluster.terms.items(), key=lambda item: (-item[1], item[0]))
        if not weights:
            return frozenset()
        central = {key for key, weight in weights[:2] if weight >= _CENTRAL_SHARE * weights[0][1]}
        return frozenset(central)

    def theme(self, draft: Draft, subjects: Sequence[Term]) -> str:
        """The theme that predicates, concepts and the story's subjects speak for most; `other` if none does."""
        claims = draft.claims(core_only=True)
        kinds = {term.kind for term in subjects}
        words, acts = _concept_words(claims), _predicates(claims)
        scores: dict[str, float] = {}
        for theme in themes():
            total = theme.pair if draft.pairs else 0.0
            total += sum(weight * _felt(acts.get(act, 0), claims) for act, weight in theme.predicates.items())
            total += sum(weight * _felt(words.get(word, 0), claims) for word, weight in theme.words.items())
            total += sum(weight for kind, weight in theme.kinds.items() if kind in kinds)
            scores[theme.id] = round(total, 6)
        best = max(scores, key=lambda name: scores[name])
        return best if scores[best] > 0 else "other"

    def main_statements(self, draft: Draft, subjects: Iterable[Term]) -> list[Key]:
        """The statements on a story's subjects that most reports make, strongest first."""
        names = {term.id for term in subjects}
        keys = {self._keys.key(claim) for claim in draft.claims(core_only=True)}
        wanted = predicates("observed") | predicates("concluded")

        def order(key: Key) -> tuple[int, int, int, Key]:
            statement = self._statements[key]
            about = sum(term.id in names for term in (statement.subject, statement.object) if term is not None)
            reports = len({claim.report for claim in statement.claims})
            rung = max(STRENGTH[claim.hedge.rung] for claim in statement.claims)
            return (-about, -reports, -rung, key)

        return [
            key
            for key in sorted(keys, key=order)
            if self._statements[key].predicate in wanted and order(key)[0] < 0 and not self._only_open(key)
        ]

    def _only_open(self, key: Key) -> bool:
        """True for "it cannot be excluded that not": nothing that a likelihood would help with."""
        statement = self._statements[key]
        return statement.negated and all(claim.hedge.rung is Rung.OPEN for claim in statement.claims)


def _felt(count: int, claims: Sequence[Claim]) -> float:
    """How much a share of the claims says about a story: in full from a third on."""
    if not claims:
        return 0.0
    return min(1.0, _FULL * count / len(claims))


def _predicates(claims: Iterable[Claim]) -> Counter[Predicate]:
    return Counter(claim.predicate for claim in claims if not claim.negated)


def _concept_words(claims: Iterable[Claim]) -> dict[str, int]:
    """Words in the ids of concepts, sectors and products, and how many claims have them."""
    counts: dict[str, int] = defaultdict(int)
    for claim in claims:
        unit = claim.count.unit if claim.count else None
        terms = (claim.subject, claim.object, unit, *(term for _, term in claim.qualifiers))
        words: set[str] = set()
        for term in terms:
            if term is not None and term.kind in (Kind.CONCEPT, Kind.SECTOR, Kind.PRODUCT):
                tail = term.id.rpartition("/")[2].casefold()
                parts = tail.split("-")
                words |= {tail, *parts, *("-".join(parts[at : at + 2]) for at in range(len(parts) - 1))}
        for word in words:
            counts[word] += 1
    return counts


def resting_on(assessments: Sequence[Assessment]) -> dict[str, list[int]]:
    """Places of the assessments that rest on each claim, by claim id."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(assessments):
        for claim in dict.fromkeys(one.claims):
            places[claim].append(place)
    return places


def assessments_of(
    claims: Iterable[Claim], assessments: Sequence[Assessment], resting: Mapping[str, Sequence[int]]
) -> list[Assessment]:
    """The assessments that rest on any of some claims, in their order; `resting` is `resting_on` of them all."""
    places = {place for claim in claims for place in resting.get(claim.id, ())}
    return [assessments[place] for place in sorted(places)]
