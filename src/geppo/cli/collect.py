"""`geppo collect`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from geppo.cli import EXIT_GAPS, _place
from geppo.errors import UsageError

if TYPE_CHECKING:
    from geppo.pipeline import Collected


def run(
    *sources: str,
    path: Annotated[list[Path] | None, Parameter(consume_multiple=True)] = None,
    since: str | None = None,
    now: bool = False,
    workspace: Path | None = None,
) -> int:
    """Bring documents into the workspace: from its sources, or from files and folders.

    Examples: `geppo collect`, `geppo collect jpcert --since 2026-04-01`, `geppo collect --path reports/ note.md`

    Parameters
    ----------
    sources
        Names of sources in the workspace's sources.toml; all if none is named.
    path
        Files and folders: HTML, Markdown, text, PDF, mail, JSON of known form (KEV, NVD, CSAF, MISP, STIX, EPSS).
    since
        Leave out what was published before this day (YYYY-MM-DD).
    now
        Ask also sources that are left alone for a while, since they failed or asked to wait.
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    if path and (sources or since or now):
        raise UsageError("collect: name sources, or files with --path, not both; --since and --now are for sources")
    brought = _paths(path, workspace) if path else _sources(sources, _day(since), workspace, now=now)
    from geppo.deliver._shown import visible

    for gap in brought.gaps:
        if gap.kind != "duplicate" or path:
            print(visible(f"{gap.source}: {gap.kind}: {gap.message}"), file=sys.stderr)
    print(f"{brought.new} new documents, {brought.known} known already, {len(brought.gaps)} not taken")
    return EXIT_GAPS if any(gap.kind != "duplicate" for gap in brought.gaps) else 0


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"collect: --since: expected a day as YYYY-MM-DD, got {text!r}") from error


def _paths(path: Sequence[Path], workspace: Path | None) -> Collected:
    from geppo.pipeline import collect_paths

    missing = [str(one) for one in path if not one.exists()]
    if missing:
        raise UsageError(f"collect: no such file or folder: {', '.join(missing)}")
    place = _place.open_workspace(workspace)
    try:
        return collect_paths(path, place.store, place.settings, _place.moment(None))
    finally:
        place.store.close()


def _sources(names: Sequence[str], since: date | None, workspace: Path | None, *, now: bool) -> Collected:
    from geppo.cli import _progress
    from geppo.collect import _sources as file
    from geppo.collect._http import Client
    from geppo.collect._run import wake
    from geppo.collect._state import CACHE, FILE, State
    from geppo.pipeline import collect_sources

    place = _place.open_workspace(workspace)
    where = place.root / file.FILE
    entries = file.chosen(file.load(where), names, str(where))
    if not entries:
        raise UsageError(f"collect: no source in {where}; add one (docs/collecting.md) or bring files with --path")
    state = State(place.root / FILE)
    if now:
        wake(entries, state)
    client = Client(place.settings, cache=place.root / CACHE)
    try:
        with _progress.bar() as progress:
            return collect_sources(
                entries,
                place.store,
                place.settings,
                _place.moment(None),
                client=client,
                state=state,
                since=since,
                progress=progress,
            )
    finally:
        client.close()
        state.close()
        place.store.close()
