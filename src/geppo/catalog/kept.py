"""What was worked out of a text or of a month's names, kept as long as it will be asked for again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from geppo.catalog.names import Name

Made = TypeVar("Made")


class ByTuple(Generic[Made]):
    """What is worked out of the names of a month, kept by the very tuple.

    A month asks some times a document, and to hash thousands of names costs more than all else that is done with them.
    """

    def __init__(self, make: Callable[[tuple[Name, ...]], Made], size: int) -> None:
        self._make, self._size = make, size
        self._kept: dict[int, tuple[tuple[Name, ...], Made]] = {}

    def __call__(self, names: tuple[Name, ...]) -> Made:
        kept = self._kept.get(id(names))
        if kept is None:
            while len(self._kept) >= self._size:
                del self._kept[next(iter(self._kept))]
            # The tuple is kept beside what was made of it: its id is no other's as long as it lives.
            kept = self._kept[id(names)] = (names, self._make(names))
        return kept[1]


class BySize(Generic[Made]):
    """What is worked out of texts, the latest of them up to a number of characters: memory goes by these.

    `make` and `size` take what a call is given; it must be hashable.
    """

    def __init__(self, make: Callable[..., Made], size: Callable[..., int], most: int) -> None:
        self._make, self._size, self._most = make, size, most
        self._kept: dict[tuple[Any, ...], Made] = {}
        self._held = 0

    def __call__(self, *given: Any) -> Made:
        made = self._kept.pop(given, None)
        if made is None:
            made = self._make(*given)
            self._held += self._size(*given)
            while self._held > self._most and self._kept:
                oldest = next(iter(self._kept))
                del self._kept[oldest]
                self._held -= self._size(*oldest)
        # Put back at the end: the first is the one that was not asked for longest.
        self._kept[given] = made
        return made

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()
        self._held = 0
