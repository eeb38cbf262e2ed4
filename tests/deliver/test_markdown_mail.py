"""Markdown and mail: literal text, links only to sources, equal bytes, the parts a mail reader expects."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from email.message import EmailMessage

import lxml.html
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from geppo.config import Settings
from geppo.deliver import email as mail
from geppo.deliver import markdown
from geppo.deliver.markdown import escaped
from geppo.errors import UsageError
from geppo.model.edition import Edition, Issue

SPECIAL = st.text(alphabet="ab1 *_`[]()<>#+-.!|~&\\:/=$\"'{}語", max_size=24).map(str.strip).filter(bool)


def _shown(text: str) -> list[str]:
    """The kinds of inline and block tokens that a Markdown reader sees."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    inline = [child.type for token in tokens for child in token.children or []]
    return [token.type for token in tokens] + inline


@effort(deadline=None)
@given(SPECIAL)
def test_escaped_text_is_only_text(text: str) -> None:
    kinds = set(_shown(escaped(text)))
    assert kinds <= {"paragraph_open", "inline", "paragraph_close", "text", "text_special"}
    inline = next(token for token in MarkdownIt("gfm-like", {"linkify": False}).parse(escaped(text)) if token.children)
    assert "".join(child.content for child in inline.children or []) == text


def test_markdown_has_no_html_and_links_only_to_sources(issue: Issue) -> None:
    for edition in issue.editions:
        text = markdown.render(issue, edition).decode("utf-8")
        tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
        assert not any(token.type == "html_block" for token in tokens)
        children = [child for token in tokens for child in token.children or []]
        assert not any(child.type in ("html_inline", "image") for child in children)
        hrefs = {child.attrGet("href") for child in children if child.type == "link_open"}
        assert hrefs and all(str(href).startswith("https://") for href in hrefs)
        assert sum(token.type == "table_open" for token in tokens) == len(edition.tables)
        headings = [token.tag for token in tokens if token.type == "heading_open"]
        assert headings.count("h1") == 1
        assert "198.51.100.23" not in text


def _message(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def test_mail_has_both_forms_and_its_pictures(issue: Issue, settings: Settings) -> None:
    edition = issue.editions[0]
    message = _message(mail.render(issue, edition, settings))
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "multipart/related", "text/html"] + ["image/png"] * 3
    html = message.get_body(("html",))
    plain = message.get_body(("plain",))
    assert html is not None and plain is not None
    body = html.get_content()
    cids = [str(part["Content-ID"])[1:-1] for part in message.walk() if part.get_content_type() == "image/png"]
    assert all(f'src="cid:{cid}"' in body for cid in cids)
    assert "<script" not in body and "javascript:" not in body.replace("javascript:alert(document.domain)", "")
    assert edition.sections[0].heading in plain.get_content()
    assert "javascript:" not in body


def test_opening_a_mail_asks_nobody_for_anything(issue: Issue, settings: Settings) -> None:
    """No tracking: pictures come along, nothing else is loaded, links lead to sources only and carry no mark."""
    edition = issue.editions[0]
    html = _message(mail.render(issue, edition, settings)).get_body(("html",))
    assert html is not None
    root = lxml.html.fromstring(html.get_content())
    loaded = [str(node.get(name)) for node in root.iter() for name in ("src", "background", "srcset") if node.get(name)]
    assert len(loaded) == len(edition.figures) and all(one.startswith("cid:") for one in loaded)
    styles = [str(node.text) for node in root.iter("style")] + [str(node.get("style")) for node in root.iter()]
    assert not [one for one in styles if "url(" in one or "@import" in one]
    assert not list(root.iter("script", "link", "iframe", "form", "object"))
    assert {str(node.get("href")) for node in root.iter("a")} <= {one.url for one in edition.references}
    assert all(node.get("alt") for node in root.iter("img"))
    assert "prefers-color-scheme: dark" in styles[0] and "max-width: 480px" in styles[0]
    assert [node.get("role") for node in root.iter("div") if node.get("role")] == ["main"]


def test_mail_head(issue: Issue, settings: Settings) -> None:
    edition = issue.editions[0]
    message = _message(mail.render(issue, edition, settings))
    assert message["Subject"] == "[TLP:GREEN] " + edition.subject
    assert message["From"] == "geppo@brief.example" and message["To"] == "readers@brief.example"
    assert message["Date"].datetime == issue.month.as_of
    assert message["Message-ID"].endswith("@brief.example>")
    assert message["Content-Language"] == "ja" and message["List-Unsubscribe"] is None


def test_open_information_needs_no_label_in_the_subject(issue: Issue, settings: Settings) -> None:
    whole = issue.editions[0]
    edition = replace(whole, references=whole.references[:5], key_judgements=(), figures=(), tables=())
    sections = tuple(s for s in edition.sections if s.story != "story-3")
    opening = replace(edition.opening, paragraphs=(edition.opening.paragraphs[0][:2],))
    subject = _message(mail.render(issue, replace(edition, sections=sections, opening=opening), settings))["Subject"]
    assert subject == edition.subject


def test_a_line_break_in_the_subject_adds_no_header(issue: Issue, settings: Settings) -> None:
    edition = replace(issue.editions[-1], subject="News\r\nBcc: victim@example.com", figures=())
    message = _message(mail.render(issue, edition, settings))
    assert message["Bcc"] is None and "Bcc: victim[@]example[.]com" in message["Subject"]


@pytest.mark.parametrize("address", ["nobody", "@host.example", "a@", "ü@host.example", ""])
def test_an_address_that_is_none_is_named(issue: Issue, settings: Settings, address: str) -> None:
    wrong = replace(settings, values={"deliver.mail_from": address})
    with pytest.raises(UsageError, match=r"deliver\.mail_from"):
        mail.render(issue, issue.editions[-1], wrong)


def test_lines_of_a_mail_are_short_enough(issue: Issue, settings: Settings) -> None:
    for edition in issue.editions:
        data = mail.render(issue, edition, settings)
        assert max(len(line) for line in data.split(b"\r\n")) <= 998
        assert data.isascii()


def test_markdown_and_mail_repeat(issue: Issue, settings: Settings) -> None:
    edition: Edition = issue.editions[0]
    assert mail.render(issue, edition, settings) == mail.render(issue, edition, settings)
    assert markdown.render(issue, edition) == markdown.render(issue, edition)
