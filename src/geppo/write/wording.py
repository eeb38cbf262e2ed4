"""Terms, dates, numbers and lists in a language's print. Nothing is decided here; a value always has the same words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from geppo.catalog import Catalog
from geppo.model.claim import Count
from geppo.model.entity import Kind, Term
from geppo.model.time import Period, When
from geppo.write.phrases import Phrases, fill

_WIDE = "ぁ-んァ-ヶ一-龠々ー"
_NARROW = "A-Za-z0-9\u0400-\u04ff\uac00-\ud7a3"
"""Latin, digits, Cyrillic and Hangul: scripts that a Japanese line sets apart by a thin space."""
_LATIN_THEN_WIDE = re.compile(rf"([{_NARROW}%＋+)])([{_WIDE}])")
_WIDE_THEN_LATIN = re.compile(rf"([{_WIDE}])([{_NARROW}$(])")
_SPACES = re.compile(r"[ \u3000]{2,}")
_BEFORE_MARK = re.compile(r" +([、。」』）：；])")
_AFTER_MARK = re.compile(r"([、。「『（：；）]) +")
_COUNTABLE = ("records", "credentials", "tokens", "passwords", "documents", "keys", "files", "secrets", "e-mails")
_NO_ARTICLE = re.compile(r"^(?:the|a|an) ", re.IGNORECASE)


def spaced(text: str) -> str:
    """A space between Latin letters or digits and Japanese, none beside Japanese marks: the house style."""
    text = _LATIN_THEN_WIDE.sub(r"\1 \2", text)
    text = _WIDE_THEN_LATIN.sub(r"\1 \2", text)
    text = _SPACES.sub(" ", text)
    return _AFTER_MARK.sub(r"\1", _BEFORE_MARK.sub(r"\1", text)).strip()


class Wording:
    """Prints model values in one language.

    `foreign` collects what it could not say in that language. `seen` are agreements that the paragraph has named in
    full; they are then called "the agreement".
    """

    def __init__(self, phrases: Phrases, catalog: Catalog, period: Period) -> None:
        self.phrases = phrases
        self.language = phrases.language
        self.catalog = catalog
        self.period = period
        self.foreign: dict[str, None] = {}
        self.seen: frozenset[str] = frozenset()
        self.spellings: Mapping[tuple[str, str], str] = {}

    def term(self, term: Term, *, indefinite: bool = False, plural: bool = False) -> str:
        """A term's printed form: a label where the catalogue has one, else the name as the document prints it."""
        if term.kind is Kind.VULNERABILITY:
            return term.name
        if term.kind is Kind.TEXT and term.id.startswith("date/"):
            return self.full_date(date.fromisoformat(term.name[:10])) if len(term.name) >= 10 else term.name
        if term.kind is Kind.OBSERVABLE:
            return self.phrases.text("thing", "observable")
        label = self.catalog.label(term, self.language) or self._by_parties(term)
        if label is None:
            return self._name(term)
        if term.kind is Kind.AGREEMENT:
            if term.id in self.seen:
                return self._again(label)
            return label if self.language == "ja" or _NO_ARTICLE.match(label) else f"the {label}"
        if self.language == "en" and term.kind is Kind.CONCEPT:
            if plural:
                return self.catalog.plural(term.id) or label
            if indefinite and self.catalog.plural(term.id) != label:
                # A word that is its own plural ("ransomware", "operations") takes no article.
                return _article(label)
        return label

    def _again(self, label: str) -> str:
        """An agreement that was named before: "the treaty", by the kind that its name tells."""
        for kind in self.phrases.choices("thing", "agreement_kinds"):
            if kind in label.casefold():
                return fill(self.phrases.text("thing", "agreement_again"), {"K": kind})
        return self.phrases.text("thing", "agreement")

    def _by_parties(self, term: Term) -> str | None:
        """An agreement that no catalogue holds is called by its kind and its parties."""
        if not term.id.startswith("agreement/new/"):
            return None
        kind, one, other = term.id.split("/")[2:5]
        slots = {
            "K": self.catalog.label(Term(kind=Kind.CONCEPT, id=f"agreement-kind/{kind}", name=kind), self.language)
            or kind,
            "A": self.term(Term(kind=Kind.LOCATION, id=f"country/{one}", name=one)),
            "B": self.term(Term(kind=Kind.LOCATION, id=f"country/{other}", name=other)),
        }
        return fill(self.phrases.text("thing", "agreement_between"), slots)

    def _name(self, term: Term) -> str:
        if self.language == "ja" and term.kind in (Kind.CONCEPT, Kind.SECTOR, Kind.TEXT, Kind.LOCATION):
            self.foreign[term.name] = None
            return f"「{term.name}」"
        if self.language == "en" and not term.name.isascii() and any("\u3040" <= c <= "\u9fff" for c in term.name):
            self.foreign[term.name] = None
        return self.spellings.get((term.id, term.name), term.name)

    def short(self, term: Term) -> str:
        """A term for tables and headings: without a leading article."""
        return _NO_ARTICLE.sub("", self.term(term))

    def listed(self, words: Sequence[str], *, most: int = 5) -> str:
        """Words as a list; a long one is cut with "and n others", so that the count stays true."""
        unique = list(dict.fromkeys(words))
        rest = len(unique) - most
        if rest > 1:
            head = self.phrases.text("list", "comma").join(unique[:most])
            return fill(self.phrases.text("list", "others"), {"X": head, "n": str(rest)})
        if len(unique) == 1:
            return unique[0]
        if len(unique) == 2:
            return self.phrases.text("list", "two").join(unique)
        comma = self.phrases.text("list", "comma")
        return comma.join(unique[:-1]) + self.phrases.text("list", "last") + unique[-1]

    def things(self, words: Sequence[str]) -> str:
        """Long nouns as a list: two are set apart where one of them holds a list of its own."""
        unique, two = list(dict.fromkeys(words)), self.phrases.text("list", "two")
        if len(unique) == 2 and any(two in word for word in unique):
            return self.phrases.text("list", "two_apart").join(unique)
        return self.listed(unique)

    def clauses(self, parts: Sequence[str]) -> str:
        """Parts of a sentence side by side, each kept whole: Japanese sets a comma also before the last of two."""
        comma = self.phrases.text("list", "comma")
        return comma.join(parts[:-1]) + self.phrases.text("list", "last") + parts[-1] if len(parts) > 1 else parts[0]

    def number(self, value: float) -> str:
        """A number with thousands separated; a whole number without decimals."""
        return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0")

    def count(self, count: Count) -> str:
        """A count with its bound and unit."""
        number, bound = self._range(count), self.phrases.text("bound", count.bound.value)
        if count.unit.id == "unit/percent":
            return fill(bound, {"n": number + ("%" if self.language == "ja" else " percent")})
        if count.unit.kind is Kind.SECTOR:
            pieces = {"X": self.term(count.unit), "n": fill(bound, {"n": number})}
            return fill(self.phrases.text("list", "of_sector"), pieces)
        if self.language == "ja":
            counter = self.catalog.counter(count.unit.id) or self.phrases.text("list", "counter")
            unit = self.term(count.unit)
            said = self.amount(count)
            bare = count.unit.id in {"unit/person", "unit/device", "unit/item", "unit/country", "unit/company"}
            if count.unit.id in self.phrases.choices("list", "volumes"):
                return fill(self.phrases.text("list", "of_volume"), {"n": said})
            counted = bare and counter in self.phrases.choices("list", "self_counting")
            return said if counted or counter == unit else f"{said}の{unit}"
        unit = self.term(count.unit, plural=count.value != 1)
        if count.unit.id.startswith("data/") and not self.catalog.plural(count.unit.id).endswith(_COUNTABLE):
            unit = fill(self.phrases.text("list", "pieces"), {"X": self.term(count.unit)})
        text = f"{fill(bound, {'n': number})} {_NO_ARTICLE.sub('', unit)}"
        if count.unit.id in self.phrases.choices("list", "volumes"):
            return fill(self.phrases.text("list", "of_volume"), {"n": text})
        return text

    def _range(self, count: Count) -> str:
        number = self.number(count.value)
        if count.high is not None and count.high > count.value:
            number += ("～" if self.language == "ja" else " to ") + self.number(count.high)
        return number

    def amount(self, count: Count) -> str:
        """How many, with the bound and in Japanese the counter, without what is counted."""
        counter = self.catalog.counter(count.unit.id) or self.phrases.text("list", "counter")
        number = self._range(count) + (counter if self.language == "ja" else "")
        return fill(self.phrases.text("bound", count.bound.value), {"n": number})

    def day(self, value: date) -> str:
        """A day, with its year only where it is not the edition's."""
        return self.full_date(value, year=value.year != self.period.year)

    def full_date(self, value: date, *, year: bool = True) -> str:
        """A day."""
        if self.language == "ja":
            head = f"{value.year}年" if year else ""
            return f"{head}{value.month}月{value.day}日"
        return f"{value.day} {self._month(value.month)}" + (f" {value.year}" if year else "")

    def _month(self, number: int) -> str:
        return self.phrases.choices("calendar", "months")[number - 1]

    def month(self, value: date) -> str:
        """A month with its year."""
        if self.language == "ja":
            return f"{value.year}年{value.month}月"
        return f"{self._month(value.month)} {value.year}"

    def when(self, when: When) -> str:
        """A day, month, year or span, never finer than it is."""
        if when.is_day:
            return self.full_date(when.start)
        if when.is_month:
            return self.month(when.start)
        if when.is_year:
            return f"{when.start.year}年" if self.language == "ja" else str(when.start.year)
        return self._span(when)

    def _span(self, when: When) -> str:
        whole_years = (when.start.month, when.start.day, when.end.month, when.end.day) == (1, 1, 12, 31)
        if whole_years:
            first, last = str(when.start.year), str(when.end.year)
            return f"{first}～{last}年" if self.language == "ja" else f"{first}–{last}"
        part = self._part_of_month(when)
        if part:
            return part
        months = when.start.day == 1 and (when.end.month != (when.end.replace(day=28)).month or when.end.day >= 28)
        if months and (when.start.year, when.start.month) != (when.end.year, when.end.month):
            if self.language == "ja":
                same = when.start.year == when.end.year
                return f"{self.month(when.start)}～" + (f"{when.end.month}月" if same else self.month(when.end))
            if when.start.year == when.end.year:
                return f"{self._month(when.start.month)} to {self.month(when.end)}"
            return f"{self.month(when.start)} to {self.month(when.end)}"
        if self.language == "ja":
            return f"{self.full_date(when.start)}～{self.full_date(when.end, year=when.end.year != when.start.year)}"
        return f"{self.full_date(when.start, year=when.end.year != when.start.year)} to {self.full_date(when.end)}"

    def _part_of_month(self, when: When) -> str:
        if (when.start.year, when.start.month) != (when.end.year, when.end.month):
            return ""
        name = {(1, 10): "early", (11, 20): "mid"}.get((when.start.day, when.end.day), "")
        if when.start.day == 21 and when.end.day >= 28:
            name = "late"
        if not name:
            return ""
        return fill(self.phrases.text("calendar", name), {"M": self.month(when.start)})

    def at(self, when: When, opening: str = "") -> str:
        """A date as an adverbial: "on 4 December 2024", "in November 2024"; Japanese takes none here."""
        if self.language == "ja":
            return self.when(when)
        if opening == "since":
            exact = when.is_day or when.is_month or when.is_year or self._part_of_month(when)
            return f"since {self.when(when) if exact else self.month(when.start)}"
        if when.is_day:
            return f"on {self.when(when)}"
        text = self.when(when)
        return f"from {text}" if " to " in text else f"in {text}"


def _article(label: str) -> str:
    if _NO_ARTICLE.match(label):
        return label
    vowel = label[:1].casefold() in "aeio" or label[:4] in {"ORB ", "ORB"}
    return ("an " if vowel else "a ") + label
