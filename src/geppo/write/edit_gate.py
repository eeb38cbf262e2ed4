"""The gate for what an editor wrote: a rephrased sentence says no more than the machine's, a remark names its sources.

A rephrased sentence passes the machine's own gate first. What that gate leaves alone because the machine's words are
fixed by data (our own view: trends, origins, likelihoods) is then compared with the machine's sentence: hedge,
negation, estimative words, what it restricts itself to, dates, and claims read back.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from geppo.language.hedges import combine, hedges, negations
from geppo.language.numbers import find_counts
from geppo.language.sentences import Span, sentences
from geppo.model.claim import STRENGTH, Claim, Rung
from geppo.model.edition import Role
from geppo.model.edits import Remark
from geppo.model.entity import Term
from geppo.model.time import month
from geppo.write.gate import NAMED, OURS, Gate
from geppo.write.statement import Statement, statement


@cache
def _rules(language: str) -> dict[str, Any]:
    raw = tomllib.loads(resources.files("geppo.write").joinpath("edits.toml").read_text(encoding="utf-8"))
    return {"limits": raw["limits"], **{name: re.compile(value) for name, value in raw[language].items()}}


def refusals(said: Statement, machine: str, text: str, gate: Gate) -> tuple[str, ...]:
    """Why a sentence may not stand for the machine's; nothing where it may. Each names the rule that it breaks.

    What the gate would hold against the machine's own words ("the treaty", which leans on the sentence before) is held
    against nobody.
    """
    usual = {one.removesuffix(machine) for one in gate.check(said, machine)}
    found = [one for one in gate.check(said, text) if one.removesuffix(text) not in usual]
    own = [*_form(text, gate), *_against(said, machine, text, gate), *_grounded(said, machine, text, gate)]
    lines = [f"{said.id} ({gate.language}): {one} in: {text}" for one in dict.fromkeys(own)]
    return (*found, *(line for line in lines if line.removesuffix(text) not in usual and line not in found))


# -- a rephrased sentence ------------------------------------------------------------------------------------------


def _form(text: str, gate: Gate) -> Iterable[str]:
    rules = _rules(gate.language)
    count = len(sentences(text, gate.language))
    if count != 1:
        yield f"{count} sentences where one was"
    if not rules["ends"].search(text):
        yield "no full stop at its end"
    most = int(rules["limits"]["sentence_en_most"])
    if gate.language == "en" and len(text.split()) > most:
        yield f"{len(text.split())} words, at most {most}"


def _against(said: Statement, machine: str, text: str, gate: Gate) -> Iterable[str]:
    """Findings from the two texts side by side."""
    language, rules = gate.language, _rules(gate.language)
    before, after = _estimates(machine, language), _estimates(text, language)
    if said.form != "fact" and before != after:
        yield f"estimative words {_listed(after)} where the machine has {_listed(before)}"
    if said.form != "fact" and before and (strange := _strange(machine, text, language)):
        yield f"the word “{strange}” in a judgement, of which the likelihood would not be the machine's"
    if rules["only"].search(machine) and not rules["only"].search(text):
        yield f"no restriction where the machine has “{rules['only'].search(machine).group()}”"
    if (sure := rules["certainty"].search(text)) and not rules["certainty"].search(machine):
        yield f"the word of certainty “{sure.group()}”"
    rung = _rung(text, language)
    ceiling = max((_rung(machine, language), *(fact.best.hedge.rung for fact in said.facts)), key=STRENGTH.__getitem__)
    if STRENGTH[rung] > STRENGTH[ceiling]:
        yield f"a hedge of “{rung.value}” where “{ceiling.value}” is the most that its claims bear"
    denied, denials = (len(negations(one, Span(start=0, end=len(one)), language)) for one in (text, machine))
    if denied != denials:
        yield f"{denied} negations where the machine has {denials}"


def _estimates(text: str, language: str) -> frozenset[str]:
    found = (one.group().casefold() for one in _rules(language)["estimate"].finditer(text))
    return frozenset(re.sub(r"(可能性).|[「」い ]", r"\1", one) if language == "ja" else one for one in found)


def _strange(machine: str, text: str, language: str) -> str:
    """The first word that is neither the machine's nor neutral: a likelihood holds for what it was reckoned for."""
    rules, held = _rules(language), machine.casefold()
    known = set(rules["word"].findall(held))
    words = (found.group() for found in rules["word"].finditer(text.casefold()))
    fits = (lambda word: word in held) if language == "ja" else known.__contains__
    return next((word for word in words if not (fits(word) or rules["neutral"].fullmatch(word))), "")


def _listed(words: frozenset[str]) -> str:
    return ", ".join(f"“{word}”" for word in sorted(words)) or "none"


def _rung(text: str, language: str) -> Rung:
    return combine(one.rung for one in hedges(text, Span(start=0, end=len(text)), language))


def _grounded(said: Statement, machine: str, text: str, gate: Gate) -> Iterable[str]:
    """Findings from what the sentence rests on: words for numbers, names no list knows, dates, claims."""
    claims, terms, texts = gate.grounds(said)
    printed = [machine, *texts, *(term.name for term in terms), *(gate.composer.wording.term(term) for term in terms)]
    yield from _numbers(claims, printed, text, gate)
    yield from _names(printed, text, gate)
    read = gate.readback.claims(text, gate.language)
    own = gate.readback.claims(machine, gate.language)
    dates = [claim.when for claim in (*claims, *own) if claim.when]
    dates += [month(claim.published.year, claim.published.month) for claim in claims]
    for claim in read:
        if claim.when is not None and not any(one.within(claim.when) for one in dates):
            yield f"the date {claim.when.iso()} that its grounds do not hold"
    if said.form.partition(".")[0] in OURS:
        for claim in read:
            if not any(gate.entails(one, claim) for one in (*claims, *own)):
                object_ = f" {claim.object.name}" if claim.object else ""
                polarity = "not " if claim.negated else ""
                yield (
                    f"reads back as “{claim.subject.name} {polarity}{claim.predicate.value}{object_}” "
                    f"({claim.hedge.rung.value}), which its claims do not say"
                )


def _numbers(claims: Sequence[Claim], printed: Sequence[str], text: str, gate: Gate) -> Iterable[str]:
    held = {number.value for one in printed for number in find_counts(one, gate.language)}
    held |= {value for claim in claims if claim.count for value in (claim.count.value, claim.count.high or 0.0)}
    for number in find_counts(text, gate.language):
        written = text[number.start : number.end]
        if number.value not in held and not any(character.isdigit() for character in written):
            yield f"the number “{written.strip()}” that its grounds do not hold"


def _names(printed: Sequence[str], text: str, gate: Gate) -> Iterable[str]:
    """Words in capitals that neither the machine's sentence nor its grounds have: a name that no list knows."""
    pattern = _rules(gate.language)["name"]
    held = {word.casefold() for one in printed for word in pattern.findall(one)}
    held |= {word.casefold() for one in _named(text, gate) for word in pattern.findall(one)}
    held |= {word.casefold() for word in gate.composer.phrases.choices("calendar", "months")}
    for number, found in enumerate(pattern.finditer(text)):
        word = found.group().removesuffix("'s").removesuffix("’s")
        opens = gate.language == "en" and number == 0 and word[1:] == word[1:].lower()
        if word != word.lower() and word.casefold() not in held and not opens:
            yield f"the name “{word}” that its grounds do not hold"


def _named(text: str, gate: Gate) -> Iterable[str]:
    """Names that the gate itself looks up."""
    return (one.surface for one in gate.readback.mentions(text, gate.language) if one.kind in NAMED)


# -- a remark ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """What stands only in material above an edition's marking: ids of its terms, its claims with their documents."""

    terms: frozenset[str]
    claims: tuple[Claim, ...]
    texts: tuple[tuple[str, str], ...]


def remark_refusals(
    remark: Remark, statements: Sequence[Statement], gate: Gate, closed: Closed, shown: frozenset[str]
) -> tuple[str, ...]:
    """Why a remark may not stand behind these statements. `shown` are ids of terms that the edition's claims hold."""
    whole = _merged(remark, statements)
    found = [*_remark_form(remark.text, gate)]
    for one in gate.words(whole, remark.text):
        hint = "; mark it as your own with own = […]" if one.startswith(("the name", "the number")) else ""
        found.append(one.replace("its grounds do not hold", "no claim of its section holds") + hint)
    found += _leaks(remark.text, gate, closed, shown)
    return tuple(f"remark {remark.id} ({gate.language}): {one} in: {remark.text}" for one in dict.fromkeys(found))


def _merged(remark: Remark, statements: Sequence[Statement]) -> Statement:
    """One statement that rests on all that the others rest on, and on what the analyst calls their own."""
    values = {f"{one.id}.{name}": value for one in statements for name, value in one.values}
    values |= {f"own.{number}": value for number, value in enumerate(remark.own)}
    terms: dict[str, Term] = {f"{one.id}.{name}": term for one in statements for name, term in one.terms}
    return statement(
        "remark", Role.NOTE, "", 0.0,
        claims=[claim for one in statements for claim in one.claims],
        assessments=[held for one in statements for held in one.assessments],
        values=values, terms=terms,
    )  # fmt: skip


def _remark_form(text: str, gate: Gate) -> Iterable[str]:
    limits = _rules(gate.language)["limits"]
    for span in sentences(text, gate.language):
        yield from gate.form(text[span.start : span.end])
    length, unit = (len(text), "characters") if gate.language == "ja" else (len(text.split()), "words")
    most = int(limits[f"remark_{gate.language}_most"])
    if length > most:
        yield f"{length} {unit}, at most {most}"


def _leaks(text: str, gate: Gate, closed: Closed, shown: frozenset[str]) -> Iterable[str]:
    """What only closed material holds may not come in, the analyst's own or not."""
    for mention in gate.readback.mentions(text, gate.language):
        known = gate.catalog.canonical(mention.id)
        if mention.kind in NAMED and known in closed.terms and known not in shown:
            yield f"the name {mention.surface!r}, which stands only in material marked above this edition"
    plain = "".join(text.split()).casefold()
    for language, source in closed.texts:
        length = 30 if language == "ja" else 60
        runs = (plain[at : at + length] for at in range(len(plain) - length + 1))
        if language == gate.language and any(run in source for run in runs):
            yield f"a run of {length} characters of a document marked above this edition"
