"""`geppo catalog`."""

from __future__ import annotations

import json
from pathlib import Path

from geppo.cli import _place
from geppo.errors import DataError, UsageError
from geppo.model.edit import Edit, EditKind

_ACTIONS = ("add-alias", "add-publisher", "grade", "undo", "list")


def run(
    action: str,
    subject: str = "",
    *,
    means: str = "",
    relation: str = "same",
    namer: str = "",
    source: str = "",
    date: str = "",
    name: str = "",
    name_ja: str = "",
    kind: str = "",
    country: str = "",
    form: list[str] | None = None,
    grade: str = "",
    author: str = "",
    reason: str = "",
    as_of: str | None = None,
    json_: bool = False,
    workspace: Path | None = None,
) -> int:
    """Edit the catalogue of this workspace. Edits are journaled; `geppo month` judges with those known at its --as-of.

    Examples: `geppo catalog add-alias "Blue Reef" --means actor/jewelbug --namer Vendor --source URL --date 2026-04-02
    --author mk --reason "named in the report"`, `geppo catalog undo e0123456789 --author mk --reason …`, `geppo catalog
    list`

    Parameters
    ----------
    action
        add-alias NAME, add-publisher ID (org/…), grade PUBLISHER, undo EDIT, list.
    subject
        What the action is about.
    means
        The id that an alias stands for.
    relation
        How an alias relates to it: same, former, part-of, overlaps.
    namer
        Who uses the alias.
    source
        Where it says so.
    date
        When it said so (YYYY-MM-DD).
    name
        A publisher's name.
    name_ja
        Its Japanese name.
    kind
        A publisher's kind: vendor, press, agency, cert, university, platform, encyclopedia, blog, aggregator.
    country
        A publisher's country (ISO 3166-1 alpha-2).
    form
        A further name of a publisher; may be given again.
    grade
        Reliability of a source, A to F (Admiralty code). Kept and shown; no judgement uses it yet.
    author
        Who edits.
    reason
        Why.
    as_of
        With list: edits known at this time.
    json_
        With list: JSON lines.
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    if action not in _ACTIONS:
        raise UsageError(f"catalog: expected one of {', '.join(_ACTIONS)}, got {action!r}")
    if action == "list":
        return _list(as_of, workspace, json_=json_)
    if not subject or not author.strip() or not reason.strip():
        raise UsageError(f"catalog {action}: expected what it is about, --author and --reason")
    if action == "add-alias":
        alias = {"name": subject, "relation": relation, "namer": namer, "source": source, "date": date}
        return _add(EditKind.ALIAS, means, alias, author, reason, workspace)
    if action == "add-publisher":
        house = {"name": name, "name_ja": name_ja, "kind": kind, "country": country, "forms": "\n".join(form or ())}
        return _add(EditKind.PUBLISHER, subject, house, author, reason, workspace)
    if action == "grade":
        return _add(EditKind.GRADE, subject, {"grade": grade}, author, reason, workspace)
    return _add(EditKind.UNDO, subject, {}, author, reason, workspace)


def _add(kind: EditKind, subject: str, values: dict[str, str], author: str, reason: str, workspace: Path | None) -> int:
    from geppo.catalog import Catalog
    from geppo.knowledge._sql import digest, utc

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


def _list(as_of: str | None, workspace: Path | None, *, json_: bool) -> int:
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
