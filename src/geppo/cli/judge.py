"""`geppo judge`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from geppo import config
from geppo.cli import _place
from geppo.errors import UsageError


def run(
    what: str,
    a: str | None = None,
    b: str | None = None,
    *,
    pairs: Path | None = None,
    json_: bool = False,
    workspace: Path | None = None,
) -> int:
    """Weigh what two groups, or two reports, share.

    Examples: `geppo judge overlap "Group A" "Group B"`, `geppo judge overlap --pairs pairs.jsonl`

    Parameters
    ----------
    what
        The question: overlap.
    a
        A group, as a report of the workspace prints it.
    b
        The other group.
    pairs
        JSON lines {id, a, b}, each side a report with its artefacts; one answer a line.
    json_
        Print JSON.
    workspace
        The workspace with the reports; by default the nearest folder upward, else ./geppo-demo.
    """
    if what != "overlap":
        raise UsageError(f"judge: expected overlap, got {what!r}")
    if pairs is not None:
        from geppo.judge.pairs import judge_pairs

        with pairs.open(encoding="utf-8") as stream:
            for answer in judge_pairs(stream, config.load()):
                print(json.dumps(answer, ensure_ascii=False))
        return 0
    if not a or not b:
        raise UsageError("judge overlap: name two groups, or give --pairs FILE")
    return _groups(a, b, json_=json_, workspace=workspace)


def _groups(a: str, b: str, *, json_: bool, workspace: Path | None) -> int:
    from geppo.catalog import Catalog
    from geppo.knowledge.codec import plain
    from geppo.model.assessment import AssessmentKind
    from geppo.model.time import Period
    from geppo.pipeline import judge, read_documents

    place = _place.open_workspace(workspace, otherwise=Path(_place.DEMO))
    now = _place.moment(None)
    documents = place.store.documents(now)
    place.store.close()
    if not documents:
        raise UsageError("judge overlap: the workspace holds no documents; bring some in with `geppo collect`")
    newest = documents[-1].published
    month = judge(
        documents,
        read_documents(documents, Catalog.load()),
        (),
        period=Period(year=newest.year, month=newest.month),
        as_of=now,
        catalog=Catalog.load(),
        settings=place.settings,
        earlier=None,
    )
    wanted = {a.casefold(), b.casefold()}
    links = [one for one in month.assessments if one.kind is AssessmentKind.OVERLAP]
    found = next((one for one in links if {term.name.casefold() for term in one.subjects} == wanted), None)
    if found is None:
        print(f"no report here says that {a} and {b} share anything; that is no sign of difference", file=sys.stderr)
        return 0
    if json_:
        print(json.dumps(plain(found), ensure_ascii=False))
        return 0
    likelihood: Any = found.likelihood
    print(f"{a} and {b}: cooperation {likelihood.word.value} "
          f"({likelihood.point:.0%}, range {likelihood.low:.0%}-{likelihood.high:.0%})")  # fmt: skip
    print(f"Our confidence is {found.confidence.value if found.confidence else 'not stated'}.")
    for item in found.evidence:
        weight = f"{item.weight:+.2f} bits" if item.used else "not counted"
        print(f"  {item.kind} {item.value}: {weight}; {item.reason}")
    for name, shift in found.would_change[:5]:
        print(f"  would change it: {name} ({shift:+.0%})")
    return 0
