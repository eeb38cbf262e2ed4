"""`geppo month`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from geppo.cli import EXIT_GAPS, _place
from geppo.errors import UsageError
from geppo.model.edition import EditionKind, Issue
from geppo.model.edits import State
from geppo.model.time import Period

if TYPE_CHECKING:
    from geppo.catalog import Catalog


def run(
    period: str,
    *,
    as_of: str | None = None,
    catalog_as_of: str | None = None,
    lang: str = "ja,en",
    edition: str = "member,public",
    revision: int = 1,
    llm: bool | None = None,
    out: Path | None = None,
    workspace: Path | None = None,
) -> int:
    """Write the issue of a month from the workspace.

    Example: `geppo month 2025-11 --as-of 2025-12-03T06:01+09:00`

    Parameters
    ----------
    period
        The month, YYYY-MM.
    as_of
        Write it as it was known at this time (ISO 8601 with zone, or a date).
    catalog_as_of
        Use edits of the catalogue made until this time (by default --as-of): a later one re-judges the past.
    lang
        Languages to deliver: ja, en. Both are always written from the same claims.
    edition
        Editions: member, public, brief (one page, cut from the member edition).
    revision
        2 or more: issue the month again, as the correction that corrections.toml describes.
    llm
        Ask the language model of geppo.toml, or do not. By default it is asked if [llm] names an endpoint.
    out
        Where to write; by default `out` in the workspace.
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    from geppo.cli._journal import publish

    month, languages, kinds = _asked(period, lang, edition)
    place = _place.open_workspace(workspace)
    known = _place.moment(as_of)
    catalog = _place.catalog(place, _place.moment(catalog_as_of) if catalog_as_of else known)
    asked = _Asked(month, languages, kinds, known, revision, llm, out or place.root / "out")
    issue, paths = _written(place, catalog, asked)
    if as_of is None:
        publish(issue, place.root)
    return _told(issue, paths, place, known)


class _Asked(NamedTuple):
    """What is to be written, as it was known when, and where to."""

    month: Period
    languages: list[str]
    kinds: list[EditionKind]
    known: datetime
    revision: int
    llm: bool | None
    out: Path


def _written(place: _place.Workspace, catalog: Catalog, asked: _Asked) -> tuple[Issue, tuple[Path, ...]]:
    """The issue with its corrections and an editor's edits, and its files."""
    from geppo.cli import _llm
    from geppo.cli._progress import bar
    from geppo.deliver.corrections import read_corrections
    from geppo.deliver.issue_toml import read_edits
    from geppo.pipeline import run_month, write_out

    name = f"{asked.month}.{asked.revision}" if asked.revision > 1 else str(asked.month)
    corrections, edits = read_corrections(place.root, name), read_edits(place.root, name)
    with _llm.session(place, asked.llm) as model, bar() as progress:
        issue = run_month(
            place.store,
            asked.month,
            as_of=asked.known,
            settings=place.settings,
            catalog=catalog,
            kinds=asked.kinds,
            progress=progress,
            now=_place.moment(None),
            llm=model,
            edits=edits,
        )
        issue = replace(issue, revision=asked.revision, corrections=corrections)
        paths = write_out(_only(issue, asked.languages), asked.out, place.settings, progress)
        return issue, paths + _llm.record(model, asked.out / issue.name)


def _told(issue: Issue, paths: Iterable[Path], place: _place.Workspace, known: datetime) -> int:
    newer = place.store.documents(_place.moment(None), known_since=known)
    later = sum(document.collected > known for document in newer)
    place.store.close()
    if later:
        print(f"note: {later} documents were collected after {known.isoformat()} and are not used", file=sys.stderr)
    for path in paths:
        print(path)
    for outcome in issue.editing.outcomes if issue.editing else ():
        if outcome.state is State.UNFIT:
            print(f"edit: {outcome.line()}", file=sys.stderr)
    for gap in issue.month.gaps:
        print(f"gap: {gap.source}: {gap.kind}: {gap.message}", file=sys.stderr)
    return EXIT_GAPS if any(gap.kind != "duplicate" for gap in issue.month.gaps) else 0


def _asked(period: str, lang: str, edition: str) -> tuple[Period, list[str], list[EditionKind]]:
    try:
        month = Period.parse(period)
        kinds = [EditionKind(name) for name in edition.split(",") if name]
    except ValueError as error:
        raise UsageError(f"month: {error}") from error
    languages = [name for name in lang.split(",") if name]
    unknown = sorted(set(languages) - {"ja", "en"})
    if unknown or not languages or not kinds:
        known = ", ".join(EditionKind)
        raise UsageError(f"month: --lang takes ja, en (got {lang!r}); --edition takes {known} (got {edition!r})")
    return month, languages, kinds


def _only(issue: Issue, languages: list[str]) -> Issue:
    return replace(issue, editions=tuple(one for one in issue.editions if one.language in languages))
