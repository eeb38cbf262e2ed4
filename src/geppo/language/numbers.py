"""Numbers that count something, with the words that bound them and without their unit.

Numbers that name (versions, ports, identifiers, ordinals), clock times and pieces of addresses are left out; those
inside a date or a name are for the caller to drop.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import re2

from geppo.errors import DataError
from geppo.language import _data
from geppo.language._lexicon import Test, alternation, finder, fold, pattern, spans, whole
from geppo.model.claim import Bound

_LISTED = Test(r"^[.)．][ \n\x{3000}]?")
"""What follows the number of a list item at the start of a line."""

_OPENING = frozenset("([（［")
_CLOSING = frozenset(")]）］")
"""A number alone in brackets is an age or a reference."""

_UNIT = 10
"""Characters past a number in which the word after its unit can still bound it (`2,000台以上`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number in a text: bound words and amount, without the unit.

    `high` is the upper end of a printed range ("80 to 90") and equals `value` otherwise. `percent` is true where a
    per-cent sign or word follows; a tenth-part word (`割`) has already been multiplied.
    """

    start: int
    end: int
    value: float
    high: float
    bound: Bound
    percent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    union: Any
    parser: Any
    range: Test | None
    between_before: Test | None
    change_before: Test | None
    words: Mapping[str, int]
    magnitudes: Mapping[str, int]
    token: Any
    thousands: str
    decimal: str
    before: tuple[tuple[str, Bound], ...]
    never_before: Test | None
    after: Mapping[str, Bound]
    after_unit: Any
    after_unit_words: Mapping[str, Bound]
    percent: tuple[tuple[str, int], ...]
    not_before: Test | None
    not_after: Test | None
    word_before: Test | None
    word_then: Test | None
    glued: Test | None
    letters: bool


def _bounds(data: Mapping[str, Any], name: str) -> dict[str, Bound]:
    try:
        return {word.lower(): Bound(value) for word, value in _data.section(data, name).items()}
    except ValueError as error:
        raise DataError(f"[{name}]: {error}") from error


def _any(words: Iterable[str]) -> str:
    return alternation([re2.escape(word).replace("\\ ", " ") for word in sorted(words, key=len, reverse=True)])


def _optional(data: Mapping[str, Any], name: str, frame: str = "{}") -> Test | None:
    source = _data.text(data, name)
    return Test("(?i)" + frame.format(source)) if source else None


@cache
def _rules(code: str) -> _Rules:
    data = _data.own_or_neutral(code, "numbers")
    amount = f"(?:{_data.text(data, 'amount')})"
    before, after = _bounds(data, "before"), _bounds(data, "after")
    after_unit = _bounds(data, "after_unit")
    never = _data.words(data, "never_before")
    lead = f"(?:{_any([*before, *never])} ?){{0,2}}" if before else ""
    tail = f"(?:{_any(after)})?" if after else ""
    joint = "|".join(part for part in (_data.text(data, "range"), _data.text(data, "between")) if part)
    plain = f"{lead}{amount}(?:(?:{joint}){amount})?{tail}"
    taken = f"(?i)({lead})({amount})(?:({joint})({amount}))?({tail})"
    magnitudes = _data.integers(_data.section(data, "magnitudes"))
    token = "|".join(["(?P<digits>[0-9][0-9.,， ．]*)", *([f"(?P<size>{_any(magnitudes)})"] if magnitudes else [])])
    return _Rules(
        union=finder(["(?i)" + plain]),
        parser=pattern(taken),
        range=_optional(data, "range", "^(?:{})$"),
        between_before=_optional(data, "between_before"),
        change_before=_optional(data, "change_before"),
        words=_data.integers(_data.section(data, "words")),
        magnitudes={word.lower(): value for word, value in magnitudes.items()},
        token=pattern("(?i)" + token),
        thousands=_data.text(data, "thousands"),
        decimal=_data.text(data, "decimal"),
        before=tuple(sorted(before.items(), key=lambda item: (-len(item[0]), item[0]))),
        never_before=Test("(?i)" + _any(never)) if never else None,
        after=after,
        after_unit=pattern(f"(?i)^[^\\s0-9。、，,.;:()（）「」]{{0,6}}? ?(?P<word>{_any(after_unit)})")
        if after_unit
        else None,
        after_unit_words=after_unit,
        percent=tuple(sorted(_data.integers(_data.section(data, "percent")).items(), key=lambda item: -len(item[0]))),
        not_before=_optional(data, "not_before"),
        not_after=_optional(data, "not_after"),
        word_before=_optional(data, "word_before"),
        word_then=_optional(data, "word_then"),
        glued=_optional(data, "glued_units", "^(?:{})(?:[^A-Za-z]|$)"),
        letters=_data.text(_data.table(code, "language"), "edges") in ("letters", "ascii"),
    )


def find_counts(text: str, language: str) -> tuple[Number, ...]:
    """Numbers in order, not overlapping. "fell from 80 to 60" is two numbers, "80 to 90" is one with both ends."""
    rules = _rules(_data.code(language))
    folded = fold(text)
    found: list[Number] = []
    for start, end in spans(rules.union, folded):
        if not _starts_well(folded, start):
            continue
        if folded[start:end].replace(",", "").isdecimal():
            found += _read(folded, _Parts(low=(start, end)), rules)
            continue
        parsed = rules.parser.fullmatch(folded[start:end])
        if parsed is not None:
            found += _read(folded, _parts(start, parsed), rules)
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """A match taken apart: bound words before, one amount or two with what joins them, a bound after."""

    low: tuple[int, int]
    high: tuple[int, int] | None = None
    lead: str = ""
    joint: str = ""
    tail: str = ""


def _parts(at: int, parsed: Any) -> _Parts:
    low, high = parsed.span(2), parsed.span(4)
    return _Parts(
        low=(at + low[0], at + low[1]),
        high=(at + high[0], at + high[1]) if high[0] >= 0 else None,
        lead=parsed.group(1) or "",
        joint=parsed.group(3) or "",
        tail=parsed.group(5) or "",
    )


def _starts_well(folded: str, start: int) -> bool:
    """False inside identifiers, addresses and fractions, where most digits of a report stand."""
    before = folded[start - 1] if start else " "
    if not folded[start].isdigit() or before == " ":
        return True
    if (before.isascii() and before.isalnum()) or before in "_-/#@=%+{]\\":
        return False
    return not (before in ".,:" and folded[max(0, start - 2)].isalnum())


def _read(folded: str, parts: _Parts, rules: _Rules) -> Iterator[Number]:
    ends = [parts.low] if parts.high is None else [parts.low, parts.high]
    at = parts.low[0] - len(parts.lead)
    lead = parts.lead if parts.lead and _leads(folded, at, parts.lead, rules) else ""
    start = at if lead else ends[0][0]
    bound = _bound(lead, rules.before) if lead else Bound.EXACT
    tail = parts.tail
    if len(ends) == 2 and not _is_range(folded, ends, parts.joint, rules):
        if _counts(folded, *ends[0], rules):
            yield _number(folded, start, ends[:1], "", bound, rules)
        start, ends, bound = ends[1][0], ends[1:], Bound.EXACT
    if all(_counts(folded, first, last, rules, last == ends[-1][1]) for first, last in ends):
        yield _number(folded, start, ends, tail, bound, rules)


def _leads(folded: str, at: int, lead: str, rules: _Rules) -> bool:
    """True where the words before the number bound it, and are not the end of another word (`契約3件`)."""
    if not lead.strip() or (rules.letters and not whole(folded, at, at + len(lead))):
        return False
    return rules.never_before is None or not rules.never_before(lead)


def _bound(lead: str, words: tuple[tuple[str, Bound], ...]) -> Bound:
    """The first bound that says something: "a total of more than", "at least about"."""
    rest = " ".join(lead.lower().split())
    while rest:
        word, bound = next((one for one in words if rest.startswith(one[0])), ("", Bound.EXACT))
        if not word or bound is not Bound.EXACT:
            return bound
        rest = rest[len(word) :].strip()
    return Bound.EXACT


def _is_range(folded: str, ends: list[tuple[int, int]], joint: str, rules: _Rules) -> bool:
    (first, last), (begin, end) = ends
    before = folded[max(0, first - 12) : first]
    between = rules.range is None or not rules.range(joint)
    if between != (rules.between_before is not None and rules.between_before(before)):
        return False
    if rules.change_before is not None and rules.change_before(before):
        return False
    return _amount(folded[first:last], rules) < _amount(folded[begin:end], rules)


MYRIAD = 10_000
"""Magnitudes from here on multiply all that was counted since the one before: `2천700만` is 2700 · 1e4."""


def _amount(text: str, rules: _Rules) -> float:
    """The value of digits, number words and magnitudes: `1億2,000万` is 1e8 + 2000 · 1e4."""
    if text.isdecimal():
        return float(text)
    text = " ".join(text.lower().split())
    word, _, size = text.partition(" ")
    if word in rules.words:
        return float(rules.words[word] * rules.magnitudes.get(size, 1))
    if not any(character.isdigit() and character.isascii() for character in text):
        return float(_in_words(text, rules))
    total = group = closed = 0.0
    current: float | None = None
    for match in rules.token.finditer(text):
        if match.group("digits"):
            group += current or 0.0
            current, closed = _digits(match.group("digits"), rules), 0.0
            continue
        magnitude = rules.magnitudes[match.group("size").strip()]
        if closed:
            total += closed * (magnitude - 1)
            closed *= magnitude
            continue
        current = round((1.0 if current is None else current) * magnitude, 6)
        if magnitude >= MYRIAD:
            closed = group * magnitude + current
            total += closed
            group, current = 0.0, None
    return total + group + (current or 0.0)


def _in_words(text: str, rules: _Rules) -> int:
    """Number characters: `五千三百` is 5 · 1000 + 3 · 100, `二十三万` is (2 · 10 + 3) · 10,000."""
    total = section = digit = 0
    for character in text:
        size = rules.magnitudes.get(character, 10 if rules.words.get(character) == 10 else 0)
        if size >= 10_000:
            total, section, digit = total + max(section + digit, 1) * size, 0, 0
        elif size:
            section, digit = section + max(digit, 1) * size, 0
        else:
            digit = rules.words.get(character, 0)
    return total + section + digit


def _digits(text: str, rules: _Rules) -> float:
    clean = text.strip(" .,，．")
    if (
        rules.decimal.startswith(",")
        and clean.count(",") == 1
        and len(clean.rpartition(",")[2]) == 3
        and clean[0] != "0"
    ):
        clean = clean.replace(",", "")
    for mark in rules.thousands:
        clean = clean.replace(mark, "")
    for mark in rules.decimal:
        clean = clean.replace(mark, ".")
    try:
        return float(clean.replace(" ", ""))
    except ValueError:
        return 0.0


def _counts(folded: str, start: int, end: int, rules: _Rules, last: bool = True) -> bool:
    """False where the number names a thing, tells the time, or is a piece of something longer."""
    digits = folded[start].isdigit()
    if not (_starts_well(folded, start) if digits else _word_counts(folded, start, end, rules)):
        return False
    if last and not _ends_well(folded, end, rules):
        return False
    if rules.not_before is not None and rules.not_before(folded[max(0, start - 24) : start]):
        return False
    if (start == 0 or folded[start - 1] == "\n") and _LISTED(folded[end : end + 2]):
        return False
    return not (start > 0 and folded[start - 1] in _OPENING and folded[end : end + 1] in _CLOSING)


def _word_counts(folded: str, start: int, end: int, rules: _Rules) -> bool:
    if folded[max(0, start - 1) : start] == "-" or folded[end : end + 1] == "-":
        return False
    if rules.letters and not whole(folded, start, end):
        return False
    if rules.word_before is not None and not rules.word_before(folded[max(0, start - 1) : start]):
        return False
    return rules.word_then is None or rules.word_then(folded[end : end + 12])


def _ends_well(folded: str, end: int, rules: _Rules) -> bool:
    after = folded[end : end + 24]
    if rules.not_after is not None and rules.not_after(after):
        return False
    if not after or not folded[end - 1].isdigit():
        return True
    if after[0].isascii() and (after[0].isalnum() or after[0] == "_"):
        return rules.glued is not None and rules.glued(after)
    if after[0] in ".:/,[-\\" and len(after) > 1 and (after[1].isdigit() or after[1] in ".:]" or after[0] == "\\"):
        return False
    return not (after[0] == "-" and len(after) > 1 and after[1].isascii() and after[1].isalpha())


def _number(folded: str, start: int, ends: list[tuple[int, int]], tail: str, bound: Bound, rules: _Rules) -> Number:
    end = ends[-1][1] + len(tail)
    after = folded[end : end + 24].lower()
    if bound is Bound.EXACT and tail:
        bound = rules.after.get(tail.lower().replace("\n", " "), Bound.EXACT)
    if bound is Bound.EXACT and rules.after_unit is not None:
        match = rules.after_unit.search(after[: _UNIT + 6])
        if match is not None:
            bound = rules.after_unit_words[match.group("word").replace("\n", " ")]
    scale = next((value for word, value in rules.percent if after.lstrip(" ").startswith(word)), 0)
    values = [_amount(folded[first:last], rules) * (scale or 1) for first, last in ends]
    while folded[end - 1].isspace():
        end -= 1
    return Number(start=start, end=end, value=values[0], high=values[-1], bound=bound, percent=scale > 0)
