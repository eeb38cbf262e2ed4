"""`geppo collect`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from geppo.cli import EXIT_GAPS, _place
from geppo.errors import UsageError


def run(
    *,
    path: Annotated[list[Path] | None, Parameter(consume_multiple=True)] = None,
    workspace: Path | None = None,
) -> int:
    """Bring documents into the workspace.

    Example: `geppo collect --path reports/ note.md`

    Parameters
    ----------
    path
        Files and folders: HTML, Markdown, text, PDF, mail.
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    from geppo.pipeline import collect_paths

    if not path:
        raise UsageError("collect: name files or folders with --path; sites come with a later version")
    missing = [str(one) for one in path if not one.exists()]
    if missing:
        raise UsageError(f"collect: no such file or folder: {', '.join(missing)}")
    place = _place.open_workspace(workspace)
    brought = collect_paths(path, place.store, place.settings, _place.moment(None))
    place.store.close()
    for gap in brought.gaps:
        print(f"{gap.source}: {gap.kind}: {gap.message}", file=sys.stderr)
    print(f"{brought.new} new documents, {brought.known} known already, {len(brought.gaps)} not taken")
    return EXIT_GAPS if any(gap.kind != "duplicate" for gap in brought.gaps) else 0
