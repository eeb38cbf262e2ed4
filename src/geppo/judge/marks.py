"""What a page prints that few other pages of the month print: figures, days, names, values, and names nobody read.

Marks say which report a page retells where its house published several, and which matter a page without claims is of.
Each weighs by its rarity over the pages and by its kind (`marks.toml`).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from geppo import linear
from geppo.config import Settings
from geppo.judge._reference import link_weights, mark_languages, mark_weights, speaker_words
from geppo.judge.speakers import fold
from geppo.judge.units import Linking
from geppo.language import dates, numbers
from geppo.language.dates import Dated
from geppo.model.entity import Kind
from geppo.model.observable import ObservableType, Verdict
from geppo.model.report import Report

_READ = 20_000
_LEAST = 10
_HUNDRED, _HALF = 100, 5
_YEARS = range(1950, 2100)
_LATIN = linear.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_.][A-Za-z0-9]+)*")
_CAPITAL = linear.compile(r"[A-Z][A-Za-z0-9]*(?:[-_.][A-Za-z0-9]+)*|[\"'“‘«（(][a-z][a-z0-9]*(?:[-_.][a-z0-9]+)*")
_PLAIN = linear.compile(r"(?:^|\s)([a-z][a-z0-9]+(?:[-_.][a-z0-9]+)*)")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.")
_BLANKED = {code: " " for code in range(128) if chr(code) not in _LETTERS}
_OPENING = frozenset("\"'“‘«「『《(（")
_STOPS = _OPENING | frozenset(".!?:;。！？#*-•")
_UNNAMED = frozenset({Kind.LOCATION, Kind.SECTOR, Kind.CONCEPT})
_SHORTEST = 4
_JOINTS = frozenset("-_.")
"""Signs inside a word: such a word is a name, however small, where a page in other letters prints it."""
_SEVERAL = 2
_OFFERED = frozenset({Verdict.MALICIOUS, Verdict.VICTIM, Verdict.UNKNOWN})


class Marks:
    """The marks of each page of a month, with their places in its text.

    `size` is the month's size over a small month's, in nats: so much more a mark must tell to tell as much.
    """

    def __init__(self, reports: Sequence[Report], linking: Linking, settings: Settings) -> None:
        self._linking, self._worth = linking, dict[str, float]()
        dated = {report.id: _dated(report) for report in reports}
        foreign = {word for one in reports if not _is_latin(one) for word in _names(one, dated[one.id])}
        names = foreign | {word for one in reports if _is_latin(one) for word in _names(one, dated[one.id])}
        plain = {word for report in reports if _is_latin(report) for word in _plain_words(report)}
        kept = {word for word in foreign & plain if any(mark in word for mark in _JOINTS)}
        telling = frozenset(names - (plain - kept))
        self._at: dict[str, tuple[tuple[int, str], ...]] = {}
        for report in reports:
            printed = ((start, f"word:{word}") for start, word in _places(report, telling))
            self._at[report.id] = tuple(sorted({*printed, *self._read(report, dated[report.id])}))
        self._keys = {name: frozenset(key for _, key in rows) for name, rows in self._at.items()}
        self.holders: dict[str, list[str]] = defaultdict(list)
        for report in reports:
            for key in sorted(self._keys[report.id]):
                self.holders[key].append(report.id)
        small = settings.integer("judge.stories.small_month")
        self._count = max(len(reports), small)
        self.size = math.log(self._count / small)
        self._cap = settings.number("judge.stories.rarity_cap") + self.size
        self._house_words = {report.id: frozenset(fold(report.document.publisher).split()) for report in reports}
        self._published = {report.id: f"day:{report.document.published.isoformat()}" for report in reports}

    def _read(self, report: Report, dated: Sequence[Dated]) -> Iterator[tuple[int, str]]:
        document = report.document
        text = document.text[:_READ]
        for found in numbers.find_counts(text, document.language):
            if not found.percent and not any(day.start < found.end and found.start < day.end for day in dated):
                yield from ((found.start, key) for key in figure_keys(found.value))
        yield from ((day.start, f"day:{day.when.start.isoformat()}") for day in dated if day.when.is_day)
        for mention in report.mentions:
            if mention.kind is not Kind.IDENTITY and self._linking.mention_weight(mention) > 0:
                yield mention.start, self._name(self._linking.key(mention), link_weights()[mention.kind])
            elif mention.kind is Kind.LOCATION and mention.id:
                yield mention.start, f"place:{mention.id}"
        for seen in report.observables:
            if seen.type is ObservableType.CVE:
                name = f"vulnerability:{seen.value.casefold()}"
                yield seen.start, self._name(name, link_weights()[Kind.VULNERABILITY])
            elif seen.verdict in _OFFERED:
                yield seen.start, self._name(f"observable:{seen.value}", mark_weights()["value"])

    def _name(self, name: str, worth: float) -> str:
        """Key of a name, whose worth is kept: pages may read one name as two kinds of things."""
        key = f"name:{name}"
        self._worth[key] = max(worth, self._worth.get(key, 0.0))
        return key

    def of(self, report: str, start: int = 0, end: int | None = None) -> frozenset[str]:
        """Keys of a page, or of a stretch of its text (offsets as in `Passage`)."""
        rows = self._at[report]
        low = bisect_left(rows, (start, ""))
        high = len(rows) if end is None else bisect_left(rows, (end, ""))
        return frozenset(key for _, key in rows[low:high])

    def weight(self, key: str) -> float:
        """Nats that one mark tells: its rarity over the pages, capped, times what its kind is worth.

        The cap keeps the marks of a matter that many pages tell as good as those of one that few tell.
        """
        rarity = min(self._cap, math.log(self._count / max(1, len(self.holders.get(key, ())))))
        return rarity * (self._worth[key] if key in self._worth else _worth(key))

    def shared(self, marks: frozenset[str], one: str, other: str) -> frozenset[str]:
        """The marks of a stretch of one page that another page prints too.

        A house's name is no mark of what its house published: everybody who mentions the house prints it. The day on
        which the other page was published is a mark of it.
        """
        both = marks & (self._keys[other] | {self._published[other]})
        houses = self._house_words[one] | self._house_words[other]
        names = [key for key in both if key.startswith("name:")]
        return frozenset(
            key
            for key in both
            if not (key.startswith("word:") and _told(key.removeprefix("word:"), houses, names))
            and not (key.startswith(("about:", "upto:")) and any(_rounds(key, figure) for figure in both))
            and not (key.startswith("upto:") and _cut(key) in both)
        )

    def nats(self, keys: Iterable[str]) -> float:
        """What some marks tell together."""
        return math.fsum(sorted(map(self.weight, keys)))

    def holding(self, keys: Iterable[str], most: int) -> frozenset[str]:
        """Pages that print one of some marks, without the marks that more pages print than `most`."""
        return frozenset(
            page for key in keys if len(self.holders.get(key, ())) <= most for page in self.holders.get(key, ())
        )

    def words(self, report: str) -> frozenset[str]:
        """The words of a page that some page prints as a name."""
        return frozenset(key.removeprefix("word:") for key in self._keys[report] if key.startswith("word:"))


def figure_keys(value: float) -> tuple[str, ...]:
    """Keys of a number: itself, and from 100 on its first two digits with its size, as rounded numbers keep them.

    A number that is rounded up keeps other digits: it is found by a key that it shares with exact numbers only.
    """
    if value < _LEAST or value != int(value) or value in _YEARS:
        return ()
    digits = str(int(value))
    if value < _HUNDRED:
        return (f"figure:{digits}",)
    size = len(digits) - 2
    cut = f"about:{digits[:2]}e{size}"
    if not digits[2:].strip("0"):
        return (f"figure:{digits}", cut, f"upto:{digits[:2]}e{size}")
    up = str(int(digits[:2]) + 1)
    rounds_up = int(digits[2]) >= _HALF
    return (f"figure:{digits}", cut, *((f"upto:{up[:2]}e{size + len(up) - 2}",) if rounds_up else ()))


def _cut(upto: str) -> str:
    """The key that two exact numbers share beside the number that both round up to."""
    digits, _, size = upto.removeprefix("upto:").partition("e")
    return f"about:{int(digits) - 1}e{size}"


def _rounds(about: str, figure: str) -> bool:
    """True where a figure and its own cut or rounding stand side by side."""
    return figure.startswith("figure:") and about in figure_keys(float(figure.removeprefix("figure:")))


def _told(word: str, houses: frozenset[str], names: Sequence[str]) -> bool:
    """True for a word that belongs to one of two houses, or to a name that both pages share anyway."""
    return any(piece in houses for piece in word.replace("-", " ").split()) or any(word in name for name in names)


def _worth(key: str) -> float:
    """What a mark of a kind is worth beside a rare name: round figures and bare days less, countries little."""
    kind, _, rest = key.partition(":")
    worth = mark_weights()
    if kind != "figure":
        return worth[kind]
    telling = len(rest.rstrip("0"))
    if telling >= _SEVERAL and len(rest) > _SEVERAL:
        return worth["figure"]
    return worth["short-figure" if telling >= _SEVERAL else "round-figure"]


def _dated(report: Report) -> tuple[Dated, ...]:
    document = report.document
    return dates.find_dates(document.text[:_READ], document.language, document.published)


def _names(report: Report, dated: Sequence[Dated]) -> Iterator[str]:
    """Words in Latin letters that a page prints as names, in lower case.

    Between other letters each of them is one; else one in quotes, and one with a capital inside a sentence. Parts of
    dates, places, sectors and unnamed things are none, nor is what houses of all kinds are called.
    """
    text, words = report.document.text[:_READ], speaker_words()
    common = words.house | words.media | words.forms
    taken = [(one.start, one.end) for one in dated]
    taken += [(one.start, one.end) for one in report.mentions if one.kind in _UNNAMED]
    taken.sort()
    at, latin = 0, _is_latin(report)
    for match in (_CAPITAL if latin else _LATIN).finditer(text):
        start, end = match.span()
        start += text[start] in _OPENING
        while at < len(taken) and taken[at][1] <= start:
            at += 1
        word = text[start:end].casefold().removesuffix("'s")
        if len(word) < _SHORTEST or word in common or (at < len(taken) and taken[at][0] < end):
            continue
        before = text[max(0, start - 2) : start]
        inside = len(before) == 2 and before[1] == " " and not before[0].isspace() and before[0] not in _STOPS
        if not latin or inside or before[-1:] in _OPENING:
            yield word


def _is_latin(report: Report) -> bool:
    return report.document.language in mark_languages() or report.document.text[:_READ].isascii()


def _plain_words(report: Report) -> Iterator[str]:
    """Words that a page prints small and without quotes: in a heading they only look like names."""
    return (match.group(1) for match in _PLAIN.finditer(report.document.text[:_READ]))


def _places(report: Report, names: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Where a page prints words that some page prints as names, whatever their case."""
    text = report.document.text[:_READ]
    lower = text.lower()
    if len(lower) != len(text):
        return
    for word in sorted(names.intersection(_split(lower))):
        at = lower.find(word)
        while at >= 0:
            yield at, word
            at = lower.find(word, at + len(word))


def _split(lower: str) -> set[str]:
    """Words of a text in lower case, with the hyphens, dots and lines inside them."""
    plain = lower.translate(_BLANKED) if lower.isascii() else "".join(c if c in _LETTERS else " " for c in lower)
    return {word.strip("-_.") for word in plain.split()}
