"""Further claims that a language model proposes for a sentence, checked against what our own extractors find there.

The model chooses among numbers, predicates and rungs that it is given: nothing that it writes itself gets into a claim.
Asked about are sentences that name two things, in which no rule found a claim, and in which no speaker, negator or
question stands, since who says a thing and which way round it is are read by rules alone.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from geppo.catalog import Catalog
from geppo.language import hedges as hedging
from geppo.language.sentences import Span, sentences
from geppo.language.voices import voices
from geppo.llm.record import Proposal, Reason
from geppo.llm.session import Question, Session
from geppo.model.claim import STRENGTH, Claim, Hedge, Predicate, Rung
from geppo.model.entity import Mention, Term
from geppo.model.report import Document, Passage, Report
from geppo.read.names import slug
from geppo.read.rules import rules
from geppo.read.typed import pattern_kind

WHERE = "reading"
LAYER = "llm"
"""The part of a claim's rule that says which layer found it: `en/llm`."""

_RUNGS = (Rung.CONFIRMED, Rung.VERY_LIKELY, Rung.LIKELY, Rung.SUGGESTS, Rung.POSSIBLE)
"""What a model may say of how sure a sentence is; forecasts, denials and hearsay are left to the rules."""

_KEYS = {"subject", "predicate", "object", "hedge", "negated"}
_QUESTION_MARKS = ("?", "？")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kinds:
    subject: frozenset[str]
    object: frozenset[str]
    words: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A sentence that may be asked about: its names by number, its hedge, and the predicates that it has words for."""

    document: Document
    span: Span
    names: tuple[tuple[Mention, Term], ...]
    hedge: Hedge
    sayable: tuple[Predicate, ...]

    @property
    def text(self) -> str:
        return self.document.text[self.span.start : self.span.end]


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("geppo.read").joinpath("proposed.toml").read_text(encoding="utf-8"))


@cache
def _predicates() -> Mapping[Predicate, _Kinds]:
    return {
        Predicate(row["name"]): _Kinds(
            subject=frozenset(row["subject"]), object=frozenset(row["object"]), words=row["words"]
        )
        for row in _data()["predicate"]
    }


def further(
    reports: Sequence[Report], claims: Sequence[Claim], catalog: Catalog, session: Session
) -> tuple[Claim, ...]:
    """The proposed claims that hold, in the order of reports and sentences. What became of each is in the session."""
    stated = {(claim.report, claim.passage.start) for claim in claims}
    left = session.options.claims_most
    out: list[Claim] = []
    for report in reports:
        for asked in _sentences(report, stated, catalog):
            if left <= 0:
                return tuple(out)
            left -= 1
            out += _proposed(asked, session)
    return tuple(out)


def _sentences(report: Report, stated: set[tuple[str, int]], catalog: Catalog) -> Iterator[_Asked]:
    document = report.document
    limits = _data()["limits"]
    for span in sentences(document.text, document.language):
        text = document.text[span.start : span.end]
        if (report.id, span.start) in stated or len(text) > limits["characters"]:
            continue
        names = _names(report, span, catalog)
        if not 2 <= len(names) <= limits["mentions"]:
            continue
        sayable = _sayable(text, document.language, names)
        if not sayable:
            continue
        hedge = _hedge(document, span)
        if hedge is not None:
            yield _Asked(document=document, span=span, names=names, hedge=hedge, sayable=sayable)


def _names(report: Report, span: Span, catalog: Catalog) -> tuple[tuple[Mention, Term], ...]:
    """The names of a sentence that can be subject or object, each once."""
    kinds = {kind for row in _predicates().values() for kind in row.subject | row.object}
    found: dict[str, tuple[Mention, Term]] = {}
    for mention in report.mentions:
        if span.start <= mention.start and mention.end <= span.end and mention.id:
            identifier = catalog.canonical(mention.id) or f"new:{slug(mention.name)}"
            term = Term(kind=mention.kind, id=identifier, name=mention.name)
            if pattern_kind(term) in kinds:
                found.setdefault(identifier, (mention, term))
    return tuple(found.values())


def _sayable(text: str, language: str, names: Sequence[tuple[Mention, Term]]) -> tuple[Predicate, ...]:
    """The predicates that a sentence has a word for, that fit two of its names, and that no guard of the rules stops.

    Without the word a model that does as a document tells it could state anything of any two names of a sentence.
    """
    lowered, known = text.lower(), rules(language)
    if known.unreal is not None and known.unreal.search(text):
        return ()
    if any(word in lowered for words in _data()["addressed"].values() for word in words):
        return ()
    found = []
    for predicate, kinds in _predicates().items():
        guard = known.guards.get(predicate)
        if not any(word in lowered for word in kinds.words.get(language, ())) or (guard and guard.search(text)):
            continue
        if any(_fits(predicate, subject, object_) for _, subject in names for _, object_ in names):
            found.append(predicate)
    return tuple(found)


def _fits(predicate: Predicate, subject: Term, object_: Term) -> bool:
    kinds = _predicates()[predicate]
    typed = pattern_kind(subject) in kinds.subject and pattern_kind(object_) in kinds.object
    return typed and subject.id != object_.id


def _hedge(document: Document, span: Span) -> Hedge | None:
    """What the words of a sentence say of how sure it is; None where it is one for the rules alone."""
    text, language = document.text, document.language
    if hedging.negations(text, span, language) or voices(text, span, language):
        return None
    if any(mark in text[span.start : span.end] for mark in _QUESTION_MARKS):
        return None
    marks = hedging.hedges(text, span, language)
    graded = hedging.grade(text, span, language)
    if graded is not None or any(mark.rung not in _RUNGS for mark in marks):
        return None
    rung = hedging.combine([mark.rung for mark in marks]) if marks else Rung.CONFIRMED
    return Hedge(rung=rung, text=" … ".join(mark.text for mark in marks))


def _proposed(asked: _Asked, session: Session) -> tuple[Claim, ...]:
    """The claims of one sentence. One that fails takes the others with it: the model made something up there."""
    reply = session.ask(_question(asked))
    claims: tuple[Claim, ...] = ()
    reason = reply.reason
    if reply.answer is not None:
        claims, reason = _checked(reply.answer, asked)
        session.keep(reply, reason)
    session.proposals.append(
        Proposal(
            where=WHERE,
            about=f"{asked.document.sha256}:{asked.span.start}",
            reason=reason,
            prompt=reply.key,
            answer=reply.digest,
            text=" ".join(claim.id for claim in claims),
        )
    )
    return claims


def _question(asked: _Asked) -> Question:
    predicates = [predicate.value for predicate in asked.sayable]
    rungs = [rung.value for rung in _RUNGS]
    number = {"type": "integer", "minimum": 1, "maximum": len(asked.names)}
    row = {
        "type": "object",
        "properties": {
            "subject": number,
            "predicate": {"type": "string", "enum": predicates},
            "object": number,
            "hedge": {"type": "string", "enum": rungs},
            "negated": {"type": "boolean"},
        },
        "required": sorted(_KEYS),
        "additionalProperties": False,
    }
    rows = {"type": "array", "maxItems": _data()["limits"]["claims"], "items": row}
    return Question(
        task="claims.any",
        data={
            "passage": asked.text,
            "language": asked.document.language,
            "mentions": [
                {"number": number, "name": mention.surface, "kind": pattern_kind(term)}
                for number, (mention, term) in enumerate(asked.names, start=1)
            ],
            "predicates": predicates,
            "hedges": rungs,
        },
        schema={
            "type": "object",
            "properties": {"claims": rows},
            "required": ["claims"],
            "additionalProperties": False,
        },
        marking=asked.document.marking,
    )


def _checked(answer: Mapping[str, Any], asked: _Asked) -> tuple[tuple[Claim, ...], Reason | None]:
    """The claims of an answer, or why it is dropped."""
    rows = answer.get("claims")
    if set(answer) != {"claims"} or not isinstance(rows, list) or len(rows) > _data()["limits"]["claims"]:
        return (), Reason.SHAPE
    if not rows:
        return (), Reason.NOTHING
    found: dict[str, Claim] = {}
    for row in rows:
        made = _claim(row, asked)
        if isinstance(made, Reason):
            return (), made
        found.setdefault(made.id, made)
    return tuple(found.values()), None


def _claim(row: object, asked: _Asked) -> Claim | Reason:
    if not isinstance(row, dict) or set(row) != _KEYS or type(row["negated"]) is not bool:
        return Reason.SHAPE
    numbers = (row["subject"], row["object"])
    if any(type(number) is not int or not 1 <= number <= len(asked.names) for number in numbers):
        return Reason.MENTION
    subject, object_ = (asked.names[number - 1][1] for number in numbers)
    known = {predicate.value: predicate for predicate in asked.sayable}
    predicate = known.get(row["predicate"]) if isinstance(row["predicate"], str) else None
    if predicate is None or not _fits(predicate, subject, object_):
        return Reason.PREDICATE
    rungs = {rung.value: rung for rung in _RUNGS}
    rung = rungs.get(row["hedge"]) if isinstance(row["hedge"], str) else None
    if rung is None or STRENGTH[rung] > STRENGTH[asked.hedge.rung]:
        return Reason.HEDGES
    if row["negated"]:
        # Sentences with a negator are not asked about, so there is none that a denial could rest on.
        return Reason.NEGATION
    return _built(asked, predicate, subject, object_, rung)


def _built(asked: _Asked, predicate: Predicate, subject: Term, object_: Term, rung: Rung) -> Claim:
    document = asked.document
    parts = (LAYER, document.sha256, predicate.value, str(asked.span.start), subject.id, object_.id)
    return Claim(
        id="c" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12],
        report=document.sha256,
        publisher=document.publisher.partition("(")[0].strip() or document.publisher,
        predicate=predicate,
        subject=subject,
        object=object_,
        qualifiers=(),
        count=None,
        when=None,
        hedge=Hedge(rung=rung, text=asked.hedge.text),
        negated=False,
        voices=(),
        passage=Passage(document=document.sha256, start=asked.span.start, end=asked.span.end, text=asked.text),
        published=document.published,
        rule=f"{document.language}/{LAYER}",
        marking=document.marking,
    )
