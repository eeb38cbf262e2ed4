"""Shared by all tests: the golden flag, and made months read once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import settings as effort

from geppo import config
from geppo.catalog import Catalog
from geppo.knowledge.sqlite import SqliteStore
from geppo.model.edition import Edition, EditionKind, Issue
from geppo.model.entity import Kind, Term
from geppo.model.time import Period
from geppo.pipeline import Draft, collect_paths, draft_month, run_month
from geppo.read.rules import kind_marks
from geppo.read.typed import Item, TypedLine, typed_line

effort.register_profile("steady", derandomize=True)
effort.register_profile("search", max_examples=2000, deadline=None)
effort.load_profile("steady")
"""The suite gives the same answer every time; `pytest --hypothesis-profile search` looks for new failures."""

CASES = Path(__file__).parent / "cases"
GOLDEN = Path(__file__).parent / "golden"
MONTHS = {"sample": "2025-11", "harbor": "2026-03", "kanto": "2026-04"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --update-golden` rewrites the golden texts; the diff is the review."""
    parser.addoption("--update-golden", action="store_true", help="rewrite golden texts")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with a golden file, or rewrite the file."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        kept = path.read_text(encoding="utf-8") if path.exists() else ""
        if kept != text:
            diff = difflib.unified_diff(kept.splitlines(), text.splitlines(), "kept", "made", lineterm="", n=0)
            pytest.fail(f"{name} changed; review, then `pytest --update-golden`:\n" + "\n".join(diff))

    return check


def month_folder(name: str) -> Path:
    """The documents of a month."""
    if name == "sample":
        return Path(str(resources.files("geppo.sample").joinpath("documents")))
    return CASES / "months" / name / "documents"


def issue_of(folder: Path, period: str, as_of: datetime = datetime(2026, 6, 1, tzinfo=UTC)) -> Issue:
    """Collect, read, judge and write a folder as a month."""
    store = SqliteStore(":memory:")
    settings = config.load()
    collect_paths([folder], store, settings, as_of)
    issue = run_month(store, Period.parse(period), as_of=as_of, settings=settings, catalog=Catalog.load())
    store.close()
    return issue


@cache
def made_draft(name: str, as_of: datetime = datetime(2026, 6, 1, tzinfo=UTC)) -> Draft:
    """One of the shipped or made months, read and judged; made once for all tests."""
    store = SqliteStore(":memory:")
    settings = config.load()
    collect_paths([month_folder(name)], store, settings, as_of)
    period = Period.parse(MONTHS[name])
    draft = draft_month(store, period, as_of=as_of, settings=settings, catalog=Catalog.load())
    store.close()
    return draft


@cache
def made_month(name: str) -> Issue:
    """The same, written."""
    return made_draft(name).issue((EditionKind.MEMBER, EditionKind.PUBLIC))


def edition_text(edition: Edition) -> str:
    """An edition as a reviewer reads it: headings, sentences, their marks."""
    lines = [f"# {edition.title}", edition.subject, ""]
    lines += [f"* {sentence.text}{_marks(sentence.citations)}" for sentence in edition.key_judgements]
    for section in (edition.opening, *edition.sections):
        lines += ["", f"## {section.heading}"]
        for paragraph in section.paragraphs:
            lines.append("")
            lines += [f"{sentence.text}{_marks(sentence.citations)}" for sentence in paragraph]
    for table in edition.tables:
        lines += ["", f"### {table.heading}"]
        lines += [" | ".join(row.cells) for row in table.rows]
    lines += ["", *(f"[{one.n}] {one.publisher}: {one.title}" for one in edition.references)]
    return "\n".join(lines) + "\n"


def _marks(numbers: tuple[int, ...]) -> str:
    return "".join(f"[{number}]" for number in numbers)


_MENTION = re.compile(r"\[([a-z-]+):([^\]]+)\]")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real PostgreSQL server, started once and only where a test asks for it."""
    from tests.knowledge.servers import server

    with server() as address:
        yield address


@pytest.fixture(scope="session")
def parsed() -> Callable[[str], tuple[str, list[Item]]]:
    """Reads a line in `[kind:text]` notation: its text and its items."""

    def parse(line: str) -> tuple[str, list[Item]]:
        items: list[Item] = []
        text = ""
        at = 0
        for found in _MENTION.finditer(line):
            text += line[at : found.start()]
            at = found.end()
            kind, name = found.groups()
            assert kind in kind_marks(), f"unknown kind {kind} in {line!r}"
            term = Term(kind=Kind.TEXT, id=f"{kind}/{name}", name=name)
            items.append(Item(kind=kind, start=len(text), end=len(text) + len(name), terms=(term,)))
            text += name
        return text + line[at:], items

    return parse


@pytest.fixture(scope="session")
def typed(parsed: Callable[[str], tuple[str, list[Item]]]) -> Callable[[str], TypedLine]:
    """Reads a line in `[kind:text]` notation as a typed line."""

    def line_of(line: str) -> TypedLine:
        text, items = parsed(line)
        return typed_line(text, 0, len(text), items, ())

    return line_of
