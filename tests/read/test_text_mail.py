"""Mail: which part is the text, what is forwarded, and messages that are made to do harm."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geppo import config
from geppo.errors import InputError
from geppo.model.report import Document, Fetched
from geppo.read.text import read_text

SETTINGS = config.load()
HEAD = "From: Desk <desk@x.example>\r\nDate: Mon, 02 Mar 2026 23:30:00 +0900\r\nSubject: {}\r\nMIME-Version: 1.0\r\n"


def read(data: bytes) -> Document:
    """A mail."""
    return read_text(
        Fetched(source="desk", name="x.eml", data=data, collected=datetime(2026, 4, 1, tzinfo=UTC)), SETTINGS
    )


def mail(body: str, subject: str = "A subject", kind: str = "Content-Type: text/plain; charset=utf-8\r\n") -> Document:
    """A mail with one body."""
    return read((HEAD.format(subject) + kind + "\r\n" + body.replace("\n", "\r\n")).encode())


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Fwd: RE: [x] y", "[x] y"),
        ("転送: 注意喚起", "注意喚起"),
        ("回复：转发：通报", "通报"),
        ("Return of the loader", "Return of the loader"),
    ],
)
def test_a_title_has_no_marks_of_forwarding(subject: str, title: str) -> None:
    assert mail("Text of the mail.", subject).title == title


@pytest.mark.parametrize(
    "head",
    [
        "-------- 転送メッセージ --------\n件名: 週報\n日付: 2026年2月27日 18:00\n"
        "差出人: 架空CERT <a@cert.example>\n宛先: b@x.example",
        "-------- Пересылаемое сообщение --------\n"
        "Тема: 週報\nДата: 27 февраля 2026, 18:00\nОт: 架空CERT <a@cert.example>",
        "From: 架空CERT <a@cert.example>\nSent: Friday, February 27, 2026 6:00 PM\nTo: b@x.example\nSubject: 週報",
        "> Begin forwarded message:\n>\n> From: 架空CERT <a@cert.example>\n"
        "> Subject: 週報\n> Date: February 27, 2026 at 6:00 PM",
    ],
)
def test_what_is_forwarded_is_the_document(head: str) -> None:
    quote = "> " if head.startswith(">") else ""
    document = mail(f"FYI\n\n{head}\n{quote}\n{quote}二つの組織が同じサーバーを使った。\n")
    assert (document.title, document.publisher, str(document.published)) == ("週報", "架空CERT", "2026-02-27")
    assert document.text == "二つの組織が同じサーバーを使った。"


def test_a_long_answer_above_a_quotation_stays_an_answer() -> None:
    answer = "We looked at it for a week. " * 40
    document = mail(
        f"{answer}\n\n-----Original Message-----\nFrom: A <a@x.example>\nSubject: s\nDate: 1 Mar 2026\n\nold"
    )
    assert document.publisher == "Desk"
    assert document.text.startswith("We looked")


def test_a_foot_and_a_signature_are_left_out() -> None:
    assert mail("The server was seen.\n\n-- \nA. Desk\n+00 000").text == "The server was seen."
    assert (
        mail("The server was seen.\n\nYou receive this mail as a member.\nUnsubscribe: https://x.example/u").text
        == "The server was seen."
    )
    assert mail("Unsubscribe links were abused by the group.").text == "Unsubscribe links were abused by the group."


def test_tracking_is_taken_off_links() -> None:
    document = mail("See https://click.x.example/l?u=7&url=https%3A%2F%2Fy.example%2Fa%3Futm_source%3Dm%26b%3D1 today.")
    assert document.links == ("https://y.example/a?b=1",)


def test_the_text_of_all_parts_is_read_in_order() -> None:
    kind = "Content-Type: multipart/mixed; boundary=b\r\n"
    part = "--b\nContent-Type: text/plain\n\n{}\n"
    picture = "--b\nContent-Type: image/png\nContent-Disposition: inline\n\nAAAA\n"
    attached = "--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nATTACHED\n"
    document = mail(part.format("First part.") + picture + part.format("Second part.") + attached + "--b--", kind=kind)
    assert document.text == "First part.\n\nSecond part."


HOSTILE = {
    "subject": HEAD.format("=?utf-8?b?5pS7?= " * 100_000).encode() + b"\r\ntext",
    "parts": HEAD.format("x").encode()
    + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\n\r\nx\r\n" * 20_000,
    "nested": HEAD.format("x").encode()
    + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(120))
    + b"\r\nx",
    "flowed": HEAD.format("x").encode() + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"a \r\n" * 30_000,
    "heads": HEAD.format("x").encode() + b"\r\n" + b"From: a\nTo: b\n" * 5_000,
    "a head without end": HEAD.format("x").encode()
    + b"Content-Type: text/plain; "
    + b"a=b; " * 40_000
    + b"\r\n\r\ntext",
    "a day beyond calendars": HEAD.replace("2026", "9" * 40).format("x").encode() + b"\r\n2 March 2026\r\n\r\ntext",
    "charset": HEAD.format("x").encode() + b"Content-Type: text/plain; charset=\xff\xfe\r\n\r\ntext",
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_mail_takes_bounded_time(name: str) -> None:
    start = time.process_time()
    try:
        assert read(HOSTILE[name]).text
    except InputError as error:
        assert error.kind
    assert time.process_time() - start < 3


@given(
    st.lists(
        st.sampled_from(
            [
                b"--b\r\n",
                b"--b--\r\n",
                b"Content-Type: text/html\r\n",
                b"Content-Type: message/rfc822\r\n",
                b"Content-Type: multipart/alternative; boundary=b\r\n",
                b"Content-Transfer-Encoding: base64\r\n",
                b"Content-Transfer-Encoding: quoted-printable\r\n",
                b"\r\n",
                b"From: a@x.example\r\n",
                b"Subject: =?x?q?=FF?=\r\n",
                b"<p>text</p>",
                b"words\r\n",
                b"=E3=81\r\n",
                b"----- Original Message -----\r\n",
                b"> quoted\r\n",
                b"-- \r\n",
            ]
        ),
        max_size=25,
    ).map(b"".join)
)
@settings(max_examples=25, deadline=None)
def test_any_mail_gives_text_or_a_refusal(body: bytes) -> None:
    try:
        assert read(HEAD.format("x").encode() + body).text
    except InputError as error:
        assert error.kind
