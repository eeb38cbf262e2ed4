"""A month judged: reports and claims in, assessments and ranked stories out.

Steps: citation graph, units, clusters, statements, traces; then drift, contradictions, counts, relations, corroboration
of each story's main statements; then stories and their rank. The order of the input never matters; nothing reads a
clock; all ids are hashes of content.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from geppo.config import Settings
from geppo.judge._catalogue import Catalogue
from geppo.judge.background import Observed, months_compared
from geppo.judge.citations import Citations, read_citations
from geppo.judge.clusters import Cluster, find_clusters
from geppo.judge.contradict import Contradictions
from geppo.judge.corroborate import Weigher, opposite_of
from geppo.judge.counting import Counter, assess_counts
from geppo.judge.drift import DriftFinder
from geppo.judge.links import LinkJudge
from geppo.judge.marks import Marks
from geppo.judge.nexus import Nexus
from geppo.judge.origins import Attribution, Matters, Tracer
from geppo.judge.pacts import Pacts
from geppo.judge.printed import Printed
from geppo.judge.rank import Rankable, score
from geppo.judge.relations import RelationFinder, Relations
from geppo.judge.renamed import Renamed
from geppo.judge.retold import Retold
from geppo.judge.severity import severity
from geppo.judge.speakers import Directory
from geppo.judge.statements import Key, Keys, Statement, group
from geppo.judge.stories import Draft, Editor, assessments_of, resting_on
from geppo.judge.units import Linking, Unit, read_units
from geppo.judge.unusual import Unusual, rated
from geppo.model.assessment import Assessment
from geppo.model.claim import Claim
from geppo.model.edition import Matrix, Story
from geppo.model.entity import Kind, Term
from geppo.model.report import Report
from geppo.model.time import Period

_ABOUT = (Kind.INFRASTRUCTURE, Kind.MALWARE, Kind.CAMPAIGN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What judging a month gives. `matrix` holds who (rows, `country/XX`) acts against whom (columns).

    `houses` are names of one house in different letters, each row with the name on its own pages first.
    """

    assessments: tuple[Assessment, ...]
    stories: tuple[Story, ...]
    matrix: Matrix
    houses: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What all judgements of a month rest on."""

    graph: Citations
    clusters: tuple[Cluster, ...]
    keys: Keys
    statements: Mapping[Key, Statement]
    tracer: Tracer
    attribution: Attribution
    weigher: Weigher
    linking: Linking
    matters: Matters


def lay_base(reports: Sequence[Report], claims: Sequence[Claim], catalogue: Catalogue, settings: Settings) -> Base:
    """Citation graph, clusters, statements and their traces: what every judgement starts from."""
    directory = Directory(reports, catalogue)
    graph = read_citations(reports, directory, settings)
    linking = Linking(claims, directory, catalogue)
    units = read_units(reports, claims, linking)
    clusters = find_clusters(units, graph, Marks(reports, linking, settings), settings)
    matters = _matters(clusters, linking, graph)
    keys = Keys(claims, matters.cluster_of, directory, catalogue, settings)
    statements = group(claims, keys)
    tracer = Tracer(graph, matters, settings)
    traces = {key: tracer.trace(statement) for key, statement in statements.items()}
    return Base(
        graph=graph,
        clusters=clusters,
        keys=keys,
        statements=statements,
        tracer=tracer,
        attribution=Attribution(keys, statements, traces, graph),
        weigher=Weigher(graph, settings),
        linking=linking,
        matters=matters,
    )


def _matters(clusters: Sequence[Cluster], linking: Linking, graph: Citations) -> Matters:
    by_report: dict[str, set[str]] = defaultdict(set)
    names: dict[str, set[str]] = defaultdict(set)
    for cluster in clusters:
        for unit in cluster.units:
            by_report[unit.report].add(cluster.id)
            names[unit.report].update(unit.terms)
    observed = {
        cluster.id: tuple(
            dict.fromkeys(unit.report for unit in cluster.units if graph.reports[unit.report].own_observation)
        )
        for cluster in clusters
    }
    placed = [(claim, cluster.id) for cluster in clusters for unit in cluster.units for claim in unit.claims]
    return Matters(
        clusters={report: frozenset(found) for report, found in by_report.items()},
        names={report: frozenset(found) for report, found in names.items()},
        cluster_of={claim.id: cluster for claim, cluster in placed},
        names_of={claim.id: linking.names(claim) for claim, _ in placed},
        observed=observed,
        earliest={
            cluster.id: min((unit.report for unit in cluster.units), key=lambda report: graph.order[report])
            for cluster in clusters
        },
    )


def _about(units: Sequence[Unit], keys: Keys) -> dict[str, Term]:
    """For each claim the network, program or campaign that its unit says most about."""
    found: dict[str, Term] = {}
    for unit in units:
        counts: dict[str, list[Term]] = defaultdict(list)
        for claim in unit.claims:
            for term in (claim.subject, claim.object):
                if term is not None and term.kind in _ABOUT:
                    counts[keys.term(term, claim)].append(term)
        if counts:
            best = min(counts, key=lambda key: (-len(counts[key]), _ABOUT.index(counts[key][0].kind), key))
            found |= {claim.id: counts[best][0] for claim in unit.claims}
    return found


def _corroborated(editor: Editor, base: Base, drafts: Sequence[Draft], settings: Settings) -> list[Assessment]:
    """An assessment of each story's main statements, one a statement."""
    traces = base.attribution.traces
    found: dict[Key, Assessment] = {}
    for draft in drafts:
        left = settings.integer("judge.corroborate.statements")
        for key in editor.main_statements(draft, editor.subjects(draft)):
            if left and key not in found:
                against = opposite_of(key, base.statements, traces)
                assessment = base.weigher.assess(base.statements[key], traces[key], against)
                if assessment is not None:
                    found[key] = assessment
                    left -= 1
    return [found[key] for key in sorted(found)]


def _shared(relations: Relations, base: Base) -> list[Assessment]:
    """An assessment of every statement that groups of two states share something, with both states beside it."""
    found = []
    for sharing in relations.sharing:
        key = sharing.statement.key
        against = opposite_of(key, base.statements, base.attribution.traces)
        assessment = base.weigher.assess(sharing.statement, base.attribution.of(key), against)
        if assessment is not None:
            pact = sharing.pact.detail() if sharing.pact else []
            parts = [("states", " ".join(sharing.states)), *pact, *sharing.unusual]
            found.append(base.weigher.with_detail(assessment, parts))
    return found


def _drift(
    base: Base, claims: Sequence[Claim], numbers: Printed, catalog: Catalogue, settings: Settings
) -> Iterator[Assessment]:
    """What repeats changed: by their claims, then by their texts."""
    finder = DriftFinder(base.statements, base.keys, base.attribution, base.graph, base.tracer, numbers, settings)
    retold = Retold(base.graph, base.tracer, base.matters, catalog, settings)
    drift = finder.find()
    renamed = tuple(Renamed(claims, base.keys, base.graph, catalog).find(retold.roots))
    yield from drift
    yield from retold.find([*drift, *renamed])
    yield from renamed


def _is_new(claim: Claim, period: Period, known: frozenset[str]) -> bool:
    """A dated fact of the month that no earlier issue rested on."""
    return claim.id not in known and claim.when is not None and claim.when.end >= period.span.start


def _story(
    draft: Draft,
    editor: Editor,
    base: Base,
    assessments: Sequence[Assessment],
    resting: Mapping[str, Sequence[int]],
    period: Period,
    settings: Settings,
    earlier: Sequence[Story],
    weights: Mapping[tuple[str, str], float],
) -> Story:
    subjects, home = editor.subjects(draft), settings.text("reader.country")
    names = {term.id for term in subjects}
    least = settings.number("judge.stories.same_story")
    before = [
        story
        for story in earlier
        if len(names & {term.id for term in story.subjects}) >= least * max(1, min(len(names), len(story.subjects)))
    ]
    known = frozenset(claim for story in before for claim in story.claims)
    claims = sorted(draft.claims(), key=lambda claim: (claim.published, claim.report, claim.passage.start, claim.id))
    reports = sorted(draft.reports(), key=lambda report: base.graph.order[report])
    held = assessments_of(claims, assessments, resting)
    origins = editor.origins(draft)
    central = draft.claims(core_only=True)
    rankable = Rankable(
        claims=central,
        reports=[base.graph.reports[report] for report in reports],
        origins=origins,
        assessments=held,
        pair=max((weights.get(pair, 1.0) for pair in draft.pairs), default=0.0),
        previously=bool(before),
        new_facts=any(_is_new(claim, period, known) for claim in claims),
        severity=severity(central, base.graph.reports, period).share,
        warned_at_home=any(
            base.graph.directory.is_agency_of(base.graph.reports[report].document.publisher, home) for report in reports
        ),
    )
    return Story(
        id=draft.id,
        subjects=subjects,
        reports=tuple(reports),
        origins=origins,
        claims=tuple(claim.id for claim in claims),
        assessments=tuple(one.id for one in held),
        theme=editor.theme(draft, subjects),
        score=score(rankable, period, settings),
        rank=0,
        previously=bool(before),
    )


def _ranked(stories: Sequence[Story]) -> tuple[Story, ...]:
    ordered = sorted(stories, key=lambda story: (-round(story.total, 6), story.id))
    return tuple(replace(story, rank=place) for place, story in enumerate(ordered, start=1))


def judge_month(
    reports: Sequence[Report],
    claims: Sequence[Claim],
    *,
    period: Period,
    catalog: Catalogue,
    settings: Settings,
    earlier: Sequence[Story] = (),
    background: Sequence[Observed] = (),
) -> Judged:
    """Judge a month.

    `reports` may hold earlier and later ones as background; a story is of the month if the period published one of its
    reports. `earlier` are stories of earlier issues, `background` months that say what is usual. Claims whose report is
    not given are left out.
    """
    known = {report.id for report in reports}
    claims = sorted((claim for claim in claims if claim.report in known), key=lambda claim: claim.id)
    base = lay_base(reports, claims, catalog, settings)
    nexus = Nexus(claims, base.keys, catalog)
    pacts = Pacts.read(base.statements, base.keys, nexus, catalog)
    finder = RelationFinder(base.keys, nexus, pacts, base.attribution, base.graph, base.weigher, settings)
    relations = rated(finder.find(base.statements), Unusual(months_compared(period, background, settings), settings))
    units = [unit for cluster in base.clusters for unit in cluster.units]
    counter = Counter(base.keys, base.attribution, _about(units, base.keys))
    counted = [row for claim in claims if (row := counter.read(claim)) is not None]
    editor = Editor(base.clusters, base.statements, base.keys, base.attribution, base.graph, base.linking, settings)
    drafts = editor.drafts(relations, pacts)
    numbers = Printed(base.graph.reports, settings)
    contradictions = Contradictions(
        base.statements, base.attribution, base.keys, base.weigher, nexus, catalog, numbers, settings
    )
    found = [
        *_shared(relations, base),
        *LinkJudge(base.statements, base.keys, base.attribution, nexus, pacts, base.graph, settings).find(),
        *relations.partner_targeting,
        *_corroborated(editor, base, drafts, settings),
        *contradictions.find(counted),
        *assess_counts(counted, settings),
        *_drift(base, claims, numbers, catalog, settings),
    ]
    unique: dict[str, Assessment] = {}
    for one in found:
        unique.setdefault(one.id, one)
    assessments = tuple(unique.values())
    resting = resting_on(assessments)
    stories = [
        _story(draft, editor, base, assessments, resting, period, settings, earlier, relations.weights)
        for draft in drafts
    ]
    houses = base.graph.directory.in_other_letters(name for claim in claims for name in (claim.speaker, *claim.voices))
    return Judged(assessments=assessments, stories=_ranked(stories), matrix=relations.matrix, houses=houses)
