"""Relations as rules in data: a pattern over typed mentions and trigger words gives a predicate and its roles.

A rule file (`language/<code>/relations.toml`) has `spaced` (blanks between words), `[words]`, named alternations,
`[guards]`, words by predicate in whose presence no rule of that predicate fires (signing a ratification act is no
signing), `[needs]`, words by predicate of which a rule's match must hold one (a concept's mark says its kind only: a
ransom demand is no arrest), `[flat]`, words without which a statement of that predicate is no more than possible (a
number in a notice is no leak), and `[[rule]]` entries:

    id         unique in the file
    predicate  of the claim vocabulary
    pattern    a regular expression (re2, linear time) over the sentence in which every typed mention is one mark
               {S:actor}       a mention of that kind as role S (kinds joined by `|`; see `kinds.toml`)
               {O+:place|org}  one or more of them in a list ("A, B and C")
               {:role}         a mention of that kind that plays no role
               <attack>        an alternation of `[words]`
               ~               a gap inside the clause: anything up to 60 characters, other mentions allowed
               ~~              a gap that may cross into the next clause of the sentence, up to 120 characters
    roles      S subject, O object, C count, D date, G a voice; any other capital name becomes a qualifier
    set        constants: `object`, `subject` (a term id), `negated`, `hedge`, `what.<name>` qualifiers; `aside` where
               no negator outside the match denies it, being told beside a name, `plain` where no hedge does either
    match      lines in which the rule must fire, mentions written as [kind:text]
    near       lines in which it must not

Which rules can match a sentence at all is seen in one pass (`triggers.py`); no role is guessed from outside its
sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import re2

from geppo import linear, shipped
from geppo.errors import DataError
from geppo.model.claim import Predicate, Rung
from geppo.read.triggers import Prefilter, Slow, Triggers, packaged

CLAUSE = "\ue0ff"
"""Stands in a typed line where a new clause begins."""

_FIRST_KIND = 0xE001
_FIRST_INDEX = 0xE100
MOST_MENTIONS = 0xF8FF - _FIRST_INDEX
"""A sentence with more typed mentions than this is a list of values, not a statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One relation rule as in the data file."""

    id: str
    predicate: Predicate
    pattern: str
    constants: tuple[tuple[str, str], ...]
    match: tuple[str, ...]
    near: tuple[str, ...]


class Patterns:
    """Regular expressions by number, each compiled when it is first wanted: a month uses a third of them."""

    def __init__(self, expressions: Sequence[str], options: Any = None) -> None:
        self.expressions = tuple(expressions)
        self._options = options
        self._compiled: dict[int, Any] = {}

    def __len__(self) -> int:
        return len(self.expressions)

    def __iter__(self) -> Iterator[Any]:
        return (self[number] for number in range(len(self)))

    def __getitem__(self, number: int) -> Any:
        if number not in self._compiled:
            self._compiled[number] = linear.compile(self.expressions[number], self._options)
        return self._compiled[number]

    def matches(self, number: int, line: str, data: bytes) -> Iterator[Any]:
        """The matches of an expression in a line; `data` is the line in UTF-8, which is encoded but once for all."""
        return linear.within(self._compiled.get(number) or self[number], line, data)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """The rules of one language, compiled."""

    language: str
    rules: tuple[Rule, ...]
    compiled: Patterns
    prefilter: Prefilter
    guards: Mapping[Predicate, Any]
    flat: Mapping[Predicate, Any]
    needs: Mapping[Predicate, Any] = field(default_factory=dict)
    unreal: Any = None


@cache
def _kind_file() -> dict[str, Any]:
    return shipped.table("geppo.read", "kinds.toml")


@cache
def scope() -> Mapping[str, Any]:
    """How far words reach around a statement (`scope.toml`)."""
    return shipped.table("geppo.read", "scope.toml")


@cache
def kind_marks() -> Mapping[str, str]:
    """Kind name to its private-use mark."""
    return {name: chr(_FIRST_KIND + n) for n, name in enumerate(_kind_file()["kinds"])}


@cache
def kind_groups() -> Mapping[str, Sequence[str]]:
    """Names for sets of kinds, such as `victim`."""
    groups: dict[str, list[str]] = _kind_file()["groups"]
    return groups


def index_mark(number: int) -> str:
    """The mark for the n-th mention of a sentence."""
    return chr(_FIRST_INDEX + number)


def index_of(mark: str) -> int:
    """The number behind an index mark."""
    return ord(mark) - _FIRST_INDEX


def _kinds(names: str, where: str) -> str:
    marks = kind_marks()
    chosen: list[str] = []
    for name in names.split("|"):
        for kind in kind_groups().get(name, [name]):
            if kind not in marks:
                raise DataError(f"{where}: unknown kind {kind!r}; kinds are listed in kinds.toml")
            chosen.append(marks[kind])
    return "[" + "".join(sorted(set(chosen))) + "]"


_INDEX = "[\ue100-\uf8ff]"
_MACRO = re.compile(r"\{([A-Z][A-Za-z]*|)(\+?):([a-z|0-9-]+)\}|<([a-z_0-9]+)>|(~~?)")


_MENTION = linear.compile(r"\{\w*\+?:[^{}]*\}")
"""A mention in a pattern. A language without blanks (`blanks = true`) may set names of other scripts apart."""


def expand(pattern: str, words: Mapping[str, str], joiner: str, where: str, *, spaced: bool = False) -> str:
    """Turn a rule's pattern into a regular expression over typed lines.

    With `spaced` (languages that put blanks between words) a gap never begins or ends inside a word. Raises DataError
    for an unknown kind or word list.
    """
    out: list[str] = []
    at = 0
    before = ""
    for found in _MACRO.finditer(pattern):
        literal = pattern[at : found.start()]
        if literal.strip(")"):
            before = ""
        out.append(literal)
        at = found.end()
        role, many, kinds, word, gap = found.groups()
        if kinds and not role:
            out.append(f"[{_kinds(kinds, where)[1:-1]}]{_INDEX}")
        elif role:
            before = _kinds(kinds, where)[1:-1]
            one = f"[{before}]{_INDEX}"
            out.append(f"(?P<{role}>{one}(?:{joiner}{one})*)" if many else f"(?P<{role}>{one})")
        elif word:
            if word not in words:
                raise DataError(f"{where}: no word list {word!r} in [words]")
            before = ""
            out.append(f"(?:{words[word]})")
        else:
            out.append(_gap(f"{CLAUSE if gap == '~' else ''}{before};。！？!?", spaced=spaced))
    out.append(pattern[at:])
    return "".join(out)


def _gap(without: str, *, spaced: bool) -> str:
    if not spaced:
        return f"[^{without}]*?"
    edge = f"[^\\pL\\pN_{without}]"
    return f"(?:{edge}(?:[^{without}]*?{edge})??)??"


def _rule(row: Mapping[str, Any], where: str) -> Rule:
    try:
        constants = tuple(sorted((str(key), str(value)) for key, value in row.get("set", {}).items()))
        rule = Rule(
            id=row["id"],
            predicate=Predicate(row["predicate"]),
            pattern=row["pattern"],
            constants=constants,
            match=tuple(row["match"]),
            near=tuple(row.get("near", ())),
        )
    except (KeyError, ValueError) as error:
        raise DataError(f"{where}, rule {row.get('id', '?')}: {error}") from error
    for key, value in rule.constants:
        if key == "hedge":
            Rung(value)
    if not rule.match:
        raise DataError(f"{where}, rule {rule.id}: needs at least one line that must match")
    return rule


def _options() -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = 256 << 20
    options.log_errors = False
    return options


def compile_rules(language: str, text: str, where: str) -> RuleSet:
    """Compile a relations file. Raises DataError that names the file and the rule.

    The expressions of the packaged file are compiled when they are first asked for.
    """
    raw = shipped.loads(text, _folder(language))
    rules = tuple(_rule(row, where) for row in raw.get("rule", []))
    if len({rule.id for rule in rules}) != len(rules):
        raise DataError(f"{where}: rule ids must be unique")
    joiner = raw.get("joiner", r"(?:, | and |, and )")
    spaced = bool(raw.get("spaced", False))
    blanks = (lambda pattern: _MENTION.sub(r" ?\g<0> ?", pattern)) if raw.get("blanks") else str
    words = {name: blanks(value) for name, value in raw.get("words", {}).items()}
    for _ in range(2):
        words = {
            name: expand(value, words, joiner, f"{where}, words.{name}", spaced=spaced) for name, value in words.items()
        }
    expressions = [
        expand(blanks(rule.pattern), words, joiner, f"{where}, rule {rule.id}", spaced=spaced) for rule in rules
    ]
    guards = {Predicate(name): linear.compile(f"(?i){words_}") for name, words_ in raw.get("guards", {}).items()}
    flat = {Predicate(name): linear.compile(f"(?i){words_}") for name, words_ in raw.get("flat", {}).items()}
    needs = {Predicate(name): linear.compile(f"(?i){words_}") for name, words_ in raw.get("needs", {}).items()}
    own = where == _where(language)
    prefilter = (packaged(language, "relations", len(rules)) if own else None) or Slow(
        dict(zip((f"{where}, rule {rule.id}" for rule in rules), expressions, strict=True)), _options()
    )
    return RuleSet(
        language=language,
        rules=rules,
        compiled=Patterns(expressions, _options()),
        prefilter=prefilter,
        guards=guards,
        flat=flat,
        needs=needs,
        unreal=linear.compile(f"(?i){raw['unreal']}") if "unreal" in raw else None,
    )


def _where(language: str) -> str:
    return f"language/{language}/relations.toml"


def _folder(language: str) -> Traversable:
    return resources.files("geppo.language").joinpath(language)


@cache
def rules(language: str) -> RuleSet:
    """The rules of a language; an unknown language has none."""
    source = _folder(language).joinpath("relations.toml")
    if not (len(language) == 2 and language.isascii() and source.is_file()):
        return RuleSet(language=language, rules=(), compiled=Patterns(()), prefilter=Triggers(()), guards={}, flat={})
    return compile_rules(language, source.read_text(encoding="utf-8"), _where(language))
