"""Months of a few made documents, written with a model."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from geppo.catalog import Catalog
from geppo.cli._llm import record
from geppo.config import Settings
from geppo.deliver import edition_json, markdown
from geppo.knowledge.sqlite import SqliteStore
from geppo.llm.cache import Cache
from geppo.llm.options import options
from geppo.llm.session import Session
from geppo.model.edition import Issue
from geppo.model.time import Period
from geppo.pipeline import collect_paths, run_month

_NOW = datetime(2026, 6, 1, tzinfo=UTC)


@cache
def _catalog() -> Catalog:
    return Catalog.load()


def page(publisher: str, text: str, *, language: str = "en", marking: str = "TLP:CLEAR", day: int = 3) -> str:
    """A document with front matter."""
    head = {
        "publisher": publisher,
        "title": f"{publisher} on the month",
        "url": f"https://{publisher.split()[0].lower()}.example/a",
        "language": language,
        "published": f"2026-03-{day:02}",
        "marking": marking,
    }
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in head.items()) + f"---\n{text}\n"


def write_pages(folder: Path, pages: Mapping[str, str]) -> Path:
    """Lay documents into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


def session_of(settings: Settings, kept: Path | None) -> Session:
    """A session as the command makes it."""
    known = options(settings, {})
    assert known is not None
    return Session(known, Cache(kept))


def month(pages: Path, settings: Settings, session: Session | None) -> Issue:
    """March 2026 of a folder."""
    store = SqliteStore(":memory:")
    collect_paths([pages], store, settings, _NOW)
    issue = run_month(store, Period.parse("2026-03"), as_of=_NOW, settings=settings, catalog=_catalog(), llm=session)
    store.close()
    return issue


def files(issue: Issue, out: Path, session: Session | None) -> dict[str, bytes]:
    """The issue's text, its JSON and the record of the model, by name."""
    out.mkdir(parents=True, exist_ok=True)
    made = {f"{one.kind.value}.{one.language}.md": markdown.render(issue, one) for one in issue.editions}
    made["edition.json"] = edition_json.render_issue(issue)
    made |= {path.name: path.read_bytes() for path in record(session, out)}
    return made
