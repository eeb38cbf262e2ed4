"""JSON of known form as text, by data alone: NVD and EPSS.

The forms are data (`forms.toml`). The text holds what the file says in words and values, in the file's order, so
that a passage can be found again in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from geppo import linear, shipped
from geppo.config import Settings
from geppo.errors import InputError
from geppo.read.text._page import Page

_PLACE = linear.compile(r"\{([^{}]+)\}")
_STEP = linear.compile(r"\*(?:\[([a-z0-9-]+)\])?")
_MOST = 50_000
"""Objects of a block that are written: what is longer is refused by its text."""


def read_form(found: Any, name: str, settings: Settings) -> Page | None:
    """The page of a file of known form, or None. Raises InputError("too-large") for a text past the limit."""
    form = next((one for one in _data()["form"] if all(_first(found, [path]) for path in one["keys"])), None)
    if form is None:
        return None
    return Page(
        text=_text(found, form, settings.integer("collect.max_text"), name),
        media_type="application/json",
        title=_first(found, form["title"]),
        publisher=_first(found, form["publisher"]),
        url=_first(found, form["url"]),
        language=_first(found, form["language"]),
        published=_first(found, form["published"]),
        marking=marking(found, form["marking"]),
    )


@cache
def _data() -> dict[str, Any]:
    return shipped.table(__package__, "forms.toml")


def marking(found: Any, paths: list[str]) -> str:
    """The strictest TLP label of the file; a TLP tag of another name is handed on, so that the file is refused."""
    words = [word.lower() for path in paths for word in _words(found, path)]
    labels = [
        str(_data()["tlp"].get(word, word)) for word in words if word in _data()["tlp"] or word.startswith("tlp:")
    ]
    order = _data()["strictness"]
    return max(labels, key=lambda label: order.index(label) if label in order else len(order), default="")


def _at(value: Any, path: str) -> Iterator[Any]:
    """What a path leads to, in order."""
    here = [value]
    for step in path.split("."):
        match = _STEP.fullmatch(step)
        if match is None:
            here = [one[step] for one in here if isinstance(one, dict) and step in one]
            continue
        rows = [row for one in here if isinstance(one, list) for row in one]
        kind = match.group(1)
        here = [row for row in rows if not kind or (isinstance(row, dict) and row.get("type") == kind)]
    yield from here


def _words(value: Any, path: str) -> list[str]:
    """Texts and numbers at a path; the order of a text's own lines stays."""
    found = (str(one).strip() for one in _at(value, path) if isinstance(one, str | int | float))
    return [one for one in found if one]


def _first(value: Any, paths: list[str]) -> str:
    return next((words[0] for path in paths if (words := _words(value, path))), "")


def _text(found: Any, form: dict[str, Any], most: int, name: str) -> str:
    lines: list[str] = []
    length = 0
    for block in form["block"]:
        for number, row in enumerate(_at(found, block["each"])):
            for template in block["lines"]:
                line = _filled(row, template)
                length += len(line)
                lines += [line] if line else []
            lines.append("")
            if length > most or number > _MOST:
                raise InputError("too-large", f"{name}: more than {most} characters of text, at most that are read.")
    return "\n".join(lines)


def _filled(row: Any, template: str) -> str:
    """A line with its places filled; "" where all of them are empty."""
    out: list[str] = []
    at = 0
    any_found = False
    for place in _PLACE.finditer(template):
        words = _words(row, place.group(1))
        any_found = any_found or bool(words)
        out += [template[at : place.start()], "\n".join(words)]
        at = place.end()
    return "".join([*out, template[at:]]).strip() if any_found else ""
