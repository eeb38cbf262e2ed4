"""Sentences from statements: the same statement gives one sentence in each language, or none in both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from geppo.catalog import Catalog
from geppo.model.assessment import Assessment
from geppo.model.claim import Claim, Predicate, Rung
from geppo.model.entity import Kind, Term
from geppo.model.time import Period
from geppo.write.facts import Fact
from geppo.write.forms import TIED, dated, form_of
from geppo.write.network_words import Networks
from geppo.write.phrases import Phrases, fill, missing, phrases
from geppo.write.statement import Statement
from geppo.write.views import Views
from geppo.write.wording import Wording, spaced

_SELF_SPEAKING = frozenset({Predicate.WARNS, Predicate.SANCTIONS, Predicate.DENIES, Predicate.DISCLOSES})
_MANY = frozenset({"role", "device", "unit", "address"})
_MATTER = frozenset({"data", "ai", "technique-word", "body", "service", "act"})
_SUMS = frozenset({"opening", "origins", "trend"})
"""Forms that count or sum up all reports of a section or a month, and tell no finding."""
_OF_MANY = frozenset({Predicate.WARNS, Predicate.PROVIDES})
MOST_SHORT = 2
"""Objects that a heading names."""


@dataclass(slots=True)
class Composer:
    """Words statements in one language. It remembers nothing between sentences: a statement has one wording.

    `made` are reports on records of the lab: each sentence that tells of one says so itself. `spellings` are names that
    are printed in another of their spellings (`spelling.py`). `again` is the speaker of
    the sentence before, where the next one may call it by a word of its kind ("the company"); `again_of` is the day of
    the report behind that sentence.
    """

    language: str
    catalog: Catalog
    period: Period
    publishers: Mapping[str, str]
    claims: Mapping[str, Claim]
    made: frozenset[str] = frozenset()
    spellings: Mapping[tuple[str, str], str] = field(default_factory=dict)
    again: str = ""
    again_of: date | None = None
    phrases: Phrases = field(init=False)
    wording: Wording = field(init=False)
    views: Views = field(init=False)
    networks: Networks = field(init=False)

    def __post_init__(self) -> None:
        self.phrases = phrases(self.language)
        self.wording = Wording(self.phrases, self.catalog, self.period)
        self.wording.spellings = self.spellings
        self.networks = Networks(self.phrases, self.wording)
        self.views = Views(
            phrases=self.phrases,
            wording=self.wording,
            catalog=self.catalog,
            publishers=self.publishers,
            claims=self.claims,
        )

    # -- entry points ------------------------------------------------------------------------------------------

    def sentence(self, said: Statement, variant: int = 0) -> str | None:
        """The sentence of a statement, or None where this language has no words for it."""
        group, _, name = said.form.partition(".")
        if group == "fact":
            text = self._told(said, variant)
        elif group == "heading":
            return self.heading(said)
        else:
            make: dict[str, Callable[[Statement, str], str | None]] = {
                "origins": self._plain,
                "drift": self.views.drift,
                "opening": self._opening,
                "grade": self._grade,
                "alternative": self._alternative,
                "overlap": self.views.overlap,
                "counting": self._counting,
                "contradiction": self.views.contradiction,
                "partner": self.views.partner,
                "tempo": self.views.tempo,
                "trend": lambda said, name: self._trend(said, name, variant),
                "gloss": self._gloss,
                "network": self.networks.sentence,
            }
            text = make[group](said, name)
        if text is None:
            return None
        return self._finished(self._called_made(said, text), said.connective)

    def _called_made(self, said: Statement, text: str) -> str:
        """The text, with the word that it tells of made records where it does, in whole or in part."""
        of_made = [self.claims[one].report in self.made for one in said.claims if one in self.claims]
        group = said.form.partition(".")[0]
        if not any(of_made) or group == "network" or (not all(of_made) and group in _SUMS):
            return text
        tail = self.phrases.text("form", "made", "whole" if all(of_made) else "part")
        return fill(tail, {"X": text.rstrip("。").removesuffix(".")})

    def called_made(self, claim: Claim, text: str) -> str:
        """A cell's text, with the word that it is of made records where it is."""
        return fill(self.phrases.text("form", "made", "whole"), {"X": text}) if claim.report in self.made else text

    def heading(self, said: Statement) -> str | None:
        """The heading that a statement makes."""
        if said.form.startswith("network."):
            made = self.networks.sentence(said, said.form.partition(".")[2])
            return self.wording_sentence(made) if made else made
        fact = said.facts[0]
        template = self._short_phrase(fact.best, "heading") or self._phrase(fact.best, "negated")
        if template is None:
            return None
        text = fill(template, self._slots(fact, short=True))
        text = fill(self.phrases.text("heading_tail", fact.best.hedge.rung.value), {"X": text})
        if fact.best.predicate is Predicate.LEAKS and fact.best.qualifier("owner") is None:
            # Where nobody says whose data it was, the heading says at least who tells of it.
            text = fill(self.phrases.text("form", "leak", "told_by"), {"X": text, "G": self.speaker(fact.best)})
        text = self._called_made(said, text)
        if self.language == "ja":
            return spaced(text)
        return text[:1].upper() + text[1:]

    def _finished(self, text: str, connective: str) -> str:
        if connective:
            text = self._connected(text, connective)
        if self.language == "ja":
            text = spaced(text)
            return text if text.endswith("。") else text + "。"
        text = text[:1].upper() + text[1:]
        return text if text.endswith(".") else text + "."

    def _connected(self, text: str, connective: str) -> str:
        """The text behind a connective: its kind, and which of the kind's words has its turn ("addition.1")."""
        kind, _, turn = connective.partition(".")
        words = self.phrases.choices("connective", kind)
        if text.startswith(tuple(self.phrases.data["connective"]["lower"])):
            text = text[:1].lower() + text[1:]
        return words[int(turn or 0) % len(words)] + text

    # -- facts -------------------------------------------------------------------------------------------------

    def _phrase(self, claim: Claim, what: str) -> str | None:
        base = ("predicate", claim.predicate.value)
        form = form_of(claim)
        if form and self.phrases.has(*base, form, what):
            return self.phrases.text(*base, form, what)
        return self.phrases.text(*base, what) if self.phrases.has(*base, what) else None

    def _short_phrase(self, claim: Claim, what: str) -> str | None:
        """A heading or a noun; of what is denied only where one is worded so: "the arrest of suspects" says it was."""
        return self._phrase(claim, f"negated_{what}" if claim.negated else what)

    def _slots(self, fact: Fact, *, short: bool = False) -> dict[str, str]:
        best, word = fact.best, self.wording
        roles: dict[str, list[str]] = {}
        for role, term in best.qualifiers:
            roles.setdefault(role, []).append(word.term(term))
        opening = best.qualifier("open")
        plural_subject = best.predicate is Predicate.CLASSIFIES and best.subject.kind is Kind.CONCEPT
        slots = {
            "S": word.term(best.subject, plural=True) if plural_subject else self._subject(best, short=short),
            "O": self._objects(fact, short=short),
            "C": word.count(best.count) if best.count else "",
            "N": word.amount(best.count) if best.count else "",
            "c": word.number(best.count.value) if best.count else "",
            "o": str(len(fact.objects)),
            "D": word.at(best.when, opening.name if opening else "") if best.when and dated(best) else "",
            "Place": word.listed(roles.get("place", [])) if roles.get("place") else "",
            "Owner": self._owner(best, short=short),
            "What": self._what(fact),
            "Due": roles["due"][0] if roles.get("due") else "",
            "Act": roles["act"][0] if roles.get("act") else "",
        }
        if best.predicate is Predicate.CLAIMS_RESPONSIBILITY and best.object and best.object.kind is Kind.CONCEPT:
            # "An attack on an intrusion", "on victims": what was claimed, and nobody whom it befell.
            slots["O"] = ""
        if best.predicate is Predicate.SEIZES and best.count and best.object and best.object.kind is Kind.CONCEPT:
            # "14 computers of servers": the thing counted is what was seized.
            slots["O"] = ""
        if best.predicate is Predicate.SHARES and not slots["What"]:
            negated = best.negated and self.phrases.has("predicate", best.predicate.value, "what_negated")
            slots["What"] = self.phrases.text("predicate", best.predicate.value, "what_negated" if negated else "what")
        return slots

    def _owner(self, claim: Claim, *, short: bool) -> str:
        """Whose thing it is. Who speaks of its own is named as the speaker, except in a heading, which names nobody."""
        owner = claim.qualifier("owner")
        if owner is None or (
            not short and self.publishers.get(claim.speaker, claim.speaker) == self.wording.term(owner)
        ):
            return ""
        return self.wording.short(owner) if short else self.wording.term(owner)

    def _objects(self, fact: Fact, *, short: bool) -> str:
        """A fact's objects as a list; a short one names the first two of more."""
        terms = fact.objects
        words = [self._object(fact.best, term, short=short) for term in terms]
        if not words:
            return ""
        if short and len(words) > MOST_SHORT:
            first = self.phrases.text("list", "comma").join(words[:MOST_SHORT])
            return fill(self.phrases.text("list", "more"), {"X": first})
        if self.language == "ja" and len(words) > 1 and all(term.kind is Kind.SECTOR for term in terms):
            words[-1] += self.phrases.text("list", "sectors")
        elif self.language == "ja" and len(words) == 1 and terms[0].kind is Kind.SECTOR:
            whole = words[0].endswith(self.phrases.choices("list", "sector_whole"))
            words[0] += "" if whole else self.phrases.text("list", "sector")
        return self.wording.listed(words)

    def _object(self, claim: Claim, term: Term, *, short: bool) -> str:
        """An object's words; English needs a number for a class of things."""
        if self.language == "en" and term.kind is Kind.CONCEPT:
            if claim.predicate in _OF_MANY or form_of(claim) == "device":
                return self.wording.term(term, plural=True)
            if claim.predicate is Predicate.CLASSIFIES:
                return self.wording.term(term, indefinite=True)
            return self._nameless(term)
        return self.wording.short(term) if short else self.wording.term(term)

    def _subject(self, claim: Claim, *, short: bool) -> str:
        nameless = self.language == "en" and claim.subject.kind is Kind.CONCEPT
        if nameless and not form_of(claim).startswith("operator"):
            return self._nameless(claim.subject)
        return self.wording.short(claim.subject) if short else self.wording.term(claim.subject)

    def _nameless(self, term: Term) -> str:
        """A class of things in English: people and devices as many, matter without an article, the rest as one."""
        kind = term.id.partition("/")[0]
        if kind in _MANY:
            return self.wording.term(term, plural=True)
        if kind not in _MATTER:
            return self.wording.term(term, indefinite=True)
        counted = self.catalog.plural(term.id) not in ("", self.catalog.label(term, self.language))
        return self.wording.term(term, plural=counted and kind == "data", indefinite=counted and kind != "data")

    def _what(self, fact: Fact) -> str:
        """What is shared or warned of, as exactly as the report says it."""
        term = fact.qualifier("what")
        if term is None:
            return ""
        if self.language == "en" and term.kind is Kind.CONCEPT:
            if term.id.startswith("shared-thing/") or fact.best.predicate is Predicate.WARNS:
                return self.wording.term(term, plural=True)
            return self.wording.term(term, indefinite=True)
        return self.wording.term(term)

    def clause(self, fact: Fact, *, itself: bool = False) -> str | None:
        """The statement of a fact without voice and hedge, or None where a part of it is missing.

        `itself`: the speaker speaks of itself, and is not named again.
        """
        what = "negated" if fact.best.negated else "clause"
        template = self._phrase(fact.best, "forecast" if fact.best.hedge.rung is Rung.FORECAST else what)
        if template is None:
            return None
        slots = self._slots(fact)
        if missing(template, slots):
            return None
        if itself:
            if self.language == "ja":
                template = template.replace("{S}が", "")
            slots["S"] = self.phrases.text("thing", "itself")
        return fill(template, slots)

    def _told(self, said: Statement, variant: int) -> str | None:
        """A fact's sentence, with a second fact of the same report or with the number of its origins behind it."""
        if len(said.facts) > 1:
            return self._two_facts(said.facts[0], said.facts[1], variant)
        text = self._fact_sentence(said.facts[0], variant)
        tail = said.value("tail")
        if text is None or not tail:
            return text
        return fill(self.phrases.text("form", "tail", tail), {**dict(said.values), "X": text})

    def _two_facts(self, one: Fact, other: Fact, variant: int) -> str | None:
        """What one report says of one subject, named once: in Japanese the first verb is left open."""
        templates = [self._phrase(fact.best, "clause") for fact in (one, other)]
        slots = [self._slots(fact) for fact in (one, other)]
        if any(template is None or missing(template, slot) for template, slot in zip(templates, slots, strict=True)):
            return None
        if slots[0]["D"] == slots[1]["D"]:
            slots[int(self.phrases.text("join", "day") == "first")]["D"] = ""
        first, second = (str(template) for template in templates)
        mark = next((mark for mark in self.phrases.choices("join", "subject") if mark in second), "")
        if not mark or not any(mark in first for mark in self.phrases.choices("join", "subject")):
            return None
        second = second.replace(mark, "", 1)
        first, second = fill(first, slots[0]), fill(second, slots[1])
        ends = self.phrases.keys("join", "open")
        if ends:
            end = next((end for end in ends if first.endswith(end)), None)
            if end is None:
                return None
            first = first.removesuffix(end) + self.phrases.text("join", "open", end)
        clause = fill(self.phrases.text("join", "two"), {"X": first, "Y": second})
        tails = self.phrases.choices("tail", one.best.hedge.rung.value)
        return fill(tails[variant % len(tails)], {"G": self.speaker(one.best), "X": clause})

    def _fact_sentence(self, fact: Fact, variant: int) -> str | None:
        best = fact.best
        speaker = self.speaker(best)
        itself = (
            self.publishers.get(best.speaker, best.speaker) == self.wording.term(best.subject)
            or best.subject.id == "role/expert"
        )
        flat = best.hedge.rung in (Rung.CONFIRMED, Rung.REPORTED, Rung.DENIES)
        own = self._phrase(best, "self")
        if own is not None and (itself or (best.predicate in _SELF_SPEAKING and flat)) and not best.negated:
            slots = self._slots(fact)
            if itself and self.again == best.speaker:
                slots["S"] = self.called_again(best.speaker) or slots["S"]
            return fill(own, slots) if slots["S"] and ("{O}" not in own or slots["O"]) else None
        clause = self.clause(fact, itself=itself)
        if clause is None:
            return None
        rung = best.hedge.rung
        if rung is Rung.NOT_FOUND and best.negated:
            plain = self._phrase(best, "clause")
            clause = fill(plain, self._slots(fact)) if plain else clause
        tails = self.phrases.choices("tail", rung.value)
        if rung is Rung.REPORTED and (teller := self._teller(best)):
            return fill(self.phrases.choices("tail", "voiced")[0], {"G": speaker, "H": teller, "X": clause})
        return fill(tails[variant % len(tails)], {"G": speaker, "X": clause})

    def _teller(self, claim: Claim) -> str:
        """The house of a page that tells what another says; empty where the two are one."""
        house, said = (self.publishers.get(name, name) for name in (claim.publisher, claim.speaker))
        return house if house != said else ""

    def speaker(self, claim: Claim) -> str:
        """Whose statement it is, with the month of its report where that is not the edition's own."""
        name = self.publishers.get(claim.speaker, claim.speaker)
        span, same = self.period.span, self.again and self.publishers.get(self.again, self.again) == name
        short = self.called_again(claim.speaker) if same else ""
        if span.start <= claim.published <= span.end:
            return short or name
        if short and self.again_of == claim.published:
            return short
        when = self.wording.month(claim.published)
        return f"{name}（{when}）" if self.language == "ja" else f"{name} ({when})"

    def called_again(self, speaker: str) -> str:
        """What a speaker is called the second time: by the tail of its name, else by its kind; empty for its name."""
        name = self.publishers.get(speaker, speaker)
        tails = (tail for tail in self.phrases.keys("again_tail") if name.endswith(tail))
        if tail := max(tails, key=len, default=""):
            return self.phrases.text("again_tail", tail)
        known = self.catalog.publisher(speaker)
        if known is None or not self.phrases.has("again", known.kind):
            return ""
        return self.phrases.text("again", known.kind)

    # -- assessments -------------------------------------------------------------------------------------------

    def _plain(self, said: Statement, name: str) -> str | None:
        group = said.form.partition(".")[0]
        return fill(self.phrases.text("form", group, name), dict(said.values))

    def _opening(self, said: Statement, name: str) -> str | None:
        slots = dict(said.values)
        slots["M"] = self.wording.month(self.period.span.start)
        if name == "main":
            nouns = [noun for fact in said.facts if (noun := self._noun(fact))]
            if not nouns:
                return None
            slots["X"] = self.wording.things(nouns)
            name = "main" if len(nouns) > 1 else "main_one"
        if name == "doubt" and slots["s"] == slots["k"]:
            name = "doubt_all"
        if name == "later":
            themes = [value for key, value in said.values if key.startswith("T")]
            slots["X"] = self.wording.listed([self.phrases.text("theme", theme) for theme in themes])
        return fill(self.phrases.text("form", "opening", name), slots)

    def _noun(self, fact: Fact) -> str | None:
        """A fact as a noun phrase that is no surer than it is: "the likely sharing of a server"."""
        template = self._short_phrase(fact.best, "noun")
        slots = self._slots(fact)
        if template is None or missing(template, slots):
            return None
        rung = fact.best.hedge.rung.value
        if not self.phrases.has("noun_hedge", rung) or fact.best.predicate is Predicate.DENIES:
            # "The denied denial": that somebody denies is plainly so.
            return fill(template, slots)
        text = fill(template, slots)
        if text.startswith(tuple(self.phrases.data["noun_hedge"]["unfit"])):
            return None
        head = self.phrases.text("noun_hedge", "head")
        return fill(self.phrases.text("noun_hedge", rung), {"X": text.removeprefix(head)})

    def _grade(self, said: Statement, name: str) -> str | None:
        grade, given = said.value("grade"), said.value("G")
        speaker = (given == self.again and self.called_again(given)) or self.publishers.get(given, given)
        return fill(
            self.phrases.text("form", "grade", name), {"G": speaker, "grade": self.phrases.text("grade", grade)}
        )

    def _alternative(self, said: Statement, name: str) -> str | None:
        things = [self.wording.term(term, indefinite=True) for key, term in said.terms if key.startswith("O")]
        speaker = self.publishers.get(said.value("G"), said.value("G"))
        joined = (" or " if self.language == "en" else "または").join(dict.fromkeys(things))
        return fill(self.phrases.text("form", "alternative", name), {"G": speaker, "O": joined})

    def _counting(self, said: Statement, name: str) -> str | None:
        if name == "listed":
            return self._listed_counts(said)
        if said.assessment is None:
            return None
        subject = self.wording.term(said.assessment.subjects[0])
        return fill(self.phrases.text("form", "counting", name), {"S": subject})

    def _listed_counts(self, said: Statement) -> str | None:
        """Counts by several houses, the earliest first; a year is said again only where it changes."""
        items, year = [], 0
        for fact in said.facts:
            best = fact.best
            if best.count is None:
                return None
            when = self.wording.when(best.when) if best.when else ""
            if self.language == "ja" and best.when and best.when.start.year == best.when.end.year == year:
                when = when.replace(f"{year}年", "", 1)
            year = best.when.end.year if best.when else year
            name = self.publishers.get(best.speaker, best.speaker) if when else self.speaker(best)
            slots = {"G": name, "C": self.wording.count(best.count), "D": when}
            items.append(fill(self.phrases.text("form", "counting", "item"), slots))
        subject = self.wording.term(said.facts[0].best.subject)
        tied = all(form_of(fact.best) == TIED for fact in said.facts)
        form = self.phrases.text("form", "counting", "listed_tied" if tied else "listed")
        return fill(form, {"S": subject, "X": self.wording.clauses(items)})

    def _trend(self, said: Statement, name: str, variant: int) -> str | None:
        slots = dict(said.values)
        speakers = [self.publishers.get(v, v) for key, v in said.values if key.startswith("X")]
        slots["X"] = self.wording.listed(speakers) if speakers else ""
        if "G" in slots:
            slots["G"] = self.publishers.get(slots["G"], slots["G"])
        if said.value("theme"):
            slots["T"] = self.phrases.text("trend", said.value("theme"))
        forms = self.phrases.choices("form", "trend", name)
        return fill(forms[variant % len(forms)], slots)

    def _gloss(self, said: Statement, name: str) -> str | None:
        term = dict(said.terms)["T"]
        if not self.phrases.has("glossary", term.id):
            return None
        label = self.wording.term(term, indefinite=True)
        return fill(
            self.phrases.text("form", "gloss", name),
            {"T": label[:1].upper() + label[1:], "definition": self.phrases.text("glossary", term.id)},
        )

    # -- cells of tables and pictures --------------------------------------------------------------------------

    def wording_sentence(self, text: str) -> str:
        """A caption in the house style of the language."""
        return spaced(text) if self.language == "ja" else text

    def label(self, identifier: str) -> str:
        """The printed form of a concept's id."""
        return self.wording.short(Term(kind=Kind.CONCEPT, id=identifier, name=identifier.rpartition("/")[2]))

    def event(self, fact: Fact) -> str:
        """A fact as a short label."""
        noun = self._noun(fact) or self.clause(fact)
        return self.wording_sentence(noun) if noun else fact.best.predicate.value

    def state(self, fact: Fact) -> str:
        """What is reported of a vulnerability, with its date."""
        best = fact.best
        heading = self._phrase(best, "heading")
        text = fill(heading, self._slots(fact, short=True)) if heading else best.predicate.value
        when = self.wording.when(best.when) if best.when else ""
        return self.wording_sentence(f"{text}（{when}）" if self.language == "ja" and when else text) + (
            f" ({when})" if self.language == "en" and when else ""
        )

    def pair(self, one: Assessment) -> str:
        """The two sides of a judgement."""
        return self.wording_sentence(self.wording.listed([self.wording.term(term) for term in one.subjects[:2]]))
