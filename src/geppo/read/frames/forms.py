"""Forms of English verbs, from rules and a list of irregular ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

BASE, S, PAST, PARTICIPLE, ING = "base", "s", "past", "participle", "ing"

_VOWELS = frozenset("aeiou")


def forms_of(verb: str, irregular: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    """Each form of a verb with what it may be. `irregular` gives past and participle, and -ing where that is odd."""
    past, participle, *rest = irregular.get(verb, (_regular(verb, "ed"), _regular(verb, "ed")))
    third = verb[:-1] + "ies" if verb.endswith("y") and verb[-2:-1] not in _VOWELS else verb + _s(verb)
    found: dict[str, set[str]] = {}
    for form, name in (
        (verb, BASE),
        (third, S),
        (past, PAST),
        (participle, PARTICIPLE),
        (rest[0] if rest else _regular(verb, "ing"), ING),
    ):
        found.setdefault(form, set()).add(name)
    return {form: frozenset(names) for form, names in found.items()}


def _s(verb: str) -> str:
    return "es" if verb.endswith(("s", "x", "z", "ch", "sh", "o")) else "s"


def _regular(verb: str, ending: str) -> str:
    if verb.endswith("e") and not (ending == "ing" and verb.endswith(("ee", "ye"))):
        return verb[:-1] + ending
    if verb.endswith("y") and ending == "ed" and verb[-2:-1] not in _VOWELS:
        return verb[:-1] + "ied"
    short = len(verb) <= 4 and verb[-1] not in "aeiouwxy" and verb[-2:-1] in _VOWELS and verb[-3:-2] not in _VOWELS
    return verb + verb[-1] * short + ending
