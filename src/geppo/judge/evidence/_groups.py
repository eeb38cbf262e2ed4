"""What depends on what: implied values are dropped; all about one server, sample or person is one observation."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from geppo.judge.evidence import Item, QuestionKind
from geppo.judge.evidence._side import is_address

CONTEXT = "context"
_SERVER = "server:"
_LAYOUT = "protocol"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One observation: the item that stands for it, and the further ones that depend on it (strongest first)."""

    leader: Item
    further: tuple[Item, ...]


def strength(item: Item, asked: QuestionKind) -> float:
    """The middle of an item's log ratio (base e)."""
    ratio = item.ratios[asked]
    return math.log(ratio.low * ratio.high) / 2


def drop_implied(items: Iterable[Item]) -> list[Item]:
    """Mark items that follow from another one: the host of a shared URL, the /24 of a shared address.

    What follows from a value that says nothing is dropped for the same reason.
    """
    found = list(items)
    by: dict[tuple[str, str], str] = {}
    for item in sorted(found, key=lambda item: item.used):
        reason = f"implied by {item.kind} {item.value}" if item.used else item.reason
        by.update(dict.fromkeys(item.implies, reason))
    return [
        replace(item, used=False, reason=by[item.kind, item.value])
        if item.used and (item.kind, item.value) in by
        else item
        for item in found
    ]


def _leads(item: Item, members: list[Item]) -> bool:
    """A trait on a server cannot stand for it, unless the server is known only through a key or file found on it."""
    if item.group == _LAYOUT:
        return all(other.group == _LAYOUT for other in members)
    if not item.hanging:
        return True
    return not item.network and not any(other.stated and not other.hanging for other in members)


def _group(members: list[Item], asked: QuestionKind) -> Group:
    ordered = sorted(members, key=lambda item: (-strength(item, asked), item.kind, item.value))
    leader = next((item for item in ordered if _leads(item, members)), ordered[0])
    return Group(leader=leader, further=tuple(item for item in ordered if item is not leader))


def _by_server(items: list[Item]) -> dict[str, list[Item]]:
    """Members per group label, after following hosts to the address that both sides saw them on."""
    home = {f"{_SERVER}{item.value}": item.group for item in items if item.kind == "host"}
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(home.get(item.group, item.group), []).append(item)
    return groups


def _unplaced(label: str) -> bool:
    return label == "names" or (label.startswith(_SERVER) and not is_address(label.removeprefix(_SERVER)))


def _loose(item: Item) -> bool:
    return item.group == _LAYOUT and not item.placed


def arrange(items: Iterable[Item], asked: QuestionKind) -> list[Group]:
    """Groups of the used items, strongest first, context last.

    Names and /24 blocks whose server is not stated may stand on one server: together they are one group, and they join
    the strongest address that both sides share. Paths of which a side doesn't say the server may belong to it too.
    """
    used = [item for item in items if item.used]
    loose = [item for item in used if _loose(item)]
    by_label = _by_server([item for item in used if not _loose(item)])
    context = by_label.pop(CONTEXT, [])
    names = [item for label, members in by_label.items() if _unplaced(label) for item in members]
    observed = [members for label, members in by_label.items() if not _unplaced(label)]
    servers = [members for members in observed if any(item.kind in ("ip", "url") for item in members)]
    if names and not servers:
        servers = [names]
        observed.append(names)
    elif names:
        _strongest(servers, asked).extend(names)
    if loose and servers:
        _strongest(servers, asked).extend(loose)
    elif loose:
        _home(observed, _LAYOUT).extend(loose)
    groups = sorted((_group(members, asked) for members in observed), key=lambda group: _order(group, asked))
    return [*groups, _group(context, asked)] if context else groups


def _strongest(servers: list[list[Item]], asked: QuestionKind) -> list[Item]:
    return min(servers, key=lambda members: _order(_group(members, asked), asked))


def _home(observed: list[list[Item]], label: str) -> list[Item]:
    """The members of the group with that label, added empty where there is none."""
    for members in observed:
        if members[0].group == label:
            return members
    observed.append([])
    return observed[-1]


def _order(group: Group, asked: QuestionKind) -> tuple[float, str, str]:
    return (-strength(group.leader, asked), group.leader.kind, group.leader.value)
