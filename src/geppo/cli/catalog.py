"""`geppo catalog`: its sub-commands, imported when they run."""

from __future__ import annotations

from typing import Any

from cyclopts import App

app: Any = App(
    name="catalog",
    help="Edit the catalogue of this workspace. Edits are journaled; geppo month judges by those known at its --as-of.",
)
for _verb in ("add_alias", "add_publisher", "grade", "undo"):
    app.command(f"geppo.cli._catalog:{_verb}", name=_verb.replace("_", "-"))
app.command("geppo.cli._catalog:show", name="list")
