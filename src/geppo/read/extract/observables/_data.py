"""The data files of this folder, read once."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import ahocorasick_rs
import re2

from geppo import linear, shipped
from geppo.errors import DataError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _text(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def _table(name: str) -> dict[str, Any]:
    return shipped.table(__package__, name)


@cache
def pattern(group: str, name: str) -> Any:
    """A compiled pattern over the ASCII view. Raises DataError for one that RE2 refuses."""
    source = str(_table("patterns.toml")[group][name])
    return _compiled(f"patterns.toml [{group}] {name}", source.encode("ascii"))


@cache
def meanings() -> dict[str, str]:
    """Inside of a bracketed mark -> what it stands for."""
    return {str(key): str(value) for key, value in _table("patterns.toml")["marks"]["meaning"].items()}


@cache
def foreign_marks() -> tuple[tuple[str, str], ...]:
    """Marks in other scripts as (word, meaning), longest first."""
    pairs = [(str(w), str(m)) for m, words in _table("patterns.toml")["marks"]["foreign"].items() for w in words]
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair[0])))


@cache
def suffixes(name: str) -> frozenset[str]:
    """A list of `suffixes.toml` as a set."""
    return frozenset(str(word) for word in _table("suffixes.toml")[name])


@cache
def _suffix_tree() -> Any:
    """The public suffix list that the library carries; no network, no cache on disk."""
    import tldextract

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@cache
def top_level_domains() -> frozenset[str]:
    """Last labels of every public suffix in the snapshot that tldextract carries, in ASCII and in Unicode."""
    labels = {suffix.rpartition(".")[2].lower() for suffix in _suffix_tree().tlds}
    coded = {label.encode("idna").decode("ascii") for label in labels if not label.isascii()}
    return frozenset(labels | coded)


@cache
def international_domains() -> tuple[str, ...]:
    """The top-level domains in letters of scripts with blanks, outside ASCII, sorted."""
    return tuple(sorted(label for label in top_level_domains() if cased(label[0]) and not label.isascii()))


@cache
def registered_domain(host: str) -> str:
    """The part of `host` that somebody registered, or "" where `host` is itself a public suffix.

    Outside the public root (reserved names) the last two labels.
    """
    found = _suffix_tree()(host)
    if found.suffix:
        return str(found.top_domain_under_public_suffix)
    return ".".join(host.split(".")[-2:])


@cache
def techniques() -> frozenset[str]:
    """Technique numbers of the packaged ATT&CK list."""
    found: set[str] = set()
    for line in _text("techniques.txt").splitlines():
        if line.startswith("#"):
            continue
        head, *subs = line.split()
        found.add(head)
        found.update(f"{head}.{sub}" for sub in subs)
    return frozenset(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A warning list that covers a host."""

    name: str
    verdict: str
    bare_only: bool


@cache
def _listed() -> dict[str, Listed]:
    return {
        str(value): Listed(name=row["name"], verdict=row["verdict"], bare_only=bool(row.get("bare_only")))
        for row in _table("common.toml")["list"]
        for value in row["values"]
    }


def listed(host: str) -> Listed | None:
    """The warning list that holds `host` or a domain above it."""
    lists = _listed()
    while host:
        if host in lists:
            return lists[host]
        host = host.partition(".")[2]
    return None


def listed_names() -> frozenset[str]:
    """The names on the warning lists themselves, without those below them."""
    return frozenset(_listed())


@cache
def _system() -> tuple[frozenset[str], frozenset[str]]:
    """Names of programs of an operating system, and whole paths of them."""
    table = _table("common.toml")["system"]
    inside = {f"{folder}\\{name}" for folder in table["folders"] for name in table["names"]}
    return frozenset(table["names"]), frozenset(table["paths"]) | inside


def of_system(value: str, alone: bool) -> bool:
    """True for the path of a file that comes with an operating system, or for its name where it stands `alone`."""
    names, paths = _system()
    return value.lower() in (names if alone else paths)


@cache
def ranges(name: str) -> tuple[Network, ...]:
    """The `private` or `documentation` ranges."""
    return tuple(ipaddress.ip_network(value) for value in _table("common.toml")["ranges"][name])


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """A cue word. `whole_start` and `whole_end`: a letter or digit beside it there is another word; `stem`: the letters
    behind it belong to it."""

    word: str
    kinds: tuple[str, ...]
    whole_start: bool
    whole_end: bool
    stem: bool


def _cue(entry: str, kinds: tuple[str, ...]) -> Cue:
    word = entry.removesuffix("*")
    if not word or "*" in word or word != word.lower():
        raise DataError(f"cues.toml: {entry!r}: expected a lower-case word, with * only at its end")
    return Cue(
        word=word,
        kinds=kinds,
        whole_start=cased(word[0]),
        whole_end=cased(word[-1]) and not entry.endswith("*"),
        stem=entry.endswith("*"),
    )


def cased(char: str) -> bool:
    """True for letters of scripts that put blanks between words (below U+0590: Latin, Greek, Cyrillic), and digits."""
    return char < "\u0590" and char.isalnum()


def _words() -> Iterator[tuple[str, str]]:
    """Every entry of the files of cue words, with its kind: `bad`, `role:c2`, `label:mutex`."""
    tables = {
        "": _table("cues.toml"),
        "role:": {kind: words for kind, words in _table("roles.toml").items() if kind not in {"chain", "types"}},
        "label:": _table("labels.toml")["words"],
    }
    for prefix, table in tables.items():
        for kind, languages in table.items():
            for words in languages.values():
                for word in words:
                    yield prefix + kind, word


@cache
def cues() -> tuple[tuple[Cue, ...], Any]:
    """Every cue and the automaton that finds them in lower-case text."""
    kinds: dict[str, list[str]] = {}
    for kind, word in _words():
        if kind not in kinds.setdefault(word, []):
            kinds[word].append(kind)
    found = tuple(_cue(word, tuple(kinds[word])) for word in sorted(kinds))
    return found, ahocorasick_rs.AhoCorasick([cue.word for cue in found])


@cache
def roles_of(type_name: str) -> frozenset[str] | None:
    """The roles that values of a type can have; None for all."""
    roles = _table("roles.toml")["types"].get(type_name)
    return None if roles is None else frozenset(roles)


@cache
def telegram() -> tuple[frozenset[str], frozenset[str]]:
    """Hosts of Telegram, and first path segments that are no accounts."""
    table = _table("labels.toml")["telegram"]
    return frozenset(table["hosts"]), frozenset(table["pages"])


@cache
def gap(name: str) -> Any:
    """The pattern of what may stand between two things: a `label` and its value, values of a `chain`, a `victim`."""
    if name == "chain":
        return _compiled("roles.toml [chain] gap", str(_table("roles.toml")["chain"]["gap"]))
    source = _table("labels.toml")["gap"][name]
    also = _table("labels.toml")["gap"].get(source.get("also"), {})
    every = (*source["words"], *also.get("words", ()))
    words = "|".join(f"\\b(?:{word})\\b" if str(word).isascii() else f"(?:{word})" for word in every)
    marks = "|".join(part["punctuation"] for part in (source, also) if part)
    return _compiled(f"labels.toml [gap.{name}]", f"(?:{marks}|{words})*")


@cache
def copula() -> tuple[str, ...]:
    """Forms of "is" that stand right behind a value."""
    return tuple(_table("labels.toml")["copula"]["words"])


def _compiled(place: str, source: str | bytes) -> Any:
    try:
        return linear.compile(source)
    except re2.error as error:
        raise DataError(f"{place}: RE2 refuses it: {error}") from error
