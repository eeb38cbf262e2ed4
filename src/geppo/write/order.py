"""In which order a story tells what its sources say, once its lead has been told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from geppo.model.claim import Claim, Predicate
from geppo.model.entity import Kind
from geppo.write.facts import Fact
from geppo.write.forms import form_of
from geppo.write.statement import Statement
from geppo.write.weighting import weights

House = Callable[[str], str]
"""One id for a publisher, whichever of its names a page prints."""


def elaborates(fact: Fact, lead: Fact, house: House) -> bool:
    """True for what the same house says of the very thing its lead is about: why the warned-of devices are abused."""
    same = house(fact.best.speaker) == house(lead.best.speaker)
    return same and fact.best.subject.id in {term.id for term in lead.objects}


def is_essence(fact: Fact, lead: Fact, theme: str) -> bool:
    """True for what says what a thing of its theme is, where the lead does not: a network's use, beside its size."""
    best = fact.best
    same = best.predicate is lead.best.predicate or best.subject.id != lead.best.subject.id
    return not same and not best.negated and best.predicate.value in weights()["essence"].get(theme, ())


def in_reading_order(said: Sequence[Statement], lead: Fact, house: House) -> list[Statement]:
    """Facts: what explains the lead first, then speaker by speaker, the lead's own first, each as events run.

    Telling a speaker's facts together lets the second be said with "the company", or within one sentence.
    """
    first: dict[str, int] = {}
    for one in said:
        speaker = house(one.facts[0].best.speaker)
        first[speaker] = min(first.get(speaker, _LAST), _event(one.facts[0].best))

    def place(one: Statement) -> tuple[int, int, str, int]:
        fact = one.facts[0]
        speaker = house(fact.best.speaker)
        group = 0 if speaker == house(lead.best.speaker) else 1 + first[speaker]
        return (0 if elaborates(fact, lead, house) else 1, group, speaker, _event(fact.best))

    return sorted(said, key=place)


def behind_what_they_deny(said: Sequence[Statement], more: Sequence[Statement]) -> list[Statement]:
    """All statements, each denial behind what it denies: a state's behind the one that points at it, or nowhere.

    "Belarus denies this" behind another matter would deny that.
    """
    plain = [one for one in more if (best := one.facts[0].best).predicate is Predicate.DENIES and not form_of(best)]
    out = [*said, *(one for one in plain if not _of_a_state(one)), *(one for one in more if one not in plain)]
    for denial in filter(_of_a_state, plain):
        state = denial.facts[0].best.subject.id
        at = next((place for place, one in enumerate(out) if _points_at(one, state)), None)
        if at is not None:
            out.insert(at + 1, replace(denial, parent=out[at].id))
    return out


def _of_a_state(denial: Statement) -> bool:
    return denial.facts[0].best.subject.kind is Kind.LOCATION


def _points_at(one: Statement, state: str) -> bool:
    return any(
        fact.best.predicate in _POINTS and not fact.best.negated and state in {term.id for term in fact.objects}
        for fact in one.facts
    )


_POINTS = frozenset({Predicate.HAS_NEXUS, Predicate.ATTRIBUTED_TO})
"""What a state denies that is said to stand behind an attack."""

_LAST = 99


def _event(claim: Claim) -> int:
    table = weights()["narrative"]
    return int(table.get(claim.predicate.value, table["other"]))
