"""Write `read/extract/techniques/triggers.json.gz`: for each cue, letters without which it cannot match.

    python -m tools.compile_cues

Run it after every edit of `cues.toml` or `words.toml`; a test fails while it is behind (the reader itself then works
them out with RE2's own filter and only starts slower). The letters are found as for the rules (tools/compile_rules.py).
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from tools.compile_rules import triggers

from geppo.catalog.tables import LANGUAGES
from geppo.read.extract.techniques import _cues

OUT = Path(__file__).resolve().parents[1] / "src/geppo/read/extract/techniques" / _cues.TRIGGERS

MOST_CLAUSES = 2
"""Clauses kept for a cue: more make the file large and rule out little."""


def compiled() -> bytes:
    """The file: one line a cue, its clauses and their strings apart by control characters."""
    rows: dict[str, list[str]] = {}
    for language in LANGUAGES:
        known = _cues.cues(language)
        patterns = known.patterns if known else ()
        rows[language] = ["\x1f".join(map("\x1e".join, triggers(pattern)[:MOST_CLAUSES])) for pattern in patterns]
    text = json.dumps({"sha256": _cues.fingerprint(), **rows}, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


def main() -> None:
    """Write the file beside the cues."""
    OUT.write_bytes(compiled())
    print(f"{OUT}: {OUT.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
