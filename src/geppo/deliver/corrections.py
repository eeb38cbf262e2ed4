"""`corrections.toml` of a workspace: which issue corrects which, and what was wrong, in both languages."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import re2

from geppo.errors import UsageError
from geppo.model.edition import Correction

FILE = "corrections.toml"
_NAME = re2.compile(r"[0-9]{4}-(0[1-9]|1[0-2])(\.([2-9]|[1-9][0-9]{1,2}))?")
_LANGUAGES = ("ja", "en")
_FIELDS = frozenset(("issue", "corrects", *_LANGUAGES))


def _correction(row: Any, where: str) -> tuple[str, Correction]:
    if not isinstance(row, dict) or set(row) != _FIELDS or not all(isinstance(value, str) for value in row.values()):
        raise UsageError(f"{where}: expected the texts {', '.join(sorted(_FIELDS))}")
    for name in ("issue", "corrects"):
        if not _NAME.fullmatch(row[name]):
            raise UsageError(f"{where}: {name}: expected an issue such as 2025-11 or 2025-11.2, got {row[name]!r}")
    if row["issue"] == row["corrects"]:
        raise UsageError(f"{where}: an issue does not correct itself; a second issue of a month is called 2025-11.2")
    texts = tuple((language, row[language].strip()) for language in _LANGUAGES)
    if not all(text for _, text in texts):
        raise UsageError(f"{where}: ja and en: expected one sentence each that says what was wrong")
    return row["issue"], Correction(corrects=row["corrects"], texts=texts)


def read_corrections(folder: Path, issue: str) -> tuple[Correction, ...]:
    """What an issue corrects, in the order of the file; nothing where the workspace has no such file.

    Raises UsageError where the file is wrong, and for a second issue of a month that is not said to correct anything.
    """
    file = folder / FILE
    rows: list[Any] = []
    if file.is_file():
        try:
            raw = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise UsageError(f"{file}: expected TOML with [[correction]] tables, got: {error}") from error
        if set(raw) - {"correction"} or not isinstance(raw.get("correction", []), list):
            raise UsageError(f"{file}: expected [[correction]] tables and nothing else")
        rows = raw.get("correction", [])
    made = [_correction(row, f"{FILE}: correction {n}") for n, row in enumerate(rows, start=1)]
    found = tuple(correction for name, correction in made if name == issue)
    if "." in issue and not found:
        raise UsageError(f'{file}: expected a [[correction]] with issue = "{issue}" that says what it corrects')
    return found
