"""Words for networks in our own records: sizes, what changed, and that made records are made."""

from __future__ import annotations

from dataclasses import dataclass

from geppo.model.relay import TrackRow
from geppo.model.time import Period
from geppo.write.phrases import Phrases, fill
from geppo.write.statement import Statement
from geppo.write.wording import Wording

_NUMBERS = ("n", "low", "high", "before", "new", "gone")


@dataclass(frozen=True, slots=True)
class Networks:
    """Words our own counts in one language."""

    phrases: Phrases
    wording: Wording

    def sentence(self, said: Statement, name: str) -> str | None:
        """The text of a statement of the form `network.*`."""
        slots = {key: value for key, value in said.values if key not in _NUMBERS}
        slots |= {key: self.wording.number(float(said.value(key))) for key in _NUMBERS if said.value(key)}
        slots |= {key: self._month(said.value(key)) for key in ("M", "B") if said.value(key)}
        if said.value("method"):
            slots["method"] = self.phrases.text("network_method", said.value("method"))
        return fill(self.phrases.text("form", "network", name), slots)

    def _month(self, text: str) -> str:
        return self.wording.month(Period.parse(text).span.start)

    def count(self, row: TrackRow) -> str:
        """A count with its interval."""
        return self._cell("count", n=row.addresses, low=row.low, high=row.high)

    def rule(self, row: TrackRow) -> str:
        """How a network of ours was counted."""
        method = self.phrases.text("network_method", row.method)
        return fill(self.phrases.text("network_cell", "rule"), {"method": method})

    def change(self, row: TrackRow | None, before: TrackRow | None) -> str:
        """What is different from the month before."""
        if row is None:
            return self._cell("gone", n=before.addresses if before else 0)
        if before is None:
            return self._cell("born")
        name = row.trend if row.trend in ("grew", "shrank") else "within"
        return self._cell(name, before=before.addresses, n=row.addresses, new=row.new, gone=row.gone)

    def name(self, name: str, *, made: bool) -> str:
        """A network's name with whose records it is in."""
        return fill(self.phrases.text("network_cell", "made" if made else "own"), {"S": name})

    def month(self, period: Period) -> str:
        """A month as printed."""
        return self.wording.month(period.span.start)

    def _cell(self, name: str, **numbers: int) -> str:
        return fill(
            self.phrases.text("network_cell", name), {key: self.wording.number(value) for key, value in numbers.items()}
        )
