"""The sub-commands of `geppo catalog`."""

from __future__ import annotations

import json
from pathlib import Path

from geppo.cli import _place
from geppo.errors import DataError, UsageError
from geppo.model.edit import Edit, EditKind


def add_alias(
    name: str,
    *,
    means: str,
    author: str,
    reason: str,
    relation: str = "same",
    namer: str = "",
    source: str = "",
    date: str = "",
    workspace: Path | None = None,
) -> int:
    """Say that a name stands for something in the catalogue.

    Parameters
    ----------
    name
        The name as it is printed.
    means
        The id that it stands for.
    relation
        How it relates to it: same, former, part-of, overlaps.
    namer
        Who uses the alias.
    source
        Where it says so.
    date
        When it said so (YYYY-MM-DD).
    author
        Who edits.
    reason
        Why.
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    values = {"name": name, "relation": relation, "namer": namer, "source": source, "date": date}
    return _add(EditKind.ALIAS, means if name else "", values, author, reason, workspace)


def add_publisher(
    publisher: str,
    *,
    name: str,
    kind: str,
    author: str,
    reason: str,
    name_ja: str = "",
    country: str = "",
    form: list[str] | None = None,
    workspace: Path | None = None,
) -> int:
    """Add a publisher.

    Parameters
    ----------
    publisher
        Its id (org/…).
    name
        Its name.
    kind
        vendor, press, agency, cert, university, platform, encyclopedia, blog, aggregator.
    name_ja
        Its Japanese name.
    country
        Its country (ISO 3166-1 alpha-2).
    form
        A further name; may be given again.
    author
        Who edits.
    reason
        Why.
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    values = {"name": name, "name_ja": name_ja, "kind": kind, "country": country, "forms": "\n".join(form or ())}
    return _add(EditKind.PUBLISHER, publisher, values, author, reason, workspace)


def grade(publisher: str, *, grade: str, author: str, reason: str, workspace: Path | None = None) -> int:
    """Grade a publisher.

    Parameters
    ----------
    publisher
        Its id (org/…).
    grade
        Its reliability, A to F (Admiralty code), instead of what its kind or sources.toml says.
    author
        Who edits.
    reason
        Why.
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    return _add(EditKind.GRADE, publisher, {"grade": grade}, author, reason, workspace)


def undo(edit: str, *, author: str, reason: str, workspace: Path | None = None) -> int:
    """Take an edit back.

    Parameters
    ----------
    edit
        Its id, as `geppo catalog list` shows it.
    author
        Who edits.
    reason
        Why.
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    return _add(EditKind.UNDO, edit, {}, author, reason, workspace)


def show(*, as_of: str | None = None, json_: bool = False, workspace: Path | None = None) -> int:
    """List the edits and whether they are in force.

    Parameters
    ----------
    as_of
        Edits known at this time.
    json_
        Print JSON lines.
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    from geppo.catalog.edits import in_force
    from geppo.deliver._shown import visible
    from geppo.knowledge.codec import plain

    place = _place.open_workspace(workspace)
    edits = place.store.edits(_place.moment(as_of))
    place.store.close()
    force = {edit.id for edit in in_force(edits)}
    for edit in edits:
        row = {**plain(edit), "in_force": edit.id in force}
        if json_:
            print(json.dumps(row, ensure_ascii=False))
            continue
        said = " ".join(f"{name}={value}" for name, value in edit.values if value)
        state = "" if edit.id in force or edit.kind is EditKind.UNDO else " (taken back)"
        line = f"{edit.id} {edit.known.isoformat()} {edit.kind} {edit.subject} {said} by {edit.author}: {edit.reason}"
        print(visible(line + state))
    return 0


def _add(kind: EditKind, subject: str, values: dict[str, str], author: str, reason: str, workspace: Path | None) -> int:
    from geppo.catalog import Catalog
    from geppo.knowledge._sql import digest, utc

    if not subject or not author.strip() or not reason.strip():
        raise UsageError("catalog: expected what the edit is about, --author and --reason")
    place = _place.open_workspace(workspace)
    now = _place.moment(None)
    pairs = tuple(sorted(values.items()))
    identity = "e" + digest(kind.value, subject, *(f"{a}={b}" for a, b in pairs), author, reason, utc(now))[:10]
    edit = Edit(id=identity, kind=kind, subject=subject, values=pairs, author=author, reason=reason, known=now)
    try:
        known = place.store.edits(now)
        if kind is EditKind.UNDO and all(one.id != subject for one in known):
            raise UsageError(f"catalog undo: no edit {subject!r}; `geppo catalog list` shows them")
        try:
            Catalog.load(edits=(*known, edit))
        except DataError as error:
            raise UsageError(f"catalog: {error}") from error
        place.store.add_edit(edit)
    finally:
        place.store.close()
    print(f"{edit.id}: kept; `geppo month YYYY-MM` judges with it, for the past with --catalog-as-of")
    return 0
