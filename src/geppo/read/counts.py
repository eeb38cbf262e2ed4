"""Numbers joined to what they count: "more than 25,000 infected devices", 「ルータ2万5,000台以上」, "140台C2服务器"."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from geppo import linear, shipped
from geppo.catalog import Catalog
from geppo.language.numbers import Number
from geppo.model.claim import Bound, Count
from geppo.model.entity import Kind, Term
from geppo.read.rules import scope
from geppo.read.typed import Item

COUNTED = frozenset(
    {
        "device", "address", "unit", "data", "role", "malware-kind", "relay-class", "campaign-kind", "group-kind",
        "shared-thing", "document", "service", "sector", "product", "body",
    }
)  # fmt: skip
"""Kinds of mentions that a number may count."""

DATA_UNITS = frozenset(
    {"unit/person", "unit/customer", "unit/user", "unit/record", "unit/account", "unit/credential", "unit/secret"}
)
"""Units whose count in a leak is what leaked."""

_PERSONS = frozenset({"role", "unit", "data"})
"""Kinds of nouns that a counter of persons may count: in 「警察が7人」 it is not the police that are counted."""
_DEEDS = frozenset({"campaign-kind", "act"})
_HOUSES = frozenset({"unit/organisation", "unit/company"})
"""What counts houses counts no deed before it: 「入侵三家工厂」."""

_CURRENCIES = frozenset("$€£¥₩₽￥")
"""A sum of money counts no noun behind it: "the $30 million exploit of the exchange". With `sums` it counts its
currency."""

_LISTS = ("、", "・", "や")
"""What stands before the last of a list."""

PERCENT = Term(kind=Kind.CONCEPT, id="unit/percent", name="percent")


@cache
def _data() -> dict[str, Any]:
    raw = shipped.table("geppo.read", "counts.toml")
    for row in raw.values():
        for name in ("between", "before", "floor", "spaced", "ordinal"):
            if name in row:
                row[name] = linear.compile(row[name])
    return raw


def join(
    text: str, numbers: Sequence[Number], items: Sequence[Item], language: str, catalog: Catalog
) -> tuple[Item, ...]:
    """Items with each counted noun and its number as one count item; numbers that count nothing are left out.

    `items` are the typed mentions (dates among them) sorted by start; a number inside a mention is no count.
    """
    data = _data().get(language, {})
    taken: set[int] = set()
    counts: list[Item] = []
    starts = [item.start for item in items]
    for number in numbers:
        last = bisect_left(starts, number.end)
        if any(number.start < item.end for item in items[max(0, last - NESTED) : last]):
            continue
        if text[number.start - 1 : number.start] in _CURRENCIES:
            if "sums" in data and (sign := _sign(text, number, items, last)) >= 0 and sign not in taken:
                taken.add(sign)
                bounded = _bound_of_sum(text, number, items[sign].start, data)
                counts.append(_item(items[sign].start, number.end, bounded, items[sign].terms[0]))
            continue
        number = _bounded(text, number, data)
        made = _count(text, number, items, starts, data, taken, catalog)
        if made is None and counts and "between" in data:
            made = _like(text, number, counts[-1])
        if made is not None:
            counts.append(made)
    ends = {place: one.end for one in counts for place in range(one.start, one.end)}
    kept = [item for index, item in enumerate(items) if index not in taken and ends.get(item.start, -1) < item.end]
    return tuple(sorted([*kept, *counts], key=lambda item: item.start))


def _sign(text: str, number: Number, items: Sequence[Item], last: int) -> int:
    """Which item is the sign of a currency right before a number, or -1."""
    at = last - 1
    return at if at >= 0 and items[at].end == number.start and items[at].kind == "unit" and items[at].terms else -1


def _bound_of_sum(text: str, number: Number, start: int, data: dict[str, Any]) -> Number:
    """A sum whose "more than" stands before the sign of its currency."""
    before = text[max(0, start - FLOOR_REACH) : start].lower()
    bound = next((Bound(name) for name, words in data["sums"].items() if before.endswith(tuple(words))), None)
    return replace(number, bound=bound) if bound is not None and number.bound is Bound.EXACT else number


PERSONS = "unit/person"
_WHOSE_DATA = frozenset({PERSONS, "unit/company", "unit/organisation"})
"""Of whom counted data are."""
NESTED = 8
"""Mentions before a number that are looked at for one that covers it; they hardly overlap each other."""

FARTHEST_BEFORE = 6
"""Characters between a counted noun and the number behind it ("ルータが約 25,000 台")."""

FARTHEST_COUNTER = 8
"""Characters behind a number in which a counter that is set apart from it, and what shows that it is one, stand."""

FARTHEST_BEHIND = 40
"""Characters between a number and the noun that it counts."""

FLOOR_REACH = 12
"""Characters before a number in which an "at least" may stand apart from it."""

LEAST_BARE = 100
"""A bare number below this is seldom a count of the thing counted before it."""


def _bounded(text: str, number: Number, data: dict[str, Any]) -> Number:
    """A number whose "at least" stands apart from it, before the verb (「至少控制了12,300台」)."""
    if (
        number.bound is Bound.EXACT
        and "floor" in data
        and data["floor"].search(text[max(0, number.start - FLOOR_REACH) : number.start])
    ):
        return replace(number, bound=Bound.AT_LEAST)
    return number


def _like(text: str, number: Number, before: Item) -> Item | None:
    """A bare number later in the sentence counts what the number before it counted ("150 devices …, now 40,000")."""
    between = text[before.end : number.start]
    if number.value < LEAST_BARE or len(between) > 120 or any(mark in between for mark in ("\n", ". ", "。")):
        return None
    unit = before.terms[0]
    return None if unit == PERCENT else _item(number.start, number.end, number, unit)


def _count(
    text: str,
    number: Number,
    items: Sequence[Item],
    starts: Sequence[int],
    data: dict[str, Any],
    taken: set[int],
    catalog: Catalog,
) -> Item | None:
    if number.percent:
        return _item(number.start, number.end, number, PERCENT)
    end = number.end
    unit: Term | None = None
    if "spaced" in data and data["spaced"].match(text[end : end + FARTHEST_COUNTER]) is not None:
        end = text.index(" ", end) + 1
    for counter in sorted(data.get("counters", {}), key=len, reverse=True):
        if text.startswith(counter, end):
            unit_id = data["counters"][counter]
            name = catalog.label(Term(kind=Kind.CONCEPT, id=unit_id, name=unit_id), "en")
            unit = Term(kind=Kind.CONCEPT, id=unit_id, name=name or unit_id.partition("/")[2])
            end += len(counter)
            break
    if unit is not None and "ordinal" in data and data["ordinal"].match(text[end : end + 1]) is not None:
        return None
    if unit is not None and unit.id in scope()["volumes"]["units"]:
        return _item(number.start, end, number, unit)
    following = bisect_left(starts, end)
    for index in range(following, min(following + 1, len(items))):
        item = items[index]
        if item.start - end <= FARTHEST_BEHIND:
            between = text[end : item.start]
            near = "between" in data and data["between"].search(between) is not None
            # 「個人情報15万件漏えい」: what follows right on is what happened to them.
            near = near and not (unit is not None and not between and item.kind in _DEEDS)
            if _counted(item) and near and not set(between.casefold().split()) & set(data.get("stop", ())):
                index, item = _head_noun(text, items, index, owned="owned" in data)
                taken.add(index)
                made = _item(number.start, item.end, number, item.terms[0])
                # "The data of 3,000 persons": they are counted, whatever their language puts behind the number.
                return _of(made, number, unit) if unit is not None and unit.id in _WHOSE_DATA else made
    if unit is None:
        return None
    for index in range(max(0, following - NESTED), following):
        item = items[index]
        close = item.end <= number.start and number.start - item.end <= FARTHEST_BEFORE and index not in taken
        misfit = unit.id == PERSONS and item.kind not in _PERSONS
        misfit = misfit or (unit.id in _HOUSES and item.kind in _DEEDS)
        if (
            close
            and _counted(item)
            and not misfit
            and "before" in data
            and data["before"].search(text[item.end : number.start])
        ):
            taken.add(index)
            whole = _personal(catalog) if _is_an_entry(text, item) else item.terms[0]
            return _item(item.start, end, number, whole)
    return _item(number.start, end, number, unit)


def _is_an_entry(text: str, item: Item) -> bool:
    """True for the last of what records hold: in 「氏名、電話番号、メールアドレスが15万件」 records are counted."""
    return item.kind == "address" and text[item.start - 1 : item.start] in _LISTS


def _personal(catalog: Catalog) -> Term:
    term = Term(kind=Kind.CONCEPT, id="data/personal-data", name="personal data")
    return replace(term, name=catalog.label(term, "en") or term.name)


def _of(data: Item, number: Number, unit: Term) -> Item:
    """Counted data whose number is that of the persons whom they are of."""
    if data.kind != "datacount":
        return data
    return replace(_item(data.start, data.end, number, unit), kind="datacount", terms=data.terms)


def _head_noun(text: str, items: Sequence[Item], index: int, *, owned: bool) -> tuple[int, Item]:
    """In "800 npm packages" the packages are counted: the last of counted nouns that stand side by side.

    Bytes are counted themselves ("40 ГБ данных"), and the first where the next one tells whose they are (`owned`:
    "12 400 клиентов банка"). Without blanks only what a product has is its noun ("Instagram用户").
    """
    while index + 1 < len(items):
        here, following = items[index], items[index + 1]
        measured = here.terms[0].id in scope()["volumes"]["units"]
        between = text[here.end : following.start]
        glued = not between and here.kind == "product" and following.kind in ("unit", "role")
        if not (glued or (between == " " and not owned)) or not _counted(following) or measured:
            break
        index += 1
    return index, items[index]


def _counted(item: Item) -> bool:
    return item.kind in COUNTED and bool(item.terms) and not item.anaphor


def _item(start: int, end: int, number: Number, unit: Term) -> Item:
    return Item(
        kind="datacount" if unit.id.startswith("data/") or unit.id in DATA_UNITS else "count",
        start=start,
        end=end,
        terms=(unit,),
        count=Count(
            value=number.value, bound=number.bound, unit=unit, high=number.high if number.high > number.value else None
        ),
    )


def measured(item: Item) -> tuple[Term, ...]:
    """What an amount of bytes is an amount of: the bytes are only its count."""
    volumes = scope()["volumes"]
    if item.count is None or item.count.unit.id not in volumes["units"]:
        return ()
    return (Term(kind=Kind.CONCEPT, id=volumes["of"], name=volumes["name"]),)


def sums(items: Sequence[Item]) -> list[Term]:
    """The currencies of counts that count nothing but money; none where one counts something else."""
    counted = [item.count.unit for item in items if item.count is not None]
    return counted if all(unit.id in scope()["money"]["units"] for unit in counted) else []
