"""`geppo verify`."""

from __future__ import annotations

import sys
from pathlib import Path

from geppo.cli import EXIT_GATE, _place


def run(*, drop: bool = False, dry_run: bool = False, workspace: Path | None = None) -> int:
    """Hash everything in the store again. Exit 1 if something is not what it was.

    Examples: `geppo verify`, `geppo verify --drop --dry-run`

    Parameters
    ----------
    drop
        Afterwards, if all is well, drop archived bytes that the setting store.keep_days lets go.
    dry_run
        With --drop: only say what would go.
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    from geppo.deliver._shown import visible
    from geppo.knowledge import retention

    place = _place.open_workspace(workspace)
    try:
        state = place.store.state()
        faults = [f"store: {state.check}"] if state.check != "ok" else []
        faults += [f"{one.subject} {one.name}: {one.message}" for one in place.store.verify()]
        for fault in faults:
            print(visible(fault))
        if faults:
            print(f"{len(faults)} faults; take the document from a backup or collect it again", file=sys.stderr)
            return EXIT_GATE
        rows = dict(state.rows)
        print(f"{rows['archive']} archived files, {rows['document']} records, {rows['claim']} claims: all as kept")
        if drop:
            now = _place.moment(None)
            take = retention.droppable if dry_run else retention.apply
            gone = take(place.store, place.settings, now)
            for one in gone:
                print(visible(f"{'would drop' if dry_run else 'dropped'} {one.sha256} {one.name} ({one.size} bytes)"))
            print(f"{len(gone)} files {'would go' if dry_run else 'dropped'}; texts and claims stay")
    finally:
        place.store.close()
    return 0
