"""Files to documents: fields, text, what is left out and what is refused."""

from __future__ import annotations

import hashlib
import time
import tomllib
import unicodedata
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geppo.config import Settings, load
from geppo.errors import InputError
from geppo.model.report import Document, Fetched
from geppo.read.text import read_text, readers

CASES = Path(__file__).parents[1] / "cases" / "text"
TABLE = tomllib.loads((CASES / "documents.toml").read_text(encoding="utf-8"))
NOW = datetime(2026, 4, 1, 6, 1, tzinfo=UTC)


def limits(**values: int) -> Settings:
    """The packaged settings with other limits of reading."""
    return Settings(known=load().known, values={f"collect.{name}": value for name, value in values.items()})


def fetched(data: bytes, name: str = "x.md", **declared: str) -> Fetched:
    """Bytes as a source would hand them over."""
    return Fetched(source="desk", name=name, data=data, collected=NOW, declared=tuple(sorted(declared.items())))


def data_of(case: dict[str, Any]) -> bytes:
    """The bytes of a case."""
    if "file" in case:
        text = (CASES / "pages" / str(case["file"])).read_text(encoding="utf-8")
        return text.encode(str(case.get("encoding", "utf-8")))
    if "hex" in case:
        return bytes.fromhex(case["hex"])
    return str(case["data"]).lstrip("\n").encode()


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in TABLE["document"]])
def test_a_document_has_its_fields_and_text(case: dict[str, Any]) -> None:
    document = read_text(fetched(data_of(case), case["name"]), limits())
    assert document.name == case["name"]
    assert document.sha256 == hashlib.sha256(data_of(case)).hexdigest()
    for field in ("media_type", "publisher", "title", "url", "language", "note"):
        if field in case:
            assert getattr(document, field) == case[field], field
    if "published" in case:
        assert document.published == date.fromisoformat(case["published"])
    if "marking" in case:
        assert document.marking.label == case["marking"]
    if "links" in case:
        assert list(document.links) == case["links"]
    if "text" in case:
        assert document.text == case["text"].strip("\n")
    assert all(word in document.text for word in case.get("has", []))
    assert not [word for word in [*case.get("lacks", []), "HIDDEN", "SCRIPT", "FOOTER"] if word in document.text]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in TABLE["refused"]])
def test_a_refusal_has_a_kind_and_says_what_to_do(case: dict[str, Any]) -> None:
    with pytest.raises(InputError) as error:
        read_text(fetched(data_of(case), case["name"]), limits())
    assert error.value.kind == case["kind"]
    assert len(str(error.value)) > 20


def test_what_the_source_declares_fills_gaps_only() -> None:
    declared = {
        "publisher": "Declared",
        "language": "ja",
        "url": "https://declared.example/a",
        "published": "2026-03-02",
    }
    document = read_text(fetched("脆弱性情報公開".encode(), "a.txt", **declared), limits())
    assert (document.publisher, document.language, document.url) == ("Declared", "ja", "https://declared.example/a")
    assert document.published == date(2026, 3, 2)
    own = read_text(fetched(b"---\npublisher: Own\npublished: 2026-03-03\n---\nText", "a.md", **declared), limits())
    assert (own.publisher, own.published) == ("Own", date(2026, 3, 3))


def test_a_day_that_has_begun_somewhere_is_not_in_the_future() -> None:
    assert read_text(fetched(b"---\npublished: 2026-04-01\n---\nText"), limits()).published == date(2026, 4, 1)
    late = datetime(2026, 4, 1, 21, 5, tzinfo=UTC)
    evening = Fetched(source="desk", name="x.md", data=b"---\npublished: 2026-04-02\n---\nText", collected=late)
    assert read_text(evening, limits()).published == date(2026, 4, 2)


def test_text_is_refused_and_never_cut_when_too_long() -> None:
    with pytest.raises(InputError) as error:
        read_text(fetched(b"---\npublished: 2026-03-03\n---\n" + b"word " * 100), limits(max_text=400))
    assert error.value.kind == "too-large"


@pytest.mark.parametrize(
    ("encoding", "language", "text"),
    [
        ("utf-8-sig", "ja", "攻撃者は家庭用ルーターを利用した。"),
        ("utf-16", "ja", "攻撃者は家庭用ルーターを利用した。"),
        ("cp932", "ja", "攻撃者は家庭用ルーターを踏み台として利用しており、影響が確認されています。"),
        ("euc_jp", "ja", "攻撃者は家庭用ルーターを踏み台として利用しており、影響が確認されています。"),
        ("iso2022_jp", "ja", "攻撃者は家庭用ルーターを踏み台として利用しており、影響が確認されています。"),
        ("cp949", "ko", "두 해킹조직이 같은 서버를 이용한 정황이 드러났다고 회사 측은 밝혔다."),
        ("gb18030", "zh", "该组织自2025年以来对多个国家的政府机构发起攻击，样本回连的服务器位于境外。"),
        ("big5", "zh", "該組織自2025年以來對多個國家的政府機構發起攻擊，樣本回連的伺服器位於境外。"),
        ("cp1251", "ru", "Злоумышленники использовали домашние маршрутизаторы как ретрансляторы."),
        ("koi8_r", "ru", "Злоумышленники использовали домашние маршрутизаторы как ретрансляторы."),
        ("cp1252", "en", "The “big” café attack was seen by everyone who looked at the server that day."),
    ],
)
def test_encodings(encoding: str, language: str, text: str) -> None:
    document = read_text(fetched(text.encode(encoding), "a.txt", published="2026-03-02"), limits())
    assert (document.text, document.language) == (text, language)


def pdf(*streams: str) -> bytes:
    """A small PDF, one page a content stream, in Helvetica."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(streams)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(streams)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, stream in enumerate(streams):
        page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"{page} /Contents {5 + 2 * number} 0 R >>")
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    out, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    start = len(out)
    out += (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer << /Size {len(objects) + 1} /Root 1 0 R >>\n"
    )
    return (out + f"startxref\n{start}\n%%EOF\n").encode("latin-1")


def test_pdf_gives_what_shows_and_drops_running_heads() -> None:
    def page(number: int, words: str) -> str:
        lines = (
            f"(Weekly {number}) Tj 0 -60 Td ({words}) Tj 0 -20 Td 3 Tr (GHOST) Tj 0 Tr 0 -20 Td /F1 0.5 Tf (SPECK) Tj"
        )
        return f"BT /F1 12 Tf 60 780 Td {lines} ET"

    data = pdf(page(1, "Issued 4 March 2026."), page(2, "The server was seen."), page(3, "It was 192.0.2[.]77."))
    document = read_text(fetched(data, "report.pdf"), limits())
    assert document.media_type == "application/pdf"
    assert document.text == "Issued 4 March 2026.\n\nThe server was seen.\n\nIt was 192.0.2[.]77."
    assert document.published == date(2026, 3, 4)
    with pytest.raises(InputError) as error:
        read_text(fetched(data, "report.pdf"), limits(max_pages=2))
    assert error.value.kind == "too-large"


def test_readers_are_a_family_with_a_fall_back_last() -> None:
    assert [member.__name__.rpartition(".")[2] for member in readers()] == [
        "pdf",
        "mail",
        "structured",
        "html",
        "markdown",
    ]


HOSTILE = {
    "deep.html": "<html><body>" + "<div>" * 200_000 + "x",
    "links.html": "<html><body>" + '<a href="http://x.example/1">x</a>' * 8_000,
    "parts.html": "<html><body>" + "<div class=nav>x</div>" * 8_000 + "<p>text</p>",
    "entities.html": '<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><html><body><p>&b;&b;</p>',
    "outside.html": '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/hostname">]><html><body><p>&x;</p>',
    "style.html": "<html><head><style>" + ".a{display:none}" * 8_000 + "</style></head><body><p>text</p>",
    "open.md": "<script>" * 8_000,
    "comments.md": "<!--" * 40_000,
    "tags.md": "<b hidden>x</b>" * 8_000,
    "marks.md": "e" + "\u0301\u0323" * 50_000,
    "matter.md": "---\n" * 40_000,
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_files_take_bounded_time(name: str) -> None:
    start = time.process_time()
    try:
        document: Document | None = read_text(fetched(HOSTILE[name].encode(), name, published="2026-03-02"), limits())
    except InputError:
        document = None
    assert time.process_time() - start < 3
    if document is not None:
        assert len(document.text) <= 2 * len(HOSTILE[name])
        assert "root:" not in document.text


@given(
    st.binary(max_size=200) | st.text(max_size=200).map(str.encode),
    st.sampled_from(["x.html", "x.md", "x.eml", "x.pdf", "x.txt", "x.json"]),
)
@settings(max_examples=40, deadline=None)
def test_any_bytes_give_a_document_or_a_refusal(data: bytes, name: str) -> None:
    try:
        document = read_text(fetched(data, name, published="2026-03-02"), limits())
    except InputError as error:
        assert error.kind
        return
    assert document.text and document.title and document.publisher and document.language
    assert unicodedata.is_normalized("NFC", document.text)
    assert not any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in document.text)


TAGS = st.sampled_from(
    [
        *("<p>", "</p>", "<div class=nav>", "</div>", "<ul>", "<li>", "</ul>", "<table>", "<tr>", "<td>", "</table>"),
        *("<b>", "</b>", "<br>", "<h2>", "</h2>", "<article>", "</article>", "<pre>", "</pre>", "<form>", "&amp;"),
        *("word ", "text. ", "&lt;b&gt;", "<p hidden>HIDDEN</p>", "<i style='display:none'>HIDDEN</i>"),
        *("<!--HIDDEN-->", "<script>HIDDEN</script>"),
    ]
)


@given(st.lists(TAGS, max_size=30).map("".join))
@settings(max_examples=40, deadline=None)
def test_hidden_words_never_reach_the_text(body: str) -> None:
    page = f"<html><body>{body}<p>The end of a page.</p></body></html>"
    try:
        text = read_text(fetched(page.encode(), "x.html", published="2026-03-02"), limits()).text
    except InputError:
        return
    assert "HIDDEN" not in text
