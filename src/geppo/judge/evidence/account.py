"""The same operator account (mail, registrant, repository, chat) on both sides."""

from __future__ import annotations

from collections.abc import Iterator

from geppo.judge.evidence import Background, Item, Side, item, values_in_common

KIND = "account"


def shared(a: Side, b: Side, background: Background) -> Iterator[Item]:
    """Accounts that both reports list. All accounts are one group: they may belong to one person."""
    for value in values_in_common(KIND, a, b):
        yield item(KIND, value, a, b, background, group="person")
