"""The hard documents of `cases/text/hard.toml`: bytes and what must be read from them. Used by tests and bench."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst

from geppo.model.report import Fetched

FOLDER = Path(__file__).parents[1] / "cases" / "text" / "hard"
NOW = datetime(2026, 4, 1, 6, 1, tzinfo=UTC)
FIELDS = ("title", "author", "publisher", "url", "language", "published")


@cache
def cases() -> tuple[dict[str, Any], ...]:
    """All cases in the order of the table."""
    table = tomllib.loads(FOLDER.with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(table["document"])


@cache
def _fonts() -> tuple[Path, ...]:
    found = [find_spec(name) for name in ("noto_cjk_sans_jp_regular", "noto_cjk_sans_jp_bold")]
    return tuple(Path(spec.origin).parent for spec in found if spec is not None and spec.origin)


@cache
def data_of(name: str, encoding: str = "utf-8") -> bytes:
    """The bytes of a file: pages in their encoding, Typst sources as the PDF they make, the rest as it is."""
    path = FOLDER / name
    if path.suffix == ".typ":
        made: Any = typst.compile(path, font_paths=list(_fonts()), ignore_system_fonts=True)
        return bytes(made)
    if path.suffix == ".eml":
        return path.read_bytes()
    return path.read_text(encoding="utf-8").encode(encoding)


def fetched(case: dict[str, Any]) -> Fetched:
    """A case as a source would hand it over."""
    name = str(case["file"]).replace(".typ", ".pdf")
    return Fetched(source="desk", name=name, data=data_of(case["file"], case.get("encoding", "utf-8")), collected=NOW)
