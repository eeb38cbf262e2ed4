"""The verbs and their help. Each verb's module is imported when it runs, so that `geppo read` starts at once."""

from __future__ import annotations

from typing import Any

from cyclopts import App

from geppo import __version__
from geppo.cli import catalog, edit, relay

app: Any = App(
    name="geppo",
    version=__version__,
    help="A monthly executive summary of cyber threats in Japanese and English, every sentence with its passages.",
)
_VERBS = (
    "init", "collect", "demo", "month", "read", "judge", "why", "search", "deliver", "schedule", "export",
    "correct", "verify", "migrate", "status", "doctor",
)  # fmt: skip
for _verb in _VERBS:
    app.command(f"geppo.cli.{_verb}:run", name=_verb)
app.command(relay.app)
app.command(catalog.app)
app.command(edit.app)
