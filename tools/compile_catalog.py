"""Write `compiled.json.gz`: what the catalogue's TOML files say, ready to load.

    python tools/compile_catalog.py

Run it after every edit of a TOML file in src/geppo/catalog/data; a test fails while it is behind (the catalogue itself
then parses the edited file and only starts slower).
"""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

from geppo.catalog.tables import COMPILED, parsed

DATA = Path(__file__).resolve().parents[1] / "src/geppo/catalog/data"


def compiled(folder: Path) -> bytes:
    """The compiled form of all TOML files of a folder."""
    files = {}
    for path in sorted(folder.glob("*.toml")):
        data = path.read_bytes()
        files[path.name] = {"sha256": hashlib.sha256(data).hexdigest(), "tables": parsed(path.name, data)}
    text = json.dumps(files, ensure_ascii=False, separators=(",", ":"), default=str)
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


def main() -> None:
    """Write the file beside the TOML files."""
    out = DATA / COMPILED
    out.write_bytes(compiled(DATA))
    print(f"{out}: {out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
