"""The words of made months: names of a world, and sentences of five languages that say a statement.

Nothing here knows how geppo reads or writes. The phrases are those of `bench/cases/months`, written as pages of each
language put such things.
"""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

CASES = Path(__file__).parent / "cases" / "months"
LANGUAGES: tuple[str, ...] = ("en", "ja", "zh", "ru", "ko")
_MONTHLY = {"targets"}
"""Kinds whose date is a month."""
_CASES = {
    "gen": (("группировка", "группировки"), ("группа", "группы"), ("ская ", "ской "), ("сеть", "сети")),
    "ins": (("группировка", "группировкой"), ("группа", "группой"), ("ская ", "ской "), ("сеть", "сетью")),
    "prep": (("сеть", "сети"),),
}


SLOTS = {
    "targets": "GSC",
    "uses": "GM",
    "attributed": "GK",
    "grade": "",
    "shares": "GH",
    "size": "RU",
    "located": "RUC",
    "relay": "R",
    "exploits": "GVP",
    "due": "VPA",
    "leaks": "W",
    "breach": "GW",
    "warns": "AMS",
    "ai-share": "GT",
    "victims": "MC",
}
"""Names of a kind in the order of `Statement.names`; the first is the subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What one sentence says: `names` are the subject, then the objects, as keys of the world."""

    kind: str
    names: tuple[str, ...]
    count: int = 0
    when: date | None = None
    positive: bool = True
    hedged: bool = False
    level: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Names by key: how each is printed, per language (`*` for all)."""

    forms: dict[str, dict[str, str]]
    kinds: dict[str, str]
    data: dict[str, Any]
    phrases: dict[str, dict[str, Any]]

    def of(self, kind: str) -> list[str]:
        """Keys of one kind."""
        return [key for key, found in self.kinds.items() if found == kind]

    def form(self, key: str, language: str, case: str = "") -> str:
        """A name as a page of that language prints it."""
        forms = self.forms[key]
        return forms.get(f"{language}:{case}") or forms.get(language) or forms.get("*", "")


@dataclass(slots=True)
class Known:
    """Names that a page has introduced."""

    names: set[str] = field(default_factory=set)


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))


def make_world(rng: random.Random) -> World:
    """Names of one world: fifteen or so of each kind."""
    data = _toml("world")
    forms: dict[str, dict[str, str]] = {}
    kinds: dict[str, str] = {}

    def add(kind: str, name: str, known: dict[str, str]) -> None:
        forms[f"{kind}/{name}"], kinds[f"{kind}/{name}"] = known, kind

    names = data["names"]
    for _ in range(18):
        first, second = rng.choice(names["group-first"]), rng.choice(names["group-second"])
        code = f"{rng.choice(names['group-code'])}-{rng.randint(1100, 9899)}"
        name = rng.choice([f"{first} {second}", f"{first} {second}", f"{first}{second.lower()}", code])
        add("group", name, {"*": name})
    for kind, count in {"malware": 12, "relay": 8}.items():
        for _ in range(count):
            name = rng.choice(names[f"{kind}-first"]) + rng.choice(names[f"{kind}-second"])
            add(kind, name, {"*": name})
    for _ in range(8):
        name = f"{rng.choice(names['product-maker'])} {rng.choice(names['product-model'])}"
        add("product", name, {"*": name})
    for _ in range(12):
        name = f"CVE-2025-{rng.randint(91000, 98999)}"
        add("flaw", name, {"*": name})
    for name in names["tool"]:
        add("tool", name, {"*": name})
    for row in data["house"]:
        add("news" if row.get("news") else "house", row["name"], _house_forms(row))
    for kind in ("agency", "victim"):
        for row in data[kind]:
            add(kind, row["en"], {"en": row["en"], "ja": row["ja"], "*": row["en"].removeprefix("the ")})
    for kind in ("sector", "country", "unit"):
        for row in data[kind]:
            add("state" if row.get("state") else kind, row["en"], _cased(row))
    return World(forms=forms, kinds=kinds, data=data, phrases={language: _toml(language) for language in LANGUAGES})


def _house_forms(row: dict[str, str]) -> dict[str, str]:
    """A page in the house's own letters prints its own name, another the Latin one."""
    return {"*": row.get("other", row["name"]), row["language"]: row["name"]}


def _cased(row: dict[str, Any]) -> dict[str, str]:
    forms = {str(name): str(row[name]) for name in ("en", "ja", "zh", "ko") if name in row}
    russian = row.get("ru", [])
    for case, form in zip(("nom", "gen", "prep", "ins"), russian, strict=False):
        forms[f"ru:{case}"] = form
    return forms | ({"ru": russian[0]} if russian else {})


def _number(count: int, language: str, text: dict[str, Any], rng: random.Random) -> str:
    around = rng.choice(text["around"]) if count > 100 else ""
    if language in ("ja", "ko", "zh") and count >= 10_000 and rng.random() < 0.6:
        rest = f"{count % 10_000}" if count % 10_000 else ""
        return f"{around}{count // 10_000}{text['ten-thousand']}{rest}"
    if count < 1000:
        return f"{around}{count}"
    return str(around) + (f"{count:,}".replace(",", "\u00a0") if language == "ru" else f"{count:,}")


def _date(when: date, text: dict[str, Any], rng: random.Random, *, monthly: bool) -> str:
    names = text.get("months-in" if monthly else "months", [""] * 12)
    pattern = str(rng.choice(text["by-month" if monthly else "by-day"]))
    return pattern.format(y=when.year, m=when.month, d=when.day, name=names[when.month - 1])


def _particle(word: str, pair: str) -> str:
    closed, opened = pair.split("/")
    last = word[-1].lower()
    hangul = "가" <= last <= "힣"
    shut = (ord(last) - 0xAC00) % 28 != 0 if hangul else last in "lmnr013678"
    return word + (closed if shut else opened)


def _cased_intro(text: str, case: str) -> str:
    for one, other in _CASES.get(case, ()):
        text = text.replace(one, other)
    return text


_SLOT = re.compile(r"\{([A-Z])(?::([^}]*))?\}")
_INTRODUCED = {"group": "intro-group", "malware": "intro-malware", "relay": "intro-relay"}


@dataclass(slots=True, kw_only=True)
class Pen:
    """Writes statements in one language."""

    world: World
    language: str
    rng: random.Random
    known: Known

    @property
    def _text(self) -> dict[str, Any]:
        text: dict[str, Any] = self.world.phrases[self.language]["text"]
        return text

    def can(self, statement: Statement) -> bool:
        """Whether the language has phrases for it."""
        return self._table(statement) in self.world.phrases[self.language]["kind"]

    @staticmethod
    def _table(statement: Statement) -> str:
        return statement.kind + ("-hedged" if statement.hedged else "") + ("" if statement.positive else "-denied")

    def sentence(self, statement: Statement, extra: dict[str, str]) -> tuple[str, Statement]:
        """A sentence with its mark, not yet capitalised, and the statement with only what the phrase holds."""
        template = self.rng.choice(self.world.phrases[self.language]["kind"][self._table(statement)])
        used = {match.group(1) for match in _SLOT.finditer(template)}
        if self.language in ("en", "ru") and not template.startswith(("{", "AI")):
            template = template[0].lower() + template[1:]
        keys = dict(zip(SLOTS[statement.kind], statement.names, strict=False)) | extra
        text = _SLOT.sub(lambda match: self._slot(match.group(1), match.group(2) or "", statement, keys), template)
        text = text.replace(",,", ",").replace(",.", ".")
        names = tuple(
            [keys[slot] for slot in SLOTS[statement.kind] if slot in used and slot in keys]
            + [key for slot, key in extra.items() if slot in used]
        )
        return text, Statement(
            kind=statement.kind,
            names=names,
            count=statement.count if "N" in used else 0,
            when=statement.when if "D" in used else None,
            positive=statement.positive,
            hedged=statement.hedged,
            level=statement.level,
        )

    def _slot(self, slot: str, case: str, statement: Statement, keys: dict[str, str]) -> str:
        if slot == "N":
            return _number(statement.count, self.language, self._text, self.rng)
        if slot == "D":
            assert statement.when is not None
            return _date(statement.when, self._text, self.rng, monthly=statement.kind in _MONTHLY)
        if slot == "L":
            return str(self._text["level"][statement.level])
        text = self._named(keys[slot], case)
        return _particle(text, case) if "/" in case else text

    def _named(self, key: str, case: str) -> str:
        name = self.world.form(key, self.language, case)
        table = _INTRODUCED.get(self.world.kinds[key])
        if not table or key in self.known.names:
            return name
        self.known.names.add(key)
        if self.rng.random() < 0.15:
            return name
        intro = self.rng.choice(self._text[table])
        return _cased_intro(str(intro), case).replace("{n}", name)

    def wrapped(self, sentence: str, house: str) -> str:
        """The sentence as another house's."""
        wrap = str(self.rng.choice(self._text["wrap"]))
        named = wrap.replace("{B}", self.world.form(house, self.language))
        return named.replace("{Y}", sentence.removesuffix("。")).replace("{X}", sentence)
