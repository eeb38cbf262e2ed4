"""What is handed out: an issue with what was read for it and what our own telemetry found, below a marking ceiling."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from geppo.model.assessment import Assessment
from geppo.model.claim import Claim
from geppo.model.edition import Edition, Issue, Section, Sentence, Story
from geppo.model.entity import Term
from geppo.model.marking import Tlp
from geppo.model.relay import HostFinding, RelayNetwork, Sighting
from geppo.model.report import Document, Report
from geppo.model.time import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """An issue, and what stands behind it.

    `reports` hold the observables of the month's documents; `networks`, `hosts` and `sightings` come from records of
    the organisation itself and carry `telemetry_marking`, as the model gives them none. `organisation` signs. `grades`
    are the Admiralty letters (A to F) that somebody gave the publishers of the documents, by their names as printed.
    """

    issue: Issue
    organisation: str
    reports: tuple[Report, ...] = ()
    networks: tuple[RelayNetwork, ...] = ()
    hosts: tuple[HostFinding, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    telemetry_marking: Tlp = Tlp.AMBER_STRICT
    grades: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What an issue says of itself beside its parts."""

    period: Period
    as_of: datetime
    organisation: str
    telemetry_marking: Tlp

    @classmethod
    def of(cls, package: Package) -> Frame:
        """The frame of a package."""
        return cls(
            period=package.issue.month.period,
            as_of=package.issue.month.as_of,
            organisation=package.organisation,
            telemetry_marking=package.telemetry_marking,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What stays below the ceiling, by id; `said` are the terms and `voices` the speakers of the claims that stay."""

    documents: dict[str, Document]
    claims: dict[str, Claim]
    assessments: dict[str, Assessment]
    stories: dict[str, Story]
    said: frozenset[Term]
    voices: frozenset[str]


def below(package: Package, ceiling: Tlp) -> Package:
    """The package without anything that is marked above `ceiling`, and without what rests on such a thing.

    A claim goes with its document, an assessment with any of its claims or origins, a sentence with any claim,
    assessment or reference, a story with its last claim. Of a story that lost something the score goes, of a month that
    lost something the gaps, figures and tables: what they count cannot be told apart. An edition that lost something
    has the month for its title.
    """
    month = package.issue.month
    documents = {one.sha256: one for one in month.documents if one.marking <= ceiling}
    hidden = {one.sha256 for one in month.documents} - documents.keys()
    hidden |= {one.id for one in package.reports if one.document.marking > ceiling}
    claims = {one.id: one for one in month.claims if one.marking <= ceiling and not _sources(one) & hidden}
    lowered = package if package.telemetry_marking <= ceiling else _without_telemetry(package, ceiling)
    if not hidden and len(claims) == len(month.claims):
        return lowered
    said = frozenset(term for claim in claims.values() for term in terms(claim))
    voices = frozenset(voice for claim in claims.values() for voice in claim.voices)
    kept = _Kept(documents=documents, claims=claims, assessments={}, stories={}, said=said, voices=voices)
    kept.assessments.update((one.id, one) for one in month.assessments if _stands(one, kept))
    stories = (_story(one, kept) for one in month.stories)
    kept.stories.update((one.id, one) for one in stories if one is not None)
    gone = {document.url for document in month.documents if document.sha256 in hidden and document.url}
    lower = replace(
        month,
        documents=tuple(_document(one, gone) for one in documents.values()),
        claims=tuple(replace(one, about=one.about if one.about in claims else "") for one in claims.values()),
        assessments=tuple(kept.assessments.values()),
        stories=tuple(kept.stories.values()),
        gaps=(),
    )
    editions = tuple(_edition(one, kept, str(month.period)) for one in package.issue.editions)
    reports = tuple(_report(one, kept, gone) for one in package.reports if one.id in documents)
    issue = replace(package.issue, month=lower, editions=editions)
    # A letter would tell that a closed document is of its house.
    houses = {one.publisher for one in documents.values()}
    grades = tuple((house, letter) for house, letter in package.grades if house in houses)
    return replace(lowered, issue=issue, reports=reports, grades=grades)


def terms(claim: Claim) -> Iterable[Term]:
    """All that a claim speaks about."""
    yield claim.subject
    if claim.object:
        yield claim.object
    for _, term in claim.qualifiers:
        yield term


def markings_of(package: Package) -> dict[str, Tlp]:
    """Markings of documents and claims by id; a claim is never more open than its document."""
    found = {one.sha256: one.marking for one in package.issue.month.documents}
    found |= {one.id: one.document.marking for one in package.reports}
    said = {
        one.id: max(one.marking, *(found.get(source, Tlp.CLEAR) for source in _sources(one)))
        for one in package.issue.month.claims
    }
    return found | said


def _sources(claim: Claim) -> set[str]:
    return {claim.report, claim.passage.document}


def _without_telemetry(package: Package, ceiling: Tlp) -> Package:
    return replace(package, networks=(), hosts=(), sightings=(), telemetry_marking=ceiling)


def _document(document: Document, gone: set[str]) -> Document:
    return replace(document, links=tuple(link for link in document.links if link not in gone))


def _report(report: Report, kept: _Kept, gone: set[str]) -> Report:
    cites = tuple(one for one in report.cites if one in kept.documents)
    return replace(report, cites=cites, document=_document(report.document, gone))


def _known_origin(origin: str, kept: _Kept) -> bool:
    head, colon, speaker = origin.partition(":")
    return speaker in kept.voices if head == "named" and colon else origin in kept.documents


def _stands(assessment: Assessment, kept: _Kept) -> bool:
    """Whether all that an assessment rests on is there: what is not known is taken for hidden."""
    return (
        all(one in kept.claims for one in assessment.claims)
        and all(_known_origin(one, kept) for one in (*assessment.origins.roots, *assessment.origins.repeats))
        and all(term in kept.said for term in assessment.subjects)
    )


def _story(story: Story, kept: _Kept) -> Story | None:
    claims = tuple(one for one in story.claims if one in kept.claims)
    lower = replace(
        story,
        subjects=tuple(term for term in story.subjects if term in kept.said),
        reports=tuple(one for one in story.reports if one in kept.documents),
        origins=tuple(one for one in story.origins if _known_origin(one, kept)),
        claims=claims,
        assessments=tuple(one for one in story.assessments if one in kept.assessments),
    )
    if not claims:
        return None
    return story if lower == story else replace(lower, score=(), previously=False)


def _sentence(sentence: Sentence, kept: _Kept, numbers: set[int]) -> bool:
    return (
        all(one in kept.claims for one in sentence.claims)
        and all(one in kept.assessments for one in sentence.assessments)
        and all(one in numbers for one in sentence.citations)
    )


def _section(section: Section, kept: _Kept, numbers: set[int]) -> Section:
    paragraphs = (tuple(one for one in part if _sentence(one, kept, numbers)) for part in section.paragraphs)
    headed = all(one in kept.claims for one in section.heading_claims) and all(
        one in kept.assessments for one in section.heading_assessments
    )
    whole = headed and (not section.story or section.story in kept.stories)
    lower = replace(section, paragraphs=tuple(part for part in paragraphs if part))
    if whole and lower.paragraphs == section.paragraphs:
        return section
    return replace(
        lower,
        remarks=(),
        heading="",
        heading_claims=(),
        heading_assessments=(),
        story=section.story if section.story in kept.stories else "",
    )


def _edition(edition: Edition, kept: _Kept, period: str) -> Edition:
    references = tuple(one for one in edition.references if one.report in kept.documents)
    numbers = {one.n for one in references}
    sections = tuple(_section(one, kept, numbers) for one in edition.sections)
    lower = replace(
        edition,
        opening=_section(edition.opening, kept, numbers),
        sections=tuple(one for one in sections if one.paragraphs),
        references=references,
        key_judgements=tuple(one for one in edition.key_judgements if _sentence(one, kept, numbers)),
    )
    if lower != edition:
        lower = replace(lower, title=period, subject=period)
    return replace(lower, figures=(), tables=())
