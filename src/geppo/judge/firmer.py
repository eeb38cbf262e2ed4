"""Hedges and grades of an origin that a repeat drops or replaces.

A confidence grade that is another one; a name of which the origin speaks with a hedge only and the repeat with none; a
clause under a hedge that the repeat tells in the same words, or of the same things, as a fact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from geppo.judge._reference import mark_languages
from geppo.judge.pages import Guess, Page, Sentence, is_han, is_telling, stems
from geppo.judge.slips import TextChange
from geppo.model.claim import STRENGTH, Grade, Rung

_FIRM = STRENGTH[Rung.LIKELY]
_GRADES = {Grade.LOW: 1, Grade.MODERATE: 2, Grade.HIGH: 3}
_WORDS, _PAIRS = 2, 3
"""Words of a guess that a sentence must hold, at least; more where pairs of characters stand for words."""
_MOST = 0.6
"""Share of the words of the guess, or of the sentence if it is shorter, that both must have."""
_THINGS = 2
"""Things of a guess that a sentence of another language must name."""


def firmer(root: Page, page: Page) -> Iterator[TextChange]:
    """All changes of how sure the origin is said to be."""
    if not root.guesses:
        return
    yield from _regraded(root, page)
    yield from _unhedged(root, page)
    yield from _retold_flat(root, page)


def _regraded(root: Page, page: Page) -> Iterator[TextChange]:
    """Another confidence word, where each of both pages uses just one."""
    here = {one.grade: one for one in page.sentences if one.grade}
    there = {one.grade: one for one in root.sentences if one.grade}
    if len(here) != 1 or len(there) != 1:
        return
    (mine, sentence), (theirs, other) = next(iter(here.items())), next(iter(there.items()))
    if mine is not theirs and mine and theirs:
        direction = "stronger" if _GRADES[mine] > _GRADES[theirs] else "weaker"
        yield TextChange(what="grade", root_value=theirs.value, repeat_value=mine.value, direction=direction,
                         root_text=other.text, repeat_text=sentence.text)  # fmt: skip


def _unhedged(root: Page, page: Page) -> Iterator[TextChange]:
    """A name of which the origin speaks with a weak hedge only, and the repeat with none at all."""
    for name in sorted({one for sentence in page.sentences for one in sentence.names | sentence.places}):
        theirs = _with_next(root, name)
        mine = _with_next(page, name)
        weak = [one for one in theirs if one.grade is Grade.LOW or (one.rung and STRENGTH[one.rung] < _FIRM)]
        if not theirs or len(weak) != len(theirs) or any(one.rung or one.grade for one in mine):
            continue
        told = frozenset(thing for one in weak for thing in one.things)
        named = frozenset(other for one in weak for other in one.names) - {name}
        told |= frozenset() if named else _main_names(root)
        flat = [one for one in mine if one.things & (told - {name})]
        if any(name in one.places for one in weak):
            flat = [one for one in flat if named <= one.names]
        if flat:
            yield _dropped(weak[0].rung or Rung.POSSIBLE, weak[0], flat[0])


def _main_names(page: Page) -> frozenset[str]:
    """Names in the first sentence that has any: what the page is about, and may mean without naming it again."""
    return next((one.names for one in page.sentences if one.names), frozenset())


def _dropped(rung: Rung, other: Sentence, sentence: Sentence) -> TextChange:
    return TextChange(what="hedge", root_value=rung.value, repeat_value=Rung.CONFIRMED.value, direction="stronger",
                      root_text=other.text, repeat_text=sentence.text)  # fmt: skip


def _with_next(page: Page, name: str) -> list[Sentence]:
    """Sentences with a name, each with the grade of the sentence behind it where it has none: a grade often follows."""
    rows = page.sentences
    found = []
    for place, one in enumerate(rows):
        if name in one.names or name in one.places:
            after = rows[place + 1] if place + 1 < len(rows) else None
            if one.rung is None and one.grade is None and after is not None and not after.names and after.grade:
                one = replace(one, grade=after.grade)
            found.append(one)
    return found


def _retold_flat(root: Page, page: Page) -> Iterator[TextChange]:
    """A clause under a hedge that the repeat tells as a fact, and nowhere with a hedge.

    What the origin also states without one is no guess of it, and a grade often follows in the next sentence.
    """
    same_language = root.language == page.language
    for other in root.sentences:
        for guess in other.guesses:
            for place, sentence in enumerate(page.sentences):
                if not sentence.flat or any(one.grade for one in page.sentences[place + 1 : place + 2]):
                    continue
                shared = _of_guess(guess, sentence, root) if same_language else _of_things(guess, sentence)
                if shared and not _sure(root, shared, same_language) and not _guessed(page, shared, same_language):
                    yield _dropped(guess.rung, other, sentence)


def _of_guess(guess: Guess, sentence: Sentence, root: Page) -> frozenset[str]:
    """The words that a sentence has of a guess, if they are enough to be the same told again.

    Some must be of what is guessed, and not only of what it is guessed of. What the house is called is left out;
    between other letters Latin words are names.
    """
    house = stems(root.report.document.publisher)
    theirs, mine = (_plain(words - house, root.language) for words in (guess.words, sentence.words))
    shared, few = theirs & mine, min(len(theirs), len(mine))
    if not shared & (_plain(guess.core, root.language) or theirs):
        return frozenset()
    least = _PAIRS if any(is_han(word[0]) for word in shared) else _WORDS
    return shared if len(shared) >= max(least, _MOST * few) else frozenset()


def _plain(words: frozenset[str], language: str) -> frozenset[str]:
    return words if language in mark_languages() else frozenset(word for word in words if not word.isascii())


def _of_things(guess: Guess, sentence: Sentence) -> frozenset[str]:
    """The things that a sentence in another language names of a guess, if they are most and all its names are among."""
    things = guess.things & sentence.things
    if not any(is_telling(thing) for thing in things - guess.names):
        return frozenset()
    whole = len(things) >= _MOST * len(guess.things) and guess.names <= sentence.names
    return things if whole and len(things) >= _THINGS else frozenset()


def _sure(root: Page, shared: frozenset[str], same_language: bool) -> bool:
    """True where the origin states as facts all that a guess and a sentence share."""
    return shared <= (root.sure_words if same_language else root.sure_things)


def _guessed(page: Page, shared: frozenset[str], same_language: bool) -> bool:
    """True where the repeat says the same with a hedge in another sentence, or in the one behind it."""
    return any(
        not one.flat and 2 * len(shared & (one.words if same_language else one.things)) >= len(shared)
        for one in page.sentences
    )
