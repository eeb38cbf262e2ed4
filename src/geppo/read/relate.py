"""Claims from sentences: rules over typed mentions, then hedge, polarity, voice, date and count of the same clause."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from geppo import linear
from geppo.catalog import Catalog
from geppo.language.sentences import Span
from geppo.model.claim import Claim, Count, Predicate, Rung
from geppo.model.entity import Kind, Term
from geppo.model.marking import Tlp
from geppo.model.report import Passage
from geppo.model.time import When
from geppo.read import doers
from geppo.read.adnominal import of_another, own_topic, read_already
from geppo.read.anaphora import Salience
from geppo.read.arguments import arguments
from geppo.read.aside import (
    DEEDS,
    asks,
    closed,
    generic,
    only_meant,
    superseded,
    supposed,
    usual,
    without_tellers,
)
from geppo.read.counts import PERCENT
from geppo.read.dating import date_of
from geppo.read.frames import Statement, statements
from geppo.read.modality import modality
from geppo.read.places import of_objects, placed
from geppo.read.rivals import fuller, same, without_descriptions, without_guesses, without_weaker_readings
from geppo.read.rules import Rule, RuleSet, scope
from geppo.read.sentence import Found, Sentence
from geppo.read.telling import acts, told_then
from geppo.read.triggers import Prefilter
from geppo.read.typed import Item, TypedLine, marks_of, names_only, typed_line

LONGEST_MATCH = 220
"""Characters of a typed line between first and last role; beyond, two statements share the sentence by accident."""

BEHIND = 12
"""Characters behind a match in which its verb's ending may turn it into a condition (されていたら)."""

MOST_CLAIMS = 16
"""Claims of one match; a longer list is a list of values."""

_ACTS_OF_HOUSES = frozenset(
    {
        Predicate.WARNS, Predicate.LISTS, Predicate.FIXES, Predicate.ARRESTS, Predicate.SEIZES, Predicate.SANCTIONS,
        Predicate.DISCLOSES, Predicate.DENIES, Predicate.PAYS,
    }
)  # fmt: skip
_STAGES = frozenset({Predicate.SIGNS, Predicate.RATIFIES, Predicate.ENTERS_INTO_FORCE})
_UNLIKE: tuple[set[Kind], ...] = (
    {Kind.INTRUSION_SET, Kind.MALWARE}, {Kind.INTRUSION_SET, Kind.TOOL}, {Kind.CAMPAIGN, Kind.MALWARE},
    {Kind.CAMPAIGN, Kind.TOOL}, {Kind.INTRUSION_SET, Kind.INFRASTRUCTURE},
)  # fmt: skip
"""Kinds of which one is never another name of the other."""
_PLAIN_ROLES = frozenset({"S", "O", "C", "D", "G", "K", "Kind", "Group", "Net"})


def _lines(sentence: Sentence, prefilter: Prefilter) -> Iterator[tuple[TypedLine, bool, Sequence[int]]]:
    """The typed lines of a sentence in the order in which rules are asked, whether a line has its speaker, and the
    rules to ask; none where no rule is to be asked.

    In the second, concepts stand as words: a second chance where the first matches no rule. In the last the speaker,
    who may be the one that acts, stands too.
    """
    borders = [part.start for part in sentence.clauses]
    seen: set[str] = set()
    sizes: set[int] = set()
    for items, spoken in (
        (sentence.spoken_of, False),
        (names_only(sentence.spoken_of), False),
        (sentence.items, True),
    ):
        # Each is the one before or a part of it, the last the whole: as many items are the same items.
        if len(items) in sizes:
            continue
        sizes.add(len(items))
        whole = len(items) == len(sentence.items)
        asked = sentence.asked if whole else prefilter.of_kinds(sentence.asked, marks_of(items))
        if not asked:
            continue
        line = typed_line(sentence.text, sentence.span.start, sentence.span.end, items, borders)
        if line.line not in seen:
            yield line, spoken, asked
        seen.add(line.line)


Roles = dict[str, tuple[Item, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The document that the sentence stands in."""

    document: str
    publisher: str
    published: date
    marking: Tlp = Tlp.CLEAR


def claims_of(
    sentence: Sentence, rules: RuleSet, salience: Salience, source: Source, catalog: Catalog
) -> tuple[Claim, ...]:
    """All claims of a sentence. The salience is that of its block, after the sentence's own names."""
    if asks(sentence):
        return ()
    found: dict[str, Claim] = {}
    guessed: set[str] = set()
    stood: list[Found] = []
    for line, spoken, asked in _lines(sentence, rules.prefilter) if sentence.asked else ():
        for number in rules.prefilter.of_line(line.line, asked):
            rule = rules.rules[number]
            if spoken and rule.predicate not in _ACTS_OF_HOUSES:
                continue
            for match in rules.compiled.matches(number, line.line, line.data):
                if match.end() - match.start() > LONGEST_MATCH or _guarded(rules, rule, sentence, line, match):
                    continue
                made = without_tellers(sentence, _from_match(sentence, line, rule, match))
                if made is None or closed(sentence, made) or supposed(sentence, made.end) or generic(sentence, made):
                    continue
                if of_another(sentence, made):
                    continue
                for claim in _claims(sentence, rules, made, salience, source, catalog):
                    if not match.groupdict().get("S"):
                        guessed.add(claim.id)
                    found.setdefault(claim.id, claim)
                    stood.append(made)
        if found:
            break
    read = without_weaker_readings(without_guesses(tuple(found.values()), guessed))
    return without_descriptions(_framed(sentence, rules, read, stood, salience, source, catalog))


def _framed(
    sentence: Sentence,
    rules: RuleSet,
    read: tuple[Claim, ...],
    stood: Sequence[Found],
    salience: Salience,
    source: Source,
    catalog: Catalog,
) -> tuple[Claim, ...]:
    """The claims of a sentence: those of its rules (`stood`), and those of frames that no rule read.

    Where a rule had to guess who did it, the frame that found somebody is believed.
    """
    added: dict[str, Claim] = {}
    span = sentence.span
    for statement in (
        statements(sentence.language, sentence.text, span.start, span.end, sentence.items, sentence.clauses)
        if sentence.framed
        else ()
    ):
        if _guarded_frame(rules, sentence, statement):
            continue
        made = without_tellers(sentence, _from_frame(sentence, statement))
        if (
            made is None
            or supposed(sentence, made.end)
            or generic(sentence, made)
            or read_already(sentence, made, stood)
        ):
            continue
        for claim in _claims(sentence, rules, made, salience, source, catalog):
            read = tuple(other for other in read if not fuller(claim, other))
            if not any(same(claim, other) for other in (*read, *added.values())):
                added.setdefault(claim.id, claim)
    return (*read, *added.values())


def _guarded_frame(rules: RuleSet, sentence: Sentence, statement: Statement) -> bool:
    """True where a frame's statement is only supposed, or its words say something else."""
    if rules.unreal is not None and sentence.language in scope()["unreal_frames"]:
        clause = _clause(sentence, statement.start, statement.end)
        if (
            rules.unreal.search(sentence.text[clause.start : min(sentence.span.end, statement.end + BEHIND)])
            is not None
        ):
            return True
    guard = rules.guards.get(statement.frame.predicate)
    return guard is not None and guard.search(sentence.text[statement.start : statement.end]) is not None


def _guarded(rules: RuleSet, rule: Rule, sentence: Sentence, line: TypedLine, match: Any) -> bool:
    start, end = line.span(match.start(), match.end())
    if rules.unreal is not None:
        clause = _clause(sentence, start, end)
        if rules.unreal.search(sentence.text[clause.start : min(sentence.span.end, end + BEHIND)]) is not None:
            return True
    guard, needed = rules.guards.get(rule.predicate), rules.needs.get(rule.predicate)
    words = sentence.text[start : min(sentence.span.end, end + BEHIND)]
    if needed is not None and needed.search(words) is None:
        return True
    return only_meant(sentence, end) or (guard is not None and guard.search(sentence.text[start:end]) is not None)


def _from_match(sentence: Sentence, line: TypedLine, rule: Rule, match: Any) -> Found:
    start, end = line.span(match.start(), match.end())
    return Found(
        rule=rule.id,
        predicate=rule.predicate,
        constants=dict(rule.constants),
        roles={name: line.items_of(marks) for name, marks in match.groupdict().items() if marks},
        start=start,
        end=end,
        dated=line.items,
    )


def _from_frame(sentence: Sentence, statement: Statement) -> Found:
    frame = statement.frame
    constants = {"subject": frame.nobody} if frame.nobody and "S" not in statement.roles else {}
    return Found(
        rule=f"frame-{frame.id}",
        predicate=frame.predicate,
        constants={**constants, **({"turned": "true"} if frame.turned else {}), **statement.constants},
        roles=statement.roles,
        start=statement.start,
        end=statement.end,
        dated=sentence.spoken_of,
        framed=True,
    )


def _completed(sentence: Sentence, found: Found, salience: Salience) -> tuple[dict[str, str], Roles]:
    """Constants and roles, with an agreement that is called by its kind only, and its own topic for a guess."""
    constants, roles = dict(found.constants), dict(found.roles)
    if "S" not in roles and constants.get("subject", "").startswith("@agreement") and not salience.main(["agreement"]):
        roles |= {"S": pact} if (pact := _pact(sentence, found)) else {}
    if constants.get("subject", "").startswith("@") and own_topic(sentence, found):
        constants["subject"] = constants["subject"].partition("?")[2] or constants["subject"]
    return constants, roles


def _pairs(
    sentence: Sentence,
    found: Found,
    constants: dict[str, str],
    roles: Roles,
    salience: Salience,
    source: Source,
    catalog: Catalog,
) -> list[tuple[Term, Term | None]]:
    """Subjects with their objects that make sense."""
    house = None
    if constants.get("subject") == "@publisher":
        house = Term(kind=Kind.IDENTITY, id=f"publisher/{source.publisher}", name=source.publisher)
    clause = _clause(sentence, found.start, found.end)
    general = usual(sentence.text[clause.start : clause.end], sentence.language)
    return [
        pair
        for pair in arguments(found.predicate, constants, roles, salience, catalog, house)
        if _sensible(found.predicate, *pair)
        and not _only_tells(found.predicate, *pair, sentence, catalog)
        and not doers.never(found.predicate, *pair, catalog)
        and not (general and (pair[0].kind is Kind.CONCEPT or found.predicate in DEEDS))
    ]


def _claims(
    sentence: Sentence, rules: RuleSet, found: Found, salience: Salience, source: Source, catalog: Catalog
) -> Iterable[Claim]:
    constants, roles = _completed(sentence, found, salience)
    pairs = _pairs(sentence, found, constants, roles, salience, source, catalog)
    if not pairs:
        return
    span = Span(start=found.start, end=found.end)
    clause = _clause(sentence, span.start, span.end)
    spoken_of = roles.get("O") or roles.get("C") or roles.get("S") or ()
    hedge, negated = modality(sentence, found, span, clause, spoken_of)
    if negated and any(object_ and object_.kind is not Kind.LOCATION for _, object_ in pairs):
        pairs = [pair for pair in pairs if pair[1] is None or pair[1].kind is not Kind.LOCATION]
    if (hedge.rung is Rung.NOT_FOUND and not negated) or (negated and ("given" in constants or superseded(sentence))):
        return
    flat = rules.flat.get(found.predicate)
    words = sentence.text[sentence.span.start : sentence.span.end]
    if hedge.rung is Rung.CONFIRMED and not negated and flat is not None and flat.search(words) is None:
        hedge = replace(hedge, rung=Rung.POSSIBLE)
    day = date_of(sentence, found.predicate, _of_acts(found, sentence), roles, span, clause)
    when = day.when if day else None
    roles, places = of_objects(sentence, found.predicate, roles)
    counts: tuple[Count | None, ...] = tuple(item.count for item in roles.get("C", ()) if item.count) or (None,)
    qualifiers = _qualifiers(roles, constants, catalog)
    if day is not None and day.opening:
        qualifiers += (("open", Term(kind=Kind.TEXT, id=f"open/{day.opening}", name=day.opening)),)
    voices = tuple(voice for voice in sentence.voices if sentence.later.get(voice, 0) <= found.start)
    for item in roles.get("G", ()):
        voices = (*voices, item.terms[0].name) if item.terms and item.terms[0].name not in voices else voices
    passage = Passage(document=source.document, start=sentence.span.start, end=sentence.span.end, text=words)
    for subject, object_ in pairs[:MOST_CLAIMS]:
        for count in _counts_of(object_ or subject, counts, {two or one for one, two in pairs}):
            if count is not None and count.unit != PERCENT and _no_victims(found.predicate, count.unit):
                continue
            yield Claim(
                id=_id(source, found.predicate, passage, subject, object_, count, negated, when, qualifiers),
                report=source.document,
                publisher=source.publisher,
                predicate=found.predicate,
                subject=subject,
                object=object_,
                qualifiers=placed(qualifiers, places, object_),
                count=count,
                when=when,
                hedge=hedge,
                negated=negated,
                voices=tuple(voice for voice in voices if voice != source.publisher),
                passage=passage,
                published=source.published,
                rule=f"{sentence.language}/{found.rule}",
                marking=source.marking,
            )


def _counts_of(object_: Term, counts: tuple[Count | None, ...], objects: Set[Term]) -> tuple[Count | None, ...]:
    """The counts of an object (a subject without one): those that count just it, else those that count no other."""
    own = tuple(count for count in counts if count is not None and count.unit == object_)
    rest = tuple(count for count in counts if count is None or count.unit not in objects)
    return own or rest or (None,)


def _id(
    source: Source,
    predicate: Predicate,
    passage: Passage,
    subject: Term,
    object_: Term | None,
    count: Count | None,
    negated: bool,
    when: When | None,
    qualifiers: tuple[tuple[str, Term], ...],
) -> str:
    parts = (
        source.document,
        predicate.value,
        str(passage.start),
        subject.id,
        object_.id if object_ else "",
        f"{count.value:g}/{count.unit.id}" if count else "",
        str(negated),
        *((when.iso(), *(term.id for _, term in qualifiers)) if when and predicate in _STAGES else ()),
    )
    return "c" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]


def _pact(sentence: Sentence, found: Found) -> tuple[Item, ...]:
    """The agreement that a statement calls by its kind only, where no agreement was named before."""
    return tuple(
        item for item in sentence.items if item.kind == "agreement-kind" and found.start <= item.start < found.end
    )[:1]


def _sensible(predicate: Predicate, subject: Term, object_: Term | None) -> bool:
    """False where the subject only studies what the predicate says, or the object is nothing that it is done to."""
    for name in ("bystanders", "advised", "not_leaked"):
        if predicate.value in scope()[name]["predicates"] and subject.id in scope()[name]["terms"]:
            return False
    if object_ is not None and predicate is Predicate.SAME_AS and {subject.kind, object_.kind} in _UNLIKE:
        return False
    return object_ is None or not _no_victims(predicate, object_)


def _no_victims(predicate: Predicate, term: Term) -> bool:
    """True for what is counted or handled where a predicate wants those whom something was done to."""
    rows = (scope()[name] for name in ("no_victims", "not_arrested", "not_sanctioned", "no_means"))
    return any(predicate.value in row["predicates"] and term.id in row["terms"] for row in rows)


def _only_tells(
    predicate: Predicate, subject: Term, object_: Term | None, sentence: Sentence, catalog: Catalog
) -> bool:
    """True where a house that the sentence quotes was taken for the victim, or for the keeper of a list of flaws."""
    told = scope()["told_of"]
    if predicate.value in told["predicates"]:
        quoted = object_ is not None and object_.kind is Kind.IDENTITY and object_.name in sentence.voices
        return quoted and any(item.count is not None and item.count.unit.id in told["units"] for item in sentence.items)
    row = scope()["listers"]
    if predicate.value not in row["predicates"] or subject.kind is not Kind.IDENTITY:
        return False
    known = catalog.publisher(subject.name)
    return not (known is not None and known.kind in row["kinds"]) and _lister().search(subject.name) is None


@cache
def _lister() -> Any:
    return linear.compile(scope()["listers"]["names"])


def _qualifiers(
    roles: dict[str, tuple[Item, ...]], constants: dict[str, str], catalog: Catalog
) -> tuple[tuple[str, Term], ...]:
    out: list[tuple[str, Term]] = []
    for name in sorted(roles):
        if name not in _PLAIN_ROLES:
            out += [(name.lower(), term) for item in roles[name] for term in item.terms]
            out += [
                (name.lower(), Term(kind=Kind.TEXT, id=f"date/{item.when.iso()}", name=item.when.iso()))
                for item in roles[name]
                if item.when is not None
            ]
    for key, value in sorted(constants.items()):
        if key.startswith("what."):
            term = Term(kind=Kind.CONCEPT, id=value, name=value.rpartition("/")[2])
            out.append((key[5:], Term(kind=term.kind, id=value, name=catalog.label(term, "en") or term.name)))
    return tuple(out)


def _clause(sentence: Sentence, start: int, end: int) -> Span:
    inside = [span for span in sentence.clauses if span.start < end and start < span.end]
    if not inside:
        return sentence.span
    return Span(start=inside[0].start, end=inside[-1].end)


def _of_acts(found: Found, sentence: Sentence) -> tuple[Item, ...]:
    """The dates that a statement may have: an act's without the day on which it was told, a lasting state's none."""
    if found.predicate.value in scope()["timeless"]["predicates"]:
        return ()
    if found.predicate.value in scope()["point"]["predicates"]:
        return tuple(item for item in found.dated if not item.opening)
    if found.predicate not in acts():
        return found.dated
    bounds, language = (sentence.span.start, sentence.span.end), sentence.language
    # A date stands before its verb where verbs come last: one behind a comma behind it is of the next.
    last = language in scope()["hedges_follow"]
    return tuple(
        item
        for item in found.dated
        if (item.when is None or not told_then(sentence.text, item.start, item.end, bounds, language))
        and not (last and any(mark in sentence.text[found.end : item.start] for mark in "、,"))
    )
