"""What sources say as theirs and what we judge as ours: reports, relationships, notes and opinions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from geppo.exchange._sound import sound_url
from geppo.exchange._stix_bundle import Bundle, midnight, object_of, printable, relationship_type, tables
from geppo.model.assessment import Assessment, AssessmentKind, Likelihood
from geppo.model.claim import Claim, Rung
from geppo.model.marking import Tlp
from geppo.model.report import Document, Report

_INSUFFICIENT = "insufficient"
"""The judge's word where too little is known to state a likelihood."""
_NOT_ASSERTED = frozenset((Rung.NOT_FOUND, Rung.DENIES))


def source_of(document: Document) -> dict[str, Any]:
    """The external reference to a document; an address that is no web address is left out."""
    reference: dict[str, Any] = {
        "source_name": printable(document.publisher),
        "description": printable(document.title, document.name or "untitled"),
    }
    if sound_url(document.url):
        reference |= {"url": document.url, "hashes": {"SHA-256": document.sha256}}
    return reference


def _language(document: Document | None) -> str | None:
    known = document is not None and document.language.isascii() and len(document.language) == 2
    return document.language if document and known else None


def _claim_extension(bundle: Bundle, claim: Claim) -> dict[str, Any]:
    count = claim.count
    return bundle.extended(
        "claim",
        claim,
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


def add_claim(bundle: Bundle, claim: Claim) -> None:
    """A relationship where STIX can say it, else a note on what the claim is about."""
    document = bundle.documents.get(claim.passage.document)
    source, target = object_of(bundle, claim.subject), object_of(bundle, claim.object)
    common: dict[str, Any] = {
        "created_by_ref": bundle.publisher(claim.publisher),
        "created": midnight(claim.published),
        "modified": midnight(claim.published),
        "lang": _language(document),
        "confidence": tables()["confidence"]["rung"].get(claim.hedge.rung.value),
        "external_references": [source_of(document)] if document else [],
        "object_marking_refs": bundle.marked(bundle.marking[claim.id]),
        "labels": bundle.labelled(bundle.marking[claim.id]),
        "extensions": _claim_extension(bundle, claim),
    }
    text = printable(claim.passage.text)
    asserted = not claim.negated and claim.hedge.rung not in _NOT_ASSERTED
    if asserted and source and target and source != target:
        kind = relationship_type(claim.predicate.value, source.partition("--")[0], target.partition("--")[0])
        made = bundle.add(
            "Relationship",
            id=bundle.id("relationship", claim.id),
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
            id=bundle.id("note", claim.id),
            abstract=f"{'not: ' if claim.negated else ''}{claim.predicate.value}: {printable(claim.subject.name)}",
            content=text,
            authors=[printable(claim.speaker)],
            object_refs=list(dict.fromkeys(about)) or [bundle.id("report", claim.report)],
            **common,
        )
    bundle.of_claim[claim.id] = made
    bundle.said.setdefault(claim.report, []).extend(one for one in (made, source, target) if one)


def _report_extension(bundle: Bundle, document: Document, report: Report | None) -> dict[str, Any]:
    """The record without what must not or need not leave: the text of the page, its links, the places of names."""
    bare = replace(document, text="", links=())
    said = {
        "document_sha256": document.sha256,
        "source_reliability": bundle.grades.get(document.publisher, ""),
    }
    if report is None:
        return bundle.extended("document", bare, **said)
    return bundle.extended("report", replace(report, document=bare, mentions=()), **said)


def add_report(bundle: Bundle, document: Document, report: Report | None) -> None:
    """A document as a report of its publisher, about all that it says."""
    publisher = bundle.publisher(document.publisher)
    refs = sorted(set(bundle.said.get(document.sha256, ()))) or [publisher]
    bundle.add(
        "Report",
        id=bundle.id("report", document.sha256),
        name=printable(document.title, document.name or "untitled"),
        created_by_ref=publisher,
        created=midnight(document.published),
        modified=midnight(document.published),
        published=midnight(document.published),
        report_types=["threat-report"],
        lang=_language(document),
        labels=bundle.labelled(document.marking, others=("retold-in-a-note",) if document.note else ()),
        object_refs=refs,
        external_references=[source_of(document)],
        object_marking_refs=bundle.marked(document.marking),
        extensions=_report_extension(bundle, document, report),
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
        "assessment",
        replace(assessment, likelihood=likelihood),
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


def add_assessment(bundle: Bundle, assessment: Assessment) -> None:
    """An opinion on the relationships it is about where it has a likelihood, else a note."""
    origins = (*assessment.origins.roots, *assessment.origins.repeats)
    marking = max(bundle.closed(*assessment.claims, *origins), default=Tlp.CLEAR)
    about = [bundle.of_claim[one] for one in assessment.claims if one in bundle.of_claim]
    relationships = sorted({one for one in about if one.startswith("relationship--")})
    subjects = [one for one in (object_of(bundle, term) for term in assessment.subjects) if one]
    level = tables()["confidence"]["level"]
    common: dict[str, Any] = {
        **bundle.ours(marking),
        "confidence": level[assessment.confidence.value] if assessment.confidence else None,
        "authors": [bundle.organisation],
        "lang": "en",
        "labels": bundle.labelled(marking),
        "extensions": _judgement_extension(bundle, assessment),
    }
    text = _judgement_text(assessment)
    period = str(bundle.issue.month.period)
    likelihood = _stated(assessment)
    if likelihood and relationships:
        made = bundle.add(
            "Opinion",
            id=bundle.id("opinion", period, assessment.id),
            opinion=tables()["opinion"][likelihood.word.value],
            explanation=text,
            object_refs=relationships,
            **common,
        )
    else:
        made = bundle.add(
            "Note",
            id=bundle.id("note", period, assessment.id),
            abstract=assessment.kind.value,
            content=text,
            object_refs=sorted({*subjects, *about}) or [bundle.us],
            **common,
        )
    bundle.of_assessment[assessment.id] = made
    _related(bundle, assessment, marking)


def _related(bundle: Bundle, assessment: Assessment, marking: Tlp) -> None:
    """Two names that we hold to be likely one are `related-to` by us, and never aliases of each other."""
    likelihood = _stated(assessment)
    if assessment.kind is not AssessmentKind.OVERLAP or likelihood is None or len(assessment.subjects) != 2:
        return
    if likelihood.word.value not in tables()["overlap"]["related_from"]:
        return
    first, second = (object_of(bundle, term) for term in assessment.subjects)
    if not (first and second) or first == second:
        return
    confidence = assessment.confidence.value if assessment.confidence else ""
    bundle.add(
        "Relationship",
        id=bundle.id("relationship", "ours", str(bundle.issue.month.period), assessment.id),
        relationship_type="related-to",
        source_ref=first,
        target_ref=second,
        description=f"Our assessment {assessment.id}; the reasons stand in the note or opinion of that id.",
        confidence=tables()["confidence"]["level"].get(confidence),
        labels=bundle.labelled(marking),
        lang="en",
        **bundle.ours(marking),
    )
