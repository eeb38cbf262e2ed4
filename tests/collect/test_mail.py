"""Mail: boxes on disk, a scripted IMAP server over TLS, newsletters, and damaged mails."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from geppo.collect import Entry, mail
from geppo.collect._newsletter import parts
from geppo.collect._state import Seen
from geppo.model.report import Fetched, Gap
from geppo.read.text import read_text
from tests.collect.served import client, server_tls, settings, trusting, visit

NOW = datetime(2026, 4, 1, 6, 1, tzinfo=UTC)
MAIL = (
    b"From: desk@northgate.example\r\nDate: Mon, 02 Mar 2026 06:01:00 +0900\r\nSubject: Note\r\n\r\n"
    b"Dune Marten moved.\r\n"
)


@contextmanager
def imap(*turns: tuple[str, bytes]) -> Iterator[tuple[int, list[str]]]:
    """A server that answers lines: each turn is what a line must contain, and what is sent (`{tag}` is the line's)."""
    listening = socket.create_server(("127.0.0.1", 0))
    lines: list[str] = []

    def talk() -> None:
        with suppress(OSError):
            plain, _ = listening.accept()
            with server_tls().wrap_socket(plain, server_side=True) as link, link.makefile("rb") as reader:
                link.sendall(b"* OK ready\r\n")
                left = list(turns)
                while line := reader.readline():
                    lines.append(line.decode().strip())
                    tag, _, rest = lines[-1].partition(" ")
                    place = next((n for n, turn in enumerate(left) if turn[0] in rest), None)
                    answer = b"{tag} OK done\r\n" if place is None else left.pop(place)[1]
                    if rest == "CAPABILITY":
                        answer = b"* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n"
                    if answer == b"hang":
                        time.sleep(1)
                        return
                    link.sendall(answer.replace(b"{tag}", tag.encode()))

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1], lines
    finally:
        listening.close()
        thread.join(2)


OPENED = ("EXAMINE", b"* 2 EXISTS\r\n* OK [UIDVALIDITY 77] ok\r\n{tag} OK [READ-ONLY] done\r\n")
SEARCHED = ("SEARCH", b"* SEARCH 9 4\r\n{tag} OK done\r\n")


def body(number: int, data: bytes = MAIL) -> tuple[str, bytes]:
    """The turn in which a mail is given."""
    head = f"* 1 FETCH (UID {number} BODY[] {{{len(data)}}}\r\n".encode()
    return f"FETCH {number} (BODY", head + data + b")\r\n{tag} OK done\r\n"


def size(number: int, length: int) -> tuple[str, bytes]:
    """The turn in which its size is given."""
    return f"FETCH {number} (RFC822", f"* 1 FETCH (UID {number} RFC822.SIZE {length})\r\n{{tag}} OK done\r\n".encode()


def box(port: int, **options: str) -> Entry:
    """The scripted mailbox as a source."""
    return Entry(
        kind="mail",
        name="desk",
        place=f"imaps://127.0.0.1:{port}/Reports%20in",
        allow_private=True,
        options=tuple(sorted(options.items())),
    )


def test_a_mailbox_is_read_only_read_and_a_mail_is_known_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_USER", "desk")
    monkeypatch.setenv("DESK_KEY", "s3cret")
    turns = (OPENED, SEARCHED, size(4, len(MAIL)), body(4), size(9, 10_000_000))
    with imap(*turns) as (port, lines), visit(client(tls=trusting()), since=date(2026, 3, 1)) as marks:
        found = list(mail.fetch(box(port, user_env="DESK_USER", secret_env="DESK_KEY"), settings(), NOW))
    one, gap = found
    assert isinstance(one, Fetched) and one.data == MAIL and one.name == "127.0.0.1/Reports in/77.4.eml"
    assert isinstance(gap, Gap) and gap.kind == "too-large"
    assert [mark.name for mark in marks] == ["127.0.0.1/Reports in/77.4.eml", "127.0.0.1/Reports in/77.9.eml"]
    said = "\n".join(line.partition(" ")[2] for line in lines)
    assert 'LOGIN desk "s3cret"' in said or "LOGIN desk s3cret" in said
    assert 'EXAMINE "Reports in"' in said and "SEARCH SINCE 1-Mar-2026" in said and "PEEK" in said
    assert "STORE" not in said and "SELECT" not in said
    known = {"127.0.0.1/Reports in/77.4.eml": Seen(stamp="")}
    with imap(OPENED, SEARCHED, size(9, 5), body(9)) as (port, _), visit(client(tls=trusting()), seen=known):
        assert len(list(mail.fetch(box(port), settings(), NOW))) == 1


@pytest.mark.parametrize(
    ("turns", "kind"),
    [
        ([("LOGIN", b"{tag} NO wrong\r\n")], "denied"),
        ([("EXAMINE", b"{tag} NO none\r\n")], "missing"),
        ([("EXAMINE", b"hang")], "timeout"),
        ([("EXAMINE", b"nonsense without a tag\r\n")], "truncated"),
        ([OPENED, ("SEARCH", b"{tag} BAD what\r\n")], "protocol"),
        ([OPENED, SEARCHED, size(4, 10), ("(BODY", b"* 1 FETCH (BODY[] {999999999}\r\nx")], "too-large"),
        ([OPENED, SEARCHED, size(4, 10), ("(BODY", b"* 1 FETCH (BODY[] {100}\r\nhalf")], "timeout"),
        ([OPENED, SEARCHED, size(4, 10), ("(BODY", b"{tag} OK nothing\r\n")], "missing"),
    ],
)
def test_a_mail_server_that_misbehaves(
    turns: list[tuple[str, bytes]], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_KEY", "x")
    with imap(*turns) as (port, _), visit(client(tls=trusting())):
        source = box(port, user_env="DESK_KEY", secret_env="DESK_KEY")
        found = list(mail.fetch(source, settings(collect__deadline=0.3), NOW))
    assert kind in [one.kind for one in found if isinstance(one, Gap)]
    assert not [one for one in found if isinstance(one, Fetched)]


def test_mail_servers_are_checked_like_web_servers() -> None:
    cases = {
        "imap://127.0.0.1/": "bad-address",
        "imaps://me:key@127.0.0.1/": "bad-address",
        "imaps://127.0.0.1/INBOX": "private-address",
    }
    for place, kind in cases.items():
        with visit():
            (gap,) = mail.fetch(Entry(kind="mail", name="desk", place=place), settings(), NOW)
        assert isinstance(gap, Gap) and gap.kind == kind
    with imap(OPENED) as (port, _), visit(client()):
        (gap,) = mail.fetch(box(port), settings(), NOW)
    assert isinstance(gap, Gap) and gap.kind == "tls"


def test_an_mbox_file_and_a_maildir(tmp_path: Path) -> None:
    path = tmp_path / "old.mbox"
    path.write_bytes(b"From a\n" + MAIL + b"\n>From here on\n\nFrom b\nSubject: 2\n\n" + b"x" * 300 + b"\n")
    source = Entry(kind="mail", name="desk", place=str(path))
    found = list(mail.fetch(source, settings(), NOW))
    assert len(found) == 2
    assert isinstance(found[0], Fetched) and b"\nFrom here on" in found[0].data and found[0].name.endswith(".eml")
    assert read_text(found[0], settings()).published == date(2026, 3, 2)
    small = list(mail.fetch(source, settings(collect__max_bytes=250), NOW))
    assert [one.kind for one in small if isinstance(one, Gap)] == ["too-large"]
    (tmp_path / "box" / "new").mkdir(parents=True)
    (tmp_path / "box" / "new" / "17.host").write_bytes(MAIL)
    before = list(mail.fetch(Entry(kind="mail", name="desk", place=str(tmp_path / "box")), settings(), NOW))
    (tmp_path / "box" / "cur").mkdir()
    (tmp_path / "box" / "new" / "17.host").rename(tmp_path / "box" / "cur" / "17.host:2,S")
    after = list(mail.fetch(Entry(kind="mail", name="desk", place=str(tmp_path / "box")), settings(), NOW))
    assert before == after and len(after) == 1
    (tmp_path / "none.mbox").write_bytes(b"\n\n")
    (gap,) = mail.fetch(Entry(kind="mail", name="desk", place=str(tmp_path / "none.mbox")), settings(), NOW)
    assert isinstance(gap, Gap) and gap.kind == "no-mail"


TEXT = "Northgate Labs saw Dune Marten use 192.0.2[.]{n} as a C2 server; more of it stands behind this address."


def _letter(kind: str, text: str) -> bytes:
    head = "From: n@a.example\nDate: Mon, 02 Mar 2026 06:01:00 +0900\nSubject: 週刊\n"
    return (
        head + f"Content-Type: text/{kind}; charset=utf-8\n"
        "Content-Transfer-Encoding: 8bit\nMIME-Version: 1.0\n\n" + text
    ).encode()


def test_a_newsletter_becomes_its_items(tmp_path: Path) -> None:
    sections = "".join(
        f"<h2><a href='https://a.example/{n}'>Item {n}</a></h2><table><tr><td>{TEXT.format(n=n)}</td></tr></table>"
        for n in (1, 2, 3)
    )
    (tmp_path / "a.eml").write_bytes(_letter("html", f"<html><body><h1>Weekly</h1>{sections}</body></html>"))
    rules = "\n----------\n".join(f"Item {n}\n{TEXT.format(n=n)}\nhttps://a.example/{n}" for n in (0, 1, 2, 3))
    (tmp_path / "b.eml").write_bytes(_letter("plain", rules))
    marks = "\n\n".join(f"■ 件 {n}\n{TEXT.format(n=n)} https://a.example/{n}" for n in (1, 2, 3))
    (tmp_path / "c.eml").write_bytes(_letter("plain", marks))
    (tmp_path / "d.eml").write_bytes(_letter("plain", "No items.\n" + TEXT))
    source = Entry(kind="mail", name="desk", place=str(tmp_path), language="ja", options=(("split", "yes"),))
    found = [one for one in mail.fetch(source, settings(), NOW) if isinstance(one, Fetched)]
    assert [one.name for one in found] == [f"{c}.eml#{n}.html" for c in "abc" for n in (1, 2, 3)] + ["d.eml"]
    for place, one in enumerate(found[:9]):
        document, number = read_text(one, settings()), place % 3 + 1
        assert document.url == f"https://a.example/{number}" and document.published == date(2026, 3, 2)
        assert document.title in {f"Item {number}", f"件 {number}"}
        others = [other for other in (1, 2, 3) if other != number]
        assert f"192.0.2[.]{number}" in document.text
        assert not any(f"192.0.2[.]{other}" in document.text for other in others)


@effort(max_examples=80, deadline=None)
@given(st.sampled_from([MAIL, _letter("html", "<h2>a</h2>x" * 5)]), st.binary(max_size=40), st.integers(0, 400))
def test_a_damaged_mail_is_parts_or_whole(seed: bytes, noise: bytes, at: int) -> None:
    start = time.process_time()
    for one in parts(seed[: at % len(seed)] + noise + seed[at % len(seed) :]):
        assert one.page
    assert time.process_time() - start < 1


def test_a_newsletter_of_very_many_headings_costs_little() -> None:
    start = time.process_time()
    assert len(parts(_letter("html", ("<h2>" + "a" * 90 + "</h2><p>" + "b" * 90) * 4_000))) == 300
    parts(_letter("html", "<h2>" * 5_000))
    parts(_letter("plain", ("=" * 30 + " x\n") * 5_000))
    assert time.process_time() - start < 4


@pytest.mark.parametrize("day", [b"99999999999", b"9" * 400, b"32"])
def test_a_date_beyond_all_calendars_harms_nothing(day: bytes) -> None:
    assert parts(MAIL.replace(b"02 Mar", day + b" Mar")) == []


def test_a_header_without_end_costs_little() -> None:
    start = time.process_time()
    assert parts(b"Content-Type: " + b"multipart " * 20_000 + b"\r\n\r\nDune Marten moved.") == []
    assert time.process_time() - start < 1
