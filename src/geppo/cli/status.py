"""`geppo status`."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
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
    sources = _place.sources(place.root)
    months = Counter(f"{document.published:%Y-%m}" for document in documents)
    if json_:
        # What no source brought came by `collect --path`.
        loose = max(0, len(documents) - sum(source.documents for source in sources))
        rows = [asdict(source) for source in sources]
        folder = {"name": "folder", "documents": loose, "last_success": None, "last_error": None, "error_kind": None,
                  "message": None, "failures": 0, "asked_again": None}  # fmt: skip
        print(json.dumps({"documents": len(documents), "sources": [folder, *rows]}, ensure_ascii=False))
        return 0
    print(f"{len(documents)} documents, {len(gaps)} gaps")
    for month, count in sorted(months.items()):
        print(f"  {month}: {count}")
    for source in sources:
        state = source.error_kind or ("ok" if source.last_success else "not collected yet")
        later = f", asked again at {source.asked_again}" if source.asked_again else ""
        print(
            f"  {source.name}: {source.documents} documents, {state}, last success "
            f"{source.last_success or 'never'}{later}"
        )
    return 0
