"""Numbers and words of techniques put together for one document."""

from __future__ import annotations

from datetime import UTC, date, datetime

from geppo.catalog import Catalog
from geppo.model.report import Document
from geppo.read.behaviour import described
from geppo.read.reading import read_document


def _told(text: str) -> list[tuple[str, str, str]]:
    document = Document(
        sha256="0" * 64,
        name="text",
        media_type="text/plain",
        collected=datetime(2026, 4, 1, tzinfo=UTC),
        publisher="",
        title="",
        url="",
        language="en",
        published=date(2026, 4, 1),
        text=text,
    )
    report = read_document(document, Catalog.load()).report
    return [(one.id, one.how, text[one.start : one.end]) for one in described(report)]


def test_a_number_is_not_told_again_from_its_words() -> None:
    text = "The group sent spearphishing mails with attachments (T1566.001). It then dumped the memory of LSASS."
    assert [(id_, how) for id_, how, _ in _told(text)] == [
        ("T1566.001", "number"),
        ("T1003.001", "behaviour"),
    ]


def test_a_weak_cue_counts_beside_the_name_of_a_group() -> None:
    assert [id_ for id_, _, _ in _told("Lazarus Group took screenshots every minute.")] == ["T1113"]
    assert _told("The manual shows screenshots of every menu.") == []


def test_a_number_that_attack_does_not_have_is_left_out() -> None:
    assert _told("The rule is named T9999.001 in the vendor's own list.") == []
