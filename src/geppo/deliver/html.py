"""The page: one HTML file that asks for nothing from outside, needs no script and opens the evidence in place."""

from __future__ import annotations

from geppo.config import Settings
from geppo.deliver._page import page
from geppo.deliver._paper import fill, packaged
from geppo.model.edition import Edition, Issue

FORMAT = "html"


def render(issue: Issue, edition: Edition, settings: Settings | None = None) -> bytes:
    """One edition as a self-contained HTML page in UTF-8."""
    return fill("page.html.j2", page(issue, edition), css=packaged("page.css"))
