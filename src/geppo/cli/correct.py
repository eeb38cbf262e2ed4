"""`geppo correct`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from geppo.cli import _place
from geppo.errors import UsageError


def run(
    document: str,
    *,
    author: str,
    reason: str,
    publisher: str | None = None,
    title: str | None = None,
    published: str | None = None,
    url: str | None = None,
    withdraw: bool = False,
    workspace: Path | None = None,
) -> int:
    """Correct or withdraw what is kept of a document, from now on. Every earlier --as-of stays as it was.

    Example: `geppo correct 3f2a… --published 2026-04-03 --author mk --reason "its date was that of an update"`

    Parameters
    ----------
    document
        The document's hash, or its beginning.
    author
        Who says so.
    reason
        Why.
    publisher
        Who published it.
    title
        Its title.
    published
        When it was published (YYYY-MM-DD).
    url
        Its address.
    withdraw
        It no longer counts (a forgery, a mistake, bytes that were never ours to use).
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    given = {"publisher": publisher, "title": title, "published": _day(published), "url": url}
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if bool(changes) == withdraw:
        raise UsageError("correct: give either what is right (--published, --publisher, --title, --url) or --withdraw")
    if not author.strip() or not reason.strip():
        raise UsageError("correct: --author and --reason must not be empty")
    place = _place.open_workspace(workspace)
    now = _place.moment(None)
    try:
        known = [one for one in place.store.documents(now) if document and one.sha256.startswith(document)]
        if len(known) != 1:
            raise UsageError(f"correct: {len(known)} documents in force begin with {document!r}; expected one")
        if withdraw:
            place.store.withdraw(known[0].sha256, now, author, reason)
        else:
            place.store.correct(replace(known[0], **changes), now, author, reason)
        records = len(place.store.history(known[0].sha256))
    finally:
        place.store.close()
    print(f"{known[0].sha256}: {'withdrawn' if withdraw else 'corrected'}; {records} records kept")
    return 0


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"correct: --published: expected YYYY-MM-DD, got {text!r}") from error
