"""Sentences that state our own view of what the sources say: overlap, contradiction, targeting between partners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geppo.catalog import Catalog
from geppo.model.assessment import Assessment, band
from geppo.model.claim import Claim, Rung
from geppo.model.entity import Kind, Term
from geppo.write.phrases import Phrases, fill
from geppo.write.statement import Statement
from geppo.write.wording import Wording

_CHANGE_UP_MOST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """Words assessments in one language."""

    phrases: Phrases
    wording: Wording
    catalog: Catalog
    publishers: Mapping[str, str]
    claims: Mapping[str, Claim]

    @property
    def language(self) -> str:
        """The language of the words."""
        return self.phrases.language

    def overlap(self, said: Statement, name: str) -> str | None:
        one = said.assessment
        if one is None or one.likelihood is None or one.confidence is None:
            return None
        slots = self._likelihood(one)
        slots |= {
            "A": self.wording.term(one.subjects[0]),
            "B": self.wording.term(one.subjects[1]),
            "level": self.phrases.text("confidence", one.confidence.value),
            "reasons": self._reasons(one),
        }
        if name == "likelihood" and one.get("word") == "insufficient":
            name = "insufficient"
        if name == "confidence" and not slots["reasons"]:
            name = "confidence_bare"
        if name == "change":
            known = [(key, shift) for key, shift in one.would_change if self.phrases.has("change", key)]
            up = [self.phrases.text("change", key) for key, shift in known if shift > 0][:_CHANGE_UP_MOST]
            down = [self.phrases.text("change", key) for key, shift in known if shift < 0][:1]
            if not up:
                return None
            joiner = " or " if self.language == "en" else "、または"
            slots |= {"up": joiner.join(up), "down": "".join(down)}
            name = "change_both" if down else "change_up"
        return fill(self.phrases.text("form", "overlap", name), slots)

    def _likelihood(self, one: Assessment) -> dict[str, str]:
        if one.likelihood is None:
            return {}
        return {
            "word": self.phrases.text("band", band(one.likelihood.point).value),
            "p": f"{one.likelihood.point * 100:.0f}",
            "low": f"{one.likelihood.low * 100:.0f}",
            "high": f"{one.likelihood.high * 100:.0f}",
        }

    def _reasons(self, one: Assessment) -> str:
        """Why the confidence is not higher: the deciding rule, and what else keeps it down."""
        also = [
            "one-source" if len(one.origins.roots) <= 1 else "",
            one.get("rule"),
            "one-group" if one.get("groups") == "1" else "",
            "disjoint-use" if one.get("uses") == "disjoint" else "",
        ]
        keys = [key for key in dict.fromkeys(also) if key and self.phrases.has("reason", key)]
        return self.wording.listed([self.phrases.text("reason", key) for key in keys]) if keys else ""

    def contradiction(self, said: Statement, name: str) -> str | None:
        one = said.assessment
        if one is None or not one.subjects or not self.phrases.has("form", "contradiction", name):
            return None
        slot = one.get("slot").partition(" ")[0] or "other"
        if one.get("type") == "polarity" and self.phrases.has("slot", f"{slot}_polarity"):
            slot += "_polarity"
        template = self.phrases.text("slot", slot if self.phrases.has("slot", slot) else "other")
        subject = self.asked_about(one.subjects[0])
        object_ = self.object_of(one)
        if "{O}" in template and not object_:
            return None
        values = {key: self.value_of(said, side) for key, side in (("x", "a"), ("y", "b"))}
        slots = {
            "S": subject,
            "slot": fill(template, {"S": subject, "O": object_}),
            "A": self.house(one.get("a_by")),
            "B": self.house(one.get("b_by")),
            **values,
        }
        if name == "prefer":
            reason = one.get("reason")
            if not self.phrases.has("reason", reason):
                return None
            slots["reason"] = self.phrases.text("reason", reason)
            slots["x"] = values["x" if one.get("preferred") == "a" else "y"]
        if not all(slots[key] for key in ("A", "B", "x", "y")):
            return None
        if name == "identity" and self._hedged(one):
            name = "identity_hedged"
        if name == "update" and not any(self._corrects(key) for key in one.claims):
            name = "later"
        return fill(self.phrases.text("form", "contradiction", name), slots)

    def _corrects(self, key: str) -> bool:
        """True for a claim whose page says that it puts an earlier number right."""
        return key in self.claims and self.claims[key].qualifier("corrects") is not None

    def drift(self, said: Statement, name: str) -> str | None:
        """What those who retell a matter changed in it, with how many did."""
        told = [kind for kind in self.phrases.keys("form", "drift", "item") if said.value(kind)]
        items = [fill(self.phrases.text("form", "drift", "item", kind), {"k": said.value(kind)}) for kind in told]
        return fill(self.phrases.text("form", "drift", name), {"X": self.wording.clauses(items)}) if items else None

    def asked_about(self, term: Term) -> str:
        """The subject of a dispute; one without a name is the one in question."""
        if term.kind is not Kind.CONCEPT:
            return self.wording.term(term)
        return fill(self.phrases.text("thing", "in_question"), {"X": self.wording.term(term)})

    def object_of(self, one: Assessment) -> str:
        """What the sides of a contradiction speak about beside its subject."""
        claim = next((self.claims[key] for key in one.claims if key in self.claims), None)
        if claim is None or claim.object is None:
            return ""
        return self.wording.term(claim.object, indefinite=True)

    def value_of(self, said: Statement, side: str) -> str:
        """One side's value, from its own claim: a date, a count, a name."""
        one = said.assessment
        claim = self._claim_of(one, side) if one is not None else None
        if one is None or claim is None:
            return ""
        kind = one.get("type")
        if kind == "date" and claim.when:
            return self.wording.when(claim.when)
        if kind in ("value", "update") and claim.count:
            return self.wording.count(claim.count)
        if claim.object is not None:
            name = self.wording.term(claim.object)
            if claim.negated:
                return f"not {name}" if self.language == "en" else f"{name}ではない"
            return name
        return ""

    def _claim_of(self, one: Assessment, side: str) -> Claim | None:
        """The claim of one side of a contradiction, rather one with the very value that the side is known for."""
        reports = one.get(f"{side}_reports").split()
        claims = [self.claims[key] for key in one.claims if key in self.claims]
        gone = set(one.get("b_claims").split())
        mine = [claim for claim in claims if claim.report in reports and (claim.id in gone) == (side == "b")]
        exact = [claim for claim in mine if claim.object is not None and claim.object.name == one.get(side)]
        return next(iter(exact or mine), None)

    def _hedged(self, one: Assessment) -> bool:
        """True where a side of a contradiction is not sure of what it says."""
        sides = (self._claim_of(one, side) for side in ("a", "b"))
        return any(claim is not None and claim.hedge.rung not in (Rung.CONFIRMED, Rung.REPORTED) for claim in sides)

    def partner(self, said: Statement, name: str) -> str | None:
        one = said.assessment
        if one is None or not one.get("source") or not one.get("target"):
            return None
        pact = one.get("agreement")
        slots = {
            "A": self.state_name(one.get("source")),
            "B": self.state_name(one.get("target")),
            "n": one.get("origins") or str(len(one.origins.roots)),
            "P": self._pact(Term(kind=Kind.AGREEMENT, id=pact, name=one.get("agreement_name"))) if pact else "",
            "level": self.phrases.text("confidence", one.confidence.value) if one.confidence else "",
            "X": self.wording.listed([self.wording.term(term) for _, term in said.terms]) if said.terms else "",
        }
        return fill(self.phrases.text("form", "partner", name), slots)

    def tempo(self, said: Statement, name: str) -> str | None:
        """What more, or fewer, origins report than in the months before, with what that rests on."""
        one = said.assessment
        if one is None:
            return None
        if name == "confidence":
            if one.confidence is None:
                return None
            level = self.phrases.text("confidence", one.confidence.value)
            return fill(self.phrases.text("form", "tempo", name), {"level": level})
        what = self._category(one)
        if what is None:
            return None
        slots = {key: one.get(key) for key in ("months", "panel", "now", "before")}
        slots |= {"exposure": one.get("exposure.before"), "what": what, "M": self._period()}
        return fill(self.phrases.text("form", "tempo", name), slots)

    def _category(self, one: Assessment) -> str | None:
        """The printed name of a trend's category; None where this language has none."""
        label = one.get(f"label.{self.language}")
        if label:
            return label
        kind = one.get("what")
        if not self.phrases.has("form", "tempo", kind) or not one.subjects:
            return None
        names = [self._target(term) for term in one.subjects[:2]]
        if kind in ("acts", "states") and len(names) < 2:
            return None
        return fill(self.phrases.text("form", "tempo", kind), {"a": names[0], "b": names[-1]})

    def _target(self, term: Term) -> str:
        """A term as one that is attacked: a sector is called one, where its name does not say so."""
        name, word = self.wording.term(term), self.phrases.text("list", "sector")
        if term.kind is not Kind.SECTOR or not word or name.endswith(self.phrases.choices("list", "sector_whole")):
            return name
        return name + word

    def _period(self) -> str:
        return self.wording.month(self.wording.period.span.start)

    def _pact(self, term: Term) -> str:
        """An agreement beside its parties: one that is only called by them is called by its kind."""
        if not term.id.startswith("agreement/new/"):
            return self.wording.term(term)
        kind = term.id.split("/")[2]
        label = Term(kind=Kind.CONCEPT, id=f"agreement-kind/{kind}", name=kind)
        return self.wording.term(label, indefinite=True)

    def state_name(self, identifier: str) -> str:
        """The printed name of a country's id."""
        return self.wording.term(Term(kind=Kind.LOCATION, id=identifier, name=identifier.rpartition("/")[2]))

    def house(self, name: str) -> str:
        """A publisher's printed name, also for one that only others name."""
        name = name.partition(";")[0].strip()
        if name in self.publishers:
            return self.publishers[name]
        known = self.catalog.publisher(name)
        return known.name if known else name
