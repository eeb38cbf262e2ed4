"""The sub-commands of `geppo edit`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date as day
from pathlib import Path
from typing import TYPE_CHECKING

from geppo.cli import EXIT_GATE, _place
from geppo.errors import GateError, UsageError
from geppo.model.edition import Edition, EditionKind, Issue
from geppo.model.edits import Edits, Outcome, State
from geppo.model.time import Period

if TYPE_CHECKING:
    from geppo.pipeline import Draft

_KINDS = (EditionKind.MEMBER, EditionKind.PUBLIC)
"""A brief is cut from the member edition, and its sentences are edited there."""
_LARGEST = 25_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """An issue as `geppo month` would write it now, and its edits."""

    root: Path
    name: str
    draft: Draft
    edits: Edits

    def issue(self, edits: Edits, *, strict: bool = False) -> Issue:
        """The issue with edits; what the gate refuses stays the machine's unless `strict`."""
        made = self.draft.issue(_KINDS, edits, strict=strict)
        revision = self.name.partition(".")[2]
        return replace(made, revision=int(revision)) if revision else made


def _open(name: str, as_of: str | None, workspace: Path | None) -> _Desk:
    from geppo.cli._progress import bar
    from geppo.deliver.issue_toml import read_edits
    from geppo.pipeline import draft_month

    month, dot, revision = name.partition(".")
    try:
        period = Period.parse(month)
    except ValueError as error:
        raise UsageError(f"edit: {error}") from error
    if dot and not (revision.isdecimal() and 2 <= int(revision) <= 999):
        raise UsageError(f"edit: expected an issue such as 2025-11 or 2025-11.2, got {name!r}")
    place = _place.open_workspace(workspace)
    try:
        edits = read_edits(place.root, name)
        known = _place.moment(as_of)
        with bar() as progress:
            draft = draft_month(
                place.store,
                period,
                as_of=known,
                settings=place.settings,
                catalog=_place.catalog(place, known),
                progress=progress,
            )
    finally:
        place.store.close()
    return _Desk(root=place.root, name=name, draft=draft, edits=edits)


def _outcomes(issue: Issue) -> tuple[Outcome, ...]:
    return issue.editing.outcomes if issue.editing else ()


def _edition(issue: Issue, kind: str, lang: str) -> Edition:
    for one in issue.editions:
        if (one.kind.value, one.language) == (kind, lang):
            return one
    kinds = ", ".join(one.value for one in _KINDS)
    raise UsageError(f"edit: --edition takes {kinds} (got {kind!r}); --lang takes ja, en (got {lang!r})")


def show(issue: str, *, stories: bool = False, as_of: str | None = None, workspace: Path | None = None) -> int:
    """List what is edited in an issue, and whether each edit applies now.

    Examples: `geppo edit list 2025-11`, `geppo edit list 2025-11 --stories`

    Parameters
    ----------
    issue
        The issue, YYYY-MM, or YYYY-MM.N for a correction.
    stories
        List the month's stories by rank instead: their ids, themes, subjects, and the editions that tell them.
    as_of
        As it was known at this time (ISO 8601 with zone, or a date); by default now.
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    from geppo.deliver._shown import visible

    desk = _open(issue, as_of, workspace)
    made = desk.issue(desk.edits)
    if stories:
        for line in _stories(made):
            print(visible(line))
        return 0
    outcomes = _outcomes(made)
    for one in outcomes:
        print(visible(one.line()))
    if not outcomes:
        print("no edits", file=sys.stderr)
    return 0


def _stories(issue: Issue) -> Iterator[str]:
    """A line for each story of the month."""
    told = {
        (sentence.story, f"{edition.kind.value}.{edition.language}")
        for edition in issue.editions
        for section in edition.sections
        for part in section.paragraphs
        for sentence in part
    }
    for story in sorted(issue.month.stories, key=lambda one: (one.rank, one.id)):
        places = ", ".join(place for one, place in sorted(told) if one == story.id) or "not told"
        yield f"{story.id}  {story.rank:>3}  {story.theme}  {', '.join(one.name for one in story.subjects)}  ({places})"


def check(issue: str, *, as_of: str | None = None, workspace: Path | None = None) -> int:
    """Read the edits of an issue through the gate. Exit 1 if it refuses one. Nothing is written.

    Example: `geppo edit check 2025-11`

    Parameters
    ----------
    issue
        The issue, YYYY-MM, or YYYY-MM.N for a correction.
    as_of
        As it was known at this time (ISO 8601 with zone, or a date); by default now.
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    desk = _open(issue, as_of, workspace)
    outcomes = _outcomes(desk.issue(desk.edits, strict=True))
    _warn(outcomes)
    print(
        f"{sum(one.state is State.APPLIED for one in outcomes)} of {len(outcomes)} edits apply; the gate refuses none"
    )
    return 0


def diff(issue: str, *, lang: str = "ja,en", as_of: str | None = None, workspace: Path | None = None) -> int:
    """Print a unified diff of what geppo wrote and what is signed.

    Example: `geppo edit diff 2025-11 --lang ja`

    Parameters
    ----------
    issue
        The issue, YYYY-MM, or YYYY-MM.N for a correction.
    lang
        Languages: ja, en.
    as_of
        As it was known at this time (ISO 8601 with zone, or a date); by default now.
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    from geppo.deliver import edits_diff

    languages = [name for name in lang.split(",") if name]
    if not languages or set(languages) - {"ja", "en"}:
        raise UsageError(f"edit diff: --lang takes ja, en (got {lang!r})")
    desk = _open(issue, as_of, workspace)
    made = desk.issue(desk.edits)
    for language in languages:
        print(edits_diff.diff(made, language), end="")
    _warn(_outcomes(made))
    refused = [note for one in _outcomes(made) if one.state is State.REFUSED for note in one.notes]
    for note in refused:
        print(f"edit: refused: {note}", file=sys.stderr)
    return EXIT_GATE if refused else 0


def export(
    issue: str,
    *,
    to: str = "docx",
    lang: str = "ja",
    edition: str = "member",
    out: Path | None = None,
    as_of: str | None = None,
    workspace: Path | None = None,
) -> int:
    """Write an editor's copy of an edition: each sentence carries its id, as a bookmark or a comment.

    Example: `geppo edit export 2025-11 --to docx --lang ja --edition member`

    Parameters
    ----------
    issue
        The issue, YYYY-MM, or YYYY-MM.N for a correction.
    to
        docx or md.
    lang
        ja or en.
    edition
        member or public.
    out
        The file; by default beside issue.toml, `issues/YYYY-MM/member.ja.docx`.
    as_of
        As it was known at this time (ISO 8601 with zone, or a date); by default now.
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    from geppo.deliver import editing
    from geppo.deliver.issue_toml import edits_file

    if to not in editing.FORMATS:
        raise UsageError(f"edit export: --to takes {' or '.join(editing.FORMATS)}, got {to!r}")
    desk = _open(issue, as_of, workspace)
    made = desk.issue(desk.edits)
    chosen = _edition(made, edition, lang)
    target = out or edits_file(desk.root, desk.name).with_name(f"{edition}.{lang}.{to}")
    _write(target, editing.export(made, chosen, to))
    _warn(_outcomes(made))
    print(target)
    return 0


def take(
    file: Path,
    *,
    by: str,
    reason: str = "taken out of the edited copy",
    date: str | None = None,
    as_of: str | None = None,
    workspace: Path | None = None,
) -> int:
    """Read an edited copy back into issue.toml. If anything in it has no place or fails the gate, nothing is written.

    Example: `geppo edit import member.ja.docx --by "山田 花子"`

    Parameters
    ----------
    file
        The copy, as `geppo edit export` wrote it and an editor changed it.
    by
        Who edits, and signs the remarks.
    reason
        Why stories were taken out.
    date
        The date of the remarks (YYYY-MM-DD); by default today.
    as_of
        As the issue was known at this time; by default now.
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    from geppo.deliver import editing
    from geppo.deliver._shown import visible
    from geppo.deliver.issue_toml import appended, edits_file, merged, read_text

    by, reason = (" ".join(visible(text).split()) for text in (by, reason))
    if not by or not reason:
        raise UsageError("edit import: --by and --reason must not be empty")
    copy = editing.read_copy(_read(file), str(file))
    desk = _open(copy.head.issue, as_of, workspace)
    made = desk.issue(desk.edits)
    chosen = _edition(made, copy.head.kind.value, copy.head.language)
    found = editing.found_in(copy, made, chosen, by=by, day=_day(date), reason=reason)
    if found.problems:
        raise UsageError(_not_taken(file, found.problems))
    if not found.edits:
        print(f"{file}: no changes", file=sys.stderr)
        return 0
    target = edits_file(desk.root, desk.name)
    inherited = read_text(target) or read_text(edits_file(desk.root, desk.name.partition(".")[0]))
    text = appended(inherited, found.edits, str(target))
    trial = desk.issue(merged(desk.edits, found.edits))
    _check_trial(file, found.edits, trial)
    if place := editing.out_of_order(copy, trial, _edition(trial, copy.head.kind.value, copy.head.language)):
        raise UsageError(_not_taken(file, (f"{place} stands where no order of stories puts it",)))
    _write(target, text.encode("utf-8"))
    for one in _new(found.edits, trial):
        print(one.line())
    print(target)
    return 0


def _not_taken(file: Path, problems: Sequence[str]) -> str:
    lines = "\n".join(f"  {problem}" for problem in problems)
    return f"edit import: {file}: nothing was taken, and the copy is as it was:\n{lines}"


def _new(edits: Edits, issue: Issue) -> list[Outcome]:
    """The outcomes of these edits among all."""
    new = {*edits.pins, *edits.drops, *edits.rephrases, *edits.remarks}
    return [one for one in _outcomes(issue) if one.edit in new or (one.edit is None and edits.order)]


def _check_trial(file: Path, edits: Edits, issue: Issue) -> None:
    """Raises GateError or UsageError where the new edits would not stand in the issue."""
    outcomes = _new(edits, issue)
    refused = tuple(note for one in outcomes if one.state is State.REFUSED for note in one.notes)
    if refused:
        raise GateError((*refused, f"{file}: nothing was taken, and the copy is as it was"))
    unfit = [one.line() for one in outcomes if one.state is State.UNFIT]
    if unfit:
        hint = "import stories that were taken out or moved first, and export again for the rest"
        raise UsageError(_not_taken(file, (*unfit, hint) if edits.drops or edits.order else unfit))


def _day(text: str | None) -> day:
    try:
        return day.fromisoformat(text) if text else _place.moment(None).date()
    except ValueError as error:
        raise UsageError(f"edit import: --date: expected YYYY-MM-DD, got {text!r}") from error


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > _LARGEST:
            raise UsageError(f"edit import: {file}: larger than {_LARGEST} bytes")
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"edit import: {file}: cannot be read ({type(error).__name__})") from error


def _write(target: Path, data: bytes) -> None:
    """The file appears whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.unfinished")
    unfinished.write_bytes(data)
    unfinished.replace(target)


def _warn(outcomes: Sequence[Outcome]) -> None:
    for one in outcomes:
        if one.state is State.UNFIT:
            print(f"edit: {one.line()}", file=sys.stderr)
