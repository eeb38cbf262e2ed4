"""`geppo demo`."""

from __future__ import annotations

import sys
from datetime import datetime
from importlib import resources
from pathlib import Path

from geppo.cli import EXIT_GAPS, _place


def run(*, out: Path = Path(_place.DEMO)) -> int:
    """Write all editions of the shipped sample month, offline.

    Example: `geppo demo --out demo`, then open `demo/2025-11/member.ja.html` and ask `geppo why ID` for a sentence.

    Parameters
    ----------
    out
        Where to write. The folder becomes a workspace, so that `geppo why` works there.
    """
    from geppo import config
    from geppo.catalog import Catalog
    from geppo.cli._journal import FILE, publish
    from geppo.cli._progress import bar
    from geppo.model.time import Period
    from geppo.pipeline import collect_paths, run_month, write_out
    from geppo.sample import AS_OF, PERIOD

    _place.make(out)
    stale = out / _place.STORE
    for leftover in (stale, stale.with_name(stale.name + "-wal"), stale.with_name(stale.name + "-shm")):
        leftover.unlink(missing_ok=True)
    place = _place.open_workspace(out)
    as_of = datetime.fromisoformat(AS_OF)
    with resources.as_file(resources.files("geppo.sample").joinpath("documents")) as folder, bar() as progress:
        brought = collect_paths([folder], place.store, config.load(), as_of)
        issue = run_month(
            place.store,
            Period.parse(PERIOD),
            as_of=as_of,
            settings=place.settings,
            catalog=Catalog.load(),
            progress=progress,
        )
        paths = write_out(issue, out, place.settings, progress)
    (out / FILE).unlink(missing_ok=True)
    publish(issue, out)
    place.store.close()
    for path in paths:
        print(path)
    for gap in brought.gaps:
        print(f"gap: {gap.source}: {gap.kind}: {gap.message}", file=sys.stderr)
    return EXIT_GAPS if brought.gaps else 0
