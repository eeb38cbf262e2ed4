"""The verbs and their help. Each verb's module is imported when it runs, so that `geppo read` starts at once."""

from __future__ import annotations

from typing import Any

from cyclopts import App

from geppo import __version__
from geppo.cli import catalog, edit, relay

VERBS = {
    "demo": "Write all editions of the shipped sample month, offline.",
    "read": "Read a document: its text with values, names and hedged claims marked in place.",
    "init": "Make a workspace: settings, store, archive and a list of public sources in one folder.",
    "collect": "Bring documents into the workspace: from its sources, or from files and folders.",
    "search": "Find documents by words of their title or text, in any script, the last known first.",
    "judge": "Weigh what groups or reports share, and keep the record of what was judged.",
    "month": "Write the issue of a month from the workspace.",
    "why": "Walk from a sentence (or a claim, an assessment, a story) to the passages it rests on.",
    "deliver": "Take a written issue to those for whom it is due now. Running it again sends nothing twice.",
    "schedule": "Print systemd units and a cron line that deliver each month, or when a month's editions are due.",
    "export": "Write a month for other programs (STIX 2.1, a MISP feed, CSV), or the whole workspace as one file.",
    "correct": "Correct or withdraw what is kept of a document, from now on. Every earlier --as-of stays as it was.",
    "status": "What the workspace holds.",
    "verify": "Hash everything in the store again. Exit 1 if something is not what it was.",
    "migrate": "Copy a whole store into an empty one, between SQLite, PostgreSQL and archive files.",
    "doctor": "Say what works here and what does not, with the mend. Exit 1 if something does not.",
}
"""What `geppo --help` says of each verb, in the order of use: the first lines of their own help, unasked."""


def application(*, listed: bool) -> Any:
    """The verbs; `listed` with their lines, for `geppo --help`.

    A line given here would take the place of the verb's own help, with its examples, wherever that is asked for.
    """
    made: Any = App(
        name="geppo",
        version=__version__,
        help="A monthly executive summary of cyber threats in Japanese and English, every sentence with its passages.",
    )
    for place, (verb, line) in enumerate(VERBS.items()):
        made.command(f"geppo.cli.{verb}:run", name=verb, help=line if listed else None, sort_key=place)
    for group in (relay.app, catalog.app, edit.app):
        made.command(group)
    return made


app = application(listed=False)
