"""Counts with their counters: set side by side, never one series.

A count has a value, a bound, a unit, a thing, a place, a counter and a time. Two counts of one thing by different
counters, at different times or in different units do not contradict each other. Assessments of kind `counting` hold:
`thing`, `family` (of units), `place`, `n`, `differ` (which of counter, when, unit differ), `series` (`one counter`
where all counts are by one counter and in one unit, else `never`), and for each count i from 1, in order of time:
`i.value`, `i.bound`, `i.unit`, `i.counter`, `i.when` (ISO, may be empty), `i.published`, `i.method`, `i.origin` and
`i.claim`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geppo.config import Settings
from geppo.judge._reference import predicates, short_id, unit_words
from geppo.judge.origins import Attribution
from geppo.judge.quantities import agree, family, printed
from geppo.judge.statements import Key, Keys
from geppo.model.assessment import Assessment, AssessmentKind, Origins
from geppo.model.claim import Claim, Count, Predicate
from geppo.model.entity import Kind, Term

_NAMED_KINDS = frozenset(
    {Kind.INFRASTRUCTURE, Kind.MALWARE, Kind.CAMPAIGN, Kind.INTRUSION_SET, Kind.TOOL, Kind.PRODUCT, Kind.VULNERABILITY}
)
_SEVERAL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One count of one thing, by whom. `origin` is the root that the count leads to."""

    thing: Key
    term: Term
    place: str
    count: Count
    counter: str
    name: str
    origin: str
    claim: Claim


class Counter:
    """Reads counts out of claims."""

    def __init__(self, keys: Keys, attribution: Attribution, named: Mapping[str, Term]) -> None:
        """`named` gives for a claim the named thing that its unit is about, for counts of nameless subjects."""
        self._keys, self._attribution, self._named = keys, attribution, named

    def read(self, claim: Claim) -> Counted | None:
        """The count of a claim, or None where it has none."""
        if claim.count is None:
            return None
        key, term = self._thing(claim)
        return Counted(
            thing=key,
            term=term,
            place=self._keys.place(claim),
            count=claim.count,
            counter=self._attribution.speaker(claim),
            name=self._attribution.name(claim),
            origin=self._attribution.root(claim),
            claim=claim,
        )

    def _thing(self, claim: Claim) -> tuple[Key, Term]:
        """What is counted: a named network, program or flaw, however the sentence puts it, or the whole statement."""
        terms = [claim.object, claim.qualifier("what"), claim.subject]
        if claim.predicate in predicates("sized"):
            for term in terms:
                if term is not None and term.kind in _NAMED_KINDS:
                    return (("size", self._keys.term(term, claim), *self._part(claim, term)), term)
            named = self._named.get(claim.id)
            if named is not None and claim.subject.kind is Kind.CONCEPT:
                return (("size", self._keys.term(named, claim), *self._part(claim, named)), named)
        term = claim.object or claim.subject
        return (("of", claim.predicate.value, *self._keys.base(claim)[1:]), term)

    def _part(self, claim: Claim, term: Term) -> Key:
        """Further named arguments narrow what is counted ("of them still valid"); plain units do not."""
        unit = claim.count.unit.id if claim.count else ""
        others = [claim.object, *(one for role, one in claim.qualifiers if role in ("what", "state", "part"))]
        return tuple(
            sorted(
                {
                    self._keys.term(one, claim)
                    for one in others
                    if one is not None
                    and one != term
                    and one.id != unit
                    and family(one) == (one.id or one.name.casefold())
                }
            )
        )


def _entries(rows: Sequence[Counted], settings: Settings) -> list[Counted]:
    """Counts without their repeats, in order of time: one by each counter, value, unit and time."""
    kept: list[Counted] = []

    def age(row: Counted) -> tuple[str, str, str]:
        return (row.claim.published.isoformat(), row.claim.report, row.claim.id)

    for row in sorted(rows, key=age):
        for other in kept:
            when, before = row.claim.when, other.claim.when
            same_time = when is None or before is None or when.overlaps(before)
            same_source = row.counter == other.counter or row.origin == other.origin
            if same_source and same_time and agree(row.count, other.count, settings):
                break
        else:
            kept.append(row)
    kept.sort(key=lambda row: ((row.claim.when.end if row.claim.when else row.claim.published).isoformat(), age(row)))
    return kept


def _differences(rows: Sequence[Counted]) -> list[str]:
    """What sets counts apart besides their values; two numbers of one page that share all of it are two things."""
    times = {row.claim.when.iso() if row.claim.when else row.claim.published.isoformat() for row in rows}
    parts = (
        ("counter", {row.counter for row in rows}),
        ("when", times),
        ("unit", {row.count.unit.id for row in rows}),
    )
    return [word for word, values in parts if len(values) > 1]


def _assessment(rows: Sequence[Counted], every: Sequence[Counted]) -> Assessment:
    differ = _differences(rows)
    detail = [
        ("thing", rows[0].term.name),
        ("family", family(rows[0].count.unit)),
        ("place", rows[0].place),
        ("n", str(len(rows))),
        ("differ", " ".join(differ)),
        ("series", "never" if {"counter", "unit"} & set(differ) else "one counter"),
    ]
    for number, row in enumerate(rows, start=1):
        claim, method = row.claim, row.claim.qualifier("method")
        detail += [
            (f"{number}.value", printed(row.count.value)),
            (f"{number}.bound", row.count.bound.value),
            (f"{number}.unit", row.count.unit.name),
            (f"{number}.counter", row.name),
            (f"{number}.when", claim.when.iso() if claim.when else ""),
            (f"{number}.published", claim.published.isoformat()),
            (f"{number}.method", method.name if method else ""),
            (f"{number}.origin", row.origin),
            (f"{number}.claim", claim.id),
        ]
    claims = tuple(dict.fromkeys(row.claim.id for row in (*rows, *every)))
    roots = tuple(sorted({row.origin for row in every}))
    return Assessment(
        id=short_id("a", "counting", *rows[0].thing, *sorted(claims)),
        kind=AssessmentKind.COUNTING,
        subjects=(rows[0].term,),
        claims=claims,
        likelihood=None,
        confidence=None,
        origins=Origins(
            roots=roots, repeats=tuple(sorted({row.claim.report for row in every if row.claim.report not in roots}))
        ),
        detail=tuple(detail),
    )


def assess_counts(rows: Sequence[Counted], settings: Settings) -> tuple[Assessment, ...]:
    """One assessment for each thing that was counted more than once, with all its counts."""
    held: dict[tuple[Key, str, str], list[Counted]] = defaultdict(list)
    for row in rows:
        kind = family(row.count.unit)
        if kind not in unit_words().no_size and not row.claim.negated:
            held[row.thing, row.place, kind].append(row)
    found = []
    for key in sorted(held):
        entries = _entries(held[key], settings)
        sized = key[0][0] == "size" or key[0][1] == Predicate.COUNTS.value
        if len(entries) >= _SEVERAL and sized and _differences(entries):
            found.append(_assessment(entries, held[key]))
    return tuple(found)
