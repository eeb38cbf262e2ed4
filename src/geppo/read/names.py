"""New names: how reports introduce a group, a malware, a network or a campaign that no catalogue holds.

The patterns are data: `language/<code>/naming.toml` for each language, `read/naming.toml` for designators that look
the same everywhere. A pattern runs over the typed line, where `{K:…}` is the word of kind beside the name and `@` the
candidate itself. Organisations are known by their form ("University of …", 株式会社…), by patterns over the text.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from geppo import linear, shipped
from geppo.catalog import Catalog, Name
from geppo.catalog.kept import ByTuple
from geppo.catalog.words import is_phrase_of_english
from geppo.model.entity import Kind
from geppo.read.rules import Patterns, expand, kind_marks
from geppo.read.triggers import Prefilter, Slow, packaged
from geppo.read.typed import TypedLine


@dataclass(frozen=True, slots=True, kw_only=True)
class NamingRule:
    """One way in which a language introduces names. `kind` is empty where the word of kind decides.

    `sure` rules say that a name follows; what others find is none if it is an English word with a capital. `several`
    ones say so of names of two words or more, where the text knows no person of that name.
    """

    id: str
    kind: str
    sure: bool
    several: bool
    expression: str
    match: tuple[str, ...]
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """The naming rules of one language; `compiled` and `prefilter` go by their numbers.

    `organisations` are patterns over the text, with a name in each group; what `generic` matches is no name, nor is
    what a `weak` one finds if it is made of English words. `people` finds the names of persons, `namer` what only
    a house does that stands before it, `business` what makes a group one of companies. `in_short` is what may
    stand behind the first word of a house's name where it stands for the house; it does for none of `full_only`.
    `trades` say what a house is where they stand before its name. `tail` is what a house's whole name has more than the
    name by which texts call it, `abbreviated` the bracket in which one says how it calls a house from there on.
    """

    rules: tuple[NamingRule, ...]
    compiled: Patterns
    prefilter: Prefilter
    split: Any
    stop: frozenset[str]
    organisations: Patterns
    weak: tuple[bool, ...]
    generic: Any
    people: Any
    namer: Any
    business: Any
    in_short: Any
    full_only: frozenset[str]
    trades: frozenset[str]
    tail: Any
    abbreviated: Any


@cache
def _common() -> dict[str, Any]:
    return shipped.table("geppo.read", "naming.toml")


@cache
def _designators() -> tuple[tuple[Kind, Any], ...]:
    return tuple((Kind(row["kind"]), linear.compile(row["pattern"])) for row in _common()["designator"])


@cache
def _no_designator() -> Any:
    return linear.compile(_common()["no_designator"])


@cache
def _no_name() -> frozenset[str]:
    return frozenset(_common()["no_name"])


@cache
def _described() -> tuple[str, ...]:
    return tuple(_common()["described"])


@cache
def _two_scripts() -> Any:
    return linear.compile(_common()["two_scripts"])


def compile_naming(text: str, where: str, language: str = "") -> Naming:
    """Compile a naming file. Raises DataError that names the file and the rule.

    The expressions of the packaged file are compiled when they are first asked for.
    """
    raw = shipped.loads(text, resources.files("geppo.language").joinpath(language or "en"))
    words = dict(raw.get("words", {}))
    rules = []
    for row in raw["naming"]:
        pattern = row["pattern"].replace("@", f"(?P<X>{raw['candidate']})")
        rules.append(
            NamingRule(
                id=row["id"],
                kind=row.get("kind", ""),
                sure=row.get("sure", False),
                several=row.get("several", False),
                expression=expand(pattern, words, raw.get("joiner", ", "), f"{where}, naming {row['id']}"),
                match=tuple(row["match"]),
                near=tuple(row.get("near", ())),
            )
        )
    prefilter = packaged(language, "naming", len(rules)) if language else None
    return Naming(
        rules=tuple(rules),
        compiled=Patterns([rule.expression for rule in rules]),
        prefilter=prefilter or Slow({f"{where}, naming {rule.id}": rule.expression for rule in rules}),
        split=linear.compile(raw["split"]),
        stop=frozenset(raw.get("stop", ())),
        organisations=Patterns([row["pattern"] for row in raw.get("organisation", ())]),
        weak=tuple(bool(row.get("weak", False)) for row in raw.get("organisation", ())),
        generic=linear.compile(raw["generic"]) if "generic" in raw else None,
        people=linear.compile(raw["people"]) if "people" in raw else None,
        namer=linear.compile(raw["namer"]) if "namer" in raw else None,
        business=linear.compile(raw["business"]) if "business" in raw else None,
        in_short=linear.compile(raw["in_short"]) if "in_short" in raw else None,
        full_only=frozenset(raw.get("full_only", ())),
        trades=frozenset(raw.get("trades", ())),
        tail=linear.compile(raw["tail"]) if "tail" in raw else None,
        abbreviated=linear.compile(raw["abbreviated"]) if "abbreviated" in raw else None,
    )


@cache
def naming(language: str) -> Naming | None:
    """The naming rules of a language, or None."""
    source = resources.files("geppo.language").joinpath(language).joinpath("naming.toml")
    if not (len(language) == 2 and language.isascii() and source.is_file()):
        return None
    return compile_naming(source.read_text(encoding="utf-8"), f"language/{language}/naming.toml", language)


_QUOTES = " '\"‘’“”「」『』《》«»·"
_SPELLED = frozenset({Kind.INTRUSION_SET, Kind.MALWARE, Kind.CAMPAIGN, Kind.INFRASTRUCTURE, Kind.TOOL})
SHORTEST_SPELLING = 2
SHORTEST_OPERATION = 5
"""An operation's name of this many letters is also used without the word "Operation"."""


def slug(name: str) -> str:
    """The comparison form of a name: NFKC, case folded, letters and digits only."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in folded if character.isalnum())


def designators(text: str) -> Iterable[tuple[Kind, str]]:
    """Names that a text shows by their form alone: a vendor's scheme for groups, or what organisations are called."""
    seen: dict[tuple[Kind, str], None] = {}
    for kind, pattern in _designators():
        for found in pattern.finditer(text):
            if not _no_designator().match(found.group()):
                seen[kind, found.group()] = None
    for name in organisations(text):
        seen[Kind.IDENTITY, name] = None
    return tuple(seen)


_SCRIPTS = (
    ("ja", linear.compile("[ぁ-ヿ]")),
    ("ko", linear.compile("[가-힣]")),
    ("ru", linear.compile("[а-я]")),
    ("zh", linear.compile("[一-龥]")),
)
_START = 4000
"""So much of a text shows in which scripts it is written."""


def _spoken(text: str) -> tuple[str, ...]:
    """Languages whose organisations a text may name, by its letters: English ones stand in texts of all."""
    if text.isascii():
        return ("en",)
    found = [language for language, letters in _SCRIPTS if letters.search(text[:_START])]
    return ("en", *(language for language in found if language != "zh" or "ja" not in found))


def organisations(text: str) -> Iterable[str]:
    """Names of organisations by their form."""
    plain = text.replace("\u00a0", " ")
    for language in _spoken(text):
        known = naming(language)
        if known is None:
            continue
        for pattern, weak in zip(known.organisations, known.weak, strict=True):
            for found in pattern.finditer(plain):
                for group in filter(None, found.groups()):
                    name = _without_trade(_without_opening(group.strip(_EDGES), known.stop), known)
                    if _is_organisation(name, weak, known):
                        yield name


def _without_trade(name: str, known: Naming) -> str:
    """A house's name without what it is ("Chipmaker Orvane Micro")."""
    first, _, rest = name.partition(" ")
    return rest if first.casefold() in known.trades and " " in rest else name


def _is_organisation(name: str, weak: bool, known: Naming) -> bool:
    if not 3 <= len(name) <= LONGEST_ORGANISATION or (known.generic is not None and known.generic.search(name)):
        return False
    if name.casefold() in known.stop or name.casefold() in _no_name():
        return False
    return not (weak or name.count(" ") < FEW_WORDS) or not name.isascii() or not is_phrase_of_english(name)


_EDGES = " \"'“”‘’「」『』《》«»,.、()（）[]·・"
LONGEST_ORGANISATION = 70
FEW_WORDS = 2
"""A name of fewer blanks that is made of English words alone says what it is and not which."""


def people(text: str, language: str) -> frozenset[str]:
    """The comparison forms of the names that a text gives to persons."""
    known = naming(language)
    if known is None or known.people is None:
        return frozenset()
    return frozenset(slug(name) for found in known.people.finditer(text) for name in found.groups() if name)


def introduced(line: TypedLine, language: str, among: Sequence[int]) -> Iterable[tuple[Kind, str]]:
    """Names that this sentence introduces, with the kind that the sentence gives them.

    `among` are the numbers of the naming rules to ask.
    """
    known = naming(language)
    if known is None:
        return
    for number in known.prefilter.of_line(line.line, among):
        rule = known.rules[number]
        for found in known.compiled.matches(number, line.line, line.data):
            kind = rule.kind or _kind_said(line, found.groupdict()["K"])
            word = found.start("K") if "K" in found.groupdict() else found.start()
            if kind == _GROUP and _of_business(line, word, known):
                kind = Kind.IDENTITY.value
            if kind and not _names_others(line, found.span("X")[1], kind, known):
                yield from (
                    (Kind(kind), _without_trade(name, known) if kind == Kind.IDENTITY else name)
                    for name in _names_in(line, found.span("X"), rule, known)
                    if kind != Kind.IDENTITY or known.generic is None or known.generic.search(name) is None
                )


_GROUP = Kind.INTRUSION_SET.value


def _of_business(line: TypedLine, at: int, known: Naming) -> bool:
    """True for a "group" of companies: a line of business stands before it."""
    before = line.line[max(0, at - LONGEST_NAMER) : at]
    mention = before[-3:-2] == kind_marks()["sector"] and before[-1:] == " "
    return known.business is not None and (mention or known.business.search(before) is not None)


def _names_others(line: TypedLine, end: int, kind: str, known: Naming) -> bool:
    """True for a house that gives a name, which the word of kind beside it is not of ("the cluster X follows as Y")."""
    return (
        known.namer is not None
        and Kind(kind) is not Kind.IDENTITY
        and known.namer.match(line.line[end : end + LONGEST_NAMER]) is not None
    )


LONGEST_NAMER = 24
"""Characters behind a name in which its verb is looked for."""


def _kind_said(line: TypedLine, marks: str | None) -> str:
    """What the word of kind beside a name makes of it, or an empty text."""
    items = line.items_of(marks or "")
    if not items or (items[0].terms and items[0].terms[0].id in _common()["not_a_kind"]):
        return ""
    kind_of: dict[str, str] = _common()["kind_of"]
    return kind_of.get(items[0].kind, "")


def _names_in(line: TypedLine, span: tuple[int, int], rule: NamingRule, known: Naming) -> Iterable[str]:
    """The names in a stretch of the line, each without what only surrounds it."""
    start, end = span
    sure = rule.sure
    quoted = any(mark in _QUOTES[1:] for mark in line.line[max(0, start - 1) : start + 1] if mark)
    parts = known.split.split(line.line[start:end])
    for number, part in enumerate(parts):
        name = _without_opening(_without_gloss(part).strip(_EDGES), known.stop)
        behind = _known_behind(line, end) if number == len(parts) - 1 else ""
        if behind and not sure:
            continue
        name += behind
        if not sure and known.generic is not None and known.generic.search(name):
            continue
        if _acceptable(name, known.stop) and (sure or quoted or not _ordinary(name) or _several(name, rule, line)):
            yield name


def _known_behind(line: TypedLine, end: int) -> str:
    """A known name that stands right behind a new one belongs to it ("dubbed Grey Emotet")."""
    marks = kind_marks()
    behind = line.line[end : end + 3]
    if len(behind) == 3 and behind[0] == " " and behind[1] in {marks[kind] for kind in _NAMED}:
        return f" {line.items_of(behind[2])[0].terms[0].name}"
    return ""


def _several(name: str, rule: NamingRule, line: TypedLine) -> bool:
    """True for a name of several English words, in a sentence that does not write all its words with a capital."""
    if not rule.several or " " not in name:
        return False
    words = [word for word in line.line.split() if word[0].isalpha()]
    capital = sum(word[0].isupper() for word in words)
    return capital * MOST_CAPITALS < len(words)


MOST_CAPITALS = 2
"""A line of which one word in so many has a capital is a heading."""

_NAMED = ("actor", "malware", "tool", "campaign")


def _ordinary(name: str) -> bool:
    """True for English words with a capital, and for initials."""
    words = name.replace("-", " ").replace("/", " ").split()
    longest = LONGEST_INITIALS if len(words) == 1 else LONGEST_INITIALS + 1
    return all(
        is_phrase_of_english(word) or (word.isupper() and len(word) <= longest) or word.casefold() in _no_name()
        for word in words
    )


LONGEST_INITIALS = 3
"""Capitals that are more often a protocol, a file type or an agency than a name; one more beside other words."""


@cache
def _gloss() -> Any:
    return linear.compile(r"^[「『“\"]?([^（(]{2,30})[（(]([^（()）]{2,40})[)）][」』”\"]?$")


def _without_gloss(name: str) -> str:
    """A name without the other spelling that stands in brackets inside its quotation marks (「霜の鴉（Crow）」)."""
    found = _gloss().match(name)
    return str(found.group(1)) if found else name


def _without_opening(name: str, stop: frozenset[str]) -> str:
    """A name without the capital words that only open its sentence or describe it ("When X …", "Go-based X")."""
    first, blank, rest = name.partition(" ")
    while blank and (first.casefold() in stop or first.casefold().endswith(_described())):
        name = rest
        first, blank, rest = name.partition(" ")
    return name


def _acceptable(name: str, stop: frozenset[str]) -> bool:
    if any("\ue000" <= character <= "\uf8ff" for character in name):
        return False
    low = name.casefold()
    return 2 <= len(name) <= 48 and low not in stop and low not in _no_name() and any(c.isalpha() for c in name)


SHORTEST_HOUSE = 3
"""Letters of a publisher's name below which it is too short to be looked for in texts."""


def house_forms(publisher: str) -> tuple[str, ...]:
    """Forms of a publisher's name: without its bracket and legal form, and the short form in the bracket."""
    name, _, rest = publisher.replace("（", "(").partition("(")
    inside = rest.partition(")")[0].strip()
    full = name.strip()
    bare = without_legal_form(full)
    short = inside if inside.isascii() and inside.isupper() and " " not in inside else ""
    forms = dict.fromkeys((full, bare, short, *(part.strip() for part in full.split(" / "))))
    return tuple(form for form in forms if len(form) >= SHORTEST_HOUSE)


def without_legal_form(name: str) -> str:
    """The name of a house without the legal forms at its ends."""
    for word in _common()["legal_forms"]:
        name = name.removeprefix(word).removesuffix(word).strip(" ,")
    return name


class _Spellings:
    """Names by the comparison form of each of their forms, and the forms in other scripts."""

    def __init__(self, names: Sequence[Name]) -> None:
        self.by_slug = {slug(form): name for name in names for form in name.forms}
        self.foreign = tuple(form for name in names for form in name.forms if not form.isascii())


_spellings = ByTuple(_Spellings, 4)


def spelled(
    text: str, known: tuple[Name, ...], own: tuple[Name, ...], catalog: Catalog, language: str
) -> tuple[Name, ...]:
    """Names printed in two scripts, "X(Latin)": the other spelling is a form of the Latin name.

    Only for Latin names that are known as a group, malware, campaign, network or tool; `own` are the document's.
    """
    matches = list(_two_scripts().finditer(text))
    if not matches:
        return ()
    ours, theirs = _Spellings(own), _spellings(known)
    foreign = (*theirs.foreign, *ours.foreign)
    found: dict[str, Name] = {}
    for match in matches:
        other, latin = match.group(1).strip(_QUOTES), match.group(2).strip()
        other = max((form for form in foreign if other.endswith(form)), key=len, default=other)
        name = ours.by_slug.get(slug(latin)) or theirs.by_slug.get(slug(latin))
        if name is None:
            mentions = [m for m in catalog.match(latin, "en") if m.end - m.start == len(latin) and m.kind in _SPELLED]
            name = Name(kind=mentions[0].kind, id=mentions[0].id, name=latin, forms=(latin,)) if mentions else None
        if name is not None and name.kind in _SPELLED and len(other) >= SHORTEST_SPELLING:
            found[f"{name.id}/{other}"] = Name(kind=name.kind, id=name.id, name=name.name, forms=(*name.forms, other))
    return tuple(found[key] for key in sorted(found))


def settle(found: Sequence[tuple[Kind, str]]) -> tuple[Name, ...]:
    """One name, one kind: the kind that most introductions give, the earlier one where they tie.

    An organisation goes by its name with and without its legal form.
    """
    votes: dict[str, Counter[Kind]] = {}
    printed: dict[str, dict[str, None]] = {}
    for kind, name in found:
        bare = without_legal_form(name) if kind is Kind.IDENTITY else name
        key = slug(bare)
        if key:
            votes.setdefault(key, Counter())[kind] += 1
            printed.setdefault(key, {})[name] = None
            short = name.removeprefix("Operation ")
            if short != name and len(short) >= SHORTEST_OPERATION:
                printed[key][short] = None
            if bare != name and len(bare) > SHORTEST_HOUSE:
                printed[key][bare] = None
    return tuple(
        Name(kind=votes[key].most_common(1)[0][0], id=f"new:{key}", name=next(iter(forms)), forms=tuple(forms))
        for key, forms in printed.items()
    )
