"""`geppo schedule`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from geppo.cli import _place
from geppo.errors import UsageError


def run(*, period: str | None = None, out: Path | None = None, workspace: Path | None = None) -> int:
    """Print systemd units and a cron line that deliver each month, or when a month's editions are due.

    Examples: `geppo schedule`, `geppo schedule --out /etc/systemd/system`, `geppo schedule --period 2026-11`

    Parameters
    ----------
    period
        Say when the editions of this month are due in each zone, instead of printing units.
    out
        Write the two units into this folder instead of printing them.
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    from geppo.deliver.schedule import Rules, cron, units
    from geppo.deliver.subscribers import read_subscribers

    folder, settings = _place.find_workspace(workspace)
    rules = Rules.of(settings)
    zones = {one.timezone for one in read_subscribers(folder).subscribers if one.active}
    zones.add(settings.text("deliver.timezone"))
    if period is not None:
        return _print_due(period, zones, rules)
    root = str(folder.resolve())
    if set(root) & set("%\"'\\$ \t"):
        raise UsageError(f"{root}: a workspace's path with blanks, quotes, % or $ cannot stand in a unit; move it")
    program = [sys.executable, "-m", "geppo"] if sys.argv[0].endswith(".py") else [str(Path(sys.argv[0]).resolve())]
    command = shlex.join([*program, "deliver", "--workspace", root])
    made = units(command, root, zones, rules)
    if out is not None:
        for name, text in made.items():
            (out / name).write_text(text, encoding="utf-8")
            print(out / name)
        return 0
    for name, text in made.items():
        print(f"# {name}\n{text}")
    print(f"# crontab(5), instead of the units\n{cron(command, rules)}")
    return 0


def _print_due(period: str, zones: set[str], rules: object) -> int:
    from geppo.deliver.schedule import Rules, due, issue_day, zone
    from geppo.model.edition import EditionKind
    from geppo.model.time import Period

    assert isinstance(rules, Rules)
    try:
        month = Period.parse(period)
    except ValueError as error:
        raise UsageError(f"schedule: {error}") from error
    for kind in EditionKind:
        day = issue_day(month, kind, rules)
        if not rules.calendar.covers(day):
            print(f"note: no holidays are known for {day.year}; weekends and yearly closures only", file=sys.stderr)
        for name in sorted(zones):
            place = zone(name)
            moment = due(month, kind, place, rules)
            print(f"{kind.value}  {moment.astimezone(place).isoformat()}  {name}  ({moment.isoformat()})")
    return 0
