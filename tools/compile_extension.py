"""Write the schema of our STIX extension from the model: `src/geppo/exchange/extension.schema.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from geppo.exchange._record import schema
from geppo.exchange._restored import TYPES
from geppo.exchange._stix_issue import SCHEMA

PATH = Path(__file__).parent.parent / "src" / "geppo" / "exchange" / SCHEMA


def main() -> None:
    """Keep what the file says of itself; replace what follows from the model."""
    told: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
    definitions: dict[str, Any] = {}
    told["anyOf"] = [
        {"properties": {"record_type": {"const": name}, "record": schema(kind, definitions)}}
        for name, kind in TYPES.items()
    ]
    told["$defs"] = definitions
    PATH.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{PATH}: {PATH.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
