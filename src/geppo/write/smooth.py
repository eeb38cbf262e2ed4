"""Wordings by a language model: taken where they say what the machine's own sentence says, in its words, or dropped.

The gate refuses what a sentence says too much, as far as the reader can read it. A model can also add what no rule
reads. So a wording is held to its sentence: the same names, numbers, dates, hedges and negations, the same claims when
it is read back, and no word beside those of the sentence, function words and our own phrases for the same claim.
Sentences that the reader does not read (our view, origins, trends) are not offered.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

from geppo.language import hedges as hedging
from geppo.language.dates import find_dates
from geppo.language.numbers import find_counts
from geppo.language.sentences import Span, sentences
from geppo.llm.record import Proposal, Reason
from geppo.llm.session import Question, Session
from geppo.model.claim import Claim, Rung
from geppo.model.edition import Edition, Section, Sentence
from geppo.model.entity import Kind
from geppo.model.marking import Tlp
from geppo.write.gate import Gate
from geppo.write.outline import Planner
from geppo.write.statement import Outline, Statement

_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {"sentence": {"type": "string", "maxLength": 600}},
    "required": ["sentence"],
    "additionalProperties": False,
}
STATED = (Rung.VERY_LIKELY, Rung.LIKELY, Rung.SUGGESTS, Rung.POSSIBLE)
"""Rungs whose hedge stands beside the attribution, so that this may be worded as that of a flat statement."""

_LATIN_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_RUNS = re.compile(r"[ぁ-ん]+|[一-龠々〆ヶ]+|[ァ-ヺー・]+|[^\sぁ-ん一-龠々〆ヶァ-ヺー・、。（）「」『』]+")
_HIRAGANA = re.compile(r"[ぁ-ん]+")
_SLOTS = re.compile(r"\{[^{}]*\}|[\[\]]")
_OPENING = re.compile(r"[^,、]*[,、]?")
_DIGITS = re.compile(r"\d+")


@cache
def _rules() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("geppo.write").joinpath("smooth.toml").read_text(encoding="utf-8"))


def marking(claims: Iterable[str], assessments: Iterable[str], planner: Planner) -> Tlp:
    """The highest marking of what a sentence rests on; RED where a part of it is not known here."""
    ids = list(claims)
    highest = Tlp.CLEAR
    for one in assessments:
        known = planner.assessments.get(one)
        if known is None:
            return Tlp.RED
        ids += known.claims
    for identifier in ids:
        claim = planner.claims.get(identifier)
        document = planner.documents.get(claim.report) if claim else None
        if claim is None or document is None:
            return Tlp.RED
        highest = max(highest, claim.marking, document.marking)
    return highest


class Smoother:
    """Asks for wordings of the sentences of finished editions and takes those that hold."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def edition(self, made: Edition, gate: Gate, outline: Outline) -> Edition:
        """The edition with the wordings that were taken. The machine's own stands where its limits would break."""
        work = _Work(self._session, made, gate, outline)
        sections = tuple(work.section(section) for section in made.sections)
        opening = work.section(made.opening)
        judgements = work.paragraph(made.key_judgements, judgements=True)
        worded = replace(made, opening=opening, sections=sections, key_judgements=judgements)
        if gate.whole(worded) and not gate.whole(made):
            self._session.proposals += work.refused()
            return made
        self._session.proposals += work.proposals
        return worded


class _Work:
    """One edition. A sentence that stands in two places has one wording."""

    def __init__(self, session: Session, made: Edition, gate: Gate, outline: Outline) -> None:
        self._session, self._gate = session, gate
        self._where = f"{made.kind.value}.{made.language}"
        self._language = made.language
        said = [one for plan in outline.sections for paragraph in plan.paragraphs for one in paragraph]
        self._said = {one.id: one for one in (*outline.opening, *said)}
        # The same statement may stand among the judgements without its connective.
        self._judgements = {one.id: one for one in outline.key_judgements}
        self._done: dict[tuple[str, str], str] = {}
        self.proposals: list[Proposal] = []

    def refused(self) -> list[Proposal]:
        """The outcomes where the edition as a whole did not hold."""
        return [replace(one, reason=Reason.EDITION, text="") if one.reason is None else one for one in self.proposals]

    def section(self, section: Section) -> Section:
        """A section with its wordings; its heading stays."""
        return replace(section, paragraphs=tuple(self.paragraph(one) for one in section.paragraphs))

    def paragraph(self, paragraph: Sequence[Sentence], *, judgements: bool = False) -> tuple[Sentence, ...]:
        """Sentences with their wordings; neighbours are shown as the machine wrote them."""
        out = []
        said = self._judgements if judgements else self._said
        for at, sentence in enumerate(paragraph):
            if sentence.machine:
                out.append(sentence)
                continue
            key = (sentence.id, sentence.text)
            if key not in self._done:
                # Other sentences rest on more than their claims: "7 further pages" counts closed ones, too.
                facts = [one if _is_fact(said.get(one.id)) else None for one in paragraph]
                before = facts[at - 1] if at else None
                after = facts[at + 1] if at + 1 < len(paragraph) else None
                self._done[key] = self._worded(said.get(sentence.id), sentence, before, after)
            out.append(replace(sentence, text=self._done[key]))
        return tuple(out)

    def _worded(
        self, said: Statement | None, sentence: Sentence, before: Sentence | None, after: Sentence | None
    ) -> str:
        if said is None or not _is_fact(said) or not self._gate.readback.claims(sentence.text, self._language):
            self._note(sentence, Reason.UNREAD)
            return sentence.text
        reply = self._session.ask(self._question(said, sentence, before, after))
        if reply.answer is None:
            self._note(sentence, reply.reason, reply.key, reply.digest)
            return sentence.text
        text, reason = self._judged(said, sentence.text, reply.answer)
        self._session.keep(reply, reason)
        self._note(sentence, reason, reply.key, reply.digest, text)
        return text if reason is None else sentence.text

    def _note(self, sentence: Sentence, reason: Reason | None, key: str = "", digest: str = "", text: str = "") -> None:
        self.proposals.append(
            Proposal(
                where=self._where,
                about=sentence.id,
                reason=reason,
                prompt=key,
                answer=digest,
                text=text if reason is None else "",
            )
        )

    def _question(
        self, said: Statement, sentence: Sentence, before: Sentence | None, after: Sentence | None
    ) -> Question:
        planner = self._gate.planner
        claims = [planner.claims[one] for one in said.claims if one in planner.claims]
        data = {
            "sentence": sentence.text,
            "before": self._shown(before),
            "after": self._shown(after),
            "claims": [_typed(claim) for claim in claims[: _rules()["limits"]["claims"]]],
        }
        return Question(
            task=f"wording.{self._language}",
            data=data,
            schema=_SCHEMA,
            marking=marking(sentence.claims, sentence.assessments, planner),
        )

    def _shown(self, neighbour: Sentence | None) -> str:
        """A neighbour's text, or an empty one where it may not be sent."""
        if neighbour is None:
            return ""
        high = marking(neighbour.claims, neighbour.assessments, self._gate.planner)
        return neighbour.text if self._session.may_send(high) else ""

    def _judged(self, said: Statement, own: str, answer: Mapping[str, Any]) -> tuple[str, Reason | None]:
        """The wording as it would be printed, and why it is dropped, if it is."""
        given = answer.get("sentence")
        if set(answer) != {"sentence"} or not isinstance(given, str):
            return "", Reason.SHAPE
        text = self._gate.composer.wording_sentence(given.strip())
        return text, dropped(said, own, text, self._gate)


def _is_fact(said: Statement | None) -> bool:
    """True for a sentence that says its claims and no more: not one that counts its origins, too."""
    return said is not None and said.form == "fact" and not said.value("tail")


def _typed(claim: Claim) -> dict[str, Any]:
    """A claim as the model is shown it."""
    return {
        "subject": claim.subject.name,
        "predicate": claim.predicate.value,
        "object": claim.object.name if claim.object else "",
        "hedge": claim.hedge.rung.value,
        "negated": claim.negated,
        "when": claim.when.iso() if claim.when else "",
        "speaker": claim.speaker,
    }


# -- the checks ----------------------------------------------------------------------------------------------------


def dropped(said: Statement, own: str, text: str, gate: Gate) -> Reason | None:
    """Why a wording of the machine's own sentence is dropped, or None where it may be printed."""
    language = gate.language
    if text == own:
        return Reason.SAME
    words = _Words(said, own, gate)
    checks: tuple[tuple[Reason, Callable[[], bool]], ...] = (
        (Reason.CHARACTERS, lambda: words.characters(text)),
        (Reason.FORM, lambda: _form(said, own, text, language)),
        (Reason.WORDS, lambda: words.closed(text)),
        (Reason.NAMES, lambda: words.names(own) == words.names(text)),
        (Reason.NUMBERS, lambda: _numbers(own, language) == _numbers(text, language)),
        (Reason.DATES, lambda: _dates(own, gate) == _dates(text, gate)),
        (Reason.HEDGES, lambda: _hedges(own, language) == _hedges(text, language)),
        (Reason.NEGATION, lambda: _negators(own, language) == _negators(text, language)),
        (Reason.READ_BACK, lambda: _claims(said, own, gate) == _claims(said, text, gate)),
        (Reason.GATE, lambda: not gate.check(said, text)),
    )
    return next((reason for reason, held in checks if not held()), None)


def _form(said: Statement, own: str, text: str, language: str) -> bool:
    """One sentence of about the same length that begins with its connective and ends as the house ends sentences."""
    if said.connective and not text.startswith(_OPENING.findall(own)[0]):
        return False
    limits = _rules()["limits"]
    if not limits["shortest"] * len(own) <= len(text) <= limits["longest"] * len(own):
        return False
    if not text.endswith(tuple(_rules()[language]["ends"])) or (language == "en" and text[:1] != text[:1].upper()):
        return False
    return len(tuple(sentences(text, language))) == 1


class _Words:
    """The words that a wording of one sentence may and has to have."""

    def __init__(self, said: Statement, own: str, gate: Gate) -> None:
        self._gate, self._language = gate, gate.language
        rules = _rules()[gate.language]
        phrases = [_SLOTS.sub(" ", one) for one in _phrases(said, gate)]
        self._letters = set(own) | set(rules["characters"]) | {letter for one in phrases for letter in one}
        self._free = set(rules["free"]) | {word for one in phrases for word in _split(one, gate.language)}
        self._mine = Counter(_split(own, gate.language))
        if gate.language == "en":
            lowered = own[:1].lower() + own[1:]
            first = _split(lowered, "en")[:1]
            self._free |= {word[:1].upper() + word[1:] for word in self._free} | (set(first) & self._free)
            self._letters |= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
        else:
            self._letters |= {chr(code) for code in range(ord("ぁ"), ord("ん") + 1)}

    def names(self, text: str) -> list[tuple[str, str]]:
        """The names in a text. Concepts are words, and words are compared by `closed`."""
        gate = self._gate
        return sorted(
            (one.kind.value, gate.catalog.canonical(one.id) or one.name)
            for one in gate.readback.mentions(text, gate.language)
            if one.kind is not Kind.CONCEPT
        )

    def characters(self, text: str) -> bool:
        """Only letters and marks of the sentence and its language: no markup, address, control or look-alike."""
        return unicodedata.is_normalized("NFC", text) and set(text) <= self._letters and "  " not in text

    def closed(self, text: str) -> bool:
        """No word that is neither the sentence's nor a free one, and none of the sentence's own lost or added."""
        given = Counter(_split(text, self._language))
        for word in {*given, *self._mine}:
            if word in self._free or (self._language == "ja" and _HIRAGANA.fullmatch(word)):
                continue
            if given[word] != self._mine[word]:
                return False
        if self._language == "en":
            return True
        pieces = {word for word in (*self._free, *self._mine) if _HIRAGANA.fullmatch(word)}
        # 「とみられるとしています」 holds 「とみられると」, behind which another verb may stand.
        endings = [word for word in _rules()["ja"]["free"] if len(word) > 1 or word == "と"]
        pieces |= {word.removesuffix(end) for word in pieces for end in endings if word.endswith(end)} - {""}
        return all(_composed(word, pieces) for word in given if _HIRAGANA.fullmatch(word))


def _phrases(said: Statement, gate: Gate) -> Iterator[str]:
    """Our own phrases for the claim of a fact: its predicate's clauses, and the ways to name its speaker and hedge."""
    known = gate.composer.phrases
    best = said.facts[0].best
    yield from known.choices("tail", best.hedge.rung.value)
    if best.hedge.rung in STATED:
        yield from known.choices("tail", Rung.CONFIRMED.value)
    base = ("predicate", best.predicate.value)
    for name in known.keys(*base):
        path = (*base, name)
        inner: list[tuple[str, ...]] = [(*path, one) for one in known.keys(*path)]
        for place in inner or [path]:
            if place[-1] in ("clause", "self"):
                yield known.text(*place)


def _split(text: str, language: str) -> list[str]:
    """Words; in Japanese runs of one script."""
    return (_RUNS if language == "ja" else _LATIN_WORD).findall(text)


def _composed(run: str, pieces: set[str]) -> bool:
    """True where a run of kana can be laid out of whole pieces."""
    reach = [True] + [False] * len(run)
    longest = max(map(len, pieces), default=0)
    for end in range(1, len(run) + 1):
        reach[end] = any(reach[start] and run[start:end] in pieces for start in range(max(0, end - longest), end))
    return reach[-1]


def _numbers(text: str, language: str) -> tuple[list[str], list[tuple[float, str]]]:
    counts = sorted((one.value, one.bound.value) for one in find_counts(text, language))
    return sorted(_DIGITS.findall(text)), counts


def _dates(text: str, gate: Gate) -> list[tuple[str, str]]:
    published = gate.planner.month.period.span.end
    return sorted((one.when.iso(), one.open) for one in find_dates(text, gate.language, published))


def _hedges(text: str, language: str) -> tuple[list[str], str]:
    """Hedges and grade. Hearsay is no hedge of its own ("says", "according to"): the gate looks for it."""
    span = Span(start=0, end=len(text))
    graded = hedging.grade(text, span, language)
    marks = hedging.hedges(text, span, language)
    rungs = sorted(one.rung.value for one in marks if one.rung is not Rung.REPORTED)
    return rungs, graded.grade.value if graded else ""


def _negators(text: str, language: str) -> list[str]:
    return sorted(one.scope for one in hedging.negations(text, Span(start=0, end=len(text)), language))


def _claims(said: Statement, text: str, gate: Gate) -> list[tuple[str, ...]]:
    """All that a sentence says when it is read back, without the place and the rule.

    That its own speaker says it may be read or not ("says", "according to"): the name is there, as names are compared.
    """
    claims = [gate.planner.claims[one] for one in said.claims if one in gate.planner.claims]
    own = {name for claim in claims for name in (claim.publisher, *claim.voices)}
    own |= {gate.composer.views.house(name) for name in own}

    def identity(kind_id: str, name: str) -> str:
        return gate.catalog.canonical(kind_id) or name

    rows = []
    for claim in gate.readback.claims(text, gate.language):
        count = claim.count
        rows.append(
            (
                claim.predicate.value,
                identity(claim.subject.id, claim.subject.name),
                identity(claim.object.id, claim.object.name) if claim.object else "",
                str(claim.negated),
                "" if claim.hedge.rung in (Rung.REPORTED, Rung.CONFIRMED) else claim.hedge.rung.value,
                claim.hedge.grade.value if claim.hedge.grade else "",
                claim.when.iso() if claim.when else "",
                f"{count.value:g}/{count.bound.value}/{count.unit.id}/{count.high}" if count else "",
                "|".join(sorted(f"{role}={identity(term.id, term.name)}" for role, term in claim.qualifiers)),
                "" if len(claim.voices) == 1 and claim.voices[0] in own else "|".join(claim.voices),
            )
        )
    return sorted(set(rows))
