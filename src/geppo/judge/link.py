"""Links between two named groups, as reports state them, weighed by what the reports show of them.

For each pair of groups of which somebody says that they share something, the artefacts are taken from the passages of the
origins that saw it themselves, and from the rest of their paragraph: one observation, however many pages repeat it. An
assessment of kind `overlap` holds `word` (the band, or `insufficient`), `rule` (what decided the confidence) and
`reasons` (keys, comma-separated: why the confidence is not higher).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from geppo.config import Settings
from geppo.judge._catalogue import Catalogue
from geppo.judge._reference import short_id
from geppo.judge.evidence import Artefact, Side
from geppo.judge.month import Judged
from geppo.judge.evidence._question import COOPERATION
from geppo.judge.overlap import Judgement, assess
from geppo.model.assessment import Assessment, AssessmentKind, Origins
from geppo.model.claim import Claim, Predicate
from geppo.model.edition import Story
from geppo.model.entity import Kind, Term
from geppo.model.observable import Observable, ObservableType, Verdict
from geppo.model.report import Report
from geppo.model.time import day

_GROUPS = frozenset({Kind.INTRUSION_SET, Kind.CAMPAIGN})
_LINKS = frozenset({Predicate.SHARES, Predicate.COOPERATES})
_TYPES = {
    ObservableType.IPV4: "ip",
    ObservableType.IPV6: "ip",
    ObservableType.DOMAIN: "host",
    ObservableType.URL: "url",
    ObservableType.PATH: "path",
    ObservableType.SHA256: "sha256",
    ObservableType.SHA1: "sha1",
    ObservableType.MD5: "md5",
}
_SERVER_TYPES = frozenset({"ip", "host"})
_NOT_SHARED = frozenset({Verdict.REFERENCE, Verdict.PUBLISHER_OWN, Verdict.VERSION_NUMBER, Verdict.STATED_BENIGN})
_UNSTATED = "unstated"
_NETWORK_WORDS = ("address/", "device/", "shared-thing/infrastructure", "shared-thing/server", "relay-class/")

Pair = tuple[str, str]


def overlaps(
    judged: Judged, reports: Sequence[Report], claims: Sequence[Claim], catalogue: Catalogue, settings: Settings
) -> tuple[tuple[Assessment, ...], tuple[Story, ...]]:
    """The month's assessments and stories with the assessments of links added to both."""
    made: dict[str, Assessment] = {}
    stories = []
    for story in judged.stories:
        own = [claim for claim in claims if claim.id in set(story.claims)]
        found = _of_claims(own, reports, catalogue, settings, judged.assessments)
        made |= {one.id: one for one in found}
        stories.append(replace(story, assessments=(*story.assessments, *(one.id for one in found))))
    added = tuple(made[key] for key in sorted(made))
    return (*judged.assessments, *added), tuple(stories)


def between(
    a: str,
    b: str,
    reports: Sequence[Report],
    claims: Sequence[Claim],
    catalogue: Catalogue,
    settings: Settings,
) -> Assessment | None:
    """The assessment of the link between two groups by their printed names, or None where no report states one."""
    wanted = {a.casefold(), b.casefold()}
    for one in _of_claims(claims, reports, catalogue, settings, ()):
        if {term.name.casefold() for term in one.subjects} == wanted:
            return one
    return None


def _pair(claim: Claim, catalogue: Catalogue) -> Pair | None:
    if claim.predicate not in _LINKS or claim.object is None or claim.negated:
        return None
    if claim.subject.kind not in _GROUPS or claim.object.kind not in _GROUPS:
        return None
    one, other = sorted((catalogue.canonical(claim.subject.id), catalogue.canonical(claim.object.id)))
    return (one, other) if one != other else None


def _of_claims(
    claims: Sequence[Claim],
    reports: Sequence[Report],
    catalogue: Catalogue,
    settings: Settings,
    known: Sequence[Assessment],
) -> list[Assessment]:
    pairs: dict[Pair, list[Claim]] = defaultdict(list)
    for claim in claims:
        pair = _pair(claim, catalogue)
        if pair is not None:
            pairs[pair].append(claim)
    by_id = {report.id: report for report in reports}
    return [
        one for pair in sorted(pairs) if (one := _assess(pairs[pair], by_id, catalogue, settings, known)) is not None
    ]


def _assess(
    claims: Sequence[Claim],
    reports: Mapping[str, Report],
    catalogue: Catalogue,
    settings: Settings,
    known: Sequence[Assessment],
) -> Assessment | None:
    shares = [claim for claim in claims if claim.predicate is Predicate.SHARES]
    if not shares:
        return None
    origins = _origins(shares, reports, known)
    seen = [claim for claim in shares if claim.report in origins.roots] or shares[:1]
    first, second = seen[0].subject, seen[0].object
    if second is None:
        return None
    artefacts = tuple(dict.fromkeys(value for claim in seen for value in _artefacts(claim, reports[claim.report])))
    publisher = reports[seen[0].report].document.publisher
    side = Side(date=day(seen[0].published), publisher=publisher, artefacts=artefacts)
    same_state = bool(catalogue.nexus(first.id)) and catalogue.nexus(first.id) == catalogue.nexus(second.id)
    question = replace(COOPERATION, same_state=same_state, sources=max(1, len(origins.roots)))
    judgement = assess(side, side, question=question, settings=settings)
    return _made((first, second), claims, origins, judgement)


def _made(subjects: tuple[Term, Term], claims: Sequence[Claim], origins: Origins, judgement: Judgement) -> Assessment:
    reasons = [judgement.rule]
    if len(origins.roots) <= 1 and "one-source" not in reasons:
        reasons.insert(0, "one-source")
    if judgement.groups == 1:
        reasons.append("one-group")
    ids = tuple(claim.id for claim in sorted(claims, key=lambda claim: (claim.published, claim.id)))
    return Assessment(
        id=short_id("a", "overlap", *(term.id for term in subjects), *sorted(ids)),
        kind=AssessmentKind.OVERLAP,
        subjects=subjects,
        claims=ids,
        likelihood=judgement.likelihood,
        confidence=judgement.confidence,
        origins=origins,
        evidence=judgement.evidence,
        rivals=judgement.rivals,
        detail=(
            ("word", judgement.word.value if judgement.word else "insufficient"),
            ("rule", judgement.rule),
            ("reasons", ",".join(dict.fromkeys(reasons))),
            ("origins", str(len(origins.roots))),
        ),
        would_change=judgement.would_change,
    )


def _origins(shares: Sequence[Claim], reports: Mapping[str, Report], known: Sequence[Assessment]) -> Origins:
    """Origins of the link: as corroboration traced them, else the pages with observation of their own."""
    ids = {claim.id for claim in shares}
    traced = [one for one in known if one.kind is AssessmentKind.CORROBORATION and ids & set(one.claims)]
    if traced:
        return max(traced, key=lambda one: (len(ids & set(one.claims)), one.id)).origins
    pages = sorted({claim.report for claim in shares})
    own = [page for page in pages if reports[page].own_observation] or pages[:1]
    return Origins(roots=tuple(own), repeats=tuple(page for page in pages if page not in own))


def _artefacts(claim: Claim, report: Report) -> list[Artefact]:
    text = report.document.text
    until = text.find("\n\n", claim.passage.end)
    until = len(text) if until < 0 else until
    near = [
        value
        for value in report.observables
        if claim.passage.start <= value.start < until and value.type in _TYPES and value.verdict not in _NOT_SHARED
    ]
    near = [value for value in near if value.start < claim.passage.end or not _is_server(value)]
    servers = [value.value for value in near if _is_server(value)]
    server = servers[0] if servers else ""
    found = [
        Artefact(type=_TYPES[value.type], value=value.value, server=server if not _is_server(value) else "")
        for value in near
    ]
    if found:
        return found
    what = claim.qualifier("what")
    if what is not None and what.kind is Kind.CONCEPT and what.id.startswith(_NETWORK_WORDS):
        return [Artefact(type="ip", value=_UNSTATED)]
    return []


def _is_server(value: Observable) -> bool:
    return _TYPES.get(value.type) in _SERVER_TYPES
