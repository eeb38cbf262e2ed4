"""An Issue as files: page, paper, Markdown, mail, JSON and STIX.

The contract of a format. A member is one module of this package that has a `FORMAT`:

    FORMAT: str                                        the ending of its files, or a word for an issue-wide file
    render(issue, edition, settings=None) -> bytes     a format made once per edition: `{kind}.{language}.{FORMAT}`
    FILE: str; render_issue(issue, settings=None) -> bytes   a format made once per issue: `FILE`

The other modules take what was written to its readers: `issued`, `subscribers`, `schedule`, `plan`, `letter`,
`dispatch`, `ledger`, `bounce`, `feed`, and the family of channels in `channel/`; or hold what an editor changed:
`issue_toml`, `editing` (the copy and its way back), `edits_diff`.

A format draws what the Issue holds and computes nothing; equal issues give equal bytes; text from outside is never
active in what it makes. `settings=None` means the packaged settings.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from geppo.deliver._shown import defang as defang
from geppo.registry import family

if TYPE_CHECKING:
    from geppo.config import Settings
    from geppo.model.edition import Edition, Issue

PACKAGE = "geppo.deliver"


def formats() -> tuple[ModuleType, ...]:
    """The formats that can be imported here, by name; `geppo doctor` tells of the others."""
    return tuple(member for member in family(PACKAGE).members if hasattr(member, "FORMAT"))


def file_name(edition: Edition, form: str) -> str:
    """`member.ja.html`: audience, language, ending."""
    return f"{edition.kind.value}.{edition.language}.{form}"


def pages(issue: Issue, edition: Edition, settings: Settings | None = None) -> int:
    """How many pages an edition has on paper; 0 where paper cannot be set here."""
    return next((member.pages(issue, edition, settings) for member in formats() if hasattr(member, "pages")), 0)


def _files(issue: Issue, settings: Settings) -> Iterator[tuple[str, bytes]]:
    from geppo.deliver import edits_diff

    for member in formats():
        if hasattr(member, "render_issue"):
            yield member.FILE, member.render_issue(issue, settings)
        else:
            for edition in issue.editions:
                yield file_name(edition, member.FORMAT), member.render(issue, edition, settings)
    yield from edits_diff.files(issue)


def write(issue: Issue, out: Path, settings: Settings | None = None) -> tuple[Path, ...]:
    """Write all formats of an issue into `out/YYYY-MM/` and return the files, sorted by name.

    A month that is issued a second time goes to `out/YYYY-MM.2/`: what readers have stays as it is.

    Each file appears whole or not at all: it is written under another name and then renamed. Raises OSError where the
    folder cannot be written, DataError for a language without labels and UsageError where paper cannot be set here.
    """
    from geppo import config
    from geppo.deliver import edits_diff

    chosen = settings or config.load()
    folder = out / issue.name
    folder.mkdir(parents=True, exist_ok=True)
    edits_diff.clear(folder)
    written: list[Path] = []
    for name, data in _files(issue, chosen):
        target = folder / name
        unfinished = folder / f".{name}.unfinished"
        unfinished.write_bytes(data)
        unfinished.replace(target)
        written.append(target)
    return tuple(sorted(written))
