"""An issue as a STIX 2.1 bundle: what the sources say as theirs, what we judge as ours.

- Each document is a `report`, created by its publisher's `identity`.
- Each claim is a `relationship` of the kind that STIX suggests for the pair, else `related-to`, with the `confidence`
  of its hedge. What STIX cannot say as a relationship (a denial, a count, a treaty) is a `note`.
- Each assessment is an `opinion` on the relationships it is about, else a `note`; likelihood and confidence stand apart
  in our extension.
- Each story is a `grouping`, each audience of the issue a `report` of ours, with the other languages as
  `language-content`.

Names are never merged: no object has aliases, and two names that a source holds to be one are `related-to`.

Ids are made from what the object is, so the same input gives the same bundle. They have the layout of a version 4
UUID, which STIX 2.1 (section 2.9) recommends for all but observables and which strict validators ask for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from geppo.exchange._stix_bundle import (
    EXTENSION_VERSION,
    Bundle,
    marking_id,
    midnight,
    moment,
    object_of,
    printable,
    relationship_type,
    stable_id,
    tables,
)
from geppo.model.assessment import Assessment, Likelihood
from geppo.model.claim import Claim, Rung
from geppo.model.edition import Edition, Issue, Story
from geppo.model.marking import Tlp
from geppo.model.report import Document

_INSUFFICIENT = "insufficient"
"""The judge's word where too little is known to state a likelihood."""
_NOT_ASSERTED = frozenset((Rung.NOT_FOUND, Rung.DENIES))


def _source(document: Document) -> dict[str, Any]:
    """The external reference to a document; an address that is no web address is left out."""
    reference: dict[str, Any] = {
        "source_name": printable(document.publisher),
        "description": printable(document.title, document.name or "untitled"),
    }
    try:
        parts = urlsplit(document.url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        sound = False
    if sound and document.url.isascii() and not set(document.url) & set(' <>"{}|\\^`'):
        reference |= {"url": document.url, "hashes": {"SHA-256": document.sha256}}
    return reference


def _language(document: Document | None) -> str | None:
    known = document is not None and document.language.isascii() and len(document.language) == 2
    return document.language if document and known else None


def _claim_extension(bundle: Bundle, claim: Claim) -> dict[str, Any]:
    count = claim.count
    return bundle.extended(
        claim_id=claim.id,
        predicate=claim.predicate.value,
        subject_name=claim.subject.name,
        object_name=claim.object.name if claim.object else None,
        hedge_rung=claim.hedge.rung.value,
        hedge_text=claim.hedge.text,
        source_confidence=claim.hedge.grade.value if claim.hedge.grade else None,
        negated=claim.negated or None,
        voices=list(claim.voices),
        count_value=count.value if count else None,
        count_bound=count.bound.value if count else None,
        count_unit=count.unit.name if count else None,
        happened=claim.when.iso() if claim.when else None,
        passage_document=claim.passage.document,
        passage_start=claim.passage.start,
        passage_end=claim.passage.end,
    )


def _claim(bundle: Bundle, claim: Claim) -> None:
    """A relationship where STIX can say it, else a note on what the claim is about."""
    document = bundle.documents.get(claim.passage.document)
    source, target = object_of(bundle, claim.subject), object_of(bundle, claim.object)
    common: dict[str, Any] = {
        "created_by_ref": bundle.publisher(claim.publisher),
        "created": midnight(claim.published),
        "modified": midnight(claim.published),
        "lang": _language(document),
        "confidence": tables()["confidence"]["rung"].get(claim.hedge.rung.value),
        "external_references": [_source(document)] if document else [],
        "object_marking_refs": bundle.marked(claim.marking),
        "extensions": _claim_extension(bundle, claim),
    }
    text = printable(claim.passage.text)
    asserted = not claim.negated and claim.hedge.rung not in _NOT_ASSERTED
    if asserted and source and target and source != target:
        kind = relationship_type(claim.predicate.value, source.partition("--")[0], target.partition("--")[0])
        made = bundle.add(
            "Relationship",
            id=stable_id("relationship", claim.id),
            relationship_type=kind,
            source_ref=source,
            target_ref=target,
            description=text,
            start_time=midnight(claim.when.start) if claim.when else None,
            stop_time=midnight(claim.when.end + timedelta(days=1)) if claim.when else None,
            **common,
        )
    else:
        about = [one for one in (source, target) if one]
        made = bundle.add(
            "Note",
            id=stable_id("note", claim.id),
            abstract=f"{'not: ' if claim.negated else ''}{claim.predicate.value}: {printable(claim.subject.name)}",
            content=text,
            authors=[printable(claim.speaker)],
            object_refs=list(dict.fromkeys(about)) or [stable_id("report", claim.report)],
            **common,
        )
    bundle.of_claim[claim.id] = made
    bundle.said.setdefault(claim.report, []).extend(one for one in (made, source, target) if one)


def _report(bundle: Bundle, document: Document) -> None:
    publisher = bundle.publisher(document.publisher)
    refs = sorted(set(bundle.said.get(document.sha256, ()))) or [publisher]
    bundle.add(
        "Report",
        id=stable_id("report", document.sha256),
        name=printable(document.title, document.name or "untitled"),
        created_by_ref=publisher,
        created=midnight(document.published),
        modified=midnight(document.published),
        published=midnight(document.published),
        report_types=["threat-report"],
        lang=_language(document),
        labels=["retold-in-a-note"] if document.note else None,
        object_refs=refs,
        external_references=[_source(document)],
        object_marking_refs=bundle.marked(document.marking),
    )


def _stated(assessment: Assessment) -> Likelihood | None:
    """The likelihood that the judge is ready to state."""
    return assessment.likelihood if assessment.get("word") != _INSUFFICIENT else None


def _judgement_extension(bundle: Bundle, assessment: Assessment) -> dict[str, Any]:
    likelihood = _stated(assessment)
    evidence = [
        {"kind": e.kind, "value": e.value, "weight_bits": e.weight, "used": e.used, "reason": e.reason}
        for e in assessment.evidence
    ]
    return bundle.extended(
        assessment_id=assessment.id,
        assessment_kind=assessment.kind.value,
        likelihood_low=likelihood.low if likelihood else None,
        likelihood_point=likelihood.point if likelihood else None,
        likelihood_high=likelihood.high if likelihood else None,
        likelihood_word=likelihood.word.value if likelihood else None,
        analytic_confidence=assessment.confidence.value if assessment.confidence else None,
        evidence=evidence,
        rivals=[{"name": name, "share": share} for name, share in assessment.rivals],
        would_change=[{"name": name, "shift": shift} for name, shift in assessment.would_change],
    )


def _judgement_text(assessment: Assessment) -> str:
    """The judgement in plain words. Likelihood and confidence stand in two sentences (ICD 203)."""
    subjects = ", ".join(printable(term.name) for term in assessment.subjects)
    parts = [f"{assessment.kind.value}: {subjects}." if subjects else f"{assessment.kind.value}."]
    likelihood = _stated(assessment)
    if likelihood:
        low, high = round(likelihood.low * 100), round(likelihood.high * 100)
        parts.append(f"Likelihood: {likelihood.word.value} ({low}-{high} %).")
    elif assessment.likelihood:
        parts.append("Insufficient to state a likelihood.")
    if assessment.confidence:
        parts.append(f"Confidence: {assessment.confidence.value}.")
    return " ".join(parts)


def _assessment(bundle: Bundle, assessment: Assessment) -> None:
    """An opinion on the relationships it is about where it has a likelihood, else a note."""
    claims = {claim.id: claim for claim in bundle.issue.month.claims}
    marking = max((claims[one].marking for one in assessment.claims if one in claims), default=Tlp.CLEAR)
    about = [bundle.of_claim[one] for one in assessment.claims if one in bundle.of_claim]
    relationships = sorted({one for one in about if one.startswith("relationship--")})
    subjects = [one for one in (object_of(bundle, term) for term in assessment.subjects) if one]
    level = tables()["confidence"]["level"]
    common: dict[str, Any] = {
        **bundle.ours(marking),
        "confidence": level[assessment.confidence.value] if assessment.confidence else None,
        "authors": [bundle.organisation],
        "lang": "en",
        "extensions": _judgement_extension(bundle, assessment),
    }
    text = _judgement_text(assessment)
    period = str(bundle.issue.month.period)
    likelihood = _stated(assessment)
    if likelihood and relationships:
        made = bundle.add(
            "Opinion",
            id=stable_id("opinion", period, assessment.id),
            opinion=tables()["opinion"][likelihood.word.value],
            explanation=text,
            object_refs=relationships,
            **common,
        )
    else:
        made = bundle.add(
            "Note",
            id=stable_id("note", period, assessment.id),
            abstract=assessment.kind.value,
            content=text,
            object_refs=sorted({*subjects, *about}) or [bundle.us],
            **common,
        )
    bundle.of_assessment[assessment.id] = made


def _translated(bundle: Bundle, id_: str, contents: Mapping[str, Mapping[str, str]], markings: Iterable[Tlp]) -> None:
    """Texts of an object of ours in further languages."""
    if contents:
        bundle.add(
            "LanguageContent",
            id=stable_id("language-content", id_),
            object_ref=id_,
            object_modified=bundle.objects[id_]["modified"],
            contents={language: dict(texts) for language, texts in sorted(contents.items())},
            **bundle.ours(*markings),
        )


def _headings(editions: Sequence[Edition], story: Story) -> dict[str, str]:
    """What the editions call a story, by language: its first section's heading."""
    found: dict[str, str] = {}
    for edition in editions:
        for section in edition.sections:
            if section.story == story.id and section.heading.strip():
                found.setdefault(edition.language, section.heading)
    return found


def _base(languages: Iterable[str]) -> str:
    """English where it is there, else the first language by name."""
    known = sorted(languages)
    return "en" if "en" in known else known[0]


def _grouping(bundle: Bundle, story: Story) -> str:
    claims = {claim.id: claim for claim in bundle.issue.month.claims}
    markings = [claims[one].marking for one in story.claims if one in claims]
    headings = _headings(bundle.issue.editions, story)
    subjects = [one for one in (object_of(bundle, term) for term in story.subjects) if one]
    refs = {
        *subjects,
        *(stable_id("report", one) for one in story.reports if one in bundle.documents),
        *(bundle.of_claim[one] for one in story.claims if one in bundle.of_claim),
        *(bundle.of_assessment[one] for one in story.assessments if one in bundle.of_assessment),
    }
    base = _base(headings) if headings else "en"
    fallback = ", ".join(term.name for term in story.subjects) or story.id
    id_ = bundle.add(
        "Grouping",
        id=stable_id("grouping", str(bundle.issue.month.period), story.id),
        name=printable(headings.get(base, fallback)),
        context="unspecified",
        lang=base,
        object_refs=sorted(refs) or [bundle.us],
        **bundle.ours(*markings),
    )
    others = {lang: {"name": printable(text)} for lang, text in headings.items() if lang != base}
    _translated(bundle, id_, others, markings)
    return id_


def _edition_texts(edition: Edition) -> dict[str, str]:
    opening = edition.opening.paragraphs
    gap = "" if edition.language == "ja" else " "
    text = "\n".join(gap.join(sentence.text for sentence in paragraph) for paragraph in opening)
    return {"name": printable(edition.title), "description": printable(text, edition.title or "untitled")}


def _own_report(bundle: Bundle, editions: Sequence[Edition], groupings: Mapping[str, str]) -> None:
    """One audience of the issue: a report of ours in one language, its other languages beside it."""
    texts = {edition.language: _edition_texts(edition) for edition in editions}
    base = _base(texts)
    chosen = next(edition for edition in editions if edition.language == base)
    stories = {section.story for section in chosen.sections}
    reports = {reference.report for reference in chosen.references if reference.report in bundle.documents}
    judged = {one for sentence in chosen.sentences() for one in sentence.assessments}
    refs = {
        *(groupings[one] for one in stories if one in groupings),
        *(stable_id("report", one) for one in reports),
        *(bundle.of_assessment[one] for one in judged if one in bundle.of_assessment),
    }
    markings = [bundle.documents[one].marking for one in reports]
    id_ = bundle.add(
        "Report",
        id=stable_id("report", "ours", str(bundle.issue.month.period), chosen.kind.value),
        published=moment(bundle.issue.month.as_of),
        report_types=["threat-report"],
        lang=base,
        labels=[chosen.kind.value],
        object_refs=sorted(refs) or [bundle.us],
        **texts[base],
        **bundle.ours(*markings),
    )
    _translated(bundle, id_, {lang: text for lang, text in texts.items() if lang != base}, markings)


def _frame(bundle: Bundle) -> None:
    """Our identity and our extension, which the rest points at."""
    marks = bundle.marked(Tlp.CLEAR)
    bundle.add(
        "Identity",
        id=bundle.us,
        name=printable(bundle.organisation),
        identity_class="organization",
        **{**bundle.named(object_marking_refs=marks), "created_by_ref": None},
    )
    bundle.add(
        "ExtensionDefinition",
        id=bundle.extension,
        name="geppo claims and assessments",
        description="What a claim says beside its relationship, and likelihood and confidence of an assessment apart.",
        schema=(
            "On relationship and note: claim_id, predicate, subject_name, object_name, hedge_rung, hedge_text, "
            "source_confidence, negated, voices, count_value, count_bound, count_unit, happened, passage_document "
            "(SHA-256), passage_start, passage_end (characters). On opinion and note: assessment_id, assessment_kind, "
            "likelihood_low, likelihood_point, likelihood_high (0 to 1), likelihood_word (ICD 203), "
            "analytic_confidence, evidence, rivals, would_change."
        ),
        version=EXTENSION_VERSION,
        extension_types=["property-extension"],
        **{**bundle.named(object_marking_refs=marks), "modified": tables()["first_created"]},
    )


def _markings(bundle: Bundle) -> None:
    """The TLP 2.0 markings in use, as OASIS defines them."""
    table = tables()["markings"]
    for marking in sorted(bundle.markings):
        level = marking.label.removeprefix("TLP:").lower()
        bundle.add(
            "MarkingDefinition",
            id=marking_id(marking),
            created=table["created"],
            name=marking.label,
            extensions={table["extension"]: {"extension_type": "property-extension", "tlp_2_0": level}},
        )


def to_bundle(issue: Issue, organisation: str) -> bytes:
    """The issue as a STIX 2.1 bundle in UTF-8 JSON, objects sorted by id; `organisation` signs what is ours.

    Equal issues give equal bytes. Raises InputError where a part of the issue is no valid STIX.
    """
    from stix2.serialization import STIXJSONEncoder

    bundle = Bundle(issue=issue, organisation=organisation)
    _frame(bundle)
    for claim in issue.month.claims:
        _claim(bundle, claim)
    for document in issue.month.documents:
        _report(bundle, document)
    for assessment in issue.month.assessments:
        _assessment(bundle, assessment)
    groupings = {story.id: _grouping(bundle, story) for story in issue.month.stories}
    for kind in sorted({edition.kind for edition in issue.editions}):
        _own_report(bundle, [edition for edition in issue.editions if edition.kind is kind], groupings)
    _markings(bundle)
    parts = (str(issue.month.period), moment(issue.month.as_of), organisation, *sorted(bundle.objects))
    whole = {
        "type": "bundle",
        "id": stable_id("bundle", *parts),
        "objects": [bundle.objects[id_] for id_ in sorted(bundle.objects)],
    }
    return (json.dumps(whole, cls=STIXJSONEncoder, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
