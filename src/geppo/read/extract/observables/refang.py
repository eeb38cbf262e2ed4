"""The text with its defanging undone, and the way back.

Values are searched in a clean copy: folded (`geppo.read.fold`), marks such as `[.]`, `(dot)`, `[:]`, `[at]` and half
brackets replaced by what they stand for. Addresses are then found by their plain shapes; whether a mark stood inside
one says that it was written defanged.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from geppo import linear
from geppo.read.extract.observables import _data, names
from geppo.read.fold import Folded, assemble, fold

# Full-width brackets and quotes end a value in running text; an ideographic comma does so in the folded copy.
_EDGE = "\u3001"
_EDGES = "（），；！＂＇［］｛｝＜＞"
_LONG_DASHES = "\u2012\u2013\u2014\u2015"
_WIDE_OPENING, _IN_WIDE_MARKS = "［（｛", frozenset(".．。・@＠:：d点點ド점т")
_TOKEN = 64
_LABELS = linear.compile("[a-z0-9-]+[。・•·]?")


@dataclass(frozen=True, kw_only=True)
class Clean:
    """`text` is the clean copy; `marks` are the places in it where a mark was undone, sorted."""

    text: str
    refanged: Folded
    folded: Folded
    marks: tuple[int, ...]

    @cached_property
    def view(self) -> bytes:
        """One byte a character: ASCII as it is, everything else as `?`."""
        return self.text.encode("ascii", "replace")

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the text as read."""
        return self.folded.original(*self.refanged.original(start, end))

    def marked(self, start: int, end: int) -> bool:
        """True where a defanging mark stood inside the span."""
        place = bisect_left(self.marks, start)
        return place < len(self.marks) and self.marks[place] < end


def clean(text: str) -> Clean:
    """Fold `text` and undo its defanging."""
    folded = fold(_with_edges(text))
    spans = _without_overlap(_marks(folded.text))
    refanged = assemble(folded.text, iter(spans))
    marks = []
    drift = 0
    for start, end, new in spans:
        if new != "_":
            marks.append(start + drift)
        drift += len(new) - (end - start)
    return Clean(text=refanged.text, refanged=refanged, folded=folded, marks=tuple(marks))


def _with_edges(text: str) -> str:
    """Length stays. Full-width brackets stay where they are used as defanging marks."""
    if text.isascii():
        return text
    text = _without_long_dashes(text)
    if any(text[at + 1 : at + 2] in _IN_WIDE_MARKS for char in _WIDE_OPENING for at in _all_places(text, char)):
        return text
    for char in _EDGES:
        text = text.replace(char, _EDGE)
    return text


def _without_long_dashes(text: str) -> str:
    """A long dash joins the parts of a CVE number; anywhere else it separates."""
    places = [place for dash in _LONG_DASHES for place in _all_places(text, dash) if not _inside_cve(text, place)]
    if not places:
        return text
    chars = list(text)
    for place in places:
        chars[place] = _EDGE
    return "".join(chars)


def _all_places(text: str, word: str) -> Iterator[int]:
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + 1)


def _inside_cve(text: str, place: int) -> bool:
    last = text[place - 1 : place]
    if not (last.isdigit() or last in "EeＥｅ"):
        return False
    before = fold(text[max(0, place - 10) : place]).text.upper()
    return before.endswith("CVE") or (before[-8:-4] == "CVE-" and before[-4:].isdigit())


def _without_overlap(found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    found.sort()
    kept: list[tuple[int, int, str]] = []
    for span in found:
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


def _marks(text: str) -> list[tuple[int, int, str]]:
    view = text.encode("ascii", "replace")
    found: list[tuple[int, int, str]] = []
    if any(char in text for char in "[({<"):
        found.extend(_bracketed(view))
    if any(char in text for char in "[](){}"):
        found.extend(_halves(text, view))
    if "\\" in text or "^." in text or "&#" in text:
        found.extend(_escapes(view))
    if "DOT" in text:
        found.extend(_words(view))
    if any(word in view for word in (b" dot ", b" Dot ", b" DOT ")):
        found.extend(_spoken(view))
    if not text.isascii():
        for word, meaning in _data.foreign_marks():
            found.extend(_foreign(text, word, meaning))
        found.extend(_odd_brackets(text))
    return found


def _bracketed(view: bytes) -> Iterator[tuple[int, int, str]]:
    meanings = _data.meanings()
    for match in _data.pattern("marks", "bracketed").finditer(view):
        start, end = match.span()
        inner = view[start:end].decode("ascii").strip(" []{}()<>\\").lower()
        new = meanings.get(inner)
        if new is None or not _fits(inner, view, start, end):
            continue
        if inner in {"http", "https", "www", "-", ",", "/", "//", ""}:
            start, end = _trimmed(view, start, end)
        if view[start : start + 1] == b" " and not (view[end - 1 : end] == b" " or _word_at(view, end)):
            continue
        yield start, end, new


def _trimmed(view: bytes, start: int, end: int) -> tuple[int, int]:
    """Blanks beside a mark that can also be a word stay."""
    return start + (view[start : start + 1] == b" "), end - (view[end - 1 : end] == b" ")


def _word_at(view: bytes, index: int) -> bool:
    return 0 <= index < len(view) and view[index : index + 1].isalnum()


def _letter(text: str, index: int) -> bool:
    """A letter or digit of a script with case: others show no edge of words."""
    return 0 <= index < len(text) and _data.cased(text[index])


def _fits(inner: str, view: bytes, start: int, end: int) -> bool:
    """Marks that are also common writing need letters or digits beside them; `[]` a colon after it."""
    if inner == "":
        return view[start:end] == b"[]" and view[end : end + 1] == b":"
    if inner in {"point", "period", "colon", "slash"} and b" " in view[start:end]:
        return False
    if inner == "." and b"(" in view[start:end] and b" " in view[start:end]:
        return False
    return inner not in {"-", ","} or (_word_at(view, start - 1) and _word_at(view, end))


def _halves(text: str, view: bytes) -> Iterator[tuple[int, int, str]]:
    meanings = _data.meanings()
    for match in _data.pattern("marks", "half").finditer(view):
        start, end = match.span()
        new = meanings.get(view[start:end].decode("ascii").strip("[](){}").lower())
        if new is not None and _letter(text, start - 1) and (_letter(text, end) or view[end : end + 2] == b"//"):
            yield start, end, new


def _escapes(view: bytes) -> Iterator[tuple[int, int, str]]:
    """`\\.` and `\\_` between letters or digits outside a Windows path; `\\/` after a letter, digit, colon or slash."""
    for match in _data.pattern("marks", "escaped").finditer(view):
        start, end = match.span()
        new = "." if view[end - 1 : end] == b";" else chr(view[end - 1])
        if new in "._@":
            if _word_at(view, start - 1) and _word_at(view, end) and not _in_windows_path(view, start):
                yield start, end, new
        elif _word_at(view, start - 1) or view[start - 1 : start] in (b":", b"/", b"]"):
            yield start, end, new


def _in_windows_path(view: bytes, index: int) -> bool:
    token = view[max(0, index - _TOKEN) : index].split()[-1:]
    rest = (
        token[0].replace(b"\\.", b"").replace(b"\\/", b"").replace(b"\\[", b"").replace(b"\\]", b"") if token else b""
    )
    return b"\\" in rest or rest.upper().lstrip(b"\"'`([").startswith((b"HKEY_", b"HKLM", b"HKCU", b"HKCR", b"HKU"))


def _words(view: bytes) -> Iterator[tuple[int, int, str]]:
    for match in _data.pattern("marks", "word").finditer(view):
        start, end = match.span()
        spaced = (view[start : start + 1] == b" ", view[end - 1 : end] == b" ")
        before, after = view[start - 1 : start] if start else b"", view[end : end + 1]
        if spaced[0] == spaced[1] and (before.islower() or before.isdigit()) and (after.islower() or after.isdigit()):
            yield start, end, "."


def _spoken(view: bytes) -> Iterator[tuple[int, int, str]]:
    """` dot ` between the parts of an address, or of a name that no prose would give: two dots, a digit or a hyphen."""
    for match in _data.pattern("marks", "spoken").finditer(view):
        start, end = match.span()
        surface = view[start:end].decode("ascii")
        labels = [label.lower() for label in surface.split(" ")[::2]]
        address = len(labels) == 4 and all(label.isdigit() for label in labels)
        name = names.public(labels[-1]) and (
            len(labels) > 2 or any(char.isdigit() or char == "-" for char in labels[0])
        )
        if address or name:
            place = surface.find(" ")
            while place >= 0:
                yield start + place, start + place + 5, "."
                place = surface.find(" ", place + 5)


_OPEN, _CLOSE = frozenset("[({<"), frozenset("])}>")


def _odd_brackets(text: str) -> Iterator[tuple[int, int, str]]:
    """A full stop, `@` or colon alone in brackets that quote or head a line elsewhere."""
    for opening, closing in zip("【〔‹⟨〈", "】〕›⟩〉", strict=True):
        for place in _all_places(text, opening):
            if text[place + 1 : place + 2] in {".", "。", "・", "@", ":"} and text[place + 2 : place + 3] == closing:
                yield place, place + 3, "." if text[place + 1] in "。・" else text[place + 1]


def _foreign(text: str, word: str, meaning: str) -> Iterator[tuple[int, int, str]]:
    """A bracketed word of another script; a full stop of another script also bare between letters or digits."""
    for start in _all_places(text, word):
        end = start + len(word)
        before, after = text[start - 1 : start], text[end : end + 1]
        if before in _OPEN and after in _CLOSE:
            yield start - 1, end + 1, meaning
        elif len(word) == 1 and word in "。・•·" and _joins_labels(text, start, before, after):
            yield start, end, meaning


def _joins_labels(text: str, place: int, before: str, after: str) -> bool:
    """A bare full stop of another script: between digits, or before the labels of a name in lower case."""
    if not (before + after).isascii() or not before.isalnum():
        return False
    if before.isdigit() and after.isdigit():
        return True
    label = _LABELS.match(text[place + 1 : place + 1 + _TOKEN])
    if not after.isalnum() or label is None:
        return False
    tail = label.group()
    return tail[-1] in "。・•·" or names.public(tail)
