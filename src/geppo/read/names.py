"""New names: how reports introduce a group, a malware, a network or a campaign that no catalogue holds.

The patterns are data: `language/<code>/naming.toml` for each language, `read/naming.toml` for designators that look
the same everywhere. A pattern runs over the typed line, where `{K:…}` is the word of kind beside the name and `@` the
candidate itself.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import re2

from geppo.catalog import Catalog, Name
from geppo.model.entity import Kind
from geppo.read.rules import Patterns, expand
from geppo.read.triggers import Prefilter, Slow, packaged
from geppo.read.typed import TypedLine


@dataclass(frozen=True, slots=True, kw_only=True)
class NamingRule:
    """One way in which a language introduces names. `kind` is empty where the word of kind decides."""

    id: str
    kind: str
    expression: str
    match: tuple[str, ...]
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """The naming rules of one language; `compiled` and `prefilter` go by their numbers."""

    rules: tuple[NamingRule, ...]
    compiled: Patterns
    prefilter: Prefilter
    split: Any
    stop: frozenset[str]


@cache
def _common() -> dict[str, Any]:
    return tomllib.loads(resources.files("geppo.read").joinpath("naming.toml").read_text(encoding="utf-8"))


@cache
def _designators() -> tuple[tuple[Kind, Any], ...]:
    return tuple((Kind(row["kind"]), re2.compile(row["pattern"])) for row in _common()["designator"])


@cache
def _two_scripts() -> Any:
    return re2.compile(_common()["two_scripts"])


def compile_naming(text: str, where: str, language: str = "") -> Naming:
    """Compile a naming file. Raises DataError that names the file and the rule.

    The expressions of the packaged file are compiled when they are first asked for.
    """
    raw = tomllib.loads(text)
    words = dict(raw.get("words", {}))
    rules = []
    for row in raw["naming"]:
        pattern = row["pattern"].replace("@", f"(?P<X>{raw['candidate']})")
        rules.append(
            NamingRule(
                id=row["id"],
                kind=row.get("kind", ""),
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
        split=re2.compile(raw["split"]),
        stop=frozenset(raw.get("stop", ())),
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
    """Names that a vendor's scheme makes recognisable by themselves."""
    for kind, pattern in _designators():
        for found in pattern.finditer(text):
            yield kind, found.group()


def introduced(line: TypedLine, language: str, among: Sequence[int]) -> Iterable[tuple[Kind, str]]:
    """Names that this sentence introduces, with the kind that the sentence gives them.

    `among` are the numbers of the naming rules to ask.
    """
    known = naming(language)
    if known is None:
        return
    kind_of: dict[str, str] = _common()["kind_of"]
    for number in known.prefilter.of_line(line.line, among):
        rule = known.rules[number]
        for found in known.compiled[number].finditer(line.line):
            groups = found.groupdict()
            kind = rule.kind
            if not kind:
                items = line.items_of(groups["K"] or "")
                known_word = bool(items and items[0].terms and items[0].terms[0].id in _common()["not_a_kind"])
                kind = kind_of.get(items[0].kind, "") if items and not known_word else ""
            if not kind:
                continue
            for part in known.split.split(groups["X"]):
                name = _without_opening(_without_gloss(part).strip(" \"'“”‘’「」『』《》«»,.、()（）[]"), known.stop)
                if _acceptable(name, known.stop):
                    yield Kind(kind), name


@cache
def _gloss() -> Any:
    return re2.compile(r"^[「『“\"]?([^（(]{2,30})[（(]([^（()）]{2,40})[)）][」』”\"]?$")


def _without_gloss(name: str) -> str:
    """A name without the other spelling that stands in brackets inside its quotation marks (「霜の鴉（Crow）」)."""
    found = _gloss().match(name)
    return str(found.group(1)) if found else name


def _without_opening(name: str, stop: frozenset[str]) -> str:
    """A name without the capital words that only open its sentence ("When X …")."""
    first, blank, rest = name.partition(" ")
    while blank and first.casefold() in stop:
        name = rest
        first, blank, rest = name.partition(" ")
    return name


def _acceptable(name: str, stop: frozenset[str]) -> bool:
    if any("\ue000" <= character <= "\uf8ff" for character in name):
        return False
    return len(name) >= 2 and name.casefold() not in stop and any(c.isalpha() for c in name) and len(name) <= 48


SHORTEST_HOUSE = 3
"""Letters of a publisher's name below which it is too short to be looked for in texts."""


def house_forms(publisher: str) -> tuple[str, ...]:
    """Forms of a publisher's name: without its bracket and legal form, and the short form in the bracket."""
    name, _, rest = publisher.replace("（", "(").partition("(")
    inside = rest.partition(")")[0].strip()
    full = name.strip()
    bare = full
    for word in _common()["legal_forms"]:
        bare = bare.removeprefix(word).removesuffix(word).strip()
    short = inside if inside.isascii() and inside.isupper() and " " not in inside else ""
    forms = dict.fromkeys((full, bare, short, *(part.strip() for part in full.split(" / "))))
    return tuple(form for form in forms if len(form) >= SHORTEST_HOUSE)


def spelled(text: str, names: Sequence[Name], catalog: Catalog, language: str) -> tuple[Name, ...]:
    """Names printed in two scripts, "X(Latin)": the other spelling is a form of the Latin name.

    Only for Latin names that are known as a group, malware, campaign, network or tool.
    """
    known = {slug(form): name for name in names for form in name.forms}
    own = [form for name in names for form in name.forms if not form.isascii()]
    found: dict[str, Name] = {}
    for match in _two_scripts().finditer(text):
        other, latin = match.group(1).strip(_QUOTES), match.group(2).strip()
        other = max((form for form in own if other.endswith(form)), key=len, default=other)
        name = known.get(slug(latin))
        if name is None:
            mentions = [m for m in catalog.match(latin, "en") if m.end - m.start == len(latin) and m.kind in _SPELLED]
            name = Name(kind=mentions[0].kind, id=mentions[0].id, name=latin, forms=(latin,)) if mentions else None
        if name is not None and name.kind in _SPELLED and len(other) >= SHORTEST_SPELLING:
            found[f"{name.id}/{other}"] = Name(kind=name.kind, id=name.id, name=name.name, forms=(*name.forms, other))
    return tuple(found[key] for key in sorted(found))


def settle(found: Sequence[tuple[Kind, str]]) -> tuple[Name, ...]:
    """One name, one kind: the kind that most introductions give, the earlier one where they tie."""
    votes: dict[str, Counter[Kind]] = {}
    printed: dict[str, dict[str, None]] = {}
    for kind, name in found:
        key = slug(name)
        if key:
            votes.setdefault(key, Counter())[kind] += 1
            printed.setdefault(key, {})[name] = None
            short = name.removeprefix("Operation ")
            if short != name and len(short) >= SHORTEST_OPERATION:
                printed[key][short] = None
    return tuple(
        Name(kind=votes[key].most_common(1)[0][0], id=f"new:{key}", name=next(iter(forms)), forms=tuple(forms))
        for key, forms in printed.items()
    )
