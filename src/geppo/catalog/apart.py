"""Stretches of a text in which no name is looked for: addresses, file paths, the names that scanners give to files."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from geppo import linear
from geppo.catalog.folding import key
from geppo.catalog.forms import Case, Form, Use
from geppo.catalog.hits import Hit
from geppo.catalog.rules import Detections
from geppo.model.entity import Kind

_ADDRESS = linear.compile(
    r"[A-Za-z*]{2,8}\[?:\]?//[^\s()<>\"'|\x{80}-\x{10FFFF}]*"
    r"|[A-Za-z0-9.\-]*[A-Za-z0-9](?:\[\.\]|\(\.\)|\[dot\])[^\s()<>\"'|\x{80}-\x{10FFFF}]*"
    r"|[A-Za-z0-9._%+\-]+@[A-Za-z0-9.\-]+"
)
_PATH = linear.compile(r"[^\s|\"'<>()\[\]]*[\w%:$]\\[A-Za-z0-9%$][^\s|\"'<>()\[\]]*")


@cache
def _compiled(pattern: str) -> Any:
    return linear.compile(pattern)


def addresses(raw: str) -> list[tuple[int, int]]:
    """Spans of web and mail addresses, plain and defanged: a name inside one is no mention."""
    if "//" not in raw and "[" not in raw and "(" not in raw and "@" not in raw:
        return []
    return [found.span() for found in _ADDRESS.finditer(raw)]


def paths(raw: str) -> list[tuple[int, int]]:
    """Spans of file paths and registry keys with back slashes."""
    return [found.span() for found in _PATH.finditer(raw)] if "\\" in raw else []


def detections(raw: str, rules: Detections) -> list[tuple[int, int]]:
    """Spans of detection names, such as `Trojan-Spy.AndroidOS.Name.a` or `Win32/Name.B`."""
    return [found.span(1) for found in _compiled(rules.pattern).finditer(raw)]


def joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, those that overlap as one."""
    made: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if made and start < made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return made


def outside(hits: Sequence[Hit], spans: Sequence[tuple[int, int]]) -> list[Hit]:
    """Hits that overlap none of the spans (which do not overlap each other)."""
    if not spans:
        return list(hits)
    starts = [start for start, _ in spans]

    def free(hit: Hit) -> bool:
        at = bisect_left(starts, hit.end) - 1
        return at < 0 or spans[at][1] <= hit.start

    return [hit for hit in hits if free(hit)]


def not_inside(hits: Sequence[Hit], spans: Sequence[tuple[int, int]]) -> list[Hit]:
    """Hits that lie in none of the spans, in order of their places."""
    starts = [start for start, _ in spans]

    def inside(hit: Hit) -> bool:
        at = bisect_left(starts, hit.start + 1) - 1
        return at >= 0 and hit.end <= spans[at][1]

    return [hit for hit in hits if not inside(hit)]


def named(raw: str, spans: Sequence[tuple[int, int]], hits: Sequence[Hit], rules: Detections) -> list[Hit]:
    """Detection names that a sentence uses as the name of a program: the whole name is the mention.

    Its id is that of a known program inside it, if there is one.
    """
    found = []
    for start, end in spans:
        before = raw[max(0, start - 40) : start].rstrip("'\"‘’“”")
        word = before.split()[-1:]
        used = before[-1:] == " " and word and word[0] not in rules.labelled_by
        if used and word[0].rstrip(",").isalpha() and word[0][0].islower() and raw[end : end + 2] != "](":
            inner = [hit for hit in hits if hit.form.key and start <= hit.start and hit.end <= end]
            surface = raw[start:end]
            form = Form(surface, Use.EXTRA, Kind.MALWARE, f"new:{key(surface)}", surface, Case.ANY, surface)
            if inner:
                form = inner[-1].form
            found.append(Hit(start, end, form))
    return found
