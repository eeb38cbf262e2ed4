"""`geppo judge journal` and `geppo judge resolve`: what was published, and what came of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from geppo.cli import _place
from geppo.errors import UsageError
from geppo.model.edition import Issue

FILE = "judgements.jsonl"
"""The journal of a workspace."""

_CAME = {"yes": True, "no": False}


def _open(workspace: Path | None) -> tuple[Path, int]:
    place = _place.open_workspace(workspace, otherwise=Path(_place.DEMO))
    place.store.close()
    return place.root / FILE, place.settings.integer("overlap.calibration.least")


def publish(issue: Issue, root: Path) -> None:
    """Enter the judgements that sentences of an issue rest on. A rebuilt past issue is not published again."""
    from geppo.judge.journal import Journal

    cited = {name for edition in issue.editions for sentence in edition.sentences() for name in sentence.assessments}
    held = [one for one in issue.month.assessments if one.id in cited]
    Journal(root / FILE).enter(held, str(issue.month.period), issue.month.as_of)


def show(workspace: Path | None, *, json_: bool) -> int:
    """Print the journal, the newest last, and the record by band once enough is resolved."""
    from geppo.judge.calibration import base_brier, brier, error, table
    from geppo.judge.journal import Journal

    path, least = _open(workspace)
    journal = Journal(path)
    if json_:
        for one in journal.published:
            outcome = journal.outcomes.get(one.number)
            print(json.dumps({**asdict(one), "outcome": asdict(outcome) if outcome else None}, ensure_ascii=False))
        return 0
    for one in journal.published:
        outcome = journal.outcomes.get(one.number)
        end = f"{'yes' if outcome.came else 'no'}, {outcome.entered[:10]}: {outcome.note}" if outcome else "open"
        print(f"{one.number:>4}  {one.period}  {one.point:>4.0%} ({one.low:.0%}-{one.high:.0%})  {one.confidence:<8}  "
              f"{one.kind}{f' ({one.about})' if one.about else ''}: {one.subjects}  [{end}]")  # fmt: skip
    resolved = journal.resolved()
    print(f"{len(journal.published)} published, {len(resolved)} resolved")
    if resolved:
        print(f"Brier {brier(resolved):.3f} (base rate {base_brier(resolved):.3f}), "
              f"calibration error {error(resolved):.3f}")  # fmt: skip
        for row in table(resolved, least):
            names = " + ".join(band.value for band in row.bands)
            few = "; too few to tell these words from others" if row.cases < least else ""
            print(f"  said {row.said:.2f}, came {row.came:.2f} ({row.cases}): {names}{few}")
    return 0


def resolve(number: str | None, came: str | None, *, by: str, note: str, workspace: Path | None) -> int:
    """Enter an outcome."""
    from geppo.judge.journal import Journal

    if not number or not number.isdecimal() or came not in _CAME:
        raise UsageError("judge resolve: expected a number of the journal and yes or no, such as `resolve 12 no`")
    if not by or not note:
        raise UsageError("judge resolve: say who enters the outcome (--by) and why (--note)")
    path, _ = _open(workspace)
    entered = datetime.now(UTC).replace(microsecond=0)
    outcome = Journal(path).resolve(int(number), _CAME[came], by=by, note=note, entered=entered)
    print(f"{outcome.number}: {came}, entered by {by}")
    return 0
