"""`geppo demo`."""

from __future__ import annotations

import sys
from datetime import datetime
from importlib import resources
from pathlib import Path

from geppo.cli import EXIT_GAPS, _place

_SEED = 11
_LAB = "geppo made-records lab"


def run(*, out: Path = Path(_place.DEMO)) -> int:
    """Write all editions of the shipped sample month, offline.

    Example: `geppo demo --out demo`, then open `demo/2025-11/member.ja.html` and ask `geppo why ID` for a sentence.

    Parameters
    ----------
    out
        Where to write. The folder becomes a workspace, so that `geppo why` works there; publishers have the letters of
        its sources.toml, as in `geppo month`.
    """
    from geppo import config
    from geppo.cli._journal import FILE, publish
    from geppo.cli._progress import bar
    from geppo.model.edition import EditionKind
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
        brought = collect_paths([folder, _own_findings(out / "relay")], place.store, config.load(), as_of)
        issue = run_month(
            place.store,
            Period.parse(PERIOD),
            as_of=as_of,
            settings=place.settings,
            catalog=_place.catalog(place, as_of),
            kinds=tuple(EditionKind),
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


def _own_findings(folder: Path) -> Path:
    """A note on relay networks in made scan records, so that the issue shows how own findings stand in it."""
    from datetime import date

    from geppo import config
    from geppo.model.time import Period
    from geppo.relay.lab import make_services, preset
    from geppo.relay.report import note
    from geppo.relay.track import follow
    from geppo.sample import PERIOD

    make_services(preset("sample"), _SEED, folder, first=date(2025, 9, 1))
    path = folder / "own-networks.md"
    text = note(follow([folder / "services"], config.load()), Period.parse(PERIOD), _LAB, made=True)
    path.write_text(text, encoding="utf-8")
    return path
