"""The HTML page: nothing active, nothing from outside, everything reachable, enough contrast."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

import pytest
import re2

from geppo.deliver import html
from geppo.deliver._paper import packaged
from geppo.errors import DataError
from geppo.model.edition import Edition, EditionKind, Issue

VOID = {"meta", "link", "br", "img"}


@dataclass
class Seen(HTMLParser):
    """Tags with attributes, the text, and whether every tag was closed."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    parents: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self.parents.append((tag, tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def seen(data: bytes) -> Seen:
    parser = Seen()
    parser.feed(data.decode("utf-8"))
    parser.close()
    assert parser.open == []
    return parser


@pytest.fixture(scope="module")
def pages(issue: Issue) -> list[tuple[Edition, bytes, Seen]]:
    made = [(edition, html.render(issue, edition)) for edition in issue.editions]
    return [(edition, data, seen(data)) for edition, data in made]


def test_nothing_active_and_nothing_from_outside(pages: list[tuple[Edition, bytes, Seen]]) -> None:
    for _, data, page in pages:
        for tag, attributes in page.tags:
            assert tag not in ("script", "iframe", "object", "embed", "form", "base", "img", "audio", "video")
            assert not any(name.startswith("on") for name in attributes)
            assert "src" not in attributes and "style" not in attributes
            href = attributes.get("href", "")
            if href.startswith("http"):
                assert tag == "a" and attributes["rel"] == "noopener noreferrer nofollow"
            else:
                assert not href or href.startswith("#") or (tag == "link" and href == "data:,")
        assert b"url(" not in data and b"@import" not in data
        policy = next(a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
        assert "default-src 'none'" in policy and "style-src 'unsafe-inline'" in policy and "img-src data:" in policy


def test_ids_are_unique_and_links_arrive(pages: list[tuple[Edition, bytes, Seen]]) -> None:
    for _, _, page in pages:
        ids = Counter(a["id"] for _, a in page.tags if "id" in a)
        assert [one for one, count in ids.items() if count > 1] == []
        for _, attributes in page.tags:
            href = attributes.get("href", "")
            assert not href.startswith("#") or href[1:] in ids
            for name in ("aria-labelledby", "aria-describedby"):
                assert all(part in ids for part in attributes.get(name, "").split())


def test_a_sentence_printed_twice_has_one_anchor(issue: Issue) -> None:
    edition = issue.editions[0]
    twice = replace(edition, key_judgements=(*edition.key_judgements, edition.opening.paragraphs[0][0]))
    ids = Counter(a["id"] for _, a in seen(html.render(issue, twice)).tags if "id" in a)
    assert max(ids.values()) == 1 and ids["s-" + edition.opening.paragraphs[0][0].id] == 1


def test_every_sentence_opens_its_evidence(pages: list[tuple[Edition, bytes, Seen]], issue: Issue) -> None:
    for edition, data, page in pages:
        text = "".join(page.text)
        details = sum(1 for tag, a in page.tags if tag == "details" and a.get("class") == "why")
        assert details >= len(edition.sentences())
        for sentence in edition.sentences():
            assert f'id="s-{sentence.id}"' in data.decode()
            used = [claim for claim in issue.month.claims if claim.id in sentence.claims]
            assert all(claim.passage.document[:12] in text for claim in used)


def test_details_stand_where_html_allows_them(pages: list[tuple[Edition, bytes, Seen]]) -> None:
    for _, _, page in pages:
        for tag, parents in page.parents:
            if tag in ("details", "div", "ul", "ol", "blockquote", "dl", "table", "figure"):
                assert not {"p", "h1", "h2", "h3", "h4", "summary"} & set(parents), (tag, parents)


def test_structure_for_readers_of_screens(pages: list[tuple[Edition, bytes, Seen]]) -> None:
    for edition, _, page in pages:
        tags = Counter(tag for tag, _ in page.tags)
        assert tags["main"] == tags["header"] == tags["footer"] == tags["h1"] == 1
        assert page.tags[0] == ("html", {"lang": edition.language})
        first = next(a for tag, a in page.tags if tag == "a")
        assert first == {"class": "skip", "href": "#text"}
        levels = [
            int(tag[1]) for tag, parents in page.parents if tag in ("h1", "h2", "h3") and "details" not in parents
        ]
        assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
        assert all("scope" in a for tag, a in page.tags if tag == "th")
        assert all(a.get("role") == "img" for tag, a in page.tags if tag == "svg")


def test_the_masthead_and_the_lead(issue: Issue, pages: list[tuple[Edition, bytes, Seen]]) -> None:
    for edition, _, page in pages:
        text = "".join(page.text)
        assert edition.title in text and "TLP:GREEN" in text
        assert ("2031 年 5 月" if edition.language == "ja" else "May 2031") in text
        assert ("2031 年 6 月 3 日 06:01（UTC）" if edition.language == "ja" else "3 June 2031, 06:01 UTC") in text
        note = "ページ内容を要約した当方のメモ" if edition.language == "ja" else "a note that retells the page"
        assert note in text or edition.kind is EditionKind.BRIEF, "a brief names the sources that it cites"


def test_hostile_text_is_shown_and_harmless(pages: list[tuple[Edition, bytes, Seen]]) -> None:
    for edition, data, page in pages:
        text = "".join(page.text)
        assert "<script>alert('title')</script>" in text and b"<script" not in data
        assert "\u202e" not in text
        assert "198.51.100.23" not in text and "glassweir-cdn.example.com" not in text
        if edition.kind is EditionKind.BRIEF:
            continue
        assert "javascript:alert(document.domain)" in text and "198.51.100[.]23" in text
        assert "glassweir-cdn[.]example[.]com" in text and "glassweir-cdn.example.com" not in text


def test_unknown_citations_and_ids_are_plain(issue: Issue) -> None:
    edition = issue.editions[0]
    first = edition.opening.paragraphs[0][0]
    odd = replace(
        first, text="本文 [1] と [77] と [9999]。", citations=(1, 77), claims=("gone",), assessments=("gone",)
    )
    opening = replace(edition.opening, paragraphs=((odd,),))
    page = seen(html.render(issue, replace(edition, opening=opening)))
    assert "[77]" in "".join(page.text)
    assert not any(a.get("href") == "#ref-77" for _, a in page.tags)


def test_an_almost_empty_issue_is_still_a_page(issue: Issue) -> None:
    edition = replace(issue.editions[0], title="", sections=(), references=(), key_judgements=(), figures=(), tables=())
    month = replace(issue.month, documents=(), claims=(), assessments=(), stories=(), gaps=())
    text = "".join(seen(html.render(replace(issue, month=month), edition)).text)
    assert "TLP:CLEAR" in text and "利用できなかった情報源はない。" in text


def test_a_language_without_labels_is_an_error_with_its_name(issue: Issue) -> None:
    for language in ("xx", "../ja", "", "日本"):
        with pytest.raises(DataError, match="no page labels"):
            html.render(issue, replace(issue.editions[0], language=language))


def _contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two colours."""

    def light(colour: str) -> float:
        full = colour.lstrip("#")
        full = "".join(char * 2 for char in full) if len(full) == 3 else full
        parts = [int(full[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_text_has_contrast_in_both_papers() -> None:
    css = packaged("page.css")
    blocks = [part.split("}")[0] for part in css.split(":root {")[1:]]
    assert len(blocks) == 3
    for block in blocks:
        colours = dict(re2.findall(r"--([a-z0-9]+): (#[0-9a-f]+);", block))
        for paper in ("page", "wash", "t1"):
            for ink in ("ink", "mute", "accent"):
                assert _contrast(colours[ink], colours[paper]) >= 4.5, (ink, paper)
        for tint in ("t1", "t2", "t3", "t4"):
            assert _contrast(colours["ink"], colours[tint]) >= 4.5
        assert _contrast(colours["mark"], colours["page"]) >= 3


def test_labels_of_all_languages_have_the_same_keys() -> None:
    import tomllib

    japanese, english = (tomllib.loads(packaged(f"labels.{language}.toml")) for language in ("ja", "en"))
    assert japanese.keys() == english.keys()
    for group in japanese:
        if group not in ("reason", "month"):
            assert japanese[group].keys() == english[group].keys(), group


def _opened(issue: Issue, language: str, sentence_id: str) -> str:
    """The text under one sentence of the member edition."""
    edition = next(one for one in issue.editions if one.language == language)
    data = html.render(issue, edition).decode("utf-8")
    part = data.split(f'id="s-{sentence_id}"')[1].split("</details>")[0].partition('<div class="opened">')[2]
    inline = re2.sub("</?(?:bdi|span|q|code)[^>]*>", "", part)
    return " ".join(unescape(re2.sub("<[^>]*>", " ", inline)).split())


def test_opened_evidence_says_who_how_sure_and_where(issue: Issue) -> None:
    text = _opened(issue, "ja", "s1-0-0")
    for part in (
        "汐見脅威研究所",
        "インフラを共用する",
        "可能性がある",
        "203.0.113[.]77",
        "6〜73 文字目",
        "2031 年 5 月 13 日",
    ):
        assert part in text, part
    chain = _opened(issue, "en", "s1-0-2")
    assert "as quoted by Portunal wire desk ← Portunal" in chain and "a note that retells the page" in chain
    assert "As first said possible (汐見脅威研究所)" in chain and "As repeated stated as fact" in chain


def test_opened_assessment_shows_both_sides_and_what_would_change_it(issue: Issue) -> None:
    text = _opened(issue, "en", "s1-0-3")
    for part in (
        "unlikely (range 5–55 %)",
        "Evidence for",
        "IP address 203.0.113[.]77",
        "Evidence against",
        "−2.2 bits",
        "Not counted",
        "Rival explanations a re-let or hijacked server 41 %",
        "What would change this the same certificate on another server +42 points",
    ):
        assert part in text, part


def test_too_little_for_a_likelihood_draws_none(issue: Issue) -> None:
    edition = next(one for one in issue.editions if one.language == "en")
    text = _opened(issue, "en", "s1-1-3")
    assert "insufficient to state a likelihood" in text and "almost no chance" not in text and "1–5" not in text
    assert "low (one source, nothing shared)" in text
    assert b"almost no chance" not in html.render(issue, replace(edition, figures=())).split(b'id="s-s1-1-3"')[1][:900]
