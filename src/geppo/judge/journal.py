"""The journal of published judgements: what was said, under which number, and what came of it.

A judgement enters the journal when a sentence of an issue rests on it. Its outcome is entered by a person, with a note;
a later outcome supersedes an earlier one and both stay. The file is JSON lines, each a fact with its time, so that it
can be read, diffed and kept in a repository; nothing in it is ever changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from geppo.errors import DataError, UsageError
from geppo.judge.calibration import Resolved
from geppo.model.assessment import Assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One published judgement. `number` counts from 1 in the order of publication; `about` is a predicate, if any."""

    number: int
    assessment: str
    kind: str
    about: str
    subjects: str
    period: str
    low: float
    point: float
    high: float
    confidence: str
    published: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a judgement: true or not, who says so, why, and when it was entered."""

    number: int
    came: bool
    by: str
    note: str
    entered: str


class Journal:
    """A journal file. One that is not there yet is an empty journal."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.published: list[Published] = []
        self.outcomes: dict[int, Outcome] = {}
        for number, row in self._rows():
            try:
                self._take(row)
            except (KeyError, TypeError) as error:
                raise DataError(f"{path}, line {number}: expected a judgement or an outcome ({error})") from error

    def _rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        if not self._path.exists():
            return
        for number, line in enumerate(self._path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.strip():
                try:
                    yield number, json.loads(line)
                except ValueError as error:
                    raise DataError(f"{self._path}, line {number}: expected JSON ({error}); mend the line") from error

    def _take(self, row: Mapping[str, Any]) -> None:
        fields = {name: value for name, value in row.items() if name != "fact"}
        if row["fact"] == "published":
            self.published.append(Published(**fields))
        else:
            outcome = Outcome(**fields)
            self.outcomes[outcome.number] = outcome

    def _append(self, facts: Iterable[tuple[str, Published | Outcome]]) -> None:
        lines = [
            json.dumps({"fact": name, **asdict(fact)}, ensure_ascii=False, sort_keys=True) + "\n"
            for name, fact in facts
        ]
        if lines:
            with self._path.open("a", encoding="utf-8") as stream:
                stream.write("".join(lines))

    def enter(self, assessments: Iterable[Assessment], period: str, published: datetime) -> int:
        """Enter the judgements of an issue that are not there yet; how many were new."""
        known = {one.assessment for one in self.published}
        new: list[Published] = []
        for one in assessments:
            if one.likelihood is None or one.id in known:
                continue
            known.add(one.id)
            new.append(
                Published(
                    number=len(self.published) + len(new) + 1,
                    assessment=one.id,
                    kind=one.kind.value,
                    about=one.get("predicate"),
                    subjects=", ".join(term.name for term in one.subjects),
                    period=period,
                    low=one.likelihood.low,
                    point=one.likelihood.point,
                    high=one.likelihood.high,
                    confidence=one.confidence.value if one.confidence else "",
                    published=published.isoformat(timespec="seconds"),
                )
            )
        self.published += new
        self._append(("published", one) for one in new)
        return len(new)

    def resolve(self, number: int, came: bool, *, by: str, note: str, entered: datetime) -> Outcome:
        """Enter an outcome. Raises UsageError for a number that the journal does not have."""
        if not 1 <= number <= len(self.published):
            raise UsageError(f"journal: no judgement {number}; it has {len(self.published)}, see `geppo judge journal`")
        outcome = Outcome(number=number, came=came, by=by, note=note, entered=entered.isoformat(timespec="seconds"))
        self.outcomes[number] = outcome
        self._append([("outcome", outcome)])
        return outcome

    def resolved(self, kind: str = "") -> tuple[Resolved, ...]:
        """Judgements with an outcome, of one kind or of all."""
        return tuple(
            Resolved(
                point=one.point,
                outcome=self.outcomes[one.number].came,
                group=one.subjects,
                year=int(one.published[:4]),
            )
            for one in self.published
            if one.number in self.outcomes and kind in ("", one.kind)
        )
