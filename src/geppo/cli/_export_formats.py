"""What `geppo export --format` does: a month of the workspace as STIX, MISP or CSV."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from geppo.cli import _place
from geppo.config import Settings
from geppo.errors import UsageError
from geppo.exchange import Package, misp, stix
from geppo.exchange.csv import to_csv
from geppo.model.marking import Tlp
from geppo.model.time import Period

if TYPE_CHECKING:
    from geppo.catalog import Catalog
    from geppo.model.edition import Issue

FORMATS = ("stix", "misp", "csv")


def export(
    month: str,
    form: str,
    *,
    profile: str = "strict",
    ceiling: str | None = None,
    as_of: str | None = None,
    out: Path | None = None,
    workspace: Path | None = None,
) -> tuple[Path, ...]:
    """Write a month in a format and return the files.

    `form` is one of FORMATS, `profile` a STIX profile, `ceiling` a TLP label (by default the setting
    `exchange.ceiling`). Files go to `out`, by default `out/YYYY-MM` in the workspace; a MISP feed to `out/misp-feed`,
    where months that are there stay. Raises UsageError for a wrong word.
    """
    if form not in FORMATS:
        raise UsageError(f"export: --format takes {', '.join(FORMATS)}, got {form!r}")
    if profile not in stix.consumers():
        raise UsageError(f"export: --profile takes {', '.join(stix.consumers())}, got {profile!r}")
    period = _period(month)
    place = _place.open_workspace(workspace)
    limit = marking(ceiling or place.settings.text("exchange.ceiling"))
    try:
        package = read_package(place, period, as_of)
    finally:
        place.store.close()
    target = out or place.root / "out" / str(period)
    if form == "misp":
        return _feed(package, limit, out or place.root / "out" / "misp-feed")
    if form == "csv":
        return _written({target / "values.csv": to_csv(package, ceiling=limit)})
    data = stix.to_bundle(package, consumer=profile, ceiling=limit, settings=place.settings)
    return _written({target / f"bundle.{profile}.stix.json": data})


def marking(label: str) -> Tlp:
    """The marking of a label, with or without `TLP:`. Raises UsageError for another word."""
    wanted = "TLP:" + label.upper().removeprefix("TLP:")
    for one in Tlp:
        if one.label == wanted:
            return one
    raise UsageError(f"export: expected a TLP 2.0 label ({', '.join(one.label for one in Tlp)}), got {label!r}")


def _period(text: str) -> Period:
    try:
        return Period.parse(text)
    except ValueError as error:
        raise UsageError(f"export: {error}") from error


def read_package(place: _place.Workspace, period: Period, as_of: str | None) -> Package:
    """The month as the workspace knows it, written, with the values of its documents. Writes nothing to the store."""
    from geppo.cli._progress import bar
    from geppo.model.edition import EditionKind
    from geppo.pipeline import draft_month

    known = _place.moment(as_of)
    stored = place.store.month(period, known)
    known = stored.as_of if stored and as_of is None else known
    catalog = _place.catalog(place, known)
    with bar() as progress:
        draft = draft_month(
            place.store, period, as_of=known, settings=place.settings, catalog=catalog, progress=progress
        )
        issue = draft.issue((EditionKind.MEMBER, EditionKind.PUBLIC))
    return Package(
        issue=issue,
        organisation=_organisation(place.settings),
        reports=draft.readings.reports,
        grades=_grades(issue, catalog),
        telemetry_marking=marking(place.settings.text("exchange.telemetry_marking")),
    )


def _grades(issue: Issue, catalog: Catalog) -> tuple[tuple[str, str], ...]:
    """The letters that sources.toml and edits give the publishers, by their line or the house in it."""
    from geppo.judge.speakers import byline

    houses = sorted({one.publisher for one in issue.month.documents})
    letters = ((house, catalog.grade(house) or catalog.grade(byline(house).house)) for house in houses)
    return tuple((house, letter) for house, letter in letters if letter)


def _organisation(settings: Settings) -> str:
    return settings.text("deliver.organisation")


def _feed(package: Package, limit: Tlp, folder: Path) -> tuple[Path, ...]:
    def there(name: str) -> bytes:
        file = folder / name
        return file.read_bytes() if file.is_file() else b""

    files = misp.to_feed(package, ceiling=limit, manifest=there(misp.MANIFEST), hashes=there(misp.HASHES))
    return _written({folder / name: data for name, data in files.items()})


def _written(files: dict[Path, bytes]) -> tuple[Path, ...]:
    """Each file appears whole or not at all."""
    for path, data in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.unfinished")
        unfinished.write_bytes(data)
        unfinished.replace(path)
    return tuple(sorted(files))
