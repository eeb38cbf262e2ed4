"""Traffic Light Protocol 2.0 markings (FIRST, 2022), ordered from open to closed."""

from __future__ import annotations

from enum import IntEnum


class Tlp(IntEnum):
    """TLP 2.0. A higher value may reach fewer people."""

    CLEAR = 0
    GREEN = 1
    AMBER = 2
    AMBER_STRICT = 3
    RED = 4

    @property
    def label(self) -> str:
        """The label as TLP 2.0 prints it."""
        return "TLP:" + self.name.replace("_", "+")
