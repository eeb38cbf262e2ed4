"""`geppo edit`: its sub-commands, imported when they run."""

from __future__ import annotations

from typing import Any

from cyclopts import App

app: Any = App(
    name="edit",
    help="Edit an issue before it goes out: stories, sentences, signed remarks. The gate reads an editor's words, too.",
)
for _verb, _name in (("show", "list"), ("export", "export"), ("take", "import"), ("diff", "diff"), ("check", "check")):
    app.command(f"geppo.cli._edit:{_verb}", name=_name)
