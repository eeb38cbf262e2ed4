"""`geppo relay`: the sub-commands, each in a file of its own that is imported when it runs."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from cyclopts import App

app: Any = App(
    name="relay",
    help="Relay infrastructure in your own records: hosts that relay, and networks of relays. Nothing is contacted.",
)
for _verb in ("flows", "scan", "track", "report", "lab"):
    if find_spec(f"geppo.cli._relay_{_verb}") is not None:
        app.command(f"geppo.cli._relay_{_verb}:run", name=_verb)
