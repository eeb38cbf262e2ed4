"""How sure and which way round a statement is: hedges, denials and negations of its sentence that govern it."""

from __future__ import annotations

from functools import cache
from typing import Any

from geppo import linear
from geppo.language import hedges as hedging
from geppo.language.sentences import Span
from geppo.model.claim import Grade, Hedge, Predicate, Rung
from geppo.read.rules import scope
from geppo.read.sentence import Found, Sentence
from geppo.read.typed import Item

_TELLS = frozenset({Predicate.WARNS, Predicate.DISCLOSES})
"""Acts of telling: a hedge in what is told is none of the telling."""

_OF_GRADE = {Grade.LOW: Rung.SUGGESTS, Grade.MODERATE: Rung.LIKELY, Grade.HIGH: Rung.VERY_LIKELY}
"""A statement that carries a grade and no other hedge is a judgement, never a plain fact."""


def modality(
    sentence: Sentence, found: Found, match: Span, clause: Span, spoken_of: tuple[Item, ...]
) -> tuple[Hedge, bool]:
    """The hedge of a statement and whether it is negated; `match` is the stretch that says it, in its clause."""
    constants = found.constants
    follows = sentence.language in scope()["hedges_follow"]
    marks = [
        mark
        for mark in hedging.hedges(sentence.text, sentence.span, sentence.language)
        if (clause.start <= mark.start < clause.end or _opens(sentence, mark.end, clause))
        and not _elsewhere(sentence, mark, match, found.predicate, spoken_of)
        and not _own_words(found.predicate, mark)
        and not _only_speaks(sentence, found, mark)
        and not ("plain" in constants and not (match.start <= mark.start and mark.end <= match.end))
        and not (follows and found.predicate in _TELLS and mark.start < match.end)
        and not (
            ("described" in constants or _told_before(sentence, found))
            and mark.start >= match.end
            and not mark.text.startswith(_of_all())
        )
        and not _in_relative(sentence, mark, spoken_of)
        and not ("headed" in constants and _denies_other(sentence, mark, match))
    ]
    rungs = [mark.rung for mark in marks]
    if "hedge" in constants:
        rungs.append(Rung(constants["hedge"]))
    if _yet_to_come(sentence, found, match):
        rungs.append(Rung.FORECAST)
    own: list[Rung] = [rung for rung in rungs if rung is not Rung.REPORTED]
    if follows and own and _hearsay(marks, match):
        own = [rung for rung in own if rung is not Rung.CONFIRMED]
    graded = hedging.grade(sentence.text, sentence.span, sentence.language)
    if not own and graded is not None:
        own = [_OF_GRADE[graded.grade]]
    rung = hedging.combine(own) if own else (Rung.REPORTED if rungs else Rung.CONFIRMED)
    words = " … ".join(mark.text for mark in marks)
    if "negated" in constants:
        negated = (constants["negated"] == "True" or constants["negated"] == "true") is not ("turned" in constants)
    elif found.predicate is Predicate.DENIES:
        negated = False
        rung = Rung.DENIES if rung is Rung.NOT_FOUND else rung
    else:
        said_in = match if "plain" in constants or "aside" in constants else clause
        told = match.end if follows and found.predicate in _TELLS and not found.framed else 0
        denied = _negated(sentence, match, said_in, spoken_of, framed=found.framed, until=told)
        negated = rung is Rung.NOT_FOUND or denied is not ("turned" in constants)
    return Hedge(rung=rung, text=words, grade=graded.grade if graded else None), negated


_OF_HABIT = frozenset({"malware", "tool", "malware-kind"})
"""What code "will" do it does each time."""


def _yet_to_come(sentence: Sentence, found: Found, match: Span) -> bool:
    """True where the statement's own verb says that it will happen."""
    source = scope()["will"].get(sentence.language)
    if source is None or any(item.kind in _OF_HABIT for item in found.roles.get("S", ())):
        return False
    return _compiled(source).search(sentence.text[match.start : match.end]) is not None


def _denies_other(sentence: Sentence, mark: hedging.Hedged, match: Span) -> bool:
    """True for a denial in a later part of the sentence than what a clause describes."""
    return mark.rung is Rung.DENIES and "、" in sentence.text[match.end : mark.start]


def _told_before(sentence: Sentence, found: Found) -> bool:
    """True for a home that is told before the name, as a property of who is spoken of (「中国を拠点とするX」)."""
    subjects, objects = found.roles.get("S", ()), found.roles.get("O", ())
    if sentence.language not in scope()["home_told_before"] or found.predicate is not Predicate.HAS_NEXUS:
        return False
    if not subjects or not objects:
        return False
    return max(item.end for item in objects) <= min(item.start for item in subjects)


def _of_all() -> tuple[str, ...]:
    """How hearsay begins that governs all of its sentence, and not only its last verb."""
    return tuple(scope()["hearsay_of_all"])


def _own_words(predicate: Predicate, mark: hedging.Hedged) -> bool:
    """True for words that make a statement and do not hedge it: "claimed responsibility", "four suspected men"."""
    words = scope()["own_words"].get(predicate.value, ())
    return any(mark.text.lower().startswith(word) for word in words)


def _hearsay(marks: list[hedging.Hedged], match: Span) -> bool:
    """True where hearsay stands nearest behind a statement: that it is confirmed is then said of the hearsay."""
    behind = [mark for mark in marks if mark.end > match.end]
    return bool(behind) and behind[0].rung is Rung.REPORTED


def _only_speaks(sentence: Sentence, found: Found, mark: hedging.Hedged) -> bool:
    """True for words that say who speaks (「Xは…としている」); they are hearsay where attackers speak of themselves."""
    if not mark.text.startswith(tuple(scope()["speaks"])):
        return False
    return bool(sentence.voices) or not any(
        item.kind in scope()["speaks_of_itself"] for item in found.roles.get("S", ())
    )


def _elsewhere(
    sentence: Sentence, mark: hedging.Hedged, match: Span, predicate: Predicate, spoken_of: tuple[Item, ...]
) -> bool:
    """True for a hedge of another statement in the same clause: words that set clauses apart stand between the two.

    What opens the sentence ("Reportedly, …") governs all of it. A name or a home that is told in passing ("the
    Norway-linked group believed to …") is complete: what comes behind it is no hedge of it. Where hedges stand behind
    what they govern, one that ends before the statement begins is of something else, unless it is an adverb.
    """
    follows = sentence.language in scope()["hedges_follow"]
    if _describes_subject(sentence, mark, match, spoken_of):
        return True
    if mark.start < match.end and match.start < mark.end:
        last = max((item.start for item in spoken_of), default=0)
        cleft = sentence.text.startswith(tuple(scope()["hedged_cleft"]), mark.end)
        if not follows or mark.end > last or cleft or mark.text.startswith(tuple(scope()["hedge_adverbs"])):
            return False
        described = mark.end == last and match.end > max(item.end for item in spoken_of)
        return described or _set_apart(sentence.text[mark.end : last], sentence.language)
    complete = scope()["complete"].get(sentence.language, ())
    if mark.start >= match.end and predicate.value in complete and mark.rung is not Rung.REPORTED:
        return True
    if mark.rung is Rung.REPORTED and mark.end <= match.start:
        return follows and not mark.text.startswith(tuple(scope()["sources"]))
    if mark.start >= match.end:
        between = sentence.text[match.end - follows : mark.start]
        if between.rstrip().endswith(tuple(scope()["predicated"])):
            return False
        if follows and (_describes_another(sentence, match.end, mark.start) or _of_noun(sentence, mark, between)):
            return True
        if any(word in between for word in scope()["apart_behind"].get(sentence.language, ())):
            return True
        if follows and (_supposed_chain(sentence, mark, between) or _said_before(sentence, between)):
            return False
        return _set_apart(between, sentence.language, chained=follows)
    between = sentence.text[mark.end : match.start]
    opening = scope()["opening"].get(sentence.language, scope()["opening"]["en"])
    describes = scope()["describes"].get(sentence.language)
    if describes is not None and predicate is not Predicate.HAS_NEXUS and _compiled(describes).search(between):
        return True
    if mark.start - sentence.span.start <= opening or between.lstrip().startswith(tuple(scope()["governs"])):
        return False
    if follows and not mark.text.startswith(tuple(scope()["hedge_adverbs"])):
        return True
    return _set_apart(between, sentence.language)


def _describes_subject(sentence: Sentence, mark: hedging.Hedged, match: Span, spoken_of: tuple[Item, ...]) -> bool:
    """True for a participle that supposes what somebody is, before a verb that says what they did: "a group believed
    to be X's has hit Y"."""
    row = scope()["describes_subject"].get(sentence.language)
    last = max((item.start for item in spoken_of), default=0)
    if row is None or not match.start <= mark.start < last or _compiled(row["participle"]).match(mark.text) is None:
        return False
    before, behind = sentence.text[match.start : mark.start], sentence.text[mark.end : last]
    return _compiled(row["finite"]).search(before) is None and _compiled(row["verb"]).search(behind) is not None


def _supposed_chain(sentence: Sentence, mark: hedging.Hedged, between: str) -> bool:
    """True where all of a chain of verbs may only come ("break in, and data be stolen": 「侵入し、…されるおそれ」)."""
    row = scope()["supposed_chain"].get(sentence.language)
    if row is None or not mark.text.startswith(tuple(row["words"])):
        return False
    before = sentence.text[max(sentence.span.start, mark.start - REACH) : mark.start]
    ahead = _compiled(row["before"]).search(before) is not None
    return ahead and _compiled(row["suffered"]).search(between) is None


def _said_before(sentence: Sentence, between: str) -> bool:
    """True where a hedge says what somebody makes of the whole that stands before it (「…だと、専門家は予想する」)."""
    source = scope()["said_before"].get(sentence.language)
    return source is not None and _compiled(source).match(between) is not None


REACH = 12
"""Characters before a hedge in which the verb that it governs ends."""


def _describes_another(sentence: Sentence, at: int, until: int) -> bool:
    """True where a verb describes a noun of its own, which a later hedge then is about (「狙った事件では…らしい」)."""
    source = scope()["described"].get(sentence.language)
    return source is not None and _compiled(source).match(sentence.text[at:until]) is not None


def _of_noun(sentence: Sentence, mark: hedging.Hedged, between: str) -> bool:
    """True for a hedge that describes a noun of the next clause (「…を押収し、運営者とみられる男を」)."""
    source = scope()["of_noun"].get(sentence.language)
    if source is None or "、" not in between:
        return False
    return _compiled(source).match(sentence.text[mark.end - 1 : mark.end + 2]) is not None


def _set_apart(between: str, language: str, *, chained: bool = False) -> bool:
    """True where words between two statements keep them apart; a comma behind a topic or an adverb does not.

    Verbs that are `chained` with one subject ("broke in, stole") share the hedge at their end.
    """
    joined = _joined(language)
    words = joined.sub("", between) if joined is not None else between
    if chained and between.endswith("の") and "、" in between:
        return True
    if chained and not any(m in words.partition("、")[2] for m in scope()["new_subject"]):
        return False
    return any(word in words for word in scope()["apart"].get(language, ()))


def _joined(language: str) -> Any:
    source = scope()["joined"].get(language)
    return _compiled(source) if source else None


@cache
def _compiled(source: str) -> Any:
    return linear.compile(source)


def _negated(
    sentence: Sentence,
    match: Span,
    clause: Span,
    spoken_of: tuple[Item, ...],
    *,
    framed: bool = False,
    until: int = 0,
) -> bool:
    """True where a negator near the match has what the statement speaks of on its negated side.

    "Not X but Y" negates X only: in Japanese and Korean what stands before the negator, elsewhere what stands behind it
    up to a "but". One that ends before `until` is of what is told, and not of the telling.
    """
    reach = scope()["reach"]
    follows = sentence.language in scope()["hedges_follow"]
    before, after = reach.get(sentence.language, reach["en"])
    begin = match.start - before - _listed_before(sentence, match)
    near = Span(start=max(clause.start, begin), end=min(clause.end, match.end + after))
    first = min((item.start for item in spoken_of), default=match.start)
    last = max(until, max((item.end for item in spoken_of), default=match.end))
    for mark in hedging.negations(sentence.text, sentence.span, sentence.language):
        if not (near.start < mark.end and mark.start < near.end):
            continue
        if framed and ":" in sentence.text[mark.end : match.start]:
            continue
        told = min((item.end for item in spoken_of), default=match.end)
        if framed and told < mark.start and "," in sentence.text[told : mark.start] and match.start <= told:
            continue
        others = scope()["negates_other"].get(sentence.language, ()) if framed or follows else ()
        behind = sentence.text[match.end : mark.start]
        joined = _joined(sentence.language)
        if match.end <= mark.start and follows and _by_the_way(sentence, match.end, mark):
            continue
        if match.end <= mark.start and any(word in (joined.sub("", behind) if joined else behind) for word in others):
            continue
        if mark.scope == "before" and last <= mark.end:
            contrast = any(word in sentence.text[mark.start : mark.end] for word in scope()["contrast"])
            contrast = contrast and not _denies_verb(sentence.text[match.start : mark.start])
            if not contrast or mark.start - last <= scope()["contrast_reach"]:
                return True
        between = sentence.text[mark.end : first] if mark.end <= first else ""
        if _aside(sentence, mark, between, spoken_of):
            continue
        ahead = mark.scope != "before" and (match.start <= mark.start or mark.end <= first)
        if ahead and mark.start < max(last, match.end) and not any(word in between for word in scope()["but"]):
            return True
    return False


def _listed_before(sentence: Sentence, match: Span) -> int:
    """The length of a list before a statement that one negator denies: "no names, numbers or keys were …"."""
    source = scope()["denied_list"].get(sentence.language)
    found = _compiled(source).search(sentence.text[sentence.span.start : match.start]) if source else None
    return len(found.group(0)) if found is not None else 0


def _by_the_way(sentence: Sentence, at: int, mark: hedging.Negation) -> bool:
    """True for a negator of another verb, which only says how it was done (「悪用して、目立たずに動く」)."""
    row = scope()["by_the_way"].get(sentence.language)
    if row is None or _compiled(row["negator"]).match(sentence.text[mark.start : mark.end + 1]) is None:
        return False
    return _compiled(row["verb"]).fullmatch(sentence.text[at - 1 : mark.start + 1]) is not None


def _denies_verb(before: str) -> bool:
    """True where a negator that could set nouns against each other denies the verb, or who did it in a cleft."""
    return before.endswith(tuple(scope()["denies_verb"])) or any(word in before for word in scope()["cleft"])


def _aside(
    sentence: Sentence, mark: hedging.Hedged | hedging.Negation, between: str, spoken_of: tuple[Item, ...]
) -> bool:
    """True for a negator that ends with its own part of the sentence: "far from …, X did", "X, not Y, did"."""
    if _in_relative(sentence, mark, spoken_of):
        return True
    word = sentence.text[mark.start : mark.end].lower()
    if "," in between and word.startswith(tuple(scope()["ends_at_comma"])):
        return True
    if word != "not" or sentence.text[: mark.start].rstrip()[-1:] != ",":
        return False
    following = next((item for item in sentence.items if item.start >= mark.end), None)
    return (
        following is not None
        and following.start - mark.end <= scope()["aside"]
        and sentence.text[following.end : following.end + 1] == ","
        and all(item.start != following.start for item in spoken_of)
    )


def _in_relative(sentence: Sentence, mark: hedging.Hedged | hedging.Negation, spoken_of: tuple[Item, ...]) -> bool:
    """True for a mark in a relative clause that ends before what is spoken of: "X, which is unproven, …"."""
    words = scope()["relative"].get(sentence.language, ())
    opened = sentence.text[sentence.span.start : mark.start].rpartition(",")
    own = tuple(scope()["relative_own"].get(sentence.language, ()))
    inside = opened[2].lstrip().startswith(tuple(words)) or (
        not opened[2].strip() and sentence.text.startswith(own, mark.start)
    )
    if not words or not opened[1] or not inside:
        return False
    closed = sentence.text.find(",", mark.end, sentence.span.end)
    return closed >= 0 and bool(spoken_of) and all(item.start > closed for item in spoken_of)


def _opens(sentence: Sentence, at: int, clause: Span) -> bool:
    """True where a hedge stands right before the clause and governs it ("it is likely that …")."""
    return at <= clause.start and sentence.text[at : clause.start].strip(" ,") in {"", "that"}
