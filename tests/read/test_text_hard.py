"""Documents of the kinds that are really published: their whole text and what they say of themselves."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geppo import config
from geppo.errors import InputError
from geppo.model.report import Document, Fetched
from geppo.read.text import read_text, readers
from geppo.read.text._dates import day
from geppo.read.text._encoding import decode
from geppo.read.text._page import Page
from tests.read.hard import NOW, cases, fetched

SETTINGS = config.load()


def read(data: bytes, name: str, **declared: str) -> Document:
    """A document of bytes."""
    return read_text(
        Fetched(source="desk", name=name, data=data, collected=NOW, declared=tuple(declared.items())), SETTINGS
    )


def page_of(data: Fetched) -> Page:
    """What the reader of its kind takes out of a file."""
    reader = next(one for one in readers() if one.can_read(data.data, data.name))
    page: Page = reader.read(data, SETTINGS)
    return page


@pytest.mark.parametrize("case", [pytest.param(case, id=case["file"]) for case in cases()])
def test_a_document_is_read_as_a_person_reads_it(case: dict[str, Any]) -> None:
    data = fetched(case)
    declared = () if "published" in case else (("published", "2026-03-01"),)
    document = read_text(
        Fetched(source="desk", name=data.name, data=data.data, collected=NOW, declared=declared), SETTINGS
    )
    wanted = case["text"].strip("\n")
    if case.get("exact", True):
        assert document.text == wanted
    else:
        assert [line for line in wanted.split("\n") if line not in document.text] == []
        assert len(document.text) < 1.2 * len(wanted)
    for field in ("title", "publisher", "url", "language", "published"):
        if field in case:
            assert str(getattr(document, field)) == case[field], field
    if "author" in case:
        assert page_of(data).author == case["author"]
    assert list(document.links) == case.get("links", list(document.links))


JA = "攻撃者は家庭用ルーターを踏み台として利用しており、影響が国内でも確認されています。"
VENDOR = "攻撃者は①㈱架空社の機器を踏み台として利用しており、Ⅱ期の影響が国内でも確認されています。"
KO = "두 해킹조직이 같은 서버를 이용한 정황이 드러났다고 회사 측은 밝혔다. 조직은 여러 나라를 노렸다."
ZH = "该组织自2025年以来对多个国家的政府机构发起攻击，样本回连的服务器位于境外。"
RU = "Злоумышленники использовали домашние маршрутизаторы как ретрансляторы."
CHARSETS = ("", "shift_jis", "euc-jp", "euc-kr", "gb2312", "windows-1251", "koi8-r", "iso-8859-1", "utf-8", "bogus")


@pytest.mark.parametrize("declared", CHARSETS)
@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (JA, "cp932"),
        (JA, "euc_jp"),
        (VENDOR, "euc_jis_2004"),
        (KO, "cp949"),
        (ZH, "gb18030"),
        (RU, "cp1251"),
        (RU, "koi8_r"),
    ],
)
def test_a_wrong_charset_is_found_out(text: str, encoding: str, declared: str) -> None:
    assert decode(text.encode(encoding), declared) == text


def test_a_page_keeps_its_text_around_a_broken_character() -> None:
    assert decode((JA * 5).encode() + b"\xe3\x81").startswith(JA * 5)
    assert decode((RU * 9).encode("cp1251") + b"\x98", "windows-1251").startswith(RU)
    with pytest.raises(InputError):
        decode(b"\x81\xff\xfe\x98\xe3" * 40)


def dated(head: str = "", body: str = "", text: str = "") -> str:
    """A page with some ways to give its date."""
    text = (
        text
        or "<p>The server was seen again, and nobody could say what it was for. It stayed up until the evening.</p>"
    )
    page = f"<html><head><title>A title</title>{head}</head><body><h1>A title</h1>{body}{text}</body></html>"
    return str(read(page.encode(), "https-2019-01-02.html", url="https://x.example/2019/01/02/a-title").published)


UTC_META = '<meta property="article:published_time" content="2026-03-04T15:30:00+00:00">'


@pytest.mark.parametrize(
    ("head", "body", "published"),
    [
        ('<meta name="date" content="2026年3月5日(木) 19時30分">', "", "2026-03-05"),
        ('<meta name="date" content="令和8年3月5日">', "", "2026-03-05"),
        ('<meta name="pubdate" content="20260305T090000+0900">', "", "2026-03-05"),
        ('<meta name="date" content="03/15/2026 10:00">', "", "2026-03-15"),
        ('<meta name="date" content="soon"><meta name="dc.date" content="2026-03-05">', "", "2026-03-05"),
        (UTC_META, "", "2026-03-04"),
        (UTC_META, "<p>公開日：2026年3月5日</p>", "2026-03-05"),
        (UTC_META, "<p>公開日：2026年3月15日</p>", "2026-03-04"),
        ("", "<p>最終更新日 2026年3月9日　公開日 2026年3月5日</p>", "2026-03-05"),
        ("", "<p>2026年3月9日更新　2026年3月5日公開</p>", "2026-03-05"),
        ("", "<dl><dt>更新日</dt><dd>2026年3月9日</dd><dt>発行日</dt><dd>令和８年３月５日</dd></dl>", "2026-03-05"),
        ("", "<div>입력 2026.03.05 (19:03) 수정 2026.03.09 (19:39)</div>", "2026-03-05"),
        ("", "<div>기사등록 : 2026-03-05 오전 9:10</div>", "2026-03-05"),
        ("", "<div>发布时间：2026-03-05 09:30　来源：某网　更新时间：2026-03-09</div>", "2026-03-05"),
        ("", '<span class="article__date">5 марта 2026, 12:30</span>', "2026-03-05"),
        ("", "<p>Обновлено: 09.03.2026 Опубликовано: 05.03.2026 12:30 МСК</p>", "2026-03-05"),
        ("", "<div>Last updated: 9 March 2026</div><div>Published</div><div>5 March 2026</div>", "2026-03-05"),
        (
            "",
            '<time class="updated" datetime="2026-03-09">9 March</time> <time datetime="2026-03-05">5 March</time>',
            "2026-03-05",
        ),
        (
            "",
            '<aside><time datetime="2026-01-01">1 January</time></aside><p>March 5, 2026 9:00 AM EST</p>',
            "2026-03-05",
        ),
        (
            '<meta property="article:modified_time" content="2026-03-09">',
            '<span class="date">3月5日 19時30分</span>',
            "2026-03-05",
        ),
        ("", "<p>Joined: 3 April 2017</p><p>Updated 9 March 2026</p>", "2026-03-09"),
        (
            '<script type="application/ld+json">{"@graph":[{"@type":"WebSite","datePublished":"2001-01-01"},'
            '{"@type":"NewsArticle","datePublished":"2026-03-05"}]}</script>',
            "",
            "2026-03-05",
        ),
    ],
)
def test_the_day_of_publication_is_the_page_s_own(head: str, body: str, published: str) -> None:
    assert dated(head, body) == published


def test_an_address_never_tells_a_date() -> None:
    page = b"<html><body><h1>A title</h1><p>The server was seen again, and nobody could say why.</p></body></html>"
    with pytest.raises(InputError) as error:
        read(page, "2019-01-02.html", url="https://x.example/2019/01/02/a-title")
    assert error.value.kind == "no-date"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("03/04/2026", None),
        ("31/12/2025", date(2025, 12, 31)),
        ("12/31/2025", date(2025, 12, 31)),
        ("07.03.2026", date(2026, 3, 7)),
        ("", None),
        ("2026-02-30", None),
        ("Thu Mar 05 2026 00:00:00 GMT+0900 (JST)", date(2026, 3, 5)),
    ],
)
def test_a_field_that_two_countries_read_differently_is_no_date(value: str, wanted: date | None) -> None:
    assert day(value) == wanted


LONG = "<p>The loader was seen on three networks, and each time it had come with a letter about printers.</p>"


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("<p>It spoke to 192.0.2.41<sup><a href='#n'>3</a></sup> first.</p>", "It spoke to 192.0.2.41[3] first."),
        (
            "<p>It sent 10<sup>6</sup> packets over 3 km<sup>2</sup> on the 2<sup>nd</sup>.</p>",
            "It sent 10^6 packets over 3 km2 on the 2nd.",
        ),
        ("<p>Host evil[.]example<sup>4</sup></p>", "Host evil[.]example[4]"),
        ("<table><tr><th>C2</th><td>192.0.2.1<br>192.0.2.2</td></tr></table>", "C2 | 192.0.2.1 192.0.2.2"),
        (
            "<table><tr><th>Type</th><th>Value</th></tr><tr><td>URL</td><td><p>a[.]example</p><p>b[.]example</p></td></tr></table>",
            "URL | a[.]example b[.]example",
        ),
        (
            "<table><thead><tr><th>A</th><th>B</th></tr></thead><tr><td></td><td>x</td></tr><tr><td>1</td><td></td><td>2</td></tr></table>",
            "1 | – | 2",
        ),
        (
            "<div role='table'><div role='row'><div role='cell'>C2</div><div role='cell'>192.0.2.1</div></div></div>",
            "C2 | 192.0.2.1",
        ),
        ("<dl><dt>C2</dt><dd>192.0.2.1</dd><dd>192.0.2.2</dd></dl>", "C2 | 192.0.2.1; 192.0.2.2"),
        ("<ol start=4><li>a<ul><li>b</li></ul></li><li>c</li></ol>", "4. a\n  - b\n5. c"),
        ("<pre>a<br>b<span>c</span>\n d</pre>", "a\nbc\n d"),
        ("<div class='code-toolbar'><pre>x = 1</pre><div class='toolbar'>Copy</div></div>", "x = 1"),
        ("<p><ruby>灯籠<rp>（</rp><rt>とうろう</rt><rp>）</rp></ruby>の通信</p>", "灯籠の通信"),
        (
            "<ul><li><a href='/a'>44d88612fea8a8f36de82e1278abb02f</a></li>"
            "<li><a href='/b'>198[.]51[.]100[.]7</a></li><li><a href='/c'>CVE-2026-10234</a></li></ul>",
            "- 44d88612fea8a8f36de82e1278abb02f\n- 198[.]51[.]100[.]7\n- CVE-2026-10234",
        ),
        (
            "<div class='widget'><p>It uses cookie theft: one widget reads the browser's store. The rest is in the "
            "loader, which is old and small, and the store was read on four desks before anybody looked.</p></div>",
            "It uses cookie theft",
        ),
        (
            "<section id='related-work'><h2>Related work</h2><p>Two firms saw it before.</p></section>",
            "Two firms saw it before.",
        ),
        ("<aside class='note'><p>It does nothing without a printer.</p></aside>", "It does nothing without a printer."),
        ("<footer class='footnotes'><p>[3] Seen in June.</p></footer>", "[3] Seen in June."),
    ],
)
def test_values_and_their_places_survive(body: str, line: str) -> None:
    page = f"<html><body><article><h1>A title</h1>{LONG}{body}{LONG}</article></body></html>"
    assert line in read(page.encode(), "x.html", published="2026-03-01").text


@pytest.mark.parametrize(
    "body",
    [
        "<div class='comments-area'>"
        + "<p>GONE is a comment with many words, of which nobody knows what they are for.</p>" * 9
        + "</div>",
        "<div id='onetrust-banner-sdk'><p>GONE We use cookies.</p></div>",
        "<div class='author-box'><h4>About the author</h4><p>GONE likes trains.</p></div>",
        "<div><h3>関連記事</h3><ul><li><a href='/a'>GONE</a></li></ul></div>",
        "<h3>Read next</h3><div><a href='/a'>GONE</a></div>",
        "<p><b>Читайте также:</b> <a href='/a'>GONE</a></p>",
        "<div><span>分享到：</span><a href='/a'>GONE</a> <a href='/b'>GONE</a></div>",
        "<div class='toc'><h2>目次</h2><ul><li><a href='#a'>GONE</a></li></ul></div>",
        "<table><tr><td class='gutter'><pre>1\n2</pre></td><td class='code'><pre>a</pre></table><p hidden>GONE",
        "<p>저작권자 © 가상일보 무단전재 및 재배포 금지 GONE</p>",
        "<div class='newsletter'><p>GONE Get our letter.</p><form><input></form></div>",
    ],
)
def test_what_is_no_text_is_left_out(body: str) -> None:
    page = f"<html><body><article><h1>A title</h1>{LONG}{body}</article></body></html>"
    text = read(page.encode(), "x.html", published="2026-03-01").text
    assert "three networks" in text
    assert "GONE" not in text


def test_a_page_of_links_alone_is_read_whole() -> None:
    items = "".join(f"<li><a href='/{name}'>{name}</a></li>" for name in ("One", "Two", "Three"))
    assert (
        read(f"<html><body><ul>{items}</ul></body></html>".encode(), "x.html", published="2026-03-01").text
        == "- One\n- Two\n- Three"
    )


def test_nesting_beyond_what_is_read_is_refused_and_never_cut() -> None:
    def nested(depth: int) -> bytes:
        return b"<html><body>" + b"<div>" * depth + b"bottom" + b"</div>" * depth + b"<p>after</p>"

    assert read(nested(300), "x.html", published="2026-03-01").text == "bottom\n\nafter"
    with pytest.raises(InputError) as error:
        read(nested(900), "x.html", published="2026-03-01")
    assert error.value.kind == "too-large"


WORD = st.integers(min_value=0, max_value=400).map(lambda number: f"w{number}")
NODE = st.recursive(
    WORD,
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{' '.join(parts)}</{tag}>",
        st.sampled_from(
            [
                "p",
                "div",
                "b",
                "li",
                "ul",
                "ol",
                "td",
                "tr",
                "table",
                "h2",
                "pre",
                "dl",
                "dt",
                "dd",
                "sup",
                "q",
                "blockquote",
                "details",
                "section",
                "a",
            ]
        ),
        st.lists(inner, min_size=1, max_size=4),
    ),
    max_leaves=40,
)


@given(st.lists(NODE, min_size=1, max_size=8))
@settings(max_examples=15, deadline=None)
def test_words_keep_their_order_and_come_once(nodes: list[str]) -> None:
    """Words are numbered as they stand in the source; what is read is some of them, in this order, each once."""
    body, number = "", 0
    for piece in " ".join(nodes).replace("<", " <").replace(">", "> ").split():
        if piece.startswith("w"):
            piece, number = f"n{number:04d}", number + 1
        body += piece + " "
    try:
        text = read(
            f"<html><body>{body}<p>The end of a page that has an end.</p></body></html>".encode(),
            "x.html",
            published="2026-03-01",
        ).text
    except InputError:
        return
    found = [
        int(word[1:])
        for word in "".join(char if char.isalnum() else " " for char in text).split()
        if word[0] == "n" and word[1:].isdecimal()
    ]
    assert found == sorted(set(found))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (r"C2 192.0.2\[.\]15 and evil\_key\[.\]example", "C2 192.0.2[.]15 and evil_key[.]example"),
        (r"`192.0.2\[.\]15` in code", r"`192.0.2\[.\]15` in code"),
        (r"C:\Users\[x]\a.exe and \\host\share\[1]", r"C:\Users\[x]\a.exe and \\host\share\[1]"),
        ('[Gamaredon](https://x.example/g "t") used **two** *old* ~~new~~ tools', "Gamaredon used two old new tools"),
        (
            "![map](a.png) *.exe and *.dll, 2 * 3 * 4, __init__, snake_case_name",
            "*.exe and *.dll, 2 * 3 * 4, __init__, snake_case_name",
        ),
        (
            "seen[^2] at <https://x.example/a> &amp; b &#91;.&#93; ?a=1&copy=2",
            "seen[2] at https://x.example/a & b [.] ?a=1&copy=2",
        ),
        ("[text][ref] and [1]\n\n[ref]: https://x.example/r", "text and [1]"),
        ("```\n**kept** [a](b)\n```\n~~~\n*x*\n~~~", "```\n**kept** [a](b)\n```\n~~~\n*x*\n~~~"),
    ],
)
def test_markdown_is_given_as_it_is_seen(text: str, wanted: str) -> None:
    assert read(f"---\npublished: 2026-03-01\n---\n{text}".encode(), "x.md").text == wanted


def test_front_matter_of_site_generators() -> None:
    head = '---\ntitle: "A: b"\nauthor:\n  name: Ines\n  title: Analyst\n'
    head += "date: 2026-03-08 22:15:00 +0100\nlang: ja\n---\n本文"
    document = read(head.encode(), "x.md")
    assert (document.title, str(document.published), document.language) == ("A: b", "2026-03-08", "ja")
    toml = '+++\ntitle = "T"\ndate = 2026-03-08T10:00:00Z\n+++\nText of it.'
    assert read(toml.encode(), "x.md").title == "T"
