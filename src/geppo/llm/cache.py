"""What a model answered, kept by what it was asked, so that a rebuild asks nothing and gives the same bytes.

A cached answer is trusted no more than a fresh one: the stage checks it again. Of a dropped answer only its hash and
the reason are kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geppo.llm.record import Reason

_MOST = 100_000
"""Bytes of an entry; ours have some hundred."""

_DIGEST = re.compile(r"[0-9a-f]{64}|")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer that was taken (`answer`), or why it was dropped (`reason`) with its hash."""

    answer: Mapping[str, Any] | None
    reason: Reason | None
    digest: str


class Cache:
    """Entries as files of a folder, named by the hash of the question; nothing is kept where `folder` is None."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def find(self, key: str) -> Kept | None:
        """What was kept for a question; None where nothing was, or the file is none of ours."""
        if self._folder is None:
            return None
        try:
            with (self._folder / f"{key}.json").open("rb") as file:
                row = json.loads(file.read(_MOST))
            answer, reason, digest = row["answer"], row["reason"], row["digest"]
            if not (answer is None or isinstance(answer, dict)) or _DIGEST.fullmatch(digest) is None:
                return None
            return Kept(answer=answer, reason=Reason(reason) if reason else None, digest=digest)
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def keep(self, key: str, kept: Kept) -> None:
        """Keep an outcome. The file appears whole or not at all."""
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        row = {"answer": kept.answer, "digest": kept.digest, "reason": kept.reason.value if kept.reason else ""}
        unfinished = self._folder / f".{key}.unfinished"
        unfinished.write_text(json.dumps(row, sort_keys=True) + "\n", encoding="utf-8")
        unfinished.replace(self._folder / f"{key}.json")
