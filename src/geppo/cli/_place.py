"""Where a command works: the workspace, its store and settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from geppo import config
from geppo.config import Settings
from geppo.errors import UsageError
from geppo.knowledge._sql import SqlStore
from geppo.knowledge.place import open_store

if TYPE_CHECKING:
    from geppo.catalog import Catalog

if TYPE_CHECKING:
    from geppo.collect._state import Status

STORE = "geppo.sqlite"
DEMO = "geppo-demo"
"""Where `geppo demo` writes unless told otherwise; `geppo why` looks there when there is no workspace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """An open workspace."""

    root: Path
    settings: Settings
    store: SqlStore


def make(root: Path) -> None:
    """Make a workspace; one that is there stays as it is."""
    from geppo.collect import _sources

    root.mkdir(parents=True, exist_ok=True)
    listed = root / _sources.FILE
    if not listed.exists() and not (root / config.WORKSPACE_FILE).exists():
        listed.write_text(_sources.starter(), encoding="utf-8")
    file = root / config.WORKSPACE_FILE
    if not file.exists():
        file.write_text(
            "# A geppo workspace. `geppo doctor --settings` lists every setting with unit, meaning and origin.\n"
            "[settings]\n",
            encoding="utf-8",
        )


def find_workspace(given: Path | None, *, otherwise: Path | None = None) -> tuple[Path, Settings]:
    """The workspace given, or the nearest one upward, and its settings. Raises UsageError that says how to make one."""
    root = given or config.workspace(Path.cwd())
    if root is None and otherwise is not None and (otherwise / config.WORKSPACE_FILE).is_file():
        root = otherwise
    if root is None or not (root / config.WORKSPACE_FILE).is_file():
        where = str(given) if given else "this folder or above"
        raise UsageError(f"no workspace in {where}: expected a geppo.toml; make one with `geppo init DIR`")
    return root, config.load(root / config.WORKSPACE_FILE)


def open_workspace(given: Path | None, *, otherwise: Path | None = None) -> Workspace:
    """Open the workspace given, or the nearest one upward, with its store. Raises UsageError as `find_workspace`."""
    root, settings = find_workspace(given, otherwise=otherwise)
    return Workspace(root=root, settings=settings, store=open_store(store_of(root)))


def sources(root: Path) -> tuple[Status, ...]:
    """The sources of a workspace with what is known of them; empty without a sources.toml and a collection.

    Raises UsageError for a faulty sources.toml.
    """
    from geppo.collect import _sources
    from geppo.collect._state import FILE, State

    names = [entry.name for entry in _sources.load(root / _sources.FILE)] if (root / _sources.FILE).exists() else []
    if not names and not (root / FILE).exists():
        return ()
    state = State(root / FILE)
    try:
        return state.status(names)
    finally:
        state.close()


def store_of(root: Path) -> str | Path:
    """Where the store of a workspace is: `[store] url` of its geppo.toml, else a file in it."""
    return config.store_url(root / config.WORKSPACE_FILE) or root / STORE


def catalog(place: Workspace, as_of: datetime) -> Catalog:
    """The packaged catalogue with the grades of the workspace's sources, and over them its edits as of a time.

    Raises UsageError for a faulty sources.toml.
    """
    from geppo.catalog import Catalog
    from geppo.collect import _sources

    listed = place.root / _sources.FILE
    graded = _sources.grades(_sources.load(listed)) if listed.exists() else ()
    return Catalog.load(edits=(*graded, *place.store.edits(as_of)))


def moment(text: str | None, option: str = "--as-of") -> datetime:
    """A time given as ISO 8601 with zone, or a date (its end in UTC); now if none is given."""
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option}: expected ISO 8601 such as 2025-12-03T06:01+09:00, got {text!r}") from error
    if time.tzinfo is None:
        if len(text) > 10:
            raise UsageError(f"{option}: {text!r} has no zone; add one, such as +09:00 or Z")
        time = time.replace(hour=23, minute=59, second=59, tzinfo=UTC)
    return time
