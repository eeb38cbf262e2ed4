"""`geppo judge among` and `geppo judge calibrate`: files of reports and of labelled pairs."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from geppo import config
from geppo.cli._judgement import shown
from geppo.errors import UsageError

SHOWN = 10
"""Common values that are named."""


def lines(file: Path) -> Iterator[str]:
    """The lines of a file, of one packed with gzip too. Raises UsageError where it cannot be read."""
    try:
        if file.suffix == ".gz":
            with gzip.open(file, "rt", encoding="utf-8") as stream:
                yield from stream
        else:
            with file.open(encoding="utf-8") as stream:
                yield from stream
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: expected a readable file of JSON lines ({error})") from error


def among(file: Path, least: float, *, json_: bool) -> int:
    """Print the links among the reports of a file, the likeliest first."""
    from geppo.judge.among import read_items, search
    from geppo.judge.evidence import UNKNOWN_BACKGROUND
    from geppo.judge.pairs import answer

    found = search(list(read_items(lines(file))), config.load(), UNKNOWN_BACKGROUND)
    kept = [link for link in found.links if link.judgement.likelihood.point >= least]
    if json_:
        for link in kept:
            made = answer(f"{link.a} {link.b}", link.judgement)
            print(json.dumps({"a": link.a, "b": link.b, **made}, ensure_ascii=False))
        return 0
    wrong = found.expected_wrong(least)
    print(f"{found.pairs:,} pairs compared; {len(found.links):,} share something that tells apart; "
          f"{len(kept):,} at {least:.0%} or more, {wrong:.1f} of them expected to be wrong")  # fmt: skip
    for link in kept:
        judged = link.judgement
        rows = [f"{row.kind} {shown(row.kind, row.value)} ({row.weight:+.1f} bits)" for row in judged.heaviest]
        print(f"{judged.likelihood.point:>5.0%}  {judged.confidence.value:<8}  {link.a}  {link.b}  {'; '.join(rows)}")
    for one in found.common[:SHOWN]:
        print(f"not counted: {one.kind} {shown(one.kind, one.value)}: {one.reports} of the reports hold it")
    return 0


def calibrate(file: Path, *, json_: bool) -> int:
    """Print how the score holds on labelled pairs year by year, and the refit over all of them.

    Lines are those of `judge overlap --pairs` plus `label` (same or different) and, where known, `actor_b`.
    """
    from geppo.judge.calibration import Resolved, base_brier, brier, error, fit, table, yearly
    from geppo.judge.pairs import judge_pairs

    settings = config.load()
    rows = [_labelled(line, number) for number, line in enumerate(lines(file), start=1) if line.strip()]
    bare = [json.dumps({name: row[name] for name in ("id", "a", "b")}) for row in rows]
    cases = [
        Resolved(
            point=answer["likelihood"]["point"],
            outcome=row["label"] == "same",
            group=str(row.get("actor_b", "")),
            year=int(str(row["b"].get("date", "0"))[:4] or 0),
        )
        for row, answer in zip(rows, judge_pairs(bare, settings), strict=True)
        if any(item["used"] for item in answer["evidence"])
    ]
    if not cases:
        raise UsageError(f"{file}: no pair shares anything that tells actors apart; nothing can be calibrated")
    cap = settings.integer("overlap.calibration.actor_cap")
    tested = yearly(cases, cap)
    whole = fit(cases, cap)
    record = table(tested or cases, settings.integer("overlap.calibration.least"))
    if json_:
        print(json.dumps({
            "pairs": len(rows), "speaking": len(cases), "tested": len(tested),
            "brier": brier(tested) if tested else None, "base": base_brier(tested) if tested else None,
            "ece": error(tested) if tested else None, "slope": whole.slope, "intercept": whole.intercept,
            "record": [asdict(row) | {"bands": [band.value for band in row.bands]} for row in record],
        }))  # fmt: skip
        return 0
    print(f"{len(rows)} pairs, {len(cases)} share something that tells apart; {len(tested)} tested on later years")
    if tested:
        print(f"Brier {brier(tested):.3f} (base rate {base_brier(tested):.3f}), calibration error {error(tested):.3f}")
    for row in record:
        print(f"  said {row.said:.2f}, came {row.came:.2f} ({row.cases}): {' + '.join(b.value for b in row.bands)}")
    print("for [settings] of geppo.toml:")
    print(f'"overlap.calibration.slope" = {whole.slope:.3f}')
    print(f'"overlap.calibration.intercept" = {whole.intercept:.3f}')
    return 0


def _labelled(line: str, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise UsageError(f"line {number}: expected one JSON object a line ({error})") from error
    if not isinstance(row, dict) or row.get("label") not in ("same", "different") or not {"id", "a", "b"} <= row.keys():
        raise UsageError(f"line {number}: expected the fields id, a, b and a label, same or different")
    return row
