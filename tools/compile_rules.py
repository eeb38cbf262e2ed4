"""Write `language/<code>/triggers.json`, for each rule of a language letters without which it cannot match, and the
`tables.json.gz` of every folder whose TOML files reading needs.

    python tools/compile_rules.py

Run it after every edit of a TOML file in one of these folders; a test fails while they are behind (the reader itself
then works out the letters with RE2's own filter, parses the TOML, and only starts slower).

A rule's triggers are clauses; each clause lists strings of which a matching line must hold at least one, letters in
lower case, kinds as their marks. They are found in the parsed expression as in Russ Cox, "Regular Expression Matching
with a Trigram Index" (2012): literals that stand side by side are joined, alternatives are united, what may be left out
says nothing.
"""

from __future__ import annotations

import gzip
import json
import re
import re._constants as codes  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import tomllib
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path
from typing import Any

from geppo import shipped
from geppo.read import names, rules
from geppo.read.triggers import FILE, fingerprint

HOME = Path(__file__).resolve().parents[1] / "src/geppo"
LANGUAGES = HOME / "language"
PARSED = (HOME, HOME / "read", HOME / "read/text", HOME / "read/extract/observables", HOME / "read/extract/techniques")
"""Folders of parsed files besides those of languages."""

MOST_ALTERNATIVES = 64
"""Strings of a clause; a longer list is cheap to search and says little."""

MOST_CLAUSES = 4
"""Clauses of letters kept for a rule, besides those of kinds."""

_MARK = re.compile("[\ue001-\uf8ff]")
Clause = frozenset[str]
Nodes = Sequence[tuple[Any, Any]]


def _tree(expression: str) -> Nodes:
    """The expression as Python parses it: RE2's classes widened to any word letter, groups without names."""
    plain = re.sub(r"\(\?P<\w+>", "(", expression)
    plain = re.sub(r"\\p[LN]|\\p\{\w+\}", r"\\w", plain)
    plain = re.sub(r"\\x\{([0-9A-Fa-f]+)\}", lambda found: f"\\U{int(found[1], 16):08x}", plain)
    return list(parser.parse(plain, re.IGNORECASE))


def _letters(node: tuple[Any, Any]) -> frozenset[str] | None:
    """The characters that a node of one character may be, if they are few; None otherwise."""
    kind, value = node
    if kind is codes.LITERAL:
        return frozenset({chr(value).lower()})
    if kind is codes.IN and all(part[0] is codes.LITERAL for part in value):
        return frozenset(chr(part[1]).lower() for part in value)
    return None


def _exact(nodes: Nodes) -> frozenset[str] | None:
    """All strings that the nodes match, if they are few; None otherwise."""
    made = frozenset({""})
    for node in nodes:
        kind, value = node
        more: frozenset[str] | None
        if kind is codes.AT:
            continue
        if kind is codes.SUBPATTERN:
            more = _exact(value[3])
        elif kind is codes.BRANCH:
            parts = [_exact(part) for part in value[1]]
            more = None if None in parts else frozenset().union(*(part for part in parts if part is not None))
        elif kind in (codes.MAX_REPEAT, codes.MIN_REPEAT) and value[1] == 1:
            inner = _exact(value[2])
            more = None if inner is None else inner | (frozenset({""}) if value[0] == 0 else frozenset())
        else:
            more = _letters(node)
        if more is None or len(made) * len(more) > MOST_ALTERNATIVES:
            return None
        made = frozenset(one + other for one in made for other in more)
    return made


def _worth(clause: AbstractSet[str]) -> tuple[int, int]:
    """How much a clause rules out: long strings first, then few of them."""
    return min(len(one.encode()) for one in clause), -len(clause)


def _united(branches: Iterable[Nodes]) -> list[Clause]:
    """The clause of alternatives: the best of each, together."""
    union: Clause = frozenset()
    for branch in branches:
        own = clauses(branch)
        if not own:
            return []
        union |= max(own, key=_worth)
    return [union] if union else []


def clauses(nodes: Nodes) -> list[Clause]:
    """What must stand in whatever the nodes match."""
    found: list[Clause] = []
    run = frozenset({""})

    def close() -> None:
        nonlocal run
        if "" not in run:
            found.append(run)
        run = frozenset({""})

    for node in nodes:
        kind, value = node
        if kind is codes.AT:
            continue
        exact = _exact([node])
        if exact is not None and len(run) * len(exact) <= MOST_ALTERNATIVES and not any(map(_MARK.search, exact)):
            run = frozenset(one + other for one in run for other in exact)
            continue
        close()
        if exact is not None and "" not in exact:
            found.append(exact)
        elif kind is codes.SUBPATTERN:
            found += clauses(value[3])
        elif kind is codes.BRANCH:
            found += _united(value[1])
        elif kind in (codes.MAX_REPEAT, codes.MIN_REPEAT) and value[0] > 0:
            found += clauses(value[2])
    close()
    return found


def triggers(expression: str) -> list[list[str]]:
    """The clauses of an expression that are kept: those of kinds, and the best of letters, the best first."""
    every = list(dict.fromkeys(clauses(_tree(expression))))
    kinds = [clause for clause in every if all(_MARK.fullmatch(one) for one in clause)]
    letters = sorted((clause for clause in every if not any(map(_MARK.search, clause))), key=_worth, reverse=True)
    return [sorted(clause) for clause in (*letters[:MOST_CLAUSES], *kinds)]


def compiled(language: str) -> str:
    """The file of a language."""
    named = names.naming(language)
    known = {
        "relations": [triggers(expression) for expression in rules.rules(language).compiled.expressions],
        "naming": [triggers(rule.expression) for rule in named.rules] if named else [],
    }
    rows = {
        name: ["\x1f".join("\x1e".join(clause) for clause in rule) for rule in made] for name, made in known.items()
    }
    return json.dumps({"sha256": fingerprint(language), **rows}, ensure_ascii=True, indent=0) + "\n"


def parsed(folder: Path) -> bytes:
    """The parsed TOML files of a folder; one with a date in it, which JSON does not have, is left out."""
    kept: dict[str, str] = {}
    for file in sorted(folder.glob("*.toml")):
        text = file.read_text(encoding="utf-8")
        with suppress(TypeError):
            kept[shipped.fingerprint(text)] = json.dumps(tomllib.loads(text), ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(json.dumps(kept, ensure_ascii=False).encode(), mtime=0)


def main() -> None:
    """Write the triggers of every language that has rules, and the parsed files of every folder."""
    for folder in sorted(LANGUAGES.iterdir()):
        if folder.joinpath("relations.toml").is_file():
            out = folder / FILE
            out.write_text(compiled(folder.name), encoding="utf-8")
            print(f"{out}: {out.stat().st_size / 1000:.0f} kB")
    for folder in (*PARSED, *sorted(file.parent for file in LANGUAGES.glob("*/language.toml"))):
        out = folder / shipped.FILE
        out.write_bytes(parsed(folder))
        print(f"{out}: {out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
