"""A sentence of an English clause grammar: verb groups, their voice, and the noun that is their subject (`svo.py`)."""

from __future__ import annotations

from collections.abc import Sequence

from geppo.read.frames.forms import BASE, ING, PARTICIPLE, PAST, S
from geppo.read.frames.frame import OPEN, filling
from geppo.read.frames.nouns import FARTHEST, NAMES, Phrase, Sentence, Verb
from geppo.read.typed import Item

ACTIVE, PASSIVE = "active", "passive"

OPENING = 2
"""Tokens before a verb that opens its sentence ("Once inside, …", "Using X, …"): its subject follows."""

COMMON = frozenset({"role", "group-kind", "malware-kind", "relay-class", "campaign-kind", "act", "technique-word"})
"""Kinds of words that say what somebody or something is."""

_ADDED = COMMON | {"body"}
"""Kinds of nouns that may only say what the next one is of: "a malware report", "the police investigation"."""

_DEEDS = frozenset({"campaign-kind", "act", "technique-word"})
"""Nouns that look like the verb itself where they follow the place of a subject ("did not attack")."""


class Reader(Sentence):
    """A sentence and the roles around its verbs."""

    def group(self, verb: Verb) -> tuple[int, list[str]]:
        """Where the verb group begins, and its auxiliaries and adverbs from left to right."""
        at = verb.first
        while at > 0 and (
            self.lexicon.adverb(self.tokens[at - 1])
            or any(self.among(at - 1, name) for name in ("be", "have", "modals"))
            or (self.word(at - 1) == "on" and self.among(at, "days"))
            or (self.word(at - 2) == "in" and self.among(at - 1, "behind_in"))
            or (self.among(at - 1, "spans") and self.among(at - 2, "pointing"))
        ):
            two = self.word(at - 2) == "in" and self.among(at - 1, "behind_in")
            at -= 1 + (two or self.among(at - 1, "spans"))
        seen = ING in verb.forms and self.among(at - 1, "governors") and at == verb.first
        aspect = ING in verb.forms and self.among(at - 1, "aspect") and at == verb.first
        governor = at - 1 if aspect or (seen and self.among(at - 2, "be")) else self.governor(at - 1)
        if governor >= 0:
            before = governor
            while before > 0 and (
                self.lexicon.adverb(self.tokens[before - 1])
                or any(self.among(before - 1, name) for name in ("be", "have", "modals"))
            ):
                before -= 1
            if (
                self.noun(before - 1)
                or self.among(before - 1, "relative")
                or self.word(before - 1) in (",", "it", "they")
            ):
                return before, [self.word(place) for place in range(at, verb.first)]
        return at, [self.word(place) for place in range(at, verb.first)]

    def voice(self, verb: Verb, auxiliaries: Sequence[str], start: int) -> str:
        """Whether the verb is active or passive here; empty where it states nothing."""
        be = any(word in self.lexicon.words["be"] or word in ("get", "gets", "got", "getting") for word in auxiliaries)
        have = any(word in self.lexicon.words["have"] for word in auxiliaries)
        forms = verb.forms
        if verb.frame.stative and be and PARTICIPLE in forms:
            return ACTIVE
        if be and PARTICIPLE in forms and forms != {ING}:
            return PASSIVE
        if have and PARTICIPLE in forms:
            return ACTIVE
        if ING in forms:
            return ACTIVE
        own = self.among(verb.first, "be") or self.among(verb.first, "have")
        if auxiliaries and (be or have) and BASE in forms and not own:
            return ""
        if PARTICIPLE in forms and not any(word in self.lexicon.words["modals"] for word in auxiliaries):
            return self._bare(verb, start)
        return ACTIVE

    def governor(self, at: int) -> int:
        """Where the word stands that governs an infinitive with its "to" at `at` ("believed to", "assessed with high
        confidence to", "assessed by X to"), or -1."""
        place = at - 1
        if self.word(at) != "to":
            return -1
        if self.word(place) == "confidence":
            place = next((n for n in range(place - 1, place - 6, -1) if self.word(n) in ("with", "at")), 0) - 1
        elif (
            not self.among(place, "governors")
            and (phrase := self.ending(place))
            and self.word(phrase.first - 1) == "by"
        ):
            place = phrase.first - 2
        return place if self.among(place, "governors") else -1

    def present(self, auxiliaries: Sequence[str]) -> bool:
        """True for auxiliaries that tell of no past: "are", but not "have been"."""
        return bool({"is", "are"} & set(auxiliaries)) and not {"has", "have", "had", "been"} & set(auxiliaries)

    def let(self, at: int) -> bool:
        """True for a verb that says what somebody is able to do: "the flaw lets attackers read …"."""
        phrase = self.ending(at - 1)
        first = self._before(phrase) if phrase is not None else at
        return any(self.among(place, "lets") for place in range(first, at))

    def handling(self, item: Item) -> int:
        """Where the verb group begins whose object a mention is, or -1."""
        place = next((n for n, token in enumerate(self.tokens) if token.start == item.start), 0)
        while self.among(place - 1, "determiners"):
            place -= 1
        start = next((self.group(verb)[0] for verb in self.found if verb.last == place), -1)
        return start if start > 0 else -1

    def governing(self, at: int) -> int:
        """Where the verb group begins whose doer a "by …ing" at `at` shares ("X got in by exploiting Y"); else `at`."""
        for place in range(at - 2, max(-1, at - 2 - FARTHEST), -1):
            if self.word(place) in (";", ":", "."):
                break
            for verb in self.verbs_at.get(place, ()):
                start, auxiliaries = self.group(verb)
                if verb.forms & {PAST, S} and self.voice(verb, auxiliaries, start) == ACTIVE:
                    return start
        return at

    def _bare(self, verb: Verb, start: int) -> str:
        """A participle without auxiliary: an active past, or what was done to the noun before it."""
        if self.adjective(verb):
            return ""
        before = start - 1
        last = verb.last
        owner = self.ending(before)
        if owner is not None and PAST in verb.forms and self.among(self._before(owner), "relative"):
            return ACTIVE
        if owner is not None and PAST in verb.forms and self.contact(owner) > 0 and self._objectless(last):
            return ACTIVE
        object_follows = not self._objectless(last)
        told = self.word(last - 1) in verb.frame.prepositions
        has_object = (object_follows and not told) or verb.slot or not verb.frame.patient
        if self.word(before) == "," and self.word(before - 1).endswith("ed") and self.tokens[before - 1].item is None:
            return ""
        if PAST not in verb.forms or self.word(last) == "by" or not has_object:
            return PASSIVE if self.noun(before) or self.word(before) == "," else ""
        return ACTIVE

    def contact(self, owner: Phrase) -> int:
        """The place of the noun that a clause without a relative word describes ("flaws the vendor mended"), or 0.

        `owner` is that clause's subject; an article stands between the two.
        """
        before = owner.first - 1
        if not self.among(before, "articles") or self.among(before, "relative"):
            return 0
        return before - 1 if self.noun(before - 1) and before - 1 not in self.starts else 0

    def _objectless(self, at: int) -> bool:
        """True where no object stands behind a verb, adverbs aside ("used freely available tools")."""
        while self.word(at).endswith("ly") and at + 1 < len(self.tokens) and self.lexicon.adverb(self.tokens[at]):
            at += 1
        at = self._over_quantity(at)
        return not (self.noun(at) or self.among(at, "determiners") or self.among(at, "pronouns"))

    def subject(self, start: int, kinds: frozenset[str], *, head: bool = False) -> Item | None:
        """Who the verb group at `start` is said of; with `head` no noun that only adds to it ("a report on X")."""
        before = start - 1
        if self.among(before, "relative"):
            before -= 1
            while self.word(before) in (",", "(") or self.among(before, "prepositions"):
                before -= 1
            return self.head(self._over_dates(before), kinds, head=head, near=True)
        if self.among(before, "prepositions") and self.among(before - 1, "governors") and self.noun(before - 2):
            return self.head(before - 2, kinds, head=head)
        if self.among(before, "demonstrative"):
            return self._first(before, kinds, whole=True)
        if self.word(start) == "being":
            phrase = self.ending(before)
            return self.pick(phrase, kinds) if phrase else None
        if self.word(start) == "having" and self.among(before, "prepositions") and not self.among(before, "sets_in"):
            phrase = self.ending(before - 1)
            return self.pick(phrase, kinds) if phrase else None
        if self.word(start) == "having" and (verb := next(iter(self.verbs_at.get(before, ())), None)) is not None:
            return self.subject(self.group(verb)[0], kinds, head=head)
        if self.word(before) in (",", "and") and (earlier := self._chained(start)) > 0:
            return self.subject(earlier, kinds, head=head)
        if self.word(before) in (",", ")", "—", "–"):
            return self._over_parenthesis(before, kinds) or self._first(start, kinds)
        if self.among(before, "spans") and (spent := self._spending(before)) > 0:
            return self.subject(spent, kinds, head=head)
        if self.noun(before):
            return self.head(before, kinds, head=head) or self._over_relative(before, kinds)
        return self._first(start, kinds)

    def _spending(self, last: int) -> int:
        """Where the verb group begins whose object is the time that ends at `last` ("spent a year …"), or 0."""
        phrase = self.ending(last)
        place = self._before(phrase) if phrase is not None else 0
        while place > 0 and (self.among(place, "inner") or self.lexicon.adverb(self.tokens[place])):
            before = self.ending(place - 1)
            place = self._before(before) if before is not None else 0
        if not self.among(place, "spending"):
            return 0
        while place > 0 and (self.lexicon.adverb(self.tokens[place - 1]) or self.among(place - 1, "have")):
            place -= 1
        return place

    def _over_dates(self, last: int) -> int:
        """The place before dates that end at `last`: "attacks in 2021 and 2022 that …"."""
        while last > 0 and self.tokens[last].kind == "date":
            last -= 1
            while self.among(last, "prepositions") or self.word(last) in ("and", "late", "early", "mid"):
                last -= 1
        return last

    def _chained(self, start: int) -> int:
        """Where the verb group before a comma begins that has the same doer: "deployed X, planted Y and spread Z"."""
        own = start
        while self.lexicon.adverb(self.tokens[own]) and own + 1 < len(self.tokens):
            own += 1
        if not any(PAST in verb.forms for verb in self.verbs_at.get(own, ())):
            return 0
        for place in range(start - 2, max(0, start - FARTHEST), -1):
            if self.word(place) in (",", ";", ":", ".", "(", ")") or self.among(place, "relative"):
                return 0
            for verb in self.verbs_at.get(place, ()):
                first, auxiliaries = self.group(verb)
                active = PAST in verb.forms and self.voice(verb, auxiliaries, first) == ACTIVE
                if active:
                    return 0 if self._in_relative(first) else first
        return 0

    def _in_relative(self, place: int) -> bool:
        """True where a relative word stands before a place in its part of the sentence."""
        while place > 0 and self.word(place - 1) not in (",", ";", ":", "."):
            place -= 1
            if self.word(place) == "that" and not self.noun(place - 1):
                return False
            if self.among(place, "relative"):
                return True
        return False

    def _over_relative(self, last: int, kinds: frozenset[str]) -> Item | None:
        """The noun before a relative clause that ends at `last`: "the servers that X had rented were …"."""
        for place in range(last, max(1, last - FARTHEST), -1):
            if self.word(place) in (",", ";", ":", "."):
                return None
            if self.among(place, "relative"):
                return self.head(place - 1, kinds, head=True)
        return None

    def head(self, last: int, kinds: frozenset[str], *, head: bool = False, near: bool = False) -> Item | None:
        """The head of the noun phrase that ends at `last`, over what "of", "at" or "by" adds to it.

        With `near` a participle is the end of it: a relative clause speaks of the noun right before it.
        """
        chain: list[Phrase] = []
        phrase = self._without_deed(self.ending(last))
        if phrase is not None and not near:
            phrase = self._without_means(phrase)
        while phrase is not None:
            chain.append(phrase)
            before = self._over_list(phrase)
            if not self.among(before, "prepositions") or self.among(before, "sets_in"):
                break
            phrase = self._without_deed(self.ending(before - 1))
            if phrase is not None and not near and self._participle(phrase):
                chain, phrase = [], self.ending(self._over_verbs(phrase.first - 1))
        closed = kinds - {OPEN}
        if (
            head
            and len(chain) > 1
            and self.tokens[chain[-1].last - 1].lower.rpartition(" ")[2] not in self.lexicon.words["containers"]
        ):
            chain = chain[-1:]
        for phrase in (chain[-1:] + chain[:-1]) if chain else []:
            picked = self.pick(phrase, closed)
            if picked is not None:
                return picked
        joined = self._before(chain[-1]) if chain else 0
        if 0 < joined < last and self.word(joined) == "and" and OPEN not in kinds:
            return self.head(joined - 1, kinds, head=head, near=near)
        return self.pick(chain[-1], kinds) if chain else None

    def _without_means(self, phrase: Phrase) -> Phrase:
        """A doer without the clause that tells what they do it with: "hackers using X exploited Y"."""
        for at in range(phrase.first + 1, phrase.last - 1):
            verbs = self.verbs_at.get(at, ())
            if self.tokens[at - 1].kind in COMMON and any(ING in verb.forms for verb in verbs):
                return Phrase(phrase.first, at)
        return phrase

    def _without_deed(self, phrase: Phrase | None) -> Phrase | None:
        """A noun phrase without the participle that tells by whom something was done to it ("police led by X")."""
        if phrase is None or phrase.last - phrase.first < 2 or not self.among(phrase.last, "prepositions"):
            return phrase
        last, noun = self.tokens[phrase.last - 1], self.tokens[phrase.last - 2]
        done = last.lower.endswith("ed") and self.word(phrase.last) == "by"
        doing = last.lower.endswith(("ing", "ed")) and noun.kind in ("role", "group-kind", "actor")
        return Phrase(phrase.first, phrase.last - 1) if last.item is None and (done or doing) else phrase

    def _participle(self, phrase: Phrase) -> bool:
        """True for a participle that tells of the noun before it: "hackers linked to X"."""
        return phrase.last - phrase.first == 1 and any(
            verb.first == phrase.first and PARTICIPLE in verb.forms for verb in self.found
        )

    def _over_verbs(self, last: int) -> int:
        """The place before the verbs that end at `last`: "hackers claiming to be linked"."""
        while (
            self.among(last, "be")
            or self.among(last, "have")
            or self.word(last) == "to"
            or self.word(last).endswith("ing")
            or (last >= 0 and self.lexicon.adverb(self.tokens[last]))
        ):
            last -= 1
        return last

    def _over_list(self, phrase: Phrase) -> int:
        """The place before a noun phrase, or before the first of its list where a preposition stands there."""
        before = self._before(phrase)
        place = before
        joined = self.word(before) in ("and", "or")
        while self.word(place) in ("and", "or", ","):
            while self.word(place) in ("and", "or", ","):
                place -= 1
            earlier = self.ending(place)
            if earlier is None:
                return before
            place = self._before(earlier)
        return place if joined and self.among(place, "prepositions") else before

    def _before(self, phrase: Phrase) -> int:
        before = phrase.first - 1
        while self.among(before, "determiners") and not self._relative(before):
            before -= 1
        return before

    def _relative(self, at: int) -> bool:
        """True for a "that" behind a noun, which is no determiner of the next one."""
        return self.word(at) == "that" and self.noun(at - 1)

    def _over_parenthesis(self, comma: int, kinds: frozenset[str]) -> Item | None:
        last = self.tokens[comma - 1].item if comma else None
        if last is not None and last.kind in kinds and (self._is_naming(comma - 2) or self._only_names(comma)):
            return last
        for place in range(comma - 1, 0, -1):
            if self.word(place) in (",", "(", "—", "–") and self.noun(place - 1):
                picked = self.head(place - 1, kinds - {OPEN}, head=True)
                if picked is not None:
                    return self._named_between(place + 1, comma, kinds, picked)
            if self.word(place) in (";", ":", "."):
                return None
        return None

    def _only_names(self, comma: int) -> bool:
        """True for names alone between commas behind a common noun: "the vendor, X,", "two flaws, X and Y,"."""
        place = comma - 1
        while place > 0 and self.tokens[place].kind in NAMES - {"place"}:
            if self.word(place - 1) not in ("and", "or") or self.tokens[place - 2].kind != self.tokens[place].kind:
                break
            place -= 2
        common = self.tokens[place - 2] if place > 1 else None
        opened = self.word(place - 1) == "," and self.tokens[comma - 1].kind in NAMES - {"place"}
        return opened and common is not None and common.kind not in NAMES and self.noun(place - 2)

    def _named_between(self, first: int, last: int, kinds: frozenset[str], picked: Item) -> Item:
        """The name that stands between commas behind a common noun: "the intruders, a group it calls X, took …"."""
        if picked.kind not in COMMON or not (self.among(first, "determiners") or self.among(first, "naming")):
            return picked
        row = [item for token in self.tokens[first:last] if (item := token.item) and not item.anaphor]
        return next(
            (item for item in row if item.kind in ("actor", "malware", "campaign") and item.kind in kinds), picked
        )

    def _first(self, start: int, kinds: frozenset[str], *, whole: bool = False) -> Item | None:
        """The first noun of the sentence (or of its part) that could be its subject: not behind a preposition."""
        at = 0 if whole else start - 1
        while at > 0 and self.word(at) not in (";", ":", "."):
            at -= 1
        opening = start - at <= OPENING
        if opening and self.word(start).endswith("ing") and not any(token.item for token in self.tokens[at:start]):
            at = next((n for n in range(start, len(self.tokens)) if self.word(n) == ","), len(self.tokens))
        for place in range(at, min(max(at, start) + FARTHEST, len(self.tokens)) if opening else start):
            item = self.tokens[place].item
            fitting = filling(item, kinds - {OPEN})
            if fitting is None or self.word(place + 1) == "'s" or (place >= start and fitting.kind in _DEEDS):
                continue
            if fitting.kind in _ADDED and not fitting.anaphor and self._only_describes(place):
                continue
            before = place - 1
            if self.among(before, "relative") and self.noun(before - 1) and not self.among(place + 1, "have"):
                continue
            while self.among(before, "determiners") or (self.noun(before) and self.tokens[before].item is None):
                before -= 1
            if not self.among(before, "prepositions") or self.word(before) == "by":
                named = self._named(place + 1)
                inner = filling(self.tokens[named.first].item if named else self._next(place), kinds)
                phrase = self.beginning(place)
                return inner or (self.pick(phrase, kinds - {OPEN}) if phrase else None) or fitting
        return None

    def _only_describes(self, place: int) -> bool:
        """True for a common noun that says of what kind the next one is: "a malware analysis report"."""
        phrase = self.beginning(place)
        rest = self.tokens[place + 1 : phrase.last] if phrase is not None and not self.word(place).endswith("s") else []
        return bool(rest) and all(token.item is None and not token.lower.endswith("ed") for token in rest)

    def _next(self, place: int) -> Item | None:
        """The name right behind a common noun: "the ransomware X"."""
        item = self.tokens[place + 1].item if place + 1 < len(self.tokens) else None
        return item if item is not None and item.kind in ("actor", "malware", "tool", "campaign", "network") else None

    def denied(self, item: Item) -> bool:
        """True where "not" stands before a noun: "not X but Y did it"."""
        place = next((n for n, token in enumerate(self.tokens) if token.start == item.start), 0) - 1
        while self.among(place, "determiners") and self.word(place) != "no":
            place -= 1
        return self.word(place) == "not"

    def nearest(self, at: int, kinds: frozenset[str]) -> Item | None:
        """The nearest mention of these kinds before a place."""
        return next((f for n in range(at - 1, -1, -1) if (f := filling(self.tokens[n].item, kinds))), None)

    def behind(
        self, verb: Verb, words: Sequence[str], kinds: frozenset[str], examples: Sequence[str] = ()
    ) -> list[Item]:
        """What stands behind one of the prepositions after a verb; names that one of `examples` adds stand for it."""
        for place in range(verb.last - 1, min(verb.last + FARTHEST, len(self.tokens))):
            if self.word(place) in (";", ".", ":"):
                return []
            if self.word(place) in words:
                listed = self.listed(place + 1)
                end = listed[-1].last + (self.word(listed[-1].last) == ",") if listed else place
                more = self._heads(self.listed(end + 1), kinds - {OPEN}) if self.word(end) in examples else []
                return more or self._heads(listed, kinds)
        return []

    def _heads(self, listed: Sequence[Phrase], kinds: frozenset[str]) -> list[Item]:
        """What the nouns of a list stand for; for "staff of X" it is X."""
        found: list[Item] = []
        for number, phrase in enumerate(listed):
            item = self.pick(phrase, kinds)
            if number and self.inner(phrase):
                if item is None or item.kind == OPEN or not self.holds(listed[number - 1]):
                    continue
                found = found[:-1]
            found += [item] if item is not None else []
        return found
