"""An analyst's edits, applied where they fit: stories before the outline, sentences and remarks after the wording.

An edit that fits no more (its story is gone, the machine's sentence or what it rests on is another) leaves the
machine's text and says so. One that the gate refuses stops the edition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from geppo.model.edition import Edition, Month, Section, Sentence, Story
from geppo.model.edits import Drop, Edits, Outcome, Pin, Remark, Rephrase, State
from geppo.model.entity import Kind
from geppo.write.edit_gate import Closed, refusals, remark_refusals
from geppo.write.gate import Gate
from geppo.write.outline import PINNED
from geppo.write.statement import Outline, SectionPlan, Statement
from geppo.write.weighting import limit

_PIN = 5.0
"""A pin's weight in units of the month's weightiest story: a theme is weighed by at most three whole stories and three
halves (`Planner.themes`), so that one pinned story outweighs every theme without one."""

_ALIKE = 0.6
"""Ratio (difflib) from which a sentence is named as what the machine says now where no grounds tell. Shown only."""

_VARIANTS = 4
"""Wordings that a statement can take by rotation; more than any list of phrases has."""

_AGAIN = 0.5
"""Share of an edit's claims that a story must hold to be the one it meant: more than half, so that there is one."""


@dataclass(slots=True)
class _Fate:
    """What happens to one rephrased sentence or remark over the editions."""

    where: list[str] = field(default_factory=list)
    replaced: bool = False
    now: str = ""
    """Id of the sentence that it was applied to."""
    refused: dict[str, list[str]] = field(default_factory=dict)
    """Findings of the gate with the editions in which it has them."""
    nearest: list[tuple[int, str]] = field(default_factory=list)
    """Machine's sentences that the edit may have meant: shared grounds and the text."""

    def refuse(self, findings: Iterable[str], place: str) -> None:
        """Keep why the gate refuses it in an edition."""
        for one in findings:
            self.refused.setdefault(one, []).append(place)

    def refusals(self) -> tuple[str, ...]:
        """A line for each finding."""
        return tuple(f"{', '.join(dict.fromkeys(places))}: {one}" for one, places in self.refused.items())


class Desk:
    """The edits of one issue and what became of them. One desk serves all editions of the issue."""

    def __init__(self, edits: Edits, month: Month) -> None:
        self._edits = edits
        self._stories = {story.id: story for story in month.stories}
        self._month = month
        named: tuple[Pin | Drop, ...] = (*edits.pins, *edits.drops)
        written: tuple[Rephrase | Remark, ...] = (*edits.rephrases, *edits.remarks)
        self._held = {one.story: self._found(one) for one in named}
        self._fates = {one: _Fate() for one in written}
        self._told: set[tuple[str, str]] = set()

    # -- stories ---------------------------------------------------------------------------------------------------

    def _found(self, edit: Pin | Drop) -> Story | None:
        """The story that an edit means: by its id, else the one that holds most of the claims it had."""
        if edit.story in self._stories:
            return self._stories[edit.story]
        meant = set(edit.claims)
        near = [one for one in self._stories.values() if len(meant & set(one.claims)) > _AGAIN * len(meant)]
        return near[0] if len(near) == 1 and meant else None

    def _ids(self, edits: Iterable[Pin | Drop]) -> list[str]:
        return [story.id for edit in edits if (story := self._held[edit.story]) is not None]

    @property
    def sequence(self) -> dict[str, int]:
        """Places of the stories that have one, pinned ones first unless the order names them."""
        order = [story for story in self._edits.order if story in self._stories]
        pins = [story for story in self._ids(self._edits.pins) if story not in order]
        return {story: place for place, story in enumerate((*pins, *order))}

    def staged(self, month: Month) -> Month:
        """The month as the outline sees it: without dropped stories and what only they say, and in the wanted order.

        A claim that a kept story holds too stays; an assessment goes with any of its claims.
        """
        if not self._edits:
            return month
        dropped = set(self._ids(self._edits.drops))
        kept = [story for story in month.stories if story.id not in dropped]
        told = {claim for story in kept for claim in story.claims}
        gone = {claim for story in month.stories if story.id in dropped for claim in story.claims} - told
        claims = tuple(claim for claim in month.claims if claim.id not in gone)
        assessments = tuple(one for one in month.assessments if not gone & set(one.claims))
        return replace(month, claims=claims, assessments=assessments, stories=self._ranked(kept))

    def _ranked(self, stories: Sequence[Story]) -> tuple[Story, ...]:
        """Stories with the ranks that pins and order give them.

        An order moves a story inside its theme only: which themes are told, and with how much room, stays as weighed.
        """
        places = self.sequence
        ranks: dict[str, int] = {}
        for theme in dict.fromkeys(story.theme for story in stories):
            group = sorted((one for one in stories if one.theme == theme), key=lambda one: (one.rank, one.id))
            wanted = sorted(group, key=lambda one: places.get(one.id, len(places)))
            ranks |= {one.id: other.rank for one, other in zip(wanted, group, strict=True)}
        pins = self._ids(self._edits.pins)
        first = min(ranks.values(), default=0)
        ranks |= {story: first - len(pins) + number for number, story in enumerate(pins) if story in ranks}
        most = max((story.total for story in stories), default=0.0)
        return tuple(
            replace(
                story,
                rank=ranks[story.id],
                score=(*story.score, (PINNED, _PIN * most)) if story.id in pins else story.score,
            )
            for story in stories
        )

    def placed(self, outline: Outline) -> Outline:
        """The outline with its key judgements, and the headings of the subject line, in the wanted order."""
        places = self.sequence
        if not places:
            return outline
        judgements = tuple(sorted(outline.key_judgements, key=lambda one: places.get(one.story, len(places))))
        sections = sorted(outline.sections, key=lambda plan: self._place(_told(plan), places))
        heads = tuple(plan.heading for plan in sections)[: limit("headings_subject")]
        return replace(outline, key_judgements=judgements, heads=heads)

    def _sections(self, edition: Edition, outline: Outline) -> tuple[Section, ...]:
        """The sections in the wanted order. They are moved after they are worded, so that no other sentence turns."""
        places, plans = self.sequence, {plan.id: _told(plan) for plan in outline.sections}
        return tuple(sorted(edition.sections, key=lambda one: self._place(plans.get(one.id, set()), places)))

    @staticmethod
    def _place(stories: set[str], places: Mapping[str, int]) -> int:
        return min((places.get(story, len(places)) for story in stories), default=len(places))

    # -- words -----------------------------------------------------------------------------------------------------

    def signed(self, edition: Edition, outline: Outline, gate: Gate) -> Edition:
        """The edition with its rephrased sentences and remarks. What the gate refuses stays out and is noted."""
        if not self._edits:
            return edition
        plans = {plan.id: [one for paragraph in plan.paragraphs for one in paragraph] for plan in outline.sections}
        plans["opening"] = list(outline.opening)
        said = {one.id: one for plan in plans.values() for one in plan}
        said |= {one.id: one for one in outline.key_judgements}
        place = f"{edition.kind.value}.{edition.language}"
        told = (one for section in edition.sections for part in section.paragraphs for one in part)
        self._told |= {(sentence.story, place) for sentence in told}

        def reworded(sentence: Sentence) -> Sentence:
            return self._reworded(sentence, said[sentence.id], edition, gate) if sentence.id in said else sentence

        def section(one: Section) -> Section:
            paragraphs = tuple(tuple(reworded(sentence) for sentence in part) for part in one.paragraphs)
            remarks = self._remarked(one, plans.get(one.id, []), edition, gate)
            return replace(one, paragraphs=paragraphs, remarks=remarks)

        return replace(
            edition,
            key_judgements=tuple(reworded(sentence) for sentence in edition.key_judgements),
            opening=section(edition.opening),
            sections=tuple(section(one) for one in self._sections(edition, outline)),
        )

    def _reworded(self, sentence: Sentence, said: Statement, edition: Edition, gate: Gate) -> Sentence:
        """The sentence in the words of the last edit that fits it."""
        place = f"{edition.kind.value}.{edition.language}"
        found: Sentence | None = None
        for edit in reversed(self._edits.rephrases):
            if edit.language != edition.language or edit.edition not in ("", edition.kind.value):
                continue
            fate, rests = self._fates[edit], {*sentence.claims, *sentence.assessments}
            if not self._fits(edit, sentence, said, gate):
                shared = len(rests & set(edit.rests)) if edit.sentence != sentence.id else len(rests) + 1
                fate.nearest.append((shared, sentence.text))
            elif found is not None:
                fate.replaced = True
            elif refused := refusals(said, sentence.text, edit.text, gate) if edit.text != sentence.text else ():
                fate.refuse(refused, place)
            else:
                fate.where.append(place)
                fate.now = sentence.id
                found = sentence
                if edit.text not in (edit.was, sentence.text):
                    found = replace(sentence, text=edit.text, machine=sentence.text, edited_by=edit.by)
        return found or sentence

    def _fits(self, edit: Rephrase, sentence: Sentence, said: Statement, gate: Gate) -> bool:
        """True where an edit was made for this sentence, on these grounds.

        A statement that stands for itself has several wordings, which take turns along the page; that another one came
        up changes nothing. Words that lean on the sentence before ("the company") must be the same. A sentence's id
        changes with its story's, when a report comes in: with the same grounds and words it is still the one meant.
        """
        same = set(edit.rests) == {*sentence.claims, *sentence.assessments}
        if not same and (edit.rests or edit.sentence != sentence.id):
            return False
        turns = {gate.composer.sentence(said, turn) for turn in range(_VARIANTS)}
        return edit.was == sentence.text or {edit.was, sentence.text} <= turns

    def _remarked(
        self, section: Section, plan: Sequence[Statement], edition: Edition, gate: Gate
    ) -> tuple[Remark, ...]:
        place = f"{edition.kind.value}.{edition.language}"
        sentences = {sentence.id for part in section.paragraphs for sentence in part}
        made = []
        for remark in self._edits.remarks:
            here = remark.section == section.id or remark.sentence in sentences
            wanted = remark.language == edition.language and remark.edition in ("", edition.kind.value)
            if not (here and wanted):
                continue
            closed = self._closed(gate)
            refused = remark_refusals(remark, plan, gate, closed, self._shown(gate))
            self._fates[remark].refuse(refused, place)
            if not refused:
                self._fates[remark].where.append(place)
                made.append(remark)
        return tuple(made)

    def _shown(self, gate: Gate) -> frozenset[str]:
        """Ids of what the edition's claims speak about."""
        return frozenset(_terms(gate, gate.planner.month))

    def _closed(self, gate: Gate) -> Closed:
        """What the month knows and this edition may not show."""
        open_ = {document.sha256 for document in gate.planner.month.documents}
        hidden = [document for document in self._month.documents if document.sha256 not in open_]
        names = {document.sha256 for document in hidden}
        claims = tuple(claim for claim in self._month.claims if claim.report in names)
        return Closed(
            terms=frozenset(_terms(gate, replace(self._month, claims=claims))),
            claims=claims,
            texts=tuple((one.language, "".join(one.text.split()).casefold()) for one in hidden),
        )

    def current(self) -> Edits:
        """The edits with their stories as they are called now."""

        def now(edit: Pin | Drop) -> str:
            story = self._held[edit.story]
            return story.id if story else edit.story

        pins = tuple(replace(one, story=now(one)) for one in self._edits.pins)
        drops = tuple(replace(one, story=now(one)) for one in self._edits.drops)
        return replace(self._edits, pins=pins, drops=drops)

    # -- what became of them ---------------------------------------------------------------------------------------

    def outcomes(self, editions: Sequence[Edition]) -> tuple[Outcome, ...]:
        """One outcome for each edit, in the order of the file."""
        places = [f"{one.kind.value}.{one.language}" for one in editions]
        made = [self._pinned(one, places) for one in self._edits.pins]
        made += [self._dropped(one) for one in self._edits.drops]
        made += [self._ordered()] if self._edits.order else []
        made += [self._rephrased(one) for one in self._edits.rephrases]
        made += [self._remark(one) for one in self._edits.remarks]
        return tuple(made)

    def _pinned(self, edit: Pin, places: Sequence[str]) -> Outcome:
        story = self._held[edit.story]
        if story is None:
            return Outcome(subject=f"pin {edit.story}", edit=edit, state=State.UNFIT, notes=(NO_STORY,))
        where = tuple(place for place in places if (story.id, place) in self._told)
        notes = _now(edit.story, story)
        absent = tuple(place for place in places if place not in where)
        if where and absent:
            notes += (f"no room, or nothing to be shown, in {', '.join(absent)}",)
        if not where:
            notes += ("no edition tells it: nothing of it can be said in both languages, or it is of another month",)
        state = State.APPLIED if where else State.UNFIT
        return Outcome(subject=f"pin {edit.story}", edit=edit, state=state, where=where, notes=notes)

    def _dropped(self, edit: Drop) -> Outcome:
        story, subject = self._held[edit.story], f"drop {edit.story}"
        if story is None:
            return Outcome(subject=subject, edit=edit, state=State.UNFIT, notes=(NO_STORY,))
        return Outcome(subject=subject, edit=edit, state=State.APPLIED, notes=(*_now(edit.story, story), edit.reason))

    def _ordered(self) -> Outcome:
        missing = tuple(story for story in self._edits.order if story not in self._stories)
        notes = (f"the month has no story {', '.join(missing)} now",) if missing else ()
        state = State.UNFIT if len(missing) == len(self._edits.order) else State.APPLIED
        return Outcome(subject="order", edit=None, state=state, notes=notes)

    def _rephrased(self, edit: Rephrase) -> Outcome:
        fate, subject = self._fates[edit], f"rephrase {edit.sentence} {edit.language}"
        if fate.replaced and not fate.where:
            return Outcome(subject=subject, edit=edit, state=State.REPLACED, notes=("by a later edit of it",))
        if fate.refused:
            return Outcome(subject=subject, edit=edit, state=State.REFUSED, notes=fate.refusals())
        if not fate.where:
            alike = [(shared, SequenceMatcher(a=edit.was, b=text).ratio(), text) for shared, text in fate.nearest]
            shared, ratio, now = max(alike, default=(0, 0.0, ""))
            rests = " (the same words, resting on other claims)" if now == edit.was else ""
            note = (
                f"this edit no longer fits: machine now says: {now}{rests}" if shared or ratio > _ALIKE else NO_SENTENCE
            )
            return Outcome(subject=subject, edit=edit, state=State.UNFIT, notes=(note,))
        notes: tuple[str, ...] = (f"the sentence is now {fate.now}",) if fate.now != edit.sentence else ()
        if edit.text == edit.was:
            notes += ("back to the machine's words",)
        elif not self._both(edit):
            notes += (f"{_OTHER[edit.language]} stays as the machine wrote it",)
        return Outcome(
            subject=subject, edit=edit, state=State.APPLIED, where=tuple(dict.fromkeys(fate.where)), notes=notes
        )

    def _both(self, edit: Rephrase) -> bool:
        return any(one.sentence == edit.sentence and one.language != edit.language for one in self._edits.rephrases)

    def _remark(self, edit: Remark) -> Outcome:
        fate = self._fates[edit]
        subject = f"remark {edit.id} {edit.language} on {edit.section or edit.sentence}"
        if fate.refused:
            return Outcome(subject=subject, edit=edit, state=State.REFUSED, notes=fate.refusals())
        if not fate.where:
            note = f"no section of the issue is or holds {edit.section or edit.sentence} now"
            return Outcome(subject=subject, edit=edit, state=State.UNFIT, notes=(note,))
        return Outcome(subject=subject, edit=edit, state=State.APPLIED, where=tuple(fate.where))


NO_STORY = "the month has no such story now; the machine's text stands"
NO_SENTENCE = "this edit no longer fits: machine now says nothing that rests on the same; its text stands"
_OTHER: Mapping[str, str] = {"ja": "en", "en": "ja"}


def _told(plan: SectionPlan) -> set[str]:
    """The stories of a section."""
    return {plan.story, *(one.story for paragraph in plan.paragraphs for one in paragraph)}


def _now(given: str, story: Story) -> tuple[str, ...]:
    return () if story.id == given else (f"the story is now {story.id}",)


def _terms(gate: Gate, month: Month) -> Iterable[str]:
    for claim in month.claims:
        for term in (claim.subject, claim.object, *(one for _, one in claim.qualifiers)):
            if term is not None and term.kind not in (Kind.CONCEPT, Kind.TEXT):
                yield gate.catalog.canonical(term.id)
