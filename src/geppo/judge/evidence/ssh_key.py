"""The same SSH host key on both sides: one image, or one key holder."""

from __future__ import annotations

from collections.abc import Iterator

from geppo.judge.evidence import Background, Item, Side, item, values_in_common

KIND = "ssh-key"


def shared(a: Side, b: Side, background: Background) -> Iterator[Item]:
    """Fingerprints that both reports list."""
    for value in values_in_common(KIND, a, b):
        yield item(KIND, value, a, b, background, group="key")
