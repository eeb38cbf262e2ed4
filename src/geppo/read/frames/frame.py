"""Frames as data, and the statement that a grammar makes of one."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from geppo import linear, shipped
from geppo.errors import DataError
from geppo.model.claim import Predicate
from geppo.read.counts import PERCENT
from geppo.read.rules import kind_groups, kind_marks
from geppo.read.typed import Item, pattern_kind

OPEN = "open"
"""Stands among the kinds of a role that any noun may fill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A verb (or noun) of a predicate and the kinds (or the ids of concepts) that its roles may have.

    `agent` acts, `patient` is what it is done to, `other` stands behind one of `prepositions`. `roles` gives the role
    of the claim (S, O, G or a qualifier) that each fills. A passive without its agent is a statement where `nobody` (a
    concept) stands in for it. `stative` verbs name no doer even where they are active ("data leaked"; in English: their
    participle with "be" is active, "is aimed at"), `inverse` ones say actively what is done to their subject ("got
    infected with"). With `anywhere` the patient may stand anywhere before the verb, with `glued` right before it. Nouns
    that no list knows must match `only` and not `unfit`, the whole sentence `needs` and not `unless`; a statement
    whose words match `never` is none. Each of these may name one of the file's `[patterns]` as `<name>`. A `turned`
    verb says that it was not so ("spared", "has abandoned"); denied, it says that it was.
    `match` are lines in which the frame must be found, `near` lines in which it must not.
    """

    id: str
    predicate: Predicate
    phrases: tuple[str, ...]
    nouns: tuple[str, ...]
    agent: frozenset[str]
    patient: frozenset[str]
    other: frozenset[str]
    prepositions: tuple[str, ...]
    roles: Mapping[str, str]
    nobody: str
    never: Any
    stative: bool
    inverse: bool
    anywhere: bool
    active_only: bool
    glued: bool
    turned: bool
    only: Any
    unfit: Any
    needs: Any
    unless: Any
    whole: frozenset[str]
    match: tuple[str, ...]
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a grammar found: the frame, an item for each role of the claim, and the stretch that says so.

    `constants` hold `negated` and `hedge` where the grammar knows them; `determined` is true for a subject with an
    article.
    """

    frame: Frame
    roles: Mapping[str, tuple[Item, ...]]
    start: int
    end: int
    constants: Mapping[str, str] = field(default_factory=dict)
    determined: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """The frames of a language with the data of its grammar."""

    grammar: str
    frames: tuple[Frame, ...]
    words: Mapping[str, Any]


_NEVER_OPEN = frozenset({"sector", "place", "product"})
"""Counted things that a role has to ask for by their kind."""


def filling(item: Item | None, kinds: frozenset[str]) -> Item | None:
    """The item where its kind (or what it stands for) is wanted; a count where what it counts is."""
    if item is None:
        return None
    if item.kind in kinds or (item.terms and item.terms[0].id in kinds):
        return item
    if item.kind in ("count", "datacount") and item.terms:
        kind = pattern_kind(item.terms[0])
        if (
            kind in kinds
            or item.terms[0].id in kinds
            or (OPEN in kinds and kind not in _NEVER_OPEN and item.terms[0] != PERCENT)
        ):
            return replace(item, kind=kind)
    return None


def filled(
    frame: Frame, agents: Sequence[Item], patients: Sequence[Item], others: Sequence[Item], *, active: bool, alone: bool
) -> dict[str, tuple[Item, ...]] | None:
    """The roles of the claim with their items, counts (C) among them; None where one that must be filled is not.

    `alone` says that nobody need be named who does it.
    """
    roles: dict[str, tuple[Item, ...]] = {}
    for name, items, wanted in (
        ("agent", agents, frame.agent),
        ("patient", patients, frame.patient),
        ("other", others, frame.other),
    ):
        role = frame.roles.get(name)
        if items:
            roles |= {role: tuple(items)} if role else {}
        elif not wanted or (role == "S" and alone and frame.nobody):
            continue
        elif role in ("S", "O") or (name == "patient" and role is None) or (name == "agent" and active):
            return None
    told = (*patients, *others) if frame.patient or frame.other else agents
    counted = tuple(item for item in told if item.count is not None)
    return (roles | ({"C": counted} if counted else {})) if roles else None


def kinds_in(items: Sequence[Item]) -> frozenset[str]:
    """The kinds and ids that a sentence's items offer to roles, those of counted things among them."""
    found: set[str] = set()
    for item in items:
        found.add(item.kind)
        if item.terms:
            found.add(item.terms[0].id)
            if item.count is not None:
                found.add(pattern_kind(item.terms[0]))
    return frozenset(found)


def able(frame: Frame, kinds: frozenset[str]) -> bool:
    """True where a sentence with these kinds can fill a frame's roles; a doer may be unnamed where somebody stands in
    for it, and one who only says so may be."""
    unsaid = bool(frame.nobody) or frame.roles.get("agent") not in ("S", "O")
    return all(
        not wanted or OPEN in wanted or not wanted.isdisjoint(kinds) or (wanted is frame.agent and unsaid)
        for wanted in (frame.agent, frame.patient, frame.other)
    )


def fillable(frame: Frame, kinds: frozenset[str]) -> bool:
    """False where `filled` makes nothing of a frame, whatever nouns with these kinds are found for its roles."""
    for name, wanted in (("agent", frame.agent), ("patient", frame.patient), ("other", frame.other)):
        role = frame.roles.get(name)
        if not wanted or OPEN in wanted or (role == "S" and frame.nobody) or not wanted.isdisjoint(kinds):
            continue
        if role in ("S", "O") or (name == "patient" and role is None):
            return False
    return True


MOST_KINDS = 4096
"""Sets of kinds whose frames are kept; real sentences have some hundreds."""


class Able:
    """Which frames of a language a sentence can fill, kept by the kinds that it has of those that frames ask for.

    `test` says it of one frame.
    """

    def __init__(self, known: Sequence[Frame], test: Callable[[Frame, frozenset[str]], bool] = able) -> None:
        self._frames = known
        self._test = test
        self._asked = frozenset().union(*(frame.agent | frame.patient | frame.other for frame in known))
        self._kept: dict[frozenset[str], frozenset[str]] = {}

    def __call__(self, kinds: frozenset[str]) -> frozenset[str]:
        """The ids of the frames whose roles a sentence with these kinds can fill."""
        asked = kinds & self._asked
        if asked not in self._kept:
            if len(self._kept) >= MOST_KINDS:
                self._kept.clear()
            self._kept[asked] = frozenset(frame.id for frame in self._frames if self._test(frame, asked))
        return self._kept[asked]


def worth(frame: Frame, item: Item, text: str) -> bool:
    """True unless a frame wants only some of the nouns that no list knows, and this is none of them."""
    only_agent = OPEN in frame.agent and OPEN not in frame.patient | frame.other
    of_agent = not frame.patient or only_agent or frame.roles.get("agent") == "O"
    kinds = frame.patient | frame.other | (frame.agent if of_agent else frozenset())
    known = item.kind in kinds or bool(item.terms and item.terms[0].id in kinds)
    if frame.unfit is not None and item.kind == OPEN and frame.unfit.search(text[item.start : item.end]) is not None:
        return False
    if frame.only is None or (known and item.kind != OPEN):
        return True
    words = text[item.start : item.end]
    return frame.only.search(words) is not None or (
        item.count is not None and frame.only.search(_number().sub("", words)) is not None
    )


@cache
def _number() -> Any:
    """The number behind a counted noun, with its counter (「端末約700台」)."""
    return linear.compile(r"(?:約|およそ|計|延べ|少なくとも|最大)?[0-9０-９,，.．万億千百]+[\p{Han}か]{0,3}$")


def _kinds(names: str, where: str) -> frozenset[str]:
    found: set[str] = set()
    for name in filter(None, names.split("|")):
        for kind in kind_groups().get(name, [name]):
            if "/" not in kind and kind not in kind_marks() and kind != OPEN:
                raise DataError(f"{where}: unknown kind {kind!r}; kinds are listed in kinds.toml")
            found.add(kind)
    return frozenset(found)


def _pattern(row: Mapping[str, Any], key: str, patterns: Mapping[str, str]) -> Any:
    """The expression of a frame's key, that of `[patterns]` where it is named as `<name>`; None without the key."""
    written = row.get(key)
    if written is None:
        return None
    named = written.startswith("<") and written.endswith(">")
    return _compiled(patterns[written[1:-1]] if named else written)


@cache
def _compiled(source: str) -> Any:
    """An expression; frames that name the same pattern share it."""
    return linear.compile(source)


def _frame(row: Mapping[str, Any], patterns: Mapping[str, str], where: str) -> Frame:
    where = f"{where}, frame {row.get('id', '?')}"
    try:
        return Frame(
            id=row["id"],
            predicate=Predicate(row["predicate"]),
            phrases=tuple(row.get("verbs", ())),
            nouns=tuple(row.get("nouns", ())),
            agent=_kinds(row.get("agent", ""), where),
            patient=_kinds(row.get("patient", ""), where),
            other=_kinds(row.get("other", ""), where),
            prepositions=tuple(row.get("prepositions", ())),
            roles=dict(row.get("roles", {"agent": "S", "patient": "O"})),
            nobody=row.get("nobody", ""),
            never=_pattern(row, "never", patterns),
            stative=bool(row.get("stative", False)),
            inverse=bool(row.get("inverse", False)),
            anywhere=bool(row.get("anywhere", False)),
            active_only=bool(row.get("active_only", False)),
            glued=bool(row.get("glued", False)),
            turned=bool(row.get("turned", False)),
            only=_pattern(row, "only", patterns),
            unfit=_pattern(row, "unfit", patterns),
            needs=_pattern(row, "needs", patterns),
            unless=_pattern(row, "unless", patterns),
            whole=frozenset(row.get("whole", ())),
            match=tuple(row["match"]),
            near=tuple(row.get("near", ())),
        )
    except (KeyError, ValueError) as error:
        raise DataError(f"{where}: {error}") from error


def compile_frames(text: str, where: str, folder: Traversable | None = None) -> Frames:
    """Read a frames file. Raises DataError that names the file and the frame."""
    raw = shipped.loads(text, folder) if folder is not None else tomllib.loads(text)
    found = tuple(_frame(row, raw.get("patterns", {}), where) for row in raw.get("frame", ()))
    if len({frame.id for frame in found}) != len(found):
        raise DataError(f"{where}: frame ids must be unique")
    return Frames(grammar=raw["grammar"], frames=found, words=raw.get("words", {}))


@cache
def frames(language: str) -> Frames | None:
    """The frames of a language, or None."""
    source = resources.files("geppo.language").joinpath(language).joinpath("frames.toml")
    if not (len(language) == 2 and language.isascii() and source.is_file()):
        return None
    home = resources.files("geppo.language").joinpath(language)
    return compile_frames(source.read_text(encoding="utf-8"), f"language/{language}/frames.toml", home)
