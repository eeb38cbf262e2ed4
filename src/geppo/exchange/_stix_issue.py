"""What is ours as a whole: stories, the editions of an issue, our identity, our extension, the markings in use."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import Any

from geppo.exchange._package import Frame
from geppo.exchange._stix_bundle import EXTENSION_VERSION, Bundle, moment, object_of, printable, tables
from geppo.model.edition import Edition, Story
from geppo.model.marking import Tlp

SCHEMA = "extension.schema.json"
"""The schema of the extension's records, beside this module."""


def _translated(bundle: Bundle, id_: str, contents: Mapping[str, Mapping[str, str]], markings: Iterable[Tlp]) -> None:
    """Texts of an object of ours in further languages; as notes where the consumer knows no language content."""
    if contents and not bundle.profile.language_content:
        for language, texts in sorted(contents.items()):
            bundle.add(
                "Note",
                id=bundle.id("note", "translation", id_, language),
                abstract=texts["name"],
                content=texts.get("description", texts["name"]),
                lang=language,
                object_refs=[id_],
                labels=bundle.labelled(*markings),
                **bundle.ours(*markings),
            )
    elif contents:
        bundle.add(
            "LanguageContent",
            id=bundle.id("language-content", id_),
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


def add_story(bundle: Bundle, story: Story) -> str:
    markings = bundle.closed(*story.claims, *story.reports, *story.origins)
    headings = _headings(bundle.issue.editions, story)
    subjects = [one for one in (object_of(bundle, term) for term in story.subjects) if one]
    refs = {
        *subjects,
        *(bundle.id("report", one) for one in story.reports if one in bundle.documents),
        *(bundle.of_claim[one] for one in story.claims if one in bundle.of_claim),
        *(bundle.of_assessment[one] for one in story.assessments if one in bundle.of_assessment),
    }
    base = _base(headings) if headings else "en"
    fallback = ", ".join(term.name for term in story.subjects) or story.id
    id_ = bundle.add(
        "Grouping",
        id=bundle.id("grouping", str(bundle.issue.month.period), story.id),
        name=printable(headings.get(base, fallback)),
        context="unspecified",
        lang=base,
        object_refs=sorted(refs) or [bundle.us],
        labels=bundle.labelled(*markings),
        extensions=bundle.extended("story", story, story_id=story.id, rank=story.rank),
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


def add_edition(bundle: Bundle, editions: Sequence[Edition], groupings: Mapping[str, str]) -> None:
    """One audience of the issue: a report of ours in one language, its other languages beside it."""
    texts = {edition.language: _edition_texts(edition) for edition in editions}
    base = _base(texts)
    chosen = next(edition for edition in editions if edition.language == base)
    stories = {section.story for section in chosen.sections}
    reports = {reference.report for reference in chosen.references if reference.report in bundle.documents}
    judged = {one for sentence in chosen.sentences() for one in sentence.assessments}
    refs = {
        *(groupings[one] for one in stories if one in groupings),
        *(bundle.id("report", one) for one in reports),
        *(bundle.of_assessment[one] for one in judged if one in bundle.of_assessment),
    }
    said = {one for edition in editions for sentence in edition.sentences() for one in sentence.claims}
    markings = bundle.closed(*said, *reports)
    id_ = bundle.add(
        "Report",
        id=bundle.id("report", "ours", str(bundle.issue.month.period), chosen.kind.value),
        published=moment(bundle.issue.month.as_of),
        report_types=["threat-report"],
        lang=base,
        labels=bundle.labelled(*markings, others=(chosen.kind.value,)),
        object_refs=sorted(refs) or [bundle.us],
        extensions=_frame_extension(bundle),
        **texts[base],
        **bundle.ours(*markings),
    )
    _translated(bundle, id_, {lang: text for lang, text in texts.items() if lang != base}, markings)


def add_nothing_written(bundle: Bundle) -> None:
    """A report of ours for a month without editions: what it holds needs a frame."""
    period = str(bundle.issue.month.period)
    bundle.add(
        "Report",
        id=bundle.id("report", "ours", period, "none"),
        name=period,
        published=moment(bundle.issue.month.as_of),
        report_types=["threat-report"],
        lang="en",
        labels=bundle.labelled(Tlp.CLEAR),
        object_refs=[bundle.us],
        extensions=_frame_extension(bundle),
        **bundle.ours(Tlp.CLEAR),
    )


def _frame_extension(bundle: Bundle) -> dict[str, Any]:
    return bundle.extended("frame", Frame.of(bundle.package))


def add_us(bundle: Bundle) -> None:
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
        name="geppo records",
        description="What a claim says beside its relationship; likelihood and confidence of an assessment apart.",
        schema=_schema(),
        version=EXTENSION_VERSION,
        extension_types=["property-extension"],
        **{**bundle.named(object_marking_refs=marks), "modified": tables()["first_created"]},
    )


def _schema() -> str:
    text = resources.files("geppo.exchange").joinpath(SCHEMA).read_text(encoding="utf-8")
    return json.dumps(json.loads(text), separators=(",", ":"))


def add_markings(bundle: Bundle) -> None:
    """The markings in use, as the profile's consumer knows them."""
    for marking in sorted(bundle.markings):
        for made in _marking_objects(bundle, marking):
            bundle.objects[made["id"]] = made


def _marking_objects(bundle: Bundle, marking: Tlp) -> list[Any]:
    import stix2

    chosen = tables()["markings"]
    common = {"created": chosen["created"]}
    out: list[Any] = []
    for uuid in chosen[bundle.profile.markings][marking.label]:
        id_ = f"marking-definition--{uuid}"
        known = (stix2.TLP_WHITE, stix2.TLP_GREEN, stix2.TLP_AMBER, stix2.TLP_RED)
        first_version = next((one for one in known if one["id"] == id_), None)
        if first_version is not None:
            out.append(first_version)
        elif bundle.profile.markings == "oasis":
            level = marking.label.removeprefix("TLP:").lower()
            extension = {chosen["extension"]: {"extension_type": "property-extension", "tlp_2_0": level}}
            out.append(stix2.v21.MarkingDefinition(id=id_, name=marking.label, extensions=extension, **common))
        else:
            out.append(_statement(bundle, id_, marking, common))
    return out


def _statement(bundle: Bundle, id_: str, marking: Tlp, common: dict[str, str]) -> Any:
    """AMBER+STRICT, which TLP 1 has not: OpenCTI's own object, or a statement that stands beside TLP:AMBER."""
    import stix2

    given: dict[str, Any] = {"id": id_, "name": marking.label, "definition_type": "statement", **common}
    if bundle.profile.opencti:
        given |= {"x_opencti_definition_type": "TLP", "x_opencti_definition": marking.label}
    text = "custom" if bundle.profile.opencti else tables()["markings"]["strict_statement"]
    return stix2.v21.MarkingDefinition(
        definition=stix2.v21.StatementMarking(statement=text), allow_custom=bundle.profile.opencti, **given
    )
