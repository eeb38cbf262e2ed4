"""Filling our own templates: everything that goes in is escaped, an unknown name is an error."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined

from geppo.deliver._page import Page
from geppo.deliver._words import words


def packaged(name: str) -> str:
    """A file of this package as text."""
    return resources.files("geppo.deliver").joinpath(name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(packaged),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def fill(template: str, page: Page, **values: object) -> bytes:
    """Render an HTML template for a page in its language, as UTF-8."""
    labels = words(page.language)
    marks = {key: labels.mark(key) for key in ("comma", "colon", "dash")}
    text = (
        _environment()
        .get_template(template)
        .render(
            p=page,
            w=labels,
            open_bracket=labels.mark("open"),
            close_bracket=labels.mark("close"),
            gap=labels.mark("between"),
            **marks,
            **values,
        )
    )
    return text.encode("utf-8")
