"""What judging asks of a catalogue. The packaged one fits; tests use a small stand-in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol


class Agreement(Protocol):
    """An agreement between states, with its three dates (None where unknown)."""

    @property
    def id(self) -> str:
        """Catalogue id."""
        ...

    @property
    def name(self) -> str:
        """Its English name."""
        ...

    @property
    def parties(self) -> tuple[str, ...]:
        """ISO 3166-1 alpha-2 codes of its parties."""
        ...

    @property
    def signed(self) -> date | None:
        """Day of signature."""
        ...

    @property
    def ratified(self) -> date | None:
        """Day of the last ratification."""
        ...

    @property
    def in_force(self) -> date | None:
        """Day of entry into force."""
        ...


class Publisher(Protocol):
    """A publisher by id, kind (vendor, press, agency …) and country."""

    @property
    def id(self) -> str:
        """Catalogue id."""
        ...

    @property
    def name(self) -> str:
        """Its printed name."""
        ...

    @property
    def kind(self) -> str:
        """Kind of house, a key of `speakers.toml`."""
        ...

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2, or empty."""
        ...


class Alias(Protocol):
    """Another name of a group or program, and what it means (catalogue id)."""

    @property
    def name(self) -> str:
        """As it is printed."""
        ...

    @property
    def means(self) -> str:
        """Catalogue id."""
        ...


class Catalogue(Protocol):
    """Who is who, as far as judging needs it. Unknown ids and names give the id itself, an empty text or None."""

    def canonical(self, identity: str, /) -> str:
        """The id that all names of one thing resolve to."""
        ...

    def knows(self, identity: str, /) -> bool:
        """True for the id of a group, program or other thing that the catalogue has."""
        ...

    def aliases(self, identity: str, /) -> Sequence[Alias]:
        """Other names of a group or program."""
        ...

    def nexus(self, identity: str, /) -> str:
        """The state (`country/XX`) that a group is linked to, or an empty text."""
        ...

    def agreement(self, identity: str, /) -> Agreement | None:
        """An agreement by its id."""
        ...

    def partners(self, a: str, b: str, on: date, /) -> Agreement | None:
        """The closest agreement in force between two states on a day."""
        ...

    def grade(self, name: str, /) -> str:
        """The Admiralty letter (A to F) that the user gave a publisher, or an empty text."""
        ...

    def publisher(self, name: str, /) -> Publisher | None:
        """The publisher of a name as pages print it."""
        ...
