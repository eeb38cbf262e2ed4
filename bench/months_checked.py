"""What printed editions of a made month say that its pages do not, and how the text reads: regular expressions only.

The checker reads the printed Markdown as a person would: sentences with their numbers in brackets, and the list of
sources. It knows the month's truth and nothing of how geppo writes or checks.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from bench.months_made import MadeMonth, Page
from bench.months_words import CASES, Statement, World

WORDS = tomllib.loads((CASES / "printed.toml").read_text(encoding="utf-8"))
_CITED = re.compile(r"\\?\[\[?(\d{1,3})\\?\]\]?(?:\[\d{1,3}\])?")
_MARK = re.compile(r"⟦(\d+)⟧")
_ENDS = {
    "ja": re.compile(r"(?<=。)((?:⟦\d+⟧)*)"),
    "en": re.compile(r"(?<=[.?!])((?:⟦\d+⟧)*)(?:\s+|$)(?=[A-Z0-9⟦\u0400-\u04ff\u3040-\u9fff\uac00-\ud7a3]|$)"),
}
_REFERENCE = re.compile(r"^- \\\[(\d+)\\\] .*?\(<([^>]+)>\)")
_SPACED = re.compile(r"(?<=[0-9A-Za-z%)]) (?=[ぁ-んァ-ヶ一-龠々])|(?<=[ぁ-んァ-ヶ一-龠々]) (?=[0-9A-Za-z(])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A sentence as printed, the pages it cites, and where it stands: lead, heading or text."""

    text: str
    pages: tuple[Page, ...]
    place: str
    paragraph: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something wrong with a printed sentence."""

    what: str
    detail: str
    sentence: str


def printed(markdown: str, language: str, pages: Iterable[Page]) -> list[Printed]:
    """The sentences of an edition, from its title to its figures or sources."""
    by_url = {page.url: page for page in pages}
    lines = markdown.split("\n")
    cited = {m.group(1): by_url[m.group(2)] for m in map(_REFERENCE.match, lines) if m and m.group(2) in by_url}
    found: list[Printed] = []
    headings: list[tuple[str, int]] = []
    for number, line in enumerate(lines):
        if line.startswith("## ") and line[3:].strip() in WORDS["end"][language]:
            break
        if line.startswith("## "):
            headings.append((line[3:], len(found)))
            continue
        if not line.strip() or line.startswith(("#", "**", "- ", "|", "*", "[", ">")):
            continue
        lead = re.match(r"\d+\. ", line)
        for text, marks in _sentences(line[lead.end() :] if lead else line, language):
            own = tuple(cited[mark] for mark in marks if mark in cited)
            found.append(Printed(text=text, pages=own, place="lead" if lead else "text", paragraph=number))
    return _headed(found, headings)


def _headed(found: list[Printed], headings: list[tuple[str, int]]) -> list[Printed]:
    """Headings as sentences that rest on all that their section rests on."""
    for index, (text, start) in enumerate(headings):
        end = headings[index + 1][1] if index + 1 < len(headings) else len(found)
        pages = tuple(dict.fromkeys(page for one in found[start:end] if one.place == "text" for page in one.pages))
        found.append(Printed(text=re.sub(r"^\d+\. ", "", _plain(text)), pages=pages, place="heading", paragraph=-1))
    return found


def _plain(text: str) -> str:
    return re.sub(r"\\([^\w\s])", r"\1", text).strip()


def _sentences(line: str, language: str) -> list[tuple[str, list[str]]]:
    marked = _CITED.sub(lambda match: f"⟦{match.group(1)}⟧", line)
    parts = _ENDS[language].split(_plain(marked))
    return [
        (_MARK.sub("", parts[i]).strip(), _MARK.findall(parts[i] + (parts[i + 1] if i + 1 < len(parts) else "")))
        for i in range(0, len(parts), 2)
        if _MARK.sub("", parts[i]).strip()
    ]


def _checked(text: str, language: str) -> str:
    """A sentence as it is held against the truth: without the tongue that a house is introduced by."""
    opening = "（" if language == "ja" else "("
    text = re.sub(str(WORDS["tongue"][language]), opening, text)
    return _SPACED.sub("", text) if language == "ja" else text


def _has(patterns: Iterable[str], text: str) -> bool:
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


class Checker:
    """Compares printed sentences with the truth of the pages that they cite."""

    def __init__(self, world: World, months: Iterable[MadeMonth]) -> None:
        self._world = world
        self._all = tuple(page for month in months for page in month.pages)
        self._sectors = {row["en"]: row["shown"] for row in world.data["sector"]}

    def named(self, text: str, language: str) -> set[str]:
        """Keys of all names in a text, the longest print winning."""
        forms = [
            (form, key)
            for key, kind in self._world.kinds.items()
            if kind not in ("sector", "unit")
            for form in dict.fromkeys(self._prints(key, kind, language))
        ]
        found: set[str] = set()
        for form, key in sorted(forms, key=lambda one: -len(one[0])):
            pattern = rf"(?<![A-Za-z0-9]){re.escape(form)}(?![A-Za-z0-9])" if form.isascii() else re.escape(form)
            if re.search(pattern, text):
                found.add(key)
                text = re.sub(pattern, "◇", text)
        for key, shown in self._sectors.items():
            if any(word in text.lower() for word in shown):
                found.add(f"sector/{key}")
        return found

    def _prints(self, key: str, kind: str, language: str) -> list[str]:
        forms = self._world.forms[key]
        own = list(forms.values()) if kind not in ("country", "state") else [forms[language]]
        return [form for form in own if form] + [form.removeprefix("the ") for form in own if form.startswith("the ")]

    def _of_pages(self, pages: Iterable[Page]) -> set[str]:
        keys: set[str] = set()
        for page in pages:
            keys |= {page.house, page.repeats} | {name for one in page.statements for name in one.names}
        return keys

    def told(self, text: str, named: set[str], language: str, pages: Iterable[Page]) -> list[Statement]:
        """Statements of the pages cited of which subject, first object and verb stand in the sentence."""
        spoken = [page for page in pages if page.house in named] or list(pages)
        told = [one for page in spoken for one in page.statements if one.names and set(one.names[:2]) <= named]
        return [one for one in told if _has(WORDS["verb"][language][one.kind], text)]

    def compared(self, sentence: Printed, language: str) -> bool:
        """Whether the sentence could be held against a statement: the base of the counts of what is wrong."""
        text = _checked(sentence.text, language)
        if _has(WORDS["own"][language], text) or not sentence.pages:
            return False
        return bool(self.told(text, self.named(text, language), language, sentence.pages))

    def findings(self, sentence: Printed, language: str) -> list[Finding]:
        """All that is wrong with a sentence. One without a source is held against the whole month."""
        text = _checked(sentence.text, language)
        pages = sentence.pages or self._all
        named = self.named(text, language)
        loose = sorted(named - self._of_pages(pages))
        if not _has(WORDS["background"][language], text):
            loose += self._strange(self._without(text, named), language, pages)
        told = self._of_pages(self._all), "\n".join(page.text for page in self._all)
        found = [("uncited" if name in told[0] or name in told[1] else "name", name) for name in loose]
        own = _has(WORDS["own"][language], text)
        if not own:
            found += [
                ("number", str(number))
                for number in self._loose_numbers(text, named, pages, cited=bool(sentence.pages))
            ]
        found += [] if own else self._against_truth(text, named, language, pages)
        found += [("no such pair", "nobody says so")] if _has(WORDS["never"][language], text) else []
        found += [("roles", f"{key} as the victim") for key in sorted(named) if self._struck(text, key, language)]
        return [Finding(what=what, detail=detail, sentence=sentence.text) for what, detail in found]

    def _struck(self, text: str, key: str, language: str) -> bool:
        """Whether a house that only reports is printed as somebody's victim."""
        if self._world.kinds[key] not in ("house", "news"):
            return False
        forms = "|".join(re.escape(form) for form in self._world.forms[key].values())
        return bool(re.search(str(WORDS["struck"][language]).replace("<H>", f"(?:{forms})"), text))

    def _strange(self, text: str, language: str, pages: Iterable[Page]) -> list[str]:
        """Names that stand in none of the pages and are no words of the language."""
        source = "\n".join(f"{page.text}\n{self._world.form(page.house, '*')}\n{page.house}" for page in pages).lower()
        source += "\n".join(
            form
            for key in self._of_pages(pages)
            if key in self._world.forms
            for form in self._world.forms[key].values()
        ).lower()
        pattern = r"[A-Za-z][A-Za-z0-9-]{2,}" if language == "ja" else r"(?<=[a-z,] )[A-Z][A-Za-z0-9-]{2,}"
        quoted = re.findall(r"「([^」]+)」", text) if language == "ja" else []
        known = set(WORDS["known"][language])
        return [
            word for word in (*re.findall(pattern, text), *quoted) if word.lower() not in source and word not in known
        ]

    def _loose_numbers(self, text: str, named: set[str], pages: Iterable[Page], *, cited: bool) -> list[int]:
        """Numbers that no statement about a name of the sentence holds, on the pages cited."""
        allowed: set[int] = set()
        for page in pages:
            allowed |= {page.published.year, page.published.month, page.published.day}
            for one in page.statements:
                about = {*one.names, page.house, page.repeats}
                if not cited or not named or named & about or not one.names:
                    allowed |= {one.count} | ({one.when.year, one.when.month, one.when.day} if one.when else set())
        return [number for number in _numbers(self._without(text, named)) if number not in allowed]

    def _without(self, text: str, named: Iterable[str]) -> str:
        """The text with its known names blanked, the longest first."""
        forms = {form for key in named for form in self._world.forms[key].values() if form}
        for form in sorted(forms, key=lambda form: (-len(form), form)):
            text = text.replace(form, "◇")
        return text

    def _against_truth(self, text: str, named: set[str], language: str, pages: Iterable[Page]) -> list[tuple[str, str]]:
        """Polarity, hedge and roles of a statement of which subject and object stand in the sentence."""
        told = self.told(text, named, language, pages)
        found: list[tuple[str, str]] = []
        if told:
            negative = _has(WORDS["negation"][language], text)
            detail = f"{told[0].kind}: {', '.join(told[0].names)}"
            if not any(one.positive for one in told) and not negative:
                found.append(("denied as said", detail))
            if all(one.positive for one in told) and negative:
                found.append(("said as denied", detail))
            if all(one.hedged for one in told) and not _has(WORDS["hedge"][language], text):
                found.append(("hedge lost", detail))
        elif pair := self._unpaired(named, pages):
            found.append(("no such pair", pair))
        if level := self._ungraded(text, language, pages):
            found.append(("grade", level))
        found += [("roles", f"{one.kind}: {one.names}") for one in told if self._inverted(text, one, language)]
        return found

    @staticmethod
    def _ungraded(text: str, language: str, pages: Iterable[Page]) -> str:
        """A level of confidence that no page states, in a sentence about a source's own confidence."""
        match = re.search(WORDS["grade"][language]["pattern"], text)
        if not match:
            return ""
        level = WORDS["grade"][language].get(match.group(1), match.group(1))
        stated = {one.level for page in pages for one in page.statements if one.level}
        return "" if level in stated else str(match.group(1))

    def _unpaired(self, named: set[str], pages: Iterable[Page]) -> str:
        """A subject and an object of one sentence that no page brings together."""
        kinds = self._world.kinds
        subjects = [key for key in named if kinds[key] in ("group", "relay", "malware")]
        objects = [
            key for key in named if kinds[key] in ("sector", "flaw", "victim", "state", "country", "group", "malware")
        ]
        together = [set(one.names) for page in pages for one in page.statements]
        if len(subjects) != 1:
            return ""
        lone = [
            key for key in objects if key != subjects[0] and not any({key, subjects[0]} <= names for names in together)
        ]
        return f"{subjects[0]} and {sorted(lone)[0]}" if lone else ""

    def _inverted(self, text: str, one: Statement, language: str) -> bool:
        if one.kind not in ("targets", "uses", "exploits", "breach") or one.names[1].startswith("sector/"):
            return False
        subject, target = (re.escape(self._world.form(key, language)) for key in one.names[:2])
        return bool(re.search(str(WORDS["inverted"][language]).replace("<O>", target).replace("<S>", subject), text))


_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s?(億|万|million|billion)?(\d{1,4})?")
_TIMES = {"億": 100_000_000, "万": 10_000, "million": 1_000_000, "billion": 1_000_000_000}


def _numbers(text: str) -> list[int]:
    found = []
    for match in _NUMBER.finditer(re.sub(r"CVE-\d+-\d+|\bC2\b|C2(?=[^\d])", " ", text)):
        value = float(match.group(1).replace(",", "")) * _TIMES.get(match.group(2) or "", 1)
        found.append(round(value + int(match.group(3) or 0)))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How the sentences of an edition read. Lengths in characters (ja) or words (en)."""

    lengths: tuple[int, ...]
    shapes: tuple[str, ...]
    connectives: tuple[str, ...]
    pairs: tuple[tuple[str, str, str], ...]
    openings: Counter[str]
    endings: Counter[str]
    longest_run: int


def style(sentences: list[Printed], language: str, checker: Checker, world: World) -> Style:
    """Lengths, shapes and connectives of the sentences of the text (no leads, no headings)."""
    text = [one for one in sentences if one.place == "text"]
    shapes = tuple(_shape(one.text, language, checker, world) for one in text)
    run = longest = 1 if shapes else 0
    for before, after in pairwise(shapes):
        run = run + 1 if before == after else 1
        longest = max(longest, run)
    joined = [(_connective(one.text, language), before.text, one.text) for before, one in pairwise(text)]
    return Style(
        lengths=tuple(len(one.text) if language == "ja" else len(one.text.split()) for one in text),
        shapes=shapes,
        connectives=tuple(_connective(one.text, language) for one in text),
        pairs=tuple(one for one in joined if one[0]),
        openings=Counter(_cut(shape, language, first=True) for shape in shapes),
        endings=Counter(_cut(shape, language, first=False) for shape in shapes),
        longest_run=longest,
    )


def _cut(shape: str, language: str, *, first: bool) -> str:
    if language == "ja":
        return shape[:7] if first else shape[-9:]
    words = shape.split()
    return " ".join(words[:3] if first else words[-3:])


def _connective(text: str, language: str) -> str:
    match = re.match("|".join(f"(?:{word})" for word in WORDS["connective"][language]), text)
    return match.group(0).strip(" ,、") if match else ""


def _shape(text: str, language: str, checker: Checker, world: World) -> str:
    """The sentence with names, dates and numbers taken out: two sentences of one shape differ in these only."""
    for key in checker.named(text, language):
        for form in sorted(world.forms[key].values(), key=len, reverse=True):
            text = text.replace(form, "N")
    text = re.sub(r"\d[\d,]*(?:\.\d+)?", "0", text)
    text = re.sub("|".join(WORDS["month-name"][language]), "0", text) if WORDS["month-name"][language] else text
    return re.sub(r"N(?:(?:、| and |, |と)N)+", "N", text)
