"""A Chinese sentence as stretches between commas, and the nouns around its verbs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from geppo.language.sentences import Span
from geppo.model.claim import Predicate
from geppo.model.entity import Kind, Term
from geppo.read.frames.characters import NAMES, PAIRS, PROGRAMS, THEY, Lexicon, Mark, Verb
from geppo.read.frames.frame import OPEN, Frame, filling, kinds_in
from geppo.read.names import slug
from geppo.read.typed import Item

LONGEST_NOUN = 16
"""Characters of a noun that no list knows."""
LONGEST_GAP = 2
"""Characters between a sector and the common noun that it describes."""

_FREE = frozenset({"actor", "malware", "tool", "campaign", "network", "vuln"})
"""Names that a common noun may follow: "the TideHook backdoor" is TideHook, "the Citrix gateway" is not Citrix."""
_OTHERS = frozenset({"role", "org", "unit", "sector", "body"})
"""Where one of these is said to do a thing, it is nobody unnamed."""
_GENERIC = frozenset({"unit", "group-kind", "role"})
_BESIDE = frozenset({"place", "count", "datacount"})
"""Where a thing is and how many there are: no part of what it is called."""
_OWNED = frozenset({Predicate.TARGETS, Predicate.COMPROMISES, Predicate.COMMUNICATES_WITH})
"""Who owns the thing that is attacked is attacked as well."""


class Reader:
    """One sentence: its stretches between commas, its verbs, and the nouns around them."""

    def __init__(self, lexicon: Lexicon, text: str, start: int, end: int, items: Sequence[Item]) -> None:
        self.lexicon = lexicon
        self.text = text
        self.start, self.end = start, end
        self.words = text
        self.items = [item for item in items if item.kind not in ("date", "number")]
        self.dates = [item for item in items if item.kind == "date"]
        self.verbs = self._verbs()
        self.places = sorted((verb.start, verb.end) for verb in self.verbs)
        # Frames share verbs and kinds: the same question is asked for several of them.
        self._unreal: dict[tuple[int, int], bool] = {}
        self._agents: dict[tuple[int, int, bool, frozenset[str]], tuple[list[Item], bool]] = {}
        self._things: dict[tuple[Any, ...], list[Item]] = {}

    @cached_property
    def stretches(self) -> list[Span]:
        """The stretches between commas; what stands in brackets is a stretch of its own inside another."""
        found: list[Span] = []
        opened: list[int] = []
        first = self.start
        piece = self.words[self.start : self.end]
        stops = {first for first, last in self.lexicon.each("stop", piece) if last - first == 1}
        for number, char in enumerate(piece):
            at = self.start + number
            if char in "（(":
                opened.append(first)
                first = at + 1
            elif char in "）)" and opened:
                found.append(Span(start=first, end=at))
                first = opened.pop()
            elif number in stops and not self._inside(at):
                found.append(Span(start=first, end=at))
                first = at + 1
        found.append(Span(start=first, end=self.end))
        return [span for span in found if span.start < span.end]

    def stretch(self, at: int) -> Span:
        """The innermost stretch of a place."""
        around = [span for span in self.stretches if span.start <= at < span.end]
        return min(around, key=lambda span: span.end - span.start, default=Span(start=self.start, end=self.end))

    def _inside(self, at: int) -> bool:
        return any(item.start <= at < item.end for item in self.items)

    def _verbs(self) -> list[Verb]:
        found: list[Verb] = []
        piece = self.words[self.start : self.end]
        present = self.lexicon.present(piece)
        kinds = kinds_in(self.items)
        may = self.lexicon.able(kinds | THEY if self.lexicon.search("pronoun", piece) else kinds)
        for number in present:
            if number >= len(self.lexicon.verbs):
                break
            _, frame, expression = self.lexicon.verbs[number]
            if frame.id in may:
                inner, after = (expression.groupindex.get(name) for name in ("slot", "after"))
                for match in expression.finditer(piece):
                    end = self.start + (match.end() if after is None else match.start(after))
                    slot = None
                    if inner is not None:
                        slot = Span(start=self.start + match.start(inner), end=self.start + match.end(inner))
                    verb = Verb(frame, self.start + match.start(), end, slot)
                    if slot is not None or not self._noun(verb):
                        found.append(verb)
        return found

    def _noun(self, verb: Verb) -> bool:
        """True where the letters of a verb are a noun or a part of one."""
        for item in self.items:
            if item.start < verb.end and verb.start < item.end:
                longer = item.start < verb.start or item.end > verb.end
                same = item.kind == "technique-word" and item.start == verb.start
                if item.kind in NAMES or (longer and item.start <= verb.start and not same):
                    return True
        word, after = self.words[verb.start : verb.end], self.words[verb.end : self.end]
        if after.startswith("者") or self.lexicon.begins("trader", word + after):
            return True
        deed = self.lexicon.search("deed", word)
        before = self.words[self.start : verb.start].rstrip()
        if deed and (self.lexicon.begins("noun_after", after) or self.lexicon.search("noun_before", before)):
            return True
        return not verb.frame.glued and before.endswith("的") and not self.lexicon.search("passive", before[-24:])

    def unreal(self, verb: Verb, span: Span) -> bool:
        """True where it is only possible, wanted or prevented that somebody does it."""
        place = (verb.start, verb.end)
        if place not in self._unreal:
            self._unreal[place] = self._is_unreal(verb, span)
        return self._unreal[place]

    def _is_unreal(self, verb: Verb, span: Span) -> bool:
        before = self.words[self.start : verb.start]
        if self.lexicon.search("condition", before):
            return True
        if self.lexicon.search("warned", before) and not self.lexicon.begins("done", self.words[verb.end : span.end]):
            return True
        at = self.stretches.index(span)
        while at > 0 and self.lexicon.begins("follows", self.words[self.stretches[at].start : verb.start]):
            at -= 1
        first = self.stretches[at].start
        return any(
            not self._inside(first + place) for place, _ in self.lexicon.each("modal", self.words[first : verb.start])
        )

    def mark(self, verb: Verb, span: Span) -> Mark | None:
        """The last word before a verb that tells the roles, unless another verb or a "so that" stands between."""
        found: list[Mark] = []
        piece = self.words[span.start : verb.start]
        for name, passive in (("passive", True), ("preposed", False)):
            for first, last in self.lexicon.each(name, piece):
                start, end = span.start + first, span.start + last
                word = self.words[start:end]
                if self.lexicon.search("no_mark", self.words[max(self.start, start - 1) : end + 1]):
                    continue
                wanted = passive or (word in verb.frame.prepositions if verb.frame.prepositions else word in "将把")
                if wanted and not self._inside(start) and self._reaches(end, verb.start):
                    found.append(Mark(start, end, word, passive))
        return max(found, key=lambda mark: mark.start, default=None)

    def _reaches(self, end: int, at: int) -> bool:
        told = any(end < start < at and "的" not in self.words[last:at] for start, last in self.places)
        return not told and not self.lexicon.search("reset", self.words[end:at])

    def agents(self, verb: Verb, span: Span, before: int) -> tuple[list[Item], bool]:
        """Who acts, and whether a pronoun stands for it: the nearest before the verb, else one of a stretch before."""
        owned = verb.frame.predicate in PAIRS or verb.frame.glued
        asked = (span.start, before, owned, verb.frame.agent)
        if asked not in self._agents:
            self._agents[asked] = self._agents_of(span, before, verb.frame.agent, owned=owned)
        return self._agents[asked]

    def _agents_of(self, span: Span, before: int, kinds: frozenset[str], *, owned: bool) -> tuple[list[Item], bool]:
        near = self.nearest(span.start, before, kinds, pairs=owned)
        if near:
            return near, False
        nameless = self._nameless(span.start, before) if "group-kind" in kinds else None
        if nameless is not None:
            return [nameless], False
        stands = self._pronoun(span, before, kinds)
        if stands is not None:
            return stands, True
        if self.own_subject(span, before):
            return [], False
        at = self.stretches.index(span)
        for earlier in reversed(self.stretches[:at]):
            if earlier.start <= span.start and span.end <= earlier.end:
                continue
            found = self.first_of(earlier.start, earlier.end, kinds)
            if found:
                return found, False
            stands = self._pronoun(earlier, earlier.end, kinds)
            if stands:
                return stands, True
            inside = [item for item in self.items if earlier.start <= item.start < earlier.end and item.kind != "place"]
            told = not self.lexicon.begins("goes_on", self.words[earlier.start : earlier.end].lstrip())
            if told and any(not self._governed(item) and not self._object(earlier.start, item) for item in inside):
                break
        return [], False

    def _nameless(self, start: int, stop: int) -> Item | None:
        """A band that no list knows, by the last word of its noun, right before the verb."""
        for end in (stop, next((place for place, _ in self.places if start < place < stop), stop)):
            cut = next(self.lexicon.each("trailing", self.words[start:end]), (end - start, 0))[0]
            match = self.lexicon.expressions["band"].search(self.words[start : start + cut])
            if match is not None:
                return self._open(start + match.start(), start + match.end())
        return None

    def _pronoun(self, span: Span, before: int, kinds: frozenset[str]) -> list[Item] | None:
        """What a pronoun before the verb stands for, if there is one that is its subject."""
        for first, _ in self.lexicon.each("pronoun", self.words[span.start : before]):
            place = span.start + first
            if not self.lexicon.search("preposition", self.words[max(self.start, place - 6) : place]):
                known = [fit for item in self.items if item.end <= place and (fit := filling(item, kinds))]
                named = [fit for fit in known if fit.kind in NAMES or fit.count is not None]
                at = self.stretches.index(span)
                topic = self.first_of(self.stretches[at - 1].start, self.stretches[at - 1].end, kinds) if at else []
                return topic if topic and topic[0].kind in NAMES else (named or known)[-1:]
        return None

    def led(self, mark: Mark, verb: Verb) -> tuple[list[Item], bool]:
        """Who acts behind a word like 被, and whether somebody is named there who is no such doer."""
        found = self.nearest(mark.end, verb.start, verb.frame.agent, led=True)
        if found:
            return found, False
        if self.lexicon.search("pronoun", self.words[mark.end : verb.start]):
            known = [fit for item in self.items if item.end <= mark.start and (fit := filling(item, verb.frame.agent))]
            return [fit for fit in known if fit.kind in NAMES][-1:], False
        inside = (item for item in self.items if mark.end <= item.start and item.end <= verb.start)
        return [], any(item.kind in _OTHERS for item in inside)

    def own_subject(self, span: Span, before: int) -> bool:
        """True where a stretch begins with a noun of its own that may act."""
        first = next((item for item in self.items if span.start <= item.start < before), None)
        if first is None:
            piece = self.words[span.start : before]
            rest = piece[: next(self.lexicon.each("trailing", piece), (len(piece), 0))[0]]
            return bool(rest.strip()) and not self.lexicon.begins("opens", rest.lstrip())
        if self._governed(first):
            return False
        return not any(span.start <= start < first.start for start, _ in self.places)

    def _governed(self, item: Item) -> bool:
        """True behind a preposition."""
        if item.kind in PROGRAMS and self.lexicon.search(
            "wielding", self.words[self.stretch(item.start).start : item.start]
        ):
            return True
        before = self.words[max(self.start, item.start - 8) : item.start].rstrip(' “「"')
        if self.lexicon.search("called", before) or self.lexicon.search("no_preposition", before):
            return False
        return self.lexicon.search("preposition", self.words[max(self.start, item.start - 8) : item.start])

    def _owner(self, item: Item) -> bool:
        """True where a noun only says whose the next one is."""
        after = self.words[item.end : self.end].lstrip("”」』》 ")
        return after.startswith("的") and not self.lexicon.begins("person", after[1:])

    def nearest(
        self, start: int, stop: int, kinds: frozenset[str], *, pairs: bool = False, led: bool = False
    ) -> list[Item]:
        row = [item for item in self.items if start <= item.start and item.end <= stop]
        row = [item for item in row if self.stretch(item.start).end >= min(stop, self.stretch(start).end)]
        for number in range(len(row) - 1, -1, -1):
            fit = filling(row[number], kinds)
            if fit is None or (not (pairs or led) and self._owner(fit)):
                continue
            listed = self._listed(row[:number], fit, kinds, pairs)
            if listed:
                return [*listed, fit]
            if led or not self._governed(fit):
                return [self._named(row, number, fit, kinds)]
        return []

    def _named(self, row: Sequence[Item], number: int, fit: Item, kinds: frozenset[str]) -> Item:
        """The name beside a common noun ("the Gray Loom group")."""
        if fit.kind in NAMES:
            return fit
        for other in (*row[number + 1 : number + 2], *row[max(0, number - 1) : number]):
            gap = self.words[min(fit.end, other.end) : max(fit.start, other.start)].strip(' “”「」"')
            if other.kind in NAMES and gap in ("", "的") and filling(other, kinds) is not None:
                return other
        return fit

    def _listed(self, row: Sequence[Item], last: Item, kinds: frozenset[str], pairs: bool) -> list[Item]:
        """Those that a list names before its last."""
        found: list[Item] = []
        place = last.start
        for item in reversed(row):
            fit = filling(item, kinds)
            between = self.words[item.end : place]
            between = self.lexicon.expressions["trailing"].sub("", between.rstrip(' “「"').rstrip("与和跟同"))
            joined = self.words[item.end : place].strip(' ”」"“「')
            if pairs and between.startswith("的") and "，" not in between and len(between) <= LONGEST_NOUN:
                between = ""
            if fit is None or between.strip(' ”」、及以或"') or not joined:
                break
            found.append(fit)
            place = item.start
        return found[::-1]

    def first_of(self, start: int, stop: int, kinds: frozenset[str]) -> list[Item]:
        """The first noun of a stretch that may act, if it is the subject there."""
        row = [item for item in self.items if start <= item.start and item.end <= stop]
        for number, item in enumerate(row):
            fit = filling(item, kinds)
            if fit is None or fit.kind == "campaign-kind" or self._governed(fit) or self._owner(fit):
                continue
            if not self._object(start, fit):
                return [self._named(row, number, fit, kinds)]
        return []

    def _object(self, start: int, item: Item) -> bool:
        """True behind a verb of the stretch, if it is no relative clause of which the item is the head."""
        if self.words[item.end : item.end + 3].lstrip("”」 ").startswith("的"):
            return False
        verbs = [end for first, end in self.places if start <= first and end <= item.start]
        return any("的" not in self.words[end : item.start] for end in verbs)

    def stop(self, at: int, span: Span) -> int:
        """Where the noun behind a verb ends at the latest: at the end of its stretch, or where the next verb begins."""
        stop = span.end
        for inner in self.stretches:
            if (
                at <= inner.start - 1 < stop
                and inner.end < span.end
                and self.words[inner.start - 1 : inner.start] in "（("
            ):
                stop = inner.start - 1
        for place, _ in self.lexicon.each("cut", self.words[at:stop]):
            window = self.words[at + max(0, place - 1) : at + place + 2]
            cuts = not self._inside(at + place) or self._deed_at(at + place)
            if place > 0 and cuts and not self.lexicon.search("no_cut", window):
                stop = at + place
                break
        for start, end in self.places:
            if at < start < stop and not self.lexicon.begins("described", self.words[end:stop].lstrip("了过着")):
                inside = next((item for item in self.items if item.start <= start < item.end), None)
                if inside is None or (inside.start == start and inside.end <= end):
                    return start
        return stop

    def _deed_at(self, at: int) -> bool:
        """True where what is done next begins as a mention: 「利用凭证横向渗透」."""
        return self.words[at - 1 : at] != "的" and any(
            item.start == at and item.kind in ("technique-word", "campaign-kind") for item in self.items
        )

    def things(self, start: int, stop: int, kinds: frozenset[str], frame: Frame) -> list[Item]:
        """The heads of the nouns between two places that fill a role."""
        asked = (
            start,
            stop,
            kinds,
            kinds is frame.patient,
            frame.predicate in _OWNED,
            kinds is frame.other,
            frame.only,
        )
        if asked not in self._things:
            self._things[asked] = self._things_of(start, stop, kinds, frame)
        return self._things[asked]

    def _things_of(self, start: int, stop: int, kinds: frozenset[str], frame: Frame) -> list[Item]:
        found: list[Item] = []
        for first, last in self._coordinates(start, stop):
            item = self._head(first, last, kinds, frame)
            if item is not None:
                found.append(item)
        names = [item for item in found if item.kind in _FREE]
        return (
            [item for item in found if item in names or (item.kind != "shared-thing" and not item.count)]
            if names
            else found
        )

    def _coordinates(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        at = start
        for first, last in self.lexicon.each("joiner", self.words[start:stop]):
            place = start + first
            if self._inside(place) or self.lexicon.search("no_joiner", self.words[max(start, place - 1) : place + 2]):
                continue
            yield at, place
            at = start + last
        yield at, stop

    def _trimmed(self, start: int, stop: int) -> tuple[int, int]:
        """A noun without numerals, particles and quotes before it and without "and others" behind it."""
        for place, _ in self.lexicon.each("list_end", self.words[start:stop]):
            if place > 0 and not self._inside(start + place):
                stop = start + place
                break
        while True:
            piece = self.words[start:stop]
            skipped = self.lexicon.begins("leading", piece)
            item = next((item for item in (*self.items, *self.dates) if item.start == start and item.end <= stop), None)
            if item is not None and item.kind == "date":
                start = item.end
            elif skipped and item is None:
                start += skipped
            else:
                break
        return start, max(start, stop - (len(piece) - len(piece.rstrip(' ”」』》"'))))

    def _head(self, start: int, stop: int, kinds: frozenset[str], frame: Frame) -> Item | None:
        start, stop = self._trimmed(start, stop)
        row = [item for item in self.items if start <= item.start and item.end <= stop]
        count = next((item.count for item in row if item.count is not None and item.terms), None)
        found = self._said(start, stop, row, kinds, frame)
        if found is not None and found.count is None and count is not None and count.unit.id != "unit/percent":
            return replace(found, count=count)
        return found

    def _said(self, start: int, stop: int, row: Sequence[Item], kinds: frozenset[str], frame: Frame) -> Item | None:
        for item in reversed(row):
            ahead = self.words[start : item.start]
            told = self.lexicon.search("called", ahead.rstrip(' “「"')) or self.lexicon.search("carrying", ahead)
            if item.kind in NAMES and told and (fit := filling(item, kinds)):
                return fit
        word = self.words[start:stop].strip(' “”「」"')
        if self.lexicon.whole("pronoun", word):
            before = [item for item in self.items if item.end <= start and item.kind in NAMES]
            known = [fit for item in before if (fit := filling(item, kinds))]
            return known[-1] if known else None
        ofs = [at + 1 for at in range(start, stop - 1) if self.words[at : at + 1] == "的" and not self._inside(at)]
        first = self._trimmed(ofs[-1] if ofs else start, stop)[0]
        head = self._last([item for item in row if item.start >= first], first, stop, kinds)
        if head is not None and (kinds is not frame.patient or self._worth(frame, head)):
            return head
        if ofs and (frame.predicate in _OWNED or kinds is frame.other):
            owners = [fit for item in row if item.end < first and (fit := filling(item, kinds - {OPEN}))]
            better = [fit for fit in owners if fit.kind != "place"]
            return (better or owners)[-1] if owners else None
        return None

    def _worth(self, frame: Frame, item: Item) -> bool:
        """True where a frame asks for the kind of a noun, or for such a noun that no list knows."""
        if item.kind in frame.patient - {OPEN} or item.terms[0].id in frame.patient:
            return True
        return frame.only is None or frame.only.search(self.words[item.start : item.end]) is not None

    def _last(self, row: Sequence[Item], first: int, stop: int, kinds: frozenset[str]) -> Item | None:
        """The head of a noun without "of": its last mention if next to nothing follows it, else the whole noun."""
        fits = [fit for item in row if (fit := filling(item, kinds))]
        free = [fit for fit in fits if fit.kind in _FREE]
        if free:
            return free[-1]
        if fits:
            last = fits[-1]
            rest = self.words[last.end : stop].strip(' ”」"')
            rest = "" if self.lexicon.whole("quantity", rest) else rest
            if not rest or (last.kind != "product" and self.lexicon.whole("tail", rest)):
                before = fits[-2] if len(fits) > 1 else last
                close = last.start - before.end <= LONGEST_GAP and before.kind in ("sector", "org", "body")
                return before if close and last.kind in _GENERIC and last.count is None else last
            if last.kind == "org" and self.lexicon.begins("passive", rest):
                return last
        if OPEN not in kinds:
            return fits[-1] if fits and fits[-1].kind in ("data", "malware-kind", "technique-word") else None
        ending = next(
            (item for item in reversed(row) if item.end == stop and item.kind not in ("place", "count", "datacount")),
            None,
        )
        if ending is not None and ending.terms:
            return replace(ending, kind=OPEN)
        for item in row:
            if item.kind in _BESIDE and item.start == first:
                first = self._trimmed(item.end, stop)[0]
        return self._open(self._trimmed(first, stop)[0], stop)

    def _open(self, start: int, end: int) -> Item | None:
        while start < end and self.text[end - 1] in ' ”」"':
            end -= 1
        name = self.text[start:end]
        plain = self.words[start:end]
        if not 2 <= len(name) <= LONGEST_NOUN or self.lexicon.whole("empty", plain):
            return None
        if self.lexicon.search("no_noun", plain) or not any(char.isalpha() for char in name):
            return None
        return Item(kind=OPEN, start=start, end=end, terms=(Term(kind=Kind.TEXT, id=f"text/{slug(name)}", name=name),))

    def before(self, span: Span, stop: int, kinds: frozenset[str], frame: Frame) -> list[Item]:
        """What stands before a passive, without adverbs and dates."""
        start = span.start
        while True:
            date = next((item for item in self.dates if item.end == stop and item.start >= start), None)
            cut = next(self.lexicon.each("trailing", self.words[start:stop]), None)
            if date is not None:
                stop = date.start
            elif cut is not None and cut[0] < stop - start:
                stop = start + cut[0]
            else:
                break
        for _, end in self.places:
            if start < end < stop and not self.words[end:stop].lstrip("了过").startswith("的"):
                start = end
        for first, last in self.lexicon.each("saying", self.words[start:stop]):
            if start + last >= stop:
                stop = start + first
                break
            if not self._inside(start + first):
                start += last
                break
        return self.things(start, stop, kinds, frame)
