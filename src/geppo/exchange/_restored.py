"""What geppo wrote into a foreign file, put together again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from geppo.errors import InputError
from geppo.exchange._package import Frame, Package
from geppo.exchange._record import build
from geppo.model.assessment import Assessment
from geppo.model.claim import Claim
from geppo.model.edition import Issue, Month, Story
from geppo.model.relay import HostFinding, RelayNetwork, Sighting
from geppo.model.report import Document, Report

TYPES: dict[str, Any] = {
    "frame": Frame,
    "claim": Claim,
    "assessment": Assessment,
    "story": Story,
    "document": Document,
    "report": Report,
    "network": RelayNetwork,
    "host": HostFinding,
    "sighting": Sighting,
}
"""Names of records and what they hold."""

_LETTERS = frozenset("ABCDEF")


@dataclass(slots=True)
class Records:
    """The records of a file so far."""

    found: dict[str, list[Any]] = field(default_factory=dict)
    grades: dict[str, str] = field(default_factory=dict)

    def take(self, extension: dict[str, Any]) -> bool:
        """Take the record of an extension; False where it is none or does not fit."""
        name = extension.get("record_type")
        if not isinstance(name, str) or name not in TYPES:
            return False
        try:
            record = build(TYPES[name], extension.get("record"))
        except InputError:
            return False
        self.found.setdefault(name, []).append(record)
        letter = extension.get("source_reliability")
        if isinstance(letter, str) and letter in _LETTERS and isinstance(record, Document | Report):
            document = record.document if isinstance(record, Report) else record
            self.grades[document.publisher] = letter
        return True

    def package(self) -> Package | None:
        """The package, in the store's order; None where the file has no frame of ours."""
        frames: list[Frame] = self.found.get("frame", [])
        if not frames:
            return None
        frame = frames[0]
        reports: list[Report] = self._sorted("report", lambda one: (one.document.published, one.id))
        documents = [*self.found.get("document", ()), *(report.document for report in reports)]
        month = Month(
            period=frame.period,
            as_of=frame.as_of,
            documents=tuple(sorted(documents, key=lambda one: (one.published, one.sha256))),
            claims=tuple(self._sorted("claim", lambda one: one.id)),
            assessments=tuple(self._sorted("assessment", lambda one: one.id)),
            stories=tuple(self._sorted("story", lambda one: (one.rank, one.id))),
            gaps=(),
        )
        return Package(
            issue=Issue(month=month, editions=()),
            organisation=frame.organisation,
            reports=tuple(reports),
            networks=tuple(self._sorted("network", lambda one: one.id)),
            hosts=tuple(self._sorted("host", lambda one: (one.host, one.role.value, one.first_seen))),
            sightings=tuple(self._sorted("sighting", lambda one: (one.network, one.counted, one.rule, one.first_seen))),
            telemetry_marking=frame.telemetry_marking,
            grades=tuple(sorted(self.grades.items())),
        )

    def _sorted(self, name: str, key: Any) -> list[Any]:
        return sorted(self.found.get(name, ()), key=key)
