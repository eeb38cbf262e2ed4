"""What opens under a sentence: claims with their passages, and assessments with what speaks for and against them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from geppo.catalog import Catalog
from geppo.deliver._charts.gauge import draw_gauge, percent, range_text
from geppo.deliver._shown import quiet, shown, visible, web_address
from geppo.deliver._words import Words
from geppo.model.assessment import Assessment, Confidence, Evidence, Likelihood
from geppo.model.claim import Claim, Count, Grade, Rung
from geppo.model.edition import Month
from geppo.model.entity import Kind, Term
from geppo.model.marking import Tlp
from geppo.model.report import Document

_HASH_SHOWN = 12
_TRANSLATED = frozenset({Kind.CONCEPT, Kind.SECTOR, Kind.LOCATION})
_DOTS: Mapping[str, int] = {Confidence.LOW: 1, Confidence.MODERATE: 2, Confidence.HIGH: 3}
_NAMED = "named:"
_INSUFFICIENT = "insufficient"
"""What the judge puts for the word where the range is too wide or nothing is shared (ICD 203 has no such band)."""
_SIDES = (("a", "a_by"), ("b", "b_by"), ("root_value", "root_by"), ("repeat_value", "repeat_by"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Who does what to whom."""

    id: str
    subject: str
    predicate: str
    object: str
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimView:
    """Claims of one passage as they are opened. `hedge` is our word for the rung, `hedge_text` the source's own."""

    statements: tuple[Statement, ...]
    speaker: str
    via: str
    extras: tuple[tuple[str, str], ...]
    hedge: str
    hedge_text: str
    grade: str
    passage: str
    language: str
    title: str
    publisher: str
    published: str
    href: str
    address: str
    offsets: str
    hash: str
    note: bool
    marking: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One piece of evidence: what, which value, how heavy, why."""

    kind: str
    value: str
    weight: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentView:
    """A judgement as it is opened. `dots` is 1 to 3, or 0 where no confidence was given."""

    id: str
    kind: str
    subjects: str
    likelihood: str
    range: str
    gauge: str
    confidence: str
    because: str
    dots: int
    supports: tuple[Argument, ...]
    against: tuple[Argument, ...]
    unused: tuple[Argument, ...]
    rivals: tuple[tuple[str, str], ...]
    would_change: tuple[tuple[str, str], ...]
    sides: tuple[tuple[str, str, str], ...]
    origins: tuple[str, ...]
    repeats: tuple[str, ...]


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def _signed(value: float, digits: int = 1) -> str:
    """A number with its sign, as print has it; nothing that rounds to zero carries one."""
    text = f"{value:+.{digits}f}"
    return text.lstrip("+-") if float(text) == 0 else text.replace("-", "−")


def _letters(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


class Basis:
    """The month's claims and assessments by id, as views in one language. Each is built once."""

    def __init__(self, month: Month, words: Words) -> None:
        self._words = words
        self._documents = {document.sha256: document for document in month.documents}
        self._claims = {claim.id: claim for claim in month.claims}
        self._assessments = {assessment.id: assessment for assessment in month.assessments}
        self._voices = {_letters(voice): voice for claim in reversed(month.claims) for voice in claim.voices}
        self._claim_views: dict[str, ClaimView] = {}
        self._assessment_views: dict[str, AssessmentView] = {}

    def document(self, sha256: str) -> Document | None:
        """The archived document of that hash, if the month has it."""
        return self._documents.get(sha256)

    def claims(self, ids: Iterable[str]) -> tuple[ClaimView, ...]:
        """Views of the claims that the month has, in the order of the ids; one passage's claims stand together."""
        views: dict[ClaimView, tuple[Statement, ...]] = {}
        for one in ids:
            if one in self._claims:
                view = self._claim(self._claims[one])
                key = replace(view, statements=())
                views[key] = views.get(key, ()) + view.statements
        return tuple(replace(key, statements=statements) for key, statements in views.items())

    def assessments(self, ids: Iterable[str]) -> tuple[AssessmentView, ...]:
        """Views of the assessments that the month has, in the order of the ids."""
        return tuple(self._assessment(self._assessments[one]) for one in ids if one in self._assessments)

    def _claim(self, claim: Claim) -> ClaimView:
        if claim.id not in self._claim_views:
            self._claim_views[claim.id] = self._view_claim(claim)
        return self._claim_views[claim.id]

    def _assessment(self, assessment: Assessment) -> AssessmentView:
        if assessment.id not in self._assessment_views:
            self._assessment_views[assessment.id] = self._view_assessment(assessment)
        return self._assessment_views[assessment.id]

    def _term(self, term: Term) -> str:
        """A thing by its name; a class of things or a state by the word of the page's language."""
        own = term.kind in _TRANSLATED and self._words.language != "en"
        return shown((Catalog.load().label(term, self._words.language) if own else None) or term.name)

    def _count(self, count: Count) -> str:
        number = self._words.of("bound", count.bound.value).format(n=_number(count.value))
        unit = "%" if count.unit.name == "percent" or count.unit.id.endswith("/percent") else self._term(count.unit)
        return f"{number} {unit}".strip()

    def _object(self, claim: Claim) -> str:
        """What the claim says of its subject: the object, or the count where there is no object."""
        if claim.object:
            return self._term(claim.object)
        return self._count(claim.count) if claim.count else ""

    def _extras(self, claim: Claim) -> tuple[tuple[str, str], ...]:
        known = self._words.groups["term"]
        rows = [
            (self._words.of("qualifier", role), known.get(term.id) or self._term(term))
            for role, term in claim.qualifiers
        ]
        if claim.count and claim.object:
            rows.append((self._words.ui("count"), self._count(claim.count)))
        if claim.when:
            rows.append((self._words.ui("when"), self._words.when(claim.when)))
        return tuple(rows)

    def _grade(self, grade: Grade | None) -> str:
        return self._words.of("grade", grade.value) if grade else ""

    def _statement(self, claim: Claim) -> Statement:
        return Statement(
            id=visible(claim.id),
            subject=self._term(claim.subject),
            predicate=self._words.of("predicate", claim.predicate.value),
            object=self._object(claim),
            negated=claim.negated,
        )

    def _view_claim(self, claim: Claim) -> ClaimView:
        document = self._documents.get(claim.passage.document)
        outer = [visible(voice) for voice in (claim.publisher, *claim.voices[:-1])] if claim.voices else []
        url = document.url if document else ""
        return ClaimView(
            statements=(self._statement(claim),),
            speaker=visible(claim.speaker),
            via=" ← ".join(outer[::-1]),
            extras=self._extras(claim),
            hedge=self._words.of("rung", claim.hedge.rung.value),
            hedge_text=shown(claim.hedge.text),
            grade=self._grade(claim.hedge.grade),
            passage=shown(claim.passage.text),
            language=document.language if document and document.language.isascii() else "",
            title=quiet(document.title) if document else self._words.ui("missing_document"),
            publisher=visible(document.publisher if document else claim.publisher),
            published=self._words.day(claim.published),
            href=web_address(url),
            address=visible(url) if web_address(url) else shown(url),
            offsets=self._words.ui("offsets", start=claim.passage.start, end=claim.passage.end),
            hash=claim.passage.document[:_HASH_SHOWN],
            note=bool(document and document.note),
            marking=claim.marking.label if claim.marking is not Tlp.CLEAR else "",
        )

    def _argument(self, evidence: Evidence) -> Argument:
        return Argument(
            kind=self._words.of("evidence", evidence.kind),
            value=self._origin(evidence.value) if self._is_origin(evidence.value) else shown(evidence.value),
            weight=_signed(evidence.weight),
            reason=shown(self._reason(evidence.reason)),
        )

    def _reason(self, text: str) -> str:
        """The judge's reason in our words where they are known, part by part, else as it is."""
        grade, _, rung = text.partition(" ")
        if len(grade) == 1 and rung in set(Rung):
            return self._words.ui("graded", grade=grade, rung=self._words.of("rung", rung))
        for opening, form in self._words.groups["reason_about"].items():
            if text.startswith(opening + " "):
                kind, _, value = text.removeprefix(opening + " ").partition(" ")
                return form.format(what=f"{self._words.of('evidence', kind)} {value}".strip())
        known = self._words.groups["reason"]
        return self._words.mark("colon").join(known.get(part, part) for part in text.split(": "))

    def _is_origin(self, value: str) -> bool:
        return value.startswith(_NAMED) or value in self._documents

    def _origin(self, name: str) -> str:
        if name.startswith(_NAMED):
            named = name.removeprefix(_NAMED)
            return visible(self._voices.get(_letters(named), named))
        document = self._documents.get(name)
        return visible(document.publisher) if document else visible(name)[:_HASH_SHOWN]

    def _shares(self, rows: Sequence[tuple[str, float]]) -> tuple[tuple[str, str], ...]:
        return tuple((shown(self._words.of("hypothesis", name)), f"{percent(share)}\u00a0%") for name, share in rows)

    def _changes(self, rows: Sequence[tuple[str, float]]) -> tuple[tuple[str, str], ...]:
        """What would move the judgement, and by how many points of a hundred."""
        return tuple((shown(self._words.of("change", name)), _signed(shift * 100, 0)) for name, shift in rows)

    def _likelihood(self, assessment: Assessment, stated: Likelihood | None) -> str:
        """The word of a likelihood, or that the judge found too little to give one."""
        if stated:
            return self._words.of("band", stated.word.value)
        return self._words.ui("insufficient") if assessment.likelihood else ""

    def _side(self, value: str) -> str:
        return self._words.of("rung", value) if value in set(Rung) else shown(value)

    def _sides(self, assessment: Assessment) -> tuple[tuple[str, str, str], ...]:
        """What stands against what in a contradiction or a drift of wording: name, value, who says so."""
        return tuple(
            (self._words.of("detail", key), self._side(assessment.get(key)), visible(assessment.get(by)))
            for key, by in _SIDES
            if assessment.get(key)
        )

    def _view_assessment(self, assessment: Assessment) -> AssessmentView:
        stated = assessment.likelihood if assessment.get("word") != _INSUFFICIENT else None
        used = [item for item in assessment.evidence if item.used]
        confidence = assessment.confidence
        return AssessmentView(
            id=visible(assessment.id),
            kind=self._words.of("assessment", assessment.kind.value),
            subjects=self._words.mark("comma").join(self._term(term) for term in assessment.subjects),
            likelihood=self._likelihood(assessment, stated),
            range=range_text(stated) if stated else "",
            gauge=draw_gauge(stated, self._words) if stated else "",
            confidence=self._words.of("confidence", confidence.value) if confidence else "",
            because=self._words.mark("comma").join(
                self._words.of("why", reason) for reason in assessment.get("reasons").split(",") if reason
            ),
            dots=_DOTS[confidence] if confidence else 0,
            supports=tuple(self._argument(item) for item in used if item.weight >= 0),
            against=tuple(self._argument(item) for item in used if item.weight < 0),
            unused=tuple(self._argument(item) for item in assessment.evidence if not item.used),
            rivals=self._shares(assessment.rivals),
            would_change=self._changes(assessment.would_change),
            sides=self._sides(assessment),
            origins=tuple(dict.fromkeys(self._origin(name) for name in assessment.origins.roots)),
            repeats=tuple(dict.fromkeys(self._origin(name) for name in assessment.origins.repeats)),
        )
