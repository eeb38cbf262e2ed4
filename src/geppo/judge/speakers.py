"""Who is speaking: names of publishers and speakers as pages print them, compared without merging different houses.

A short name finds the house that it shortens ("Quarry" -> "Quarry Labs"), but never a paper of that name ("Quarry
Times"), and nothing where two houses would fit. What the catalogue holds apart stays apart.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import re2

from geppo.judge._catalogue import Catalogue, Publisher
from geppo.judge._reference import Standing, retold_words, speaker_words
from geppo.judge.sounds import sound_alike, sound_of, spelled_alike
from geppo.model.entity import Kind
from geppo.model.report import Report

_RUN = re2.compile(r"\p{Latin}+|\p{Cyrillic}+|[\p{Katakana}ー]+|\p{Hiragana}+|\p{Hangul}+")
_SHORTEST = {"LATIN": 4, "CYRILLIC": 4, "CJK": 3, "HANGUL": 2}
"""Letters from which on a word is a name of its own."""
_INITIALS = 3
"""Words from which on a name is shortened to its first letters."""
_LEARNED = 2
"""Rounds in which names are learned: a name in brackets may stand behind one that was learned."""
_SHORT = 8
"""Letters up to which a name in capitals is a short form."""


def is_glued(text: str) -> bool:
    """True where words stand without blanks: kana, kanji or hangul in it."""
    return not text.isascii() and any("\u2e80" <= c <= "\u9fff" or "가" <= c <= "힣" for c in text)


def fold(name: str) -> str:
    """A name without case, punctuation, possessive, legal form and article; words are parted by one blank."""
    words = speaker_words()
    text = unicodedata.normalize("NFKC", name).casefold().replace("ё", "е")
    for mark in ("'s ", "’s ", "' ", "’ "):
        text = (text + " ").replace(mark, " ")
    for form in words.forms_glued:
        text = text.replace(form, " ")
    tokens = "".join(c if c.isalnum() else " " for c in text).split()
    kept = [token for token in tokens if token not in words.forms]
    return " ".join(kept or tokens)


def in_other_letters(name: str, house: str) -> bool:
    """True for a name in other letters than a house's that may be the house's as it sounds.

    A name in Latin letters must sound like the house's; one in others may be translated, too.
    """
    return _letters(name) != _letters(house) and (not name.isascii() or sound_alike(name, house))


def _letters(name: str) -> str:
    """The script of a name's first letter; kana and kanji are one."""
    first = next((c for c in name if c.isalpha()), " ")
    script = unicodedata.name(first, "").partition(" ")[0]
    return "CJK" if script in ("HIRAGANA", "KATAKANA", "CJK") else script


def letters_of(name: str) -> str:
    """The letters of a name but for what houses of all kinds are called: LATIN, KANA, HANGUL, CYRILLIC, HAN …

    A name with Chinese characters is HAN, whatever else it holds.
    """
    text = unicodedata.normalize("NFKC", name)
    for word in (*speaker_words().house_glued, *speaker_words().forms_glued):
        text = text.replace(word, "")
    if any("\u3400" <= c <= "\u9fff" for c in text):
        return "HAN"
    script = _letters(text)
    return "KANA" if script == "CJK" else script


def initials(house: str) -> str:
    """The first letters of a name of three words or more in Latin letters; empty for another one."""
    words = [word for word in house.split() if word[0].isupper() and word.isascii()]
    return "".join(word[0] for word in words) if len(words) >= _INITIALS else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """A publisher line taken apart: the house, further names of it, and houses whose text it says it carries."""

    house: str
    aliases: tuple[str, ...]
    origins: tuple[str, ...]


def _bracket(inner: str) -> tuple[str, str]:
    """What a bracket after a publisher's name holds: (origin | place | alias, name)."""
    words = speaker_words()
    lower = inner.casefold()
    for word in words.bracket_place + words.bracket_origin:
        edge = lower[len(word) : len(word) + 1]
        if lower.startswith(word) and (is_glued(word) or not edge.isalnum()):
            kind = "origin" if word in words.bracket_origin and word not in words.bracket_place else "place"
            return kind, inner[len(word) :].strip()
    for word in words.trailing_origin:
        if lower.endswith(word) and len(lower) > len(word):
            return "origin", inner[: -len(word)].strip()
    if lower.endswith(words.trailing_place):
        return "place", inner
    return "alias", inner


def byline(publisher: str) -> Byline:
    """Take a publisher line apart, such as `House (House Labs)`, `Site (citing Paper)`, `Paper (copy on Site)`."""
    text = unicodedata.normalize("NFKC", publisher).strip()
    head, _, rest = text.partition("(")
    for middle in (" via ", " 経由 "):
        head = head.partition(middle)[0]
    aliases, origins = [], []
    for inner in (part.strip(" )") for part in rest.split("(") if part.strip(" )")):
        kind, name = _bracket(inner)
        if kind == "origin":
            origins.append(name)
        elif kind == "alias" and len(name) >= 3 and not (" " in name and any(c.isdigit() for c in name)):
            aliases.append(name)
    before, comma, _ = head.partition(",")
    if comma and len(fold(before)) >= 5:
        aliases.append(before.strip())
    return Byline(house=head.strip() or text, aliases=tuple(aliases), origins=tuple(origins))


def house_key(publisher: str, catalogue: Catalogue) -> str:
    """Key of the house behind a publisher line, one for all its printings: the catalogue's id or the folded name."""
    parts = byline(publisher)
    entry = catalogue.publisher(parts.house) or catalogue.publisher(publisher)
    return entry.id if entry else f"name:{fold(parts.house)}"


def is_nobody(name: str) -> bool:
    """True for speakers without a name: researchers, 専門家, 业内人士, источник, 관계자."""
    text = unicodedata.normalize("NFKC", name).casefold().strip(" .,:;「」『』\"'«»“”")
    return not text or text in speaker_words().nobody or fold(name) in speaker_words().nobody


def _surplus_is_house(short: str, long: str) -> bool | None:
    """Whether the further words of a longer name keep it the same house; None where they don't say."""
    words = speaker_words()
    if is_glued(long):
        surplus = long.replace(short, "", 1)
        if any(word in surplus for word in words.media_glued) or not words.media.isdisjoint(surplus.split()):
            return False
        known = any(word in surplus for word in words.house_glued) or not words.house.isdisjoint(surplus.split())
        return True if known else None
    extra = [token for token in long.split() if token not in short.split()]
    if any(token in words.media for token in extra):
        return False
    return True if all(token in words.house for token in extra) else None


def shortens(short: str, long: str) -> bool:
    """True where a folded name is a printed short form of a longer folded one of the same house."""
    if short == long or not short:
        return False
    if is_glued(short) or is_glued(long):
        return len(short) >= 3 and short in long and _surplus_is_house(short, long) is not False
    few, many = short.split(), long.split()
    if all(token in speaker_words().house for token in few):
        return False
    places = [at for at in range(len(many) - len(few) + 1) if many[at : at + len(few)] == few]
    if not places or _surplus_is_house(short, long) is False:
        return False
    return len(few) >= 2 or (places[0] == 0 and len(short) >= 3) or _surplus_is_house(short, long) is True


def _own_words(name: str) -> Iterator[tuple[str, str]]:
    """The words of a name that are its own, with their letters; Chinese characters have no sound to compare."""
    words = speaker_words()
    common = words.house | words.media | words.forms | retold_words().institutions
    for match in _RUN.finditer(unicodedata.normalize("NFKC", name)):
        word = match.group().casefold()
        letters = _letters(word)
        short = _SHORTEST.get(letters, len(word))
        if len(word) < short or word in common or any(one.strip() in word for one in retold_words().firms):
            continue
        yield letters, word


def _sounds(name: str, whole: bool = False) -> frozenset[tuple[str, str]]:
    """How the own words of a name sound, with their letters; Latin words between other letters, or all, as they are."""
    found = set()
    for letters, word in _own_words(name):
        found.add((letters, sound_of(word)))
        if letters == "LATIN" and (whole or not name.isascii()):
            found.add((letters, f"={word}"))
    return frozenset(pair for pair in found if pair[1])


def same_by_sound(name: str, house: str) -> bool:
    """True where a name in other letters has a word of a house's name, by its sound or as it is."""
    there = _sounds(house, whole=True)
    return any(
        sound == other and (sound.startswith("=") or letters != others)
        for letters, sound in _sounds(name)
        for others, other in there
    )


def bracketed(report: Report) -> Iterator[tuple[str, str]]:
    """Names of organisations of which a page prints the one in brackets behind the other."""
    text = report.document.text
    held = [one for one in report.mentions if one.kind is Kind.IDENTITY]
    for one, other in pairwise(sorted(held, key=lambda mention: (mention.start, mention.end))):
        if text[one.end : other.start].strip() in ("(", "（") and text[other.end : other.end + 1] in (")", "）"):
            yield one.name, other.name


def _may_be_one(name: str, other: str) -> bool:
    """True for two names in different letters, or of which one is a short form in capitals."""
    short = any(one.isupper() and one.isascii() and len(one) <= _SHORT for one in (name, other))
    return short or _letters(name) != _letters(other)


class Directory:
    """The publishers of a set of reports, and everybody whom they name."""

    def __init__(self, reports: Sequence[Report], catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._entries: dict[str, Publisher | None] = {}
        self._known: dict[str, str] = {}
        self._bylines: dict[str, Byline] = {}
        self._aliases: dict[str, set[str]] = defaultdict(set)
        self._by_word: dict[str, set[str]] = defaultdict(set)
        self._reports: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._publishers: dict[str, str] = {}
        self._sounding: dict[str, set[tuple[str, str, bool]]] = defaultdict(set)
        for publisher in sorted({report.document.publisher for report in reports}):
            self._enter(publisher)
        self._join_scripts()
        houses = frozenset(self._aliases)
        for publisher in sorted(self._bylines):
            for alias in map(fold, self._bylines[publisher].aliases):
                if alias not in houses:
                    self._name(alias, self._publishers[publisher])
        for report in reports:
            key = self._publishers[report.document.publisher]
            self._reports[key].append((report.document.published.isoformat(), report.id))
        self._learn(reports)

    def _learn(self, reports: Sequence[Report]) -> None:
        """Take up other names of houses as pages print them in brackets: "Moor Alert Centre (MAC)", "무어 센터(MAC)".

        One of the two must be a house of these reports and the other unknown, in other letters or in capitals.
        """
        pairs = {pair for report in reports for pair in bracketed(report)}
        pairs |= {(initials(publisher), publisher) for publisher in self._publishers if initials(publisher)}
        waiting = sorted(pair for pair in pairs if _may_be_one(*pair))
        for _ in range(_LEARNED):
            found: dict[str, set[str]] = defaultdict(set)
            for pair in waiting:
                for known, other in (pair, pair[::-1]):
                    key, name = self._find(known), fold(other)
                    if key in self._reports and name and name not in self._aliases and self._entry(other) is None:
                        found[name].add(key)
            for name in sorted(found):
                if len(found[name]) == 1 and not is_nobody(name):
                    self._name(name, next(iter(found[name])))

    def _enter(self, publisher: str) -> None:
        parts = byline(publisher)
        entry = self._entry(parts.house) or self._entry(publisher)
        key = entry.id if entry else f"name:{fold(parts.house)}"
        origins, aliases = list(parts.origins), []
        for alias in parts.aliases:
            other = self._entry(alias)
            if other is None or other.id == key:
                aliases.append(alias)
            elif other.kind not in speaker_words().carriers:
                origins.append(alias)
        self._bylines[publisher] = Byline(house=parts.house, aliases=tuple(aliases), origins=tuple(origins))
        self._publishers[publisher] = key
        self._name(fold(parts.house), key)
        public = not retold_words().institutions.isdisjoint(fold(parts.house).split())
        for letters, sound in _sounds(parts.house, whole=True):
            self._sounding[sound].add((letters, key, public))

    def _join_scripts(self) -> None:
        """One key for a house that pages print in two scripts ("하토바 보안", "Hatoba Security").

        A name that could be either of two houses is neither.
        """
        names = {name: key for name, keys in self._aliases.items() if len(keys) == 1 for key in keys}
        plain = [name for name in names if name.isascii()]
        for name in sorted(names.keys() - set(plain)):
            twins = {names[other] for other in plain if spelled_alike(name, other)}
            if len(twins) == 1 and names[name].startswith("name:") and (key := next(iter(twins))) != names[name]:
                self._aliases[name] = {key}
                self._publishers |= {line: key for line, own in self._publishers.items() if own == names[name]}

    def _name(self, name: str, key: str) -> None:
        if name:
            self._aliases[name].add(key)
            for word in self._words(name):
                self._by_word[word].add(name)

    def _entry(self, name: str) -> Publisher | None:
        if name not in self._entries:
            self._entries[name] = self._catalogue.publisher(name)
        return self._entries[name]

    @staticmethod
    def _words(name: str) -> set[str]:
        if is_glued(name):
            return {name[at : at + 2] for at in range(max(1, len(name) - 1))}
        return set(name.split())

    def house(self, report: Report) -> str:
        """Key of the house behind a report: a house has one key, however its line is printed."""
        return self._publishers[report.document.publisher]

    def origins(self, report: Report) -> tuple[str, ...]:
        """Names of houses whose text the publisher line itself says the page carries."""
        return self._bylines[report.document.publisher].origins

    def reports(self, key: str) -> tuple[str, ...]:
        """Report ids of a house, earliest first."""
        return tuple(report for _, report in sorted(self._reports.get(key, ())))

    def in_other_letters(self, names: Iterable[str]) -> tuple[tuple[str, ...], ...]:
        """Houses that are named in other letters than their own: the own name, then the others, the commonest first."""
        lines: dict[str, str] = {}
        for publisher in sorted(self._publishers):
            lines.setdefault(self._publishers[publisher], publisher)
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for name in names:
            line = lines.get(self.key(name), name)
            if letters_of(name) != letters_of(line):
                found[line][name] += 1
        return tuple(
            (line, *sorted(others, key=lambda name: (-others[name], name))) for line, others in sorted(found.items())
        )

    def key(self, name: str) -> str:
        """Key of a speaker by name; empty for nobody in particular."""
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> str:
        if is_nobody(name):
            return ""
        if name in self._publishers:
            return self._publishers[name]
        entry = self._entry(name)
        if entry is not None:
            return entry.id
        folded = fold(byline(name).house)
        exact = self._aliases.get(folded, set())
        if exact:
            return next(iter(exact)) if len(exact) == 1 else f"name:{folded}"
        near = sorted(set().union(*(self._by_word.get(word, set()) for word in self._words(folded))))
        houses = {
            key
            for alias in near
            if shortens(folded, alias) or shortens(alias, folded)
            for key in self._aliases.get(alias, ())
        }
        if not houses:
            houses = self._by_sound(name)
        return next(iter(houses)) if len(houses) == 1 else f"name:{folded}"

    def _by_sound(self, name: str) -> set[str]:
        """Houses of which a name in other letters has a word by its sound, or as it is between other letters.

        A public body is only found by the name of one: its own word is often that of a place.
        """
        body = any(word in name.casefold() for word in retold_words().institutions_glued)
        return {
            key
            for letters, sound in _sounds(name)
            for other, key, public in self._sounding.get(sound, ())
            if (other != letters or sound.startswith("=")) and (body or not public)
        }

    def label(self, name: str) -> str:
        """The folded name that stands for a speaker without a document, one for all printings of a known house."""
        entry = self._entry(name)
        return fold(entry.name) if entry else fold(name)

    def _of(self, name: str) -> Publisher | None:
        """The catalogue's entry of a name or a whole publisher line."""
        return self._entry(name) or self._entry(byline(name).house)

    def is_media(self, name: str) -> bool:
        """True for a paper, site or agency that passes on what others found, by the catalogue or by its name."""
        entry = self._of(name)
        if entry is not None:
            return entry.kind in speaker_words().media_kinds
        words, folded = speaker_words(), fold(name)
        return any(token in words.media for token in folded.split()) or any(w in folded for w in words.media_glued)

    def is_agency_of(self, name: str, country: str) -> bool:
        """True for a public body of a country, by the catalogue."""
        entry = self._of(name)
        return entry is not None and entry.country == country and entry.kind in speaker_words().public_kinds

    def standing(self, name: str, own_observation: bool) -> Standing:
        """What a publisher is worth: by the letter that it was given, else by its kind.

        An unknown one is worth by whether it observed anything itself.
        """
        words = speaker_words()
        entry = self._of(name)
        if entry is not None and entry.kind in words.kinds:
            known = words.kinds[entry.kind]
        else:
            known = words.unknown["own-observation" if own_observation else "neither"]
        given = self.grade(name)
        return replace(known, grade=given, given=True) if given else known

    def grade(self, name: str) -> str:
        """The letter that the user gave a publisher, by its line or the house in it; empty without one."""
        return self._catalogue.grade(name) or self._catalogue.grade(byline(name).house)

    def observes(self, name: str) -> bool:
        """True for a house that the catalogue knows as one that observes for itself."""
        standing = speaker_words().kinds.get(self.kind(name))
        return standing is not None and standing.primary

    def country(self, name: str) -> str:
        """Country of a known publisher, or an empty text."""
        entry = self._of(name)
        return entry.country if entry else ""

    def kind(self, name: str) -> str:
        """Kind of a known publisher, or an empty text."""
        entry = self._of(name)
        return entry.kind if entry else ""
