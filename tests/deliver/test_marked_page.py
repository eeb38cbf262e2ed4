"""The page of a marked document: nothing active, nothing from outside, everything reachable, enough contrast."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser

import pytest
import re2

from geppo.deliver._marked import look
from geppo.deliver._marked_page import render
from geppo.deliver._paper import packaged
from tests.deliver.test_marked import CASES, made, plain

VOID = {"meta", "link", "br", "input"}
PAGES = [(name, language) for name in CASES for language in ("en", "ja")]


@dataclass
class Seen(HTMLParser):
    """Tags with attributes and what they stand in, and the text."""

    tags: list[tuple[str, dict[str, str], tuple[str, ...]]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}, tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)

    def ids(self) -> Counter[str]:
        """How often each id is given."""
        return Counter(attributes["id"] for _, attributes, _ in self.tags if "id" in attributes)

    def targets(self) -> list[str]:
        """Where links lead."""
        return [attributes["href"] for tag, attributes, _ in self.tags if tag == "a"]


@cache
def seen(name: str, language: str = "en") -> Seen:
    parser = Seen()
    parser.feed(render(made(name, language)).decode("utf-8"))
    parser.close()
    assert parser.open == []
    return parser


@pytest.mark.parametrize(("name", "language"), PAGES)
def test_nothing_active_and_nothing_from_outside(name: str, language: str) -> None:
    data, page = render(made(name, language)), seen(name, language)
    for tag, attributes, _ in page.tags:
        assert tag not in ("script", "iframe", "object", "embed", "form", "base", "img", "audio", "video", "svg")
        assert not any(key.startswith("on") for key in attributes)
        assert "src" not in attributes and "style" not in attributes
    assert all(target.startswith("#") for target in page.targets())
    assert b"url(" not in data and b"@import" not in data and b"<script" not in data
    policy = next(a["content"] for _, a, _ in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy and "form-action 'none'" in policy
    assert b"evil.example/live" not in data


@pytest.mark.parametrize(("name", "language"), PAGES)
def test_ids_are_unique_and_links_arrive(name: str, language: str) -> None:
    page = seen(name, language)
    ids = page.ids()
    assert [one for one, count in ids.items() if count > 1] == []
    assert [target for target in page.targets() if target[1:] not in ids] == []
    for _, attributes, _ in page.tags:
        assert attributes.get("aria-labelledby", next(iter(ids))) in ids


@pytest.mark.parametrize("name", CASES)
def test_every_finding_is_reachable_from_its_sentence_and_back(name: str) -> None:
    page, marked = seen(name), made(name)
    ids, targets = page.ids(), Counter(page.targets())
    for claim in marked.claims:
        assert ids[f"c-{claim.number}"] == 1 and targets[f"#c-{claim.number}"] == 1
        assert targets[f"#s-{claim.line}"] >= 1
    for value in marked.values:
        assert ids[f"v-{value.number}"] == 1
        assert all(targets[f"#s-{line}"] for line in value.lines)
    for named in marked.names:
        assert all(targets[f"#s-{line}"] for line in named.lines)
    assert all(ids[f"s-{line.number}"] == 1 for line in marked.lines)


@pytest.mark.parametrize(("name", "language"), PAGES)
def test_structure_for_readers_of_screens(name: str, language: str) -> None:
    page, marked = seen(name, language), made(name, language)
    tags = Counter(tag for tag, _, _ in page.tags)
    assert tags["main"] == tags["header"] == tags["footer"] == tags["h1"] == 1
    assert page.tags[0][:2] == ("html", {"lang": language})
    assert next(a for tag, a, _ in page.tags if tag == "a") == {"class": "skip", "href": "#text"}
    assert all("scope" in a for tag, a, _ in page.tags if tag == "th")
    body = next(a for _, a, _ in page.tags if a.get("class") == "body")
    assert body.get("lang") == marked.language
    for tag, _, parents in page.tags:
        if tag in ("details", "div", "ul", "ol", "dl", "table", "p"):
            assert not {"p", "h1", "h2", "h3", "h4", "summary"} & set(parents), (tag, parents)
        if tag in ("a", "details", "input"):
            assert "a" not in parents
    assert tags["details"] == sum(bool(line.claims) for line in marked.lines)


def test_hostile_text_is_shown_and_harmless() -> None:
    text = "".join(seen("hostile").text)
    assert "<script>alert(1)</script> [bold]Quiet[/bold]" in text and "<script>alert('x')</script>" in text
    assert "\u202e" not in text and "\x1b" not in text and "\u200b" not in text
    assert "hxxp://198.51.100[.]7:8443/gate.php?a=1&b=2" in text and "198.51.100.7" not in text
    assert "TLP:AMBER" in text


def test_the_text_stands_whole_on_the_page() -> None:
    text = " ".join("".join(seen("japanese").text).split())
    for line in made("japanese").lines:
        for piece in line.pieces:
            assert plain((piece,)).strip() in text


def test_every_mark_can_be_turned_off() -> None:
    css = packaged("marked.css")
    toggles = [a["id"] for tag, a, _ in seen("hostile").tags if tag == "input"]
    assert toggles and all(f"#{one}:not(:checked)" in css for one in toggles)
    for group in (*look().groups.values(), *look().order):
        assert f"#on-{group}:not(:checked)" in css


def test_equal_documents_give_equal_pages() -> None:
    assert render(made("hostile")) == render(made("hostile"))


def test_a_document_without_findings_says_so() -> None:
    text = "".join(seen("nothing", "ja").text)
    assert "観測値はない。" in text and "名称はない。" in text and "この言語の主張を読む規則はない" in text


def _light(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_light(one), _light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_marks_have_contrast_in_both_papers() -> None:
    papers = [part.split("}")[0] for part in packaged("page.css").split(":root {")[1:]][:2]
    inks = [part.split("}")[0] for part in packaged("marked.css").split(":root {")[1:]][:2]
    for paper, ink in zip(papers, inks, strict=True):
        under = dict(re2.findall(r"--([a-z0-9]+): (#[0-9a-f]{6})", paper))
        colours = dict(re2.findall(r"--([a-z]+): (#[0-9a-f]{6})", ink))
        assert set(look().groups.values()) <= set(colours)
        for name, colour in colours.items():
            assert _contrast(colour, under["page"]) >= 4.5, name
        assert _contrast(under["mark"], under["page"]) >= 4.5
