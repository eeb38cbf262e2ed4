"""Write `compiled.json.gz`: what the catalogue's TOML files say and the spellings of its names, ready to load.

    python tools/compile_catalog.py

Run it after every edit of a TOML file or of `names.jsonl.gz` in src/geppo/catalog/data; a test fails while it is behind
(the catalogue itself then parses the edited file and only starts slower).
"""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import partial
from pathlib import Path
from typing import Any

from geppo.catalog import ready
from geppo.catalog.names import Names, read_names, read_overlay
from geppo.catalog.rules import read_rules
from geppo.catalog.tables import COMPILED, Folder, parsed

DATA = Path(__file__).resolve().parents[1] / "src/geppo/catalog/data"


def compiled(folder: Path) -> bytes:
    """The compiled form of all TOML files of a folder, and of its names."""
    files: dict[str, Any] = {}
    for path in sorted(folder.glob("*.toml")):
        data = path.read_bytes()
        files[path.name] = {"sha256": hashlib.sha256(data).hexdigest(), "tables": parsed(path.name, data)}
    rules, lines = read_rules(Folder(folder)), partial(read_names, folder / "names.jsonl.gz")
    names = Names(lines, [read_overlay(folder / "overlay.toml")], rules.suffixes, rules.withheld)
    files[ready.READY] = ready.made(names, folder)
    text = json.dumps(files, ensure_ascii=False, separators=(",", ":"), default=str)
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


def main() -> None:
    """Write the file beside the TOML files."""
    out = DATA / COMPILED
    out.write_bytes(compiled(DATA))
    print(f"{out}: {out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
