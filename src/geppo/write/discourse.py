"""From statements to text that reads as one: sentences joined, paragraphs, connectives that are true.

`condensed` runs before the room is shared out, `connected` after it, when it is known what will really stand side by
side. The gate reads every joined sentence back; where it refuses one, the parts stay apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from itertools import pairwise

from geppo.model.claim import Predicate, Rung
from geppo.model.edition import Role
from geppo.model.entity import Kind
from geppo.write.forms import TIED, form_of
from geppo.write.outline import HOSTILE, JOINT, Planner
from geppo.write.parties import Parties
from geppo.write.statement import Outline, SectionPlan, Statement, statement
from geppo.write.weighting import limit

_OURS = ("overlap", "partner")
_TAILS = {f"origins.{name}": name for name in ("single", "single_unseen", "single_alone")}
_APART = frozenset({Predicate.COUNTS, Predicate.WARNS, Predicate.DENIES, Predicate.DISCLOSES, Predicate.SANCTIONS})
"""Predicates with a sentence of their own shape, which joins no other."""

_LIMITS = frozenset({Predicate.CLASSIFIES, Predicate.ATTRIBUTED_TO, Predicate.SHARES,
                     Predicate.COOPERATES, Predicate.SAME_AS})  # fmt: skip
"""Predicates whose denial limits what was just said of a thing; that a group did not use a tool is one fact more."""

_BEFORE = frozenset({"background", "earlier"})
"""Connectives of what was told before the month: of the same matter or states, or of the same theme only."""

_TOLD = ("fact", "counting.listed")
"""Forms of what the sources say."""

Sayable = Callable[[Statement], bool]


def condensed(said: Sequence[Statement], with_origin: bool, sayable: Sayable) -> list[Statement]:
    """A story's statements with counts of one thing told together and, where wanted, the origin beside the lead."""
    out = _series(said, sayable)
    return _with_origin(out, sayable) if with_origin else out


def connected(outline: Outline, planner: Planner, sayable: Sayable) -> Outline:
    """The outline with its sentences joined, its paragraphs set and its connectives chosen."""
    plans = enumerate(outline.sections)
    return replace(outline, sections=tuple(_section(plan, number, planner, sayable) for number, plan in plans))


def _section(plan: SectionPlan, number: int, planner: Planner, sayable: Sayable) -> SectionPlan:
    paragraphs = [list(paragraph) for paragraph in plan.paragraphs]
    _drop_said_twice(paragraphs)
    joined = [_joined(one, planner, sayable) for one in paragraphs]
    parted = [part for paragraph in joined for part in _parted(paragraph)]
    turns: dict[str, int] = {"addition": number}
    linked = _linked(parted, turns, Parties(planner.catalog, planner.month.claims), sayable)
    return replace(plan, paragraphs=tuple(tuple(paragraph) for paragraph in linked if paragraph))


def _drop_said_twice(paragraphs: list[list[Statement]]) -> None:
    """A section whose lead is said to rest on one origin needs no "one origin is no trend" at its end."""
    every = [one for paragraph in paragraphs for one in paragraph]
    single = any(one.form in _TAILS or one.value("tail") in _TAILS.values() for one in every)
    if single:
        paragraphs[:] = [[one for one in paragraph if one.form != "trend.alone"] for paragraph in paragraphs]
        paragraphs[:] = [paragraph for paragraph in paragraphs if paragraph]


# -- sentences joined ------------------------------------------------------------------------------------------------


def _with_origin(said: Sequence[Statement], sayable: Sayable) -> list[Statement]:
    """The lead and the sentence on its one origin as one sentence."""
    if len(said) < 2:
        return list(said)
    first, second = said[0], said[1]
    if first.form != "fact" or second.parent != first.id or second.form not in _TAILS:
        return list(said)
    whole = statement(
        "fact", first.role, first.story, first.priority, claims=first.claims, assessments=second.assessments,
        facts=first.facts, connective=first.connective,
        values={**dict(second.values), "tail": _TAILS[second.form]},
    )  # fmt: skip
    return _instead(said, {first.id: whole, second.id: whole}) if sayable(whole) else list(said)


def _instead(said: Sequence[Statement], new: Mapping[str, Statement]) -> list[Statement]:
    """Statements with some replaced; what hung on the old ones hangs on the new."""
    out: dict[str, Statement] = {}
    for one in said:
        taken = new.get(one.id)
        if taken is None:
            parent = new[one.parent].id if one.parent in new else one.parent
            taken = replace(one, parent=parent)
        out.setdefault(taken.id, taken)
    return list(out.values())


def _series(said: Sequence[Statement], sayable: Sayable) -> list[Statement]:
    """Counts of one thing by several counters in one sentence, before the one that says that they are no series."""
    paragraph = list(said)
    at = next((place for place, one in enumerate(paragraph) if one.form == "counting.apart"), -1)
    if at < 0:
        return paragraph
    start = at
    while start > 0 and _counts_alone(paragraph[start - 1], paragraph[at]):
        start -= 1
    counts = sorted(paragraph[start:at], key=lambda one: (_counted_on(one), one.id))
    if len(counts) < limit("series_least"):
        return paragraph
    first = paragraph[start]
    told: list[Statement] = []
    while counts:
        room = next((most for most in range(len(counts), 1, -1) if sayable(_listed(counts[:most], first))), 1)
        told.append(_listed(counts[:room], first) if room > 1 else replace(counts[0], connective=""))
        counts = counts[room:]
    if len(told) > at - start - 1:
        return paragraph
    whole, apart = told[0], paragraph[at]
    group = f"counts/{apart.id}"
    these = statement(
        "counting.these", apart.role, apart.story, apart.priority, claims=apart.claims, assessments=apart.assessments,
        assessment=apart.assessment, parent=whole.id, group=group,
    )  # fmt: skip
    told = [whole, *(replace(one, parent=whole.id, group=group) for one in told[1:]), these]
    if not sayable(these):
        return paragraph
    new = {one.id: whole for one in paragraph[start : at + 1]}
    rest = _instead(paragraph[:start] + paragraph[at + 1 :], new)
    return [*rest[:start], *told, *rest[start:]]


def _listed(counts: Sequence[Statement], first: Statement) -> Statement:
    return statement(
        "counting.listed", first.role, first.story, first.priority,
        claims=[claim for one in counts for claim in one.claims], facts=tuple(one.facts[0] for one in counts),
        connective=first.connective, parent=first.parent,
    )  # fmt: skip


def _counts_alone(one: Statement, apart: Statement) -> bool:
    if one.form != "fact" or not set(one.claims) & set(apart.claims):
        return False
    best = one.facts[0].best
    flat = best.hedge.rung in (Rung.CONFIRMED, Rung.REPORTED) and not best.negated
    worded = best.predicate is Predicate.COUNTS and form_of(best) in ("", TIED)
    return worded and flat and not one.value("tail")


def _counted_on(one: Statement) -> str:
    best = one.facts[0].best
    return (best.when.end if best.when else best.published).isoformat()


def _joined(paragraph: Sequence[Statement], planner: Planner, sayable: Sayable) -> list[Statement]:
    """Two neighbouring statements of one report on one subject as one sentence."""
    out: list[Statement] = []
    for one in paragraph:
        whole = _pair(out[-1], one, planner) if out else None
        if whole is not None and sayable(whole):
            out[-1] = whole
        else:
            out.append(one)
    return out


def _pair(one: Statement, other: Statement, planner: Planner) -> Statement | None:
    if one.form != "fact" or other.form != "fact" or len(one.facts) + len(other.facts) > 2:
        return None
    mine, theirs = one.facts[0].best, other.facts[0].best
    same = (
        mine.report == theirs.report
        and mine.speaker == theirs.speaker
        and planner.catalog.canonical(mine.subject.id) == planner.catalog.canonical(theirs.subject.id)
    )
    plain = all(
        claim.hedge.rung is Rung.CONFIRMED and claim.hedge.grade is None and not claim.negated
        and claim.predicate not in _APART and claim.subject.kind is not Kind.CONCEPT
        for claim in (mine, theirs)
    )  # fmt: skip
    if not same or not plain or one.values or other.values or mine.predicate is theirs.predicate:
        return None
    return statement(
        "fact", one.role, one.story, one.priority, claims=[*one.claims, *other.claims],
        assessments=[*one.assessments, *other.assessments], facts=(*one.facts, *other.facts),
        connective=one.connective, parent=one.parent,
    )  # fmt: skip


# -- paragraphs and connectives --------------------------------------------------------------------------------------


def _parted(paragraph: Sequence[Statement]) -> list[list[Statement]]:
    """A long paragraph parted where it turns: to our own view, to the background, to what else the sources say."""
    parts: list[list[Statement]] = []
    turn = ""
    long, full = len(paragraph) > limit("sentences_paragraph"), limit("sentences_turn")
    for one in paragraph:
        kind = _turn(one)
        turns = (
            bool(kind)
            and kind != turn
            and (kind != "further" or turn in ("ours", "background") or len(parts[-1]) >= full)
        )
        other = kind == turn == "further" and len(parts[-1]) >= full and _speaker(parts[-1][-1]) != _speaker(one)
        if not parts or (long and (turns or other)):
            parts.append([])
        turn = kind or turn
        parts[-1].append(one)
    return parts


def _speaker(one: Statement) -> str:
    return one.facts[0].best.speaker if one.facts else one.value("G")


def _turn(one: Statement) -> str:
    """What a sentence turns to; what hangs on the sentence before it turns nowhere."""
    group = one.form.partition(".")[0]
    if group in _OURS:
        return "ours"
    if one.role is Role.BACKGROUND:
        return "background"
    if group == "fact" and one.role is Role.CLAIM and one.parent and not one.group:
        return "further"
    return ""


def _linked(
    paragraphs: Sequence[Sequence[Statement]], turns: dict[str, int], parties: Parties, sayable: Sayable
) -> list[list[Statement]]:
    """The paragraphs with their connectives. `turns` says whose turn it is among the words of a kind."""
    out: list[list[Statement]] = []
    told_kinds: set[str] = set()
    lead: Statement | None = None
    acts: set[Predicate] = set()
    last = ""
    for paragraph in paragraphs:
        said = [replace(one, connective="") for one in paragraph]
        kind = _kind(paragraph[0], lead, acts)
        if kind == "contrast" and lead is not None and not _divides(paragraph[0], lead, parties):
            kind = "addition"
        told_before = kind in _BEFORE and not _BEFORE.isdisjoint(told_kinds)
        kind = "addition" if kind == last == "contrast" or told_before else kind
        if paragraph[0].form == "trend.alone" and not (out and out[-1][-1].connective.startswith("however")):
            kind = "however"
        said[0] = _with(said[0], kind, turns, sayable)
        told_kinds.add(said[0].connective.partition(".")[0])
        for place, (before, one) in enumerate(pairwise(said), start=1):
            said[place] = _with(one, _within(before, one), turns, sayable)
        told = {fact.best.predicate for one in paragraph if one.form in _TOLD for fact in one.facts}
        if paragraph[0].form in _TOLD and not paragraph[0].parent:
            lead, acts, last = paragraph[0], told, kind
        else:
            acts |= told
        out.append(said)
    return out


def _with(one: Statement, kind: str, turns: dict[str, int], sayable: Sayable) -> Statement:
    """The statement behind a connective, each kind's words in turn; without one where the gate refuses it."""
    if not kind:
        return one
    linked = replace(one, connective=f"{kind}.{turns.get(kind, 0)}")
    if not sayable(linked):
        return one
    turns[kind] = turns.get(kind, 0) + 1
    return linked


def _divides(one: Statement, other: Statement, parties: Parties) -> bool:
    """Only an attack on a party of those who join stands in contrast, whichever of the two is told first."""
    attack, joined = one.facts[0], other.facts[0]
    if attack.best.predicate in JOINT:
        attack, joined = joined, attack
    return parties.against(attack, joined)


def _kind(one: Statement, lead: Statement | None, acts: Set[Predicate]) -> str:
    """How a paragraph follows the case before it: its lead, and all acts that were told with it.

    "By contrast" only between a case of joining and one of attacking, and not before a joining when one was just told.
    """
    if lead is None:
        return ""
    if one.connective in _BEFORE:
        return one.connective
    if one.role is Role.BACKGROUND and one.form == "fact":
        return "background"
    if one.form not in _TOLD:
        return ""
    if one.parent:
        # A denial adds nothing to what was just said: what it denies stands further up.
        return "" if one.facts[0].best.predicate is Predicate.DENIES else "further"
    mine, theirs = one.facts[0].best.predicate, lead.facts[0].best.predicate
    if (mine in HOSTILE and theirs in JOINT) or (mine in JOINT and theirs in HOSTILE and not acts & JOINT):
        return "contrast"
    return "addition"


def _within(before: Statement, one: Statement) -> str:
    """ "However" before a denial or a doubt about what was just said; nothing else is claimed within a paragraph."""
    if one.form != "fact" or before.form.partition(".")[0] in ("overlap", "trend"):
        return ""
    best = one.facts[0].best
    if best.predicate is Predicate.DENIES:
        return "however"
    earlier = before.facts[0].best if before.facts else None
    if earlier is None or earlier.negated or not best.negated or earlier.subject.id != best.subject.id:
        return ""
    objects = {term.id for term in before.facts[0].objects}
    there = best.qualifier("place") in (None, earlier.qualifier("place"))
    same = there and bool(objects & {term.id for term in one.facts[0].objects})
    denied = best.predicate is earlier.predicate and same
    return "however" if denied or best.predicate in _LIMITS else ""
