"""`geppo status`."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from geppo.cli import _place


def run(*, json_: bool = False, workspace: Path | None = None) -> int:
    """What the workspace holds.

    Example: `geppo status --json`

    Parameters
    ----------
    json_
        Print JSON.
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    place = _place.open_workspace(workspace)
    documents = place.store.documents(_place.moment(None))
    gaps = place.store.gaps(_place.moment(None))
    place.store.close()
    months = Counter(f"{document.published:%Y-%m}" for document in documents)
    if json_:
        sources = [{"name": "folder", "documents": len(documents), "last_success": None, "last_error": None,
                    "error_kind": None}]  # fmt: skip
        print(json.dumps({"documents": len(documents), "sources": sources}))
        return 0
    print(f"{len(documents)} documents, {len(gaps)} gaps")
    for month, count in sorted(months.items()):
        print(f"  {month}: {count}")
    return 0
