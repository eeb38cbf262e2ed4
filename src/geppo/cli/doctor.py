"""`geppo doctor`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from geppo import config
from geppo.cli import _place
from geppo.errors import GeppoError, UsageError

if TYPE_CHECKING:
    from geppo.collect._state import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that has to work, and the mend where it does not."""

    name: str
    run: Callable[[], str]
    mend: str


def run(*, settings: bool = False, sources: bool = False, workspace: Path | None = None) -> int:
    """Say what works here and what does not, with the mend. Exit 1 if something does not.

    Examples: `geppo doctor`, `geppo doctor --settings`, `geppo doctor --sources`

    Parameters
    ----------
    settings
        List every setting with unit, default, meaning and origin.
    sources
        Look through sources.toml without asking any source: form, host, kind, secrets, what stands there twice.
    workspace
        Check this workspace too.
    """
    if settings:
        for setting in config.load().known.values():
            print(
                f"{setting.name} = {setting.default} [{setting.unit}]\n  {setting.meaning}\n  origin: {setting.origin}"
            )
        return 0
    if sources:
        return _listed(workspace)
    bad = 0
    for check in _checks(workspace):
        try:
            print(f"ok    {check.name}: {check.run()}")
        except (GeppoError, ImportError, OSError, ValueError, KeyError) as error:
            bad += 1
            print(f"fault {check.name}: {error}\n      mend: {check.mend}")
    return 1 if bad else 0


def _checks(workspace: Path | None) -> tuple[Check, ...]:
    again = "install again with the pinned requirements (`make demo` does it)"
    return (
        Check(name="python", run=_python, mend="use Python 3.11 or newer"),
        Check(name="settings", run=lambda: f"{len(config.load().known)} known", mend=again),
        Check(name="catalogue", run=_catalogue, mend=again),
        Check(name="rules", run=_rules, mend="mend the rule that is named, or take its file from the package again"),
        Check(name="typesetting", run=lambda: _imported("typst", "noto_cjk_sans_jp_regular"), mend=again),
        Check(name="stix", run=lambda: _imported("stix2"), mend=again),
        Check(name="collecting", run=_collecting, mend=again),
        Check(name="sources", run=lambda: _sources(workspace), mend="see `geppo status` and docs/collecting.md"),
        Check(name="language model", run=lambda: _model(workspace), mend="start it, or mend [llm] (docs/llm.md)"),
        Check(name="store", run=lambda: _store(workspace), mend="`geppo verify` says more; restore a backup"),
        Check(name="workspace", run=lambda: _workspace(workspace), mend="make one with `geppo init DIR`"),
    )


def _listed(given: Path | None) -> int:
    """What is wrong with the list of a workspace, or with the packaged one where there is no workspace."""
    import tomllib

    from geppo.collect import _listed, _sources

    root = given or config.workspace(Path.cwd())
    if root is None:
        where, entries = "the packaged list", _sources.read(tomllib.loads(_sources.starter()), "starter", Path.cwd())
    else:
        where = str(root / _sources.FILE)
        entries = _sources.load(root / _sources.FILE)
    found = list(_listed.faults(entries))
    for name, message in found:
        print(f"{name}: {message}")
    print(f"{where}: {len(entries)} sources, {len(found)} faults; none was asked (`geppo collect` does it)")
    return 1 if found else 0


def _python() -> str:
    return sys.version.split()[0]


def _catalogue() -> str:
    from geppo.catalog import Catalog

    catalog = Catalog.load()
    return f"{len(catalog.terms)} terms, {len(catalog.places)} places, {len(catalog.publishers)} publishers"


def _rules() -> str:
    from geppo.read.rules import rules

    return ", ".join(f"{language} {len(rules(language).rules)}" for language in ("en", "ja", "zh", "ru", "ko"))


def _imported(*names: str) -> str:
    for name in names:
        importlib.import_module(name)
    return ", ".join(names)


def _collecting() -> str:
    from geppo import registry

    family = registry.family("geppo.collect")
    if family.broken:
        raise ImportError("; ".join(f"{one.name}: {one.reason}" for one in family.broken))
    return ", ".join(str(member.KIND) for member in family.members)


def _sources(given: Path | None) -> str:
    """Raises UsageError with the sources that have brought nothing for too long."""
    root = given or config.workspace(Path.cwd())
    if root is None:
        return "none here"
    settings = config.load(root / config.WORKSPACE_FILE if (root / config.WORKSPACE_FILE).is_file() else None)
    limit = timedelta(days=settings.number("collect.stale_days"))
    found = [source for source in _place.sources(root) if source.name != "folder"]
    now = _place.moment(None)
    stale = [
        f"{one.name} ({one.error_kind or 'never collected'}, last success {one.last_success or 'never'}{_later(one)})"
        for one in found
        if one.last_success is None or now - datetime.fromisoformat(one.last_success) > limit
    ]
    if stale and any(one.last_success or one.last_error for one in found):
        raise UsageError(f"{len(stale)} of {len(found)} sources are stale: {'; '.join(stale)}")
    resting = "; ".join(f"{one.name} ({one.error_kind}{_later(one)})" for one in found if one.asked_again)
    return (
        f"{len(found)} sources, "
        + ("none collected yet" if stale else "none stale")
        + (f"\n      left alone for a while: {resting}" if resting else "")
    )


def _later(source: Status) -> str:
    return f", asked again at {source.asked_again}" if source.asked_again else ""


def _model(given: Path | None) -> str:
    from geppo.cli._llm import state

    root = given or config.workspace(Path.cwd())
    file = root / config.WORKSPACE_FILE if root is not None else None
    return state(config.load(file if file is not None and file.is_file() else None))


def _store(given: Path | None) -> str:
    root = given or config.workspace(Path.cwd())
    if root is None:
        return "none here"
    place = _place.open_workspace(root)
    state = place.store.state()
    place.store.close()
    if state.check != "ok":
        raise ValueError(f"{state.kind}: {state.check}")
    rows = ", ".join(f"{count} {name}" for name, count in state.rows)
    return f"{state.kind}, version {state.version}, {state.size / 1e6:.1f} MB, quick check ok\n      rows: {rows}"


def _workspace(given: Path | None) -> str:
    root = given or config.workspace(Path.cwd())
    if root is None:
        return "none here (only `init` and `demo` work without one)"
    place = _place.open_workspace(root)
    count = len(place.store.documents(_place.moment(None)))
    place.store.close()
    return f"{root}: {count} documents"
