"""Matters of which no claim was read, and first-hand pages beside those that a story's main names stand on."""

from __future__ import annotations

from datetime import UTC, date, datetime

from geppo import config
from geppo.catalog import Catalog
from geppo.judge.month import judge_month
from geppo.model.report import Document, Fetched
from geppo.model.time import Period
from geppo.pipeline import read_documents
from geppo.read.text import read_text


def _document(name: str, publisher: str, day: int, text: str) -> Document:
    published = date(2030, 5, day)
    head = f"---\npublisher: {publisher}\ntitle: {name}\nurl: https://{name}.example/x\npublished: {published}\n"
    data = f"{head}language: en\n---\n\n{text}".encode()
    now = datetime(2030, 6, 1, tzinfo=UTC)
    return read_text(Fetched(source="case", name=f"{name}.md", data=data, collected=now), config.load())


def _stories(documents: list[Document], claims: bool = True) -> list[tuple[list[str], list[str]]]:
    """Stories as (pages, origins); without `claims` as if none had been read."""
    readings = read_documents(documents, Catalog.load())
    names = {one.sha256: one.name.removesuffix(".md") for one in documents}
    judged = judge_month(
        readings.reports,
        readings.claims if claims else (),
        period=Period(year=2030, month=5),
        catalog=Catalog.load(),
        settings=config.load(),
    )
    return sorted(
        (sorted(names[one] for one in story.reports), [names.get(one, one) for one in story.origins])
        for story in judged.stories
    )


SENSORS = "Our honeypots recorded 17,640 requests to the maintenance port of charging posts, from 233 addresses."


def test_two_pages_without_a_claim_are_a_story() -> None:
    lab = _document("lab", "Osterlund Labs", 4, SENSORS)
    paper = _document("paper", "The Harbour Post", 6, "Osterlund Labs recorded 17,640 requests from 233 addresses.")
    assert _stories([lab, paper], claims=False) == [(["lab", "paper"], ["lab"])]


def test_a_page_alone_without_a_claim_is_none() -> None:
    assert _stories([_document("lab", "Osterlund Labs", 4, SENSORS)], claims=False) == []


def test_a_victim_and_a_laboratory_are_two_origins() -> None:
    victim = _document(
        "victim",
        "Velsund Terminals",
        3,
        "On 2 May 2030 Velsund Terminals noticed unauthorised access to its servers. Our investigation shows that "
        "files of 620 employees were copied.",
    )
    lab = _document(
        "lab",
        "Osterlund Labs",
        9,
        "We examined two samples of the ransomware Brasspot. The note suggests that Brasspot was used against Velsund "
        "Terminals.",
    )
    paper = _document("paper", "The Harbour Post", 4, "Files of 620 employees were copied, Velsund Terminals says.")
    second = _document(
        "second", "Port Digest", 11, "The ransomware Brasspot may have hit Velsund Terminals, Osterlund Labs says."
    )
    assert _stories([victim, lab, paper, second]) == [(["lab", "paper", "second", "victim"], ["victim", "lab"])]


def test_a_late_roundup_goes_with_what_it_retells() -> None:
    lab = _document("lab", "Osterlund Labs", 2, SENSORS)
    paper = _document("paper", "The Harbour Post", 3, "Osterlund Labs recorded 17,640 requests from 233 addresses.")
    late = _document("late", "Month in Ports", 31, "Osterlund Labs recorded 17,640 requests from 233 addresses in May.")
    mention = _document("mention", "Port Digest", 31, "Osterlund Labs has moved to a new office with 24 rooms.")
    assert [pages for pages, _ in _stories([lab, paper, late, mention])] == [["lab", "late", "paper"]]


WORDS = (
    "We examined attacks on feeding machines of fish farms. The intruders used stolen credentials of a remote "
    "maintenance account. The credentials may have been taken by a former employee of the maker."
)


def test_a_page_in_the_words_of_its_only_source_repeats_it() -> None:
    lab = _document("lab", "Osterlund Labs", 4, WORDS)
    paper = _document(
        "paper",
        "The Harbour Post",
        6,
        "Feeding machines of fish farms were attacked with stolen credentials of a maintenance account, taken by "
        "a former employee of the maker, Osterlund Labs says.",
    )
    assert [pages for pages, _ in _stories([lab, paper])] == [["lab", "paper"]]


def test_another_matter_of_the_only_source_is_none_of_its_words() -> None:
    lab = _document("lab", "Osterlund Labs", 4, WORDS)
    other = _document(
        "other",
        "The Harbour Post",
        6,
        "Intruders encrypted the cameras of a harbour with ransomware, Osterlund Labs says. The port restored them.",
    )
    assert not any({"lab", "other"} <= set(pages) for pages, _ in _stories([lab, other]))
