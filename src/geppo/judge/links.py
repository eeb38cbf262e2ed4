"""Links between two named groups that a page says share something: what exactly, and how strong that is.

Built from claims for `overlap`: one side a group, each with the values that the origin says both have. Assessments of
kind `overlap` hold: `word` (band or `insufficient`), `rule` (why this confidence), `groups` (independent
observations), `values` (what is shared, separated by blanks), `states` (both states, where known), `uses`
(`overlapping`, `disjoint` or `unknown`), `a_use` and `b_use` (each side's, `first/last` as ISO dates), `source`,
`source_rung` and `source_grade` (the origin and its own words on working together, or on sharing where it says no
more), and the parts of an agreement between the states, where one is in force: context that moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from geppo.config import Settings
from geppo.judge._reference import predicates, short_id
from geppo.judge.citations import Citations
from geppo.judge.evidence import Artefact, QuestionKind, Side
from geppo.judge.nexus import Nexus
from geppo.judge.origins import NAMED, Attribution
from geppo.judge.overlap import Judgement, Question, assess
from geppo.judge.pacts import Pacts
from geppo.judge.statements import Key, Keys, Statement
from geppo.model.assessment import Assessment, AssessmentKind
from geppo.model.claim import STRENGTH, Claim, Predicate
from geppo.model.entity import Kind, Term
from geppo.model.observable import Observable, ObservableType, Role, Verdict
from geppo.model.time import When

_GROUPS = frozenset({Kind.INTRUSION_SET, Kind.CAMPAIGN})
_TYPES = {
    ObservableType.IPV4: "ip",
    ObservableType.IPV6: "ip",
    ObservableType.DOMAIN: "host",
}
_OFFERED = frozenset({Verdict.MALICIOUS, Verdict.UNKNOWN})
_INSUFFICIENT = "insufficient"


class LinkJudge:
    """Judges what two groups share, by the claims of one month."""

    def __init__(
        self,
        statements: Mapping[Key, Statement],
        keys: Keys,
        attribution: Attribution,
        nexus: Nexus,
        pacts: Pacts,
        graph: Citations,
        settings: Settings,
    ) -> None:
        self._statements, self._keys, self._attribution = statements, keys, attribution
        self._nexus, self._pacts, self._graph, self._settings = nexus, pacts, graph, settings
        dated = [one for key in sorted(statements) for one in statements[key].claims if one.when and not one.negated]
        self._using = [one for one in dated if one.predicate in predicates("server-use")]
        self._hosting = [one for one in dated if one.predicate is Predicate.HOSTS]

    def find(self) -> tuple[Assessment, ...]:
        """One assessment a pair of groups of which somebody names a shared server; sorted by pair."""
        found = []
        for key in sorted(self._statements):
            statement = self._statements[key]
            first = statement.claims[0]
            groups = first.object is not None and {first.subject.kind, first.object.kind} <= _GROUPS
            if statement.predicate is Predicate.SHARES and not statement.negated and groups:
                found += self._judge(statement)
        return tuple(found)

    def _judge(self, statement: Statement) -> list[Assessment]:
        trace = self._attribution.of(statement.key)
        source = next((root for root in trace.roots if root in trace.own), "")
        pages = [source] if source else sorted({claim.report for claim in statement.claims}, key=self._order)
        for page in pages:
            servers, paths = self._values(statement.of(page))
            if servers:
                return [self._assessment(statement, servers, paths)]
        return []

    def _order(self, report: str) -> tuple[str, str]:
        return self._graph.order[report]

    def _values(self, claims: Sequence[Claim]) -> tuple[list[tuple[str, str]], list[str]]:
        """Servers that a page says both groups had, as (type, value), and paths seen on them.

        The sentence's own values come first; else the only server of its paragraph. A file beside it is one tenant's.
        """
        beside = [seen for claim in claims for seen in self._beside(claim)]
        known = {seen.value: _TYPES[seen.type] for seen in beside if seen.type in _TYPES}
        terms = [term for claim in claims for _, term in claim.qualifiers if term.kind is Kind.OBSERVABLE]
        named = sorted({term.name for term in terms if term.name in known})
        servers = named or (list(known) if len(known) == 1 else [])
        paths = sorted({seen.value for seen in beside if seen.type is ObservableType.PATH})
        return [(known[value], value) for value in servers], paths

    def _beside(self, claim: Claim) -> Iterable[Observable]:
        """Values in the paragraph of a claim."""
        report = self._graph.reports[claim.report]
        text = report.document.text
        start = text.rfind("\n\n", 0, claim.passage.start) + 1
        end = text.find("\n\n", claim.passage.end)
        for seen in report.observables:
            broken_into = seen.verdict is Verdict.VICTIM and seen.role is not Role.VICTIM
            offered = broken_into or seen.verdict in _OFFERED
            if start <= seen.start and (end < 0 or seen.end <= end) and offered:
                yield seen

    def _assessment(self, statement: Statement, servers: Sequence[tuple[str, str]], paths: Sequence[str]) -> Assessment:
        claim = statement.claims[0]
        pair = (claim.subject, claim.object or claim.subject)
        uses = self._uses(pair, claim, [value for _, value in servers])
        server = servers[0][1] if len(servers) == 1 else ""
        sides = [self._side(servers, paths, server, span) for span in uses]
        states = tuple(self._nexus.state(term, claim) for term in pair)
        trace = self._attribution.of(statement.key)
        judgement = assess(
            sides[0],
            sides[1],
            question=Question(
                kind=QuestionKind.COOPERATION,
                asked=True,
                same_state=bool(states[0]) and states[0] == states[1],
                sources=max(1, len(trace.roots)),
            ),
            settings=self._settings,
        )
        together = self._together(pair, claim)
        claims = dict.fromkeys(one.id for held in (statement, *together) for one in held.claims)
        return Assessment(
            id=short_id("a", "overlap", *statement.key, *sorted(claims)),
            kind=AssessmentKind.OVERLAP,
            subjects=(statement.subject, statement.object or statement.subject),
            claims=tuple(claims),
            likelihood=judgement.likelihood,
            confidence=judgement.confidence,
            origins=trace.origins(),
            evidence=judgement.evidence,
            rivals=judgement.rivals,
            detail=tuple(self._detail(statement, judgement, servers, paths, states, uses, together)),
            would_change=judgement.would_change,
        )

    def _detail(
        self,
        statement: Statement,
        judgement: Judgement,
        servers: Sequence[tuple[str, str]],
        paths: Sequence[str],
        states: Sequence[str],
        uses: Sequence[When | None],
        together: Sequence[Statement],
    ) -> list[tuple[str, str]]:
        root = self._attribution.of(statement.key).roots[0]
        joint = [one for held in together for one in held.claims if one.report == root]
        own = joint or [one for one in statement.claims if one.report == root]
        best = max(own, key=lambda one: (STRENGTH[one.hedge.rung], one.id)) if own else None
        grades = [one.hedge.grade.value for one in own if one.hedge.grade]
        day = max(one.when.end if one.when else one.published for one in statement.claims)
        pact = self._pacts.in_force(states[0], states[1], day)
        source = root.removeprefix(NAMED)
        if root in self._graph.reports:
            source = self._graph.reports[root].document.publisher
        return [
            ("word", judgement.word.value if judgement.word else _INSUFFICIENT),
            ("rule", judgement.rule),
            ("groups", str(judgement.groups)),
            ("values", " ".join([value for _, value in servers] + list(paths))),
            ("states", " ".join(states) if all(states) else ""),
            ("uses", _lie(uses)),
            ("a_use", _iso(uses[0])),
            ("b_use", _iso(uses[1])),
            ("source", source),
            ("source_rung", best.hedge.rung.value if best else ""),
            ("source_grade", grades[0] if grades else ""),
            *(pact.detail() if pact else []),
        ]

    def _together(self, pair: tuple[Term, Term], claim: Claim) -> list[Statement]:
        """What is said on the two working together."""
        sides = tuple(sorted(self._keys.term(term, claim) for term in pair))
        keys = [(Predicate.COOPERATES.value, *sides, sign) for sign in "+-"]
        return [self._statements[key] for key in keys if key in self._statements]

    def _uses(self, pair: tuple[Term, Term], claim: Claim, values: Sequence[str]) -> list[When | None]:
        """When each group is said to have used a shared server; what is hosted there later is the other tenant's."""
        wanted = set(values)
        spans: list[When | None] = []
        for term in pair:
            key = self._keys.term(term, claim)
            spans.append(_first(self._dated(wanted, key)))
        hosted = _first(self._hosted(wanted))
        if hosted is not None and (spans[0] is None) != (spans[1] is None):
            spans[0 if spans[0] is None else 1] = hosted
        return spans

    def _dated(self, values: set[str], user: str) -> list[When]:
        return [
            one.when
            for one in self._using
            if one.when and one.object and one.object.name in values and self._keys.term(one.subject, one) == user
        ]

    def _hosted(self, values: set[str]) -> list[When]:
        return [
            one.when
            for one in self._hosting
            if one.when and one.subject.name in values and self._attribution.root(one) == one.report
        ]

    @staticmethod
    def _side(servers: Sequence[tuple[str, str]], paths: Sequence[str], server: str, span: When | None) -> Side:
        first: date | None = span.start if span else None
        last: date | None = span.end if span else None
        shown = [Artefact(type=kind, value=value, first_seen=first, last_seen=last) for kind, value in servers]
        if server:
            shown += [
                Artefact(type="path", value=path, first_seen=first, last_seen=last, server=server) for path in paths
            ]
        return Side(artefacts=tuple(shown))


def _first(spans: Sequence[When]) -> When | None:
    return min(spans) if spans else None


def _iso(span: When | None) -> str:
    return f"{span.start.isoformat()}/{span.end.isoformat()}" if span else ""


def _lie(uses: Sequence[When | None]) -> str:
    one, other = uses
    if one is None or other is None:
        return "unknown"
    return "overlapping" if one.overlaps(other) else "disjoint"
