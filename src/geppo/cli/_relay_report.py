"""`geppo relay report`."""

from __future__ import annotations

from pathlib import Path

from geppo.cli import _relay_settings
from geppo.errors import UsageError


def run(*paths: Path, month: str, publisher: str = "", out: Path | None = None, made: bool = False) -> int:
    """Write a month's relay networks in your own scan records as a note that `geppo collect --path` takes.

    Example: `geppo relay report scans/ --month 2026-03 --publisher "Northgate CSIRT" --out reports/own.md`

    Parameters
    ----------
    paths
        Service records of several months, as for `geppo relay track`.
    month
        The month, YYYY-MM.
    publisher
        Who signs the note; by default the setting deliver.organisation.
    out
        The file; standard output if none.
    made
        The records are of the lab: the note says so.
    """
    from geppo.model.time import Period
    from geppo.relay.report import note
    from geppo.relay.track import follow

    try:
        period = Period.parse(month)
    except ValueError as error:
        raise UsageError(f"relay report: --month: {error}") from error
    settings = _relay_settings.settings()
    text = note(follow(paths, settings), period, publisher or settings.text("deliver.organisation") or "us", made=made)
    if out is None:
        print(text, end="")
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
        print(out)
    return 0
