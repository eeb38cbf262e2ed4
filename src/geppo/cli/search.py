"""`geppo search`."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from geppo.cli import _place
from geppo.errors import UsageError

if TYPE_CHECKING:
    from geppo.knowledge.store import Query
    from geppo.model.report import Document


def run(
    text: str,
    *,
    since: str | None = None,
    until: str | None = None,
    publisher: str = "",
    language: str = "",
    as_of: str | None = None,
    most: int = 20,
    json_: bool = False,
    workspace: Path | None = None,
) -> int:
    """Find documents by words of their title or text, in any script, the last known first.

    Examples: `geppo search 政府 --since 2026-03-01`, `geppo search '"operational relay" Tokyo' --publisher CERT`

    Parameters
    ----------
    text
        Words that must all be there, in any case and width; "…" keeps a phrase together.
    since
        Published on this day or later (YYYY-MM-DD).
    until
        Published on this day or earlier.
    publisher
        Part of the publisher's name.
    language
        Language code, such as ja.
    as_of
        Search what was known at this time.
    most
        So many hits at most.
    json_
        Print JSON lines: id publisher title published url text start end at.
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml.
    """
    from geppo.knowledge.store import Query

    if most < 1:
        raise UsageError(f"search: --most: expected 1 or more, got {most}")
    query = Query(
        text=text, since=_day("since", since), until=_day("until", until), publisher=publisher, language=language,
        most=most,
    )  # fmt: skip
    place = _place.open_workspace(workspace)
    try:
        documents = place.store.search(query, _place.moment(as_of))
    finally:
        place.store.close()
    for document in documents:
        _show(document, query, json_=json_)
    if not documents:
        print("nothing found", file=sys.stderr)
    elif len(documents) == most:
        print(f"the first {most}; --most shows more", file=sys.stderr)
    return 0


def _show(document: Document, query: Query, *, json_: bool) -> None:
    from geppo.deliver._shown import visible
    from geppo.knowledge._search import passage

    hit = passage(document, query)
    if json_:
        row = {"id": document.sha256, "publisher": document.publisher, "title": document.title,
               "published": document.published.isoformat(), "url": document.url, "text": hit.text,
               "start": hit.start, "end": hit.end, "at": hit.at}  # fmt: skip
        print(json.dumps(row, ensure_ascii=False))
        return
    marked = f"{hit.text[: hit.start]}[{hit.text[hit.start : hit.end]}]{hit.text[hit.end :]}"
    print(f"{document.published}  {visible(document.publisher)}: {visible(document.title)}")
    print(f"  {visible(' '.join(marked.split()))}")
    print(f"  {document.sha256}")


def _day(name: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"search: --{name}: expected a day as YYYY-MM-DD, got {text!r}") from error
