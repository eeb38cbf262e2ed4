"""Acts in a Japanese sentence that names no doer: the police's, somebody's, or those of whom the text goes on about."""

from __future__ import annotations

from geppo.model.claim import Predicate
from geppo.read.frames.particles import SUBJECT, Reader, Verb

HOSTILE = frozenset({Predicate.TARGETS, Predicate.COMPROMISES, Predicate.STEALS, Predicate.EXPLOITS})
_OFFICIAL = frozenset({Predicate.ARRESTS, Predicate.SEIZES})


def unnamed(reader: Reader, verb: Verb) -> bool:
    """True where a sentence tells who did something by words that stand for nobody in particular."""
    return _by_officials(reader, verb) or _by_somebody(reader, verb)


def goes_unsaid(reader: Reader, verb: Verb) -> bool:
    """True for a hostile act without a subject in its sentence: who did it is whom the text goes on about."""
    if verb.frame.predicate not in HOSTILE or not verb.frame.nobody:
        return False
    particles = reader.lexicon.particles
    return not any(
        one.particle in particles["topic"] or one.particle in particles[SUBJECT]
        for one in reader.marked(reader.start, verb.start)
    )


def _by_officials(reader: Reader, verb: Verb) -> bool:
    """True for an act of the police whose office no list knows: 「県警の対策課は男を逮捕した」."""
    if verb.frame.predicate not in _OFFICIAL or not verb.frame.nobody or verb.passive:
        return False
    particles = reader.lexicon.particles
    subject = any(
        one.particle in particles["topic"] or one.particle in particles[SUBJECT]
        for one in reader.marked(reader.start, verb.start)
    )
    words = reader.lexicon.officials if subject else reader.lexicon.policed
    return words.search(reader.text[reader.start : verb.stem_end]) is not None


def _by_somebody(reader: Reader, verb: Verb) -> bool:
    """True for a hostile act of somebody or other: 「何者かが…に侵入し」."""
    if verb.frame.predicate not in HOSTILE or not verb.frame.nobody or verb.passive:
        return False
    clause = reader.clause(verb.start)
    return reader.lexicon.somebody.search(reader.text[clause.start : verb.start]) is not None
