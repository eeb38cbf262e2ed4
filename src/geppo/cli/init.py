"""`geppo init`."""

from __future__ import annotations

from pathlib import Path

from geppo.cli import _place


def run(folder: Path) -> int:
    """Make a workspace: settings, store, archive and a list of public sources in one folder.

    Example: `geppo init briefing`

    Parameters
    ----------
    folder
        Where to make it. A workspace that is there already stays as it is.
    """
    _place.make(folder)
    _place.open_workspace(folder).store.close()
    print(
        f"{folder}: workspace ready; look through {folder / 'sources.toml'} and run "
        f"`geppo collect --workspace {folder}`, or bring documents in with `--path PATH`"
    )
    return 0
