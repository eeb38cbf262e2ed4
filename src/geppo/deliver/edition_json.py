"""The issue for other programs: `edition.json`, as the command contract and `edition.schema.json` describe it."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from geppo.config import Settings
from geppo.deliver._page import as_utc
from geppo.deliver._shown import shown
from geppo.deliver._tlp import highest_marking
from geppo.deliver.stix import CEILING
from geppo.exchange import Package, below
from geppo.model.assessment import Assessment, Likelihood
from geppo.model.edition import Edition, Issue, Month, Reference, Section, Sentence, Story
from geppo.model.edits import Remark
from geppo.model.marking import Tlp

FORMAT = "json"
FILE = "edition.json"
INSUFFICIENT = "insufficient"
"""The word where the judge found too little to state a likelihood, though a range can be reckoned."""

Record = dict[str, Any]


def _plain(value: Any) -> Any:
    """A model value as JSON: records as objects with the model's names, dates in ISO 8601, markings by their label."""
    if isinstance(value, Tlp):
        return value.label
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return as_utc(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Likelihood):
        return {"low": value.low, "point": value.point, "high": value.high, "word": value.word.value}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _sentence(sentence: Sentence) -> Record:
    """The sentence; `machine` and `edited_by` stand only where an editor found other words."""
    edited = {"machine": sentence.machine, "edited_by": sentence.edited_by} if sentence.machine else {}
    return {
        "id": sentence.id,
        "text": sentence.text,
        "role": sentence.role.value,
        "claims": list(sentence.claims),
        "assessments": list(sentence.assessments),
        "citations": list(sentence.citations),
        **edited,
    }


def _section(section: Section) -> Record:
    return {
        "id": section.id,
        "heading": section.heading,
        "heading_claims": list(section.heading_claims),
        "heading_assessments": list(section.heading_assessments),
        "story": section.story,
        "paragraphs": [[sentence.id for sentence in paragraph] for paragraph in section.paragraphs],
        "sentences": [_sentence(sentence) for paragraph in section.paragraphs for sentence in paragraph],
        **({"remarks": [_remark(remark) for remark in section.remarks]} if section.remarks else {}),
    }


def _remark(remark: Remark) -> Record:
    return {
        "id": remark.id,
        "text": shown(remark.text),
        "by": remark.by,
        "date": remark.day.isoformat(),
        "sentence": remark.sentence,
        "own": [shown(one) for one in remark.own],
    }


def _edits(issue: Issue) -> Record:
    """Which stories an editor pinned, dropped or put in order; nothing for an issue as the machine wrote it."""
    if issue.editing is None:
        return {}
    edits, known = issue.editing.edits, {story.id for story in issue.month.stories}
    dropped = [{"story": one.story, "reason": one.reason, "by": one.by} for one in edits.drops if one.story in known]
    return {
        "edits": {
            "pinned": [{"story": one.story, "by": one.by} for one in edits.pins if one.story in known],
            "dropped": dropped,
            "order": [story for story in edits.order if story in known],
        }
    }


def _edition(issue: Issue, edition: Edition) -> Record:
    return {
        "language": edition.language,
        "kind": edition.kind.value,
        "marking": highest_marking(issue, edition).label,
        "title": edition.title,
        "subject": edition.subject,
        "key_judgements": [_sentence(sentence) for sentence in edition.key_judgements],
        "sections": [_section(section) for section in (edition.opening, *edition.sections)],
        "pointers": _plain(edition.pointers),
        "figures": _plain(edition.figures),
        "tables": _plain(edition.tables),
        "references": [_reference(reference) for reference in edition.references],
    }


def _reference(reference: Reference) -> Record:
    return {
        "n": reference.n,
        "publisher": reference.publisher,
        "title": reference.title,
        "url": reference.url,
        "published": reference.published.isoformat(),
        "accessed": reference.accessed.isoformat(),
        "report": reference.report,
        "note": reference.note,
    }


def _references(issue: Issue) -> list[Record]:
    """The references of all editions, each once, with the editions that number it so: an excerpt may count anew."""
    found: dict[tuple[int, str], Record] = {}
    for edition in issue.editions:
        for reference in edition.references:
            row = found.setdefault((reference.n, reference.report), {**_reference(reference), "editions": []})
            row["editions"].append(f"{edition.kind.value}.{edition.language}")
    return [found[key] for key in sorted(found)]


def _story(story: Story) -> Record:
    return {
        "id": story.id,
        "rank": story.rank,
        "score": dict(story.score),
        "total": story.total,
        "reports": list(story.reports),
        "independent_origins": len(story.origins),
        "origins": list(story.origins),
        "subjects": _plain(story.subjects),
        "claims": list(story.claims),
        "assessments": list(story.assessments),
        "theme": story.theme,
        "previously": story.previously,
    }


def _assessment(assessment: Assessment) -> Record:
    """The assessment; what the model holds as pairs becomes objects or lists of named values."""
    record: Record = _plain(assessment)
    record["detail"] = dict(assessment.detail)
    if assessment.likelihood and assessment.get("word") == INSUFFICIENT:
        record["likelihood"]["word"] = INSUFFICIENT
    record["rivals"] = [{"name": name, "share": share} for name, share in assessment.rivals]
    record["would_change"] = [{"name": name, "shift": shift} for name, shift in assessment.would_change]
    return record


def _networks(month: Month) -> Record:
    """Networks in our own records, row by row with the row's text; nothing where no note of ours is in the issue."""
    texts = {document.sha256: document.text for document in month.documents}
    rows = [
        {
            "name": one.name,
            "track": one.track,
            "class": one.kind.value,
            "report": one.report,
            "made": one.made,
            "rows": [
                {**_plain(row), "month": str(row.month), "text": shown(texts[one.report][row.start : row.end])}
                for row in one.rows
            ],
        }
        for one in month.networks
        if one.report in texts
    ]
    return {"networks": rows} if rows else {}


def record(issue: Issue) -> Record:
    """The issue as the object that `edition.json` holds."""
    month = issue.month
    documents = [
        {
            "sha256": document.sha256,
            "publisher": document.publisher,
            "title": document.title,
            "url": document.url,
            "language": document.language,
            "published": document.published.isoformat(),
            "collected": as_utc(document.collected).isoformat(),
            "note": document.note,
            "marking": document.marking.label,
        }
        for document in month.documents
    ]
    claims = [{**_plain(claim), "speaker": claim.speaker} for claim in month.claims]
    for claim, row in zip(month.claims, claims, strict=True):
        row["qualifiers"] = [{"role": role, **_plain(term)} for role, term in claim.qualifiers]
    return {
        "period": str(month.period),
        "as_of": as_utc(month.as_of).isoformat(),
        "revision": issue.revision,
        "corrections": [{"corrects": one.corrects, "texts": dict(one.texts)} for one in issue.corrections],
        "editions": [_edition(issue, edition) for edition in issue.editions],
        "stories": [_story(story) for story in month.stories],
        "claims": claims,
        "assessments": [_assessment(assessment) for assessment in month.assessments],
        "references": _references(issue),
        "documents": documents,
        "gaps": _plain(month.gaps),
        **_networks(month),
        **_edits(issue),
    }


def render_issue(issue: Issue, settings: Settings | None = None) -> bytes:
    """The issue as JSON in UTF-8, without what is marked above a member edition: the file goes where the pages go."""
    kept = below(Package(issue=issue, organisation=""), CEILING).issue
    text = json.dumps(record(kept), ensure_ascii=False, indent=1, allow_nan=False)
    return (text + "\n").encode("utf-8", "replace")
