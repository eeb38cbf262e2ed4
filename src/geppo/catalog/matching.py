"""Finding forms in a text: one pass of an automaton, then edges, case and the words around decide."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from ahocorasick_rs import AhoCorasick

from geppo.catalog.apart import outside
from geppo.catalog.folding import Folded, is_hangul, is_kanji, is_katakana, is_word
from geppo.catalog.forms import CITY, HEADLINE, LEADING, Case, Edges, Form, Use, edges
from geppo.catalog.hits import Hit, longest
from geppo.catalog.ready import NO_SPELLINGS, Spellings
from geppo.catalog.rules import Nearby, Rules
from geppo.model.entity import Kind

_MAY_GO_ON = "ser"
"""Letters that may follow a form without `*`: a plural, or RAT written on to a name."""
_SENTENCE_END = frozenset('.!?:;。！？：；|•*#>\n\r「『"“(（[')
_CLAUSE_END = frozenset(".!?。！？\n")
_AFTER_HEADLINE = " ,·・'’“\"…"
_LINE = 40
"""How far the words before and after are looked for in a line."""
_BESIDE = " -'\"‘’“”«»「」『』‹›"
"""What may stand between a name and the word that says what it is."""
_FAR = 3
_LONGEST_WORD = 30
"""Words of a kind are shorter; one that starts so far before the window may still end in it."""


class Finder:
    """An automaton over forms, and over spellings of names whose forms are made when they are met."""

    def __init__(self, forms: Iterable[Form], rules: Rules, names: Spellings = NO_SPELLINGS) -> None:
        grouped: dict[str, list[Form]] = {pattern: [] for pattern in names.patterns}
        for form in forms:
            grouped.setdefault(form.pattern, []).append(form)
        self._names = names
        self._forms = list(grouped.values())
        self._edges: list[Edges | None] = [None] * len(grouped)
        self._automaton = AhoCorasick(list(grouped), store_patterns=False) if grouped else None
        self._followers = rules.katakana_followers
        self._not_before = rules.not_before
        self._after_city = rules.after_city
        self._before_city = rules.before_city
        self._of_city = rules.of_city
        self._day_before = rules.day_before
        self._also_words = rules.also_words
        self._small_words = rules.small_words

    def find(self, folded: Folded) -> list[Hit]:
        """Every form in the text whose edges and case are right, overlapping ones too."""
        text = folded.text
        hits: list[Hit] = []
        if self._automaton is None:
            return hits
        size = len(text)
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            edge = self._edges[index] or self._measure(index)
            if start and edge.word_left and is_word(text[start - 1]):
                continue
            goes_on = end < size and edge.word_right and is_word(text[end]) and text[end] not in _MAY_GO_ON
            if goes_on and self._forms[index][0].tails is None:
                continue
            for form in self._forms[index]:
                stop = self._stop(folded, start, end, edge, form)
                if stop:
                    hits.append(Hit(start, stop, form))
        return hits

    def _measure(self, index: int) -> Edges:
        """Forms and edges of a pattern, made when it is first hit: most patterns never are."""
        if index < len(self._names.patterns):
            self._forms[index] = [*self._names.forms(index), *self._forms[index]]
        edge = self._edges[index] = edges(self._forms[index][0].pattern)
        return edge

    def _stop(self, folded: Folded, start: int, end: int, edge: Edges, form: Form) -> int:
        """Where the form ends, with its inflection; 0 where edges, case or neighbours forbid it."""
        text = folded.text
        stop = _tail(text, end, form.tails) if form.tails is not None else _latin_end(folded, start, end, edge, form)
        if not stop or not self._east_asian(text, start, stop, edge, form):
            return 0
        if form.case and not _case(folded.raw, start, end, form, self._small_words):
            return 0
        if form.use is Use.FRAME and start and text[start] == "日" and text[start - 1] in self._day_before:
            return 0
        if form.context == CITY and not self._is_city(text, start, stop):
            return 0
        if form.context and not _context(folded, start, stop, form.context):
            return 0
        if form.case is Case.EXACT and form.use is Use.PLACE and _in_acronym(folded.raw, start, stop):
            return 0
        if form.case is Case.EXACT and form.printed in self._also_words and _shouted(folded.raw, start, end):
            return 0
        return stop

    def _east_asian(self, text: str, start: int, end: int, edge: Edges, form: Form) -> bool:
        """Edges of katakana and hangul forms."""
        if edge.kana_left and start and is_katakana(text[start - 1]) and not (form.lenient and end - start >= 3):
            return False
        if edge.kana_right and end < len(text) and is_katakana(text[end]):
            lenient = form.lenient and end - start >= 3 and text[end] != "ー"
            if not lenient and not text.startswith(self._followers, end):
                return False
        if edge.hangul and form.kind is Kind.LOCATION:
            short = form.use is Use.FRAME or end - start <= 2
            if short and start and is_hangul(text[start - 1]):
                return False
            return not text.startswith(self._not_before, start)
        return True

    def _is_city(self, text: str, start: int, end: int) -> bool:
        """False where a city's name is part of another (大阪製作所, 부산은행) or only says which court is meant."""
        if text.startswith(self._of_city, end) or (start and text.startswith(self._before_city, start - 1)):
            return False
        after = text[end : end + 1]
        if is_hangul(after):
            particle = next((one for one in self._after_city if text.startswith(one, end)), "")
            return len(particle) > 1 or (len(particle) == 1 and not is_hangul(text[end + 1 : end + 2]))
        goes_on = is_kanji(text[end - 1]) and (is_kanji(after) or is_katakana(after))
        return not goes_on or text.startswith(self._after_city, end)


def _tail(text: str, end: int, tails: tuple[str, ...]) -> int:
    """The end of a form with `*`: to the end of the word, then the next text, and so on."""
    for tail in tails:
        while end < len(text) and is_word(text[end]):
            end += 1
        if not text.startswith(tail, end):
            return 0
        end += len(tail)
    if tails[-1] and end < len(text) and is_word(text[end]) and is_word(text[end - 1]):
        return 0
    return end


def _latin_end(folded: Folded, start: int, end: int, edge: Edges, form: Form) -> int:
    """The end of a form without `*`: an English plural belongs to it where its kind has one."""
    text, size = folded.text, len(folded.text)
    if not edge.word_right or end >= size:
        return end
    if form.plural and is_word(text[end]):
        for plural in ("s", "es"):
            stop = end + len(plural)
            if text.startswith(plural, end) and (stop >= size or not is_word(text[stop])):
                end = stop
                break
    if form.key and folded.raw.startswith("RAT", end) and (end + 3 >= size or not is_word(text[end + 3])):
        end += 3
    if end >= size:
        return end
    after = text[end]
    if is_word(after):
        return 0
    if after == "." and end + 1 < size and folded.raw[end + 1].isascii() and folded.raw[end + 1].isalnum():
        follows = folded.raw[end + 1]
        return 0 if follows.islower() or (follows.isdigit() and not form.printed[-1].isdigit()) else end
    hyphen = after == "-" or (start > 0 and text[start - 1] == "-")
    return 0 if hyphen and form.use is Use.ORDINARY_NAME else end


def _case(raw: str, start: int, end: int, form: Form, small_words: frozenset[str]) -> bool:
    surface = raw[start:end]
    if form.use is Use.ORDINARY_NAME and surface.isascii() and surface == surface.lower():
        return False
    if form.case is Case.UPPER:
        return surface != surface.lower() or form.lower or not surface.isascii()
    if form.case in (Case.CAPITAL, Case.TITLE):
        words = surface.replace("-", " ").split()
        if form.case is Case.TITLE and words[-1][0].islower():
            return False
        return surface != surface.lower() and all(
            not word[0].islower() or (at and word in small_words) or (not at and form.printed.startswith(word[0]))
            for at, word in enumerate(words)
        )
    printed = form.printed[: len(surface)]
    if form.case is Case.CASED:
        return surface in (printed, printed[:1].upper() + printed[1:], printed.upper())
    return surface == printed


def _context(folded: Folded, start: int, end: int, context: str) -> bool:
    """Where a single mark of a country may stand."""
    before = folded.text[start - 1] if start else " "
    after = folded.raw[end] if end < len(folded.raw) else ""
    if context == LEADING:
        names = is_katakana(after) or (after.isascii() and after.isupper())
        return bool(after) and names and not ("一" <= before <= "鿿" or is_katakana(before) or is_word(before))
    if context == HEADLINE:
        return after in (" ", ",", "·", "・", "'", "’", "“", '"', "…") and not (
            is_hangul(before) or "一" <= before <= "鿿"
        )
    return True


def _in_acronym(raw: str, start: int, end: int) -> bool:
    """True where a hyphen ties initials to other capitals (TIBER-EU, US-CERT)."""
    left = raw[start - 1 : start] == "-" and raw[max(0, start - 3) : start - 1].isupper()
    after = raw[end + 1 : end + 4]
    return left or (raw[end : end + 1] == "-" and len(after) == 3 and after.isupper())


def _shouted(raw: str, start: int, end: int) -> bool:
    """True where the words before and after it in the line are all in capitals, too."""
    left = raw[max(0, start - _LINE) : start].rpartition("\n")[2].split()[-1:]
    right = raw[end : end + _LINE].partition("\n")[0].split()[:1]
    return all(word.isupper() and len(word) > 1 for word in (*left, *right)) and len(left) + len(right) == 2


class Votes:
    """Words of a kind in a text, in order."""

    def __init__(self, folded: Folded, hits: Sequence[Hit], nearby: Nearby) -> None:
        self._nearby = nearby
        self._text = folded.raw
        self._hits = sorted(hits)
        self._starts = [hit.start for hit in self._hits]

    def _around(self, start: int, end: int) -> list[Hit]:
        first = bisect_left(self._starts, start - self._nearby.characters - _LONGEST_WORD)
        last = bisect_left(self._starts, end + self._nearby.characters)
        return [hit for hit in self._hits[first:last] if hit.end <= start or hit.start >= end]

    def near(self, start: int, end: int) -> bool:
        """True where a word of a kind stands within three words in the same clause."""
        for hit in self._around(start, end):
            gap = self._text[hit.end : start] if hit.end <= start else self._text[end : hit.start]
            if any(c in _CLAUSE_END for c in gap):
                continue
            most = self._nearby.characters if gap.isascii() else self._nearby.cjk_characters
            if len(gap.split()) <= self._nearby.words and len(gap) <= most:
                return True
        return False

    def kinds(self, start: int, end: int) -> dict[Kind, float]:
        """How much words within 40 characters speak for a kind: a factor, higher for a word next to the name."""
        found: dict[Kind, float] = {}
        for hit in self._around(start, end):
            gap = self._text[hit.end : start] if hit.end <= start else self._text[end : hit.start]
            if len(gap) <= self._nearby.characters:
                beside = len(gap.split()) <= 1 and not any(c in _CLAUSE_END for c in gap)
                found[hit.form.kind] = max(
                    found.get(hit.form.kind, 0.0), self._nearby.beside if beside else self._nearby.near
                )
        return found

    def is_group(self, start: int, end: int) -> bool:
        """True where a word right beside a name says that a group has it: "X ransomware gang", "the hacking group X".

        Behind the name other words of programs may stand between; "X actors" are those who use X.
        """
        place = end
        for hit in self._hits[bisect_left(self._starts, end) :]:
            if hit.start < place:
                continue
            if hit.start - place > _FAR or self._text[place : hit.start].strip(_BESIDE):
                break
            if hit.form.kind is Kind.INTRUSION_SET:
                return hit.form.pattern in self._nearby.named_groups and hit.end - hit.start == len(hit.form.pattern)
            if hit.form.kind is not Kind.MALWARE:
                return False
            place = hit.end
        before = [hit for hit in self._around(start, end) if hit.end <= start]
        nearest = max(before, key=lambda hit: (hit.end, -hit.start), default=None)
        beside = nearest is not None and not self._text[nearest.end : start].strip(_BESIDE)
        return beside and nearest is not None and nearest.form.kind is Kind.INTRUSION_SET

    def starts(self, place: int) -> bool:
        """True where a word of a kind starts at a place."""
        at = bisect_left(self._starts, place)
        return at < len(self._starts) and self._starts[at] == place


def confirmed(folded: Folded, hits: Sequence[Hit], votes: Votes, phrases: Sequence[tuple[int, int]]) -> list[Hit]:
    """Those ordinary words that are names here.

    One is a name where a word of its kind stands near it; once it is one, so are its further mentions in the text, but
    not at the start of a sentence, where every word has a capital.
    """
    asked = [hit for hit in outside(hits, phrases) if not _goes_on(folded.raw, hit.end, votes)]
    sure = {hit for hit in asked if votes.near(hit.start, hit.end)}
    keys = {hit.form.key for hit in sure}
    return [
        hit for hit in asked if hit in sure or (hit.form.key in keys and not _starts_sentence(folded.raw, hit.start))
    ]


def _goes_on(raw: str, end: int, votes: Votes) -> bool:
    """True where the next word has a capital and is no word of a kind: the name is longer than the ordinary word."""
    return raw[end : end + 1] == " " and raw[end + 1 : end + 2].isupper() and not votes.starts(end + 1)


def _starts_sentence(raw: str, start: int) -> bool:
    while start and raw[start - 1] in " \t":
        start -= 1
    return not start or raw[start - 1] in _SENTENCE_END


def framed(hits: Sequence[Hit]) -> tuple[list[Hit], list[tuple[int, int]]]:
    """Countries inside the longest frames, each as a hit of its own; and the spans of frames that name none apart."""
    found, whole = [], []
    for hit in longest(hits):
        if not hit.form.parts:
            whole.append((hit.start, hit.end))
        for part in hit.form.parts:
            start = hit.start + part.start
            form = hit.form._replace(use=Use.PLACE, id=part.id, name=part.name, parts=())
            whole_word = part.start + part.length == len(hit.form.pattern) and hit.form.tails is not None
            found.append(Hit(start, hit.end if whole_word else start + part.length, form))
    return found, whole
