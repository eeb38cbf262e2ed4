"""A folder: a share, a web server's root, a mail server's pick-up folder. A file appears whole or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from geppo.deliver.channel import Config, Field, Parcel, Takes
from geppo.deliver.ledger import Outcome, Reply

KIND = "folder"
FIELDS = (
    Field(name="path", kind=str, meaning="the folder; it must exist", needed=True),
    Field(name="holds", kind=str, meaning="what is put there", default="edition", one_of=("edition", "mail", "bundle")),
)


def takes(config: Config) -> Takes:
    """What the table's `holds` says."""
    return Takes(config.text("holds"))


def _name(parcel: Parcel, name: str) -> str:
    """A mail's file is called by a hash of its id, so that a second delivery replaces the first."""
    return name or hashlib.sha256(parcel.id.encode()).hexdigest()[:32] + ".eml"


class _Session:
    def __init__(self, root: Path) -> None:
        self._root = root

    def _put(self, target: Path, data: bytes) -> None:
        target.parent.mkdir(exist_ok=True)
        unfinished = target.with_name(f".{target.name}.unfinished")
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)

    async def send(self, parcel: Parcel) -> Reply:
        if not self._root.is_dir():
            return Reply(outcome=Outcome.UNREACHABLE, code=0, text=f"{self._root}: no such folder")
        for name, data in parcel.files:
            self._put(self._root / _name(parcel, name), data)
        return Reply(outcome=Outcome.SENT, code=0, text=f"{len(parcel.files)} files")


@asynccontextmanager
async def session(config: Config) -> AsyncIterator[_Session]:
    """Puts files into the folder."""
    yield _Session(Path(config.text("path")))
