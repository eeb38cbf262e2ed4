"""Addresses with a scheme.

Traps: a scheme may be broken in many ways; an address ends where the writing around it begins (brackets, quotes, kana,
a full stop); an address inside a query is a second one and stays in the first; what stands before `@` is no host.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from geppo.model.observable import ObservableType
from geppo.read.extract.observables import _data, names, onions, telegram
from geppo.read.extract.observables._candidate import Candidate, Taken
from geppo.read.extract.observables.refang import Clean

LONGEST = 2048
_CLOSING = {")": "(", "]": "[", "}": "{"}
_TRAILING = ".,;:!?'*"
_BRACKETS = str.maketrans("", "", "[]()")
_SCHEME_CHARS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+*_#@.-[]()")
_LONGEST_SCHEME = 18
_GLUED = frozenset({"http", "https", "hxxp", "hxxps"})
_ENTITIES = ("&quot;", "&gt;", "&lt;", "&#39;", "&nbsp;")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scheme:
    name: str
    start: int
    end: int
    defanged: bool


def find(clean: Clean, taken: Taken) -> Iterator[Candidate]:
    """Every address with a scheme, the nested ones after the outer one."""
    done = 0
    for match in _data.pattern("address", "separator").finditer(clean.view):
        start, end = match.span()
        if start < done:
            continue
        scheme = _scheme(clean, start, end)
        outer = _address(clean, scheme, LONGEST) if scheme else None
        if outer is None:
            continue
        yield outer
        taken.take(outer.start, outer.end)
        done = outer.end
        yield from _nested(clean, outer, end)


def set_aside_relative_links(clean: Clean, taken: Taken) -> None:
    """Targets of Markdown links within the publisher's own site are no values."""
    place = clean.text.find("](/")
    while place >= 0:
        match = _data.pattern("address", "tail").match(clean.view, place + 2, min(place + LONGEST, len(clean.view)))
        tail = trim(clean.text[place + 2 : match.end()], "") if match else ""
        taken.take(place + 2, place + 2 + len(tail))
        place = clean.text.find("](/", place + 3)


def _nested(clean: Clean, outer: Candidate, start: int) -> Iterator[Candidate]:
    for match in _data.pattern("address", "separator").finditer(clean.view, start, outer.end):
        scheme = _scheme(clean, *match.span())
        inner = _address(clean, scheme, outer.end - scheme.end) if scheme else None
        if inner is None:
            continue
        cut = inner.value.find("&") if "?" not in inner.value else -1
        if cut >= 0:
            inner = _replace_end(inner, inner.value[:cut], inner.end - len(inner.value) + cut)
        yield inner


def _replace_end(candidate: Candidate, value: str, end: int) -> Candidate:
    return Candidate(
        type=candidate.type,
        value=value,
        start=candidate.start,
        end=end,
        host=candidate.host,
        note=candidate.note,
        defanged=candidate.defanged,
        scheme=True,
        detail=candidate.detail,
    )


def _scheme(clean: Clean, start: int, end: int) -> _Scheme | None:
    """The scheme before a separator, or None. Words glued to its front are not part of it."""
    last = start
    if clean.text[last - 1 : last] == " ":
        last -= 1
    if clean.text[last - 2 : last] == "[]":
        last -= 2
    first = last
    while first > 0 and last - first < _LONGEST_SCHEME and clean.text[first - 1] in _SCHEME_CHARS:
        first -= 1
    word = clean.text[first:last]
    for skipped in range(len(word)):
        rest = word[skipped:].lower()
        if skipped and word[skipped - 1].isalnum() and rest not in _GLUED:
            continue
        name = _normal(rest.translate(_BRACKETS)) if _balanced(rest) else ""
        if name and (":" in clean.text[start:end] or name.startswith("http")):
            first += skipped
            plain = clean.text[first:end].lower() == f"{name}://"
            return _Scheme(name=name, start=first, end=end, defanged=not plain)
    return None


def _balanced(word: str) -> bool:
    return word.count("[") == word.count("]") and word.count("(") == word.count(")") and word[0] not in "])"


def _normal(word: str) -> str:
    """The scheme as a browser wants it, or ""."""
    if word in _data.suffixes("schemes"):
        return word
    core = word.removesuffix("s")
    secure = "s" if core != word else ""
    if len(core) > 2 and core[0] == "h" and core[-1] == "p" and not core[1:-1].strip("tx*_#@.-"):
        return "http" + secure
    if core in {"meow", "ttp", "xxp", "xxxp", "xxxx", "xxxxx"}:
        return "https" if secure or core == "xxxxx" else "http"
    if len(core) > 2 and core[0] == "f" and core[-1] == "p" and not core[1:-1].strip("tx*_"):
        return "ftp" + secure
    return ""


def _address(clean: Clean, scheme: _Scheme, room: int) -> Candidate | None:
    """The address after the scheme, or None where no host follows."""
    if not (clean.view[scheme.end : scheme.end + 1].strip() or clean.text[scheme.end : scheme.end + 1] > "\x7f"):
        return None
    match = _data.pattern("address", "tail").match(clean.view, scheme.end, scheme.end + min(room, LONGEST))
    if match is None:
        return None
    before = clean.text[scheme.start - 1 : scheme.start] if scheme.start else ""
    tail = trim(clean.text[scheme.end : match.end()], before)
    cut = min((place for place in (tail.find(mark) for mark in "/?#") if place >= 0), default=len(tail))
    authority, rest = tail[:cut], tail[cut:]
    user, at, place = authority.rpartition("@")
    if scheme.name == "file" and at and (place.isdigit() or place.lower() == "ssl"):
        user, at, place = "", "", f"{user}@{place}"
    host, colon, port = _host_and_port(place)
    defanged = scheme.defanged or clean.marked(scheme.start, scheme.end + len(authority))
    if not host or (port and not port.isdigit() and scheme.name != "file") or not _host_valid(host, defanged):
        return None
    note = f"the host is {host}, what stands before @ is a user name" if at else ""
    end = scheme.end + len(tail)
    return Candidate(
        type=ObservableType.URL,
        value=f"{scheme.name}://{user}{at}{host}{colon if port else ''}{port}{_plain_schemes(rest)}",
        start=scheme.start,
        end=end,
        host=host.strip("[]"),
        note=note,
        defanged=scheme.defanged or clean.marked(scheme.start, end),
        scheme=True,
        detail=_detail(host, rest),
    )


def _detail(host: str, rest: str) -> tuple[tuple[str, str], ...]:
    account = telegram.account(host, rest) if rest else ""
    return (("account", account),) if account else onions.detail(host)


def _plain_schemes(rest: str) -> str:
    """A scheme inside the query in its normal form."""
    for broken, plain in (("hxxp", "http"), ("hXXp", "http"), ("HXXP", "http")):
        for tail in ("://", "s://", "%3A", "s%3A"):
            rest = rest.replace(broken + tail, plain + tail)
    return rest


def _host_and_port(place: str) -> tuple[str, str, str]:
    if place.startswith("["):
        inner, bracket, rest = place.partition("]")
        return (inner + bracket if bracket else ""), ":", rest.removeprefix(":")
    colon = "@" if "@" in place else ":"
    host, colon, port = place.partition(colon)
    return host.lower().rstrip("."), colon, port


def _host_valid(host: str, defanged: bool) -> bool:
    """A name whose last label can be one, an address, a long number, or one word that is reserved or marked."""
    if host.startswith("["):
        return bool(names.ipv6(host.strip("[]")))
    if host.replace(".", "").isdigit():
        return names.is_ipv4(host) or (host.isdigit() and 8 <= len(host) <= 10)
    if "0x" in host and _number_parts(host):
        return True
    if "." not in host:
        return host in _data.suffixes("reserved") or (defanged and len(host) > 1 and host.isalnum() and host.isascii())
    top = host.rpartition(".")[2]
    return names.well_formed(host) and (names.known_top(top) or names.plausible_top(top))


def _number_parts(host: str) -> bool:
    """An address with hexadecimal parts, as browsers accept it."""
    parts = host.split(".")
    return len(parts) <= 4 and all(
        part.isdigit() or (part.startswith("0x") and all(char in "0123456789abcdef" for char in part[2:]))
        for part in parts
    )


def trim(tail: str, before: str) -> str:
    """Cut a run of address characters to the address; `before` is the character in front of it."""
    tail = tail[: _foreign(tail)]
    for stop in ("](", "\\", *_ENTITIES):
        tail = tail.partition(stop)[0]
    if before == "'":
        tail = tail.partition("'")[0]
    tail = tail[: _unbalanced(tail)]
    for separator in (",", ";"):
        place = tail.find(separator)
        while place >= 0:
            if tail[place + 1 : place + 5].lower() in {"http", "hxxp", "ftp:"}:
                tail = tail[:place]
                break
            place = tail.find(separator, place + 1)
    while True:
        kept = tail.rstrip(_TRAILING + ("_" if before == "_" else "")).removesuffix("'s")
        kept = kept[: _unbalanced(kept)]
        if kept == tail:
            return tail
        tail = kept


def _foreign(tail: str) -> int:
    """Where the first character stands that no address has: neither ASCII nor a letter of an alphabet with case.

    In a path such a letter right after a full stop begins the next sentence.
    """
    if tail.isascii():
        return len(tail)
    path = False
    for place, char in enumerate(tail):
        path = path or char == "/"
        if char > "\x7f" and not (char < "\u0590" and char.isalpha()):
            return place
        if char > "\x7f" and path and tail[place - 1] in ".,;:!":
            return place - 1
    return len(tail)


def _unbalanced(tail: str) -> int:
    """Where the first bracket stands that has no partner in the address."""
    if not any(char in tail for char in "()[]"):
        return len(tail)
    open_at: list[tuple[str, int]] = []
    for place, char in enumerate(tail):
        if char in "([":
            open_at.append((char, place))
        elif char in ")]":
            if not open_at or open_at[-1][0] != _CLOSING[char]:
                return open_at[0][1] if open_at else place
            open_at.pop()
    return open_at[0][1] if open_at else len(tail)
