"""Agreements between states, from the catalogue and from the claims: signed, ratified, in force are three dates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from geppo.judge._catalogue import Catalogue
from geppo.judge.nexus import Nexus, is_state
from geppo.judge.statements import Key, Keys, Statement, most_printed, ratifying_acts
from geppo.model.claim import Claim, Predicate, Rung
from geppo.model.entity import Kind, Term
from geppo.model.time import When

_STAGES = {Predicate.SIGNS: "signed", Predicate.RATIFIES: "ratified", Predicate.ENTERS_INTO_FORCE: "in_force"}
_UNSETTLED = frozenset({Rung.OPEN, Rung.POSSIBLE, Rung.FORECAST, Rung.NOT_FOUND, Rung.DENIES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pact:
    """An agreement in force. `claims` are the ids that tell of its stages, if any do."""

    id: str
    name: str
    signed: str
    ratified: str
    in_force: str
    claims: tuple[str, ...]

    def detail(self) -> list[tuple[str, str]]:
        """As parts of an assessment."""
        return [
            ("agreement", self.id),
            ("agreement_name", self.name),
            ("signed", self.signed),
            ("ratified", self.ratified),
            ("in_force", self.in_force),
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An agreement as the claims tell of it."""

    key: str
    term: Term
    parties: frozenset[str]
    stages: Mapping[str, tuple[Claim, ...]]

    def best(self, stage: str) -> When | None:
        """The date of a stage that most pages give; of equally many the later one, so that nothing starts too soon."""
        pages: dict[When, set[str]] = defaultdict(set)
        for claim in self.stages.get(stage, ()):
            if claim.when is not None:
                pages[claim.when].add(claim.report)
        return max(pages, key=lambda when: (len(pages[when]), when.end, when.start)) if pages else None

    def claim_ids(self) -> tuple[str, ...]:
        """Every claim on a stage of it."""
        return tuple(sorted({claim.id for held in self.stages.values() for claim in held}))


def _iso(value: date | None) -> str:
    return value.isoformat() if value else ""


class Pacts:
    """Agreements by their parties."""

    def __init__(self, told: Mapping[str, Told], catalogue: Catalogue) -> None:
        self.told, self._catalogue = told, catalogue

    @classmethod
    def read(cls, statements: Mapping[Key, Statement], keys: Keys, nexus: Nexus, catalogue: Catalogue) -> Pacts:
        """Collect what the claims say on the stages of each agreement."""
        terms: dict[str, list[Term]] = defaultdict(list)
        parties: dict[str, set[str]] = defaultdict(set)
        stages: dict[str, dict[str, list[Claim]]] = defaultdict(lambda: defaultdict(list))
        decrees = ratifying_acts(statements.values())
        for statement in statements.values():
            stage = _STAGES.get(statement.predicate)
            if stage is None or statement.negated:
                continue
            for claim in statement.claims:
                if claim.hedge.rung in _UNSETTLED or claim.id in decrees:
                    continue
                thing = keys.agreement(claim)
                key = keys.term(thing, claim)
                terms[key].append(thing)
                stages[key][stage].append(claim)
                sides = [term for term in keys.parties(claim) if term.kind is Kind.LOCATION]
                parties[key] |= {nexus.state(term, claim) for term in sides} - {""}
        told = {
            key: Told(
                key=key,
                term=most_printed(terms[key]),
                parties=frozenset(parties[key]),
                stages={stage: tuple(held) for stage, held in sorted(stages[key].items())},
            )
            for key in sorted(terms)
        }
        return cls(told, catalogue)

    def parties(self, key: str) -> frozenset[str]:
        """The states of an agreement, by the claims, the catalogue, or an id that names them (`…/XX/YY`)."""
        known = self._catalogue.agreement(key)
        codes = known.parties if known else key.split("/")[1:]
        states = frozenset(f"country/{code}" for code in codes if is_state(f"country/{code}"))
        return states | (self.told[key].parties if key in self.told else frozenset())

    def in_force(self, a: str, b: str, on: date) -> Pact | None:
        """The agreement in force between two states on a day: told by the claims, else the catalogue's closest."""
        if not a or not b or a == b:
            return None
        return self._told_in_force(a, b, on) or self._known_in_force(a, b, on)

    def _told_in_force(self, a: str, b: str, on: date) -> Pact | None:
        for key in sorted(self.told):
            told = self.told[key]
            start = told.best("in_force")
            if {a, b} <= self.parties(key) and start is not None and start.start <= on:
                dates = {stage: told.best(stage) for stage in _STAGES.values()}
                iso = {stage: when.iso() if when else "" for stage, when in dates.items()}
                return Pact(
                    id=key,
                    name=told.term.name,
                    signed=iso["signed"],
                    ratified=iso["ratified"],
                    in_force=iso["in_force"],
                    claims=told.claim_ids(),
                )
        return None

    def _known_in_force(self, a: str, b: str, on: date) -> Pact | None:
        known = self._catalogue.partners(a, b, on)
        if known is None:
            return None
        told = self.told.get(known.id)
        return Pact(
            id=known.id,
            name=known.name,
            signed=_iso(known.signed),
            ratified=_iso(known.ratified),
            in_force=_iso(known.in_force),
            claims=told.claim_ids() if told else (),
        )
