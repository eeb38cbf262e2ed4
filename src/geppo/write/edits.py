"""An analyst's edits, applied where they fit: stories before the outline, sentences and remarks after the wording.

An edit that fits no more (its story is gone, the machine's sentence or what it rests on is another) leaves the
machine's text and says so. One that the gate refuses stops the edition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from geppo.model.edition import Edition, Month, Section, Sentence, Story
from geppo.model.edits import Drop, Edits, Outcome, Pin, Remark, Rephrase, State
from geppo.model.entity import Kind
from geppo.write.edit_gate import Closed, refusals, remark_refusals
from geppo.write.facts import limit
from geppo.write.gate import Gate
from geppo.write.outline import Outline, SectionPlan, Statement

PINNED = "pinned"
"""Part of a pinned story's score: what it lacks to outweigh every other story."""

_AGAIN = 0.5
"""Share of an edit's claims that a story must hold to be the one it meant: more than half, so that there is one."""


@dataclass(slots=True)
class _Fate:
    """What happens to one rephrased sentence or remark over the editions."""

    where: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    nearest: list[tuple[int, str]] = field(default_factory=list)
    """Machine's sentences that the edit may have meant: shared grounds and the text."""


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
        self._last = {_key(one): one for one in edits.rephrases}
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
                score=(*story.score, (PINNED, most - story.total + 1.0)) if story.id in pins else story.score,
            )
            for story in stories
        )

    def placed(self, outline: Outline) -> Outline:
        """The outline with its sections and key judgements in the wanted order."""
        places = self.sequence
        if not places:
            return outline

        def place(plan: SectionPlan) -> int:
            stories = {plan.story, *(one.story for paragraph in plan.paragraphs for one in paragraph)}
            return min((places.get(story, len(places)) for story in stories), default=len(places))

        sections = tuple(sorted(outline.sections, key=place))
        judgements = tuple(sorted(outline.key_judgements, key=lambda one: places.get(one.story, len(places))))
        heads = tuple(plan.heading for plan in sections)[: limit("headings_subject")]
        return replace(outline, sections=sections, key_judgements=judgements, heads=heads)

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
        self._told |= {(sentence.story, place) for sentence in edition.sentences()}

        def reworded(sentence: Sentence) -> Sentence:
            return self._reworded(sentence, said[sentence.id], edition, gate)

        def section(one: Section) -> Section:
            paragraphs = tuple(tuple(reworded(sentence) for sentence in part) for part in one.paragraphs)
            remarks = self._remarked(one, plans.get(one.id, []), edition, gate)
            return replace(one, paragraphs=paragraphs, remarks=remarks)

        return replace(
            edition,
            key_judgements=tuple(reworded(sentence) for sentence in edition.key_judgements),
            opening=section(edition.opening),
            sections=tuple(section(one) for one in edition.sections),
        )

    def _reworded(self, sentence: Sentence, said: Statement, edition: Edition, gate: Gate) -> Sentence:
        place = f"{edition.kind.value}.{edition.language}"
        found = sentence
        for edit in self._last.values():
            if edit.language != edition.language or edit.edition not in ("", edition.kind.value):
                continue
            fate, rests = self._fates[edit], {*sentence.claims, *sentence.assessments}
            if edit.sentence != sentence.id:
                fate.nearest.append((len(rests & set(edit.rests)), sentence.text))
                continue
            if edit.was != sentence.text or (edit.rests and set(edit.rests) != rests):
                fate.nearest.append((len(rests) + 1, sentence.text))
                fate.notes.append(f"{place} has other words for it and keeps them: {sentence.text}")
                continue
            refused = refusals(said, sentence.text, edit.text, gate) if edit.text != edit.was else ()
            if refused:
                fate.refused += [f"{place}: {one}" for one in refused]
                continue
            fate.where.append(place)
            back = edit.text == sentence.text
            found = sentence if back else replace(sentence, text=edit.text, machine=sentence.text, edited_by=edit.by)
        return found

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
            self._fates[remark].refused += [f"{place}: {one}" for one in refused]
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
        if self._last[_key(edit)] != edit:
            return Outcome(subject=subject, edit=edit, state=State.REPLACED, notes=("by a later edit of it",))
        if fate.refused:
            return Outcome(subject=subject, edit=edit, state=State.REFUSED, notes=tuple(fate.refused))
        if not fate.where:
            shared, now = max(fate.nearest, key=lambda one: one[0], default=(0, ""))
            note = f"this edit no longer fits: machine now says: {now}" if shared else NO_SENTENCE
            return Outcome(subject=subject, edit=edit, state=State.UNFIT, notes=(note,))
        notes = tuple(fate.notes)
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
            return Outcome(subject=subject, edit=edit, state=State.REFUSED, notes=tuple(fate.refused))
        if not fate.where:
            note = f"no section of the issue is or holds {edit.section or edit.sentence} now"
            return Outcome(subject=subject, edit=edit, state=State.UNFIT, notes=(note,))
        return Outcome(subject=subject, edit=edit, state=State.APPLIED, where=tuple(fate.where))


NO_STORY = "the month has no such story now; the machine's text stands"
NO_SENTENCE = "this edit no longer fits: machine now says nothing that rests on the same; its text stands"
_OTHER: Mapping[str, str] = {"ja": "en", "en": "ja"}


def _key(edit: Rephrase) -> tuple[str, ...]:
    """What makes two edits rephrase the same thing: the later one counts."""
    return edit.sentence, edit.language, edit.edition, edit.was


def _now(given: str, story: Story) -> tuple[str, ...]:
    return () if story.id == given else (f"the story is now {story.id}",)


def _terms(gate: Gate, month: Month) -> Iterable[str]:
    for claim in month.claims:
        for term in (claim.subject, claim.object, *(one for _, one in claim.qualifiers)):
            if term is not None and term.kind not in (Kind.CONCEPT, Kind.TEXT):
                yield gate.catalog.canonical(term.id)
