"""An editor's copy that is no copy, or holds what no text can."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from lxml import etree

from geppo.deliver import editing
from geppo.errors import UsageError
from tests.deliver import test_editing as trip


def _hostile() -> dict[str, tuple[Callable[[bytes], bytes], str]]:
    def with_part(name: str, part: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, part)
        return out.getvalue()

    entity = b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]><d>&e;</d>'
    return {
        "no zip": (lambda _: b"PK\x03\x04 nothing", "expected a Word file"),
        "cut off": (lambda data: data[: len(data) // 2], "expected a Word file"),
        "no text": (lambda _: with_part("word/other.xml", b"<a/>"), "expected a Word file"),
        "an entity": (lambda _: with_part("word/document.xml", entity), "document type"),
        "no XML": (lambda _: with_part("word/document.xml", b"<a"), "no sound XML"),
        "a bomb": (lambda _: with_part("word/document.xml", b" " * 20_000_001), "unpacks to more than"),
        "another file": (lambda _: with_part("word/document.xml", b"<a/>"), "expected a copy"),
        "too large": (lambda _: b"PK" + b" " * 20_000_000, "larger than"),
        "no copy": (lambda _: "# 見出し".encode(), "expected one copy"),
        "two copies": (lambda _: b"<!-- issue_2026_04_member_ja_0123abcd -->" * 2, "expected one copy"),
        "no UTF-8": (lambda _: b"\xff\xfe\x00", "UTF-8"),
        "much Markdown": (lambda _: b" " * 4_000_001, "larger than"),
    }


@pytest.mark.parametrize("what", sorted(_hostile()))
def test_a_hostile_copy_is_refused(what: str) -> None:
    make, words = _hostile()[what]
    issue = trip.signed("kanto")
    with pytest.raises(UsageError, match=words):
        editing.read_copy(make(editing.export(issue, trip.edition(issue), "docx")), "copy")


@pytest.mark.parametrize(
    ("tag", "words"), [("drawing", "a picture"), ("commentReference", "a comment"), ("footnoteReference", "a footnote")]
)
def test_what_no_text_can_hold_is_named(tag: str, words: str) -> None:
    issue = trip.signed("kanto")

    def change(root: etree._Element) -> None:
        etree.SubElement(trip.run_of(root, trip.edition(issue).sections[0].paragraphs[0][0].id), f"{trip.W}{tag}")

    with pytest.raises(UsageError, match=f"{words} cannot be taken"):
        editing.read_copy(trip.changed_docx(change, issue, trip.edition(issue)), "copy")
