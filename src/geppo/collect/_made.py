"""Documents from what a source gave: names, declared fields, and a page for an item that has no page of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from html import escape
from typing import Any
from urllib.parse import urlsplit

from geppo.collect import Entry
from geppo.errors import InputError
from geppo.model.report import Fetched

_LONGEST_NAME = 180


def name_of(url: str) -> str:
    """The name of a document by its address: without the scheme, on one line, with forward slashes.

    A long one keeps its ending, by which readers tell files apart, and a digest of what was cut.
    """
    parts = urlsplit(url)
    text = f"{parts.netloc}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
    return plain_name(text)


def plain_name(text: str) -> str:
    """A name of one line without what a file system or a terminal could take for more than a name."""
    kept = "".join(char if char.isprintable() and char != "\\" else "_" for char in text)
    if len(kept) <= _LONGEST_NAME:
        return kept
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
    return f"{kept[: _LONGEST_NAME - 40]}~{digest}~{kept[-20:]}"


def taken(entry: Entry, name: str, data: bytes, now: datetime, **said: str) -> Fetched:
    """A document. `said` is what the source says of it (url, published, title …); what the user declared stays."""
    declared = dict(entry.declared)
    own = {key: value for key, value in said.items() if value and key not in declared}
    fields = tuple(sorted({**declared, **own}.items()))
    return Fetched(source=entry.name, name=name, data=data, collected=now, declared=fields)


def own_page(*, title: str, url: str, language: str, day: date | None, html: str) -> bytes:
    """A page around the text of a feed's item. `html` is the item's own markup; the reader takes it as any page."""
    head = [
        '<meta charset="utf-8">',
        f"<title>{escape(title)}</title>",
        f'<link rel="canonical" href="{escape(url)}">' if url else "",
        f'<meta property="article:published_time" content="{day.isoformat()}">' if day else "",
    ]
    opening = f'<html lang="{escape(language)}">' if language else "<html>"
    lines = ["<!doctype html>", opening, "<head>", *(line for line in head if line), "</head>", "<body><article>"]
    lines += [f"<h1>{escape(title)}</h1>", html, "</article></body></html>", ""]
    return "\n".join(lines).encode("utf-8", "replace")


def json_of(data: bytes, where: str) -> Any:
    """What a JSON file holds. Raises InputError("not-json") for anything else, also for what is nested without end."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError("not-json", f"{where}: expected JSON ({error}); check the address") from error


def json_object(data: bytes, where: str) -> Mapping[str, Any]:
    """The same, where an object is expected."""
    found = json_of(data, where)
    if not isinstance(found, dict):
        raise InputError("not-json", f"{where}: expected a JSON object, got {type(found).__name__}")
    return found


def objects(found: Any) -> list[dict[str, Any]]:
    """The objects of a list; whatever else is in it is passed over. Empty if it is no list."""
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def text_of(found: Mapping[str, Any], key: str) -> str:
    """A text field, "" if it is missing or something else."""
    value = found.get(key)
    return value if isinstance(value, str) else ""


def dumped(value: Any) -> bytes:
    """JSON with the keys in their order, one spelling."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")
