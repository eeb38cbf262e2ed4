"""`geppo judge`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Literal

from geppo import config
from geppo.cli import _place
from geppo.errors import UsageError

QUESTIONS = ("overlap", "among", "calibrate", "journal", "resolve", "trends")


def run(
    what: str,
    a: str | None = None,
    b: str | None = None,
    *,
    pairs: Path | None = None,
    json_: bool = False,
    lang: Literal["en", "ja"] = "en",
    analyst: bool = False,
    least: float = 0.5,
    by: str = "",
    note: str = "",
    month: str = "",
    workspace: Path | None = None,
) -> int:
    """Weigh what groups or reports share, and keep the record of what was judged.

    overlap A B: two groups of the workspace's reports. overlap --pairs FILE: pairs of reports, one answer a line.
    among FILE: links among many reports, JSON lines {id, date, publisher, artefacts}.
    calibrate FILE: how the score holds on labelled pairs, and its refit. journal: what was published, what came of it.
    resolve NUMBER yes|no: enter an outcome. trends: what origins report more or less than in months before.

    Examples: `geppo judge overlap "Group A" "Group B" --analyst`, `geppo judge overlap --pairs pairs.jsonl`,
    `geppo judge among reports.jsonl --least 0.8`, `geppo judge resolve 12 no --by mk --note "lease changed hands"`

    Parameters
    ----------
    what
        overlap, among, calibrate, journal, resolve or trends.
    a
        A group as a report of the workspace prints it; a file; the number of a judgement.
    b
        The other group; yes or no.
    pairs
        JSON lines {id, a, b}, each side a report with its artefacts; one answer a line.
    json_
        Print JSON.
    lang
        Language of the text.
    analyst
        Add the waterfall in bits, the hypotheses, the times of use and the context.
    least
        The lowest likelihood of a link that `among` prints.
    by
        Who enters the outcome.
    note
        Why.
    month
        The month of `trends`, YYYY-MM; by default the last that was judged.
    workspace
        The workspace with the reports; by default the nearest folder upward, else ./geppo-demo.
    """
    if what not in QUESTIONS:
        raise UsageError(f"judge: expected one of {', '.join(QUESTIONS)}, got {what!r}")
    if what == "overlap":
        return _pairs(pairs) if pairs else _groups(a, b, json_=json_, lang=lang, analyst=analyst, workspace=workspace)
    if what in ("among", "calibrate"):
        return _of_file(what, a, least, json_=json_)
    if what == "trends":
        return _trends(month, lang, workspace, json_=json_)
    return _record(what, a, b, by, note, workspace, json_=json_)


def _trends(month: str, lang: str, workspace: Path | None, *, json_: bool) -> int:
    from geppo.cli import _judge_trends

    return _judge_trends.run(month, lang, workspace, json_=json_)


def _of_file(what: str, file: str | None, least: float, *, json_: bool) -> int:
    from geppo.cli import _judge_files

    if not file:
        raise UsageError(f"judge {what}: expected a file of JSON lines")
    if what == "among":
        return _judge_files.among(Path(file), least, json_=json_)
    return _judge_files.calibrate(Path(file), json_=json_)


def _record(
    what: str, number: str | None, outcome: str | None, by: str, note: str, workspace: Path | None, *, json_: bool
) -> int:
    from geppo.cli import _journal

    if what == "journal":
        return _journal.show(workspace, json_=json_)
    return _journal.resolve(number, outcome, by=by, note=note, workspace=workspace)


def _pairs(file: Path) -> int:
    from geppo.cli._judge_files import lines
    from geppo.judge.pairs import judge_pairs

    for answer in judge_pairs(lines(file), config.load(_settings_file())):
        print(json.dumps(answer, ensure_ascii=False))
    return 0


def _settings_file() -> Path | None:
    root = config.workspace(Path.cwd())
    return root / config.WORKSPACE_FILE if root else None


def _groups(a: str | None, b: str | None, *, json_: bool, lang: str, analyst: bool, workspace: Path | None) -> int:
    if not a or not b:
        raise UsageError("judge overlap: name two groups, or give --pairs FILE")
    from geppo.cli import _judgement
    from geppo.knowledge.codec import plain
    from geppo.model.assessment import AssessmentKind
    from geppo.model.time import Period
    from geppo.pipeline import judge, read_documents

    place = _place.open_workspace(workspace, otherwise=Path(_place.DEMO))
    now = _place.moment(None)
    documents, catalog = place.store.documents(now), _place.catalog(place, now)
    place.store.close()
    if not documents:
        raise UsageError("judge overlap: the workspace holds no documents; bring some in with `geppo collect`")
    newest = documents[-1].published
    month = judge(
        documents,
        read_documents(documents, catalog),
        (),
        period=Period(year=newest.year, month=newest.month),
        as_of=now,
        catalog=catalog,
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
    text = _judgement.executive(found, lang) + (_judgement.analyst(found, lang) if analyst else [])
    print("\n".join(text))
    return 0
