"""robots.txt as RFC 9309 says: the group of our name or of `*`, the longest matching rule, `*` and `$` in paths.

Crawl-delay is no part of the RFC; it is honoured up to a limit. Matching takes linear time a rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

AGENT = "geppo"
"""The product token that a group of rules can name."""

_MOST_RULES = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line: `path` as printed, percent-encoded; an allowing or a disallowing one."""

    path: str
    allow: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """The rules that hold for us. `delay` is in seconds, 0 where none is named."""

    rules: tuple[Rule, ...] = ()
    delay: float = 0.0

    def allows(self, url: str) -> bool:
        """The most specific rule decides; of two as long the allowing one; without any the page is allowed."""
        parts = urlsplit(url)
        path = _encoded((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        if path == "/robots.txt":
            return True
        best = max(
            ((len(rule.path), rule.allow) for rule in self.rules if _matches(rule.path, path)), default=(0, True)
        )
        return best[1]


ALL = Robots()


def parse(text: str, agent: str = AGENT) -> Robots:
    """Read a robots.txt. Lines that are no rules are passed over, as the RFC asks."""
    own: list[Rule] = []
    every: list[Rule] = []
    delays = {"own": 0.0, "every": 0.0}
    named: set[str] = set()
    in_rules = own_seen = False
    for line in text.removeprefix("\ufeff").splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            if in_rules:
                named, in_rules = set(), False
            word = value.lower()
            if word == "*":
                named.add("every")
            elif word and word.partition("/")[0] == agent:
                named.add("own")
                own_seen = True
        elif key in {"allow", "disallow", "crawl-delay"}:
            in_rules = True
            _add(key, value, named, own, every, delays)
    rules, which = (own, "own") if own_seen else (every, "every")
    return Robots(rules=tuple(rules), delay=delays[which])


def _add(key: str, value: str, named: set[str], own: list[Rule], every: list[Rule], delays: dict[str, float]) -> None:
    for who in named:
        rules = own if who == "own" else every
        if key == "crawl-delay":
            try:
                seconds = float(value)
            except ValueError:
                continue
            delays[who] = max(delays[who], seconds) if 0 <= seconds < 1e9 else delays[who]
        elif value and len(rules) < _MOST_RULES:
            rules.append(Rule(path=_encoded(value), allow=key == "allow"))


def _encoded(path: str) -> str:
    """A path with one spelling: non-ASCII percent-encoded, escapes in upper case, unreserved ones decoded."""
    return quote(_decoded(path), safe="/?=&;:@+,!$*'()~%#[]")


def _decoded(path: str) -> str:
    out: list[str] = []
    rest = path
    while "%" in rest:
        head, _, rest = rest.partition("%")
        out.append(head)
        code = rest[:2]
        try:
            char = chr(int(code, 16)) if len(code) == 2 and code.isalnum() else ""
        except ValueError:
            char = ""
        if char and char.isascii() and (char.isalnum() or char in "-._~"):
            out.append(char)
        else:
            out.append("%" + code.upper())
        rest = rest[2:]
    return "".join([*out, rest])


def _matches(pattern: str, path: str) -> bool:
    """A prefix, in which `*` stands for anything and a last `$` for the end. A piece is taken where it first fits."""
    whole = pattern.endswith("$")
    pieces = (pattern[:-1] if whole else pattern).split("*")
    if not path.startswith(pieces[0]):
        return False
    at = len(pieces[0])
    for number, piece in enumerate(pieces[1:], 1):
        if whole and number == len(pieces) - 1:
            return len(path) - len(piece) >= at and path.endswith(piece)
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return not whole or at == len(path)
