"""Claims from sentences: rules over typed mentions, then hedge, polarity, voice, date and count of the same clause."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from geppo.catalog import Catalog
from geppo.language import hedges as hedging
from geppo.language.sentences import Span
from geppo.model.claim import Claim, Count, Grade, Hedge, Predicate, Rung
from geppo.model.entity import Kind, Term
from geppo.model.marking import Tlp
from geppo.model.report import Passage
from geppo.model.time import When
from geppo.read.anaphora import Salience
from geppo.read.rules import Rule, RuleSet, scope
from geppo.read.typed import Item, TypedLine, names_only, typed_line

LONGEST_MATCH = 220
"""Characters of a typed line between first and last role; beyond, two statements share the sentence by accident."""

MOST_CLAIMS = 16
"""Claims of one match; a longer list is a list of values."""

_OF_GRADE = {Grade.LOW: Rung.SUGGESTS, Grade.MODERATE: Rung.LIKELY, Grade.HIGH: Rung.VERY_LIKELY}
"""A statement that carries a grade and no other hedge is a judgement, never a plain fact."""

_ACTS_OF_HOUSES = frozenset(
    {
        Predicate.WARNS, Predicate.LISTS, Predicate.FIXES, Predicate.ARRESTS, Predicate.SEIZES, Predicate.SANCTIONS,
        Predicate.DISCLOSES, Predicate.DENIES, Predicate.PAYS,
    }
)  # fmt: skip
_STAGES = frozenset({Predicate.SIGNS, Predicate.RATIFIES, Predicate.ENTERS_INTO_FORCE})
_SYMMETRIC = frozenset({Predicate.SHARES, Predicate.COOPERATES, Predicate.SAME_AS})
_PLAIN_ROLES = frozenset({"S", "O", "C", "D", "G", "K", "Kind", "Group", "Net"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What is known of one sentence before its relations are read.

    `spoken_of` are its items without the speaker; `asked` are the numbers of the rules that may match it.
    """

    text: str
    span: Span
    clauses: tuple[Span, ...]
    items: tuple[Item, ...]
    spoken_of: tuple[Item, ...]
    language: str
    voices: tuple[str, ...]
    asked: Sequence[int]


def _lines(sentence: Sentence) -> Iterator[tuple[TypedLine, bool]]:
    """The typed lines of a sentence in the order in which rules are asked, and whether a line has its speaker.

    In the second, concepts stand as words: a second chance where the first matches no rule. In the last the speaker,
    who may be the one that acts, stands too.
    """
    borders = [part.start for part in sentence.clauses]
    seen: set[str] = set()
    for items, spoken in (
        (sentence.spoken_of, False),
        (names_only(sentence.spoken_of), False),
        (sentence.items, True),
    ):
        line = typed_line(sentence.text, sentence.span.start, sentence.span.end, items, borders)
        if line.line not in seen:
            yield line, spoken
        seen.add(line.line)


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
    found: dict[str, Claim] = {}
    guessed: set[str] = set()
    for line, spoken in _lines(sentence):
        for number in rules.prefilter.of_line(line.line, sentence.asked):
            rule = rules.rules[number]
            if spoken and rule.predicate not in _ACTS_OF_HOUSES:
                continue
            for match in rules.compiled[number].finditer(line.line):
                if match.end() - match.start() > LONGEST_MATCH or _guarded(rules, rule, sentence, line, match):
                    continue
                for claim in _from_match(sentence, line, rules, rule, match, salience, source, catalog):
                    if not match.groupdict().get("S"):
                        guessed.add(claim.id)
                    found.setdefault(claim.id, claim)
        if found:
            break
    return _without_weaker_readings(_without_guesses(tuple(found.values()), guessed))


def _guarded(rules: RuleSet, rule: Rule, sentence: Sentence, line: TypedLine, match: Any) -> bool:
    guard = rules.guards.get(rule.predicate)
    if guard is None:
        return False
    start, end = line.span(match.start(), match.end())
    return guard.search(sentence.text[start:end]) is not None


def _without_guesses(claims: tuple[Claim, ...], guessed: set[str]) -> tuple[Claim, ...]:
    """A subject taken from the block gives way where the sentence itself names one for the same statement."""
    stated = {
        (c.predicate, c.object.id if c.object else "", c.count.value if c.count else 0)
        for c in claims
        if c.id not in guessed
    }
    return tuple(
        claim
        for claim in claims
        if claim.id not in guessed
        or (claim.predicate, claim.object.id if claim.object else "", claim.count.value if claim.count else 0)
        not in stated
    )


def _without_weaker_readings(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
    """One rule may read the bare form of what another reads with its count: the fuller one stays."""
    fuller = {(c.predicate, c.subject.id, c.object.id if c.object else "", c.negated) for c in claims if c.count}
    kept = []
    for claim in claims:
        key = (claim.predicate, claim.subject.id, claim.object.id if claim.object else "", claim.negated)
        if claim.count is None and key in fuller:
            continue
        kept.append(claim)
    return tuple(kept)


def _from_match(
    sentence: Sentence,
    line: TypedLine,
    rules: RuleSet,
    rule: Rule,
    match: Any,
    salience: Salience,
    source: Source,
    catalog: Catalog,
) -> Iterable[Claim]:
    constants = dict(rule.constants)
    roles = {name: line.items_of(marks) for name, marks in match.groupdict().items() if marks}
    if constants.get("subject") == "@publisher":
        house = Term(kind=Kind.IDENTITY, id=f"publisher/{source.publisher}", name=source.publisher)
        pairs = _arguments(rule, constants, roles, salience, catalog, house)
    else:
        pairs = _arguments(rule, constants, roles, salience, catalog)
    if not pairs:
        return
    start, end = line.span(match.start(), match.end())
    clause = _clause(sentence, start, end)
    spoken_of = roles.get("O") or roles.get("C") or roles.get("S") or ()
    hedge, negated = _modality(sentence, Span(start=start, end=end), clause, constants, spoken_of)
    flat = rules.flat.get(rule.predicate)
    words = sentence.text[sentence.span.start : sentence.span.end]
    if hedge.rung is Rung.CONFIRMED and not negated and flat is not None and flat.search(words) is None:
        hedge = replace(hedge, rung=Rung.POSSIBLE)
    dated = _dated(line, roles, Span(start=start, end=end), clause)
    when = dated.when if dated else None
    counts: tuple[Count | None, ...] = tuple(item.count for item in roles.get("C", ()) if item.count) or (None,)
    qualifiers = _qualifiers(roles, constants, catalog)
    if dated is not None and dated.opening:
        qualifiers += (("open", Term(kind=Kind.TEXT, id=f"open/{dated.opening}", name=dated.opening)),)
    voices = sentence.voices
    for item in roles.get("G", ()):
        voices = (*voices, item.terms[0].name) if item.terms and item.terms[0].name not in voices else voices
    for subject, object_ in pairs[:MOST_CLAIMS]:
        for count in counts:
            passage = Passage(
                document=source.document,
                start=sentence.span.start,
                end=sentence.span.end,
                text=sentence.text[sentence.span.start : sentence.span.end],
            )
            yield Claim(
                id=_id(source, rule.predicate, passage, subject, object_, count, negated, when, qualifiers),
                report=source.document,
                publisher=source.publisher,
                predicate=rule.predicate,
                subject=subject,
                object=object_,
                qualifiers=qualifiers,
                count=count,
                when=when,
                hedge=hedge,
                negated=negated,
                voices=tuple(voice for voice in voices if voice != source.publisher),
                passage=passage,
                published=source.published,
                rule=f"{sentence.language}/{rule.id}",
                marking=source.marking,
            )


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


def _constant(value: str, salience: Salience, catalog: Catalog) -> tuple[Term, ...]:
    """The term of a constant: `@pair` or `@kind|kind` is the latest such name of the block (`?id` if there is none),
    anything else a catalogue id."""
    if value == "@pair":
        pair = salience.pair()
        return pair or ()
    if value.startswith("@"):
        kinds, _, otherwise = value[1:].partition("?")
        term = salience.main(kinds.split("|"))
        if term is not None or not otherwise:
            return (term,) if term else ()
        value = otherwise
    kind = Kind.LOCATION if value.startswith("country/") else Kind.CONCEPT
    term = Term(kind=kind, id=value, name=value.rpartition("/")[2])
    return (Term(kind=kind, id=value, name=catalog.label(term, "en") or term.name),)


def _arguments(
    rule: Rule,
    constants: dict[str, str],
    roles: dict[str, tuple[Item, ...]],
    salience: Salience,
    catalog: Catalog,
    house: Term | None = None,
) -> list[tuple[Term, Term | None]]:
    subjects = [term for item in roles.get("S", ()) for term in item.terms]
    objects = [term for item in roles.get("O", ()) for term in item.terms]
    if not subjects and house is not None:
        subjects = [house]
    if not subjects and "subject" in constants:
        subjects = list(_constant(constants["subject"], salience, catalog))
    if not objects and "object" in constants:
        objects = list(_constant(constants["object"], salience, catalog))
    if not subjects:
        return []
    if rule.predicate in _SYMMETRIC and not objects:
        if len(subjects) < 2:
            return []
        subjects, objects = subjects[:1], subjects[1:]
    wanted = "O" in roles or "object" in constants
    if not objects:
        return [] if wanted else [(subject, None) for subject in subjects]
    return [(subject, object_) for subject in subjects for object_ in objects if subject.id != object_.id]


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


def _modality(
    sentence: Sentence, match: Span, clause: Span, constants: dict[str, str], spoken_of: tuple[Item, ...]
) -> tuple[Hedge, bool]:
    marks = [
        mark
        for mark in hedging.hedges(sentence.text, sentence.span, sentence.language)
        if clause.start <= mark.start < clause.end or _opens(sentence, mark.end, clause)
    ]
    rungs = [mark.rung for mark in marks]
    if "hedge" in constants:
        rungs.append(Rung(constants["hedge"]))
    own: list[Rung] = [rung for rung in rungs if rung is not Rung.REPORTED]
    graded = hedging.grade(sentence.text, sentence.span, sentence.language)
    if not own and graded is not None:
        own = [_OF_GRADE[graded.grade]]
    rung = hedging.combine(own) if own else (Rung.REPORTED if rungs else Rung.CONFIRMED)
    words = " … ".join(mark.text for mark in marks)
    if "negated" in constants:
        negated = constants["negated"] == "True" or constants["negated"] == "true"
    else:
        negated = rung is Rung.NOT_FOUND or _negated(sentence, match, clause, spoken_of)
    return Hedge(rung=rung, text=words, grade=graded.grade if graded else None), negated


def _negated(sentence: Sentence, match: Span, clause: Span, spoken_of: tuple[Item, ...]) -> bool:
    """True where a negator near the match has what the statement speaks of on its negated side.

    "Not X but Y" negates X only: in Japanese and Korean what stands before the negator, elsewhere what stands behind it
    up to a "but".
    """
    reach = scope()["reach"]
    before, after = reach.get(sentence.language, reach["en"])
    near = Span(start=max(clause.start, match.start - before), end=min(clause.end, match.end + after))
    first = min((item.start for item in spoken_of), default=match.start)
    last = max((item.end for item in spoken_of), default=match.end)
    for mark in hedging.negations(sentence.text, sentence.span, sentence.language):
        if not near.start <= mark.start < near.end:
            continue
        if mark.scope == "before" and last <= mark.end:
            contrast = any(word in sentence.text[mark.start : mark.end] for word in scope()["contrast"])
            if not contrast or mark.start - last <= scope()["contrast_reach"]:
                return True
        between = sentence.text[mark.end : first] if mark.end <= first else ""
        ahead = mark.scope != "before" and (match.start <= mark.start or mark.end <= first)
        if ahead and mark.start < max(last, match.end) and not any(word in between for word in scope()["but"]):
            return True
    return False


def _opens(sentence: Sentence, at: int, clause: Span) -> bool:
    """True where a hedge stands right before the clause and governs it ("it is likely that …")."""
    return at <= clause.start and sentence.text[at : clause.start].strip(" ,") in {"", "that"}


def _gap(one: Item, other: Item) -> int:
    return max(one.start - other.end, other.start - one.end, 0)


def _dated(line: TypedLine, roles: dict[str, tuple[Item, ...]], match: Span, clause: Span) -> Item | None:
    """The date of a statement: the rule's own, else the one inside the match or the clause that stands nearest to what
    the statement ends on, or the only one of the sentence.
    """
    named = [item for item in roles.get("D", ()) if item.when]
    if named:
        return named[0]
    other = {item.start for name, items in roles.items() if name != "D" for item in items}
    dates = [item for item in line.items if item.when is not None and item.start not in other]
    for span in (match, clause):
        inside = [item for item in dates if span.start <= item.start and item.end <= span.end]
        if inside:
            told = roles.get("O") or roles.get("C") or ()
            return min(inside, key=lambda item: min((_gap(item, other) for other in told), default=0))
    return dates[0] if len(dates) == 1 else None
